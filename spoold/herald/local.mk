noinst_LIBRARIES += spoold/herald/libherald.a
spoold_herald_libherald_a_SOURCES = %D%/herald.c %D%/herald.h %D%/places.c %D%/services.c \
	%D%/services.h %D%/txt.c %D%/txt.h
spoold_herald_libherald_a_CFLAGS = $(AM_CFLAGS) $(AVAHI_CFLAGS)
LIBHERALD = spoold/herald/libherald.a
