/*
 * photopages - a PDF's pages as PNM, for doctophoto alone.
 *
 *   photopages device intent black-point-compensation
 *
 * Ghostscript meets a stranger's program here, so it runs in a process of its own, in
 * the decoders' sandbox: it can read its own files and fonts, and nothing else; it
 * writes to the pipe that it was given. The PDF and the output profile are descriptors
 * (files in memory). What PostScript or Ghostscript print never reaches cupsd as they
 * wrote it: a line "ATTR: ..." would be a command there.
 *
 * Conversation, so that each page is rendered once, at the resolution that its place on
 * the paper needs:
 *   out   "pages N\n", then N times "WIDTH HEIGHT\n" (points, turned as /Rotate says)
 *   in    "NUMBER XDPI YDPI\n", pages count from 1
 *   out   one PNM picture; and so on, until standard input ends
 * What went wrong is left in descriptor PDF_WORDS_FD, as one sentence.
 * Exit status: 0 only if Ghostscript met no error in any page.
 */
#include <ghostscript/iapi.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/sandbox/sandbox.h"

#include "filters/photo/pdf.h"

#define LINE_BYTES	512
#define PROGRAM_BYTES	512
#define PAGE_POINTS_MAX 14400 /* 200 inches: PDF 1.7 annex C */
#define MEMORY_BYTES	(4ull << 30)
#define CPU_S		900

struct pages {
	void *gs;
	char line[LINE_BYTES]; /* what Ghostscript prints, up to a line's end */
	size_t len;
	bool asking;  /* the line is an answer to us */
	bool unsound; /* it said that something is wrong with the document */
};

/* --- Ghostscript's words --- */

/* "The following errors were encountered ..." (pdfi), "**** Error: ..." (the PostScript
 * side), "Unrecoverable error" (the interpreter). Warnings pass. */
static void
weigh_line(struct pages *p)
{
	static const char *const signs[] = {"**** Error", "following errors",
					    "nrecoverable error", "Error: /"};

	p->line[p->len] = '\0';
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strstr(p->line, signs[i]) != NULL)
			p->unsound = true;
	if (p->len > 0)
		log_debug("Ghostscript: %s", p->line);
	p->len = 0;
}

static int
hear(void *handle, const char *text, int len)
{
	struct pages *p = handle;

	for (int i = 0; i < len; i++) {
		if ((text[i] == '\n' && !p->asking) || p->len == LINE_BYTES - 1)
			weigh_line(p);
		if (text[i] != '\n')
			p->line[p->len++] = text[i];
	}
	return len;
}

static int
give_nothing(void *handle, char *to, int len)
{
	(void)handle;
	(void)to;
	(void)len;
	return 0;
}

/* --- PostScript --- */

static int
run(struct pages *p, const char *program, const char *doing, struct error *err)
{
	int exit_code, code = gsapi_run_string(p->gs, program, 0, &exit_code);

	if (code >= 0)
		return 0;
	return error_set(err, ERROR_INPUT, "Ghostscript failed %s (%d)", doing, code);
}

/* Runs what prints numbers with spaces behind them; up to max of them, the count
 * returned, or -1. */
static int
ask(struct pages *p, const char *program, double *numbers, int max, struct error *err)
{
	int result;

	p->len = 0;
	p->asking = true;
	result = run(p, program, "to read the document's pages", err);
	p->asking = false;
	p->line[p->len] = '\0';
	p->len = 0;
	if (result != 0)
		return -1;
	return (int)text_reals(p->line, numbers, (unsigned)max);
}

static int
open_document(struct pages *p, double *count, struct error *err)
{
	char program[PROGRAM_BYTES];

	snprintf(program, sizeof(program), "(/proc/self/fd/%d) (r) file runpdfbegin",
		 PDF_DOCUMENT_FD);
	if (run(p, program, "to open the document", err) != 0)
		return -1;
	if (ask(p, "pdfpagecount =only flush", count, 1, err) != 1 || *count < 1)
		return error_set(err, ERROR_INPUT,
				 "the document is damaged or has no pages");
	if (*count > PDF_PAGES_MAX)
		return error_set(err, ERROR_INPUT,
				 "%.0f pages are more than the limit of %d", *count,
				 PDF_PAGES_MAX);
	return 0;
}

/* The page's box, rotation and unit: 6 numbers. */
static int
ask_size(struct pages *p, int page, struct pdf_size *size, struct error *err)
{
	char program[PROGRAM_BYTES];
	double v[6], w, h;

	snprintf(program, sizeof(program),
		 "%d pdfgetpage dup dup /CropBox known { /CropBox } { /MediaBox } "
		 "ifelse "
		 "get { =only ( ) print } forall "
		 "dup dup /Rotate known { /Rotate get } { pop 0 } ifelse =only ( ) "
		 "print "
		 "dup /UserUnit known { /UserUnit get } { pop 1 } ifelse =only flush",
		 page);
	if (ask(p, program, v, 6, err) != 6)
		return error_set(err, ERROR_INPUT, "page %d is damaged", page);
	w = fabs(v[2] - v[0]) * v[5];
	h = fabs(v[3] - v[1]) * v[5];
	if (!(w >= 1 && h >= 1 && w <= PAGE_POINTS_MAX && h <= PAGE_POINTS_MAX))
		return error_set(err, ERROR_INPUT, "page %d measures %g x %g points",
				 page, w, h);
	size->width = fmod(fabs(v[4]), 180) == 90 ? h : w;
	size->height = fmod(fabs(v[4]), 180) == 90 ? w : h;
	return 0;
}

