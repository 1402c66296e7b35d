/*
 * manifest.c - the manifest as JSON, by jansson; every field is checked as it is read.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#include "lib/plate/dump.h"
#include "lib/plate/manifest.h"

#define PIXELS_MAX  1000000
#define DPI_MAX	    20000.0
#define TAC_MAX	    10000.0 /* percent: a hundred inks, all solid */
#define INK_IN_NAME 64	    /* bytes of an ink's name that go into a file name */

void
manifest_init(struct manifest *m)
{
	memset(m, 0, sizeof(*m));
}

void
manifest_clear(struct manifest *m)
{
	free(m->plates);
	free(m->page);
	memset(m, 0, sizeof(*m));
}

/* A zeroed element behind the last of `array`; it doubles at each power of two. */
static void *
append(void **array, uint32_t *count, size_t size)
{
	uint8_t *more = *array;

	if (*count >= MANIFEST_PLATES_MAX)
		return NULL;
	if ((*count & (*count - 1)) == 0) {
		more = reallocarray(*array, *count == 0 ? 1 : 2 * (size_t)*count, size);
		if (more == NULL)
			return NULL;
		*array = more;
	}
	return memset(more + size * (*count)++, 0, size);
}

struct manifest_plate *
manifest_add(struct manifest *m)
{
	void *plates = m->plates,
	     *more = append(&plates, &m->count, sizeof(*m->plates));

	m->plates = plates;
	return more;
}

struct manifest_page *
manifest_add_page(struct manifest *m)
{
	void *pages = m->page, *more = append(&pages, &m->page_count, sizeof(*m->page));

	m->page = pages;
	return more;
}

const struct manifest_plate *
manifest_find(const struct manifest *m, const char *file)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (strcmp(m->plates[i].file, file) == 0)
			return &m->plates[i];
	return NULL;
}

static bool
is_plain_character(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-' || c == '+';
}

bool
manifest_name_is_plain(const char *name)
{
	if (*name == '\0' || *name == '.' || strlen(name) >= MANIFEST_NAME_MAX)
		return false;
	for (; *name != '\0'; name++)
		if (!is_plain_character(*name))
			return false;
	return true;
}

