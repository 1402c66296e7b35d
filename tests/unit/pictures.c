#include <stdio.h>

#include <jpeglib.h>
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#include "lib/base/fs.h"

#include "tests/unit/pictures.h"

#define TILE 32

void
picture_smooth(uint32_t x, uint32_t y, uint16_t *s)
{
	s[0] = (uint16_t)(20000 + 90 * x + 20 * y);
	s[1] = (uint16_t)(45000 - 60 * x + 30 * y);
	s[2] = (uint16_t)(12000 + 40 * x + 70 * y);
	s[3] = (uint16_t)(30000 + 50 * x - 40 * y);
	s[4] = 65535;
}

void
picture_places(uint32_t x, uint32_t y, uint16_t *s)
{
	s[0] = (uint16_t)((x & 255) * 257);
	s[1] = (uint16_t)((y & 255) * 257);
	s[2] = (uint16_t)(((x * 7 + y * 13) & 255) * 257);
	s[3] = (uint16_t)(((x ^ y) & 255) * 257);
	s[4] = (uint16_t)(((x + y) & 255) * 257);
}

void
picture_stored_at(unsigned orientation, uint32_t w, uint32_t h, uint32_t x, uint32_t y,
		  uint32_t *sx, uint32_t *sy)
{
	uint32_t right = w - 1 - x, below = h - 1 - y;

	*sx = orientation == 1 || orientation == 4   ? x
	      : orientation == 2 || orientation == 3 ? right
	      : orientation == 5 || orientation == 6 ? y
						     : below;
	*sy = orientation == 1 || orientation == 2   ? y
	      : orientation == 3 || orientation == 4 ? below
	      : orientation == 5 || orientation == 8 ? x
						     : right;
}

static int
new_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	INVARIANT(fd >= 0);
	return fd;
}

