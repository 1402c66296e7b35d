/*
 * plate_options.h - how plates are to be made: queue (PPD) and job options as numbers.
 *
 *	PageSize	the plate; without a PPD, media=custom_..., or the page's own size
 *	CcPlate		Sheet (the page in the middle of the plate) or Page (it alone)
 *	Resolution	1200dpi, 2400dpi ...
 *	CcRuling	lines per inch, "150" or "150lpi"
 *	CcDot		round, euclidean, elliptical, line, diamond
 *	CcBlank		Omit (blank plates are named in the manifest only) or Expose
 *	CcProfile	file name of the press's CMYK profile, in a profile folder
 *	CcTac		most ink on one place in percent, "320" or "320%": more is said
 *	CcTacAction	Warn, or Refuse
 *	CcCurve		name of a file of curves (platecurve(5)), or None
 */
#ifndef CC_FILTERS_PLATE_OPTIONS_H
#define CC_FILTERS_PLATE_OPTIONS_H

#include <stdbool.h>

#include "lib/plate/curve.h"
#include "lib/screen/screen.h"

#define PLATE_DPI_DEFAULT    2400.0
#define PLATE_DPI_MIN	     300.0
#define PLATE_DPI_MAX	     5080.0
#define PLATE_RULING_DEFAULT 150.0
#define PLATE_SIDE_MAX_MM    1100.0 /* of a plate or a page */
#define PLATE_PAGES_MAX	     2000
#define PLATE_INKS_MAX	     24 /* process and spot */

#define PLATE_TAC_MIN  100.0
#define PLATE_TAC_MAX  2400.0 /* percent: all inks, solid */
#define CURVE_NAME_MAX 64     /* bytes of CcCurve, with its zero */
#define PLATE_MM_PT    (72.0 / 25.4)

struct plate_options {
	double dpi;
	double width_pt, height_pt; /* of the plate; 0: the page's own size */
	double ruling_lpi;
	enum dot_shape dot;
	bool expose_blank;
	double tac_percent;	  /* most ink on one place; 0: no limit */
	bool tac_refuse;	  /* and a page with more makes no plates */
	char profile[1024];	  /* path of the CMYK profile */
	struct curve_set *curves; /* owned; NULL: dots as large as the page asks */
	char curve_name[CURVE_NAME_MAX];
	char title[256]; /* of the job, controls replaced */
};

/* From the PPD file (NULL: none) and the job's options as filter(7) hands them over;
 * ERROR_INPUT for a value that can't be. */
int plate_options_read(struct plate_options *o, const char *ppd_file,
		       const char *options, const char *title, struct error *err);
void plate_options_clear(struct plate_options *o);

/* The screen angle of an ink: C 15, M 75, Y 0, K 45; spot inks, counted from 0, in
 * the gaps between these, each its own. */
double plate_options_angle(const char *ink, unsigned spot);

#endif
