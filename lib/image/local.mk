noinst_LIBRARIES += lib/image/libimage.a
lib_image_libimage_a_SOURCES = \
	%D%/codec.h %D%/exif.c %D%/exif.h %D%/image.c %D%/image.h %D%/input.c %D%/input.h %D%/jpeg.c
lib_image_libimage_a_CPPFLAGS = $(AM_CPPFLAGS) $(JPEG_CFLAGS)
LIBIMAGE = lib/image/libimage.a $(JPEG_LIBS)
