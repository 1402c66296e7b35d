# filters/
noinst_LIBRARIES += filters/libattest.a
filters_libattest_a_SOURCES = %D%/attest.c %D%/attest.h
LIBATTEST = filters/libattest.a
