/*
 * image.c - facts about lib/image: what it refuses, then what it reads.
 */
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/image/exif.h"
#include "tests/tap.h"
#include "tests/unit/pictures.h"

static const struct picture smooth_rgb = {
	.width = 251, .height = 133, .channels = 3, .bits = 8, .pixel = picture_smooth};

/* Opens and reads everything there is; 0 or -1 with *err. */
static int
read_all(int fd, const struct image_limits *limits, struct error *err)
{
	uint16_t *samples[IMAGE_PLANES_MAX] = {NULL};
	struct image_input in;
	struct image *image = NULL;
	int result;

	image_input_init(&in, fd, limits->bytes);
	result = image_open(&image, &in, limits, err);
	while (result == 0) {
		result = picture_read(image, samples, err);
		picture_free(samples);
		if (result == 0)
			result = image_next(image, err);
		if (result == 0)
			break;
		result = result > 0 ? 0 : -1;
	}
	image_close(image);
	image_input_clear(&in);
	return result;
}

static int
file_of(const void *data, size_t len)
{
	struct picture p = smooth_rgb;
	int png = picture_png(&p, 0, NULL, 0);

	INVARIANT(ftruncate(png, 0) == 0 && fs_write_all(png, data, len) == 0 &&
		  lseek(png, 0, SEEK_SET) == 0);
	return png;
}

/* --- refusals --- */

static void
refuses(int fd, const char *words, const char *what)
{
	struct error err = {0};
	int result = read_all(fd, &image_limits_default, &err);

	TAP_OK(result == -1 && err.kind == ERROR_INPUT && strstr(err.text, words),
	       "%s is refused: %s", what, err.text);
	close(fd);
}

static void
what_is_no_picture_is_refused(void)
{
	refuses(file_of("", 0), "empty", "an empty file");
	refuses(file_of("hello", 5), "no JPEG", "a text");
	refuses(file_of("\xff\xd8\xff", 3), "JPEG", "a JPEG of three bytes");
	refuses(file_of("\x89PNG\r\n\x1a\n", 8), "PNG", "a PNG of eight bytes");
	refuses(file_of("II*\0", 4), "TIFF", "a TIFF of four bytes");
}

static void
a_bomb_is_refused_before_memory_is_taken(void)
{
	/* 60,000 x 60,000 pixels in some 60 bytes each */
	static const char png[] =
		"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60"
		"\x08\x02\0\0\0\x0f\xb0\xe2\x15\0\0\0\x10IDAT";
	static const char jpeg[] =
		"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\x01\x22"
		"\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c\x03\x01\0"
		"\x02\x11\x03\x11\0\x3f\0";
	static const char tiff[] =
		"II*\0\x08\0\0\0\x05\0\0\x01\x04\0\x01\0\0\0\x60\xea\0\0\x01\x01\x04\0"
		"\x01\0\0\0\x60\xea\0\0\x02\x01\x03\0\x01\0\0\0\x08\0\0\0\x11\x01\x04\0"
		"\x01\0\0\0\x08\0\0\0\x17\x01\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0";

	refuses(file_of(png, sizeof(png) - 1), "limit", "a PNG of 60,000 x 60,000");
	refuses(file_of(jpeg, sizeof(jpeg) - 1), "limit", "a JPEG of 65,500 x 65,500");
	refuses(file_of(tiff, sizeof(tiff) - 1), "limit", "a TIFF of 60,000 x 60,000");
}

static void
a_jpeg_of_too_many_scans_is_refused(void)
{
	struct image_limits limits = image_limits_default;
	int fd = picture_jpeg(&smooth_rgb, 90, 1, 1, PICTURE_PROGRESSIVE);
	struct error err = {0};

	limits.scans = 5;
	TAP_OK(read_all(fd, &limits, &err) == -1 && strstr(err.text, "scans"),
	       "ten scans where five are allowed: %s", err.text);
	close(fd);
}

static void
a_file_longer_than_the_limit_is_refused(void)
{
	struct image_limits limits = image_limits_default;
	int fd = picture_png(&smooth_rgb, 0, NULL, 0);
	struct error err = {0};

	limits.bytes = 2000;
	TAP_OK(read_all(fd, &limits, &err) == -1 && strstr(err.text, "larger"),
	       "the limit is said: %s", err.text);
	close(fd);
}

