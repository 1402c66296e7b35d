/*
 * keep.c - an order's whole way through keep, over both engines; refusals first.
 */
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static void
an_order_goes_the_whole_way(struct bench *b, uint8_t kind, const char *text)
{
	struct buf chunk = {.max = SEAL_CHUNK_MAX};
	const struct wish w = {
		.kind = kind, .text = text, .documents = 2, .bytes = 600000};
	struct client front;
	struct handed h;
	struct error err = {0};
	struct order o;
	bool more;

	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &w, &h);
	TAP_OK(state_of(b, &h) == ORDER_HELD, "it is held");
	TAP_OK(h.job != 0 && cups_job_of(b, h.uuid)->state == 4, "cupsd holds its job");
	TAP_OK(strstr(cups_job_of(b, h.uuid)->message,
		      kind == SEAL_CODE ? "claim code at the release station"
					: "PIN with order number") != NULL,
	       "which says: %s", cups_job_of(b, h.uuid)->message);
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0, "it is released: %s",
	       err.text);
	bench_rest(b);
	TAP_OK(state_of(b, &h) == ORDER_RELEASED && cups_job_of(b, h.uuid)->state == 5,
	       "and cupsd runs its job");
	TAP_OK(make(b, &h, 1) && state_of(b, &h) == ORDER_PRODUCING,
	       "the first document is made");
	TAP_OK(make(b, &h, 2) && state_of(b, &h) == ORDER_COMPLETED,
	       "with the second one it is completed");
	order_of(b, &h, &o);
	TAP_OK(o.document_count == 2 && o.grant.wrapped_len == 0 && o.ended != 0,
	       "the record is kept, the grant is gone");
	while (store_tidy(b->k->store, &more, &err) == 0 && more)
		continue;
	TAP_OK(store_read_chunk(b->k->store, h.body[0], 0, &chunk, &err) == -1,
	       "and so are the documents");
	order_clear(&o);
	handed_clear(&h);
	client_close(&front);
}

int
main(void)
{
	static const char *const engines[] = {"ram", "lmdb"};
	static struct bench b;

	for (int i = 0; i < 2; i++) {
		tap_diag("engine %s", engines[i]);
		bench_open(&b, engines[i]);
		an_order_goes_the_whole_way(&b, SEAL_PIN, "1234");
		an_order_goes_the_whole_way(&b, SEAL_CODE, "K7QW3DXPM20F");
		bench_close(&b);
	}
	return tap_done();
}
