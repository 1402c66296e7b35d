/*
 * TIFF through libtiff, row by row where the layout allows.
 *
 * What a reader could not guess:
 * - TIFF seeks, so input from a pipe is gathered in memory first (input.h).
 * - Strips of chunky samples are read by lines. Tiles, and planes that lie apart, are
 *   read by blocks, since reading them by lines would decode each block again and
 * again.
 * - What libtiff can only turn into RGBA itself (uncompressed YCbCr, LogLuv, old JPEG)
 *   is read that way, whole.
 * - libtiff calls some damage a warning (fax data that ends early); it is a fault here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#include "lib/image/codec.h"
#include "lib/image/spread.h"

#define STRIP		8 /* rows a read */
#define SAMPLES_MAX	8 /* a pixel: colours and what lies beside them */
#define BLOCK_MAX	(256u << 20)
#define DIRECTORIES_MAX 1000
#define CM_PER_INCH	2.54

struct tiff {
	TIFF *lib;
	int fd;
	uint64_t size, at; /* of the file; read position */
	struct image_limits limits;
	struct error *err;
	bool failed; /* libtiff complained since the last call */
	unsigned directories;

	uint16_t bits, samples, photometric, extra;
	bool apart, tiled, palette, rgba;
	struct spread spread;
	uint16_t *colours[3]; /* of a palette; libtiff's */

	uint8_t *block; /* rows [first, first + held), all planes */
	uint32_t first, held, block_rows;
	size_t row_bytes; /* of a row (of one plane, where they lie apart) */
	size_t plane_bytes;
	uint8_t *chunky; /* a row of 8 or 16 bits, samples side by side */
	uint32_t next;	 /* row */
};

/* --- libtiff's way to the bytes --- */

static tmsize_t
do_read(thandle_t handle, void *to, tmsize_t len)
{
	struct tiff *t = handle;
	ssize_t n = pread(t->fd, to, (size_t)len, (off_t)t->at);

	if (n > 0)
		t->at += (uint64_t)n;
	return n;
}

static tmsize_t
do_write(thandle_t handle, void *from, tmsize_t len)
{
	(void)handle;
	(void)from;
	(void)len;
	return -1;
}

static toff_t
do_seek(thandle_t handle, toff_t offset, int whence)
{
	struct tiff *t = handle;

	if (whence == SEEK_CUR)
		offset += t->at;
	else if (whence == SEEK_END)
		offset += t->size;
	t->at = offset;
	return offset;
}

static int
do_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t
do_size(thandle_t handle)
{
	return ((struct tiff *)handle)->size;
}

static int
complain(struct tiff *t, const char *fmt, va_list ap)
{
	char text[256];

	if (!t->failed) {
		vsnprintf(text, sizeof(text), fmt, ap);
		error_set(t->err, ERROR_INPUT, "%s", text);
	}
	t->failed = true;
	return 1; /* said: nothing on standard error */
}

static int
on_error(TIFF *lib, void *user, const char *module, const char *fmt, va_list ap)
{
	(void)lib;
	(void)module;
	return complain(user, fmt, ap);
}

static int
on_warning(TIFF *lib, void *user, const char *module, const char *fmt, va_list ap)
{
	(void)lib;
	if (strncmp(fmt, "Premature EO", 12) == 0 || strncmp(module, "JPEGLib", 7) == 0)
		return complain(user, fmt, ap);
	return 1;
}

static int
open_lib(struct tiff *t, struct error *err)
{
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();

	INVARIANT(options != NULL);
	TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)t->limits.memory);
	TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, t);
	TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, t);
	t->lib = TIFFClientOpenExt("picture", "rm", t, do_read, do_write, do_seek,
				   do_close, do_size, NULL, NULL, options);
	TIFFOpenOptionsFree(options);
	if (t->lib == NULL && !t->failed)
		return error_set(err, ERROR_INPUT, "the file is damaged");
	return t->lib == NULL ? -1 : 0;
}

/* --- what the directory says --- */

static unsigned
get16(struct tiff *t, uint32_t tag, unsigned otherwise)
{
	uint16_t v;

	return TIFFGetFieldDefaulted(t->lib, tag, &v) ? v : otherwise;
}

