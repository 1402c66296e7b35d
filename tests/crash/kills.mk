# Kills at random moments: the judge alone in make check, a short share of the shop in
# check-e2e, and a thousand kills by themselves.
JUDGE = %D%/ledger.c %D%/ledger.h
check_PROGRAMS += tests/crash/judge
TESTS += tests/crash/judge
tests_crash_judge_SOURCES = %D%/judge.c $(JUDGE)
tests_crash_judge_LDADD = $(LIBTAP) $(LIBORDER) $(LIBBASE)

noinst_PROGRAMS += tests/crash/kills tests/crash/tally
tests_crash_kills_SOURCES = \
	%D%/kills.c %D%/customer.c %D%/customer.h %D%/inspect.c %D%/inspect.h \
	%D%/shop.c %D%/shop.h $(JUDGE)
tests_crash_kills_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(JPEG_CFLAGS)
tests_crash_kills_LDADD = $(LIBSTORE) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) \
	$(CUPS_LIBS) $(JPEG_LIBS) -lpthread
tests_crash_tally_SOURCES = %D%/tally.c
tests_crash_tally_LDADD = $(LIBORDER) $(LIBBASE)

E2E_TESTS += %D%/kills.sh

KILLS = 1000
.PHONY: check-kills
check-kills: all
	KILLS=$(KILLS) TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
		$(srcdir)/%D%/kills.sh
