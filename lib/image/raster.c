/*
 * PWG raster (PWG 5102.4-2012) and URF, page after page. Both send lines packed alike: a
 * byte, how often the line is repeated; then runs of pixels and pixels as they are, until
 * the line is full.
 *
 * libcups reads both, but takes a read that came short for a whole one, and fills what is
 * missing (CUPS 2.4.2); and it takes memory as the header says. So here is a reader of
 * our own: what is cut off or runs over a line's end is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/image/codec.h"
#include "lib/image/spread.h"

#define STRIP	      8
#define SYNC_BYTES    4 /* "RaS2" */
#define PWG_HEADER    1796
#define URF_START     12 /* "UNIRAST", a zero, the number of pages */
#define URF_HEADER    32
#define PAGES_UNKNOWN UINT32_MAX /* also 0 */
#define FILL	      128	 /* in place of a count: white to the line's end */
#define PPI_MAX	      65535

struct raster {
	struct image_input *in;
	struct image_limits limits;
	struct spread spread;
	bool urf, paper_is_ones;
	unsigned unit;	  /* bytes of a pixel; 1 for pixels of a bit */
	size_t line_len;  /* bytes */
	uint8_t *line;	  /* as it came */
	uint8_t *samples; /* of 8 bits, or 16 in our byte order */
	uint32_t next;	  /* row */
	unsigned repeat;  /* times that `line` is still to be given */
	uint32_t page, pages;
};

/* What a page's header says, of both kinds. */
struct header {
	uint32_t width, height, ppi_x, ppi_y, bits, bits_pixel, line_len, order, space;
	int32_t cross, feed; /* -1: mirrored in that direction */
	uint32_t pages;
};

static uint32_t
be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
	       at[3];
}

static int
truncated(struct raster *r, struct error *err)
{
	if (image_input_check(r->in, err) != 0)
		return -1;
	return error_set(err, ERROR_INPUT, "page %u is truncated", r->page);
}

static int
read_exactly(struct raster *r, void *to, size_t len, struct error *err)
{
	return image_input_read(r->in, to, len) == len ? 0 : truncated(r, err);
}

/* --- headers --- */

/* cupsColorSpace of PWG 5102.4 4.3.2.? and the numbers of URF. RGB and grey that are the
 * device's own say nothing of their colours. */
static const struct space {
	int pwg, urf; /* -1: not there */
	enum image_space space;
	unsigned samples;
	enum image_hint hint;
	bool ink; /* 0 is paper */
} spaces[] = {
	{18, 0, IMAGE_GREY, 1, IMAGE_HINT_SRGB, false},
	{19, 1, IMAGE_RGB, 3, IMAGE_HINT_SRGB, false},
	{20, 3, IMAGE_RGB, 3, IMAGE_HINT_ADOBE_RGB, false},
	{3, -1, IMAGE_GREY, 1, IMAGE_HINT_NONE, true},
	{0, 4, IMAGE_GREY, 1, IMAGE_HINT_NONE, false},
	{1, 5, IMAGE_RGB, 3, IMAGE_HINT_NONE, false},
	{6, 6, IMAGE_CMYK, 4, IMAGE_HINT_NONE, true},
};

static const struct space *
find_space(const struct raster *r, uint32_t number)
{
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		int known = r->urf ? spaces[i].urf : spaces[i].pwg;

		if (known >= 0 && (uint32_t)known == number)
			return &spaces[i];
	}
	return NULL;
}

/* The fields' places are those of cups_page_header2_t, big-endian. */
static int
read_pwg(struct raster *r, struct header *h, struct error *err)
{
	uint8_t bytes[SYNC_BYTES + PWG_HEADER], *at = bytes + SYNC_BYTES;
	size_t sync = r->page > 1 ? 0 : SYNC_BYTES;

	if (read_exactly(r, at - sync, PWG_HEADER + sync, err) != 0)
		return -1;
	if (memcmp(at, "PwgRaster", 10) != 0)
		return error_set(err, ERROR_INPUT, "page %u has no PWG raster header",
				 r->page);
	h->ppi_x = be32(at + 276);
	h->ppi_y = be32(at + 280);
	h->width = be32(at + 372);
	h->height = be32(at + 376);
	h->bits = be32(at + 384);
	h->bits_pixel = be32(at + 388);
	h->line_len = be32(at + 392);
	h->order = be32(at + 396);
	h->space = be32(at + 400);
	h->pages = be32(at + 452);
	h->cross = (int32_t)be32(at + 456);
	h->feed = (int32_t)be32(at + 460);
	return 0;
}

