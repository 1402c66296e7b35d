# backend/
noinst_LIBRARIES += backend/libgate.a
backend_libgate_a_SOURCES = %D%/devlock.c %D%/devlock.h %D%/gate.c %D%/gate.h
backend_libgate_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
LIBGATE = backend/libgate.a

cupsbackend_PROGRAMS += backend/platesetter
backend_platesetter_SOURCES = %D%/platesetter.c %D%/plate_folder.c %D%/plate_folder.h \
	%D%/plate_tar.c %D%/plate_tar.h
backend_platesetter_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(ARCHIVE_CFLAGS)
backend_platesetter_LDADD = $(LIBGATE) $(LIBPLATE) $(LIBWIRE) $(LIBSEAL) $(LIBBASE) \
	$(ARCHIVE_LIBS) $(CUPS_LIBS)
# The wrapper of any CUPS backend. The parts that need no keep are a library, for the tests.
noinst_LIBRARIES += backend/libwrap.a
backend_libwrap_a_SOURCES = \
	%D%/child.c %D%/child.h %D%/statusline.c %D%/statusline.h
backend_libwrap_a_CPPFLAGS = $(AM_CPPFLAGS) -DCC_CUPS_USER='"$(cupsuser)"'
LIBWRAP = backend/libwrap.a

cupsbackend_PROGRAMS += backend/claimcheck
backend_claimcheck_SOURCES = %D%/claimcheck.c
backend_claimcheck_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
backend_claimcheck_LDADD = $(LIBGATE) $(LIBWRAP) $(LIBWIRE) $(LIBSEAL) $(LIBBASE)

# 0700: cupsd runs it as root, since the backend behind it may need root (child.h).
.PHONY: claimcheck-mode
install-exec-hook: claimcheck-mode
claimcheck-mode: install-cupsbackendPROGRAMS
	chmod 0700 "$(DESTDIR)$(cupsbackenddir)/claimcheck"