static void
read_resolution(struct image *image, struct tiff *t)
{
	float x, y;
	double unit;

	if (!TIFFGetField(t->lib, TIFFTAG_XRESOLUTION, &x) ||
	    !TIFFGetField(t->lib, TIFFTAG_YRESOLUTION, &y) || !(x > 0) || !(y > 0))
		return;
	switch (get16(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH)) {
	case RESUNIT_INCH:
		unit = 1;
		break;
	case RESUNIT_CENTIMETER:
		unit = CM_PER_INCH;
		break;
	default:
		return;
	}
	image->ppi_x = (double)x * unit;
	image->ppi_y = (double)y * unit;
}

static void
read_metadata(struct image *image, struct tiff *t)
{
	uint32_t len;
	void *profile;
	unsigned orientation = get16(t, TIFFTAG_ORIENTATION, 1);

	image->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
	image->ppi_x = image->ppi_y = 0;
	read_resolution(image, t);
	if (TIFFGetField(t->lib, TIFFTAG_ICCPROFILE, &len, &profile))
		image_keep_profile(image, profile, len);
}

/* Opacity: the first extra sample that says it is. */
static void
find_alpha(struct tiff *t, unsigned planes)
{
	uint16_t count = 0, *kinds = NULL;

	t->spread.alpha = 0;
	TIFFGetFieldDefaulted(t->lib, TIFFTAG_EXTRASAMPLES, &count, &kinds);
	for (unsigned i = 0; i < count && planes + i < t->samples; i++) {
		if (kinds[i] == EXTRASAMPLE_UNSPECIFIED)
			continue;
		t->spread.alpha = planes + i;
		t->spread.premultiplied = kinds[i] == EXTRASAMPLE_ASSOCALPHA;
		return;
	}
}

static int
set_space(struct image *image, struct tiff *t, struct error *err)
{
	unsigned planes;

	image->inverted = false;
	switch (t->photometric) {
	case PHOTOMETRIC_MINISWHITE:
		image->inverted = true;
		/* fall through */
	case PHOTOMETRIC_MINISBLACK:
		image->space = IMAGE_GREY;
		planes = 1;
		break;
	case PHOTOMETRIC_RGB:
		image->space = IMAGE_RGB;
		planes = 3;
		break;
	case PHOTOMETRIC_PALETTE:
		image->space = IMAGE_RGB;
		t->palette = true;
		planes = 1;
		break;
	case PHOTOMETRIC_SEPARATED:
		if (get16(t, TIFFTAG_INKSET, INKSET_CMYK) != INKSET_CMYK)
			return error_set(
				err, ERROR_INPUT,
				"its inks are not cyan, magenta, yellow, black");
		image->space = IMAGE_CMYK;
		planes = 4;
		break;
	case PHOTOMETRIC_CIELAB:
	case PHOTOMETRIC_ICCLAB:
		image->space = IMAGE_LAB;
		planes = 3;
		break;
	default:
		image->space = IMAGE_RGB;
		t->rgba = true;
		planes = 3;
		break;
	}
	if (!t->rgba && t->samples < planes)
		return error_set(err, ERROR_INPUT, "%u samples a pixel are too few",
				 t->samples);
	find_alpha(t, planes);
	t->spread.planes = planes;
	t->spread.white_is_zero = image->inverted || image->space == IMAGE_CMYK;
	return 0;
}

static int
check_samples(struct tiff *t, struct error *err)
{
	unsigned format = get16(t, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);

	if (t->rgba)
		return 0;
	if (t->bits == 0 || t->bits > 16)
		return error_set(err, ERROR_INPUT, "%u bits a sample; 1 to 16 are read",
				 t->bits);
	if (t->samples > SAMPLES_MAX)
		return error_set(err, ERROR_INPUT,
				 "%u samples a pixel; at most %d are read", t->samples,
				 SAMPLES_MAX);
	if (format == SAMPLEFORMAT_IEEEFP)
		return error_set(err, ERROR_INPUT,
				 "floating-point samples are not read");
	if (t->palette &&
	    (t->bits > 8 || !TIFFGetField(t->lib, TIFFTAG_COLORMAP, &t->colours[0],
					  &t->colours[1], &t->colours[2])))
		return error_set(err, ERROR_INPUT, "it has no usable palette");
	return 0;
}

/* --- rows --- */

