#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/seal/seal.h"

#include "backend/devlock.h"

#define DEVLOCK_POLL_MS 250
#define DEVLOCK_LOWEST	5

/* Never follows a link and never truncates: CacheDir belongs to every filter. */
static int
open_in(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int fd, high;

	if (folder == NULL ||
	    snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0 || fd >= DEVLOCK_LOWEST)
		return fd;
	high = fcntl(fd, F_DUPFD, DEVLOCK_LOWEST);
	close(fd);
	return high;
}

static int
open_lock(const char *device_uri, struct error *err)
{
	char name[64], hex[2 * 16 + 1];
	uint8_t sum[16];
	int fd;

	seal_checksum(device_uri, strlen(device_uri), sum);
	text_hex(hex, sum, sizeof(sum));
	snprintf(name, sizeof(name), "claimcheck-%s.lock", hex);
	fd = open_in(getenv("CUPS_STATEDIR"), name);
	if (fd < 0)
		fd = open_in(getenv("CUPS_CACHEDIR"), name);
	if (fd < 0)
		error_errno(err,
			    "cannot open the device's lock '%s' in cupsd's "
			    "StateDir or CacheDir",
			    name);
	return fd;
}

int
devlock_take(const char *device_uri, const volatile sig_atomic_t *stop,
	     struct error *err)
{
	int fd = open_lock(device_uri, err);
	int said = 0;

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			error_errno(err, "cannot lock the device");
			close(fd);
			return -1;
		}
		if (*stop) {
			close(fd);
			return error_set(err, ERROR_LATER,
					 "asked to stop while "
					 "the device was busy");
		}
		if (!said++)
			log_info("the device is still busy with an earlier job");
		poll(NULL, 0, DEVLOCK_POLL_MS);
	}
	return fd;
}
