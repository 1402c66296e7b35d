# tests/golden/: whole programs on pictures whose every pixel is known.
check_PROGRAMS += tests/golden/photo
tests_golden_photo_SOURCES = %D%/filter.c %D%/filter.h %D%/photo.c
tests_golden_photo_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(LCMS_CFLAGS) $(TIFF_CFLAGS)
tests_golden_photo_LDADD = $(LIBTAP) $(LIBPICTURES) $(LIBCOLOUR) $(CUPSIMAGE_LIBS) $(CUPS_LIBS) -lm
TESTS += tests/golden/photo

check_PROGRAMS += tests/golden/sheets
tests_golden_sheets_SOURCES = %D%/filter.c %D%/filter.h %D%/sheets.c
tests_golden_sheets_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(TIFF_CFLAGS)
tests_golden_sheets_LDADD = $(LIBTAP) $(LIBPICTURES) $(CUPSIMAGE_LIBS) $(CUPS_LIBS) -lm
TESTS += tests/golden/sheets
