/*
 * audit.c - spoolctl audit: what happened to orders, and whether that is all that happened.
 *
 * It reads the store beside a running spoold, as spoold's user, and needs no keep: whoever
 * doubts the audit does not ask the one who wrote it. --verify follows the chain of hashes
 * from the first entry to the last, asks the site's secret whether the end is where keep left
 * it, and, given a head that was kept elsewhere, whether that one is still in the chain.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/order/audit.h"
#include "tools/control/when.h"
#include "tools/jsontext.h"

#include "tools/store/audit.h"
#include "tools/store/shop.h"

/* --- reading --- */

struct reading {
	audit_visit_fn *visit;
	void *context;
	uint64_t unread;
};

static int
pass_on(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
	size_t len, void *context)
{
	struct reading *r = context;
	struct audit_entry e;

	(void)link;
	if (audit_decode(&e, entry, len, NULL) != 0) {
		r->unread++;
		return 0;
	}
	text_strip_controls(e.by);
	text_strip_controls(e.detail);
	text_strip_controls(e.printer);
	return r->visit(number, &e, r->context);
}

static int
open_store(const struct control *c, struct shop *shop, struct store **s,
	   struct error *err)
{
	struct store_options look;

	if (shop_open(shop, c, err) != 0 || shop_become_user(shop, err) != 0)
		return -1;
	look = shop_options(shop);
	look.read_only = true;
	return store_open(&look, s, err);
}

int
audit_read(const struct control *c, audit_visit_fn *visit, void *context,
	   struct error *err)
{
	static struct shop shop;
	struct reading r = {.visit = visit, .context = context};
	struct store *s;
	int rc;

	if (open_store(c, &shop, &s, err) != 0)
		return -1;
	rc = store_audit_scan(s, 0, pass_on, &r, err);
	store_close(s);
	if (r.unread > 0)
		fprintf(stderr,
			"spoolctl: %llu entries can't be read; see spoolctl audit "
			"--verify\n",
			(unsigned long long)r.unread);
	return rc;
}

/* --- listing --- */

struct wanted {
	const struct control *c;
	uint32_t number; /* 0: any */
	int64_t since, until;
	uint8_t event; /* 0: any */
	uint64_t said;
};

static bool
is_wanted(const struct wanted *w, const struct audit_entry *e)
{
	return (w->number == 0 || e->number == w->number) && e->time >= w->since &&
	       e->time <= w->until && (w->event == 0 || e->event == w->event) &&
	       (w->c->printer == NULL || strcmp(e->printer, w->c->printer) == 0);
}

static json_t *
entry_json(uint64_t number, const struct audit_entry *e)
{
	static const uint8_t none[UUID_BYTES];
	json_t *row = json_object();
	char uuid[UUID_TEXT] = "";

	if (memcmp(e->uuid, none, UUID_BYTES) != 0)
		uuid_format(uuid, e->uuid);
	json_object_set_new(row, "entry", json_integer((json_int_t)number));
	json_object_set_new(row, "time", json_integer(e->time));
	json_object_set_new(row, "event", jsontext(audit_event_name(e->event)));
	json_object_set_new(row, "number", json_integer(e->number));
	json_object_set_new(row, "uuid", jsontext(uuid));
	json_object_set_new(row, "printer", jsontext(e->printer));
	json_object_set_new(row, "count", json_integer(e->count));
	json_object_set_new(row, "by", jsontext(e->by));
	json_object_set_new(row, "detail", jsontext(e->detail));
	return row;
}

static int
say_entry(uint64_t number, const struct audit_entry *e, void *context)
{
	struct wanted *w = context;
	char when[32], order[16] = "-", times[24] = "";
	json_t *row;

	if (!is_wanted(w, e))
		return 0;
	w->said++;
	if (w->c->json) { /* a row at a time: there may be millions */
		row = entry_json(number, e);
		fputs(w->said > 1 ? ",\n" : "", stdout);
		json_dumpf(row, stdout, JSON_COMPACT);
		json_decref(row);
		return ferror(stdout);
	}
	control_date(when, e->time);
	if (e->number != 0)
		snprintf(order, sizeof(order), "%u", e->number);
	if (e->count != 1)
		snprintf(times, sizeof(times), " (%u times)", e->count);
	printf("%8llu  %s  %8s  %-19s %-12s %s%s%s%s\n", (unsigned long long)number,
	       when, order, audit_event_name(e->event), e->printer, e->by,
	       e->detail[0] != '\0' && e->by[0] != '\0' ? ": " : "", e->detail, times);
	return ferror(stdout);
}

