# tests/: TAP programs and scripts; each prints its plan last.
check_LIBRARIES = tests/libtap.a
tests_libtap_a_SOURCES = %D%/tap.c %D%/tap.h
LIBTAP = tests/libtap.a

include %D%/unit/local.mk
include %D%/golden/local.mk

# The house's own order: who includes whom, how it is laid out, what its manuals tell.
HOUSE_TESTS = %D%/layers.sh %D%/format.sh %D%/manuals.sh
TESTS += $(HOUSE_TESTS)
EXTRA_DIST += $(HOUSE_TESTS) %D%/tidy.sh

.PHONY: tidy
tidy: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/tidy.sh


include %D%/fuzz/local.mk
include %D%/e2e/local.mk
include %D%/ipp/local.mk
include %D%/bench/local.mk
include %D%/crash/local.mk
