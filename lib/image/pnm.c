/*
 * PNM: what Ghostscript hands us, page after page: P5 (grey), P6 (RGB), P7 with four
 * inks. Only 8-bit samples, and only headers that a program writes (Netpbm's manual:
 * pgm(5), ppm(5), pam(5)).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#include "lib/image/codec.h"
#include "lib/image/spread.h"

#define STRIP	  8
#define TOKEN_MAX 80 /* bytes of a header's word, or of a comment between words */
#define WORDS_MAX 40 /* words of a header */

struct pnm {
	struct image_input *in;
	struct image_limits limits;
	struct spread spread;
	uint8_t *row;
	uint32_t next;
};

static int
truncated(struct pnm *p, struct error *err)
{
	if (image_input_check(p->in, err) != 0)
		return -1;
	return error_set(err, ERROR_INPUT, "the page is truncated");
}

static int
read_byte(struct pnm *p)
{
	uint8_t byte;

	return image_input_read(p->in, &byte, 1) == 1 ? byte : -1;
}

static bool
is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word; what ends it is taken too. */
static int
read_word(struct pnm *p, char word[TOKEN_MAX], struct error *err)
{
	size_t len = 0;
	int c;

	do {
		c = read_byte(p);
		while (c == '#')
			while (c >= 0 && c != '\n')
				c = read_byte(p);
	} while (is_space(c));
	while (c >= 0 && !is_space(c) && len < TOKEN_MAX - 1) {
		word[len++] = (char)c;
		c = read_byte(p);
	}
	word[len] = '\0';
	if (c < 0 || len == 0 || len == TOKEN_MAX - 1)
		return truncated(p, err);
	return 0;
}

static int
read_number(struct pnm *p, int64_t most, int64_t *number, struct error *err)
{
	char word[TOKEN_MAX];

	if (read_word(p, word, err) != 0)
		return -1;
	if (text_number(word, 1, most, number) != 0)
		return error_set(err, ERROR_INPUT, "'%s' is no number in a header",
				 word);
	return 0;
}

struct header {
	int64_t width, height, depth, most;
};

static int
read_plain(struct pnm *p, struct header *h, struct error *err)
{
	if (read_number(p, UINT32_MAX, &h->width, err) != 0 ||
	    read_number(p, UINT32_MAX, &h->height, err) != 0 ||
	    read_number(p, 65535, &h->most, err) != 0)
		return -1;
	return 0;
}

static int
read_pam(struct pnm *p, struct header *h, struct error *err)
{
	char word[TOKEN_MAX];

	for (int i = 0; i < WORDS_MAX; i++) {
		int64_t *number = NULL;

		if (read_word(p, word, err) != 0)
			return -1;
		if (strcmp(word, "ENDHDR") == 0)
			return 0;
		if (strcmp(word, "WIDTH") == 0)
			number = &h->width;
		else if (strcmp(word, "HEIGHT") == 0)
			number = &h->height;
		else if (strcmp(word, "DEPTH") == 0)
			number = &h->depth;
		else if (strcmp(word, "MAXVAL") == 0)
			number = &h->most;
		if (number != NULL && read_number(p, UINT32_MAX, number, err) != 0)
			return -1;
	}
	return error_set(err, ERROR_INPUT, "a header without end");
}

static int
set_space(struct image *image, const struct header *h, struct error *err)
{
	if (h->most != 255)
		return error_set(err, ERROR_INPUT, "samples are not of 8 bits");
	switch (h->depth) {
	case 1:
		image->space = IMAGE_GREY;
		return 0;
	case 3:
		image->space = IMAGE_RGB;
		return 0;
	case 4:
		image->space = IMAGE_CMYK;
		return 0;
	default:
		return error_set(err, ERROR_INPUT, "%jd samples a pixel",
				 (intmax_t)h->depth);
	}
}

static int
pnm_header(struct image *image, struct pnm *p, struct error *err)
{
	struct header h = {0};
	char magic[TOKEN_MAX];
	int result;

	if (read_word(p, magic, err) != 0)
		return -1;
	h.depth = strcmp(magic, "P5") == 0 ? 1 : 3;
	if (strcmp(magic, "P7") == 0)
		result = read_pam(p, &h, err);
	else if (strcmp(magic, "P5") == 0 || strcmp(magic, "P6") == 0)
		result = read_plain(p, &h, err);
	else
		result = error_set(err, ERROR_INPUT, "no page follows");
	if (result != 0 || set_space(image, &h, err) != 0 ||
	    image_check_size((uint64_t)h.width, (uint64_t)h.height, &p->limits, err) !=
		    0)
		return -1;
	image->width = (uint32_t)h.width;
	image->height = (uint32_t)h.height;
	p->spread = (struct spread){
		.samples = (unsigned)h.depth, .planes = (unsigned)h.depth, .bits = 8};
	image_set_planes(image, p->spread.planes, 8, STRIP);
	p->next = 0;
	free(p->row);
	p->row = malloc((size_t)image->width * p->spread.samples);
	INVARIANT(p->row != NULL); /* at most 256 KiB */
	return 0;
}

static int
pnm_open(struct image *image, struct image_input *in, const struct image_limits *limits,
	 struct error *err)
{
	struct pnm *p = calloc(1, sizeof(*p));

	INVARIANT(p != NULL);
	image->state = p;
	p->in = in;
	p->limits = *limits;
	return pnm_header(image, p, err);
}

static int
pnm_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	 struct error *err)
{
	struct pnm *p = image->state;
	size_t len = (size_t)image->width * p->spread.samples;
	uint8_t *to[IMAGE_PLANES_MAX];

	for (uint32_t i = 0; i < STRIP && p->next < image->height; i++, p->next++) {
		if (image_input_read(p->in, p->row, len) != len)
			return truncated(p, err);
		for (unsigned c = 0; c < image->planes; c++)
			to[c] = rows[c][i];
		spread_row(&p->spread, p->row, image->width, to);
	}
	return 0;
}

static int
pnm_next(struct image *image, struct error *err)
{
	struct pnm *p = image->state;
	const uint8_t *data;

	if (image_input_peek(p->in, 1, &data) == 0)
		return image_input_check(p->in, err);
	return pnm_header(image, p, err) == 0 ? 1 : -1;
}

static void
pnm_close(struct image *image)
{
	struct pnm *p = image->state;

	if (p == NULL)
		return;
	free(p->row);
	free(p);
}

const struct image_codec image_pnm_codec = {
	.open = pnm_open,
	.read = pnm_read,
	.next = pnm_next,
	.close = pnm_close,
};