static int
read_urf(struct raster *r, struct header *h, struct error *err)
{
	uint8_t start[URF_START], at[URF_HEADER];

	h->pages = r->pages;
	if (r->page == 1) {
		if (read_exactly(r, start, sizeof(start), err) != 0)
			return -1;
		h->pages = be32(start + 8);
	}
	if (read_exactly(r, at, sizeof(at), err) != 0)
		return -1;
	h->bits_pixel = at[0];
	h->space = at[1];
	h->width = be32(at + 12);
	h->height = be32(at + 16);
	h->ppi_x = h->ppi_y = be32(at + 20);
	return 0;
}

/* Mirrored pages are the back sides of sheets; the picture is turned back. */
static unsigned
orientation_of(const struct header *h)
{
	if (h->cross == -1)
		return h->feed == -1 ? 3 : 2;
	return h->feed == -1 ? 4 : 1;
}

static int
set_layout(struct image *image, struct raster *r, struct header *h,
	   const struct space *space, struct error *err)
{
	if (r->urf) {
		h->bits = h->bits_pixel / space->samples;
		h->line_len = (uint32_t)(((uint64_t)h->width * h->bits_pixel + 7) / 8);
	}
	if (h->order != 0 || (h->bits != 1 && h->bits != 8 && h->bits != 16) ||
	    (h->bits == 1 && space->samples != 1) ||
	    h->bits_pixel != h->bits * space->samples ||
	    h->line_len != ((uint64_t)h->width * h->bits_pixel + 7) / 8)
		return error_set(err, ERROR_INPUT,
				 "%u bits a pixel, %u a colour, lines of %u bytes for "
				 "%u pixels are not read",
				 h->bits_pixel, h->bits, h->line_len, h->width);
	r->unit = h->bits == 1 ? 1 : h->bits_pixel / 8;
	r->line_len = h->line_len;
	r->paper_is_ones = !space->ink;
	r->spread = (struct spread){.samples = space->samples,
				    .planes = space->samples,
				    .bits = h->bits == 16 ? 16 : 8,
				    .white_is_zero = space->ink};
	image->space = space->space;
	image->hint = space->hint;
	image->inverted = space->space == IMAGE_GREY && space->ink;
	image->orientation = orientation_of(h);
	return 0;
}

