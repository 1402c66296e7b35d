# tests/: TAP programs and scripts; each prints its plan last.
check_LIBRARIES = tests/libtap.a
tests_libtap_a_SOURCES = %D%/tap.c %D%/tap.h
LIBTAP = tests/libtap.a

include %D%/unit/local.mk

include %D%/e2e/local.mk
