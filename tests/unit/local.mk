# A program a room; the room's helper adds its own fragment here.
check_PROGRAMS += tests/unit/base
tests_unit_base_SOURCES = %D%/base.c
tests_unit_base_LDADD = $(LIBTAP) $(LIBWIRE) $(LIBBASE)
TESTS += tests/unit/base
