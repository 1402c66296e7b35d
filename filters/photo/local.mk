# doctophoto; libphoto so that tests reach its parts.
noinst_LIBRARIES += filters/photo/libphoto.a
filters_photo_libphoto_a_SOURCES = \
	%D%/choose.c %D%/choose.h %D%/ink.c %D%/ink.h %D%/job.c %D%/job.h %D%/sheet.c %D%/sheet.h \
	%D%/manner.c %D%/manner.h %D%/output.c %D%/output.h %D%/overrides.c %D%/overrides.h %D%/page.c %D%/page.h %D%/paint.c %D%/paint.h \
	%D%/pdf.c %D%/pdf.h %D%/print.c %D%/print.h \
	%D%/place.c %D%/place.h %D%/resample.c %D%/resample.h \
	%D%/scaler.c %D%/scaler.h %D%/wishes.c
# A filter lives by the PPD functions that cups.h calls deprecated since 1.6.
filters_photo_libphoto_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
filters_photo_libphoto_a_CFLAGS = $(AM_CFLAGS) -Wno-deprecated-declarations
LIBPHOTO = filters/photo/libphoto.a

cupsfilter_PROGRAMS += filters/doctophoto
filters_doctophoto_SOURCES = filters/doctophoto.c
filters_doctophoto_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
filters_doctophoto_CFLAGS = $(AM_CFLAGS) -Wno-deprecated-declarations
filters_doctophoto_LDADD = $(LIBPHOTO) $(LIBORDER) $(LIBATTEST) $(LIBSANDBOX) $(LIBCOLOUR) $(LIBIMAGE) $(LIBIPP) $(LIBWIRE) $(LIBSEAL) $(LIBBASE) $(CUPSIMAGE_LIBS) $(CUPS_LIBS)

# Ghostscript for doctophoto, in a process of its own; it lies beside the filters.
cupsfilter_PROGRAMS += filters/photopages
filters_photopages_SOURCES = filters/photopages.c
filters_photopages_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
filters_photopages_LDADD = $(LIBSANDBOX) $(LIBBASE) $(GS_LIBS) -lm
