noinst_LIBRARIES += lib/image/libimage.a
lib_image_libimage_a_SOURCES = \
	%D%/codec.h %D%/exif.c %D%/exif.h %D%/image.c %D%/image.h %D%/input.c %D%/input.h %D%/jpeg.c \
	%D%/png.c %D%/pnm.c %D%/raster.c %D%/spread.c %D%/spread.h %D%/tiff.c
lib_image_libimage_a_CPPFLAGS = $(AM_CPPFLAGS) $(JPEG_CFLAGS) $(PNG_CFLAGS) $(TIFF_CFLAGS)
LIBIMAGE = lib/image/libimage.a $(JPEG_LIBS) $(PNG_LIBS) $(TIFF_LIBS)
