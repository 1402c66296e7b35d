/*
 * doctoplates - a filter(7): PDF, PostScript, TIFF or JPEG to plates.
 *
 *	doctoplates job-id user title copies options [file]
 *
 * What comes out is one tar stream: a 1-bit TIFF (G4) a page and ink, and a manifest
 * behind them. doc/doctoplates.8 says how options are read and what is in the TIFFs.
 *
 * Two processes. The child reads the stranger's document with Ghostscript, libtiff and
 * libjpeg, in a sandbox: it can open Ghostscript's own files, fonts and profiles and
 * nothing else, talks to nobody, and its memory and time are bounded. This process
 * passes the child's output on, digests it, and tells keep that it is whole, which the
 * child could only do with a connection to keep, and that is not for a stranger's
 * document to have.
 *
 * Diagnostics: a sentence about the document after ERROR:, exit status 1. What was
 * written by then lacks its manifest, so no plate-maker takes it for a set. An empty
 * input in an order is the gate's refusal and passes through: no output, exit status 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filters/attest.h"
#include "filters/plates/plate_make.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/sandbox/sandbox.h"
#include "lib/seal/seal.h"

#define PAGE_WAIT_MS   (20 * 60 * 1000)
#define PIECE	       (256 * 1024)
#define PIPE_BYTES     (1024 * 1024)
#define DECODER_MEMORY (8ULL << 30) /* address space; what is used is far less */
#define DECODER_FILE   (8ULL << 30) /* of one file in memory: a plate, a band list */
#define DECODER_CPU_S  86400	    /* of a whole document */

/* What Ghostscript looks for, on Debian and where it is built by hand. */
static const char *const readable[] = {"/usr/share/ghostscript",
				       "/var/lib/ghostscript",
				       "/etc/ghostscript",
				       "/usr/share/fonts",
				       "/usr/share/color/icc",
				       "/usr/share/poppler",
				       "/usr/local/share/ghostscript",
				       CC_DATADIR,
				       "/dev/null",
				       "/dev/urandom",
				       NULL};

/* What the child says when it gives up; a page shared with it. Its text is a stranger's
 * word as far as we know: bounded and stripped before it goes anywhere. */
static struct error *told;

static int
share_error(struct error *err)
{
	void *page = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_errno(err, "no memory can be shared");
	told = page;
	return 0;
}

static int
decode(int document, const struct plate_options *options, int out)
{
	const struct sandbox_limits limits = {.memory_bytes = DECODER_MEMORY,
					      .cpu_s = DECODER_CPU_S,
					      .read_only = readable,
					      .temp_file_bytes = DECODER_FILE};
	struct error err;

	if (sandbox_decoder(&limits, &err) == 0 &&
	    plate_make(document, options, out, &err) == 0)
		return 0;
	*told = err;
	return 1;
}

/* *pipe_fd: the child's output. */
static pid_t
start_decoder(struct attest *out, int document, const struct plate_options *options,
	      int *pipe_fd, struct error *err)
{
	int ends[2];
	pid_t parent = getpid(), pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, "no pipe can be made");
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return error_errno(err, "no process can be made");
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(ends[0]);
		attest_abandon(out); /* our copies of its descriptors */
		exit(decode(document, options, ends[1]));
	}
	close(ends[1]);
	*pipe_fd = ends[0];
	return pid;
}

/* Waits for the child's next word: 1 there is some (or its end), -1 it is taking too
 * long: a page that never ends, which no limit of memory or size would stop. */
static int
await_output(int from, struct error *err)
{
	struct pollfd p = {.fd = from, .events = POLLIN};
	int rc;

	do
		rc = poll(&p, 1, PAGE_WAIT_MS);
	while (rc < 0 && errno == EINTR);
	if (rc > 0)
		return 1;
	return error_set(err, ERROR_INPUT, "a page takes longer than %d minutes",
			 PAGE_WAIT_MS / 60000);
}

