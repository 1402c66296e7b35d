noinst_LIBRARIES += spoold/keep/libkeep.a
spoold_keep_libkeep_a_SOURCES = \
	%D%/announce.c %D%/announce.h %D%/audit.c %D%/audit.h %D%/authorise.c %D%/authorise.h %D%/calendar.c %D%/calendar.h %D%/change.c %D%/change.h %D%/control.c %D%/control.h %D%/control_orders.c %D%/dispatch.c %D%/dispatch.h \
	%D%/doors.c %D%/doors.h %D%/events.c %D%/events.h %D%/expire.c %D%/expire.h %D%/grant.c %D%/grant.h \
	%D%/identify.c %D%/identify.h %D%/incoming.c %D%/incoming.h %D%/info.c %D%/info.h \
	%D%/intake.c %D%/intake.h %D%/jobs.c %D%/jobs.h %D%/keep.c %D%/keep.h \
	%D%/life.c %D%/life.h %D%/mend.c %D%/mend.h %D%/notices.c %D%/peer.c %D%/peer.h %D%/produce.c %D%/produce.h \
	%D%/query.c %D%/query.h %D%/queues.c %D%/quota.c %D%/quota.h %D%/reconcile.c \
	%D%/reconcile.h %D%/release.c %D%/release.h %D%/room.h %D%/run.c %D%/run.h %D%/scrub.c %D%/scrub.h \
	%D%/secrets.c %D%/secrets.h %D%/stations.c %D%/stations.h \
	%D%/seen.c %D%/seen.h %D%/tries.c %D%/tries.h %D%/upload.c %D%/usage.c %D%/warn.c %D%/warn.h \
	%D%/window.c %D%/window.h
LIBKEEP = spoold/keep/libkeep.a
