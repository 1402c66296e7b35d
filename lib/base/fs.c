#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"

#define FS_READ_STEP 65536

int
fs_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t
fs_read_full(int fd, void *data, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, (char *)data + have, len - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int
fs_read_file(const char *path, struct buf *out, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc = -1;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	for (;;) {
		uint8_t step[FS_READ_STEP];
		ssize_t n = fs_read_full(fd, step, sizeof(step));
		if (n < 0) {
			error_errno(err, "cannot read '%s'", path);
			break;
		}
		if (n == 0) {
			rc = 0;
			break;
		}
		int full = buf_append(out, step, (size_t)n, err);
		explicit_bzero(step, (size_t)n);
		if (full != 0) {
			error_prefix(err, "cannot read '%s'", path);
			break;
		}
	}
	close(fd);
	return rc;
}

static int
sync_folder_of(const char *path, struct error *err)
{
	char copy[PATH_MAX];
	int fd, rc;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open the folder of '%s'", path);
	rc = fsync(fd);
	if (rc != 0)
		error_errno(err, "cannot sync the folder of '%s'", path);
	close(fd);
	return rc;
}

int
fs_write_file(const char *path, mode_t mode, const void *data, size_t len,
	      struct error *err)
{
	char temp[PATH_MAX];
	int fd = -1;

	if ((size_t)snprintf(temp, sizeof(temp), "%s.new.%d", path, (int)getpid()) >=
	    sizeof(temp))
		return error_set(err, ERROR_INPUT, "the path '%s' is too long", path);
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return error_errno(err, "cannot make '%s'", temp);
	if (fs_write_all(fd, data, len) != 0 || fchmod(fd, mode) != 0 ||
	    fsync(fd) != 0) {
		error_errno(err, "cannot write '%s'", temp);
		close(fd);
		goto fail;
	}
	if (close(fd) != 0) {
		error_errno(err, "cannot close '%s'", temp);
		goto fail;
	}
	if (rename(temp, path) != 0) {
		error_errno(err, "cannot rename '%s' to '%s'", temp, path);
		goto fail;
	}
	return sync_folder_of(path, err);
fail:
	unlink(temp);
	return -1;
}

int64_t
clock_mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
