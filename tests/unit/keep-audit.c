/*
 * keep-audit.c - what happens to orders is in the audit, with the change itself or not at
 * all; strangers cannot fill it; who changes it behind keep's back is found.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/order/audit.h"
#include "spoold/keep/audit.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

struct tally {
	uint32_t number; /* 0: any */
	uint8_t event;	 /* 0: any */
	uint64_t entries, times;
	struct audit_entry last;
	const char *secret;
	bool leaks;
};

static int
visit(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
      size_t len, void *context)
{
	struct tally *t = context;
	struct audit_entry e;

	(void)number;
	(void)link;
	if (audit_decode(&e, entry, len, NULL) != 0)
		return 0;
	if ((t->number != 0 && e.number != t->number) ||
	    (t->event != 0 && e.event != t->event))
		return 0;
	if (t->secret != NULL &&
	    memmem(entry, len, t->secret, strlen(t->secret)) != NULL)
		t->leaks = true;
	t->entries++;
	t->times += e.count;
	t->last = e;
	return 0;
}

static struct tally
count(struct bench *b, uint32_t number, enum audit_event event, const char *secret)
{
	struct tally t = {.number = number, .event = (uint8_t)event, .secret = secret};

	store_audit_scan(b->k->store, 0, visit, &t, NULL);
	return t;
}

static uint64_t
faults(struct bench *b)
{
	uint64_t found = 99;

	store_audit_verify(b->k->store, NULL, NULL, &found, NULL);
	return found;
}

static void
an_orders_life_is_in_it(struct bench *b)
{
	static const enum audit_event life[] = {AUDIT_SUBMITTED, AUDIT_TRIED,
						AUDIT_RELEASED,	 AUDIT_SPENT,
						AUDIT_COMPLETED, AUDIT_REMOVED};
	struct client front;
	struct handed h;
	struct tally t;
	struct error err;

	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &(struct wish){.text = "827364"}, &h);
	TAP_OK(release(b, &front, &h, "111111", 0, &err) == -1, "a wrong PIN: %s",
	       err.text);
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0, "the right one");
	bench_rest(b);
	TAP_OK(make(b, &h, 1), "it is made");
	bench_pass(b, INT64_C(40) * 86400);
	for (size_t i = 0; i < sizeof(life) / sizeof(*life); i++) {
		t = count(b, h.number, life[i], NULL);
		TAP_OK(t.entries == 1 && (life[i] == AUDIT_TRIED ||
					  memcmp(t.last.uuid, h.uuid, UUID_BYTES) == 0),
		       "it was %s, by %s", audit_event_name(life[i]), t.last.by);
	}
	t = count(b, h.number, AUDIT_RELEASED, NULL);
	TAP_OK(strstr(t.last.by, "station") != NULL && t.last.count == 1 &&
		       strcmp(t.last.printer, "photo") == 0,
	       "a release names its station: %s", t.last.by);
	TAP_OK(!count(b, 0, 0, h.text).leaks && !count(b, 0, 0, "111111").leaks &&
		       !count(b, 0, 0, ".jpg").leaks,
	       "no PIN and no picture's name is in it, not even a wrong one");
	TAP_OK(faults(b) == 0, "the chain is whole");
	handed_clear(&h);
	client_close(&front);
}

static void
a_change_that_is_not_durable_is_not_in_it(struct bench *b)
{
	struct rlimit before, none;
	struct client front;
	struct handed h;
	struct error err;
	int rc;

	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	getrlimit(RLIMIT_FSIZE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &none);
	rc = release(b, &front, &h, h.text, 0, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	TAP_OK(rc == -1, "a release on a disk that takes nothing: %s", err.text);
	TAP_OK(count(b, h.number, AUDIT_RELEASED, NULL).entries == 0,
	       "is not in the audit");
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0 &&
		       count(b, h.number, AUDIT_RELEASED, NULL).entries == 1 &&
		       faults(b) == 0,
	       "the next one is, and the chain is whole");
	bench_restart(b);
	TAP_OK(faults(b) == 0 && count(b, 0, AUDIT_BROKEN, NULL).entries == 0 &&
		       count(b, h.number, AUDIT_RELEASED, NULL).entries == 1,
	       "and so it is for the next keep");
	handed_clear(&h);
	client_close(&front);
}

