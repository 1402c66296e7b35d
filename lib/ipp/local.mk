# lib/ipp
noinst_LIBRARIES += lib/ipp/libccipp.a
lib_ipp_libccipp_a_SOURCES = %D%/ipp_bounds.c %D%/ipp_bounds.h \
	%D%/ipp_option.c %D%/ipp_option.h %D%/ipp_override.c %D%/ipp_override.h \
	%D%/ipp_valid.c %D%/ipp_valid.h
lib_ipp_libccipp_a_CFLAGS = $(AM_CFLAGS) $(CUPS_CFLAGS)
LIBIPP = lib/ipp/libccipp.a $(CUPS_LIBS)
