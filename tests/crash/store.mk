# The store after a loss of power: a short share in make check, the long one by itself.
check_PROGRAMS += tests/crash/powerloss
TESTS += tests/crash/powerloss
tests_crash_powerloss_SOURCES = \
	%D%/powerloss.c tests/unit/store-help.c tests/unit/store-help.h
tests_crash_powerloss_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)

.PHONY: check-powerloss
check-powerloss: tests/crash/powerloss
	tests/crash/powerloss 400 $$(date +%s)
