# Plates: screens, the plate set's stream, the hot folder.
check_PROGRAMS += tests/unit/screen tests/unit/platesetter
tests_unit_screen_SOURCES = %D%/screen.c
tests_unit_screen_LDADD = $(LIBTAP) $(LIBSCREEN)
tests_unit_platesetter_SOURCES = %D%/platesetter.c %D%/plate_stream.c %D%/plate_stream.h \
	$(GATE_SCENE)
tests_unit_platesetter_LDADD = $(LIBPLATE) $(GATE_LIBS)
TESTS += tests/unit/screen tests/unit/platesetter

check_PROGRAMS += tests/unit/curve
tests_unit_curve_SOURCES = %D%/curve.c
tests_unit_curve_LDADD = $(LIBTAP) $(LIBPLATE)
TESTS += tests/unit/curve

check_PROGRAMS += tests/unit/measured
tests_unit_measured_SOURCES = %D%/measured.c
tests_unit_measured_LDADD = $(LIBTAP) tools/libcurve.a $(LIBPLATE)
TESTS += tests/unit/measured

# Separations against gs, and the filter's output measured. fopen64: plate_files.h.
check_PROGRAMS += tests/unit/separations tests/unit/doctoplates
tests_unit_separations_SOURCES = %D%/separations.c %D%/pdf.c %D%/pdf.h
tests_unit_separations_LDFLAGS = $(filters_doctoplates_LDFLAGS)
tests_unit_separations_LDADD = $(LIBTAP) $(LIBPLATES)
tests_unit_doctoplates_SOURCES = %D%/doctoplates.c %D%/pdf.c %D%/pdf.h \
	%D%/cups_job.c %D%/cups_job.h
tests_unit_doctoplates_LDADD = $(LIBTAP) $(LIBPLATE) $(LIBSEAL) $(LIBBASE) \
	$(ARCHIVE_LIBS) $(TIFF_LIBS) -lm
TESTS += tests/unit/separations tests/unit/doctoplates

check_PROGRAMS += tests/unit/g4
tests_unit_g4_SOURCES = %D%/g4.c
tests_unit_g4_CPPFLAGS = $(AM_CPPFLAGS) $(TIFF_CFLAGS)
tests_unit_g4_LDADD = $(LIBTAP) $(LIBSCREEN) $(LIBBASE) $(TIFF_LIBS)
TESTS += tests/unit/g4
