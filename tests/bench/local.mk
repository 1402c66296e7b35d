# tests/bench: never part of make check. `make bench` measures all of it, and says of each
# figure whether it met its target; doc/figures.md has the last results.
EXTRA_LIBRARIES = tests/bench/libfigures.a
tests_bench_libfigures_a_SOURCES = %D%/figures.c %D%/figures.h
LIBFIGURES = tests/bench/libfigures.a

include %D%/store.mk
include %D%/photo.mk
include %D%/hold.mk
