# Plates: screens, the plate set's stream, the hot folder.
check_PROGRAMS += tests/unit/screen tests/unit/platesetter
tests_unit_screen_SOURCES = %D%/screen.c
tests_unit_screen_LDADD = $(LIBTAP) $(LIBSCREEN)
tests_unit_platesetter_SOURCES = %D%/platesetter.c %D%/plate_stream.c %D%/plate_stream.h \
	$(GATE_SCENE)
tests_unit_platesetter_LDADD = $(LIBPLATE) $(GATE_LIBS)
TESTS += tests/unit/screen tests/unit/platesetter
