# Tests of spoold/keep.
check_LIBRARIES += tests/unit/libkeephelp.a
tests_unit_libkeephelp_a_SOURCES = %D%/keep-help.c %D%/keep-help.h %D%/keep-cups.c %D%/keep-customer.c
KEEP_TEST_LIBS = tests/unit/libkeephelp.a $(LIBTAP) $(LIBKEEP) $(LIBSTORE) $(LIBSETTINGS) \
	$(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) $(EVENT_LIBS)
KEEP_TESTS = tests/unit/keep
tests_unit_keep_SOURCES = %D%/keep.c
tests_unit_keep_LDADD = $(KEEP_TEST_LIBS)
check_PROGRAMS += $(KEEP_TESTS)
TESTS += $(KEEP_TESTS)