static int
rewound(int fd)
{
	INVARIANT(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* Opacity, if there is any, comes last whatever the number of channels. */
static void
pixel_at(const struct picture *p, uint32_t x, uint32_t y, uint16_t *s)
{
	p->pixel(x, y, s);
	if (p->alpha)
		s[p->channels] = s[4];
}

/* A row, samples side by side, of p->bits (most significant bit first below 8). */
static void
make_row(const struct picture *p, uint32_t y, unsigned first, unsigned count,
	 uint8_t *row)
{
	size_t at = 0;

	for (uint32_t x = 0; x < p->width; x++) {
		uint16_t s[PICTURE_SAMPLES_MAX];

		pixel_at(p, x, y, s);
		for (unsigned c = first; c < first + count; c++, at++) {
			if (p->bits == 16)
				memcpy(row + 2 * at, &s[c], 2);
			else if (p->bits == 8)
				row[at] = (uint8_t)(s[c] >> 8);
			else
				row[at * p->bits / 8] =
					(uint8_t)(row[at * p->bits / 8] << p->bits) |
					(uint8_t)(s[c] >> (16 - p->bits));
		}
	}
	if (p->bits < 8 && at * p->bits % 8 != 0)
		row[at * p->bits / 8] =
			(uint8_t)(row[at * p->bits / 8] << (8 - at * p->bits % 8));
}

/* --- JPEG --- */

static void
write_exif(struct jpeg_compress_struct *c, unsigned orientation)
{
	uint8_t exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0?\0\0\0"
			 "\0\0\0";

	exif[24] = (uint8_t)orientation;
	jpeg_write_marker(c, JPEG_APP0 + 1, exif, sizeof(exif));
}

static void
set_jpeg(struct jpeg_compress_struct *c, const struct picture *p, int quality, int h,
	 int v, unsigned flags)
{
	c->image_width = p->width;
	c->image_height = p->height;
	c->input_components = (int)p->channels;
	c->in_color_space = p->channels == 1   ? JCS_GRAYSCALE
			    : p->channels == 3 ? JCS_RGB
					       : JCS_CMYK;
	jpeg_set_defaults(c);
	jpeg_set_quality(c, quality, TRUE);
	if (flags & PICTURE_RGB)
		jpeg_set_colorspace(c, JCS_RGB);
	if (flags & PICTURE_YCCK)
		jpeg_set_colorspace(c, JCS_YCCK);
	c->comp_info[0].h_samp_factor = h;
	c->comp_info[0].v_samp_factor = v;
	for (int i = 1; i < c->num_components; i++)
		c->comp_info[i].h_samp_factor = c->comp_info[i].v_samp_factor = 1;
	if (c->num_components == 4) { /* black is as fine as the first */
		c->comp_info[3].h_samp_factor = h;
		c->comp_info[3].v_samp_factor = v;
	}
	if (flags & PICTURE_PROGRESSIVE)
		jpeg_simple_progression(c);
	if (flags & PICTURE_RESTARTS)
		c->restart_in_rows = 1;
	if (p->ppi != 0) {
		c->write_JFIF_header = TRUE;
		c->density_unit = 1;
		c->X_density = c->Y_density = (UINT16)p->ppi;
	}
}

int
picture_jpeg(const struct picture *p, int quality, int h, int v, unsigned flags)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	unsigned char *out = NULL;
	unsigned long len = 0;
	uint8_t *row = calloc(p->width, p->channels);
	int fd = new_file();

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, &len);
	set_jpeg(&c, p, quality, h, v, flags);
	jpeg_start_compress(&c, TRUE);
	if (p->orientation != 0)
		write_exif(&c, p->orientation);
	if (p->icc != NULL)
		jpeg_write_icc_profile(&c, p->icc, (unsigned)p->icc_len);
	for (uint32_t y = 0; y < p->height; y++) {
		make_row(p, y, 0, p->channels, row);
		/* Adobe writes inks inverted; libjpeg marks every CMYK file as Adobe's. */
		for (size_t i = 0; p->channels == 4 && i < (size_t)p->width * 4; i++)
			row[i] = (uint8_t)~row[i];
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	INVARIANT(fs_write_all(fd, out, len) == 0);
	jpeg_destroy_compress(&c);
	free(out);
	free(row);
	return rewound(fd);
}

/* --- PNG --- */

static void
png_to_file(png_structp png, png_bytep data, size_t len)
{
	INVARIANT(fs_write_all(*(int *)png_get_io_ptr(png), data, len) == 0);
}

static void
no_flush(png_structp png)
{
	(void)png;
}

static void
set_png(png_structp png, png_infop info, const struct picture *p, unsigned flags)
{
	static const png_color palette[4] = {
		{0, 0, 0}, {255, 0, 0}, {0, 200, 100}, {255, 255, 255}};
	int type = p->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;

	if (p->alpha)
		type |= PNG_COLOR_MASK_ALPHA;
	if (flags & PICTURE_PALETTE)
		type = PNG_COLOR_TYPE_PALETTE;
	png_set_IHDR(png, info, p->width, p->height, (int)p->bits, type,
		     flags & PICTURE_INTERLACED ? PNG_INTERLACE_ADAM7
						: PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (flags & PICTURE_PALETTE)
		png_set_PLTE(png, info, palette, 4);
	if (p->icc != NULL)
		png_set_iCCP(png, info, "test", 0, p->icc, (png_uint_32)p->icc_len);
	if (p->ppi != 0)
		png_set_pHYs(png, info, (png_uint_32)lround(p->ppi / .0254),
			     (png_uint_32)lround(p->ppi / .0254), PNG_RESOLUTION_METER);
}

int
picture_png(const struct picture *p, unsigned flags, const char *chunk,
	    size_t chunk_len)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	unsigned samples = p->channels + p->alpha;
	size_t row_len = ((size_t)p->width * samples * p->bits + 7) / 8;
	uint8_t *data = calloc(p->height, row_len);
	uint8_t **rows = calloc(p->height, sizeof(*rows));
	int fd = new_file();

	png_set_write_fn(png, &fd, png_to_file, no_flush);
	png_set_benign_errors(png, 1); /* test profiles are no profiles to libpng */
	set_png(png, info, p, flags);
	png_write_info(png, info);
	if (chunk != NULL)
		png_write_chunk(png, (png_const_bytep)chunk, (png_const_bytep)chunk + 4,
				chunk_len);
	if (p->bits == 16)
		png_set_swap(png);
	for (uint32_t y = 0; y < p->height; y++) {
		rows[y] = data + row_len * y;
		make_row(p, y, 0, samples, rows[y]);
	}
	png_write_image(png, rows);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(rows);
	free(data);
	return rewound(fd);
}

/* --- TIFF --- */

static void
set_tiff(TIFF *t, const struct picture *p, int compression, unsigned flags)
{
	static uint16_t red[256], green[256], blue[256];
	uint16_t extra = flags & PICTURE_PREMULTIPLIED ? EXTRASAMPLE_ASSOCALPHA
						       : EXTRASAMPLE_UNASSALPHA;
	int photometric = p->channels == 3		  ? PHOTOMETRIC_RGB
			  : p->channels == 4		  ? PHOTOMETRIC_SEPARATED
			  : flags & PICTURE_WHITE_IS_ZERO ? PHOTOMETRIC_MINISWHITE
							  : PHOTOMETRIC_MINISBLACK;

	if (flags & PICTURE_LAB)
		photometric = PHOTOMETRIC_CIELAB;
	if (flags & PICTURE_ICCLAB)
		photometric = PHOTOMETRIC_ICCLAB;
	if (flags & PICTURE_PALETTE)
		photometric = PHOTOMETRIC_PALETTE;
	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, p->width);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, p->height);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, p->bits);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, p->channels + p->alpha);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, photometric);
	TIFFSetField(t, TIFFTAG_COMPRESSION, compression);
	TIFFSetField(t, TIFFTAG_PLANARCONFIG,
		     flags & PICTURE_APART ? PLANARCONFIG_SEPARATE
					   : PLANARCONFIG_CONTIG);
	if (p->alpha)
		TIFFSetField(t, TIFFTAG_EXTRASAMPLES, 1, &extra);
	for (int i = 0; i < 256; i++) {
		red[i] = (uint16_t)(i * 251);
		green[i] = (uint16_t)(65535 - i * 100);
		blue[i] = (uint16_t)(i * i);
	}
	if (flags & PICTURE_PALETTE)
		TIFFSetField(t, TIFFTAG_COLORMAP, red, green, blue);
	if (flags & PICTURE_TILED) {
		TIFFSetField(t, TIFFTAG_TILEWIDTH, TILE);
		TIFFSetField(t, TIFFTAG_TILELENGTH, TILE);
	} else {
		TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, 16);
	}
	if (p->orientation != 0)
		TIFFSetField(t, TIFFTAG_ORIENTATION, p->orientation);
	if (p->icc != NULL)
		TIFFSetField(t, TIFFTAG_ICCPROFILE, (uint32_t)p->icc_len, p->icc);
	if (p->ppi != 0) {
		TIFFSetField(t, TIFFTAG_XRESOLUTION, (double)p->ppi);
		TIFFSetField(t, TIFFTAG_YRESOLUTION, (double)p->ppi);
		TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
	}
}

