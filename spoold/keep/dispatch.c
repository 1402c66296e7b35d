/*
 * dispatch.c - the one table of who answers what.
 */
#include "lib/base/log.h"
#include "spoold/keep/change.h"
#include "spoold/keep/dispatch.h"
#include "spoold/keep/doors.h"
#include "spoold/keep/grant.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/produce.h"
#include "spoold/keep/query.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/release.h"

struct row {
	unsigned type;
	dispatch_fn *handle;
	bool answers; /* a fault is answered by `failed`; else it drops the peer */
	bool reads;   /* stands on nothing that this turn changed */
};

static const struct row rows[] = {
	{WIRE_TYPE_order_begin, intake_order_begin, true, false},
	{WIRE_TYPE_identify_new, intake_identify_new, true, false},
	{WIRE_TYPE_document_begin, intake_document_begin, true, false},
	{WIRE_TYPE_chunk, intake_chunk, false, false},
	{WIRE_TYPE_document_end, intake_document_end, true, false},
	{WIRE_TYPE_order_commit, intake_order_commit, true, false},
	{WIRE_TYPE_order_abort, intake_order_abort, true, false},
	{WIRE_TYPE_identify, identify_identify, true, false},
	{WIRE_TYPE_prove, release_prove, true, false},
	{WIRE_TYPE_find, query_find, true, false},
	{WIRE_TYPE_change, change_change, true, false},
	{WIRE_TYPE_printers, query_printers, true, true},
	{WIRE_TYPE_channel, doors_channel, false, false},
	{WIRE_TYPE_spend, grant_spend, true, false},
	{WIRE_TYPE_read, grant_read, true, true},
	{WIRE_TYPE_stream, produce_stream, true, false},
	{WIRE_TYPE_give_up, produce_give_up, true, false},
	{WIRE_TYPE_produce, produce_produce, true, false},
	{WIRE_TYPE_verify, produce_verify, true, false},
	{WIRE_TYPE_progress, produce_progress, false, false},
	{WIRE_TYPE_outcome, produce_outcome, true, false},
	{WIRE_TYPE_status, query_status, true, false},
	{WIRE_TYPE_check, query_check, true, false},
	{WIRE_TYPE_job_done, jobs_done, false, false},
	{WIRE_TYPE_job_seen, reconcile_seen, false, false},
	{WIRE_TYPE_jobs_end, reconcile_end, false, false},
	{WIRE_TYPE_queue, query_queue, false, true},
	{WIRE_TYPE_cupsd, jobs_cupsd, false, true},
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
