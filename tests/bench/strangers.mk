# make bench-strangers: a crowd that drips bytes beside clients that want to print; cupsd
# under the same load; as root.
bench_tools += tests/bench/crowd
bench_scripts += %D%/strangers.sh
tests_bench_crowd_SOURCES = %D%/crowd.c
tests_bench_crowd_LDADD = $(LIBBASE) -lssl $(CRYPTO_LIBS) -lpthread

.PHONY: bench-strangers
bench-strangers: all $(bench_tools)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/run.sh strangers
