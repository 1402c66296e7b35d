/*
 * plate_rip.c - how Ghostscript is called. PDFs are driven page by page, so that sizes
 * are known before anything is rendered; PostScript runs as it is.
 *
 * Arguments that matter: psdcmyk keeps overprint and transparency right with spots;
 * the output profile is also the profile of device CMYK, so CMYK that was made for the
 * plate's own press passes untouched.
 */
#include <errno.h>
#include <ghostscript/ierrors.h>
#include <ghostscript/iapi.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"

#include "filters/plates/plate_files.h"
#include "filters/plates/plate_rip.h"

#define RIP_ARGS_MAX  40
#define RIP_ARG_BYTES 1200
#define RIP_LINE_MAX  1024
#define RIP_SPOTS_MAX (PLATE_INKS_MAX - 4 + 1)
#define RIP_BANDS_BYTES                                                                \
	50000000 /* -dBufferSpace: 5 to 10 % faster than the default                   \
		  */

struct rip {
	const struct plate_rip *job;
	void *gs;
	char args[RIP_ARGS_MAX][RIP_ARG_BYTES];
	char *argv[RIP_ARGS_MAX];
	int argc;
	char line[RIP_LINE_MAX]; /* of what Ghostscript says, being gathered */
	size_t line_len;
	char said[RIP_LINE_MAX]; /* the last line that tells an error */
	bool encrypted;
	double box[4]; /* of the page asked about */
	double unit;   /* UserUnit */
	int spots;     /* on the page asked about */
	long pages;    /* -1: unknown */
};

/* --- what Ghostscript says --- */

/* Lines of ours begin with "CC "; a document can print such lines too, and gains
 * nothing: they only tell sizes that are checked again when pages arrive. */
static void
hear_ours(struct rip *r, const char *line)
{
	double count;

	if (strncmp(line, "CC pages ", 9) == 0 &&
	    text_reals(line + 9, &count, 1) == 1 && fabs(count) <= INT_MAX)
		r->pages = (long)count;
	else if (strncmp(line, "CC spots ", 9) == 0 &&
		 text_reals(line + 9, &count, 1) == 1 && fabs(count) <= INT_MAX)
		r->spots = (int)count;
	else if (strncmp(line, "CC unit ", 8) == 0)
		text_reals(line + 8, &r->unit, 1);
	else if (strncmp(line, "CC box [", 8) == 0)
		text_reals(line + 8, r->box, 4);
}

static void
hear_line(struct rip *r)
{
	r->line[r->line_len] = '\0';
	if (strncmp(r->line, "CC ", 3) == 0)
		hear_ours(r, r->line);
	else if (r->line_len > 0)
		log_debug("Ghostscript: %s", r->line);
	if (strstr(r->line, "assword") != NULL)
		r->encrypted = true;
	if (strstr(r->line, "rror") != NULL && r->said[0] == '\0')
		text_copy(r->said, sizeof(r->said), r->line);
	r->line_len = 0;
}

static int
hear(void *ctx, const char *text, int len)
{
	struct rip *r = ctx;

	for (int i = 0; i < len; i++) {
		if (text[i] == '\n')
			hear_line(r);
		else if (r->line_len < sizeof(r->line) - 1)
			r->line[r->line_len++] = text[i];
	}
	return len;
}

static int
say_nothing(void *ctx, char *text, int len)
{
	(void)ctx;
	(void)text;
	(void)len;
	return 0;
}

/* --- starting it --- */

