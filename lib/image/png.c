/*
 * PNG through libpng. Palettes and small depths are expanded by the library; opacity is
 * laid on white here, in the picture's own encoding, as browsers do.
 *
 * What a file says of its colours, by the PNG specification (third edition, 4.3): cICP
 * before iCCP before sRGB before gAMA with cHRM. This libpng does not know cICP, so it
 * is read as an unknown chunk; HDR transfer functions in it are left aside.
 */
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/image/codec.h"
#include "lib/image/exif.h"
#include "lib/image/spread.h"

#define STRIP	   8	      /* rows a read: fewer calls, still little memory */
#define CHUNKS_MAX 1000	      /* ancillary chunks kept */
#define DOTS_PER_M 39.3700787 /* pixels per metre in one per inch */

struct png {
	png_structp lib;
	png_infop info;
	struct image_input *in;
	struct spread spread;
	uint8_t *rows; /* interlaced: the whole picture; else one row */
	size_t row_bytes;
	uint32_t next; /* row */
	bool interlaced;
	struct error *err;
};

static void
fail(png_structp lib, const char *text)
{
	struct png *p = png_get_error_ptr(lib);

	if (image_input_check(p->in, p->err) == 0)
		error_set(p->err, ERROR_INPUT, "%s", text);
	png_longjmp(lib, 1);
}

static void
warn(png_structp lib, const char *text)
{
	(void)lib;
	(void)text;
}

static void
take(png_structp lib, png_bytep to, size_t len)
{
	struct png *p = png_get_io_ptr(lib);

	if (image_input_read(p->in, to, len) != len)
		png_error(lib, "the file is truncated");
}

/* --- what the file says of its colours --- */

/* Chromaticities by ITU-T H.273 table 2; those that pictures have. */
static bool
cicp_primaries(unsigned code, struct image_calibration *c)
{
	static const struct {
		unsigned code;
		double white[2], red[2], green[2], blue[2];
	} known[] = {
		{1, {.3127, .3290}, {.640, .330}, {.300, .600}, {.150, .060}},
		{9, {.3127, .3290}, {.708, .292}, {.170, .797}, {.131, .046}},
		{12, {.3127, .3290}, {.680, .320}, {.265, .690}, {.150, .060}},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].code != code)
			continue;
		memcpy(c->white, known[i].white, sizeof(c->white));
		memcpy(c->red, known[i].red, sizeof(c->red));
		memcpy(c->green, known[i].green, sizeof(c->green));
		memcpy(c->blue, known[i].blue, sizeof(c->blue));
		return true;
	}
	return false;
}

static bool
cicp_transfer(unsigned code, struct image_calibration *c)
{
	switch (code) {
	case 4:
		c->gamma = 2.2;
		return true;
	case 5:
		c->gamma = 2.8;
		return true;
	case 8:
		c->gamma = 1;
		return true;
	case 13:
		c->gamma = IMAGE_GAMMA_SRGB;
		return true;
	default:
		return false;
	}
}

static bool
read_cicp(struct image *image, struct png *p)
{
	png_unknown_chunkp chunks = NULL;
	int count = png_get_unknown_chunks(p->lib, p->info, &chunks);

	for (int i = 0; i < count; i++) {
		const uint8_t *d = chunks[i].data;

		if (memcmp(chunks[i].name, "cICP", 4) != 0 || chunks[i].size != 4)
			continue;
		if (d[2] != 0 || d[3] != 1 ||
		    !cicp_primaries(d[0], &image->calibration) ||
		    !cicp_transfer(d[1], &image->calibration))
			return false;
		image->hint = d[0] == 1 && d[1] == 13 ? IMAGE_HINT_SRGB
						      : IMAGE_HINT_CALIBRATED;
		return true;
	}
	return false;
}

static void
read_calibration(struct image *image, struct png *p)
{
	struct image_calibration *c = &image->calibration;
	double gamma;

	if (!png_get_gAMA(p->lib, p->info, &gamma) || gamma <= 0)
		return;
	cicp_primaries(1, c); /* sRGB's, unless cHRM says otherwise */
	png_get_cHRM(p->lib, p->info, &c->white[0], &c->white[1], &c->red[0],
		     &c->red[1], &c->green[0], &c->green[1], &c->blue[0], &c->blue[1]);
	c->gamma = 1 / gamma;
	image->hint = IMAGE_HINT_CALIBRATED;
}

static void
read_colour(struct image *image, struct png *p)
{
	png_charp name;
	png_bytep profile;
	png_uint_32 len;
	int how, intent;

	if (read_cicp(image, p))
		return;
	if (png_get_iCCP(p->lib, p->info, &name, &how, &profile, &len) != 0)
		image_keep_profile(image, profile, len);
	else if (png_get_sRGB(p->lib, p->info, &intent) != 0)
		image->hint = IMAGE_HINT_SRGB;
	else
		read_calibration(image, p);
}

