# Fuzz targets, replayed over their corpus.
FUZZ_REPLAY = %D%/replay.c %D%/fuzz.h
check_PROGRAMS += tests/fuzz/platetar
tests_fuzz_platetar_SOURCES = %D%/platetar.c $(FUZZ_REPLAY) \
	backend/plate_tar.c backend/plate_tar.h
tests_fuzz_platetar_CPPFLAGS = $(AM_CPPFLAGS) $(ARCHIVE_CFLAGS)
tests_fuzz_platetar_LDADD = $(LIBTAP) $(LIBPLATE) $(LIBSEAL) $(LIBBASE) $(ARCHIVE_LIBS)
TESTS += %D%/platetar.sh
EXTRA_DIST += %D%/platetar.sh %D%/run.sh %D%/corpus

check_PROGRAMS += tests/fuzz/keep_wire
tests_fuzz_keep_wire_SOURCES = %D%/keep_wire.c $(FUZZ_REPLAY)
tests_fuzz_keep_wire_LDADD = $(KEEP_TEST_LIBS)
TESTS += %D%/keep_wire.sh
EXTRA_DIST += %D%/keep_wire.sh
# With libFuzzer: make fuzz TARGET=http [SECONDS=600]. doc/decisions/fuzzing.md
.PHONY: fuzz
fuzz:
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
		$(srcdir)/tests/fuzz/run.sh $(TARGET) $(SECONDS)
include %D%/photo.mk
include %D%/front.mk
