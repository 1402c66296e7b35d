# The gate: programs run as cupsd runs them, against a keep with faults on order.
GATE_SCENE = %D%/cups_job.c %D%/cups_job.h %D%/fake_keep.c %D%/fake_keep.h
GATE_LIBS = $(LIBTAP) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) -lpthread
check_PROGRAMS += tests/unit/tickettodoc
tests_unit_tickettodoc_SOURCES = %D%/tickettodoc.c $(GATE_SCENE)
tests_unit_tickettodoc_LDADD = $(GATE_LIBS)
TESTS += tests/unit/tickettodoc
check_PROGRAMS += tests/unit/claimcheck
tests_unit_claimcheck_SOURCES = %D%/claimcheck.c $(GATE_SCENE)
tests_unit_claimcheck_LDADD = $(LIBWRAP) $(GATE_LIBS)
TESTS += tests/unit/claimcheck
check_PROGRAMS += tests/unit/attest
tests_unit_attest_SOURCES = %D%/attest.c $(GATE_SCENE)
tests_unit_attest_LDADD = $(GATE_LIBS)
TESTS += tests/unit/attest
