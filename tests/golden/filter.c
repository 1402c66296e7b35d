#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/fs.h"

#include "tests/golden/filter.h"

static const char *
build_folder(void)
{
	const char *folder = getenv("TOP_BUILDDIR");

	return folder != NULL ? folder : ".";
}

static void
child(const char *ppd, const char *options, int copies, const char *type, int in,
      int out, int err)
{
	char path[4096], ppd_path[4096], count[16];

	snprintf(path, sizeof(path), "%s/filters/doctophoto", build_folder());
	snprintf(ppd_path, sizeof(ppd_path), "%s/ppd/%s", build_folder(), ppd);
	snprintf(count, sizeof(count), "%d", copies);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	setenv("PPD", ppd_path, 1);
	if (type != NULL)
		setenv("FINAL_CONTENT_TYPE", type, 1);
	execl(path, "doctophoto", "1", "user", "title", count, options, (char *)NULL);
	_exit(127);
}

static void
read_pages(struct filter_run *run, int fd)
{
	cups_raster_t *raster;

	run->whole = true;
	if (lseek(fd, 0, SEEK_END) == 0)
		return;
	lseek(fd, 0, SEEK_SET);
	raster = cupsRasterOpen(fd, CUPS_RASTER_READ);
	INVARIANT(raster != NULL);
	while (run->pages < FILTER_PAGES_MAX) {
		struct filter_page *p = &run->page[run->pages];
		unsigned len;

		if (!cupsRasterReadHeader2(raster, &p->header))
			break;
		len = p->header.cupsBytesPerLine;
		p->lines = malloc((size_t)len * p->header.cupsHeight);
		INVARIANT(p->lines != NULL);
		run->pages++;
		for (unsigned y = 0; y < p->header.cupsHeight; y++)
			if (cupsRasterReadPixels(raster, p->lines + (size_t)len * y,
						 len) != len)
				run->whole = false;
	}
	cupsRasterClose(raster);
}

void
filter_photo(struct filter_run *run, const char *ppd, const char *options, int copies,
	     const char *type, int in)
{
	int out = memfd_create("out", MFD_CLOEXEC),
	    err = memfd_create("err", MFD_CLOEXEC);
	int status = 0;
	ssize_t said;
	pid_t pid = fork();

	memset(run, 0, sizeof(*run));
	if (pid == 0)
		child(ppd, options, copies, type, in, out, err);
	INVARIANT(pid > 0 && waitpid(pid, &status, 0) == pid);
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	lseek(err, 0, SEEK_SET);
	said = fs_read_full(err, run->said, sizeof(run->said) - 1);
	run->said[said > 0 ? said : 0] = '\0';
	read_pages(run, out);
	close(in);
	close(out);
	close(err);
}

void
filter_clear(struct filter_run *run)
{
	for (unsigned i = 0; i < run->pages; i++)
		free(run->page[i].lines);
	memset(run, 0, sizeof(*run));
}

unsigned
filter_said(const struct filter_run *run, const char *prefix)
{
	unsigned count = 0;

	for (const char *line = run->said; line != NULL && *line != '\0';
	     line = strchr(line, '\n'), line += line != NULL)
		count += strncmp(line, prefix, strlen(prefix)) == 0;
	return count;
}

const uint8_t *
filter_pixel(const struct filter_run *run, unsigned page, uint32_t x, uint32_t y)
{
	const struct filter_page *p = &run->page[page];

	return p->lines + (size_t)p->header.cupsBytesPerLine * y +
	       (size_t)x * (p->header.cupsBitsPerPixel / 8);
}