/* A tile by its samples; what lies past the picture repeats its last pixel. */
static void
write_tile(TIFF *t, const struct picture *p, uint32_t x0, uint32_t y0, unsigned first,
	   unsigned count, unsigned plane)
{
	uint8_t tile[TILE * TILE * PICTURE_SAMPLES_MAX * 2];
	size_t at = 0;

	for (uint32_t y = y0; y < y0 + TILE; y++) {
		for (uint32_t x = x0; x < x0 + TILE; x++) {
			uint16_t s[PICTURE_SAMPLES_MAX];

			pixel_at(p, x < p->width ? x : p->width - 1,
				 y < p->height ? y : p->height - 1, s);
			for (unsigned c = first; c < first + count; c++, at++) {
				if (p->bits == 16)
					memcpy(tile + 2 * at, &s[c], 2);
				else
					tile[at] = (uint8_t)(s[c] >> 8);
			}
		}
	}
	TIFFWriteTile(t, tile, x0, y0, 0, (uint16_t)plane);
}

static void
write_page(TIFF *t, const struct picture *p, unsigned flags)
{
	unsigned samples = p->channels + p->alpha;
	unsigned planes = flags & PICTURE_APART ? samples : 1;
	unsigned count = flags & PICTURE_APART ? 1 : samples;
	uint8_t *row = calloc(p->width, PICTURE_SAMPLES_MAX * 2);

	for (unsigned plane = 0; plane < planes; plane++) {
		for (uint32_t y = 0; y < p->height && !(flags & PICTURE_TILED); y++) {
			make_row(p, y, plane, count, row);
			TIFFWriteScanline(t, row, y, (uint16_t)plane);
		}
		for (uint32_t y = 0; y < p->height && flags & PICTURE_TILED; y += TILE)
			for (uint32_t x = 0; x < p->width; x += TILE)
				write_tile(t, p, x, y, plane, count, plane);
	}
	TIFFWriteDirectory(t);
	free(row);
}