static int
whole_rgba(struct image *image, struct tiff *t, struct error *err)
{
	uint64_t bytes = (uint64_t)image->width * image->height * 4;
	TIFFRGBAImage rgba;
	char why[1024] = "";
	int done;

	if (bytes > t->limits.memory)
		return error_set(err, ERROR_INPUT,
				 "a picture of this kind and size needs more than the "
				 "limit of %" PRIu64 " bytes",
				 t->limits.memory);
	if (!TIFFRGBAImageOK(t->lib, why) || !TIFFRGBAImageBegin(&rgba, t->lib, 1, why))
		return error_set(err, ERROR_INPUT, "%s", why);
	t->block = malloc(bytes);
	INVARIANT(t->block != NULL);
	rgba.req_orientation = rgba.orientation; /* rows as they are stored */
	done = TIFFRGBAImageGet(&rgba, (uint32_t *)(void *)t->block, image->width,
				image->height);
	TIFFRGBAImageEnd(&rgba);
	t->row_bytes = (size_t)image->width * 4;
	t->held = t->block_rows = image->height;
	t->samples = 4;
	t->bits = 8;
	t->apart = false;
	t->spread.alpha =
		0; /* libtiff has laid it on white already, or there is none */
	image->whole = true;
	if (!done && !t->failed)
		error_set(err, ERROR_INPUT, "the picture is damaged");
	return done && !t->failed ? 0 : -1;
}

static int
plan_blocks(struct image *image, struct tiff *t, struct error *err)
{
	unsigned planes = t->apart ? t->samples : 1;
	uint32_t rows = 1;

	t->tiled = TIFFIsTiled(t->lib) != 0;
	if (t->tiled)
		TIFFGetField(t->lib, TIFFTAG_TILELENGTH, &rows);
	else if (t->apart)
		TIFFGetFieldDefaulted(t->lib, TIFFTAG_ROWSPERSTRIP, &rows);
	t->block_rows = rows < image->height ? rows : image->height;
	t->row_bytes = (size_t)TIFFScanlineSize64(t->lib);
	if (t->block_rows == 0 || t->row_bytes == 0)
		return error_set(err, ERROR_INPUT, "its layout makes no sense");
	if ((uint64_t)t->row_bytes * t->block_rows * planes > BLOCK_MAX)
		return error_set(err, ERROR_INPUT,
				 "its blocks of %u rows need more than the limit of %u "
				 "bytes",
				 t->block_rows, BLOCK_MAX);
	t->plane_bytes = t->row_bytes * t->block_rows;
	t->block = malloc(t->plane_bytes * planes);
	if (t->block == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for %u rows",
				 t->block_rows);
	return 0;
}

/* A row of tiles, of one plane: each tile's rows to their place in the block's. */
static int
read_tiles(struct image *image, struct tiff *t, uint32_t y, uint16_t plane)
{
	size_t tile_row = (size_t)TIFFTileRowSize64(t->lib);
	tmsize_t tile_bytes = TIFFTileSize(t->lib);
	uint8_t *tile = tile_bytes > 0 ? malloc((size_t)tile_bytes) : NULL;
	uint8_t *to = t->block + t->plane_bytes * plane;
	uint32_t width = 0;
	int result = tile != NULL ? 0 : -1;

	TIFFGetField(t->lib, TIFFTAG_TILEWIDTH, &width);
	if (width == 0)
		result = -1;
	for (uint32_t x = 0; result == 0 && x < image->width; x += width) {
		size_t at = (size_t)(x / width) * tile_row, n = tile_row;

		if (at >= t->row_bytes)
			break;
		if (n > t->row_bytes - at)
			n = t->row_bytes - at;
		if (TIFFReadTile(t->lib, tile, x, y, 0, plane) < 0)
			result = -1;
		for (uint32_t i = 0; result == 0 && i < t->block_rows; i++)
			memcpy(to + t->row_bytes * i + at, tile + tile_row * i, n);
	}
	free(tile);
	return result;
}

