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
#include "lib/order/order.h"
#include "lib/sandbox/sandbox.h"

#include "filters/photo/choose.h"
#include "filters/photo/print.h"

/* What a decoder of a stranger's bytes may use: a page of PAGE_BYTES_MAX, a picture of
 * image_limits_default.memory, and room for strips, libraries and threads. */
#define MEMORY_BYTES (4ull << 30)
#define CPU_S	     1800

static int
open_input(struct print *p, int *fd, struct error *err)
{
	const char *file = p->manner[0].job.file;

	*fd = STDIN_FILENO;
	if (file != NULL) {
		*fd = open(file, O_RDONLY | O_CLOEXEC);
		if (*fd < 0)
			return error_errno(err, "cannot open '%s'", file);
	}
	image_input_init(&p->input, *fd, image_limits_default.bytes);
	return 0;
}

static int
reach(struct print *p, int argc, char **argv, int *fd, struct error *err)
{
	struct job *job = &p->manner[0].job;

	if (job_open(job, argc, argv, err) != 0 ||
	    attest_open(&p->attest, "doctophoto", job->id, STDOUT_FILENO, err) != 0)
		return -1;
	return open_input(p, fd, err);
}

/* The document's own wishes, and its pages'. Its input has begun, so it is known which
 * one it is. */
static int
job_wants(struct print *p, struct error *err)
{
	struct job *job = &p->manner[0].job;
	struct buf own, order;
	int result;

	buf_init(&own, ORDER_ATTRIBUTES_MAX);
	buf_init(&order, ORDER_ATTRIBUTES_MAX);
	result = attest_wishes(p->attest, &own, &order, &job->release, err);
	if (result == 0)
		result = job_wishes(job, own.data, own.len, err);
	if (result == 0)
		result = overrides_read(&p->overrides, (int)job->release.document, &own,
					&order, err);
	buf_clear(&own);
	buf_clear(&order);
	return result;
}

/* Everything that needs the file system, before a stranger's byte is looked at. */
static int
prepare(struct print *p, struct error *err)
{
	struct job *job = &p->manner[0].job;

	if (job_wants(p, err) != 0 || job_begin(job, err) != 0 ||
	    manner_begin(&p->manner[0], err) != 0)
		return -1;
	for (unsigned i = 0; i < p->overrides.count; i++)
		if (job_override(&p->manner[i + 1].job, job, p->overrides.wants[i],
				 err) != 0 ||
		    manner_begin(&p->manner[i + 1], err) != 0)
			return -1;
	return 0;
}

/* Only the default CMYK profile may still be opened: most jobs never need it. */
static int
enter_sandbox(struct error *err)
{
	static const char *const read_only[] = {CHOOSE_PROFILES, NULL};
	const struct sandbox_limits limits = {
		.memory_bytes = MEMORY_BYTES, .cpu_s = CPU_S, .read_only = read_only};

	return sandbox_decoder(&limits, err);
}

/* Input that ends before it begins: the gate said no, and has said why. */
static bool
is_refused(struct print *p)
{
	const uint8_t *data;

	return attest_is_active(p->attest) &&
	       image_input_peek(&p->input, 1, &data) == 0 && p->input.failed == 0;
}

static int
run(struct print *p, int argc, char **argv, int *fd, struct error *err)
{
	int result;

	if (reach(p, argc, argv, fd, err) != 0)
		return -1;
	if (is_refused(p)) {
		log_info("no document came: nothing to print");
		return 0;
	}
	if (prepare(p, err) != 0 || print_begin(p, err) != 0 ||
	    enter_sandbox(err) != 0 || print_document(p, err) != 0)
		return -1;
	result = attest_close(p->attest, err);
	p->attest = NULL;
	return result;
}

/* The document's own fault is told to whoever looks at the order; where the reader of our
 * output went away, the backend says better why. */
static void
give_up(struct print *p, const struct error *err)
{
	if (p->attest != NULL && err->kind == ERROR_INPUT) {
		attest_fail(p->attest, "document-format-error", err);
	} else {
		log_error("%s", err->text);
		attest_abandon(p->attest);
	}
	p->attest = NULL;
}

static void
clean(struct print *p, int fd)
{
	output_close(p->output);
	attest_abandon(p->attest);
	if (p->input.data != NULL)
		image_input_clear(&p->input);
	if (fd > STDIN_FILENO)
		close(fd);
	for (unsigned i = p->overrides.count + 1; i-- > 0;)
		manner_close(&p->manner[i]);
	overrides_clear(&p->overrides);
}

int
main(int argc, char **argv)
{
	struct print print = {0};
	struct error err = {0};
	int fd = -1, result;

	log_open("doctophoto", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	result = run(&print, argc, argv, &fd, &err);
	if (result != 0)
		give_up(&print, &err);
	clean(&print, fd);
	return result != 0;
}
