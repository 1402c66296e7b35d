/*
 * plate_options.c - options come from a PPD's marked choices, and, for queues without
 * one, from the job's own words of the same names.
 */
#include <cups/cups.h>
#include <cups/ppd.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"

#include "filters/plates/plate_options.h"

/* Where a profile named in an option may lie; a name never holds a slash. */
static const char *const profile_folders[] = {
	CC_DATADIR "/profiles",
	"/usr/share/color/icc",
	"/usr/share/color/icc/colord",
	"/usr/share/color/icc/ghostscript",
};
#define PROFILE_DEFAULT "default_cmyk.icc"

static const struct {
	const char *ink;
	double angle;
} process_angles[] = {{"Cyan", 15}, {"Magenta", 75}, {"Yellow", 0}, {"Black", 45}};

/* In the gaps of the four, the widest gaps first. */
static const double spot_angles[] = {30,   60,	  22.5,	 67.5,	52.5,  37.5,  7.5,
				     82.5, 26.25, 63.75, 56.25, 33.75, 18.75, 71.25};
#define SPOT_ANGLES (sizeof(spot_angles) / sizeof(spot_angles[0]))

double
plate_options_angle(const char *ink, unsigned spot)
{
	for (size_t i = 0; i < sizeof(process_angles) / sizeof(process_angles[0]); i++)
		if (strcmp(ink, process_angles[i].ink) == 0)
			return process_angles[i].angle;
	/* More spots than gaps: once more through the list, a little turned. */
	size_t rounds = spot / SPOT_ANGLES;

	return spot_angles[spot % SPOT_ANGLES] + 1.5 * (double)rounds;
}

struct reader {
	ppd_file_t *ppd; /* NULL: none */
	int count;
	cups_option_t *options;
};

/* The job's own word where the PPD does not know the option, else the marked choice;
 * NULL if neither says anything. */
static const char *
word(const struct reader *r, const char *name)
{
	ppd_choice_t *choice =
		r->ppd == NULL ? NULL : ppdFindMarkedChoice(r->ppd, name);

	if (choice != NULL)
		return choice->choice;
	return cupsGetOption(name, r->count, r->options);
}

/* "150", "150lpi", "2400dpi", "2400x2400dpi": the number it begins with. */
static int
number(const char *text, const char *name, double min, double max, double *to,
       struct error *err)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || !(v >= min && v <= max))
		return error_set(err, ERROR_INPUT, "%s=%.40s is not between %g and %g",
				 name, text, min, max);
	*to = v;
	return 0;
}

static int
read_size(struct plate_options *o, const struct reader *r, struct error *err)
{
	const char *media = cupsGetOption("media", r->count, r->options);
	ppd_size_t *size = r->ppd == NULL ? NULL : ppdPageSize(r->ppd, NULL);
	pwg_media_t *pwg;

	const char *what = word(r, "CcPlate");

	if (what != NULL && strcasecmp(what, "Page") == 0)
		return 0;
	if (size != NULL) {
		o->width_pt = (double)size->width;
		o->height_pt = (double)size->length;
	} else if (media != NULL && (pwg = pwgMediaForPWG(media)) != NULL) {
		o->width_pt = pwg->width / 2540.0 * 72.0;
		o->height_pt = pwg->length / 2540.0 * 72.0;
	}
	if (!(o->width_pt >= 0 && o->width_pt <= PLATE_SIDE_MAX_MM * PLATE_MM_PT) ||
	    !(o->height_pt >= 0 && o->height_pt <= PLATE_SIDE_MAX_MM * PLATE_MM_PT))
		return error_set(err, ERROR_INPUT, "the plate is larger than %g mm",
				 PLATE_SIDE_MAX_MM);
	return 0;
}

static int
find_profile(struct plate_options *o, const char *name, struct error *err)
{
	if (strchr(name, '/') != NULL || *name == '.')
		return error_set(err, ERROR_INPUT,
				 "CcProfile takes the name of an installed profile");
	for (size_t i = 0; i < sizeof(profile_folders) / sizeof(profile_folders[0]);
	     i++) {
		int n = snprintf(o->profile, sizeof(o->profile), "%s/%s",
				 profile_folders[i], name);

		if (n < (int)sizeof(o->profile) && access(o->profile, R_OK) == 0)
			return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "there is no profile '%.60s' in " CC_DATADIR
			 "/profiles or /usr/share/color/icc",
			 name);
}

