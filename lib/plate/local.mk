noinst_LIBRARIES += lib/plate/libplate.a
lib_plate_libplate_a_SOURCES = %D%/curve.c %D%/curve.h %D%/dump.c %D%/dump.h %D%/manifest.c %D%/manifest.h
lib_plate_libplate_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
LIBPLATE = lib/plate/libplate.a $(LIBBASE) $(JANSSON_LIBS) -lm
