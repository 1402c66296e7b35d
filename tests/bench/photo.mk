# make bench-photo: doctophoto beside djpeg and what a shop would use otherwise.
EXTRA_PROGRAMS += tests/bench/photofile tests/bench/alternate
tests_bench_photofile_SOURCES = %D%/photofile.c
tests_bench_photofile_CPPFLAGS = $(AM_CPPFLAGS) $(JPEG_CFLAGS) $(PNG_CFLAGS) $(TIFF_CFLAGS) $(LCMS_CFLAGS)
tests_bench_photofile_LDADD = $(LIBPICTURES) $(JPEG_LIBS) $(PNG_LIBS) $(TIFF_LIBS) -lm
tests_bench_alternate_SOURCES = %D%/alternate.c
EXTRA_DIST += %D%/photo.sh

.PHONY: bench-photo
bench-photo: all tests/bench/photofile tests/bench/alternate
	$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/photo.sh