static void
every_cut_is_found(int whole, const char *what)
{
	size_t len = picture_size(whole);
	unsigned missed = 0, tried = 0;

	/* The last bytes are an end mark or padding, whose lack loses no pixel. */
	for (size_t keep = 0; keep < len - len / 20; keep += len / 37 + 1, tried++) {
		struct error err = {0};
		int fd = picture_cut(whole, keep, SIZE_MAX);

		if (read_all(fd, &image_limits_default, &err) == 0) {
			tap_diag("%s cut at %zu of %zu was taken", what, keep, len);
			missed++;
		}
		close(fd);
	}
	TAP_OK(missed == 0, "%s, cut at %u places: refused each time", what, tried);
	close(whole);
}

static void
a_truncated_picture_is_refused(void)
{
	struct picture p = smooth_rgb;

	p.pixel = picture_places;
	every_cut_is_found(picture_jpeg(&p, 90, 2, 2, 0), "a baseline JPEG");
	every_cut_is_found(picture_jpeg(&p, 90, 2, 2, PICTURE_RESTARTS),
			   "a JPEG with restart markers");
	every_cut_is_found(picture_jpeg(&p, 90, 2, 2, PICTURE_PROGRESSIVE),
			   "a progressive JPEG");
	every_cut_is_found(picture_png(&p, 0, NULL, 0), "a PNG");
	every_cut_is_found(picture_png(&p, PICTURE_INTERLACED, NULL, 0),
			   "an interlaced PNG");
	every_cut_is_found(picture_tiff(&p, COMPRESSION_LZW, 0), "an LZW TIFF");
	every_cut_is_found(picture_tiff(&p, COMPRESSION_ADOBE_DEFLATE, PICTURE_TILED),
			   "a tiled Deflate TIFF");
	every_cut_is_found(picture_tiff(&p, COMPRESSION_NONE, PICTURE_APART),
			   "a planar TIFF");
}

static void
survives_any_flipped_byte(int whole, const char *what)
{
	size_t len = picture_size(whole), step = len / 300 + 1;
	unsigned refused = 0, tried = 0;

	for (size_t at = 0; at < len; at += step, tried++) {
		struct error err = {0};
		int fd = picture_cut(whole, SIZE_MAX, at);

		refused += read_all(fd, &image_limits_default, &err) != 0;
		close(fd);
	}
	TAP_OK(refused > 0,
	       "%s with one byte flipped, %u times: %u refused, none broke us", what,
	       tried, refused);
	close(whole);
}

static void
damage_never_breaks_us(void)
{
	struct picture p = smooth_rgb;

	p.pixel = picture_places;
	survives_any_flipped_byte(picture_jpeg(&p, 90, 2, 2, 0), "a JPEG");
	survives_any_flipped_byte(picture_png(&p, 0, NULL, 0), "a PNG");
	survives_any_flipped_byte(picture_tiff(&p, COMPRESSION_LZW, 0), "a TIFF");
}

/* --- what is read --- */

/* The largest difference to the picture's own samples, in 1/65535, in one plane. */
static unsigned
worst(const struct picture *p, const struct image *image, unsigned plane,
      const uint16_t *samples)
{
	const struct image_plane *pl = &image->plane[plane];
	unsigned most = 0;

	for (uint32_t y = 0; y < pl->height; y++) {
		for (uint32_t x = 0; x < pl->width; x++) {
			uint16_t s[PICTURE_SAMPLES_MAX];
			int d;

			p->pixel(x, y, s);
			d = abs(s[plane] - samples[(size_t)y * pl->width + x]);
			most = (unsigned)d > most ? (unsigned)d : most;
		}
	}
	return most;
}

/* Reads fd, checks shape, and every sample against the picture within `tolerance`. */
static void
reads_as(const struct picture *p, int fd, enum image_space space, unsigned tolerance,
	 const char *what)
{
	uint16_t *samples[IMAGE_PLANES_MAX] = {NULL};
	struct image_input in;
	struct image *image = NULL;
	struct error err = {0};
	unsigned most = 0;
	bool read = false;

	image_input_init(&in, fd, UINT64_MAX);
	if (image_open(&image, &in, &image_limits_default, &err) == 0)
		read = picture_read(image, samples, &err) == 0;
	for (unsigned c = 0; read && c < image->planes; c++) {
		unsigned w = worst(p, image, c, samples[c]);

		most = w > most ? w : most;
	}
	TAP_OK(read && image->space == space && image->planes == p->channels &&
		       most <= tolerance,
	       "%s: within %u/65535 (%u)%s%s", what, tolerance, most, read ? "" : ": ",
	       read ? "" : err.text);
	picture_free(samples);
	image_close(image);
	image_input_clear(&in);
	close(fd);
}

