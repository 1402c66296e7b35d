# filters/
noinst_LIBRARIES += filters/libattest.a
filters_libattest_a_SOURCES = %D%/attest.c %D%/attest.h
LIBATTEST = filters/libattest.a

# doctophoto; libphoto so that tests reach its parts.
noinst_LIBRARIES += filters/photo/libphoto.a
filters_photo_libphoto_a_SOURCES = \
	%D%/photo/choose.c %D%/photo/choose.h %D%/photo/ink.c %D%/photo/ink.h %D%/photo/job.c %D%/photo/job.h \
	%D%/photo/output.c %D%/photo/output.h %D%/photo/page.c %D%/photo/page.h %D%/photo/paint.c %D%/photo/paint.h \
	%D%/photo/place.c %D%/photo/place.h %D%/photo/resample.c %D%/photo/resample.h \
	%D%/photo/scaler.c %D%/photo/scaler.h
# A filter lives by the PPD functions that cups.h calls deprecated since 1.6.
filters_photo_libphoto_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
filters_photo_libphoto_a_CFLAGS = $(AM_CFLAGS) -Wno-deprecated-declarations
LIBPHOTO = filters/photo/libphoto.a

cupsfilter_PROGRAMS += filters/doctophoto
filters_doctophoto_SOURCES = %D%/doctophoto.c
filters_doctophoto_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
filters_doctophoto_CFLAGS = $(AM_CFLAGS) -Wno-deprecated-declarations
filters_doctophoto_LDADD = $(LIBPHOTO) $(LIBATTEST) $(LIBCOLOUR) $(LIBIMAGE) $(LIBWIRE) $(LIBSEAL) $(LIBBASE) $(CUPSIMAGE_LIBS) $(CUPS_LIBS)
