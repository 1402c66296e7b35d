# The courier by itself, with a program that plays keep.
noinst_PROGRAMS += tests/e2e/courier/talk
tests_e2e_courier_talk_SOURCES = %D%/talk.c
tests_e2e_courier_talk_LDADD = $(LIBCOURIER) $(LIBSETTINGS) $(LIBIPP) $(LIBSANDBOX) $(LIBWIRE) \
	$(LIBORDER) $(LIBBASE) $(CUPS_LIBS)
