# tools/
noinst_LIBRARIES += tools/libjsontext.a
tools_libjsontext_a_SOURCES = %D%/jsontext.c %D%/jsontext.h
tools_libjsontext_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)

noinst_LIBRARIES += tools/libstation.a
tools_libstation_a_SOURCES = \
	%D%/station/counter.c %D%/station/counter.h \
	%D%/station/key.c %D%/station/key.h \
	%D%/station/progress.c %D%/station/progress.h \
	%D%/station/report.c %D%/station/report.h \
	%D%/station/show.c %D%/station/show.h \
	%D%/station/station.c %D%/station/station.h %D%/station/typed.c %D%/station/typed.h \
	%D%/station/watch.c %D%/station/watch.h %D%/station/words.c %D%/station/words.h
tools_libstation_a_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(JANSSON_CFLAGS)

bin_PROGRAMS += tools/release
tools_release_SOURCES = %D%/release.c
tools_release_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS)
tools_release_LDADD = tools/libstation.a tools/libjsontext.a $(LIBSEAL) $(LIBORDER) \
	$(LIBBASE) $(CUPS_LIBS) $(JANSSON_LIBS)

noinst_LIBRARIES += tools/libcurve.a
tools_libcurve_a_SOURCES = \
	%D%/curve/measured.c %D%/curve/measured.h %D%/curve/plot.c %D%/curve/plot.h \
	%D%/svg.c %D%/svg.h

sbin_PROGRAMS += tools/spoolctl
tools_spoolctl_SOURCES = %D%/spoolctl.c \
	%D%/control/control.c %D%/control/control.h %D%/control/health.c \
	%D%/control/usage.c %D%/control/usage.h \
	%D%/control/when.c %D%/control/when.h \
	%D%/curve/curve.c \
	%D%/control/change.c %D%/control/orders.c %D%/control/orders.h \
	%D%/control/secret.c %D%/control/setup.c \
	%D%/store/about.c %D%/store/about.h %D%/store/audit.c %D%/store/audit.h %D%/store/authorise.c \
	%D%/store/doctor.c %D%/store/doctor.h %D%/store/doctor_cupsd.c \
	%D%/store/opened.c %D%/store/opened.h \
	%D%/store/plot.c %D%/store/stats.c %D%/store/stats.h %D%/store/backup.c %D%/store/check.c \
	%D%/store/recovery.c %D%/store/recovery.h %D%/store/restore.c \
	%D%/store/ticket.c %D%/ticket/pdf.c %D%/ticket/print.c %D%/ticket/ticket.c %D%/ticket/ticket.h \
	%D%/store/station.c \
	%D%/store/shop.c %D%/store/shop.h %D%/store/work.c %D%/store/work.h
tools_spoolctl_CPPFLAGS = $(AM_CPPFLAGS) $(CUPS_CFLAGS) $(JANSSON_CFLAGS) $(CAIRO_CFLAGS)
tools_spoolctl_LDADD = tools/libcurve.a $(LIBPLATE) tools/libstation.a tools/libjsontext.a $(LIBSTORE) $(LIBSETTINGS) \
	$(LIBIPP) $(LIBSANDBOX) $(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) $(CUPS_LIBS) $(JANSSON_LIBS) \
	$(CAIRO_LIBS) $(ZINT_LIBS)
