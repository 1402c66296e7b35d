# spoold/: the daemon. Each room below is a static library; link order top to bottom.
include %D%/store/local.mk
include %D%/keep/local.mk
include %D%/front/local.mk
include %D%/courier/local.mk

noinst_LIBRARIES += spoold/libsettings.a
spoold_libsettings_a_SOURCES = %D%/conftext.c %D%/conftext.h %D%/settings.c %D%/settings.h
LIBSETTINGS = spoold/libsettings.a $(LIBBASE) $(CONFUSE_LIBS)

sbin_PROGRAMS += spoold/spoold
spoold_spoold_SOURCES = %D%/spoold.c
spoold_spoold_LDADD = $(LIBKEEP) $(LIBFRONT) $(LIBCOURIER) $(LIBSTORE) $(LIBSETTINGS) \
	$(LIBIPP) $(LIBSANDBOX) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) \
	$(EVENT_LIBS) $(CUPS_LIBS)
