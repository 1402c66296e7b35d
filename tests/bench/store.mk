# make bench-store: figures of the store, side by side with the disk alone.
EXTRA_PROGRAMS += tests/bench/store
tests_bench_store_SOURCES = %D%/store.c
tests_bench_store_LDADD = $(LIBFIGURES) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) -lpthread

.PHONY: bench-store
bench-store: tests/bench/store tests/bench/figure
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/run.sh store
