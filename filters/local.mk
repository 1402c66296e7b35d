# filters/
noinst_LIBRARIES += filters/libattest.a
filters_libattest_a_SOURCES = %D%/attest.c %D%/attest.h %D%/opening.c %D%/opening.h
LIBATTEST = filters/libattest.a

include %D%/photo/local.mk

# doctoplates; libplates so that tests reach its parts. Its own fopen64 must reach libgs.
noinst_LIBRARIES += filters/plates/libplates.a
filters_plates_libplates_a_SOURCES = \
	%D%/plates/plate_files.c %D%/plates/plate_files.h \
	%D%/plates/plate_image.c %D%/plates/plate_image.h \
	%D%/plates/plate_make.c %D%/plates/plate_make.h \
	%D%/plates/plate_options.c %D%/plates/plate_options.h \
	%D%/plates/plate_psd.c %D%/plates/plate_psd.h \
	%D%/plates/plate_rip.c %D%/plates/plate_rip.h \
	%D%/plates/plate_set.c %D%/plates/plate_set.h \
	%D%/plates/plate_sheet.c %D%/plates/plate_sheet.h \
	%D%/plates/plate_tac.c %D%/plates/plate_tac.h \
	%D%/plates/plate_tiff.c %D%/plates/plate_tiff.h
filters_plates_libplates_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(TIFF_CFLAGS) \
	$(JPEG_CFLAGS) $(ARCHIVE_CFLAGS)
filters_plates_libplates_a_CFLAGS = $(AM_CFLAGS) -Wno-deprecated-declarations
LIBPLATES = filters/plates/libplates.a $(LIBPLATE) $(LIBSCREEN) $(LIBSEAL) $(LIBBASE) \
	$(GS_LIBS) $(TIFF_LIBS) $(JPEG_LIBS) $(ARCHIVE_LIBS) $(CUPS_LIBS)

cupsfilter_PROGRAMS += filters/doctoplates
filters_doctoplates_SOURCES = %D%/doctoplates.c
filters_doctoplates_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--export-dynamic-symbol=fopen64 -Wl,--export-dynamic-symbol=mkstemp64
filters_doctoplates_LDADD = $(LIBATTEST) $(LIBWIRE) $(LIBSANDBOX) $(LIBPLATES)
cupsfilter_PROGRAMS += filters/tickettodoc
filters_tickettodoc_SOURCES = %D%/tickettodoc.c
filters_tickettodoc_LDADD = $(LIBATTEST) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)

# PPD functions are marked deprecated in libcups 2; there is no other way to read a PPD there.
cupsfilter_PROGRAMS += filters/attest
filters_attest_SOURCES = %D%/attestdriver.c
filters_attest_CFLAGS = $(AM_CFLAGS) -Wno-deprecated-declarations
filters_attest_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
filters_attest_LDADD = $(LIBATTEST) $(LIBWIRE) $(LIBSEAL) $(LIBBASE) $(CUPS_LIBS)