static int
relay(int from, struct attest *out, struct error *err)
{
	uint8_t *piece = malloc(PIECE);
	ssize_t n;

	INVARIANT(piece != NULL);
	for (;;) {
		n = await_output(from, err);
		if (n < 0)
			break;
		n = read(from, piece, PIECE);
		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_errno(err, "the plates can't be read");
			break;
		}
		if (attest_write(out, piece, (size_t)n, err) != 0) {
			n = -1;
			break;
		}
	}
	free(piece);
	return n == 0 ? 0 : -1;
}

/* The child's own words, or, if it left none, that it could not finish. */
static int
retell(struct error *err)
{
	struct error said = *told;

	said.text[sizeof(said.text) - 1] = '\0';
	text_strip_controls(said.text);
	return error_set(err, ERROR_INPUT, "%s",
			 said.text[0] != '\0' ? said.text
					      : "the document can't be rendered");
}

/* 0 if the child ended well; -1 with its fault. */
static int
await_decoder(pid_t pid, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, "the renderer is lost");
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ? 0 : retell(err);
	if (WTERMSIG(status) == SIGXCPU)
		return error_set(err, ERROR_INPUT,
				 "the document takes longer than %d s to render",
				 DECODER_CPU_S);
	return error_set(err, ERROR_INPUT,
			 "the document broke the renderer (signal %d)",
			 WTERMSIG(status));
}

static int
make_plates(struct attest *out, int document, const struct plate_options *options,
	    struct error *err)
{
	int from = -1, passed;
	pid_t pid = share_error(err) != 0
			    ? -1
			    : start_decoder(out, document, options, &from, err);

	if (pid < 0)
		return -1;
	passed = relay(from, out, err);
	close(from);
	if (passed == 0)
		return await_decoder(pid, err);
	kill(pid, SIGKILL);
	await_decoder(pid, NULL); /* our own fault is what counts */
	return -1;
}

/* 0: the document is in memory; 1: there is none, and that is in order; -1. */
static int
load(const char *file, bool in_order, int *document, struct error *err)
{
	int in = file == NULL ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	uint64_t len;
	int rc;

	if (in < 0)
		return error_errno(err, "the document can't be opened");
	rc = plate_make_load(in, document, &len, err);
	if (in != STDIN_FILENO)
		close(in);
	if (rc != 0 || len > 0)
		return rc;
	return in_order ? 1 : error_set(err, ERROR_INPUT, "the document is empty");
}

static int
filter(struct attest *out, char **argv, int argc, struct error *err)
{
	struct plate_options options;
	int document = -1, rc;

	if (plate_options_read(&options, getenv("PPD"), argv[5], argv[3], err) != 0)
		return -1;
	rc = load(argc == 7 ? argv[6] : NULL, attest_is_active(out), &document, err);
	if (rc == 0)
		rc = make_plates(out, document, &options, err);
	plate_options_clear(&options);
	return rc < 0 ? -1 : 0; /* 1: nothing to do */
}

int
main(int argc, char **argv)
{
	struct attest *out;
	struct error err;

	log_open("doctoplates", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	if (argc != 6 && argc != 7) {
		fputs("usage: doctoplates job-id user title copies options [file]\n",
		      stderr);
		return 1;
	}
	error_clear(&err);
	if (seal_start(&err) != 0 ||
	    attest_open(&out, "doctoplates", argv[1], STDOUT_FILENO, &err) != 0) {
		log_error("%s", err.text);
		return 1;
	}
	if (filter(out, argv, argc, &err) != 0) {
		if (err.kind == ERROR_INPUT) {
			attest_fail(out, "document-format-error", &err);
		} else {
			log_error("%s", err.text);
			attest_abandon(out);
		}
		return 1;
	}
	if (attest_close(out, &err) != 0) {
		log_error("%s", err.text);
		return 1;
	}
	return 0;
}