static int
read_block(struct image *image, struct tiff *t, uint32_t y)
{
	unsigned planes = t->apart ? t->samples : 1;
	int result = 0;

	t->first = y / t->block_rows * t->block_rows;
	t->held = image->height - t->first < t->block_rows ? image->height - t->first
							   : t->block_rows;
	for (uint16_t p = 0; result == 0 && p < planes; p++) {
		if (t->tiled)
			result = read_tiles(image, t, t->first, p);
		else if (!t->apart)
			result = TIFFReadScanline(t->lib, t->block, y, 0) < 0 ? -1 : 0;
		else if (TIFFReadEncodedStrip(t->lib,
					      TIFFComputeStrip(t->lib, t->first, p),
					      t->block + t->plane_bytes * p,
					      (tmsize_t)(t->row_bytes * t->held)) <
			 (tmsize_t)(t->row_bytes * t->held))
			result = -1;
	}
	return result;
}

/* Row y, samples side by side, of spread.bits. */
static void
make_chunky(struct tiff *t, const uint8_t *row, size_t width)
{
	unsigned planes = t->apart ? t->samples : 1, across = t->apart ? 1 : t->samples;
	uint16_t *wide = (uint16_t *)(void *)t->chunky;

	for (unsigned p = 0; p < planes; p++, row += t->plane_bytes) {
		if (t->bits == t->spread.bits && !t->apart) {
			memcpy(t->chunky, row, t->row_bytes);
		} else if (t->bits == 8 && t->spread.bits == 8) {
			for (size_t i = 0; i < width; i++)
				t->chunky[i * t->samples + p] = row[i];
		} else if (t->bits == 16) {
			for (size_t i = 0; i < width; i++)
				memcpy(&wide[i * t->samples + p], row + 2 * i, 2);
		} else {
			for (unsigned s = 0; s < across; s++)
				spread_bits(row, t->bits, s, across, width, !t->palette,
					    t->samples, wide + p + s);
		}
	}
}

static void
look_up(struct tiff *t, size_t width, uint8_t *const *to)
{
	const uint16_t *index = (const uint16_t *)(const void *)t->chunky;
	uint16_t mask = (uint16_t)((1u << t->bits) - 1);

	INVARIANT(to[0] != NULL && to[1] != NULL && to[2] != NULL);
	for (unsigned c = 0; c < 3; c++)
		for (size_t i = 0; i < width; i++)
			((uint16_t *)(void *)to[c])[i] =
				t->colours[c][index[i * t->samples] & mask];
}

/* To ICC's 16-bit Lab (v4). CIELab: a and b signed (TIFF 6.0 section 23); ICCLab: as
 * ICC v2 has it, offset, L = 100 at 0xff00 (TIFF technical note 4). 8-bit samples have
 * been widened to 16. */
static void
settle_lab(const struct tiff *t, size_t width, uint8_t *const *to)
{
	bool icc = t->photometric == PHOTOMETRIC_ICCLAB;

	for (unsigned c = 0; c < 3; c++) {
		uint16_t *row = (uint16_t *)(void *)to[c];
		uint16_t sign = icc || c == 0 ? 0 : t->bits == 8 ? 0x8080 : 0x8000;
		bool stretch = t->bits == 16 && (icc || c > 0); /* 0xff00 to 0xffff */

		for (size_t i = 0; i < width; i++) {
			uint32_t v = row[i] ^ sign;

			if (stretch)
				v = (v * 257 + 128) >> 8;
			row[i] = (uint16_t)(v > 65535 ? 65535 : v);
		}
	}
}

static int
make_row(struct image *image, struct tiff *t, uint32_t y, uint8_t *const *to)
{
	const uint8_t *row;

	if (y < t->first || y >= t->first + t->held)
		if (read_block(image, t, y) != 0)
			return -1;
	row = t->block + t->row_bytes * (y - t->first);
	make_chunky(t, row, image->width);
	if (t->palette)
		look_up(t, image->width, to);
	else
		spread_row(&t->spread, t->chunky, image->width, to);
	if (image->space == IMAGE_LAB)
		settle_lab(t, image->width, to);
	return 0;
}

/* --- the codec --- */

