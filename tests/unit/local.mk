# A program a room; the room's helper adds its own fragment here.
check_PROGRAMS += tests/unit/base
tests_unit_base_SOURCES = %D%/base.c
tests_unit_base_LDADD = $(LIBTAP) $(LIBWIRE) $(LIBBASE)
TESTS += tests/unit/base
check_PROGRAMS += tests/unit/ipp
tests_unit_ipp_SOURCES = %D%/ipp.c
tests_unit_ipp_LDADD = $(LIBTAP) $(LIBIPP) $(LIBBASE)
TESTS += tests/unit/ipp

check_PROGRAMS += tests/unit/sandbox
tests_unit_sandbox_SOURCES = %D%/sandbox.c
tests_unit_sandbox_LDADD = $(LIBTAP) $(LIBSANDBOX) $(LIBBASE)
TESTS += tests/unit/sandbox

include %D%/store.mk
include %D%/gate.mk
include %D%/keep.mk

check_PROGRAMS += tests/unit/sniff
tests_unit_sniff_SOURCES = %D%/sniff.c
tests_unit_sniff_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBBASE)
TESTS += tests/unit/sniff

check_PROGRAMS += tests/unit/inflate
tests_unit_inflate_SOURCES = %D%/inflate.c
tests_unit_inflate_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBSEAL) $(LIBBASE)
TESTS += tests/unit/inflate

check_PROGRAMS += tests/unit/settings
tests_unit_settings_SOURCES = %D%/settings.c
tests_unit_settings_LDADD = $(LIBTAP) $(LIBSETTINGS)
EXTRA_DIST += %D%/settings-manual.sh
TESTS += tests/unit/settings %D%/settings-manual.sh

include %D%/plates.mk
include %D%/photo.mk

check_PROGRAMS += tests/unit/courier
tests_unit_courier_SOURCES = %D%/courier.c
tests_unit_courier_LDADD = $(LIBTAP) $(LIBCOURIER) $(LIBIPP) $(LIBWIRE) $(LIBORDER) $(LIBBASE) \
	$(CUPS_LIBS)
TESTS += tests/unit/courier

check_PROGRAMS += tests/unit/herald
tests_unit_herald_SOURCES = %D%/herald.c
tests_unit_herald_LDADD = $(LIBTAP) $(LIBHERALD) $(LIBWIRE) $(LIBBASE) $(AVAHI_LIBS)
TESTS += tests/unit/herald

check_PROGRAMS += tests/unit/texts
tests_unit_texts_SOURCES = %D%/texts.c
tests_unit_texts_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBBASE)
TESTS += tests/unit/texts

# The manual of the service, held to its table.
TESTS += %D%/operations-manual.sh
EXTRA_DIST += %D%/operations-manual.sh

check_PROGRAMS += tests/unit/subscriptions
tests_unit_subscriptions_SOURCES = %D%/subscriptions.c
tests_unit_subscriptions_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBWIRE) $(LIBORDER) $(LIBBASE)
TESTS += tests/unit/subscriptions

check_PROGRAMS += tests/unit/printer_status
tests_unit_printer_status_SOURCES = %D%/printer_status.c
tests_unit_printer_status_CFLAGS = $(AM_CFLAGS) $(CUPS_CFLAGS)
tests_unit_printer_status_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBORDER) $(LIBBASE) $(CUPS_LIBS)
TESTS += tests/unit/printer_status
check_PROGRAMS += tests/unit/admission
tests_unit_admission_SOURCES = %D%/admission.c
tests_unit_admission_CFLAGS = $(AM_CFLAGS) $(CUPS_CFLAGS)
tests_unit_admission_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBSETTINGS) $(LIBBASE) $(CUPS_LIBS)
TESTS += tests/unit/admission

check_PROGRAMS += tests/unit/preflight
tests_unit_preflight_SOURCES = %D%/preflight.c
tests_unit_preflight_CFLAGS = $(AM_CFLAGS) $(CUPS_CFLAGS)
tests_unit_preflight_LDADD = $(LIBTAP) $(LIBFRONT) $(LIBPREFLIGHT) $(LIBSETTINGS) $(LIBIPP) \
	$(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) $(PNG_LIBS) $(CUPS_LIBS)
TESTS += tests/unit/preflight
