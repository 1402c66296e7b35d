/*
 * dispatch.c - the one table of who answers what.
 */
#include "lib/base/log.h"
#include "spoold/keep/announce.h"
#include "spoold/keep/authorise.h"
#include "spoold/keep/change.h"
#include "spoold/keep/control.h"
#include "spoold/keep/dispatch.h"
#include "spoold/keep/doors.h"
#include "spoold/keep/events.h"
#include "spoold/keep/grant.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/produce.h"
#include "spoold/keep/query.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/release.h"
#include "spoold/keep/secrets.h"
#include "spoold/keep/stations.h"
#include "spoold/keep/warn.h"
#include "spoold/keep/window.h"

struct row {
	dispatch_fn *handle;
	unsigned type;
	bool answers; /* a fault is answered by `failed`; else it drops the peer */
	bool reads;   /* stands on nothing that this turn changed */
};

static const struct row rows[] = {
	{intake_order_begin, WIRE_TYPE_order_begin, true, false},
	{intake_identify_new, WIRE_TYPE_identify_new, true, false},
	{intake_document_begin, WIRE_TYPE_document_begin, true, false},
	{intake_chunk, WIRE_TYPE_chunk, false, false},
	{intake_document_end, WIRE_TYPE_document_end, true, false},
	{intake_document_change, WIRE_TYPE_document_change, true, false},
	{intake_order_commit, WIRE_TYPE_order_commit, true, false},
	{intake_order_abort, WIRE_TYPE_order_abort, true, false},
	{identify_identify, WIRE_TYPE_identify, true, false},
	{release_prove, WIRE_TYPE_prove, true, false},
	{stations_station, WIRE_TYPE_station, true, false},
	{grant_open, WIRE_TYPE_open, true, false},
	{query_find, WIRE_TYPE_find, true, false},
	{change_change, WIRE_TYPE_change, true, false},
	{control_control, WIRE_TYPE_control, true, true},
	{control_notice, WIRE_TYPE_notice, true, true},
	{events_watch, WIRE_TYPE_watch, false, true},
	{query_printers, WIRE_TYPE_printers, true, true},
	{doors_channel, WIRE_TYPE_channel, false, false},
	{grant_spend, WIRE_TYPE_spend, true, false},
	{grant_read, WIRE_TYPE_read, true, true},
	{window_open, WIRE_TYPE_window, true, true},
	{grant_doubt, WIRE_TYPE_doubt, true, false},
	{produce_stream, WIRE_TYPE_stream, true, false},
	{produce_wishes, WIRE_TYPE_wishes, true, false},
	{produce_pages, WIRE_TYPE_pages, true, false},
	{produce_give_up, WIRE_TYPE_give_up, true, false},
	{produce_produce, WIRE_TYPE_produce, true, false},
	{produce_verify, WIRE_TYPE_verify, true, false},
	{produce_progress, WIRE_TYPE_progress, false, false},
	{produce_outcome, WIRE_TYPE_outcome, true, false},
	{query_status, WIRE_TYPE_status, true, false},
	{query_usage, WIRE_TYPE_usage, true, false},
	{authorise_authorise, WIRE_TYPE_authorise, true, false},
	{authorise_renew, WIRE_TYPE_renew, true, false},
	{authorise_reissue, WIRE_TYPE_reissue, true, false},
	{stations_stations, WIRE_TYPE_stations, true, false},
	{secrets_secrets, WIRE_TYPE_secrets, true, false},
	{jobs_done, WIRE_TYPE_job_done, false, false},
	{reconcile_seen, WIRE_TYPE_job_seen, false, false},
	{reconcile_end, WIRE_TYPE_jobs_end, false, false},
	{query_queue, WIRE_TYPE_queue, false, true},
	{control_done, WIRE_TYPE_queue_controlled, false, true},
	{jobs_cupsd, WIRE_TYPE_cupsd, false, true},
	{announce_announce, WIRE_TYPE_announce, false, true},
	{warn_warned, WIRE_TYPE_warned, false, false},
	{announce_announced, WIRE_TYPE_announced, false, true},
};

static const struct row *
find_row(unsigned type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static void
run(struct peer *p, const struct row *row, const union wire_any *m)
{
	struct error err = {0};

	if (row->answers)
		p->owing++;
	if (!row->reads)
		p->depends = true;
	if (row->type != WIRE_TYPE_chunk) /* nobody waits for a chunk to be durable */
		p->keep->dirty = true;
	if (row->handle(p, m, &err) == 0)
		return;
	if (row->answers)
		peer_say_failed(p, &err);
	else
		peer_drop(p, err.text);
}

void
dispatch(struct peer *p, unsigned type, const void *body, size_t body_len)
{
	const struct row *row = find_row(type);
	union wire_any m;
	struct error err;

	if (row == NULL || (wire_senders(type) & p->role) == 0) {
		error_set(&err, ERROR_REFUSED, "it may not send '%s'", wire_name(type));
		peer_drop(p, err.text);
		return;
	}
	if (wire_unpack(type, body, body_len, &m, &err) != 0)
		peer_drop(p, err.text);
	else
		run(p, row, &m);
	seal_wipe(&m, sizeof(m));
}