static int
take_row_memory(struct image *image, struct tiff *t, struct error *err)
{
	size_t need = (size_t)image->width * t->samples * (t->spread.bits / 8);

	if (need < t->row_bytes && t->bits == t->spread.bits)
		need = t->row_bytes;
	t->chunky = malloc(need);
	if (t->chunky == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for a row");
	return 0;
}

/* The directory that libtiff stands on. */
static int
begin(struct image *image, struct tiff *t, struct error *err)
{
	uint32_t width = 0, height = 0;

	TIFFGetField(t->lib, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(t->lib, TIFFTAG_IMAGELENGTH, &height);
	if (image_check_size(width, height, &t->limits, err) != 0)
		return -1;
	image->width = width;
	image->height = height;
	image->whole = t->palette = t->rgba = false;
	t->bits = (uint16_t)get16(t, TIFFTAG_BITSPERSAMPLE, 1);
	t->samples = (uint16_t)get16(t, TIFFTAG_SAMPLESPERPIXEL, 1);
	t->photometric =
		(uint16_t)get16(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
	t->apart =
		t->samples > 1 && get16(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) ==
					  PLANARCONFIG_SEPARATE;
	if (t->photometric == PHOTOMETRIC_YCBCR &&
	    get16(t, TIFFTAG_COMPRESSION, COMPRESSION_NONE) == COMPRESSION_JPEG) {
		TIFFSetField(t->lib, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
		t->photometric = PHOTOMETRIC_RGB;
	}
	t->first = t->held = t->next = 0;
	free(t->block);
	free(t->chunky);
	t->block = t->chunky = NULL;
	if (set_space(image, t, err) != 0 || check_samples(t, err) != 0)
		return -1;
	if ((t->rgba ? whole_rgba : plan_blocks)(image, t, err) != 0)
		return -1;
	t->spread.samples = t->samples;
	t->spread.bits =
		t->bits == 8 && !t->palette && image->space != IMAGE_LAB ? 8 : 16;
	read_metadata(image, t);
	image_set_planes(image, t->palette ? 3 : t->spread.planes, t->spread.bits,
			 STRIP);
	return take_row_memory(image, t, err);
}

static int
tiff_open(struct image *image, struct image_input *in,
	  const struct image_limits *limits, struct error *err)
{
	struct tiff *t = calloc(1, sizeof(*t));
	struct stat st;

	INVARIANT(t != NULL);
	image->state = t;
	t->limits = *limits;
	t->err = err;
	t->fd = image_input_gather(in, false, err);
	if (t->fd < 0)
		return -1;
	if (fstat(t->fd, &st) != 0)
		return error_errno(err, "cannot tell the file's size");
	t->size = (uint64_t)st.st_size;
	if (open_lib(t, err) != 0)
		return -1;
	return begin(image, t, err);
}

static int
tiff_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	  struct error *err)
{
	struct tiff *t = image->state;
	uint8_t *to[IMAGE_PLANES_MAX] = {NULL};

	t->err = err;
	t->failed = false;
	for (uint32_t i = 0; i < STRIP && t->next < image->height; i++, t->next++) {
		for (unsigned c = 0; c < image->planes; c++)
			to[c] = rows[c][i];
		if (make_row(image, t, t->next, to) != 0 || t->failed) {
			if (!t->failed)
				error_set(err, ERROR_INPUT, "the picture is damaged");
			return -1;
		}
	}
	return 0;
}

/* Thumbnails and masks beside a picture are no pages. */
static int
tiff_next(struct image *image, struct error *err)
{
	struct tiff *t = image->state;
	uint32_t kind;

	t->err = err;
	t->failed = false;
	do {
		if (TIFFLastDirectory(t->lib))
			return 0;
		if (++t->directories >= DIRECTORIES_MAX)
			return error_set(err, ERROR_INPUT,
					 "more pictures than the limit of %d",
					 DIRECTORIES_MAX);
		if (!TIFFReadDirectory(t->lib))
			return t->failed ? -1
					 : error_set(err, ERROR_INPUT,
						     "the next picture is damaged");
		if (!TIFFGetField(t->lib, TIFFTAG_SUBFILETYPE, &kind))
			kind = 0;
	} while ((kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0);
	return begin(image, t, err) == 0 ? 1 : -1;
}

static void
tiff_close(struct image *image)
{
	struct tiff *t = image->state;

	if (t == NULL)
		return;
	if (t->lib != NULL)
		TIFFClose(t->lib);
	if (t->fd >= 0)
		close(t->fd);
	free(t->block);
	free(t->chunky);
	free(t);
}

const struct image_codec image_tiff_codec = {
	.open = tiff_open,
	.read = tiff_read,
	.next = tiff_next,
	.close = tiff_close,
};
