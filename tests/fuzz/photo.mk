# lib/image and lib/colour: each target replays its own corpus.
PHOTO_FUZZ = tests/fuzz/jpeg tests/fuzz/png tests/fuzz/tiff tests/fuzz/profile tests/fuzz/exif \
	tests/fuzz/raster
check_PROGRAMS += $(PHOTO_FUZZ)
PHOTO_FUZZ_LIBS = $(LIBTAP) $(LIBCOLOUR) $(LIBIMAGE) $(LIBBASE) -lm
tests_fuzz_jpeg_SOURCES = %D%/jpeg.c %D%/picture.c %D%/picture.h $(FUZZ_REPLAY)
tests_fuzz_jpeg_LDADD = $(PHOTO_FUZZ_LIBS)
tests_fuzz_png_SOURCES = %D%/png.c %D%/picture.c %D%/picture.h $(FUZZ_REPLAY)
tests_fuzz_png_LDADD = $(PHOTO_FUZZ_LIBS)
tests_fuzz_tiff_SOURCES = %D%/tiff.c %D%/picture.c %D%/picture.h $(FUZZ_REPLAY)
tests_fuzz_tiff_LDADD = $(PHOTO_FUZZ_LIBS)
tests_fuzz_raster_SOURCES = %D%/raster.c %D%/picture.c %D%/picture.h $(FUZZ_REPLAY)
tests_fuzz_raster_LDADD = $(PHOTO_FUZZ_LIBS)
tests_fuzz_profile_SOURCES = %D%/profile.c $(FUZZ_REPLAY)
tests_fuzz_profile_LDADD = $(PHOTO_FUZZ_LIBS)
tests_fuzz_exif_SOURCES = %D%/exif.c $(FUZZ_REPLAY)
tests_fuzz_exif_LDADD = $(PHOTO_FUZZ_LIBS)
TESTS += $(PHOTO_FUZZ)