static int
read_wishes(const struct control *c, struct wanted *w, struct error *err)
{
	const int64_t now = (int64_t)time(NULL);

	w->until = INT64_MAX;
	if (c->since != NULL && when_date(c->since, now, &w->since, err) != 0)
		return -1;
	if (c->until != NULL && when_date(c->until, now, &w->until, err) != 0)
		return -1;
	if (c->event != NULL) {
		w->event = (uint8_t)audit_event_from_name(c->event);
		if (w->event == 0)
			return error_set(err, ERROR_INPUT,
					 "there is no event '%.40s'; spoolctl(8) has "
					 "their names",
					 c->event);
	}
	return 0;
}

static int
list(const struct control *c, uint32_t number, struct error *err)
{
	struct wanted w = {.c = c, .number = number};
	int rc;

	if (read_wishes(c, &w, err) != 0)
		return -1;
	if (c->json)
		puts("[");
	rc = audit_read(c, say_entry, &w, err);
	if (c->json)
		puts(w.said > 0 ? "\n]" : "]");
	return rc;
}

/* --- verifying --- */

struct verdict {
	json_t *sentences;
	bool json;
	uint64_t faults;
	struct store_audit head;
	bool sealed;
};

static void
take_fault(const char *sentence, void *context)
{
	struct verdict *v = context;

	v->faults++;
	if (v->json)
		json_array_append_new(v->sentences, jsontext(sentence));
	else
		puts(sentence);
}

static int
look_for_breaks(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
		size_t len, void *context)
{
	struct audit_entry e;
	char sentence[AUDIT_DETAIL_MAX + 80];

	(void)link;
	if (audit_decode(&e, entry, len, NULL) != 0 || e.event != AUDIT_BROKEN)
		return 0;
	snprintf(sentence, sizeof(sentence),
		 "entry %llu: keep found the audit changed: %s",
		 (unsigned long long)number, e.detail);
	take_fault(sentence, context);
	return 0;
}

/* The seal is of the head that the last turn had. */
static int
ask_seal(const struct shop *shop, struct store *s, struct verdict *v, struct error *err)
{
	uint8_t bytes[STORE_AUDIT_HEAD_BYTES], mac[SEAL_KEY_BYTES];
	struct store_audit_seal seal;
	struct seal_site *site;

	if (v->head.last == 0)
		return 0;
	if (store_get_audit_seal(s, &seal, NULL) != 0) {
		take_fault("the audit's head has no seal", v);
		return 0;
	}
	if (seal_site_open(shop->secrets, false, &site, err) != 0)
		return -1;
	store_audit_head_bytes(&seal.head, bytes);
	if (seal_audit_mac(site, seal.secret, bytes, sizeof(bytes), mac, NULL) != 0 ||
	    !seal_equal(mac, seal.mac, sizeof(mac)))
		take_fault("the seal of the audit's head is not of this site's secret",
			   v);
	else if (memcmp(&seal.head, &v->head, sizeof(v->head)) != 0)
		take_fault("the audit does not end where keep sealed it", v);
	else
		v->sealed = true;
	seal_site_close(site);
	return 0;
}

struct kept {
	uint64_t number;
	uint8_t link[SEAL_KEY_BYTES];
	bool there;
};

static int
read_kept(const char *text, struct kept *kept, struct error *err)
{
	const char *colon = strchr(text, ':');
	char number[24];
	int64_t n = 0;

	if (colon != NULL && colon - text < (ptrdiff_t)sizeof(number)) {
		snprintf(number, sizeof(number), "%.*s", (int)(colon - text), text);
		if (text_number(number, 1, INT64_MAX, &n) == 0 &&
		    text_unhex(kept->link, sizeof(kept->link), colon + 1) == 0) {
			kept->number = (uint64_t)n;
			return 0;
		}
	}
	return error_set(err, ERROR_INPUT,
			 "a head is NUMBER:64 hex digits, as --verify and the log of "
			 "spoold say it");
}

