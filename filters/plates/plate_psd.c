/*
 * plate_psd.c - the head is gathered until it is whole and parsed once; after it each
 * write is cut into rows. In psdcmyk's order a row of every ink comes before the next
 * row of the first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/pack.h"
#include "lib/base/text.h"

#include "filters/plates/plate_psd.h"

#define PSD_FIXED     26   /* bytes before the first section */
#define PSD_CMYK      4	   /* colour mode, and its channels */
#define PSD_NAMES     1006 /* resource: alpha channel names, Pascal strings */
#define PSD_SIDE_MAX  300000
#define PSD_SIGNATURE 0x38425053u /* 8BPS */
#define PSD_RESOURCE  0x3842494du /* 8BIM */

void
plate_psd_init(struct plate_psd *p, const struct plate_sink *sink)
{
	memset(p, 0, sizeof(*p));
	p->sink = sink;
	buf_init(&p->head, PLATE_PSD_HEAD_MAX);
}

static int
strange(struct error *err)
{
	return error_set(err, ERROR_SYSTEM,
			 "Ghostscript's separations are not in the form expected");
}

/* --- the head --- */

static void
name_process_inks(struct plate_page *page)
{
	static const char *const process[PSD_CMYK] = {"Cyan", "Magenta", "Yellow",
						      "Black"};

	for (int i = 0; i < PSD_CMYK; i++)
		text_copy(page->ink[i], PLATE_INK_MAX, process[i]);
	page->inks = PSD_CMYK;
}

/* Spots that a page's resources name and that nothing was drawn with have planes too,
 * without a name, behind the others. -1 if that is not so. */
static int
name_spots(struct plate_psd *p, const uint8_t *names, size_t len)
{
	struct plate_page *page = &p->page;

	for (uint32_t i = PSD_CMYK; i < p->planes; i++) {
		if (len == 0 || names[0] >= len)
			return -1;
		if (names[0] != 0) {
			if (i != page->inks)
				return -1;
			memcpy(page->ink[i], names + 1, names[0]);
			page->ink[i][names[0]] = '\0';
			page->inks++;
		}
		len -= 1u + names[0];
		names += 1u + names[0];
	}
	return 0;
}

/* r: the resources section. */
static int
parse_resources(struct plate_psd *p, struct pack_reader *r)
{
	while (r->len > 0 && !r->failed) {
		uint32_t signature = pack_get_u32(r);
		uint16_t id = pack_get_u16(r);
		uint16_t name = pack_get_u16(r); /* psdcmyk names none */
		size_t len;
		const uint8_t *data = pack_get_bytes(r, PLATE_PSD_HEAD_MAX, &len);

		if (r->failed || signature != PSD_RESOURCE || name != 0)
			return -1;
		if (id == PSD_NAMES && name_spots(p, data, len) != 0)
			return -1;
		if (len % 2 == 1)
			pack_get_u8(r);
	}
	return r->failed ? -1 : 0;
}

static int
check_page(const struct plate_psd *p, unsigned depth, unsigned mode, struct error *err)
{
	const struct plate_page *page = &p->page;

	if (p->planes > PLATE_INKS_MAX)
		return error_set(err, ERROR_INPUT,
				 "a page has %u inks; at most %d can "
				 "be made plates of",
				 p->planes, PLATE_INKS_MAX);
	if (p->planes < PSD_CMYK || depth != 8 || mode != PSD_CMYK ||
	    page->width == 0 || page->height == 0 || page->width > PSD_SIDE_MAX ||
	    page->height > PSD_SIDE_MAX)
		return strange(err);
	return 0;
}

/* 1 when it was whole and is parsed, 0 if more is needed, -1. */
static int
parse_head(struct plate_psd *p, struct error *err)
{
	struct pack_reader r, resources;
	unsigned depth, mode;
	const uint8_t *data;
	size_t len;

	if (p->head.len < PSD_FIXED + 8)
		return 0;
	pack_read(&r, p->head.data, p->head.len);
	if (pack_get_u32(&r) != PSD_SIGNATURE || pack_get_u16(&r) != 1)
		return strange(err);
	pack_get_u32(&r);
	pack_get_u16(&r);
	p->planes = pack_get_u16(&r);
	p->page.height = pack_get_u32(&r);
	p->page.width = pack_get_u32(&r);
	depth = pack_get_u16(&r);
	mode = pack_get_u16(&r);
	if (check_page(p, depth, mode, err) != 0)
		return -1;
	if (pack_get_u32(&r) != 0) /* colour mode data */
		return strange(err);
	data = pack_get_bytes(&r, PLATE_PSD_HEAD_MAX, &len);
	pack_get_u32(&r); /* no layers */
	pack_get_u16(&r); /* no compression */
	if (r.failed)
		return 0;
	name_process_inks(&p->page);
	pack_read(&resources, data, len);
	if (parse_resources(p, &resources) != 0)
		return strange(err);
	p->start = p->head.len - r.len;
	return 1;
}

