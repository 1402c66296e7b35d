# lib/image, lib/colour, filters/photo: what doctophoto is made of.
check_LIBRARIES += tests/libpictures.a
tests_libpictures_a_SOURCES = %D%/pictures.c %D%/pictures.h %D%/printer.c %D%/printer.h
tests_libpictures_a_CPPFLAGS = $(AM_CPPFLAGS) $(JPEG_CFLAGS) $(PNG_CFLAGS) $(TIFF_CFLAGS) $(LCMS_CFLAGS)
LIBPICTURES = tests/libpictures.a $(LIBIMAGE) $(LIBCOLOUR) $(LIBBASE)

check_PROGRAMS += tests/unit/image
tests_unit_image_SOURCES = %D%/image.c
tests_unit_image_LDADD = $(LIBTAP) $(LIBPICTURES) -lm
TESTS += tests/unit/image

check_PROGRAMS += tests/unit/photo
tests_unit_photo_SOURCES = %D%/photo.c
tests_unit_photo_LDADD = $(LIBTAP) $(LIBPHOTO) $(LIBORDER) $(LIBIMAGE) $(LIBBASE) -lm
TESTS += tests/unit/photo

check_PROGRAMS += tests/unit/colour
tests_unit_colour_SOURCES = %D%/colour.c
tests_unit_colour_CPPFLAGS = $(AM_CPPFLAGS) $(LCMS_CFLAGS)
tests_unit_colour_LDADD = $(LIBTAP) $(LIBPICTURES)
TESTS += tests/unit/colour

check_PROGRAMS += tests/unit/raster
tests_unit_raster_SOURCES = %D%/raster.c
tests_unit_raster_LDADD = $(LIBTAP) $(LIBPICTURES) $(CUPSIMAGE_LIBS) $(CUPS_LIBS) -lm
TESTS += tests/unit/raster
