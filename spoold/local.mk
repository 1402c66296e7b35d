# spoold/: the daemon. Each room below is a static library; link order top to bottom.
include %D%/store/local.mk
include %D%/keep/local.mk
include %D%/preflight/local.mk
include %D%/front/local.mk
include %D%/courier/local.mk
include %D%/crier/local.mk
include %D%/herald/local.mk

noinst_LIBRARIES += spoold/libsettings.a
spoold_libsettings_a_SOURCES = %D%/conftext.c %D%/conftext.h %D%/sections.c %D%/sections.h %D%/settings.c %D%/settings.h
LIBSETTINGS = spoold/libsettings.a $(LIBORDER) $(LIBBASE) $(CONFUSE_LIBS)

sbin_PROGRAMS += spoold/spoold
spoold_spoold_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
spoold_spoold_SOURCES = %D%/credentials.c %D%/credentials.h %D%/folders.c %D%/folders.h \
	%D%/house.c %D%/house.h %D%/listen.c %D%/listen.h %D%/process.c %D%/process.h \
	%D%/selfsigned.c %D%/selfsigned.h %D%/spoold.c %D%/supervisor.c %D%/supervisor.h
spoold_spoold_LDADD = $(LIBKEEP) $(LIBFRONT) $(LIBPREFLIGHT) $(LIBCOURIER) $(LIBCRIER) $(LIBHERALD) $(LIBSTORE) $(LIBSETTINGS) \
	$(LIBIPP) $(LIBSANDBOX) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) \
	$(CRYPTO_LIBS) $(EVENT_LIBS) $(CUPS_LIBS) $(AVAHI_LIBS)