static void arg(struct rip *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void
arg(struct rip *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	INVARIANT(r->argc < RIP_ARGS_MAX);
	va_start(ap, fmt);
	n = vsnprintf(r->args[r->argc], RIP_ARG_BYTES, fmt, ap);
	va_end(ap);
	INVARIANT(n >= 0 && n < RIP_ARG_BYTES);
	r->argv[r->argc] = r->args[r->argc];
	r->argc++;
}

static void
make_args(struct rip *r)
{
	const struct plate_options *o = r->job->options;

	arg(r, "doctoplates");
	arg(r, "-dSAFER");
	arg(r, "-dNOPAUSE");
	arg(r, "-dBATCH");
	arg(r, "-dQUIET");
	arg(r, "-dNOPROMPT");
	arg(r, "-dPDFSTOPONERROR");
	arg(r, "-dEPSCrop");
	arg(r, "-sDEVICE=psdcmyk");
	arg(r, "-sOutputFile=%s", PLATE_FILES_OUTPUT);
	arg(r, "-r%g", o->dpi);
	arg(r, "-dMaxSpots=%d", RIP_SPOTS_MAX);
	arg(r, "-dMaxBitmap=0"); /* always bands: rows in memory, not pages */
	arg(r, "-dBufferSpace=%d", RIP_BANDS_BYTES);
	arg(r, "-dNumRenderingThreads=%ld", sysconf(_SC_NPROCESSORS_ONLN));
	arg(r, "-dTextAlphaBits=1");
	arg(r, "-dGraphicsAlphaBits=1");
	arg(r, "-sDefaultCMYKProfile=%s", o->profile);
	arg(r, "-sOutputICCProfile=%s", o->profile);
	arg(r, "--permit-file-read=" PLATE_FILES_DOCUMENT);
	arg(r, "--permit-file-read=%s", o->profile);
}

/* After a failure: the sink's own word first, then the document's fault in a sentence
 * that a customer can do something about. */
static int
blame(struct rip *r, struct error *err)
{
	struct error sink;

	if (plate_files_failed(&sink)) {
		if (err != NULL)
			*err = sink;
		return -1;
	}
	if (r->encrypted)
		return error_set(err, ERROR_INPUT,
				 "the document is encrypted: it needs a password");
	text_strip_controls(r->said);
	return error_set(
		err, ERROR_INPUT,
		"the document is damaged, or needs what is not allowed: %.200s",
		r->said[0] != '\0' ? r->said : "Ghostscript stopped");
}

static int run(struct rip *r, struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int
run(struct rip *r, struct error *err, const char *fmt, ...)
{
	char program[1024];
	int code, exit_code;
	va_list ap;

	va_start(ap, fmt);
	code = vsnprintf(program, sizeof(program), fmt, ap);
	va_end(ap);
	INVARIANT(code >= 0 && code < (int)sizeof(program));
	code = gsapi_run_string(r->gs, program, 0, &exit_code);
	if (r->line_len > 0)
		hear_line(r);
	return code < 0 ? blame(r, err) : 0;
}

/* --- PDF: page by page --- */

static int
check_size(const struct rip *r, long page, struct error *err)
{
	double w = (r->box[2] - r->box[0]) * r->unit;
	double h = (r->box[3] - r->box[1]) * r->unit;

	if (!(w > 0 && h > 0))
		return error_set(err, ERROR_INPUT, "page %ld has no size", page);
	if (w > PLATE_SIDE_MAX_MM * PLATE_MM_PT || h > PLATE_SIDE_MAX_MM * PLATE_MM_PT)
		return error_set(err, ERROR_INPUT,
				 "page %ld is %.0f x %.0f mm; the largest plate is "
				 "%.0f mm",
				 page, w / PLATE_MM_PT, h / PLATE_MM_PT,
				 PLATE_SIDE_MAX_MM);
	return 0;
}

/* Ghostscript makes process colours of spots that it has no plane for: never here. */
static int
check_spots(const struct rip *r, long page, struct error *err)
{
	if (r->spots > PLATE_INKS_MAX - 4)
		return error_set(err, ERROR_INPUT,
				 "page %ld has %d spot colours; at most %d can be made "
				 "plates of",
				 page, r->spots, PLATE_INKS_MAX - 4);
	return 0;
}

static int
run_page(struct rip *r, long page, struct error *err)
{
	memset(r->box, 0, sizeof(r->box));
	r->unit = 1;
	r->spots = 0;
	if (run(r, err,
		"%ld pdfgetpage dup type /dicttype ne {/pdfgetpage cvx /syntaxerror "
		"signalerror} if "
		"dup /MediaBox get (CC box ) print == "
		"dup /UserUnit known {dup /UserUnit get (CC unit ) print =} if "
		"dup /NumSpots get (CC spots ) print = flush "
		"/CCPage exch def\n",
		page) != 0 ||
	    check_size(r, page, err) != 0 || check_spots(r, page, err) != 0)
		return -1;
	return run(r, err, "CCPage pdfshowpage flush\n");
}

static int
run_pdf(struct rip *r, struct error *err)
{
	r->pages = 0;
	if (run(r, err,
		"(" PLATE_FILES_DOCUMENT ") (r) file runpdfbegin "
		"(CC pages ) print pdfpagecount = flush\n") != 0)
		return -1;
	if (r->pages < 1)
		return error_set(err, ERROR_INPUT, "the document has no pages");
	if (r->pages > PLATE_PAGES_MAX)
		return error_set(err, ERROR_INPUT,
				 "the document has %ld pages; at most %d can be made "
				 "plates of",
				 r->pages, PLATE_PAGES_MAX);
	for (long page = 1; page <= r->pages; page++)
		if (run_page(r, page, err) != 0)
			return -1;
	return run(r, err, "runpdfend\n");
}

static int
run_postscript(struct rip *r, struct error *err)
{
	return run(r, err, "(" PLATE_FILES_DOCUMENT ") run\n");
}

static int
start(struct rip *r, struct error *err)
{
	int code;

	if (gsapi_new_instance(&r->gs, r) < 0)
		return error_set(err, ERROR_SYSTEM, "Ghostscript can't be started");
	gsapi_set_stdio(r->gs, say_nothing, hear, hear);
	gsapi_set_arg_encoding(r->gs, GS_ARG_ENCODING_UTF8);
	make_args(r);
	code = gsapi_init_with_args(r->gs, r->argc, r->argv);
	if (code < 0 && code != gs_error_Quit)
		return error_set(err, ERROR_SYSTEM, "Ghostscript can't be started: %s",
				 r->said);
	return 0;
}

int
plate_rip_run(const struct plate_rip *rip, struct error *err)
{
	struct rip *r = calloc(1, sizeof(*r));
	int rc = -1;

	INVARIANT(r != NULL);
	r->job = rip;
	plate_files_begin(rip->document, rip->sink);
	if (start(r, err) == 0)
		rc = rip->kind == PLATE_PDF ? run_pdf(r, err) : run_postscript(r, err);
	if (r->gs != NULL) {
		if (gsapi_exit(r->gs) < 0 && rc == 0)
			rc = blame(r, err);
		gsapi_delete_instance(r->gs);
	}
	if (rc == 0 && plate_files_failed(err))
		rc = -1;
	plate_files_end();
	free(r);
	return rc;
}
