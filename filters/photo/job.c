#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"

#include "filters/photo/job.h"

static const char *
option(const struct job *job, const char *name)
{
	return cupsGetOption(name, job->num_options, job->options);
}

static bool
option_is_on(const struct job *job, const char *name)
{
	const char *value = option(job, name);

	return value != NULL &&
	       (strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0 ||
		strcasecmp(value, "on") == 0);
}

static void
not_understood(const char *name, const char *value)
{
	log_notice("option %s=%s is not understood and left aside", name, value);
}

static void
read_scaling(struct job *job)
{
	const char *value = option(job, "print-scaling");

	if (value != NULL) {
		if (place_scaling_read(&job->wish.scaling, value) != 0)
			not_understood("print-scaling", value);
	} else if (option_is_on(job, "fit-to-page") || option_is_on(job, "fitplot")) {
		job->wish.scaling = PLACE_FIT; /* lp's older words */
	} else if (option_is_on(job, "fill")) {
		job->wish.scaling = PLACE_FILL;
	}
}

/* RFC 8011 5.2.10: 3 portrait, 4 landscape (a quarter counter-clockwise), 5 reverse
 * landscape, 6 reverse portrait, 7 none: ours to choose. */
static void
read_orientation(struct job *job)
{
	static const int quarters[] = {0, 3, 1, 2, PLACE_TURN_AUTO};
	const char *value = option(job, "orientation-requested");
	int64_t number;

	job->wish.quarters = PLACE_TURN_AUTO;
	if (value == NULL)
		return;
	if (text_number(value, 3, 7, &number) == 0)
		job->wish.quarters = quarters[number - 3];
	else
		not_understood("orientation-requested", value);
}

static void
read_position(const char *value, const char *name, const char *least, const char *most,
	      double *position)
{
	if (value == NULL || strcmp(value, "none") == 0 || strcmp(value, "center") == 0)
		return;
	if (strcmp(value, least) == 0)
		*position = 0;
	else if (strcmp(value, most) == 0)
		*position = 1;
	else
		not_understood(name, value);
}

static void
read_wish(struct job *job)
{
	const char *ppi = option(job, "ppi");
	int64_t number;

	job->wish = (struct place_wish){0};
	job->wish.x = job->wish.y = 0.5;
	read_scaling(job);
	read_orientation(job);
	read_position(option(job, "x-image-position"), "x-image-position", "left",
		      "right", &job->wish.x);
	read_position(option(job, "y-image-position"), "y-image-position", "top",
		      "bottom", &job->wish.y);
	job->wish.mirror = option_is_on(job, "mirror");
	if (ppi != NULL && text_number(ppi, 1, 9600, &number) == 0)
		job->wish.ppi = (double)number;
	else if (ppi != NULL)
		not_understood("ppi", ppi);
}

static int
read_crop(struct job *job, struct error *err)
{
	const char *value = option(job, "claimcheck-crop");
	const double one = LAYOUT_CROP_ONE;
	struct layout_crop crop;

	if (value == NULL)
		return 0;
	if (layout_crop_read(&crop, value) != 0)
		return error_set(
			err, ERROR_INPUT,
			"claimcheck-crop=%s is no part of a picture: left, top, "
			"width and height are wanted, in 1/%d of its sides",
			value, LAYOUT_CROP_ONE);
	job->wish.crop = (struct place_crop){crop.left / one, crop.top / one,
					     crop.width / one, crop.height / one};
	return 0;
}

static int
read_layout(struct job *job, struct error *err)
{
	const char *value = option(job, "claimcheck-layout");

	job->layout = NULL;
	if (value == NULL || strcmp(value, "none") == 0)
		return 0;
	job->layout = layout_find(value);
	if (job->layout == NULL)
		return error_set(err, ERROR_INPUT, "there is no layout '%s'", value);
	return 0;
}

static void
read_colour(struct job *job)
{
	const char *intent = option(job, "print-rendering-intent");
	const char *mode = option(job, "print-color-mode");

	job->intent_given = false;
	if (intent != NULL && strcmp(intent, "auto") != 0) {
		job->intent_given = colour_intent_read(&job->intent, intent) == 0;
		if (!job->intent_given)
			not_understood("print-rendering-intent", intent);
	}
	job->monochrome = mode != NULL && (strcmp(mode, "monochrome") == 0 ||
					   strcmp(mode, "process-monochrome") == 0);
	job->calibration = option_is_on(job, "cm-calibration");
	job->profile = option(job, "output-profile");
}

