#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

#include "filters/photo/pdf.h"

#define PROGRAM	   "photopages"
#define LINE_BYTES 128 /* bytes of a line of photopages' */
#define HIGH_FD	   10  /* out of the way of the descriptors that the child gets */
#define PIPE_SIZE  (1 << 20)

extern char **environ;

struct pdf {
	pid_t pid;    /* 0 once waited for */
	int requests; /* to photopages; -1 when closed */
	int stream;   /* from it */
	int words;    /* where it says what went wrong */
	struct image_input input;
	unsigned pages;
	struct pdf_size *sizes;
};

/* --- starting photopages --- */

/* What the child gets: standard input and output, document, profile. */
struct child_fds {
	int in, out, document, profile, words;
};

static int
profile_file(const struct colour_profile *profile, struct error *err)
{
	struct buf data;
	int fd = -1;

	buf_init(&data, COLOUR_PROFILE_MAX);
	if (colour_profile_bytes(profile, &data, err) == 0) {
		fd = memfd_create("profile", MFD_CLOEXEC);
		if (fd < 0 || fs_write_all(fd, data.data, data.len) != 0 ||
		    lseek(fd, 0, SEEK_SET) != 0) {
			error_errno(err, "cannot hand the profile to Ghostscript");
			if (fd >= 0)
				close(fd);
			fd = -1;
		}
	}
	buf_clear(&data);
	return fd;
}

/* It lies beside us: in cupsd's filter folder, or where both were built. */
static int
find_program(char *path, size_t size, struct error *err)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (n < 0)
		return error_errno(err, "cannot tell where this program lies");
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL || (size_t)(slash - path) + sizeof("/" PROGRAM) > size)
		return error_set(err, ERROR_SYSTEM,
				 "the path of this program is too long");
	memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
	return 0;
}

/* Ghostscript's device for the profile's colour space, its intent and compensation. */
static void
fill_arguments(char device[16], char intent[4], char bpc[8], enum colour_space space,
	       enum colour_intent wanted)
{
	static const char *const devices[] = {[COLOUR_GREY] = "pgmraw",
					      [COLOUR_RGB] = "ppmraw",
					      [COLOUR_CMYK] = "pamcmyk32",
					      [COLOUR_LAB] = "ppmraw"};

	snprintf(device, 16, "%s", devices[space]);
	snprintf(intent, 4, "%d",
		 wanted == COLOUR_RELATIVE_BPC ? COLOUR_RELATIVE : (int)wanted);
	snprintf(bpc, 8, "%s", wanted == COLOUR_RELATIVE_BPC ? "1" : "0");
}

static int
spawn(struct pdf *pdf, const struct child_fds *fds, char *const *argv,
      struct error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t signals;
	int code;

	INVARIANT(posix_spawn_file_actions_init(&actions) == 0);
	INVARIANT(posix_spawnattr_init(&attr) == 0);
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE); /* ignored here; the child dies of it */
	posix_spawnattr_setsigdefault(&attr, &signals);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_adddup2(&actions, fds->in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fds->out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fds->document, PDF_DOCUMENT_FD);
	posix_spawn_file_actions_adddup2(&actions, fds->profile, PDF_PROFILE_FD);
	posix_spawn_file_actions_adddup2(&actions, fds->words, PDF_WORDS_FD);
	posix_spawn_file_actions_addclosefrom_np(&actions, PDF_WORDS_FD + 1);
	code = posix_spawn(&pdf->pid, argv[0], &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (code == 0)
		return 0;
	pdf->pid = 0;
	errno = code;
	return error_errno(err, "cannot start '%s'", argv[0]);
}

/* Both ends above HIGH_FD, so that no dup2 of the child's treads on another. */
static int
make_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		return -1;
	ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, HIGH_FD);
	ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, HIGH_FD);
	close(low[0]);
	close(low[1]);
	if (ends[0] >= 0)
		(void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE); /* only speed */
	return ends[0] >= 0 && ends[1] >= 0 ? 0 : -1;
}

static int
move_high(int fd)
{
	int high = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD) : -1;

	if (fd >= 0)
		close(fd);
	return high;
}

static void
close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int
start(struct pdf *pdf, int document, int profile, enum colour_space space,
      enum colour_intent intent, struct error *err)
{
	char path[512], device[16], intent_arg[4], bpc[8];
	char *argv[] = {path, device, intent_arg, bpc, NULL};
	int to[2] = {-1, -1}, from[2] = {-1, -1};
	int result = -1;

	fill_arguments(device, intent_arg, bpc, space, intent);
	if (find_program(path, sizeof(path), err) != 0)
		return -1;
	if (make_pipe(to) != 0 || make_pipe(from) != 0) {
		error_errno(err, "cannot make a pipe");
	} else {
		struct child_fds fds = {to[0], from[1], document, profile, pdf->words};

		result = spawn(pdf, &fds, argv, err);
	}
	close_all((int[]){to[0], from[1]}, 2);
	pdf->requests = to[1];
	pdf->stream = from[0];
	return result;
}

/* --- the conversation --- */

