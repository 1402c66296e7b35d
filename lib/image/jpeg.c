/*
 * JPEG through libjpeg-turbo, as raw planes: no upsampling, no conversion to RGB.
 *
 * What a reader could not guess:
 * - The library calls damage a warning and goes on with grey; here the warnings that
 *   mean lost picture data are faults. Extra bytes between segments, and behind the
 *   end, are common (cameras, MPO) and are let pass.
 * - A file without its end marker is given one. In a baseline file the entropy decoder
 *   then complains if data were really missing; a file of several scans would simply
 *   lack the later ones, so there it is a fault.
 */
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/image/exif.h"
#include "lib/image/codec.h"

struct jpeg {
	struct jpeg_decompress_struct lib;
	struct jpeg_error_mgr errors;
	struct jpeg_source_mgr source;
	struct jpeg_progress_mgr progress;
	struct image_input *in;
	uint32_t scans; /* limit */
	bool ended;	/* the input ended before the picture did */
	bool created;
	jmp_buf jump;
	struct error *err;
};

static struct jpeg *
of(j_common_ptr lib)
{
	return lib->client_data;
}

static void
fail(j_common_ptr lib)
{
	struct jpeg *j = of(lib);
	char text[JMSG_LENGTH_MAX];

	lib->err->format_message(lib, text);
	if (image_input_check(j->in, j->err) == 0)
		error_set(j->err, ERROR_INPUT, "%s",
			  j->ended ? "the file is truncated" : text);
	longjmp(j->jump, 1);
}

static void
warn(j_common_ptr lib, int level)
{
	if (level >= 0)
		return;
	switch (lib->err->msg_code) {
	case JWRN_ARITH_BAD_CODE:
	case JWRN_HIT_MARKER:
	case JWRN_HUFF_BAD_CODE:
	case JWRN_JPEG_EOF:
	case JWRN_MUST_RESYNC:
	case JWRN_BOGUS_PROGRESSION:
		fail(lib);
		break;
	default:
		lib->err->num_warnings++;
		break;
	}
}

static void
say_nothing(j_common_ptr lib)
{
	(void)lib;
}

static void
source_nothing(j_decompress_ptr lib)
{
	(void)lib;
}

static boolean
source_fill(j_decompress_ptr lib)
{
	static const JOCTET end[2] = {0xff, JPEG_EOI};
	struct jpeg *j = of((j_common_ptr)lib);
	const uint8_t *data;
	size_t n = image_input_take(j->in, &data);

	if (n == 0) {
		if (image_input_check(j->in, j->err) != 0)
			longjmp(j->jump, 1);
		j->ended = true;
		data = end;
		n = sizeof(end);
	}
	lib->src->next_input_byte = data;
	lib->src->bytes_in_buffer = n;
	return TRUE;
}

static void
source_skip(j_decompress_ptr lib, long count)
{
	struct jpeg *j = of((j_common_ptr)lib);
	struct jpeg_source_mgr *s = lib->src;
	size_t left = count > 0 ? (size_t)count : 0;

	while (left > s->bytes_in_buffer && !j->ended) {
		left -= s->bytes_in_buffer;
		source_fill(lib);
	}
	if (left > s->bytes_in_buffer)
		left = s->bytes_in_buffer;
	s->next_input_byte += left;
	s->bytes_in_buffer -= left;
}

/* A few kilobytes can hold thousands of scans, each as dear as a whole picture. */
static void
watch_scans(j_common_ptr lib)
{
	struct jpeg *j = of(lib);

	if (!lib->is_decompressor ||
	    (uint32_t)((j_decompress_ptr)lib)->input_scan_number <= j->scans)
		return;
	error_set(j->err, ERROR_INPUT, "more scans than the limit of %u", j->scans);
	longjmp(j->jump, 1);
}

