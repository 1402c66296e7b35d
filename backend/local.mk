# backend/
noinst_LIBRARIES += backend/libgate.a
backend_libgate_a_SOURCES = %D%/gate.c %D%/gate.h
backend_libgate_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
LIBGATE = backend/libgate.a

cupsbackend_PROGRAMS += backend/platesetter
backend_platesetter_SOURCES = %D%/platesetter.c %D%/plate_folder.c %D%/plate_folder.h \
	%D%/plate_tar.c %D%/plate_tar.h
backend_platesetter_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(ARCHIVE_CFLAGS)
backend_platesetter_LDADD = $(LIBGATE) $(LIBPLATE) $(LIBWIRE) $(LIBSEAL) $(LIBBASE) \
	$(ARCHIVE_LIBS) $(CUPS_LIBS)
