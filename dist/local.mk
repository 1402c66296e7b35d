# dist/

# Where systemd is; elsewhere the files do no harm.
systemdunitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
systemdunit_DATA = dist/claimcheck.service
sysusers_DATA = dist/claimcheck-sysusers.conf
tmpfiles_DATA = dist/claimcheck-tmpfiles.conf
dist_doc_DATA += %D%/spoold.conf
EXTRA_DIST += %D%/claimcheck.service.in %D%/claimcheck.sysusers %D%/claimcheck.tmpfiles
CLEANFILES += $(systemdunit_DATA) $(sysusers_DATA) $(tmpfiles_DATA)

dist/claimcheck.service: $(srcdir)/%D%/claimcheck.service.in
	$(AM_V_GEN)$(MKDIR_P) dist && $(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@sysconfdir[@]|$(sysconfdir)|g' $(srcdir)/%D%/claimcheck.service.in >$@.tmp && \
		mv $@.tmp $@
dist/claimcheck-sysusers.conf: $(srcdir)/%D%/claimcheck.sysusers
	$(AM_V_GEN)$(MKDIR_P) dist && cp $(srcdir)/%D%/claimcheck.sysusers $@
dist/claimcheck-tmpfiles.conf: $(srcdir)/%D%/claimcheck.tmpfiles
	$(AM_V_GEN)$(MKDIR_P) dist && cp $(srcdir)/%D%/claimcheck.tmpfiles $@

# spoolctl setup reads it from here.
dist_pkgdata_DATA = %D%/cupsd-policy.conf
