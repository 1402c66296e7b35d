/*
 * store-audit.c - the audit's chain: whatever is taken away, changed, moved or cut off is
 * said; what the shop itself cuts off leaves it whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/order/audit.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static struct store_options options = {.engine = "ram", .folder = "audit"};

static void
append(struct store *s, uint32_t number)
{
	struct audit_entry e = {.time = 1700000000 + number,
				.event = AUDIT_RELEASED,
				.number = number,
				.count = 1,
				.printer = "photo",
				.by = "station counter-1 at 192.0.2.7"};
	struct error err;
	struct buf b;

	buf_init(&b, AUDIT_ENTRY_MAX);
	if (audit_encode(&e, &b, &err) != 0 ||
	    store_audit_append(s, b.data, b.len, &err) != 0)
		exit(99);
	buf_clear(&b);
}

static void
last_sentence(const char *sentence, void *context)
{
	snprintf(context, 256, "%s", sentence);
}

static uint64_t
faults_of(struct store *s, char said[256])
{
	uint64_t faults = 99;
	struct error err;

	said[0] = '\0';
	store_audit_verify(s, last_sentence, said, &faults, &err);
	return faults;
}

/* A store of ten entries, flushed. */
static struct store *
ten(void)
{
	struct store *s = help_open(&options);

	for (uint32_t n = 1; n <= 10; n++)
		append(s, n);
	store_flush(s, NULL);
	return s;
}

static struct key
key_of(uint64_t number)
{
	struct key k = {.len = 0};

	key_add_int(&k, number, 8);
	return k;
}

struct row_copy {
	uint8_t bytes[SEAL_KEY_BYTES + AUDIT_ENTRY_MAX];
	size_t len;
};

static struct row_copy
take(struct store *s, uint64_t number)
{
	struct row_copy copy;
	struct key key = key_of(number);
	struct kv_span v;

	if (kv_get(s->kv, KV_AUDIT, key_span(&key), &v, NULL) != 1)
		exit(99);
	copy.len = v.len;
	memcpy(copy.bytes, v.data, v.len);
	return copy;
}

static void
give(struct store *s, uint64_t number, const struct row_copy *row)
{
	struct key key = key_of(number);

	s->changed = true;
	kv_put(s->kv, KV_AUDIT, key_span(&key), (struct kv_span){row->bytes, row->len},
	       NULL);
}

static void
drop(struct store *s, uint64_t number)
{
	struct key key = key_of(number);

	s->changed = true;
	kv_del(s->kv, KV_AUDIT, key_span(&key), NULL);
}

static void
a_chain_is_whole(void)
{
	struct store *s = ten();
	struct store_audit head;
	char said[256];

	store_audit(s, &head);
	TAP_OK(head.first == 1 && head.last == 10 && faults_of(s, said) == 0,
	       "ten entries are a chain");
	store_close(s);
	s = help_open(&options);
	append(s, 11);
	store_flush(s, NULL);
	store_audit(s, &head);
	TAP_OK(head.last >= 11 && faults_of(s, said) == 0,
	       "opened again, it goes on where it ended");
	store_close(s);
}

static void
what_is_not_flushed_has_not_happened(void)
{
	struct store_audit before, after;
	struct store *s = ten();
	char said[256];

	store_audit(s, &before);
	append(s, 1);
	store_close(s);
	s = help_open(&options);
	store_audit(s, &after);
	TAP_OK(memcmp(&before, &after, sizeof(before)) == 0 && faults_of(s, said) == 0,
	       "an entry of a turn that was lost is not in the chain");
	store_close(s);
}

