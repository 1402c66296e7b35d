#include <cups/cups.h>
#include <cups/pwg.h>
#include <pthread.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/announce.h"
#include "spoold/front/link.h"

static struct {
	pthread_mutex_t lock;
	struct {
		struct wire_announce told;
		char name[64];
	} rows[SETTINGS_PRINTERS_MAX]; /* by place in the configuration */
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- from attributes --- */

static bool
has_integer(const struct printer *p, const char *name, int value)
{
	ipp_attribute_t *attr = ippFindAttribute(p->attributes, name, IPP_TAG_ZERO);

	return attr != NULL && ippContainsInteger(attr, value) != 0;
}

static bool
has_string(const struct printer *p, const char *name, const char *value)
{
	ipp_attribute_t *attr = ippFindAttribute(p->attributes, name, IPP_TAG_ZERO);

	return attr != NULL && ippContainsString(attr, value) != 0;
}

/* All values with commas between, as many as go in whole. */
static void
join(const struct printer *p, const char *name, char *to, size_t size)
{
	ipp_attribute_t *attr = ippFindAttribute(p->attributes, name, IPP_TAG_ZERO);
	size_t used = 0;

	to[0] = '\0';
	for (int i = 0; i < ippGetCount(attr); i++) {
		const char *value = ippGetString(attr, i, NULL);
		size_t len = value != NULL ? strlen(value) : 0;
		if (len == 0 || used + 1 + len >= size)
			continue;
		if (used > 0)
			to[used++] = ',';
		memcpy(to + used, value, len + 1);
		used += len;
	}
}

static bool
is_true(const struct printer *p, const char *name)
{
	ipp_attribute_t *attr = ippFindAttribute(p->attributes, name, IPP_TAG_BOOLEAN);

	return attr != NULL && ippGetBoolean(attr, 0) != 0;
}

static bool
takes_copies(const struct printer *p)
{
	ipp_attribute_t *attr =
		ippFindAttribute(p->attributes, "copies-supported", IPP_TAG_RANGE);
	int most = 1;

	if (attr != NULL)
		ippGetRange(attr, 0, &most);
	return most > 1;
}

/* The shorter side of the largest sheet, in hundredths of a millimetre. */
static int
largest_width(const struct printer *p)
{
	ipp_attribute_t *attr =
		ippFindAttribute(p->attributes, "media-supported", IPP_TAG_ZERO);
	int largest = 0;

	for (int i = 0; i < ippGetCount(attr); i++) {
		const char *name = ippGetString(attr, i, NULL);
		pwg_media_t *media = name != NULL && strncmp(name, "custom_", 7) != 0
					     ? pwgMediaForPWG(name)
					     : NULL;
		int shorter = media == NULL		     ? 0
			      : media->width < media->length ? media->width
							     : media->length;
		if (shorter > largest)
			largest = shorter;
	}
	return largest;
}

/* PaperMax (Bonjour Printing 9.4.5), by the widths of A4, A3 and A2. */
static const char *
paper_max(const struct printer *p)
{
	int width = largest_width(p);

	if (width == 0)
		return "";
	if (width < 21000)
		return "<legal-A4";
	if (width < 27940)
		return "legal-A4";
	if (width < 42000)
		return "tabloid-A3";
	return width == 42000 ? "isoC-A2" : ">isoC-A2";
}

static void
fill_text(const struct printer *p, const char *name, char *to, size_t size)
{
	ipp_attribute_t *attr = ippFindAttribute(p->attributes, name, IPP_TAG_TEXT);

	text_copy(to, size, attr != NULL ? ippGetString(attr, 0, NULL) : "");
}

void
announce_fill(struct wire_announce *a, const struct printer *p)
{
	memset(a, 0, sizeof(*a));
	text_copy(a->printer, sizeof(a->printer), p->name);
	text_copy(a->info, sizeof(a->info), p->info);
	text_copy(a->location, sizeof(a->location), p->location);
	if (uuid_parse(a->uuid.bytes, p->uuid + strlen("urn:uuid:")) != 0)
		log_error("printer %s: its uuid is none", p->name);
	fill_text(p, "printer-make-and-model", a->model, sizeof(a->model));
	join(p, "document-format-supported", a->formats, sizeof(a->formats));
	join(p, "urf-supported", a->urf, sizeof(a->urf));
	join(p, "printer-kind", a->kind, sizeof(a->kind));
	text_copy(a->paper, sizeof(a->paper), paper_max(p));
	a->color = is_true(p, "color-supported");
	a->duplex = has_string(p, "sides-supported", "two-sided-long-edge");
	a->copies = takes_copies(p);
	a->collate = has_string(p, "multiple-document-handling-supported",
				"separate-documents-collated-copies");
	a->staple = has_integer(p, "finishings-supported", IPP_FINISHINGS_STAPLE);
	a->punch = has_integer(p, "finishings-supported", IPP_FINISHINGS_PUNCH);
	a->bind = has_integer(p, "finishings-supported", IPP_FINISHINGS_BIND);
}

/* --- telling --- */

static void
tell(const struct printer *p, const struct wire_announce *a)
{
	struct error err;
	bool same;

	if (p->order < 0 || p->order >= SETTINGS_PRINTERS_MAX)
		return;
	pthread_mutex_lock(&table.lock);
	same = memcmp(&table.rows[p->order].told, a, sizeof(*a)) == 0;
	table.rows[p->order].told = *a;
	pthread_mutex_unlock(&table.lock);
	if (!same && link_say(WIRE_TYPE_announce, a, &err) != 0)
		log_error("printer %s: %s", p->name, err.text);
}

void
announce_printer(const char *printer)
{
	struct printer *p = printers_get(printer);
	struct wire_announce a;

	if (p == NULL)
		return;
	printer_lock(p);
	announce_fill(&a, p);
	printer_unlock(p);
	tell(p, &a);
	printers_put(p);
}

void
announce_named(const struct wire_announced *m)
{
	struct printer *p = printers_get(m->printer);

	if (p != NULL && p->order >= 0 && p->order < SETTINGS_PRINTERS_MAX) {
		pthread_mutex_lock(&table.lock);
		text_copy(table.rows[p->order].name, sizeof(table.rows[0].name),
			  m->name);
		pthread_mutex_unlock(&table.lock);
	}
	printers_put(p);
}

void
announce_name(const struct printer *p, char name[64])
{
	name[0] = '\0';
	if (p->order >= 0 && p->order < SETTINGS_PRINTERS_MAX) {
		pthread_mutex_lock(&table.lock);
		memcpy(name, table.rows[p->order].name, sizeof(table.rows[0].name));
		pthread_mutex_unlock(&table.lock);
	}
	if (name[0] == '\0')
		text_copy(name, 64, p->info);
}
