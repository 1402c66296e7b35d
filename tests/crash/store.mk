# The store after a loss of power: a short share in make check, the long one by itself.
check_PROGRAMS += tests/crash/powerloss
TESTS += tests/crash/powerloss
tests_crash_powerloss_SOURCES = \
	%D%/powerloss.c tests/unit/store-help.c tests/unit/store-help.h
tests_crash_powerloss_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)

.PHONY: check-powerloss
check-powerloss: tests/crash/powerloss
	tests/crash/powerloss 400 $$(date +%s)

# The store after bits of its file turned over.
check_PROGRAMS += tests/crash/flips
TESTS += tests/crash/flips
tests_crash_flips_SOURCES = %D%/flips.c tests/unit/store-help.c tests/unit/store-help.h
tests_crash_flips_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)

.PHONY: check-flips
check-flips: tests/crash/flips
	tests/crash/flips 3000 $$(date +%s)
