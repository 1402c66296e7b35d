# make bench-intake, bench-hold: spoold and a private cupsd under load; as root.
bench_tools = tests/bench/figure tests/bench/ippload tests/bench/sink tests/bench/stamp
bench_scripts = %D%/curve.sh %D%/hold.sh %D%/intake.sh %D%/run.sh %D%/shop.sh
EXTRA_PROGRAMS += $(bench_tools)
EXTRA_DIST += $(bench_scripts)
tests_bench_figure_SOURCES = %D%/figure.c
tests_bench_figure_LDADD = $(LIBFIGURES)
tests_bench_ippload_SOURCES = %D%/ippload.c
tests_bench_ippload_LDADD = $(LIBFIGURES) $(LIBBASE) -lpthread
tests_bench_stamp_SOURCES = %D%/stamp.c
tests_bench_sink_SOURCES = %D%/sink.c

.PHONY: bench-intake bench-hold
bench-intake bench-hold: all $(bench_tools)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/run.sh $(@:bench-%=%)
