# Kills at random moments, and races: the judge alone in make check, a short share of each
# in check-e2e, and a thousand by themselves.
JUDGE = %D%/ledger.c %D%/ledger.h
check_PROGRAMS += tests/crash/judge
TESTS += tests/crash/judge
tests_crash_judge_SOURCES = %D%/judge.c $(JUDGE)
tests_crash_judge_LDADD = $(LIBTAP) $(LIBORDER) $(LIBBASE)

CRASH_SHOP = %D%/customer.c %D%/customer.h %D%/inspect.c %D%/inspect.h \
	%D%/papers.c %D%/papers.h %D%/platemaker.c %D%/platemaker.h \
	tests/unit/pdf.c tests/unit/pdf.h \
	%D%/shop.c %D%/shop.h $(JUDGE)
CRASH_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(JPEG_CFLAGS)
CRASH_LIBS = $(LIBPLATE) $(LIBSTORE) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) $(CUPS_LIBS) $(JPEG_LIBS) -lpthread
noinst_PROGRAMS += tests/crash/kills tests/crash/races tests/crash/tally
tests_crash_kills_SOURCES = %D%/kills.c $(CRASH_SHOP)
tests_crash_kills_CPPFLAGS = $(CRASH_CPPFLAGS)
tests_crash_kills_LDADD = $(CRASH_LIBS)
tests_crash_races_SOURCES = %D%/races.c $(CRASH_SHOP)
tests_crash_races_CPPFLAGS = $(CRASH_CPPFLAGS)
tests_crash_races_LDADD = $(CRASH_LIBS)
tests_crash_tally_SOURCES = %D%/tally.c
tests_crash_tally_LDADD = $(LIBORDER) $(LIBBASE)

E2E_TESTS += %D%/kills.sh %D%/races.sh %D%/stations.sh
EXTRA_DIST += %D%/shop.sh doc/testing.md

# No variables of make: it would give those of its own to `make check`, too, in place of what is in
# the environment.
.PHONY: check-kills check-races check-stations
check-kills: all
	KILLS=$${KILLS:-1000} TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
		$(srcdir)/%D%/kills.sh
check-races: all
	RACES=$${RACES:-1000} TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
		$(srcdir)/%D%/races.sh
check-stations: all
	RACES=$${RACES:-1000} TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
		$(srcdir)/%D%/stations.sh
