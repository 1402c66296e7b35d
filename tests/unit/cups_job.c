#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/fs.h"

#include "tests/unit/cups_job.h"

#define WAIT_MS 60000
#define FILE_MS 20000

static char text_read[CUPS_JOB_TEXT];

static const char *
in_folder(struct cups_job *job, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", job->folder, name);
	return path;
}

void
cups_job_setenv(const char *name, const char *value)
{
	INVARIANT(setenv(name, value, 1) == 0);
}

void
cups_job_begin(struct cups_job *job, const char *program)
{
	const char *build = getenv("TOP_BUILDDIR");

	*job = (struct cups_job){.in = -1};
	snprintf(job->program, sizeof(job->program), "%s/%s", build ? build : ".",
		 program);
	snprintf(job->folder, sizeof(job->folder), "/tmp/cc-job.XXXXXX");
	INVARIANT(mkdtemp(job->folder) != NULL && chmod(job->folder, 0777) == 0);
	INVARIANT(mkdir(in_folder(job, "backend"), 0755) == 0);
	snprintf(job->keep, sizeof(job->keep), "%s/keep.sock", job->folder);
	cups_job_setenv("CLAIMCHECK_SOCKET", job->keep);
	cups_job_setenv("PRINTER", "photo");
	cups_job_setenv("DEVICE_URI", "claimcheck:fake:x");
	cups_job_setenv("CUPS_SERVERBIN", job->folder);
	cups_job_setenv("CUPS_STATEDIR", job->folder);
	cups_job_setenv("CUPS_CACHEDIR", job->folder);
	cups_job_setenv("F", job->folder);
	signal(SIGPIPE, SIG_IGN);
}

void
cups_job_backend(struct cups_job *job, const char *script)
{
	char text[2048];

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	INVARIANT(fs_write_file(in_folder(job, "backend/fake"), 0755, text,
				strlen(text), NULL) == 0);
	INVARIANT(chmod(in_folder(job, "backend/fake"), 0755) == 0);
}

static void
become(struct cups_job *job, int in)
{
	const char *options = job->options != NULL ? job->options : "Duplex=None";
	const char *args[] = {job->program, "7",     "anna",	"title",
			      "1",	    options, job->file, NULL};
	int out = open(in_folder(job, "out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err = open(in_folder(job, "err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	execv(job->program, (char **)(uintptr_t)args);
	_exit(127);
}

void
cups_job_start(struct cups_job *job)
{
	int ends[2];

	INVARIANT(pipe2(ends, O_CLOEXEC) == 0);
	job->pid = fork();
	INVARIANT(job->pid >= 0);
	if (job->pid == 0)
		become(job, ends[0]);
	close(ends[0]);
	job->in = ends[1];
}

void
cups_job_write(struct cups_job *job, const void *data, size_t len)
{
	if (fs_write_all(job->in, data, len) != 0 && errno != EPIPE)
		perror("# cannot write to the program");
}

void
cups_job_close(struct cups_job *job)
{
	if (job->in >= 0)
		close(job->in);
	job->in = -1;
}

int
cups_job_wait(struct cups_job *job)
{
	int64_t until = clock_mono_ms() + WAIT_MS;
	int status;

	while (waitpid(job->pid, &status, WNOHANG) == 0) {
		if (clock_mono_ms() > until)
			kill(job->pid, SIGKILL);
		poll(NULL, 0, 10);
	}
	job->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return job->status;
}

int
cups_job_run(struct cups_job *job, const void *data, size_t len)
{
	cups_job_start(job);
	cups_job_write(job, data, len);
	cups_job_close(job);
	return cups_job_wait(job);
}

ssize_t
cups_job_read(struct cups_job *job, const char *name, const char **text)
{
	int fd = open(in_folder(job, name), O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (text != NULL)
		*text = "";
	if (fd < 0)
		return -1;
	n = fs_read_full(fd, text_read, sizeof(text_read) - 1);
	close(fd);
	INVARIANT(n >= 0);
	text_read[n] = '\0';
	if (text != NULL)
		*text = text_read;
	return n;
}

int
cups_job_wait_file(struct cups_job *job, const char *name)
{
	int64_t until = clock_mono_ms() + FILE_MS;

	while (access(in_folder(job, name), F_OK) != 0) {
		if (clock_mono_ms() > until)
			return 0;
		poll(NULL, 0, 10);
	}
	return 1;
}

int
cups_job_said(struct cups_job *job, const char *words)
{
	const char *text;

	return cups_job_read(job, "err", &text) >= 0 && strstr(text, words) != NULL;
}

int
cups_job_wait_words(struct cups_job *job, const char *words)
{
	int64_t until = clock_mono_ms() + FILE_MS;

	while (!cups_job_said(job, words)) {
		if (clock_mono_ms() > until)
			return 0;
		poll(NULL, 0, 10);
	}
	return 1;
}

static void
empty_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

void
cups_job_end(struct cups_job *job)
{
	cups_job_close(job);
	empty_folder(in_folder(job, "backend"));
	empty_folder(job->folder);
}