/* "1-3,7,9-" as cupsd hands it on. */
static void
read_ranges(struct job *job)
{
	const char *value = option(job, "page-ranges"), *at = value;

	while (at != NULL && *at != '\0' && job->ranges < JOB_RANGES_MAX) {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (end == at || first == 0 || first > UINT_MAX) {
			not_understood("page-ranges", value);
			job->ranges = 0;
			return;
		}
		if (*end == '-') {
			at = end + 1;
			last = strtoul(at, &end, 10);
			if (end == at || last > UINT_MAX)
				last = UINT_MAX;
		}
		job->range[job->ranges].first = (unsigned)first;
		job->range[job->ranges++].last = (unsigned)last;
		at = *end == ',' ? end + 1 : NULL;
	}
}

bool
job_wants_page(const struct job *job, unsigned number)
{
	for (unsigned i = 0; i < job->ranges; i++)
		if (number >= job->range[i].first && number <= job->range[i].last)
			return true;
	return job->ranges == 0;
}

static int
open_ppd(struct job *job, struct error *err)
{
	const char *path = getenv("PPD");
	ppd_status_t status;
	int line;

	if (path == NULL)
		return error_set(err, ERROR_INPUT,
				 "the queue has no PPD (PPD is not set)");
	job->ppd = ppdOpenFile(path);
	if (job->ppd == NULL) {
		status = ppdLastError(&line);
		return error_set(err, ERROR_INPUT, "the queue's PPD '%s', line %d: %s",
				 path, line, ppdErrorString(status));
	}
	return 0;
}

/* What a page may want otherwise than its document. */
static int
read_for_pages(struct job *job, struct error *err)
{
	ppdMarkDefaults(job->ppd);
	cupsMarkOptions(job->ppd, job->num_options, job->options);
	read_wish(job);
	read_colour(job);
	return read_crop(job, err) != 0 ? -1 : read_layout(job, err);
}

static void
read_copies(struct job *job)
{
	const char *text = job->own_copies ? option(job, "copies") : job->copies_text;
	int64_t copies = 1;
	bool ours =
		job->ppd->manual_copies || job->own_copies || job->release.copies > 0;

	if (job->release.copies > 0)
		copies = job->release.copies;
	else if (text_number(text, 1, JOB_COPIES_MAX, &copies) != 0)
		log_notice("'%s' copies make no sense; one is printed", text);
	job->sheets = (unsigned)copies;
	job->copies = ours ? job->sheets : 1;
	job->skip = job->release.skip;
	if (job->skip > 0 && job->copies != job->sheets) {
		log_notice(
			"the printer makes the copies itself: all are printed again, "
			"the %u that came out, too",
			job->skip);
		job->skip = 0;
	}
}

unsigned
job_next_copies(struct job *job)
{
	unsigned less = job->skip < job->copies ? job->skip : job->copies;

	job->skip -= less;
	return job->copies - less;
}

int
job_open(struct job *job, int argc, char **argv, struct error *err)
{
	const char *type = getenv("FINAL_CONTENT_TYPE");

	memset(job, 0, sizeof(*job));
	if (argc != 6 && argc != 7)
		return error_set(err, ERROR_INPUT,
				 "usage: %s job-id user title copies options [file]",
				 argc > 0 ? argv[0] : "doctophoto");
	job->id = argv[1];
	job->file = argc == 7 ? argv[6] : NULL;
	job->pwg = type != NULL && strcasecmp(type, "image/pwg-raster") == 0;
	job->copies_text = argv[4];
	job->num_options = cupsParseOptions(argv[5], 0, &job->options);
	return 0;
}

int
job_begin(struct job *job, struct error *err)
{
	if (open_ppd(job, err) != 0)
		return -1;
	read_copies(job);
	read_ranges(job);
	return read_for_pages(job, err);
}

int
job_override(struct job *job, const struct job *of, ipp_t *wants, struct error *err)
{
	*job = *of;
	job->for_pages = true;
	job->num_options = 0;
	job->options = NULL;
	for (int i = 0; i < of->num_options; i++)
		job->num_options =
			cupsAddOption(of->options[i].name, of->options[i].value,
				      job->num_options, &job->options);
	job_wish(job, wants);
	return read_for_pages(job, err);
}

void
job_close(struct job *job)
{
	if (job->ppd != NULL && !job->for_pages)
		ppdClose(job->ppd);
	cupsFreeOptions(job->num_options, job->options);
	memset(job, 0, sizeof(*job));
}
