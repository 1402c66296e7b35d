# Front's parsers, and the messages between all processes.
check_PROGRAMS += tests/fuzz/ipp tests/fuzz/sniff tests/fuzz/wire
tests_fuzz_ipp_SOURCES = %D%/ipp.c $(FUZZ_REPLAY)
tests_fuzz_ipp_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBSETTINGS) $(LIBIPP) $(LIBWIRE) $(LIBSEAL) \
	$(LIBORDER) $(LIBBASE)
tests_fuzz_sniff_SOURCES = %D%/sniff.c $(FUZZ_REPLAY)
tests_fuzz_sniff_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBBASE)
tests_fuzz_wire_SOURCES = %D%/wire.c $(FUZZ_REPLAY)
tests_fuzz_wire_LDADD = $(LIBTAP) $(LIBWIRE) $(LIBBASE)
TESTS += %D%/front.sh
EXTRA_DIST += %D%/front.sh