static void
create(struct jpeg *j, const struct image_limits *limits)
{
	j->lib.err = jpeg_std_error(&j->errors);
	j->errors.error_exit = fail;
	j->errors.emit_message = warn;
	j->errors.output_message = say_nothing;
	j->lib.client_data = j;
	j->created = true;
	jpeg_create_decompress(&j->lib);
	j->lib.mem->max_memory_to_use = (long)limits->memory;
	j->source.init_source = source_nothing;
	j->source.fill_input_buffer = source_fill;
	j->source.skip_input_data = source_skip;
	j->source.resync_to_restart = jpeg_resync_to_restart;
	j->source.term_source = source_nothing;
	j->lib.src = &j->source;
	j->progress.progress_monitor = watch_scans;
	j->lib.progress = &j->progress;
	jpeg_save_markers(&j->lib, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(&j->lib, JPEG_APP0 + 2, 0xffff);
}

static int
set_space(struct image *image, struct jpeg *j, struct error *err)
{
	switch (j->lib.jpeg_color_space) {
	case JCS_GRAYSCALE:
		image->space = IMAGE_GREY;
		break;
	case JCS_RGB:
		image->space = IMAGE_RGB;
		break;
	case JCS_YCbCr:
		image->space = IMAGE_RGB;
		image->ycc = true;
		break;
	case JCS_CMYK:
	case JCS_YCCK:
		image->space = IMAGE_CMYK;
		image->ycc = j->lib.jpeg_color_space == JCS_YCCK;
		image->inverted = j->lib.saw_Adobe_marker;
		break;
	default:
		return error_set(err, ERROR_INPUT, "%d components of unknown meaning",
				 j->lib.num_components);
	}
	j->lib.out_color_space = j->lib.jpeg_color_space;
	return 0;
}

static void
set_planes(struct image *image, const struct jpeg_decompress_struct *lib)
{
	image->bits = 8;
	image->planes = (unsigned)lib->num_components;
	for (unsigned p = 0; p < image->planes; p++) {
		const jpeg_component_info *c = &lib->comp_info[p];

		image->plane[p] = (struct image_plane){
			.width = c->downsampled_width,
			.height = c->downsampled_height,
			.stride = (size_t)c->width_in_blocks * DCTSIZE,
			.strip = (uint32_t)(c->v_samp_factor * DCTSIZE),
			.xstep = lib->max_h_samp_factor / (double)c->h_samp_factor,
			.ystep = lib->max_v_samp_factor / (double)c->v_samp_factor,
		};
	}
}

static void
read_metadata(struct image *image, struct jpeg *j)
{
	JOCTET *profile = NULL;
	unsigned profile_len = 0;
	struct exif exif;

	if (j->lib.saw_JFIF_marker && j->lib.density_unit != 0) {
		double unit = j->lib.density_unit == 2 ? 2.54 : 1;

		image->ppi_x = j->lib.X_density * unit;
		image->ppi_y = j->lib.Y_density * unit;
	}
	for (jpeg_saved_marker_ptr m = j->lib.marker_list; m != NULL; m = m->next) {
		if (m->marker != JPEG_APP0 + 1 || m->data_length < 14 ||
		    memcmp(m->data, "Exif\0", 6) != 0)
			continue;
		exif_read(&exif, m->data + 6, m->data_length - 6);
		exif_apply(&exif, image);
		break;
	}
	if (jpeg_read_icc_profile(&j->lib, &profile, &profile_len))
		image_keep_profile(image, profile, profile_len);
	free(profile);
}

static int
jpeg_open(struct image *image, struct image_input *in,
	  const struct image_limits *limits, struct error *err)
{
	struct jpeg *j = calloc(1, sizeof(*j));

	INVARIANT(j != NULL);
	image->state = j;
	j->in = in;
	j->scans = limits->scans;
	j->err = err;
	if (setjmp(j->jump) != 0)
		return -1;
	create(j, limits);
	jpeg_read_header(&j->lib, TRUE);
	image->width = j->lib.image_width;
	image->height = j->lib.image_height;
	if (image_check_size(image->width, image->height, limits, err) != 0 ||
	    set_space(image, j, err) != 0)
		return -1;
	read_metadata(image, j);
	image->whole = jpeg_has_multiple_scans(&j->lib);
	j->lib.raw_data_out = TRUE;
	j->lib.do_fancy_upsampling = FALSE;
	jpeg_start_decompress(&j->lib);
	if (image->whole && j->ended)
		return error_set(err, ERROR_INPUT, "the file is truncated");
	set_planes(image, &j->lib);
	return 0;
}

static int
jpeg_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	  struct error *err)
{
	struct jpeg *j = image->state;
	JSAMPARRAY planes[IMAGE_PLANES_MAX];

	j->err = err;
	if (setjmp(j->jump) != 0)
		return -1;
	/* The library only reads the pointers; its type lacks the const. */
	memcpy(planes, rows, sizeof(planes));
	if (jpeg_read_raw_data(&j->lib, planes,
			       (JDIMENSION)(j->lib.max_v_samp_factor * DCTSIZE)) == 0)
		return error_set(err, ERROR_INPUT, "the file is truncated");
	return 0;
}

static void
jpeg_close(struct image *image)
{
	struct jpeg *j = image->state;

	if (j == NULL)
		return;
	if (j->created)
		jpeg_destroy_decompress(&j->lib);
	free(j);
}

const struct image_codec image_jpeg_codec = {
	.open = jpeg_open,
	.read = jpeg_read,
	.close = jpeg_close,
};
