# tests/bench: never part of make check. `make bench` says of each figure whether it met its
# target; README has the last ones.
EXTRA_LIBRARIES = tests/bench/libfigures.a
tests_bench_libfigures_a_SOURCES = %D%/figures.c %D%/figures.h
LIBFIGURES = tests/bench/libfigures.a

include %D%/store.mk
include %D%/photo.mk
include %D%/hold.mk
include %D%/strangers.mk

# bench-keep: what was measured goes into README and doc/.
.PHONY: bench bench-keep
bench: all tests/bench/store tests/bench/document $(bench_tools)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/run.sh $(BENCH)
bench-keep: all tests/bench/store tests/bench/document $(bench_tools)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/run.sh -k $(BENCH)
