noinst_LIBRARIES += lib/colour/libcolour.a
lib_colour_libcolour_a_SOURCES = \
	%D%/colour.h %D%/grid.c %D%/grid.h %D%/lattice.c %D%/lattice.h %D%/lcms.c %D%/lcms.h %D%/profile.c %D%/transform.c
lib_colour_libcolour_a_CPPFLAGS = $(AM_CPPFLAGS) $(LCMS_CFLAGS) $(SODIUM_CFLAGS)
LIBCOLOUR = lib/colour/libcolour.a $(LCMS_LIBS) $(SODIUM_LIBS) -lm