static int
tell_sizes(struct pages *p, struct error *err)
{
	struct pdf_size size = {0};
	double count = 0;

	if (open_document(p, &count, err) != 0)
		return -1;
	printf("pages %.0f\n", count);
	for (int i = 1; i <= count; i++) {
		if (ask_size(p, i, &size, err) != 0)
			return -1;
		printf("%.17g %.17g\n", size.width, size.height);
	}
	return fflush(stdout) == 0 ? 0 : error_errno(err, "cannot hand over the sizes");
}

static int
render(struct pages *p, int page, double x_dpi, double y_dpi, struct error *err)
{
	char program[PROGRAM_BYTES];

	snprintf(
		program, sizeof(program),
		"<</HWResolution [%.9g %.9g]>> setpagedevice %d pdfgetpage pdfshowpage",
		x_dpi, y_dpi, page);
	if (run(p, program, "to render a page", err) != 0)
		return -1;
	if (p->unsound)
		return error_set(err, ERROR_INPUT, "page %d can't be rendered whole",
				 page);
	return fflush(stdout) == 0 ? 0 : error_errno(err, "cannot hand over a page");
}

static int
serve(struct pages *p, struct error *err)
{
	char line[LINE_BYTES];
	double asked[3]; /* page, x and y in pixels an inch */

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (text_reals(line, asked, 3) != 3 ||
		    !(asked[0] >= 1 && asked[0] <= PDF_PAGES_MAX))
			return error_set(err, ERROR_SYSTEM, "'%s' is no request", line);
		if (render(p, (int)asked[0], asked[1], asked[2], err) != 0)
			return -1;
	}
	/* pdfi reports at the end what it met on the way. */
	if (run(p, "runpdfend", "to finish the document", err) != 0)
		return -1;
	if (p->unsound)
		return error_set(err, ERROR_INPUT,
				 "Ghostscript met errors in the document");
	return 0;
}

/* --- the process --- */

static int
enter_sandbox(struct error *err)
{
	static const char *const read_only[] = {"/usr/share/ghostscript",
						"/usr/share/fonts",
						"/usr/share/poppler",
						"/usr/share/color/icc",
						"/var/lib/ghostscript",
						"/etc/ghostscript",
						"/etc/fonts",
						"/var/cache/fontconfig",
						"/usr/share/fontconfig",
						"/dev/null",
						NULL};
	const struct sandbox_limits limits = {
		.memory_bytes = MEMORY_BYTES, .cpu_s = CPU_S, .read_only = read_only};

	return sandbox_decoder(&limits, err);
}

static int
start_gs(struct pages *p, const char *device, const char *intent, const char *bpc,
	 struct error *err)
{
	char device_arg[64], intent_arg[64], bpc_arg[64], profile_arg[64];
	char permit_document[64], permit_profile[64];
	char name[] = "gs", quiet[] = "-q", safer[] = "-dSAFER", batch[] = "-dNOPAUSE",
	     prompt[] = "-dNOPROMPT", text[] = "-dTextAlphaBits=4",
	     graphics[] = "-dGraphicsAlphaBits=4", images[] = "-dInterpolateControl=-1",
	     crop[] = "-dUseCropBox", forms[] = "-dShowAcroForm=true",
	     printed[] = "-dPrinted=true", bands[] = "-sBandListStorage=memory",
	     output[] = "-sOutputFile=-";
	char *args[] = {
		name,	    quiet,    safer,	       batch,	       prompt,
		text,	    graphics, images,	       crop,	       forms,
		printed,    bands,    permit_document, permit_profile, device_arg,
		intent_arg, bpc_arg,  profile_arg,     output};
	int code;

	snprintf(device_arg, sizeof(device_arg), "-sDEVICE=%s", device);
	snprintf(intent_arg, sizeof(intent_arg), "-dRenderIntent=%s", intent);
	snprintf(bpc_arg, sizeof(bpc_arg), "-dBlackPtComp=%s", bpc);
	snprintf(profile_arg, sizeof(profile_arg),
		 "-sOutputICCProfile=/proc/self/fd/%d", PDF_PROFILE_FD);
	snprintf(permit_document, sizeof(permit_document),
		 "--permit-file-read=/proc/self/fd/%d", PDF_DOCUMENT_FD);
	snprintf(permit_profile, sizeof(permit_profile),
		 "--permit-file-read=/proc/self/fd/%d", PDF_PROFILE_FD);
	if (gsapi_new_instance(&p->gs, p) < 0)
		return error_set(err, ERROR_SYSTEM, "Ghostscript does not start");
	gsapi_set_stdio(p->gs, give_nothing, hear, hear);
	gsapi_set_arg_encoding(p->gs, GS_ARG_ENCODING_UTF8);
	code = gsapi_init_with_args(p->gs, sizeof(args) / sizeof(args[0]), args);
	if (code < 0)
		return error_set(err, ERROR_SYSTEM, "Ghostscript does not start (%d)",
				 code);
	return 0;
}

int
main(int argc, char **argv)
{
	struct pages p = {0};
	struct error err = {0};
	int result;

	log_open("photopages", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	if (argc != 4) {
		log_error("photopages is started by doctophoto alone");
		return 1;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* doctophoto cancelled: so are we */
	result = enter_sandbox(&err);
	if (result == 0)
		result = start_gs(&p, argv[1], argv[2], argv[3], &err);
	if (result == 0)
		result = tell_sizes(&p, &err);
	if (result == 0)
		result = serve(&p, &err);
	if (result != 0 && write(PDF_WORDS_FD, err.text, strlen(err.text)) < 0)
		log_error("PDF: %s", err.text);
	if (p.gs != NULL) {
		gsapi_exit(p.gs);
		gsapi_delete_instance(p.gs);
	}
	return result != 0;
}
