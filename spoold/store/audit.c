/*
 * The audit's rows: number -> link, entry. What the head says is kept in memory, follows the
 * turn as the counts do, and is a row of `meta`; keep's seal of it is another.
 */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "lib/order/audit.h"
#include "lib/base/text.h"
#include "spoold/store/inner.h"

#define SENTENCE_MAX 256
#define CUT_MOST     4096 /* entries of one cut */

static const struct key key_audit = {"audit", 5};
static const struct key key_seal = {"audit-seal", 10};

#define SEAL_ROW_BYTES (4 + STORE_AUDIT_HEAD_BYTES + SEAL_KEY_BYTES)

static struct key
place_of(uint64_t number)
{
	struct key k = {.len = 0};

	key_add_int(&k, number, 8);
	return k;
}

static void
put_int(uint8_t *to, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

void
store_audit_head_bytes(const struct store_audit *head,
		       uint8_t bytes[STORE_AUDIT_HEAD_BYTES])
{
	put_int(bytes, head->first, 8);
	put_int(bytes + 8, head->last, 8);
	memcpy(bytes + 16, head->before, SEAL_KEY_BYTES);
	memcpy(bytes + 16 + SEAL_KEY_BYTES, head->link, SEAL_KEY_BYTES);
}

static void
head_of_bytes(struct store_audit *head, const uint8_t *bytes)
{
	struct kv_span row = {bytes, STORE_AUDIT_HEAD_BYTES};

	head->first = span_int(row, 0, 8);
	head->last = span_int(row, 8, 8);
	memcpy(head->before, bytes + 16, SEAL_KEY_BYTES);
	memcpy(head->link, bytes + 16 + SEAL_KEY_BYTES, SEAL_KEY_BYTES);
}

/* --- the head --- */

static int
last_row(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
	 size_t len, void *context)
{
	struct store_audit *head = context;

	(void)entry;
	(void)len;
	if (head->last == 0)
		head->first = number;
	head->last = number;
	memcpy(head->link, link, SEAL_KEY_BYTES);
	return 0;
}

/* The row is lost, and entries are there: it goes on behind the last one. A check says
 * that the link before the first is not known. */
static int
find_head(struct store *s, struct error *err)
{
	return store_audit_scan(s, 0, last_row, &s->audit, err);
}

int
audit_read_head(struct store *s, struct error *err)
{
	struct kv_span v;
	int found = kv_get(s->kv, KV_META, key_span(&key_audit), &v, err);

	s->audit = (struct store_audit){.first = 1};
	if (found == 1 && v.len == STORE_AUDIT_HEAD_BYTES)
		head_of_bytes(&s->audit, v.data);
	else if (found >= 0 && s->kv->engine->entries(s->kv, KV_AUDIT) != 0)
		found = find_head(s, err);
	s->audit_flushed = s->audit;
	return found < 0 ? -1 : 0;
}

int
audit_write_head(struct store *s, struct error *err)
{
	uint8_t bytes[STORE_AUDIT_HEAD_BYTES];

	if (memcmp(&s->audit, &s->audit_flushed, sizeof(s->audit)) == 0)
		return 0;
	store_audit_head_bytes(&s->audit, bytes);
	return kv_put(s->kv, KV_META, key_span(&key_audit),
		      (struct kv_span){bytes, sizeof(bytes)}, err);
}

void
store_audit(const struct store *store, struct store_audit *head)
{
	*head = store->audit;
}

/* --- its two ends --- */

int
store_audit_append(struct store *store, const void *entry, size_t len,
		   struct error *err)
{
	uint8_t row[SEAL_KEY_BYTES + AUDIT_ENTRY_MAX];
	struct store_audit *head = &store->audit;
	struct key key = place_of(head->last + 1);

	INVARIANT(!store->read_only && len <= AUDIT_ENTRY_MAX);
	seal_audit_link(head->link, head->last + 1, entry, len, row);
	memcpy(row + SEAL_KEY_BYTES, entry, len);
	store->changed = true;
	if (kv_put(store->kv, KV_AUDIT, key_span(&key),
		   (struct kv_span){row, SEAL_KEY_BYTES + len}, err) != 0) {
		store->audit_lost = true;
		return -1;
	}
	head->last++;
	memcpy(head->link, row, SEAL_KEY_BYTES);
	return 0;
}

static int
cut_first(struct store *s, struct error *err)
{
	struct key key = place_of(s->audit.first);
	uint8_t link[SEAL_KEY_BYTES];
	struct kv_span v;
	int found = kv_get(s->kv, KV_AUDIT, key_span(&key), &v, err);

	if (found < 0)
		return -1;
	if (found == 1 && v.len >= SEAL_KEY_BYTES) {
		memcpy(link, v.data, sizeof(link));
		if (kv_del(s->kv, KV_AUDIT, key_span(&key), err) != 0)
			return -1;
		memcpy(s->audit.before, link, sizeof(link));
	}
	s->audit.first++;
	return 0;
}

int
store_audit_cut(struct store *store, uint64_t upto, struct error *err)
{
	const struct store_audit was = store->audit;
	int rc;

	if (upto > store->audit.last)
		upto = store->audit.last;
	if (upto < store->audit.first)
		return 0;
	if (change_begin(store, err) != 0)
		return -1;
	rc = 0;
	for (unsigned n = 0; rc == 0 && n < CUT_MOST && store->audit.first <= upto; n++)
		rc = cut_first(store, err);
	rc = change_end(store, rc, err);
	if (rc != 0)
		store->audit = was;
	return rc;
}

int
store_audit_scan(struct store *store, uint64_t from, store_audit_fn *visit,
		 void *context, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;
	struct key key = place_of(from);
	struct kv_cursor *c;
	struct kv_span k, v;
	int found;

	if (e->cursor_open(store->kv, KV_AUDIT, &c, err) != 0)
		return -1;
	found = e->seek(c, key_span(&key), &k, &v, err);
	while (found == 1) {
		const uint8_t *row = v.data;
		if (k.len == 8 && v.len >= SEAL_KEY_BYTES &&
		    visit(span_int(k, 0, 8), row, row + SEAL_KEY_BYTES,
			  v.len - SEAL_KEY_BYTES, context) != 0)
			break;
		found = e->next(c, &k, &v, err);
	}
	e->cursor_close(c);
	return found < 0 ? -1 : 0;
}

/* --- keep's seal --- */

int
store_put_audit_seal(struct store *store, const struct store_audit_seal *seal,
		     struct error *err)
{
	uint8_t row[SEAL_ROW_BYTES];

	put_int(row, seal->secret, 4);
	store_audit_head_bytes(&seal->head, row + 4);
	memcpy(row + 4 + STORE_AUDIT_HEAD_BYTES, seal->mac, SEAL_KEY_BYTES);
	store->changed = true;
	if (kv_put(store->kv, KV_META, key_span(&key_seal),
		   (struct kv_span){row, sizeof(row)}, err) == 0)
		return 0;
	store->audit_lost = true;
	return -1;
}

int
store_get_audit_seal(struct store *store, struct store_audit_seal *seal,
		     struct error *err)
{
	struct kv_span v;
	int found = kv_get(store->kv, KV_META, key_span(&key_seal), &v, err);
	const uint8_t *row;

	memset(seal, 0, sizeof(*seal));
	if (found < 0)
		return -1;
	if (found == 0 || v.len != SEAL_ROW_BYTES)
		return error_set(err, ERROR_ABSENT, "the audit's head has no seal");
	row = v.data;
	seal->secret = (uint32_t)span_int(v, 0, 4);
	head_of_bytes(&seal->head, row + 4);
	memcpy(seal->mac, row + 4 + STORE_AUDIT_HEAD_BYTES, SEAL_KEY_BYTES);
	return 0;
}

/* --- following the chain --- */

struct following {
	store_fault_fn *fault;
	void *context;
	uint64_t faults, next;
	uint8_t link[SEAL_KEY_BYTES];
};

__attribute__((format(printf, 2, 3))) static void
say(struct following *f, const char *fmt, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	f->faults++;
	if (f->fault != NULL)
		f->fault(sentence, f->context);
}

static int
follow(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
       size_t len, void *context)
{
	struct following *f = context;
	uint8_t should[SEAL_KEY_BYTES];

	if (number != f->next)
		say(f, "the audit lacks entries %llu to %llu",
		    (unsigned long long)f->next, (unsigned long long)number - 1);
	seal_audit_link(f->link, number, entry, len, should);
	/* behind a gap the chain is taken up again: each fault is said once */
	if (number == f->next && memcmp(should, link, sizeof(should)) != 0)
		say(f,
		    "entry %llu of the audit is not the one that was written there, or "
		    "the one before it is not",
		    (unsigned long long)number);
	memcpy(f->link, link, sizeof(f->link));
	f->next = number + 1;
	return 0;
}

int
store_audit_verify(struct store *store, store_fault_fn *fault, void *context,
		   uint64_t *faults, struct error *err)
{
	const struct store_audit *head = &store->audit;
	struct following f = {.fault = fault, .context = context, .next = head->first};

	memcpy(f.link, head->before, sizeof(f.link));
	if (store_audit_scan(store, 0, follow, &f, err) != 0)
		return -1;
	if (f.next != head->last + 1)
		say(&f, "the audit should end with entry %llu and ends with %llu",
		    (unsigned long long)head->last, (unsigned long long)f.next - 1);
	else if (memcmp(f.link, head->link, sizeof(f.link)) != 0)
		say(&f, "the audit's last entry is not the one that its head names");
	*faults = f.faults;
	return 0;
}

/* --- entries of the store's own --- */

int
audit_append_restored(struct store *s, const struct order *o, struct error *err)
{
	struct audit_entry e = {.time = time(NULL),
				.event = AUDIT_RESTORED,
				.number = o->number,
				.count = 1};
	struct buf b;
	int rc;

	memcpy(e.uuid, o->uuid, UUID_BYTES);
	text_copy(e.printer, sizeof(e.printer), o->printer);
	text_copy(e.by, sizeof(e.by), "spoolctl");
	text_copy(e.detail, sizeof(e.detail),
		  "stopped: it may have been produced since");
	buf_init(&b, AUDIT_ENTRY_MAX);
	rc = audit_encode(&e, &b, err);
	if (rc == 0)
		rc = store_audit_append(s, b.data, b.len, err);
	buf_clear(&b);
	return rc;
}
