# A client that does what no client should.
noinst_PROGRAMS += tests/e2e/stranger/stranger
tests_e2e_stranger_stranger_SOURCES = %D%/stranger.c
tests_e2e_stranger_stranger_LDADD = $(LIBBASE)
