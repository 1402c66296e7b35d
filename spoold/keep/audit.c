#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"

#define AUDIT_LINES 512 /* of one turn in the log; what comes after is counted */
#define AUDIT_LINE  512
#define DAY_S	    INT64_C(86400)

/* What is counted together. */
struct tally {
	struct audit_entry entry; /* as the first one was */
	uint32_t more;		  /* since */
	int64_t until_ms;	  /* 0: free */
};

struct audit {
	char (*lines)[AUDIT_LINE];
	unsigned count, lost;
	struct tally tallies[AUDIT_TALLIES];
	struct tally rest; /* of what found no place */
	struct buf entry;
	uint64_t sealed; /* the last entry under the seal */
	uint64_t cut;	 /* the first entry, when it was sealed */
	int64_t said_ms; /* when the log had the head last */
};

/* --- entries --- */

static void
describe(const struct audit_entry *e, char line[AUDIT_LINE])
{
	char uuid[UUID_TEXT] = "-", times[24] = "";
	static const uint8_t none[UUID_BYTES];

	if (memcmp(e->uuid, none, UUID_BYTES) != 0)
		uuid_format(uuid, e->uuid);
	if (e->count != 1)
		snprintf(times, sizeof(times), " %u times", e->count);
	snprintf(line, AUDIT_LINE, "order %u %s %s%s: %.200s%s%.200s", e->number, uuid,
		 audit_event_name(e->event), times, e->detail,
		 e->detail[0] != '\0' && e->by[0] != '\0' ? ", by " : "", e->by);
}

static void
say_later(struct audit *a, const struct audit_entry *e)
{
	if (a->count == AUDIT_LINES)
		a->lost++;
	else
		describe(e, a->lines[a->count++]);
}

static void
append(struct keep *k, const struct audit_entry *e)
{
	struct audit *a = k->audit;
	struct error err;

	k->dirty = true;
	a->entry.len = 0;
	if (audit_encode(e, &a->entry, &err) != 0 ||
	    store_audit_append(k->store, a->entry.data, a->entry.len, &err) != 0)
		log_error("the audit cannot be written, so this turn fails: %s",
			  err.text);
	else
		say_later(a, e);
}

static void
begin(struct keep *k, struct audit_entry *e, const struct order *o,
      enum audit_event event, const char *by)
{
	memset(e, 0, sizeof(*e));
	e->time = keep_now(k);
	e->event = (uint8_t)event;
	e->count = 1;
	text_copy(e->by, sizeof(e->by), by);
	text_strip_controls(e->by);
	if (o == NULL)
		return;
	e->number = o->number;
	memcpy(e->uuid, o->uuid, UUID_BYTES);
	text_copy(e->printer, sizeof(e->printer), o->printer);
}

void
audit_note(struct keep *k, const struct order *order, enum audit_event event,
	   const char *by, const char *fmt, ...)
{
	struct audit_entry e;
	va_list ap;

	begin(k, &e, order, event, by);
	va_start(ap, fmt);
	vsnprintf(e.detail, sizeof(e.detail), fmt, ap);
	va_end(ap);
	text_strip_controls(e.detail);
	append(k, &e);
}

/* --- what is counted together --- */

static bool
is_same(const struct audit_entry *a, const struct audit_entry *b)
{
	return a->event == b->event && a->number == b->number &&
	       memcmp(a->uuid, b->uuid, UUID_BYTES) == 0 && strcmp(a->by, b->by) == 0 &&
	       strcmp(a->detail, b->detail) == 0;
}

static struct tally *
tally_for(struct audit *a, const struct audit_entry *e)
{
	struct tally *spare = NULL;

	for (unsigned i = 0; i < AUDIT_TALLIES; i++) {
		struct tally *t = &a->tallies[i];
		if (t->until_ms == 0)
			spare = spare == NULL ? t : spare;
		else if (is_same(&t->entry, e))
			return t;
	}
	return spare;
}

