# make bench-store: figures of the store, side by side with the disk alone.
EXTRA_PROGRAMS += tests/bench/store tests/bench/document
tests_bench_store_SOURCES = %D%/store.c
tests_bench_store_LDADD = $(LIBFIGURES) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) -lpthread
tests_bench_document_SOURCES = %D%/document.c
tests_bench_document_LDADD = $(LIBFIGURES) $(LIBATTEST) $(KEEP_TEST_LIBS)

.PHONY: bench-store
bench-store: tests/bench/store tests/bench/document tests/bench/figure
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/run.sh store
