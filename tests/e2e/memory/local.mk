noinst_PROGRAMS += tests/e2e/memory/look
tests_e2e_memory_look_SOURCES = %D%/look.c