static void
read_metadata(struct image *image, struct png *p)
{
	png_uint_32 x, y, exif_len;
	png_bytep exif_data;
	struct exif exif;
	int unit;

	if (png_get_pHYs(p->lib, p->info, &x, &y, &unit) != 0 &&
	    unit == PNG_RESOLUTION_METER) {
		image->ppi_x = x / DOTS_PER_M;
		image->ppi_y = y / DOTS_PER_M;
	}
	read_colour(image, p);
	if (png_get_eXIf_1(p->lib, p->info, &exif_len, &exif_data) != 0) {
		exif_read(&exif, exif_data, exif_len);
		exif.hint = IMAGE_HINT_NONE; /* the PNG's own chunks say */
		exif_apply(&exif, image);
	}
}

/* --- rows --- */

static void
create(struct png *p, const struct image_limits *limits)
{
	static const png_byte cicp[5] = "cICP";

	p->info = png_create_info_struct(p->lib);
	INVARIANT(p->info != NULL);
	png_set_read_fn(p->lib, p, take);
	png_set_user_limits(p->lib, limits->side, limits->side);
	png_set_chunk_cache_max(p->lib, CHUNKS_MAX);
	png_set_chunk_malloc_max(p->lib, IMAGE_PROFILE_MAX);
	png_set_keep_unknown_chunks(p->lib, PNG_HANDLE_CHUNK_ALWAYS, cicp, 1);
}

static void
set_shape(struct image *image, struct png *p)
{
	int type = png_get_color_type(p->lib, p->info);
	bool alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 ||
		     png_get_valid(p->lib, p->info, PNG_INFO_tRNS) != 0;
	bool colour = (type & PNG_COLOR_MASK_COLOR) != 0;

	png_set_expand(p->lib); /* palette, small depths, tRNS */
	if (png_get_bit_depth(p->lib, p->info) == 16 &&
	    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		png_set_swap(p->lib);
	image->space = colour ? IMAGE_RGB : IMAGE_GREY;
	p->spread.planes = colour ? 3 : 1;
	p->spread.alpha = alpha ? p->spread.planes : 0;
	p->spread.samples = p->spread.planes + alpha;
	p->spread.bits = png_get_bit_depth(p->lib, p->info) == 16 ? 16 : 8;
}

static int
take_memory(struct image *image, struct png *p, const struct image_limits *limits,
	    struct error *err)
{
	size_t rows = p->interlaced ? image->height : 1;

	p->row_bytes = png_get_rowbytes(p->lib, p->info);
	if (p->row_bytes * rows > limits->memory)
		return error_set(err, ERROR_INPUT,
				 "an interlaced picture of this size needs more than "
				 "the limit of %ju bytes",
				 (uintmax_t)limits->memory);
	p->rows = malloc(p->row_bytes * rows);
	if (p->rows == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for the picture");
	return 0;
}

static int
png_start(struct image *image, struct png *p, const struct image_limits *limits,
	  struct error *err)
{
	if (setjmp(png_jmpbuf(p->lib)) != 0)
		return -1;
	create(p, limits);
	png_read_info(p->lib, p->info);
	image->width = png_get_image_width(p->lib, p->info);
	image->height = png_get_image_height(p->lib, p->info);
	if (image_check_size(image->width, image->height, limits, err) != 0)
		return -1;
	read_metadata(image, p);
	set_shape(image, p);
	p->interlaced = png_set_interlace_handling(p->lib) > 1;
	image->whole = p->interlaced;
	png_read_update_info(p->lib, p->info);
	image_set_planes(image, p->spread.planes, p->spread.bits, STRIP);
	return take_memory(image, p, limits, err);
}

static int
png_open(struct image *image, struct image_input *in, const struct image_limits *limits,
	 struct error *err)
{
	struct png *p = calloc(1, sizeof(*p));

	INVARIANT(p != NULL);
	image->state = p;
	p->in = in;
	p->err = err;
	p->lib = png_create_read_struct(PNG_LIBPNG_VER_STRING, p, fail, warn);
	INVARIANT(p->lib != NULL);
	return png_start(image, p, limits, err);
}

/* Interlaced: each of seven passes refines all rows. */
static void
read_whole(struct image *image, struct png *p)
{
	for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
		for (uint32_t y = 0; y < image->height; y++)
			png_read_row(p->lib, p->rows + p->row_bytes * y, NULL);
}

static int
png_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	 struct error *err)
{
	struct png *p = image->state;
	uint8_t *to[IMAGE_PLANES_MAX];

	p->err = err;
	if (setjmp(png_jmpbuf(p->lib)) != 0)
		return -1;
	if (p->interlaced && p->next == 0)
		read_whole(image, p);
	for (uint32_t i = 0; i < STRIP && p->next < image->height; i++, p->next++) {
		const uint8_t *row = p->rows;

		if (p->interlaced)
			row += p->row_bytes * p->next;
		else
			png_read_row(p->lib, p->rows, NULL);
		for (unsigned c = 0; c < image->planes; c++)
			to[c] = rows[c][i];
		spread_row(&p->spread, row, image->width, to);
	}
	return 0;
}

static void
png_close(struct image *image)
{
	struct png *p = image->state;

	if (p == NULL)
		return;
	png_destroy_read_struct(&p->lib, &p->info, NULL);
	free(p->rows);
	free(p);
}

const struct image_codec image_png_codec = {
	.open = png_open,
	.read = png_read,
	.close = png_close,
};
