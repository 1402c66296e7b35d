/*
 * printers.c - the table of printers: a few dozen rows under one lock.
 */
#include <cups/cups.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/printer_status.h"
#include "spoold/front/printers.h"
#include "spoold/front/subscriptions.h"

static struct {
	pthread_mutex_t lock;
	const struct settings *settings;
	char host[256];
	struct printer *rows[SETTINGS_PRINTERS_MAX];
	size_t count;
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
printers_start(const struct settings *settings, const char *host)
{
	table.settings = settings;
	text_copy(table.host, sizeof(table.host), host);
}

void
printer_lock(struct printer *p)
{
	pthread_mutex_lock(&p->lock);
}

void
printer_unlock(struct printer *p)
{
	pthread_mutex_unlock(&p->lock);
}

/* What doctophoto(8) and doctoplates(8) read. PostScript is a program; only plates run
 * it. PNG, PWG raster and URF are for photographs. */
static const struct {
	bool photo, plates;
} takes[SNIFF_FORMATS] = {
	[SNIFF_JPEG] = {true, true}, [SNIFF_PNG] = {true, false},
	[SNIFF_TIFF] = {true, true}, [SNIFF_PDF] = {true, true},
	[SNIFF_PWG] = {true, false}, [SNIFF_POSTSCRIPT] = {false, true},
	[SNIFF_URF] = {true, false},
};

bool
printer_takes(const struct printer *p, enum sniff_format format)
{
	return p->plates ? takes[format].plates : takes[format].photo;
}

static void
printer_free(struct printer *p)
{
	ippDelete(p->attributes);
	ippDelete(p->status);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void
printers_put(struct printer *p)
{
	bool last;

	if (p == NULL)
		return;
	pthread_mutex_lock(&table.lock);
	last = --p->users == 0;
	pthread_mutex_unlock(&table.lock);
	if (last)
		printer_free(p);
}

/* The same printer on the same machine has the same uuid: a hash of both names, as RFC
 * 9562 version 8. */
static void
name_uuid(struct printer *p)
{
	char seed[sizeof(table.host) + ORDER_QUEUE_MAX + 16];
	uint8_t hash[32] = {0};
	char text[UUID_TEXT];

	snprintf(seed, sizeof(seed), "claimcheck %s %s", table.host, p->name);
	if (cupsHashData("sha2-256", seed, strlen(seed), hash, sizeof(hash)) < 0)
		log_error("cannot hash a printer's name");
	hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x80);
	hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80);
	uuid_format(text, hash);
	snprintf(p->uuid, sizeof(p->uuid), "urn:uuid:%s", text);
}

static int
place_of(const char *name)
{
	for (uint32_t i = 0; i < table.settings->printer_count; i++)
		if (strcmp(table.settings->printers[i].name, name) == 0)
			return (int)i;
	return SETTINGS_PRINTERS_MAX;
}

static ipp_t *
queue_attributes(const struct wire_printer *pushed)
{
	ipp_t *queue = NULL;
	struct error err;

	if (pushed->attributes.len != 0 &&
	    ipp_bounds_decode(&IPP_LIMITS_OWN, pushed->attributes.data,
			      pushed->attributes.len, &queue, &err) != 0)
		log_error("queue %s: its attributes are unreadable: %s", pushed->queue,
			  err.text);
	return queue;
}

/* A queue whose device is a plate-setter takes PostScript, too. */
static bool
leads_to_plates(ipp_t *queue)
{
	ipp_attribute_t *uri = ippFindAttribute(queue, "device-uri", IPP_TAG_URI);

	return uri != NULL &&
	       strncmp(ippGetString(uri, 0, NULL), "platesetter:", 12) == 0;
}

/* What the queue says of its state is not in it. */
static void
hash_config(struct printer *p)
{
	struct buf bytes;

	buf_init(&bytes, WIRE_QUEUE_BLOB * 2);
	if (ipp_bounds_encode(p->attributes, &bytes, NULL) != 0 ||
	    cupsHashData("sha2-256", bytes.data, bytes.len, p->config,
			 sizeof(p->config)) < 0)
		log_error("printer %s: cannot hash its attributes", p->name);
	buf_clear(&bytes);
}

static struct printer *
make_printer(const struct wire_printer *pushed)
{
	struct printer *p = calloc(1, sizeof(*p));
	ipp_t *queue = queue_attributes(pushed);

	INVARIANT(p != NULL);
	pthread_mutex_init(&p->lock, NULL);
	p->users = 1;
	text_copy(p->name, sizeof(p->name), pushed->name);
	text_copy(p->info, sizeof(p->info), pushed->info);
	text_copy(p->location, sizeof(p->location), pushed->location);
	text_copy(p->reasons, sizeof(p->reasons), pushed->reasons);
	text_copy(p->message, sizeof(p->message), pushed->message);
	text_copy(p->notice, sizeof(p->notice), pushed->notice);
	p->state = pushed->state >= 3 && pushed->state <= 5 ? pushed->state : 5;
	p->accepting = pushed->accepting != 0;
	p->is_default = pushed->is_default != 0;
	p->order = place_of(p->name);
	p->known = queue != NULL;
	p->plates = leads_to_plates(queue);
	p->state_changed = p->config_changed = time(NULL);
	name_uuid(p);
	p->attributes = ippNew();
	printer_attributes(p->attributes, queue, p, table.settings);
	hash_config(p);
	p->status = ippNew();
	printer_supplies(p->status, queue);
	printer_alerts(p->status, p->reasons, p->state);
	ippDelete(queue);
	return p;
}

static size_t
row_of(const char *name)
{
	for (size_t i = 0; i < table.count; i++)
		if (strcmp(table.rows[i]->name, name) == 0)
			return i;
	return table.count;
}

void
printers_take(const struct wire_printer *pushed)
{
	struct printer *made = make_printer(pushed), *old = NULL;
	size_t row;

	pthread_mutex_lock(&table.lock);
	row = row_of(made->name);
	if (row < table.count) {
		old = table.rows[row];
		if (old->state == made->state)
			made->state_changed = old->state_changed;
		if (memcmp(old->config, made->config, sizeof(old->config)) == 0)
			made->config_changed = old->config_changed;
		subscriptions_printer(old, made);
	}
	if (row == SETTINGS_PRINTERS_MAX) {
		old = made; /* no room: drop it */
	} else {
		table.rows[row] = made;
		if (row == table.count)
			table.count++;
	}
	pthread_mutex_unlock(&table.lock);
	printers_put(old);
}

struct printer *
printers_get(const char *name)
{
	struct printer *found = NULL;

	pthread_mutex_lock(&table.lock);
	for (size_t i = 0; i < table.count && found == NULL; i++)
		if (name[0] != '\0' ? strcmp(table.rows[i]->name, name) == 0
				    : table.rows[i]->is_default)
			found = table.rows[i];
	if (found != NULL)
		found->users++;
	pthread_mutex_unlock(&table.lock);
	return found;
}

static int
by_order(const void *a, const void *b)
{
	const struct printer *const *x = a, *const *y = b;

	return (*x)->order - (*y)->order;
}

size_t
printers_all(struct printer *all[SETTINGS_PRINTERS_MAX])
{
	size_t count;

	pthread_mutex_lock(&table.lock);
	count = table.count;
	for (size_t i = 0; i < count; i++) {
		all[i] = table.rows[i];
		all[i]->users++;
	}
	pthread_mutex_unlock(&table.lock);
	qsort(all, count, sizeof(struct printer *), by_order);
	return count;
}
