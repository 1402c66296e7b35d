/*
 * look_picture.c - every row of every picture in the file, by the codecs that the filters
 * use, into one strip that nobody looks at.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/image/image.h"
#include "spoold/preflight/checker.h"

#define PICTURE_PAGES_MAX 1000 /* of a TIFF; the rest is not looked at */

struct strip {
	uint8_t *data;
	uint8_t **rows[IMAGE_PLANES_MAX];
};

/* Every row of a plane is the same memory: what is in it does not matter. */
static int
strip_open(struct strip *s, const struct image *image)
{
	size_t widest = 0;
	uint32_t rows = 0;

	for (unsigned p = 0; p < image->planes; p++) {
		widest = image->plane[p].stride > widest ? image->plane[p].stride
							 : widest;
		rows += image->plane[p].strip;
	}
	if (widest == 0)
		return -1;
	s->data = malloc(widest);
	s->rows[0] = calloc(rows, sizeof(uint8_t *));
	if (s->data == NULL || s->rows[0] == NULL)
		return -1;
	for (uint32_t i = 0; i < rows; i++)
		s->rows[0][i] = s->data;
	for (unsigned p = 1; p < image->planes; p++)
		s->rows[p] = s->rows[p - 1] + image->plane[p - 1].strip;
	return 0;
}

static void
strip_close(struct strip *s)
{
	free(s->data);
	free(s->rows[0]);
	*s = (struct strip){0};
}

static int
read_all(struct image *image, struct error *err)
{
	struct strip s = {0};
	int rc = 0;

	if (strip_open(&s, image) != 0)
		rc = error_set(err, ERROR_LATER, "no memory for a strip");
	for (uint32_t y = 0; rc == 0 && y < image->plane[0].height;
	     y += image->plane[0].strip)
		rc = image_read(image, (uint8_t *const *const *)s.rows, err);
	strip_close(&s);
	return rc;
}

static void
note_page(const struct image *image, struct preflight_answer *answer)
{
	bool turned = image->orientation >= 5 && image->orientation <= 8;
	uint32_t ppi_x =
		image->ppi_x > 0 && image->ppi_x < 1e6 ? (uint32_t)image->ppi_x : 0;
	uint32_t ppi_y =
		image->ppi_y > 0 && image->ppi_y < 1e6 ? (uint32_t)image->ppi_y : 0;

	if (turned)
		checker_page(answer, image->height, image->width, ppi_y, ppi_x);
	else
		checker_page(answer, image->width, image->height, ppi_x, ppi_y);
}

static int
read_pages(struct image *image, struct preflight_answer *answer, struct error *err)
{
	int more = 1;

	while (more > 0 && answer->pages < PICTURE_PAGES_MAX) {
		note_page(image, answer);
		if (read_all(image, err) != 0)
			return -1;
		more = image_next(image, err);
	}
	return more < 0 ? -1 : 0;
}

/* What went wrong, as a verdict. A codec's own limits of memory are larger than ours. */
static enum preflight_verdict
judge(const struct image_input *in, const struct error *err)
{
	if (in->over || err->kind != ERROR_INPUT)
		return PREFLIGHT_UNCHECKED;
	return strstr(err->text, "truncated") != NULL ? PREFLIGHT_CUT_OFF
						      : PREFLIGHT_DAMAGED;
}

void
look_picture(int fd, const struct preflight_ask *ask, struct preflight_answer *answer)
{
	struct image_limits limits = image_limits_default;
	struct image_input in;
	struct image *image = NULL;
	struct error err = {0};

	limits.pixels = ask->pixels_max;
	limits.bytes = ask->bytes_max;
	if (limits.memory > ask->memory_max)
		limits.memory = ask->memory_max;
	image_input_init(&in, fd, ask->bytes_max);
	if (image_open(&image, &in, &limits, &err) != 0 ||
	    read_pages(image, answer, &err) != 0)
		checker_say(answer, judge(&in, &err), err.text);
	image_close(image);
	image_input_clear(&in);
}