static int
begin_page(struct plate_psd *p, struct error *err)
{
	p->row = malloc(p->page.width);
	p->next = calloc(p->planes, sizeof(*p->next));
	if (p->row == NULL || p->next == NULL)
		return error_set(err, ERROR_FULL, "no memory for a row");
	if (p->sink->begin(p->sink->ctx, &p->page, err) != 0)
		return -1;
	p->begun = true;
	return 0;
}

/* --- rows --- */

static bool
is_bare(const uint8_t *values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (values[i] != 255)
			return false;
	return true;
}

static int
deliver(struct plate_psd *p, uint32_t ink, uint32_t y, const uint8_t *values,
	struct error *err)
{
	if (ink < p->page.inks)
		return p->sink->row(p->sink->ctx, ink, y, values, err);
	if (!is_bare(values, p->page.width))
		return error_set(err, ERROR_SYSTEM,
				 "Ghostscript rendered an ink without a name");
	return 0;
}

/* As much of data as belongs to one row: its length, or 0 with *err. */
static size_t
take_row(struct plate_psd *p, uint64_t at, const uint8_t *data, size_t len,
	 struct error *err)
{
	uint64_t plane = (uint64_t)p->page.width * p->page.height;
	uint64_t ink = at / plane, y = at % plane / p->page.width;
	uint32_t x = (uint32_t)(at % plane % p->page.width), n = p->page.width - x;
	const uint8_t *values = data;

	if (ink >= p->planes || y != p->next[ink] || x != p->filled) {
		strange(err);
		return 0;
	}
	if (n > len)
		n = (uint32_t)len;
	if (n < p->page.width) {
		memcpy(p->row + x, data, n);
		values = p->row;
	}
	p->filled += n;
	if (p->filled < p->page.width)
		return n;
	p->filled = 0;
	p->next[ink]++;
	return deliver(p, (uint32_t)ink, (uint32_t)y, values, err) == 0 ? n : 0;
}

static int
take_rows(struct plate_psd *p, uint64_t at, const uint8_t *data, size_t len,
	  struct error *err)
{
	while (len > 0) {
		size_t n = take_row(p, at, data, len, err);

		if (n == 0)
			return -1;
		at += n;
		data += n;
		len -= n;
	}
	return 0;
}

static int
take_head(struct plate_psd *p, const void *data, size_t len, struct error *err)
{
	int whole;

	if (p->at != p->head.len)
		return strange(err);
	if (buf_append(&p->head, data, len, err) != 0)
		return -1;
	whole = parse_head(p, err);
	if (whole <= 0)
		return whole;
	if (begin_page(p, err) != 0)
		return -1;
	return take_rows(p, 0, p->head.data + p->start, p->head.len - p->start, err);
}

int
plate_psd_write(struct plate_psd *p, const void *data, size_t len)
{
	int rc;

	if (p->failed.kind != ERROR_NONE)
		return -1;
	if (p->start == 0)
		rc = take_head(p, data, len, &p->failed);
	else if (p->at < p->start)
		rc = strange(&p->failed);
	else
		rc = take_rows(p, p->at - p->start, data, len, &p->failed);
	p->at += len;
	return rc;
}

int
plate_psd_seek(struct plate_psd *p, int64_t offset, int whence)
{
	if (p->failed.kind != ERROR_NONE) {
		errno = EIO;
		return -1;
	}
	if (whence == SEEK_CUR)
		offset += (int64_t)p->at;
	if (whence == SEEK_END || offset < 0) {
		errno = EINVAL;
		return -1;
	}
	p->at = (uint64_t)offset;
	return 0;
}

static bool
is_whole(const struct plate_psd *p)
{
	if (!p->begun || p->filled != 0)
		return false;
	for (uint32_t i = 0; i < p->planes; i++)
		if (p->next[i] != p->page.height)
			return false;
	return true;
}

int
plate_psd_close(struct plate_psd *p, struct error *err)
{
	int rc = -1;

	if (p->failed.kind != ERROR_NONE)
		*err = p->failed;
	else if (!is_whole(p))
		error_set(err, ERROR_INPUT, "a page was not rendered to its end");
	else
		rc = p->sink->end(p->sink->ctx, err);
	buf_clear(&p->head);
	free(p->row);
	free(p->next);
	p->row = NULL;
	p->next = NULL;
	return rc;
}
