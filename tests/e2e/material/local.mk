# Makers of test documents, and a viewer for what devices received.
noinst_PROGRAMS += tests/e2e/material/material tests/e2e/material/show
tests_e2e_material_material_SOURCES = %D%/bad.c %D%/material.c %D%/material.h %D%/photo.c \
	%D%/plate.c %D%/samples.c %D%/scene.c %D%/scene.h
tests_e2e_material_material_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
tests_e2e_material_material_LDADD = $(CUPSIMAGE_LIBS) $(CUPS_LIBS) $(JPEG_LIBS) $(PNG_LIBS) $(TIFF_LIBS) -lm
tests_e2e_material_show_SOURCES = %D%/picture.c %D%/picture.h %D%/show.c
tests_e2e_material_show_LDADD = $(CUPSIMAGE_LIBS) $(PNG_LIBS) $(TIFF_LIBS)
