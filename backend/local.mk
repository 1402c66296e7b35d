# backend/
noinst_LIBRARIES += backend/libgate.a
backend_libgate_a_SOURCES = %D%/gate.c %D%/gate.h
backend_libgate_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
LIBGATE = backend/libgate.a
