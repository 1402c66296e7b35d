# spoold/preflight
noinst_LIBRARIES += spoold/preflight/libpreflight.a
spoold_preflight_libpreflight_a_SOURCES = \
	%D%/ask.h %D%/checker.c %D%/checker.h %D%/look_pdf.c %D%/look_picture.c \
	%D%/look_raster.c %D%/preflight.h %D%/server.c
spoold_preflight_libpreflight_a_CPPFLAGS = $(AM_CPPFLAGS) $(QPDF_CFLAGS)
spoold_preflight_libpreflight_a_CFLAGS = $(AM_CFLAGS) $(CUPS_CFLAGS)
LIBPREFLIGHT = spoold/preflight/libpreflight.a $(LIBIMAGE) $(LIBSANDBOX) $(LIBBASE) \
	$(QPDF_LIBS) $(CUPSIMAGE_LIBS) $(CUPS_LIBS)
