# Tests of spoold/keep.
check_LIBRARIES += tests/unit/libkeephelp.a
tests_unit_libkeephelp_a_SOURCES = %D%/keep-help.c %D%/keep-help.h %D%/keep-cups.c %D%/keep-customer.c \
	%D%/keep-scene.c %D%/keep-scene.h
KEEP_TEST_LIBS = tests/unit/libkeephelp.a $(LIBTAP) $(LIBKEEP) $(LIBSTORE) $(LIBSETTINGS) \
	$(LIBWIRE) $(LIBSEAL) $(LIBORDER) $(LIBBASE) $(EVENT_LIBS)
KEEP_TESTS = \
	tests/unit/keep \
	tests/unit/keep-announce \
	tests/unit/keep-audit \
	tests/unit/keep-control tests/unit/keep-stations \
	tests/unit/keep-warn \
	tests/unit/keep-events \
	tests/unit/keep-turns \
	tests/unit/keep-gate tests/unit/keep-wish tests/unit/keep-window \
	tests/unit/keep-proof tests/unit/keep-document tests/unit/keep-restart tests/unit/keep-stored \
	tests/unit/keep-identify \
	tests/unit/keep-hostile \
	tests/unit/keep-jobs \
	tests/unit/keep-dates \
	tests/unit/keep-run \
	tests/unit/keep-races \
	tests/unit/keep-secrets \
	tests/unit/keep-terms \
	tests/unit/keep-calendar \
	tests/unit/keep-disk \
	tests/unit/keep-scrub tests/unit/keep-tree \
	tests/unit/keep-full
tests_unit_keep_SOURCES = %D%/keep.c
tests_unit_keep_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_warn_SOURCES = %D%/keep-warn.c
tests_unit_keep_warn_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_audit_SOURCES = %D%/keep-audit.c
tests_unit_keep_audit_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_announce_SOURCES = %D%/keep-announce.c
tests_unit_keep_announce_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_stations_SOURCES = %D%/keep-stations.c
tests_unit_keep_stations_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_control_SOURCES = %D%/keep-control.c
tests_unit_keep_control_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_events_SOURCES = %D%/keep-events.c
tests_unit_keep_events_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_turns_SOURCES = %D%/keep-turns.c
tests_unit_keep_turns_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_window_SOURCES = %D%/keep-window.c
tests_unit_keep_window_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_gate_SOURCES = %D%/keep-gate.c
tests_unit_keep_wish_SOURCES = %D%/keep-wish.c
tests_unit_keep_wish_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_gate_LDADD = $(KEEP_TEST_LIBS)
KEEP_DESK = %D%/keep-desk.c %D%/keep-desk.h
tests_unit_keep_document_SOURCES = %D%/keep-document.c $(KEEP_DESK)
tests_unit_keep_document_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_restart_SOURCES = %D%/keep-restart.c $(KEEP_DESK)
tests_unit_keep_restart_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_stored_SOURCES = %D%/keep-stored.c $(KEEP_DESK)
tests_unit_keep_stored_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_proof_SOURCES = %D%/keep-proof.c $(KEEP_DESK)
tests_unit_keep_proof_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_identify_SOURCES = %D%/keep-identify.c
tests_unit_keep_identify_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_hostile_SOURCES = %D%/keep-hostile.c
tests_unit_keep_hostile_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_jobs_SOURCES = %D%/keep-jobs.c
tests_unit_keep_jobs_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_dates_SOURCES = %D%/keep-dates.c
tests_unit_keep_dates_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_run_SOURCES = %D%/keep-run.c
tests_unit_keep_run_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_races_SOURCES = %D%/keep-races.c
tests_unit_keep_races_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_terms_SOURCES = %D%/keep-terms.c
tests_unit_keep_terms_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_calendar_SOURCES = %D%/keep-calendar.c
tests_unit_keep_calendar_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_disk_SOURCES = %D%/keep-disk.c %D%/bad-disk.c %D%/bad-disk.h
tests_unit_keep_disk_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_scrub_SOURCES = %D%/keep-scrub.c %D%/bad-disk.c %D%/bad-disk.h
tests_unit_keep_scrub_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_tree_SOURCES = %D%/keep-tree.c
tests_unit_keep_tree_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_full_SOURCES = %D%/keep-full.c
tests_unit_keep_full_LDADD = $(KEEP_TEST_LIBS)
tests_unit_keep_secrets_SOURCES = %D%/keep-secrets.c
tests_unit_keep_secrets_LDADD = $(KEEP_TEST_LIBS)
check_PROGRAMS += $(KEEP_TESTS)
TESTS += $(KEEP_TESTS)

check_PROGRAMS += tests/unit/wire-table
tests_unit_wire_table_SOURCES = %D%/wire-table.c
tests_unit_wire_table_LDADD = $(LIBWIRE) $(LIBBASE)
TESTS += %D%/wire-manual.sh
EXTRA_DIST += %D%/wire-manual.sh

# As many orders due at once as a shop may have; make check takes 3,000.
.PHONY: check-due
check-due: tests/unit/keep-calendar
	tests/unit/keep-calendar 50000