static int
read_line(struct pdf *pdf, char line[LINE_BYTES], struct error *err)
{
	size_t len = 0;

	while (image_input_read(&pdf->input, line + len, 1) == 1) {
		if (line[len] == '\n') {
			line[len] = '\0';
			return 0;
		}
		if (++len == LINE_BYTES)
			break;
	}
	return error_set(err, ERROR_INPUT, "the PDF can't be rendered");
}

static int
read_sizes(struct pdf *pdf, struct error *err)
{
	char line[LINE_BYTES];
	int64_t pages;

	if (read_line(pdf, line, err) != 0)
		return -1;
	if (strncmp(line, "pages ", 6) != 0 ||
	    text_number(line + 6, 1, PDF_PAGES_MAX, &pages) != 0)
		return error_set(err, ERROR_INPUT, "the PDF's pages can't be told");
	pdf->sizes = calloc((size_t)pages, sizeof(*pdf->sizes));
	INVARIANT(pdf->sizes != NULL);
	for (; pdf->pages < pages; pdf->pages++) {
		double size[2];

		if (read_line(pdf, line, err) != 0)
			return -1;
		if (text_reals(line, size, 2) != 2 ||
		    !(size[0] >= 1 && size[0] <= 1e5) ||
		    !(size[1] >= 1 && size[1] <= 1e5))
			return error_set(err, ERROR_INPUT,
					 "the size of page %u can't be told",
					 pdf->pages + 1);
		pdf->sizes[pdf->pages].width = size[0];
		pdf->sizes[pdf->pages].height = size[1];
	}
	return 0;
}

int
pdf_gather(struct image_input *in, struct error *err)
{
	return move_high(image_input_gather(in, true, err));
}

int
pdf_start(struct pdf **result, int document, const struct colour_profile *profile,
	  enum colour_intent intent, struct error *err)
{
	struct pdf *pdf = calloc(1, sizeof(*pdf));
	int profile_fd, code = -1;

	INVARIANT(pdf != NULL);
	*result = NULL;
	pdf->requests = pdf->stream = -1;
	pdf->words = move_high(memfd_create("words", MFD_CLOEXEC));
	profile_fd = move_high(profile_file(profile, err));
	if (pdf->words < 0)
		error_errno(err, "cannot make a file in memory");
	else if (profile_fd >= 0)
		code = start(pdf, document, profile_fd, profile->space, intent, err);
	close_all(&profile_fd, 1);
	if (code == 0) {
		image_input_init(&pdf->input, pdf->stream, UINT64_MAX);
		code = read_sizes(pdf, err);
	}
	if (code != 0) {
		pdf_explain(pdf, err);
		pdf_abandon(pdf);
		return -1;
	}
	*result = pdf;
	return 0;
}

unsigned
pdf_pages(const struct pdf *pdf)
{
	return pdf->pages;
}

const struct pdf_size *
pdf_size(const struct pdf *pdf, unsigned page)
{
	return &pdf->sizes[page];
}

int
pdf_render(struct pdf *pdf, unsigned page, double dpi_x, double dpi_y,
	   struct error *err)
{
	char line[LINE_BYTES];
	int len =
		snprintf(line, sizeof(line), "%u %.9g %.9g\n", page + 1, dpi_x, dpi_y);

	if (fs_write_all(pdf->requests, line, (size_t)len) != 0)
		return error_errno(err, "cannot ask for page %u", page + 1);
	return 0;
}

struct image_input *
pdf_stream(struct pdf *pdf)
{
	return &pdf->input;
}

/* --- the end --- */

static int
wait_for(struct pdf *pdf)
{
	int status = 0;
	pid_t pid;

	if (pdf->pid == 0)
		return -1;
	do {
		pid = waitpid(pdf->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	pdf->pid = 0;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* It writes its words before it closes its stream, and we come here only after that
 * stream has ended too early. */
void
pdf_explain(const struct pdf *pdf, struct error *err)
{
	char words[ERROR_TEXT_MAX];
	ssize_t n = pread(pdf->words, words, sizeof(words) - 1, 0);

	if (n <= 0)
		return;
	words[n] = '\0';
	error_set(err, ERROR_INPUT, "PDF: %s", words);
}

int
pdf_finish(struct pdf *pdf, struct error *err)
{
	const uint8_t *data;
	int result = 0;

	close(pdf->requests);
	pdf->requests = -1;
	if (image_input_peek(&pdf->input, 1, &data) != 0)
		result =
			error_set(err, ERROR_INPUT, "the PDF gave more than its pages");
	else if (wait_for(pdf) != 0)
		result = error_set(err, ERROR_INPUT,
				   "the PDF could not be rendered whole");
	if (result != 0)
		pdf_explain(pdf, err);
	pdf_abandon(pdf);
	return result;
}

void
pdf_abandon(struct pdf *pdf)
{
	if (pdf == NULL)
		return;
	close_all((int[]){pdf->requests, pdf->stream, pdf->words}, 3);
	/* In our sandbox we may not signal it, and need not: its pipes are gone, and it
	 * dies with us. */
	if (pdf->pid != 0 && kill(pdf->pid, SIGKILL) == 0)
		wait_for(pdf);
	if (pdf->input.data != NULL)
		image_input_clear(&pdf->input);
	free(pdf->sizes);
	free(pdf);
}