/* Where the queue's PPD says, then where the shop's and the package's curves lie. */
static int
open_curves(struct plate_options *o, const struct reader *r, struct buf *json,
	    struct error *err)
{
	ppd_attr_t *own =
		r->ppd == NULL ? NULL : ppdFindAttr(r->ppd, "CcCurveFolder", NULL);
	const char *folders[] = {own != NULL ? own->value : NULL,
				 CC_SYSCONFDIR "/curves", CC_DATADIR "/curves"};
	char path[1024];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (folders[i] == NULL || folders[i][0] != '/')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s.json", folders[i],
			     o->curve_name) < (int)sizeof(path) &&
		    access(path, R_OK) == 0)
			return fs_read_file(path, json, err);
	}
	return error_set(err, ERROR_INPUT,
			 "there are no curves '%s' in " CC_SYSCONFDIR
			 "/curves or " CC_DATADIR "/curves",
			 o->curve_name);
}

static int
read_curves(struct plate_options *o, const struct reader *r, struct error *err)
{
	const char *name = word(r, "CcCurve");
	struct buf json;
	int rc = -1;

	if (name == NULL || strcasecmp(name, "None") == 0)
		return 0;
	if (strchr(name, '/') != NULL || *name == '.' || *name == '\0' ||
	    text_copy(o->curve_name, sizeof(o->curve_name), name) != 0)
		return error_set(err, ERROR_INPUT,
				 "CcCurve takes the name of a file of curves");
	o->curves = calloc(1, sizeof(*o->curves));
	if (o->curves == NULL)
		return error_set(err, ERROR_FULL, "no memory for curves");
	buf_init(&json, CURVE_BYTES_MAX);
	if (open_curves(o, r, &json, err) == 0)
		rc = curve_set_read(o->curves, json.data, json.len, err);
	buf_clear(&json);
	return rc == 0 ? 0 : error_prefix(err, "curves '%s'", o->curve_name);
}

static int
read_words(struct plate_options *o, const struct reader *r, struct error *err)
{
	struct cell cell;
	const char *w;

	if ((w = word(r, "Resolution")) != NULL &&
	    number(w, "Resolution", PLATE_DPI_MIN, PLATE_DPI_MAX, &o->dpi, err) != 0)
		return -1;
	if ((w = word(r, "CcRuling")) != NULL &&
	    number(w, "CcRuling", CELL_RULING_MIN, PLATE_DPI_MAX / CELL_PERIOD_MIN,
		   &o->ruling_lpi, err) != 0)
		return -1;
	if (cell_find(&cell, o->dpi, o->ruling_lpi, 45, err) != 0)
		return -1;
	if ((w = word(r, "CcDot")) != NULL && (o->dot = dot_by_name(w)) == 0)
		return error_set(err, ERROR_INPUT, "CcDot=%.40s is no dot shape", w);
	if ((w = word(r, "CcBlank")) != NULL)
		o->expose_blank = strcasecmp(w, "Expose") == 0;
	if ((w = word(r, "CcTac")) != NULL && strcasecmp(w, "None") != 0 &&
	    number(w, "CcTac", PLATE_TAC_MIN, PLATE_TAC_MAX, &o->tac_percent, err) != 0)
		return -1;
	if ((w = word(r, "CcTacAction")) != NULL)
		o->tac_refuse = strcasecmp(w, "Refuse") == 0;
	w = word(r, "CcProfile");
	return find_profile(
		o, w == NULL || strcmp(w, "Default") == 0 ? PROFILE_DEFAULT : w, err);
}

static int
open_ppd(struct reader *r, const char *ppd_file, struct error *err)
{
	int line;

	if (ppd_file == NULL)
		return 0;
	r->ppd = ppdOpenFile(ppd_file);
	if (r->ppd == NULL)
		return error_set(err, ERROR_SYSTEM, "the queue's PPD can't be read: %s",
				 ppdErrorString(ppdLastError(&line)));
	ppdMarkDefaults(r->ppd);
	cupsMarkOptions(r->ppd, r->count, r->options);
	return 0;
}

int
plate_options_read(struct plate_options *o, const char *ppd_file, const char *options,
		   const char *title, struct error *err)
{
	struct reader r = {0};
	int rc = -1;

	memset(o, 0, sizeof(*o));
	o->dpi = PLATE_DPI_DEFAULT;
	o->ruling_lpi = PLATE_RULING_DEFAULT;
	o->dot = DOT_EUCLIDEAN;
	text_copy(o->title, sizeof(o->title), title);
	text_strip_controls(o->title);
	r.count = cupsParseOptions(options, 0, &r.options);
	if (open_ppd(&r, ppd_file, err) == 0 && read_size(o, &r, err) == 0 &&
	    read_words(o, &r, err) == 0)
		rc = read_curves(o, &r, err);
	ppdClose(r.ppd);
	cupsFreeOptions(r.count, r.options);
	if (rc != 0)
		plate_options_clear(o);
	return rc;
}

void
plate_options_clear(struct plate_options *o)
{
	free(o->curves);
	o->curves = NULL;
}