static int
take_memory(struct image *image, struct raster *r, struct error *err)
{
	size_t samples =
		(size_t)image->width * r->spread.samples * (r->spread.bits / 8);

	free(r->line);
	free(r->samples);
	r->line = malloc(r->line_len);
	r->samples = malloc(samples); /* at most 512 KiB, by the limit on sides */
	if (r->line == NULL || r->samples == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for a line");
	return 0;
}

static int
raster_header(struct image *image, struct raster *r, struct error *err)
{
	struct header h = {0};
	const struct space *space;

	r->page++;
	if ((r->urf ? read_urf : read_pwg)(r, &h, err) != 0 ||
	    image_check_size(h.width, h.height, &r->limits, err) != 0)
		return -1;
	space = find_space(r, h.space);
	if (space == NULL)
		return error_set(err, ERROR_INPUT, "colour space %u is not read",
				 h.space);
	if (r->page == 1)
		r->pages = h.pages == 0 ? PAGES_UNKNOWN : h.pages;
	image->width = h.width;
	image->height = h.height;
	image->ppi_x = h.ppi_x <= PPI_MAX ? h.ppi_x : 0;
	image->ppi_y = h.ppi_y <= PPI_MAX ? h.ppi_y : 0;
	if (set_layout(image, r, &h, space, err) != 0)
		return -1;
	image_set_planes(image, r->spread.planes, r->spread.bits, STRIP);
	r->next = 0;
	r->repeat = 0;
	return take_memory(image, r, err);
}

static int
raster_open(struct image *image, struct image_input *in,
	    const struct image_limits *limits, struct error *err)
{
	struct raster *r = calloc(1, sizeof(*r));

	INVARIANT(r != NULL);
	image->state = r;
	r->in = in;
	r->limits = *limits;
	r->urf = image->format == IMAGE_URF;
	return raster_header(image, r, err);
}

/* --- lines --- */

/* One run, or some pixels as they are, at r->line + at; how many bytes, 0 for a fault. */
static size_t
read_run(struct raster *r, size_t at, struct error *err)
{
	uint8_t code, *to = r->line + at;
	size_t left = r->line_len - at, len;

	if (read_exactly(r, &code, 1, err) != 0)
		return 0;
	if (code == FILL) {
		memset(to, r->paper_is_ones ? 0xff : 0, left);
		return left;
	}
	len = r->unit * (code > FILL ? 257u - code : code + 1u);
	if (len > left) {
		error_set(err, ERROR_INPUT, "row %u of page %u is damaged", r->next,
			  r->page);
		return 0;
	}
	if (read_exactly(r, to, code > FILL ? len : r->unit, err) != 0)
		return 0;
	if (code < FILL)
		for (size_t i = r->unit; i < len; i++)
			to[i] = to[i - r->unit];
	return len;
}

/* The line's samples, 8 bits each, or 16 in our byte order. */
static void
unpack(const struct image *image, struct raster *r)
{
	size_t n = (size_t)image->width * r->spread.samples;

	if (r->spread.bits == 16) {
		uint16_t *to = (uint16_t *)(void *)r->samples;

		for (size_t i = 0; i < n; i++)
			to[i] = (uint16_t)(r->line[2 * i] << 8 | r->line[2 * i + 1]);
	} else if (r->line_len == n) {
		memcpy(r->samples, r->line, n);
	} else {
		for (size_t i = 0; i < n; i++)
			r->samples[i] = r->line[i / 8] >> (7 - i % 8) & 1 ? 0xff : 0;
	}
}

static int
read_line(const struct image *image, struct raster *r, struct error *err)
{
	uint8_t times;

	if (read_exactly(r, &times, 1, err) != 0)
		return -1;
	r->repeat = times + 1u;
	if (r->repeat > image->height - r->next)
		return error_set(err, ERROR_INPUT,
				 "page %u has more rows than its height", r->page);
	for (size_t at = 0, len; at < r->line_len; at += len) {
		len = read_run(r, at, err);
		if (len == 0)
			return -1;
	}
	unpack(image, r);
	return 0;
}

static int
raster_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	    struct error *err)
{
	struct raster *r = image->state;
	uint8_t *to[IMAGE_PLANES_MAX];

	for (uint32_t i = 0; i < STRIP && r->next < image->height; i++) {
		if (r->repeat == 0 && read_line(image, r, err) != 0)
			return -1;
		for (unsigned c = 0; c < image->planes; c++)
			to[c] = rows[c][i];
		spread_row(&r->spread, r->samples, image->width, to);
		r->repeat--;
		r->next++;
	}
	return 0;
}

static int
raster_next(struct image *image, struct error *err)
{
	struct raster *r = image->state;
	const uint8_t *data;
	bool known = r->pages != PAGES_UNKNOWN;

	if (known && r->page >= r->pages)
		return 0;
	if (image_input_peek(r->in, 1, &data) > 0)
		return raster_header(image, r, err) == 0 ? 1 : -1;
	if (image_input_check(r->in, err) != 0)
		return -1;
	if (known)
		return error_set(err, ERROR_INPUT, "the file ends after page %u of %u",
				 r->page, r->pages);
	return 0;
}

static void
raster_close(struct image *image)
{
	struct raster *r = image->state;

	if (r == NULL)
		return;
	free(r->line);
	free(r->samples);
	free(r);
}

const struct image_codec image_raster_codec = {
	.open = raster_open,
	.read = raster_read,
	.next = raster_next,
	.close = raster_close,
};
