/*
 * plate_files.c - cookie streams (fopencookie) for pages, memfd for scratch.
 *
 * Ghostscript opens a page's file after the page is interpreted, in the thread that
 * renders it, and closes it when the page is done: one page is open at a time.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filters/plates/plate_files.h"

#define PAGE_BUFFER (512 * 1024) /* more than a row: a row then comes in one write */

static struct {
	int document; /* -1: no rip is running */
	const struct plate_sink *sink;
	struct plate_psd psd;
	bool open;
	struct error failed;
	unsigned scratch;
	char buffer[PAGE_BUFFER];
} files = {.document = -1};

void
plate_files_begin(int document, const struct plate_sink *sink)
{
	INVARIANT(files.document == -1);
	files.document = document;
	files.sink = sink;
	error_clear(&files.failed);
}

bool
plate_files_failed(struct error *err)
{
	if (files.failed.kind == ERROR_NONE)
		return false;
	if (err != NULL)
		*err = files.failed;
	return true;
}

void
plate_files_end(void)
{
	files.document = -1;
	files.sink = NULL;
}

/* --- a page's separations --- */

static ssize_t
page_write(void *ctx, const char *data, size_t len)
{
	struct plate_psd *p = ctx;

	if (plate_psd_write(p, data, len) == 0)
		return (ssize_t)len;
	files.failed = p->failed;
	errno = EIO;
	return 0; /* fopencookie(3): 0 is an error here, not -1 */
}

static int
page_seek(void *ctx, off64_t *offset, int whence)
{
	struct plate_psd *p = ctx;

	if (plate_psd_seek(p, *offset, whence) != 0)
		return -1;
	*offset = (off64_t)p->at;
	return 0;
}

static int
page_close(void *ctx)
{
	struct error err;
	int rc = plate_psd_close(ctx, &err);

	files.open = false;
	if (rc != 0 && files.failed.kind == ERROR_NONE)
		files.failed = err;
	return rc;
}

static FILE *
open_page(void)
{
	static const cookie_io_functions_t functions = {
		.write = page_write, .seek = page_seek, .close = page_close};
	FILE *f;

	if (files.open || files.failed.kind != ERROR_NONE) {
		errno = EIO;
		return NULL;
	}
	plate_psd_init(&files.psd, files.sink);
	f = fopencookie(&files.psd, "w", functions);
	if (f == NULL)
		return NULL;
	setvbuf(f, files.buffer, _IOFBF, sizeof(files.buffer));
	files.open = true;
	return f;
}

/* A new open file description, so that offsets are not shared. */
static FILE *
open_document(const char *mode)
{
	char path[64];
	int fd;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", files.document);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = fcntl(files.document, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	lseek(fd, 0, SEEK_SET);
	f = fdopen(fd, mode);
	if (f == NULL)
		close(fd);
	return f;
}

/* --- what libgs calls --- */

FILE *
fopen64(const char *restrict path, const char *restrict mode)
{
	static FILE *(*next)(const char *, const char *);

	if (files.document >= 0 && strcmp(path, PLATE_FILES_DOCUMENT) == 0)
		return open_document("r");
	if (files.document >= 0 && mode[0] == 'w' &&
	    strncmp(path, PLATE_FILES_PAGES, strlen(PLATE_FILES_PAGES)) == 0)
		return open_page();
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "fopen64");
	return next(path, mode);
}

int
mkstemp64(char *template)
{
	static int (*next)(char *);
	size_t len = strlen(template);

	if (files.document >= 0 && len >= 6) {
		/* A name that nobody has: Ghostscript unlinks it later, in vain. */
		snprintf(template + len - 6, 7, "%06u", ++files.scratch % 1000000);
		return memfd_create("scratch", MFD_CLOEXEC);
	}
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "mkstemp64");
	return next(template);
}