void
audit_count(struct keep *k, const struct order *order, uint32_t number,
	    enum audit_event event, const char *by, const char *detail)
{
	struct audit *a = k->audit;
	struct audit_entry e;
	struct tally *t;

	begin(k, &e, order, event, by);
	if (order == NULL)
		e.number = number;
	text_copy(e.detail, sizeof(e.detail), detail);
	text_strip_controls(e.detail);
	t = tally_for(a, &e);
	if (t == NULL) {
		begin(k, &e, NULL, event, "many places");
		text_copy(e.detail, sizeof(e.detail),
			  "of many orders or from many places");
		t = &a->rest;
	}
	if (t->until_ms != 0) {
		t->more++;
		return;
	}
	t->entry = e;
	t->more = 0;
	t->until_ms = keep_mono_ms(k) + AUDIT_WINDOW_S * INT64_C(1000);
	append(k, &e);
}

static void
close_tally(struct keep *k, struct tally *t)
{
	t->until_ms = 0;
	if (t->more == 0)
		return;
	t->entry.count = t->more;
	t->entry.time = keep_now(k);
	append(k, &t->entry);
}

static void
close_tallies(struct keep *k, int64_t now_ms)
{
	struct audit *a = k->audit;

	for (unsigned i = 0; i < AUDIT_TALLIES; i++)
		if (a->tallies[i].until_ms != 0 && a->tallies[i].until_ms <= now_ms)
			close_tally(k, &a->tallies[i]);
	if (a->rest.until_ms != 0 && a->rest.until_ms <= now_ms)
		close_tally(k, &a->rest);
}

/* --- old entries --- */

struct old {
	int64_t before;
	uint64_t upto, seen;
};

static int
visit_old(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
	  size_t len, void *context)
{
	struct old *old = context;
	struct audit_entry e;

	(void)link;
	if (audit_decode(&e, entry, len, NULL) == 0 && e.time >= old->before)
		return 1;
	old->upto = number;
	return ++old->seen == AUDIT_SLICE;
}

static void
cut_old(struct keep *k)
{
	struct old old = {.before = calendar_now(k) - k->settings->audit_days * DAY_S};
	struct error err;

	if (store_audit_scan(k->store, 0, visit_old, &old, &err) != 0 ||
	    (old.seen > 0 && store_audit_cut(k->store, old.upto, &err) != 0))
		log_error("old entries stay in the audit: %s", err.text);
	if (old.seen > 0)
		k->dirty = true;
}

/* --- the head --- */

static void
say_head(struct keep *k, const struct store_audit *head)
{
	char hex[2 * SEAL_KEY_BYTES + 1];

	text_hex(hex, head->link, sizeof(head->link));
	log_notice("the audit ends with %llu:%s", (unsigned long long)head->last, hex);
	k->audit->said_ms = keep_mono_ms(k);
}

void
audit_tick(struct keep *k)
{
	struct audit *a = k->audit;
	struct store_audit head;

	close_tallies(k, keep_mono_ms(k));
	cut_old(k);
	store_audit(k->store, &head);
	if (head.last != 0 &&
	    keep_mono_ms(k) - a->said_ms >= AUDIT_HEAD_LOG_S * INT64_C(1000))
		say_head(k, &head);
}

static int
mac_of(const struct keep *k, uint32_t secret, const struct store_audit *head,
       uint8_t mac[SEAL_KEY_BYTES])
{
	uint8_t bytes[STORE_AUDIT_HEAD_BYTES];

	store_audit_head_bytes(head, bytes);
	return seal_audit_mac(k->site, secret, bytes, sizeof(bytes), mac, NULL);
}

void
audit_seal(struct keep *k)
{
	struct audit *a = k->audit;
	struct store_audit_seal seal = {.secret = seal_site_current(k->site)};
	struct error err;

	store_audit(k->store, &seal.head);
	if (seal.head.last == a->sealed && seal.head.first == a->cut)
		return;
	if (mac_of(k, seal.secret, &seal.head, seal.mac) != 0 ||
	    store_put_audit_seal(k->store, &seal, &err) != 0)
		log_error("the audit's head cannot be sealed");
	a->sealed = seal.head.last;
	a->cut = seal.head.first;
}

