/*
 * doctophoto - a cupsd filter: a customer's picture to a photo printer's raster.
 *
 *   doctophoto job-id user title copies options [file]
 *
 * JPEG, PNG, TIFF or PDF (told by content) on standard input becomes CUPS raster, or
 * PWG raster where FINAL_CONTENT_TYPE says so: embedded profile to the paper's profile,
 * orientation, print-scaling, resolution and margins of the PPD. See doctophoto(8).
 *
 * Empty input is a refused order passing through the chain: nothing is written, and the
 * exit status is 0. Anything that can't be printed whole is one ERROR: sentence and
 * exit status 1; keep is then never told that the stream is complete (attest.h), so the
 * backend does not call it printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"

#include "filters/photo/choose.h"
#include "filters/photo/paint.h"

struct doctophoto {
	struct job job;
	struct page page;
	struct colour_profile *destination;
	struct attest *attest;
	struct output *output;
	struct image_input input;
	int fd; /* of the input; -1 if none was opened */
};

static int
open_input(struct doctophoto *d, struct error *err)
{
	int fd = STDIN_FILENO;

	if (d->job.file != NULL) {
		fd = open(d->job.file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_errno(err, "cannot open '%s'", d->job.file);
		d->fd = fd;
	}
	image_input_init(&d->input, fd, image_limits_default.bytes);
	return 0;
}

/* Everything that needs the file system, before a stranger's byte is looked at. */
static int
prepare(struct doctophoto *d, int argc, char **argv, struct error *err)
{
	if (job_open(&d->job, argc, argv, err) != 0)
		return -1;
	if (page_from_ppd(&d->page, d->job.ppd, d->job.num_options, d->job.options,
			  d->job.pwg, err) != 0)
		return -1;
	if (choose_destination(&d->destination, &d->job, &d->page, err) != 0)
		return -1;
	if (attest_open(&d->attest, "doctophoto", d->job.id, STDOUT_FILENO, err) != 0)
		return -1;
	return open_input(d, err);
}

static int
print_picture(struct doctophoto *d, struct image *image, struct error *err)
{
	struct place_picture picture = {image->width, image->height, image->orientation,
					image->ppi_x, image->ppi_y};
	struct place_page area = {d->page.width, d->page.height,
				  d->page.header.HWResolution[0],
				  d->page.header.HWResolution[1], d->page.borderless};
	struct colour_transform *transform;
	struct place place;
	int result;

	place_picture(&place, &picture, &area, &d->job.wish);
	log_info("%s of %u x %u pixels, orientation %u, onto %u x %u at %u x %u dpi: "
		 "%u x %u at %u, %u",
		 image_format_name(image->format), image->width, image->height,
		 image->orientation, area.width, area.height,
		 d->page.header.HWResolution[0], d->page.header.HWResolution[1],
		 place.width, place.height, place.x, place.y);
	if (choose_transform(&transform, &d->job, &d->page, image, d->destination,
			     err) != 0)
		return -1;
	result = paint_page(image, &place, &d->page, transform, d->job.copies,
			    d->output, err);
	colour_transform_close(transform);
	return result;
}

static int
print_all(struct doctophoto *d, struct error *err)
{
	struct image *image;
	int more = 1;

	if (image_open(&image, &d->input, &image_limits_default, err) != 0)
		return -1;
	if (output_open(&d->output, d->attest, d->page.pwg, err) != 0)
		more = -1;
	while (more > 0) {
		if (print_picture(d, image, err) != 0)
			more = -1;
		else
			more = image_next(image, err);
	}
	image_close(image);
	return more;
}

/* Input that ends before it begins: the gate said no, and has said why. */
static bool
is_refused(struct doctophoto *d)
{
	const uint8_t *data;

	return attest_is_active(d->attest) &&
	       image_input_peek(&d->input, 1, &data) == 0 && d->input.failed == 0;
}

static int
run(struct doctophoto *d, int argc, char **argv, struct error *err)
{
	int result;

	if (prepare(d, argc, argv, err) != 0)
		return -1;
	if (is_refused(d)) {
		log_info("no document came: nothing to print");
		attest_abandon(d->attest);
		d->attest = NULL;
		return 0;
	}
	result = print_all(d, err);
	output_close(d->output);
	d->output = NULL;
	if (result == 0) {
		result = attest_close(d->attest, err);
		d->attest = NULL;
	}
	return result;
}

static void
clean(struct doctophoto *d)
{
	output_close(d->output);
	attest_abandon(d->attest);
	colour_profile_close(d->destination);
	if (d->input.data != NULL)
		image_input_clear(&d->input);
	if (d->fd >= 0)
		close(d->fd);
	job_close(&d->job);
}

int
main(int argc, char **argv)
{
	struct doctophoto d = {.fd = -1};
	struct error err = {0};
	int result;

	log_open("doctophoto", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	result = run(&d, argc, argv, &err);
	if (result != 0)
		log_error("%s", err.text);
	clean(&d);
	return result != 0;
}