static void
every_change_is_said(void)
{
	struct store *s = ten();
	struct row_copy a, b;
	struct store_audit head;
	uint64_t at;
	char said[256];

	store_audit(s, &head);
	at = head.last - 4;
	a = take(s, at);
	b = take(s, at + 1);
	b.bytes[b.len - 1] ^= 1;
	give(s, at + 1, &b);
	TAP_OK(faults_of(s, said) > 0, "a changed entry: %s", said);
	b.bytes[b.len - 1] ^= 1;
	give(s, at + 1, &b);
	drop(s, at);
	TAP_OK(faults_of(s, said) > 0, "one that was taken out: %s", said);
	give(s, at, &b);
	give(s, at + 1, &a);
	TAP_OK(faults_of(s, said) > 0, "two that changed places: %s", said);
	give(s, at, &a);
	give(s, at + 1, &b);
	TAP_OK(faults_of(s, said) == 0, "put back, it is whole");
	a = take(s, head.last);
	drop(s, head.last);
	TAP_OK(faults_of(s, said) > 0, "the last one is gone: %s", said);
	give(s, head.last, &a);
	a = take(s, head.first);
	drop(s, head.first);
	TAP_OK(faults_of(s, said) > 0, "the first one is gone: %s", said);
	give(s, head.first, &a);
	give(s, head.last + 1, &a);
	TAP_OK(faults_of(s, said) > 0, "one was put behind the end: %s", said);
	drop(s, head.last + 1);
	store_close(s);
}

static void
what_is_too_old_goes_and_the_chain_stays_whole(void)
{
	struct store_audit head, after;
	struct store *s = ten();
	struct error err;
	char said[256];

	store_audit(s, &head);
	TAP_OK(store_audit_cut(s, head.last - 3, &err) == 0 &&
		       store_flush(s, &err) == 0,
	       "all but the last three are cut off");
	store_audit(s, &after);
	TAP_OK(after.first == head.last - 2 && after.last == head.last &&
		       s->kv->engine->entries(s->kv, KV_AUDIT) == 3 &&
		       faults_of(s, said) == 0,
	       "what is left is a chain");
	store_close(s);
	s = help_open(&options);
	TAP_OK(store_audit_cut(s, UINT64_MAX, &err) == 0, "all of it goes");
	append(s, 1);
	store_audit(s, &after);
	TAP_OK(after.first == head.last + 1 && after.last == after.first &&
		       faults_of(s, said) == 0,
	       "and it goes on with the next number");
	store_flush(s, &err);
	store_close(s);
}

static void
entries_are_read_as_they_were_written(void)
{
	struct audit_entry e = {.time = 1700000000,
				.event = AUDIT_TRIED,
				.number = 77,
				.uuid = "sixteen bytes 16",
				.count = 9999,
				.printer = "photo",
				.by = "station x at y",
				.detail = "PIN was wrong"};
	struct audit_entry back;
	struct error err;
	struct buf b;

	buf_init(&b, AUDIT_ENTRY_MAX);
	TAP_OK(audit_encode(&e, &b, &err) == 0 &&
		       audit_decode(&back, b.data, b.len, &err) == 0 &&
		       memcmp(&e, &back, sizeof(e)) == 0,
	       "an entry comes back whole");
	for (size_t len = 0; len < b.len; len++)
		if (audit_decode(&back, b.data, len, &err) == 0 ||
		    err.kind != ERROR_CORRUPT)
			TAP_OK(false, "an entry of %zu bytes is none", len);
	b.data[0]++;
	TAP_OK(audit_decode(&back, b.data, b.len, &err) == -1,
	       "one of a later version is refused: %s", err.text);
	buf_clear(&b);
	for (unsigned n = 1; n < AUDIT_EVENT_END; n++)
		if (audit_event_from_name(audit_event_name(n)) != (enum audit_event)n)
			TAP_OK(false, "event %u has a name of its own", n);
	TAP_OK(strcmp(audit_event_name(0), "unknown") == 0 &&
		       audit_event_from_name("nothing") == 0,
	       "what is no event has no name");
}

int
main(void)
{
	struct error err;

	if (seal_start(&err) != 0)
		return 99;
	a_chain_is_whole();
	what_is_not_flushed_has_not_happened();
	every_change_is_said();
	what_is_too_old_goes_and_the_chain_stays_whole();
	entries_are_read_as_they_were_written();
	return tap_done();
}