struct look {
	uint8_t link[SEAL_KEY_BYTES];
	bool found;
};

static int
visit_sealed(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
	     size_t len, void *context)
{
	struct look *look = context;

	(void)number;
	(void)entry;
	(void)len;
	look->found = memcmp(link, look->link, sizeof(look->link)) == 0;
	return 1;
}

/* NULL: it is as it was sealed, and may have grown since. */
static const char *
what_is_wrong(struct keep *k, const struct store_audit *head,
	      const struct store_audit_seal *seal)
{
	struct look look = {.found = false};
	uint8_t mac[SEAL_KEY_BYTES];

	if (mac_of(k, seal->secret, &seal->head, mac) != 0 ||
	    !seal_equal(mac, seal->mac, sizeof(mac)))
		return "its head had no seal of ours";
	if (seal->head.last > head->last)
		return "it ended before the entry that was sealed last";
	if (seal->head.last < head->first)
		return NULL;
	memcpy(look.link, seal->head.link, sizeof(look.link));
	if (store_audit_scan(k->store, seal->head.last, visit_sealed, &look, NULL) != 0)
		return "it could not be read";
	return look.found ? NULL : "the entry that was sealed last was another one";
}

static void
look_at_head(struct keep *k)
{
	struct store_audit head;
	struct store_audit_seal seal;
	const char *wrong;

	store_audit(k->store, &head);
	if (store_get_audit_seal(k->store, &seal, NULL) != 0) {
		if (head.last == 0)
			return; /* a new one */
		wrong = "its head had no seal of ours";
	} else
		wrong = what_is_wrong(k, &head, &seal);
	if (wrong != NULL) {
		log_error("somebody else has changed the audit: %s; spoolctl audit "
			  "--verify says where",
			  wrong);
		audit_note(k, NULL, AUDIT_BROKEN, "keep", "%s", wrong);
	} else if (seal.head.last < head.last)
		audit_note(k, NULL, AUDIT_RESUMED, "keep",
			   "entries %llu to %llu are not keep's",
			   (unsigned long long)seal.head.last + 1,
			   (unsigned long long)head.last);
	else if (seal.secret == seal_site_current(k->site)) {
		k->audit->sealed = head.last;
		k->audit->cut = head.first;
	}
}

/* --- open, close, turns --- */

int
audit_open(struct keep *k, struct error *err)
{
	struct audit *a = calloc(1, sizeof(*a));

	k->audit = a;
	if (a != NULL)
		a->lines = calloc(AUDIT_LINES, sizeof(*a->lines));
	if (a == NULL || a->lines == NULL)
		return error_errno(err, "cannot keep an audit");
	buf_init(&a->entry, AUDIT_ENTRY_MAX);
	a->said_ms = keep_mono_ms(k);
	look_at_head(k);
	return 0;
}

void
audit_close(struct keep *k)
{
	if (k->audit != NULL) {
		free(k->audit->lines);
		buf_clear(&k->audit->entry);
	}
	free(k->audit);
	k->audit = NULL;
}

void
audit_end(struct keep *k)
{
	struct store_audit head;
	struct error err;

	close_tallies(k, INT64_MAX);
	audit_seal(k);
	if (store_flush(k->store, &err) != 0)
		log_error("the audit's last entries are lost: %s", err.text);
	store_audit(k->store, &head);
	if (head.last != 0)
		say_head(k, &head);
}

void
audit_flushed(struct keep *k, bool durable)
{
	struct audit *a = k->audit;

	for (unsigned i = 0; durable && i < a->count; i++)
		log_info("%s", a->lines[i]);
	if (a->lost > 0)
		log_notice("%u more events in the same moment", a->lost);
	a->count = a->lost = 0;
	if (!durable) /* the seal went with the turn */
		a->sealed = UINT64_MAX;
}