static void
jpegs_of_every_kind_are_read(void)
{
	struct picture p = smooth_rgb;
	const unsigned t = 3 * 257; /* of 255: what quality 100 keeps */

	reads_as(&p, picture_jpeg(&p, 100, 1, 1, PICTURE_RGB), IMAGE_RGB, t, "RGB");
	reads_as(&p, picture_jpeg(&p, 100, 1, 1, PICTURE_RGB | PICTURE_PROGRESSIVE),
		 IMAGE_RGB, t, "progressive RGB");
	reads_as(&p, picture_jpeg(&p, 100, 1, 1, PICTURE_RGB | PICTURE_RESTARTS),
		 IMAGE_RGB, t, "RGB with restart markers");
	p.channels = 1;
	reads_as(&p, picture_jpeg(&p, 100, 1, 1, 0), IMAGE_GREY, t, "grey");
	reads_as(&p, picture_jpeg(&p, 100, 2, 2, 0), IMAGE_GREY, t,
		 "grey with odd sampling factors");
}

static void
a_jpegs_planes_tell_their_shape(void)
{
	static const struct {
		int h, v;
		uint32_t width, height; /* of chroma */
	} rows[] = {{1, 1, 251, 133},
		    {2, 1, 126, 133},
		    {2, 2, 126, 67},
		    {1, 2, 251, 67},
		    {4, 1, 63, 133}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = picture_jpeg(&smooth_rgb, 90, rows[i].h, rows[i].v, 0);
		struct image_input in;
		struct image *image = NULL;
		struct error err;
		int result;

		image_input_init(&in, fd, UINT64_MAX);
		result = image_open(&image, &in, &image_limits_default, &err);
		TAP_OK(result == 0 && image->ycc && !image->inverted &&
			       image->plane[0].width == 251 &&
			       image->plane[1].width == rows[i].width &&
			       image->plane[1].height == rows[i].height &&
			       image->plane[1].xstep == rows[i].h &&
			       image->plane[1].ystep == rows[i].v,
		       "chroma of %dx%d sampling is %u x %u", rows[i].h, rows[i].v,
		       rows[i].width, rows[i].height);
		image_close(image);
		image_input_clear(&in);
		close(fd);
	}
}

static void
adobes_inks_are_known_to_be_inverted(void)
{
	static const unsigned flags[] = {0, PICTURE_YCCK};
	struct picture p = smooth_rgb;

	p.channels = 4;
	for (int i = 0; i < 2; i++) {
		int fd = picture_jpeg(&p, 95, 1, 1, flags[i]);
		struct image_input in;
		struct image *image = NULL;
		struct error err;
		int result;

		image_input_init(&in, fd, UINT64_MAX);
		result = image_open(&image, &in, &image_limits_default, &err);
		TAP_OK(result == 0 && image->space == IMAGE_CMYK && image->inverted &&
			       image->ycc == (i == 1) && image->planes == 4,
		       "%s", i == 0 ? "CMYK" : "YCCK");
		image_close(image);
		image_input_clear(&in);
		close(fd);
	}
}

static void
what_surrounds_a_jpeg_is_read(void)
{
	struct picture p = smooth_rgb;
	uint8_t *icc = malloc(150000);
	struct image_input in;
	struct image *image = NULL;
	struct error err;
	int fd, result;

	for (size_t i = 0; i < 150000; i++) /* three APP2 parts */
		icc[i] = (uint8_t)(i * 2654435761u >> 24);
	p.icc = icc;
	p.icc_len = 150000;
	p.orientation = 6;
	p.ppi = 240;
	fd = picture_jpeg(&p, 90, 2, 2, 0);
	image_input_init(&in, fd, UINT64_MAX);
	result = image_open(&image, &in, &image_limits_default, &err);
	TAP_OK(result == 0 && image->orientation == 6, "orientation from Exif");
	TAP_OK(result == 0 && image->ppi_x == 240 && image->ppi_y == 240,
	       "resolution from JFIF");
	TAP_OK(result == 0 && image->profile_len == 150000 &&
		       memcmp(image->profile, icc, 150000) == 0,
	       "a profile in three parts");
	image_close(image);
	image_input_clear(&in);
	close(fd);
	free(icc);
}

