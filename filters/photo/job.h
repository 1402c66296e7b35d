/*
 * job.h - what the job asks for: filter(7)'s arguments and environment, PPD, options.
 *
 * Options are input: an unknown word is said in the log and the default taken, as
 * RFC 8011 wants it where fidelity is not asked for.
 */
#ifndef CC_PHOTO_JOB_H
#define CC_PHOTO_JOB_H

#include <cups/cups.h>
#include <cups/ppd.h>
#include <stdbool.h>

#include "lib/colour/colour.h"
#include "lib/order/layout.h"

#include "filters/attest.h"

#include "filters/photo/page.h"
#include "filters/photo/place.h"

#define JOB_COPIES_MAX 9999
#define JOB_RANGES_MAX 64 /* of page-ranges */

struct job {
	const char *id;		       /* argv[1] */
	const char *copies_text;       /* argv[4] */
	bool own_copies;	       /* the document names its copies */
	const char *file;	       /* argv[6], or NULL: standard input */
	struct attest_release release; /* what it asks for, before job_begin */
	unsigned copies; /* pages to write of each picture: 1 unless the PPD says
			     cupsManualCopies, or the document or release names its own */
	unsigned sheets; /* that come of each picture, whoever makes its copies */
	unsigned skip;	 /* of the pages to write, from the first on: not these */
	int num_options;
	cups_option_t *options; /* owned */
	ppd_file_t *ppd;	/* owned, unless for_pages; options marked */
	bool for_pages;		/* of job_override */
	bool pwg;		/* FINAL_CONTENT_TYPE is image/pwg-raster */
	struct place_wish wish;
	const struct layout *layout; /* claimcheck-layout; NULL: the picture alone */
	bool intent_given;
	enum colour_intent intent;
	bool monochrome;  /* print-color-mode=monochrome */
	bool calibration; /* cm-calibration: device values, no conversion */
	unsigned ranges;  /* of pages; 0: all */
	struct {
		unsigned first, last;
	} range[JOB_RANGES_MAX];
	const char *profile; /* option output-profile: a name, or NULL */
};

/* ERROR_INPUT for wrong arguments. */
int job_open(struct job *job, int argc, char **argv, struct error *err);
/* What the document wants for itself, as IPP attributes: it goes before what the job
 * says. Between job_open and job_begin. */
int job_wishes(struct job *job, const void *attributes, size_t len, struct error *err);
void job_wish(struct job *job, ipp_t *attributes);
/* Marks the PPD and reads the options. ERROR_INPUT for a missing or damaged PPD, and for
 * a layout or a crop rectangle that makes no sense: a print without it is waste. */
int job_begin(struct job *job, struct error *err);
/* The same job for pages that are wanted otherwise: `wants` goes before what the document
 * says. It lives by the PPD of `of`, whose marks it changes; job_close it first. */
int job_override(struct job *job, const struct job *of, ipp_t *wants,
		 struct error *err);
/* How many pages to write of the next picture that is wanted; it counts skip down. */
unsigned job_next_copies(struct job *job);
/* Is page `number` (from 1) in page-ranges? */
bool job_wants_page(const struct job *job, unsigned number);
void job_close(struct job *job);

#endif