void
manifest_clean_ink(char ink[MANIFEST_INK_MAX], const char *from)
{
	json_t *utf8;

	text_copy(ink, MANIFEST_INK_MAX, from);
	text_strip_controls(ink);
	utf8 = json_string(ink); /* NULL if it is not */
	for (char *c = ink; utf8 == NULL && *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '_';
	json_decref(utf8);
	if (*ink == '\0')
		text_copy(ink, MANIFEST_INK_MAX, "unnamed");
}

void
manifest_file_name(char file[MANIFEST_NAME_MAX], uint32_t page, const char *ink,
		   unsigned n)
{
	char plain[INK_IN_NAME + 1];
	size_t i;

	for (i = 0; ink[i] != '\0' && i < INK_IN_NAME; i++)
		plain[i] = is_plain_character(ink[i]) && ink[i] != '.' ? ink[i] : '_';
	plain[i] = '\0';
	if (n == 0)
		snprintf(file, MANIFEST_NAME_MAX, "%04u_%s.tif", page, plain);
	else
		snprintf(file, MANIFEST_NAME_MAX, "%04u_%s_%u.tif", page, plain, n);
}

static double
rounded(double v)
{
	return nearbyint(v * 10000.0) / 10000.0;
}

static json_t *
plate_to_json(const struct manifest_plate *p)
{
	char digest[2 * MANIFEST_DIGEST + 1];
	json_t *j = json_pack(
		"{s:i, s:s, s:i, s:i, s:f, s:f, s:f, s:s, s:b, s:f}", "page",
		(int)p->page, "ink", p->ink, "width-px", (int)p->width, "height-px",
		(int)p->height, "resolution-dpi", rounded(p->dpi), "ruling-lpi",
		rounded(p->ruling_lpi), "angle-degrees", rounded(p->angle_deg), "dot",
		p->dot, "blank", (int)p->blank, "coverage", rounded(p->coverage));

	if (j != NULL && p->curve[0] != '\0')
		json_object_set_new(j, "curve", json_string(p->curve));
	if (j == NULL || p->file[0] == '\0')
		return j;
	text_hex(digest, p->digest, sizeof(p->digest));
	json_object_set_new(j, "file", json_string(p->file));
	json_object_set_new(j, "bytes", json_integer((json_int_t)p->bytes));
	json_object_set_new(j, "blake2b-256", json_string(digest));
	return j;
}

static json_t *
page_to_json(const struct manifest_page *p, double limit)
{
	json_t *j = json_pack("{s:i, s:f, s:f, s:f}", "page", (int)p->page,
			      "tac-percent", rounded(p->tac_percent), "x-mm",
			      rounded(p->x_mm), "y-mm", rounded(p->y_mm));

	if (j != NULL && limit > 0)
		json_object_set_new(j, "over-limit", json_real(p->over));
	return j;
}

static json_t *
ink_to_json(const struct manifest *m)
{
	json_t *pages = json_array(), *j;

	for (uint32_t i = 0; i < m->page_count; i++)
		json_array_append_new(pages, page_to_json(&m->page[i], m->tac_limit));
	j = json_pack("{s:o}", "pages", pages);
	if (j != NULL && m->tac_limit > 0)
		json_object_set_new(j, "limit-percent", json_real(m->tac_limit));
	return j;
}

int
manifest_write(const struct manifest *m, struct buf *json, struct error *err)
{
	json_t *plates = json_array(), *all;
	int rc = 0;

	for (uint32_t i = 0; i < m->count && rc == 0; i++)
		rc = json_array_append_new(plates, plate_to_json(&m->plates[i]));
	all = json_pack("{s:i, s:s, s:s, s:i, s:o}", "claimcheck-plates",
			MANIFEST_VERSION, "creator", m->creator, "profile", m->profile,
			"pages", (int)m->pages, "plates", plates);
	if (all != NULL && m->page_count > 0)
		json_object_set_new(all, "total-area-coverage", ink_to_json(m));
	if (rc != 0) {
		json_decref(all);
		all = NULL;
	}
	if (dump(all, 9, json) == 0)
		return 0;
	return error_set(err, ERROR_FULL,
			 "the manifest can't be made: too large, or "
			 "text that is not UTF-8");
}

/* --- reading: the first fault is kept in the error, all else is skipped --- */

static int
wrong(struct error *err, const char *key)
{
	return error_set(err, ERROR_INPUT, "the manifest's '%s' is missing or strange",
			 key);
}

static int
get_number(json_t *from, const char *key, double min, double max, double *to,
	   struct error *err)
{
	json_t *j = json_object_get(from, key);
	double v = json_is_number(j) ? json_number_value(j) : (double)NAN;

	if (!(v >= min && v <= max))
		return wrong(err, key);
	*to = v;
	return 0;
}

static int
get_count(json_t *from, const char *key, uint32_t min, uint32_t max, uint32_t *to,
	  struct error *err)
{
	double v = 0;

	if (!json_is_integer(json_object_get(from, key)) ||
	    get_number(from, key, min, max, &v, NULL) != 0)
		return wrong(err, key);
	*to = (uint32_t)v;
	return 0;
}

static int
get_text(json_t *from, const char *key, char *to, size_t size, struct error *err)
{
	const char *text = json_string_value(json_object_get(from, key));

	if (text == NULL || strlen(text) >= size)
		return wrong(err, key);
	text_copy(to, size, text);
	text_strip_controls(to);
	return 0;
}

static int
get_file(json_t *from, struct manifest_plate *p, struct error *err)
{
	char digest[2 * MANIFEST_DIGEST + 1];
	json_t *bytes = json_object_get(from, "bytes");

	if (p->blank && json_object_get(from, "file") == NULL)
		return 0;
	if (get_text(from, "file", p->file, sizeof(p->file), err) != 0 ||
	    get_text(from, "blake2b-256", digest, sizeof(digest), err) != 0)
		return -1;
	if (!manifest_name_is_plain(p->file) || strcmp(p->file, MANIFEST_FILE) == 0)
		return error_set(err, ERROR_INPUT,
				 "the manifest names a file that is no plain name");
	if (text_unhex(p->digest, sizeof(p->digest), digest) != 0)
		return wrong(err, "blake2b-256");
	if (!json_is_integer(bytes) || json_integer_value(bytes) < 0)
		return wrong(err, "bytes");
	p->bytes = (uint64_t)json_integer_value(bytes);
	return 0;
}

static int
plate_from_json(json_t *j, struct manifest_plate *p, struct error *err)
{
	json_t *blank = json_object_get(j, "blank");

	if (!json_is_boolean(blank))
		return wrong(err, "blank");
	p->blank = json_is_true(blank);
	if (get_count(j, "page", 1, UINT32_MAX, &p->page, err) != 0 ||
	    get_text(j, "ink", p->ink, sizeof(p->ink), err) != 0 ||
	    get_count(j, "width-px", 1, PIXELS_MAX, &p->width, err) != 0 ||
	    get_count(j, "height-px", 1, PIXELS_MAX, &p->height, err) != 0 ||
	    get_number(j, "resolution-dpi", 1, DPI_MAX, &p->dpi, err) != 0 ||
	    get_number(j, "ruling-lpi", 0, DPI_MAX, &p->ruling_lpi, err) != 0 ||
	    get_number(j, "angle-degrees", 0, 360, &p->angle_deg, err) != 0 ||
	    get_text(j, "dot", p->dot, sizeof(p->dot), err) != 0 ||
	    get_number(j, "coverage", 0, 1, &p->coverage, err) != 0)
		return -1;
	if (json_object_get(j, "curve") != NULL &&
	    get_text(j, "curve", p->curve, sizeof(p->curve), err) != 0)
		return -1;
	return get_file(j, p, err);
}

static int
plates_from_json(struct manifest *m, json_t *plates, struct error *err)
{
	if (!json_is_array(plates) || json_array_size(plates) > MANIFEST_PLATES_MAX)
		return wrong(err, "plates");
	for (size_t i = 0; i < json_array_size(plates); i++) {
		struct manifest_plate p = {0}, *kept;

		if (plate_from_json(json_array_get(plates, i), &p, err) != 0)
			return -1;
		if (p.file[0] != '\0' && manifest_find(m, p.file) != NULL)
			return error_set(err, ERROR_INPUT,
					 "the manifest names '%s' twice", p.file);
		kept = manifest_add(m);
		if (kept == NULL)
			return error_set(err, ERROR_FULL, "no memory for a manifest");
		*kept = p;
	}
	return 0;
}

static int
page_from_json(struct manifest *m, json_t *j, struct error *err)
{
	struct manifest_page p = {0}, *kept;
	bool limited = m->tac_limit > 0;

	if (get_count(j, "page", 1, UINT32_MAX, &p.page, err) != 0 ||
	    get_number(j, "tac-percent", 0, TAC_MAX, &p.tac_percent, err) != 0 ||
	    get_number(j, "x-mm", 0, PIXELS_MAX, &p.x_mm, err) != 0 ||
	    get_number(j, "y-mm", 0, PIXELS_MAX, &p.y_mm, err) != 0 ||
	    (limited && get_number(j, "over-limit", 0, 1, &p.over, err) != 0))
		return -1;
	kept = manifest_add_page(m);
	if (kept == NULL)
		return error_set(err, ERROR_FULL, "no memory for a manifest");
	*kept = p;
	return 0;
}

/* total-area-coverage, which older sets lack */
static int
ink_from_json(struct manifest *m, json_t *from, struct error *err)
{
	json_t *pages = json_object_get(from, "pages");

	if (from == NULL)
		return 0;
	if (json_object_get(from, "limit-percent") != NULL &&
	    get_number(from, "limit-percent", 1, TAC_MAX, &m->tac_limit, err) != 0)
		return -1;
	if (!json_is_array(pages) || json_array_size(pages) > MANIFEST_PLATES_MAX)
		return wrong(err, "total-area-coverage");
	for (size_t i = 0; i < json_array_size(pages); i++)
		if (page_from_json(m, json_array_get(pages, i), err) != 0)
			return -1;
	return 0;
}

int
manifest_read(struct manifest *m, const void *json, size_t len, struct error *err)
{
	json_error_t why;
	json_t *all;
	uint32_t version;
	int rc = -1;

	manifest_init(m);
	if (len > MANIFEST_BYTES_MAX)
		return error_set(err, ERROR_INPUT, "the manifest is too large");
	all = json_loadb(json, len, JSON_REJECT_DUPLICATES, &why);
	if (all == NULL)
		return error_set(err, ERROR_INPUT, "the manifest is not JSON: %s",
				 why.text);
	if (get_count(all, "claimcheck-plates", 1, MANIFEST_VERSION, &version, err) ==
		    0 &&
	    get_text(all, "creator", m->creator, sizeof(m->creator), err) == 0 &&
	    get_text(all, "profile", m->profile, sizeof(m->profile), err) == 0 &&
	    get_count(all, "pages", 1, UINT32_MAX, &m->pages, err) == 0)
		rc = plates_from_json(m, json_object_get(all, "plates"), err);
	if (rc == 0)
		rc = ink_from_json(m, json_object_get(all, "total-area-coverage"), err);
	json_decref(all);
	if (rc != 0)
		manifest_clear(m);
	return rc;
}