static void
pngs_of_every_kind_are_read(void)
{
	struct picture p = smooth_rgb;

	p.pixel = picture_places;
	for (unsigned i = 0; i < 2; i++) {
		unsigned flags = i ? PICTURE_INTERLACED : 0;
		const char *how = i ? "interlaced" : "plain";

		for (unsigned bits = 8; bits <= 16; bits += 8) {
			p.bits = bits;
			p.channels = 3;
			reads_as(&p, picture_png(&p, flags, NULL, 0), IMAGE_RGB, 0,
				 how);
			p.channels = 1;
			reads_as(&p, picture_png(&p, flags, NULL, 0), IMAGE_GREY, 0,
				 how);
		}
	}
}

static void
coarse_grey(uint32_t x, uint32_t y, uint16_t *s)
{
	s[0] = (uint16_t)((x + y) % 2 * 65535);
}

static void
four_greys(uint32_t x, uint32_t y, uint16_t *s)
{
	s[0] = (uint16_t)((x + y) % 4 * 21845);
}

static void
small_depths_are_widened(void)
{
	struct picture p = {.width = 101,
			    .height = 20,
			    .channels = 1,
			    .bits = 1,
			    .pixel = coarse_grey};

	reads_as(&p, picture_png(&p, 0, NULL, 0), IMAGE_GREY, 0, "PNG of 1 bit");
	reads_as(&p, picture_tiff(&p, COMPRESSION_NONE, 0), IMAGE_GREY, 0,
		 "TIFF of 1 bit");
	reads_as(&p, picture_tiff(&p, COMPRESSION_CCITTFAX4, 0), IMAGE_GREY, 0,
		 "TIFF in fax group 4");
	p.bits = 2;
	p.pixel = four_greys;
	reads_as(&p, picture_png(&p, 0, NULL, 0), IMAGE_GREY, 0, "PNG of 2 bits");
	reads_as(&p, picture_tiff(&p, COMPRESSION_LZW, 0), IMAGE_GREY, 0,
		 "TIFF of 2 bits");
}

/* picture_places with its opacity laid on white. */
static void
places_on_white(uint32_t x, uint32_t y, uint16_t *s)
{
	picture_places(x, y, s);
	for (int c = 0; c < 3; c++)
		s[c] = (uint16_t)(((uint64_t)s[c] * s[4] + 65535ull * (65535u - s[4]) +
				   32767) /
				  65535);
}

static void
opacity_is_laid_on_white(void)
{
	struct picture p = smooth_rgb, on_white;

	p.pixel = picture_places;
	p.alpha = true;
	on_white = p;
	on_white.pixel = places_on_white;
	for (p.bits = 8; p.bits <= 16; p.bits += 8) {
		unsigned tolerance = p.bits == 8 ? 257 : 1;

		p.channels = on_white.channels = 3;
		reads_as(&on_white, picture_png(&p, 0, NULL, 0), IMAGE_RGB, tolerance,
			 "PNG, RGB and opacity");
		reads_as(&on_white, picture_tiff(&p, COMPRESSION_LZW, 0), IMAGE_RGB,
			 tolerance, "TIFF, RGB and opacity");
		p.channels = on_white.channels = 1;
		reads_as(&on_white, picture_png(&p, 0, NULL, 0), IMAGE_GREY, tolerance,
			 "PNG, grey and opacity");
	}
}

static void
tiffs_of_every_layout_are_read(void)
{
	static const int compressions[] = {COMPRESSION_NONE, COMPRESSION_LZW,
					   COMPRESSION_ADOBE_DEFLATE,
					   COMPRESSION_PACKBITS};
	static const enum image_space spaces[] = {
		[1] = IMAGE_GREY, [3] = IMAGE_RGB, [4] = IMAGE_CMYK};
	static const unsigned channels[] = {1, 3, 4};
	struct picture p = smooth_rgb;

	p.pixel = picture_places;
	for (unsigned i = 0; i < 3 * 4 * 4 * 2; i++) {
		unsigned flags = (i / 2 % 2 ? PICTURE_TILED : 0) |
				 (i / 4 % 2 ? PICTURE_APART : 0);
		char what[100];

		p.bits = i % 2 ? 16 : 8;
		p.channels = channels[i / 32];
		snprintf(what, sizeof(what), "TIFF, %u channels of %u bits%s%s, no. %d",
			 p.channels, p.bits, flags & PICTURE_TILED ? ", tiled" : "",
			 flags & PICTURE_APART ? ", planes apart" : "",
			 compressions[i / 8 % 4]);
		reads_as(&p, picture_tiff(&p, compressions[i / 8 % 4], flags),
			 spaces[p.channels], 0, what);
	}
}

