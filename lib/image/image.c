#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/image/exif.h"
#include "lib/image/codec.h"

const struct image_limits image_limits_default = {
	.pixels = 400u * 1000 * 1000,
	.bytes = 1u << 30,
	.memory = 768u << 20,
	.side = IMAGE_SIDE_MAX,
	.scans = 200,
};

#define SNIFF_BYTES 1024 /* "%PDF-" may stand anywhere in the first 1024 bytes */

static const struct {
	const char *magic;
	uint8_t len;
	uint8_t format;
} magics[] = {
	{"\xff\xd8\xff", 3, IMAGE_JPEG},
	{"\x89PNG\r\n\x1a\n", 8, IMAGE_PNG},
	{"II*\0", 4, IMAGE_TIFF},
	{"MM\0*", 4, IMAGE_TIFF},
	{"II+\0", 4, IMAGE_TIFF},
	{"MM\0+", 4, IMAGE_TIFF},
	{"RaS2PwgRaster", 14, IMAGE_PWG},
	{"UNIRAST", 8, IMAGE_URF},
	{"P5", 2, IMAGE_PNM},
	{"P6", 2, IMAGE_PNM},
	{"P7\n", 3, IMAGE_PNM},
};

static const struct {
	const char *name;
	const struct image_codec *codec;
} formats[] = {
	[IMAGE_UNKNOWN] = {"unknown", NULL},
	[IMAGE_JPEG] = {"JPEG", &image_jpeg_codec},
	[IMAGE_PNG] = {"PNG", &image_png_codec},
	[IMAGE_TIFF] = {"TIFF", &image_tiff_codec},
	[IMAGE_PNM] = {"PNM", &image_pnm_codec},
	[IMAGE_PWG] = {"PWG raster", &image_raster_codec},
	[IMAGE_URF] = {"URF", &image_raster_codec},
	[IMAGE_PDF] = {"PDF", NULL},
};

const char *
image_format_name(enum image_format format)
{
	return formats[format].name;
}

enum image_format
image_sniff(struct image_input *in)
{
	const uint8_t *data;
	size_t len = image_input_peek(in, SNIFF_BYTES, &data);

	if (len > SNIFF_BYTES)
		len = SNIFF_BYTES;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (len >= magics[i].len &&
		    memcmp(data, magics[i].magic, magics[i].len) == 0)
			return magics[i].format;
	if (len > 0 && memmem(data, len, "%PDF-", 5) != NULL)
		return IMAGE_PDF;
	return IMAGE_UNKNOWN;
}

static int
unknown(struct image_input *in, struct error *err)
{
	const uint8_t *data;

	if (image_input_check(in, err) != 0)
		return -1;
	if (image_input_peek(in, 1, &data) == 0)
		return error_set(err, ERROR_INPUT, "the document is empty");
	return error_set(
		err, ERROR_INPUT,
		"the document is no JPEG, PNG, TIFF, PWG raster, URF or PDF file");
}

int
image_open(struct image **image, struct image_input *in,
	   const struct image_limits *limits, struct error *err)
{
	enum image_format format = image_sniff(in);
	struct image *im;

	*image = NULL;
	if (formats[format].codec == NULL)
		return unknown(in, err);
	im = calloc(1, sizeof(*im));
	INVARIANT(im != NULL);
	im->format = format;
	im->orientation = 1;
	im->codec = formats[format].codec;
	if (im->codec->open(im, in, limits, err) != 0) {
		image_close(im);
		return error_prefix(err, "%s", image_format_name(format));
	}
	*image = im;
	return 0;
}

int
image_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	   struct error *err)
{
	if (image->codec->read(image, rows, err) != 0)
		return error_prefix(err, "%s", image_format_name(image->format));
	return 0;
}

int
image_next(struct image *image, struct error *err)
{
	int more;

	if (image->codec->next == NULL)
		return 0;
	free(image->profile);
	image->profile = NULL;
	image->profile_len = 0;
	image->hint = IMAGE_HINT_NONE;
	image->orientation = 1;
	more = image->codec->next(image, err);
	if (more < 0)
		error_prefix(err, "%s", image_format_name(image->format));
	return more;
}

void
image_close(struct image *image)
{
	if (image == NULL)
		return;
	image->codec->close(image);
	free(image->profile);
	free(image);
}

int
image_check_size(uint64_t width, uint64_t height, const struct image_limits *limits,
		 struct error *err)
{
	if (width == 0 || height == 0)
		return error_set(err, ERROR_INPUT, "the picture has no pixels");
	if (width > limits->side || height > limits->side)
		return error_set(err, ERROR_INPUT,
				 "%" PRIu64 " x %" PRIu64
				 " pixels: a side is longer than the limit of %" PRIu32,
				 width, height, limits->side);
	if (width * height > limits->pixels)
		return error_set(err, ERROR_INPUT,
				 "%" PRIu64 " x %" PRIu64
				 " pixels are more than the limit of %" PRIu64,
				 width, height, limits->pixels);
	return 0;
}

void
image_keep_profile(struct image *image, const void *data, size_t len)
{
	if (len < 128 || len > IMAGE_PROFILE_MAX || image->profile != NULL)
		return;
	image->profile = malloc(len);
	INVARIANT(image->profile != NULL);
	memcpy(image->profile, data, len);
	image->profile_len = len;
}

void
image_set_planes(struct image *image, unsigned planes, unsigned bits, uint32_t strip)
{
	image->planes = planes;
	image->bits = bits;
	for (unsigned p = 0; p < planes; p++)
		image->plane[p] = (struct image_plane){
			.width = image->width,
			.height = image->height,
			.stride = (size_t)image->width * (bits / 8),
			.strip = strip,
			.xstep = 1,
			.ystep = 1,
		};
}