static void
ten_thousand_wrong_codes_do_not_fill_it(struct bench *b)
{
	struct store_audit head, after;
	struct client front;
	struct handed h;
	struct tally t;
	struct error err;
	uint64_t before;

	bench_pass(b, 86400);
	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	before = count(b, 0, AUDIT_TRIED, NULL).times;
	store_audit(b->k->store, &head);
	for (int i = 0; i < 10000; i++)
		release(b, &front, &h, "1357", 0, &err);
	bench_pass(b, AUDIT_WINDOW_S + 1);
	audit_tick(b->k);
	bench_turn(b);
	store_audit(b->k->store, &after);
	t = count(b, 0, AUDIT_TRIED, NULL);
	TAP_OK(after.last - head.last <= 8, "they are %u entries",
	       (unsigned)(after.last - head.last));
	TAP_OK(t.times - before == 10000, "which say %u tries",
	       (unsigned)(t.times - before));
	handed_clear(&h);
	client_close(&front);
}

static void
nor_do_many_orders_from_many_places(struct bench *b)
{
	struct store_audit head, after;
	char by[64];

	store_audit(b->k->store, &head);
	for (uint32_t i = 0; i < 10000; i++) {
		snprintf(by, sizeof(by), "station s at 192.0.2.%u", i % 250);
		audit_count(b->k, NULL, 100000 + i, AUDIT_TRIED, by, "PIN was wrong");
		if (i % 200 == 0)
			bench_turn(b);
	}
	b->clock.skew_s += AUDIT_WINDOW_S + 1;
	audit_tick(b->k);
	bench_turn(b);
	store_audit(b->k->store, &after);
	TAP_OK(after.last - head.last <= 2 * (AUDIT_TALLIES + 1),
	       "10,000 of them are %u entries", (unsigned)(after.last - head.last));
}

/* What somebody who may write the store's files, and has no site secret, can do. */
static void
forge(struct bench *b)
{
	struct store *s = b->k->store;
	struct audit_entry e = {.time = 1, .event = AUDIT_RELEASED, .count = 1};
	struct buf entry;
	struct error err;

	buf_init(&entry, AUDIT_ENTRY_MAX);
	audit_encode(&e, &entry, &err);
	/* the last entry is replaced, and all that is not secret follows */
	s->audit.last--;
	store_audit_append(s, entry.data, entry.len, &err);
	store_flush(s, &err);
	buf_clear(&entry);
}

static void
who_changes_it_behind_keeps_back_is_found(struct bench *b)
{
	struct store_audit_seal seal;
	struct store_audit head;
	struct tally t;
	struct error err;

	store_get_audit_seal(b->k->store, &seal, &err);
	store_audit(b->k->store, &head);
	TAP_OK(memcmp(&seal.head, &head, sizeof(head)) == 0,
	       "each turn leaves the head under the site's seal");
	forge(b);
	bench_restart(b);
	t = count(b, 0, AUDIT_BROKEN, NULL);
	TAP_OK(t.entries == 1, "a forged entry: %s", t.last.detail);
	bench_restart(b);
	TAP_OK(count(b, 0, AUDIT_BROKEN, NULL).entries == 1, "that is said once");
	store_get_audit_seal(b->k->store, &seal, &err);
	seal.mac[0] ^= 1;
	store_put_audit_seal(b->k->store, &seal, &err);
	store_flush(b->k->store, &err);
	bench_restart(b);
	t = count(b, 0, AUDIT_BROKEN, NULL);
	TAP_OK(t.entries == 2, "a forged seal: %s", t.last.detail);
	store_audit(b->k->store, &head);
	b->k->store->audit.last -= 1;
	b->k->store->changed = true;
	store_flush(b->k->store, &err);
	bench_restart(b);
	t = count(b, 0, AUDIT_BROKEN, NULL);
	TAP_OK(strstr(t.last.detail, "it ended before") != NULL,
	       "an end that was cut off: %s", t.last.detail);
}

static void
what_is_too_old_goes(struct bench *b)
{
	struct store_audit head;

	TAP_OK(count(b, 0, 0, NULL).entries > 10, "there are entries");
	b->settings.audit_days = 1;
	bench_pass(b, 3 * 86400);
	for (int i = 0; i < 200; i++) {
		audit_tick(b->k);
		bench_turn(b);
	}
	store_audit(b->k->store, &head);
	TAP_OK(head.first > 10 && head.last + 1 - head.first <= 4,
	       "after audit-days they are gone, but for %u",
	       (unsigned)(head.last + 1 - head.first));
	bench_restart(b);
	TAP_OK(faults(b) <= 1, "what is left is a chain still");
	b->settings.audit_days = 365;
}

int
main(void)
{
	static const char *const engines[] = {"lmdb"};
	static struct bench b;

	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
		bench_open(&b, engines[i]);
		an_orders_life_is_in_it(&b);
		a_change_that_is_not_durable_is_not_in_it(&b);
		ten_thousand_wrong_codes_do_not_fill_it(&b);
		nor_do_many_orders_from_many_places(&b);
		who_changes_it_behind_keeps_back_is_found(&b);
		what_is_too_old_goes(&b);
		bench_close(&b);
	}
	return tap_done();
}