static void
through_the_palette(uint32_t x, uint32_t y, uint16_t *s)
{
	unsigned i;

	picture_places(x, y, s);
	i = s[0] >> 8;
	s[0] = (uint16_t)(i * 251);
	s[1] = (uint16_t)(65535 - i * 100);
	s[2] = (uint16_t)(i * i);
}

static void
a_tiffs_palette_is_looked_up(void)
{
	struct picture p = smooth_rgb, looked_up = smooth_rgb;

	p.channels = 1;
	p.pixel = picture_places;
	looked_up.pixel = through_the_palette;
	reads_as(&looked_up, picture_tiff(&p, COMPRESSION_LZW, PICTURE_PALETTE),
		 IMAGE_RGB, 0, "256 colours of 16 bits");
}

/* L 50, a 20, b -30, in each of TIFF's encodings; expected in ICC's 16-bit one. */
static void
cielab_8(uint32_t x, uint32_t y, uint16_t *s)
{
	(void)x;
	(void)y;
	s[0] = 128 << 8; /* 50.2 */
	s[1] = 20 << 8;
	s[2] = (uint16_t)(226 << 8); /* -30 as a signed byte */
}

static void
cielab_16(uint32_t x, uint32_t y, uint16_t *s)
{
	cielab_8(x, y, s);
	s[0] = 0x8080;
}

static void
icclab_16(uint32_t x, uint32_t y, uint16_t *s)
{
	(void)x;
	(void)y;
	s[0] = 0x8000; /* L 50.2 of 100 at 0xff00 */
	s[1] = 148 << 8;
	s[2] = 98 << 8;
}

static void
icc_v4(uint32_t x, uint32_t y, uint16_t *s)
{
	(void)x;
	(void)y;
	s[0] = 128 * 257;
	s[1] = (20 + 128) * 257;
	s[2] = (128 - 30) * 257;
}

static void
lab_comes_in_one_encoding(void)
{
	struct picture p = {
		.width = 40, .height = 17, .channels = 3, .bits = 8, .pixel = cielab_8};
	struct picture expected = p;

	expected.pixel = icc_v4;
	reads_as(&expected, picture_tiff(&p, COMPRESSION_LZW, PICTURE_LAB), IMAGE_LAB,
		 0, "CIELab of 8 bits");
	p.bits = 16;
	p.pixel = cielab_16;
	reads_as(&expected, picture_tiff(&p, COMPRESSION_LZW, PICTURE_LAB), IMAGE_LAB,
		 1, "CIELab of 16 bits");
	p.pixel = icclab_16;
	reads_as(&expected, picture_tiff(&p, COMPRESSION_LZW, PICTURE_ICCLAB),
		 IMAGE_LAB, 1, "ICCLab of 16 bits");
}

static void
a_tiffs_pages_follow_without_its_thumbnails(void)
{
	struct picture p = smooth_rgb;
	uint16_t *samples[IMAGE_PLANES_MAX];
	struct image_input in;
	struct image *image = NULL;
	struct error err;
	unsigned pages = 0;
	int fd, more;

	p.orientation = 3;
	p.ppi = 150;
	fd = picture_tiff(&p, COMPRESSION_LZW, PICTURE_TWICE);
	image_input_init(&in, fd, UINT64_MAX);
	more = image_open(&image, &in, &image_limits_default, &err) == 0;
	while (more > 0) {
		pages += image->orientation == 3 && image->ppi_x == 150;
		if (picture_read(image, samples, &err) == 0)
			more = image_next(image, &err);
		else
			more = -1;
		picture_free(samples);
	}
	TAP_OK(more == 0 && pages == 2, "two pages, each with its orientation: %u",
	       pages);
	image_close(image);
	image_input_clear(&in);
	close(fd);
}

static void
a_pipe_is_as_good_as_a_file(void)
{
	int fd = picture_tiff(&smooth_rgb, COMPRESSION_NONE, 0), ends[2];
	size_t len = picture_size(fd);
	uint8_t *data = malloc(len);
	struct picture p = smooth_rgb;

	INVARIANT(pipe(ends) == 0 && read(fd, data, len) == (ssize_t)len);
	if (fork() == 0) {
		close(ends[0]);
		_exit(fs_write_all(ends[1], data, len) != 0);
	}
	close(ends[1]);
	p.pixel = picture_smooth;
	reads_as(&p, ends[0], IMAGE_RGB, 257, "TIFF from a pipe");
	free(data);
	close(fd);
}

