/*
 * keep-chain.c - the words of a chain's filters: what keep takes, and what it does not.
 */
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define DOCUMENT_BYTES 1000

struct chain {
	struct bench bench;
	struct client front, filter, backend;
	struct handed handed;
};

/* A released order of one document, whose grant is spent. */
static void
begin(struct chain *c)
{
	const struct wish w = {.bytes = DOCUMENT_BYTES};
	struct wire_granted granted;
	struct error err = {0};

	bench_open(&c->bench, "ram");
	bench_channel(&c->bench, &c->front);
	bench_peer(&c->bench, &c->filter, WIRE_FROM_FILTER, 1000);
	bench_peer(&c->bench, &c->backend, WIRE_FROM_FILTER, 1001);
	hand_in_and_rest(&c->bench, &c->front, &w, &c->handed);
	if (release(&c->bench, &c->front, &c->handed, c->handed.text, 0, &err) != 0)
		tap_diag("not released: %s", err.text);
	bench_rest(&c->bench);
	if (spend(&c->bench, &c->filter, &c->handed, 1, &granted, &err) != 0)
		tap_diag("not spent: %s", err.text);
}

static void
end(struct chain *c)
{
	client_close(&c->filter);
	client_close(&c->backend);
	client_close(&c->front);
	handed_clear(&c->handed);
	bench_close(&c->bench);
}

/* A filter's word: length and mark of what it wrote; what it read, 0: not said. */
static int
word(struct chain *c, const char *filter, uint64_t length, uint8_t mark,
     uint64_t in_length, uint8_t in_mark, struct error *err)
{
	struct wire_stream s = {.cups_job = c->handed.job,
				.queue = "photo-queue",
				.length = length,
				.in_length = in_length};

	text_copy(s.filter, sizeof(s.filter), filter);
	memset(s.digest.bytes, mark, sizeof(s.digest.bytes));
	memset(s.in_digest.bytes, in_mark, sizeof(s.in_digest.bytes));
	return client_ask(&c->bench, &c->filter, WIRE_TYPE_stream, &s, WIRE_TYPE_ok,
			  NULL, err);
}

static void
a_dead_first_filter_is_noticed(struct chain *c)
{
	struct error err = {0};

	begin(c);
	TAP_OK(word(c, "doctophoto", 5000, 2, 0, 0, &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "no word behind a filter that gave none: %s", err.text);
	TAP_OK(word(c, "tickettodoc", DOCUMENT_BYTES - 1, 1, 0, 0, &err) == -1,
	       "nor a first word about less than the document");
	TAP_OK(produce(&c->bench, &c->backend, &c->handed, &err) == 0 &&
		       verify(&c->bench, &c->backend, &c->handed, 5000, 2, &err) == -1,
	       "and so the backend's stream is not whole: %s", err.text);
	end(c);
}

static void
a_dead_filter_in_the_middle_is_noticed(struct chain *c)
{
	struct error err = {0};

	begin(c);
	TAP_OK(word(c, "tickettodoc", DOCUMENT_BYTES, 1, 0, 0, &err) == 0,
	       "tickettodoc's word is taken");
	TAP_OK(word(c, "attest", 9000, 3, 700, 2, &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "not that of one that read what nobody vouched for: %s", err.text);
	TAP_OK(word(c, "attest", 9000, 3, DOCUMENT_BYTES, 2, &err) == -1,
	       "nor of one that read other bytes of the same number");
	TAP_OK(word(c, "doctophoto", 700, 2, 0, 0, &err) == 0 &&
		       word(c, "attest", 9000, 3, 700, 2, &err) == 0,
	       "a chain without a gap is: %s", err.text);
	TAP_OK(produce(&c->bench, &c->backend, &c->handed, &err) == 0 &&
		       verify(&c->bench, &c->backend, &c->handed, 700, 2, &err) == -1,
	       "not the word before the last counts");
	TAP_OK(verify(&c->bench, &c->backend, &c->handed, 9000, 3, &err) == 0,
	       "but the last: %s", err.text);
	end(c);
}

static void
a_filters_reason_reaches_the_order(struct chain *c)
{
	struct wire_give_up w = {.queue = "photo-queue",
				 .filter = "doctophoto",
				 .reason = "document-format-error",
				 .text = "this is\nnot a picture"};
	struct error err = {0};
	struct order o;

	begin(c);
	w.cups_job = c->handed.job + 1;
	TAP_OK(client_ask(&c->bench, &c->filter, WIRE_TYPE_give_up, &w, WIRE_TYPE_ok,
			  NULL, &err) == -1,
	       "not of another job: %s", err.text);
	w.cups_job = c->handed.job;
	TAP_OK(client_ask(&c->bench, &c->filter, WIRE_TYPE_give_up, &w, WIRE_TYPE_ok,
			  NULL, &err) == 0,
	       "a filter says why it can't go on");
	TAP_OK(produce(&c->bench, &c->backend, &c->handed, &err) == 0 &&
		       verify(&c->bench, &c->backend, &c->handed, 0, 0, &err) == -1 &&
		       strcmp(err.text, "this is?not a picture") == 0,
	       "the backend hears it: %s", err.text);
	TAP_OK(outcome(&c->bench, &c->backend, &c->handed, WIRE_STOPPED, "not whole",
		       &err) == 0,
	       "and reports the stop");
	order_of(&c->bench, &c->handed, &o);
	TAP_OK(o.state == ORDER_STOPPED &&
		       strcmp(o.reason, "document-format-error") == 0 &&
		       strstr(o.message, "not a picture") != NULL,
	       "the order says the filter's reason: %s, %s", o.reason, o.message);
	order_clear(&o);
	end(c);
}

int
main(void)
{
	static struct chain c;

	a_dead_first_filter_is_noticed(&c);
	a_dead_filter_in_the_middle_is_noticed(&c);
	a_filters_reason_reaches_the_order(&c);
	return tap_done();
}
