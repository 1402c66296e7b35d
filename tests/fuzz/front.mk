# Front's parsers, and the messages between all processes.
check_PROGRAMS += tests/fuzz/ipp tests/fuzz/sniff tests/fuzz/wire tests/fuzz/bounds \
	tests/fuzz/http tests/fuzz/front_wire
FRONT_FUZZ_LIBS = $(LIBTAP) $(LIBFRONT) $(LIBSETTINGS) $(LIBIPP) $(LIBWIRE) $(LIBSEAL) \
	$(LIBORDER) $(LIBBASE)
STRANGER = %D%/stranger.c %D%/stranger.h %D%/stranger_keep.c
tests_fuzz_http_SOURCES = %D%/http.c $(STRANGER) $(FUZZ_REPLAY)
tests_fuzz_http_LDADD = $(FRONT_FUZZ_LIBS)
tests_fuzz_front_wire_SOURCES = %D%/front_wire.c $(STRANGER) $(FUZZ_REPLAY)
tests_fuzz_front_wire_LDADD = $(FRONT_FUZZ_LIBS)
tests_fuzz_bounds_SOURCES = %D%/bounds.c $(FUZZ_REPLAY)
tests_fuzz_bounds_LDADD = $(LIBTAP) $(LIBIPP) $(LIBBASE)
tests_fuzz_ipp_SOURCES = %D%/ipp.c $(FUZZ_REPLAY)
tests_fuzz_ipp_LDADD = $(FRONT_FUZZ_LIBS)
tests_fuzz_sniff_SOURCES = %D%/sniff.c $(FUZZ_REPLAY)
tests_fuzz_sniff_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBBASE)
tests_fuzz_wire_SOURCES = %D%/wire.c $(FUZZ_REPLAY)
tests_fuzz_wire_LDADD = $(LIBTAP) $(LIBWIRE) $(LIBBASE)
TESTS += %D%/front.sh
EXTRA_DIST += %D%/front.sh