static enum image_hint
hint_of(int fd, struct image_calibration *calibration)
{
	struct image_input in;
	struct image *image = NULL;
	struct error err;
	enum image_hint hint = IMAGE_HINT_NONE;

	image_input_init(&in, fd, UINT64_MAX);
	if (image_open(&image, &in, &image_limits_default, &err) == 0) {
		hint = image->hint;
		*calibration = image->calibration;
	}
	image_close(image);
	image_input_clear(&in);
	close(fd);
	return hint;
}

static void
a_png_says_its_colours_in_four_ways(void)
{
	const struct picture *p = &smooth_rgb;
	struct image_calibration c = {0};

	TAP_OK(hint_of(picture_png(p, 0, NULL, 0), &c) == IMAGE_HINT_NONE,
	       "not at all");
	TAP_OK(hint_of(picture_png(p, 0, "sRGB\0", 1), &c) == IMAGE_HINT_SRGB, "sRGB");
	TAP_OK(hint_of(picture_png(p, 0, "gAMA\0\0\xb1\x8f", 4), &c) ==
			       IMAGE_HINT_CALIBRATED &&
		       c.gamma > 2.199 && c.gamma < 2.201 && c.red[0] == .64,
	       "gAMA: 2.2, and sRGB's primaries");
	TAP_OK(hint_of(picture_png(p, 0, "cICP\x0c\x0d\0\x01", 4), &c) ==
			       IMAGE_HINT_CALIBRATED &&
		       c.gamma == IMAGE_GAMMA_SRGB && c.red[0] == .68,
	       "cICP: Display P3");
	TAP_OK(hint_of(picture_png(p, 0, "cICP\x01\x0d\0\x01", 4), &c) ==
		       IMAGE_HINT_SRGB,
	       "cICP: sRGB");
	TAP_OK(hint_of(picture_png(p, 0, "cICP\x09\x10\0\x01", 4), &c) ==
		       IMAGE_HINT_NONE,
	       "cICP: PQ is left aside");
}

static void
exif_is_read_within_its_bounds(void)
{
	static const uint8_t big[] =
		"MM\0*\0\0\0\x08\0\x03\x01\x12\0\x03\0\0\0\x01\0\x08"
		"\0\0\x01\x1a\0\x05\0\0\0\x01\0\0\0\x32\x87\x69\0"
		"\x04\0\0\0\x01\0\0\0\x3a\0\0\0\0\0\0\x01\x2c\0\0\0"
		"\x01\0\x01\xa0\x01\0\x03\0\0\0\x01\0\x01\0\0";
	uint8_t noise[200];
	struct exif exif;

	exif_read(&exif, big, sizeof(big) - 1);
	TAP_OK(exif.orientation == 8 && exif.hint == IMAGE_HINT_SRGB &&
		       exif.ppi_x == 300,
	       "orientation, colour space and resolution of a big-endian block");
	for (size_t len = 0; len < sizeof(big); len++) {
		uint8_t *exact = malloc(len + 1); /* a sanitizer sees a byte past it */

		memcpy(exact, big, len);
		exif_read(&exif, exact, len);
		free(exact);
	}
	for (unsigned i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof(noise); k++)
			noise[k] = (uint8_t)(rand() >> 7);
		memcpy(noise, "II*\0\x08\0\0\0", 8);
		noise[9] = 0;
		exif_read(&exif, noise, sizeof(noise));
		if (exif.orientation > 8)
			break;
	}
	TAP_OK(exif.orientation <= 8, "noise is read without harm");
}

int
main(void)
{
	what_is_no_picture_is_refused();
	a_bomb_is_refused_before_memory_is_taken();
	a_jpeg_of_too_many_scans_is_refused();
	a_file_longer_than_the_limit_is_refused();
	a_truncated_picture_is_refused();
	damage_never_breaks_us();
	jpegs_of_every_kind_are_read();
	a_jpegs_planes_tell_their_shape();
	adobes_inks_are_known_to_be_inverted();
	what_surrounds_a_jpeg_is_read();
	pngs_of_every_kind_are_read();
	small_depths_are_widened();
	opacity_is_laid_on_white();
	tiffs_of_every_layout_are_read();
	a_tiffs_palette_is_looked_up();
	lab_comes_in_one_encoding();
	a_tiffs_pages_follow_without_its_thumbnails();
	a_pipe_is_as_good_as_a_file();
	a_png_says_its_colours_in_four_ways();
	exif_is_read_within_its_bounds();
	return tap_done();
}
