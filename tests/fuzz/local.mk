# Fuzz targets, replayed over their corpus.
FUZZ_REPLAY = %D%/replay.c %D%/fuzz.h
check_PROGRAMS += tests/fuzz/platetar
tests_fuzz_platetar_SOURCES = %D%/platetar.c $(FUZZ_REPLAY) \
	backend/plate_tar.c backend/plate_tar.h
tests_fuzz_platetar_CPPFLAGS = $(AM_CPPFLAGS) $(ARCHIVE_CFLAGS)
tests_fuzz_platetar_LDADD = $(LIBTAP) $(LIBPLATE) $(LIBSEAL) $(LIBBASE) $(ARCHIVE_LIBS)
TESTS += %D%/platetar.sh
EXTRA_DIST += %D%/platetar.sh %D%/run.sh %D%/corpus
