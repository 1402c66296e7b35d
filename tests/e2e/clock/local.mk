# A clock that tests can move: a library to preload, and its hands.
noinst_PROGRAMS += tests/e2e/clock/hands
tests_e2e_clock_hands_SOURCES = %D%/hands.c %D%/clock.h
noinst_DATA += tests/e2e/clock/clock.so
CLEANFILES += tests/e2e/clock/clock.so
EXTRA_DIST += %D%/clock.c
tests/e2e/clock/clock.so: $(srcdir)/%D%/clock.c $(srcdir)/%D%/clock.h
	$(AM_V_GEN)$(MKDIR_P) tests/e2e/clock && \
	$(CC) $(AM_CPPFLAGS) $(CFLAGS) $(WARN_CFLAGS) -shared -fPIC -o $@ $(srcdir)/%D%/clock.c