static int
visit_kept(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
	   size_t len, void *context)
{
	struct kept *kept = context;

	(void)entry;
	(void)len;
	kept->there = number == kept->number &&
		      memcmp(link, kept->link, sizeof(kept->link)) == 0;
	return 1;
}

static int
ask_kept(struct store *s, const char *text, struct verdict *v, struct error *err)
{
	struct kept kept = {.number = 0};
	char sentence[160];

	if (read_kept(text, &kept, err) != 0)
		return -1;
	if (kept.number + 1 == v->head.first)
		kept.there = memcmp(kept.link, v->head.before, sizeof(kept.link)) == 0;
	else if (store_audit_scan(s, kept.number, visit_kept, &kept, err) != 0)
		return -1;
	if (kept.there)
		return 0;
	if (kept.number + 1 < v->head.first)
		snprintf(
			sentence, sizeof(sentence),
			"entry %llu is older than what is kept: that head says nothing "
			"any more",
			(unsigned long long)kept.number);
	else if (kept.number > v->head.last)
		snprintf(sentence, sizeof(sentence),
			 "the audit ends with entry %llu, and entry %llu was there "
			 "once: "
			 "its end was cut off",
			 (unsigned long long)v->head.last,
			 (unsigned long long)kept.number);
	else
		snprintf(
			sentence, sizeof(sentence),
			"entry %llu is not the one whose head was kept: what is before "
			"it was changed",
			(unsigned long long)kept.number);
	take_fault(sentence, v);
	return 0;
}

static void
say_verdict(const struct verdict *v)
{
	char hex[2 * SEAL_KEY_BYTES + 1], head[2 * SEAL_KEY_BYTES + 32];
	json_t *row;

	text_hex(hex, v->head.link, sizeof(v->head.link));
	snprintf(head, sizeof(head), "%llu:%s", (unsigned long long)v->head.last, hex);
	if (v->json) {
		row = json_object();
		json_object_set(row, "faults", v->sentences);
		json_object_set_new(row, "first",
				    json_integer((json_int_t)v->head.first));
		json_object_set_new(row, "last",
				    json_integer((json_int_t)v->head.last));
		json_object_set_new(row, "sealed", json_boolean(v->sealed));
		json_object_set_new(row, "head", jsontext(head));
		jsontext_print(row, 2);
		return;
	}
	if (v->head.last == 0)
		puts("The audit has no entry yet.");
	else if (v->faults == 0)
		printf("The audit is whole: entries %llu to %llu, under the site's "
		       "seal.\nIts head, to be kept elsewhere: %s\n",
		       (unsigned long long)v->head.first,
		       (unsigned long long)v->head.last, head);
	else
		printf("%llu faults in the audit.\n", (unsigned long long)v->faults);
}

static int
verify(const struct control *c, uint64_t *faults, struct error *err)
{
	static struct shop shop;
	struct verdict v = {.json = c->json, .sentences = json_array()};
	struct store *s;
	uint64_t ignored;
	int rc = open_store(c, &shop, &s, err);

	if (rc == 0) {
		store_audit(s, &v.head);
		rc = store_audit_verify(s, take_fault, &v, &ignored, err);
		if (rc == 0)
			rc = store_audit_scan(s, 0, look_for_breaks, &v, err);
		if (rc == 0)
			rc = ask_seal(&shop, s, &v, err);
		if (rc == 0 && c->head != NULL)
			rc = ask_kept(s, c->head, &v, err);
		store_close(s);
	}
	if (rc == 0)
		say_verdict(&v);
	json_decref(v.sentences);
	*faults = v.faults;
	return rc;
}

int
control_audit(const struct control *c, int argc, char *argv[])
{
	struct error err = {0};
	uint64_t faults = 0;
	int64_t number = 0;
	int rc;

	if (argc > 1 ||
	    (argc == 1 && text_number(argv[0], 1, UINT32_MAX, &number) != 0))
		return CONTROL_USAGE;
	if (argc == 1 && c->verify)
		return CONTROL_USAGE; /* a chain is whole, or it is not */
	rc = seal_start(&err);
	if (rc == 0)
		rc = c->verify ? verify(c, &faults, &err)
			       : list(c, (uint32_t)number, &err);
	if (rc != 0)
		return control_fault(&err);
	return faults == 0 ? CONTROL_OK : CONTROL_FAULTS;
}