int
picture_tiff(const struct picture *p, int compression, unsigned flags)
{
	int fd = new_file(), own = dup(fd);
	TIFF *t = TIFFFdOpen(own, "test", "w");

	INVARIANT(t != NULL);
	set_tiff(t, p, compression, flags);
	write_page(t, p, flags);
	if (flags & PICTURE_TWICE) {
		set_tiff(t, p, compression, flags);
		TIFFSetField(t, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
		write_page(t, p, flags);
		set_tiff(t, p, compression, flags);
		write_page(t, p, flags);
	}
	TIFFClose(t);
	return rewound(fd);
}

/* --- damage --- */

size_t
picture_size(int fd)
{
	struct stat st;

	INVARIANT(fstat(fd, &st) == 0);
	return (size_t)st.st_size;
}

int
picture_cut(int fd, size_t keep, size_t flip)
{
	size_t len = picture_size(fd);
	uint8_t *data = malloc(len);
	int to = new_file();

	INVARIANT(pread(fd, data, len, 0) == (ssize_t)len);
	if (flip < len)
		data[flip] = (uint8_t)~data[flip];
	INVARIANT(fs_write_all(to, data, keep < len ? keep : len) == 0);
	free(data);
	return rewound(to);
}

/* --- reading --- */

static void
widen(const uint8_t *row, unsigned bits, uint32_t n, uint16_t *to)
{
	for (uint32_t i = 0; i < n; i++) {
		if (bits == 16)
			memcpy(&to[i], row + 2 * (size_t)i, 2);
		else
			to[i] = (uint16_t)(row[i] * 257);
	}
}

int
picture_read(struct image *image, uint16_t *samples[IMAGE_PLANES_MAX],
	     struct error *err)
{
	uint8_t *data[IMAGE_PLANES_MAX], **rows[IMAGE_PLANES_MAX] = {NULL};
	uint32_t done = 0;
	int result = 0;

	memset(samples, 0, IMAGE_PLANES_MAX * sizeof(*samples));
	for (unsigned p = 0; p < image->planes; p++) {
		const struct image_plane *plane = &image->plane[p];

		samples[p] = calloc((size_t)plane->width * plane->height, 2);
		data[p] = calloc(plane->strip, plane->stride);
		rows[p] = calloc(plane->strip, sizeof(*rows[p]));
		for (uint32_t i = 0; i < plane->strip; i++)
			rows[p][i] = data[p] + plane->stride * i;
	}
	for (; result == 0 && done * image->plane[0].strip < image->plane[0].height;
	     done++) {
		result = image_read(image, (uint8_t *const *const *)rows, err);
		for (unsigned p = 0; result == 0 && p < image->planes; p++) {
			const struct image_plane *plane = &image->plane[p];

			for (uint32_t i = 0; i < plane->strip; i++)
				if (done * plane->strip + i < plane->height)
					widen(rows[p][i], image->bits, plane->width,
					      samples[p] +
						      (size_t)plane->width *
							      (done * plane->strip +
							       i));
		}
	}
	for (unsigned p = 0; p < image->planes; p++) {
		free(data[p]);
		free(rows[p]);
	}
	return result;
}

void
picture_free(uint16_t *samples[IMAGE_PLANES_MAX])
{
	for (unsigned p = 0; p < IMAGE_PLANES_MAX; p++)
		free(samples[p]);
}
