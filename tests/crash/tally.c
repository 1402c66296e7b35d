/*
 * tally - a device that counts: a backend(7), tally:/path/of/log?NAME
 *
 *   tally job-id user title copies options     the document on standard input
 *   tally took FILE                            for ippeveprinter's -c
 *
 * The log gets "begun ORDER" when a stream's first byte is there, and "took ORDER DIGEST"
 * when its last one is; ORDER is read from the job's name, which names the order for ever.
 * The name tells devices of one log apart; it counts for the lock before the device.
 * A line is one write, so that whoever kills it finds whole lines. It takes its time, as
 * a device does, so that there is something to be killed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/order/ticket.h"

#define SCHEME	    "tally:"
#define BLOCK_BYTES 65536
#define BLOCK_NS    1000000 /* 64 MB/s */

static int
note(const char *log, const char *verb, const char *job_name, uint64_t digest)
{
	char line[128], uuid[UUID_TEXT] = "00000000-0000-0000-0000-000000000000";
	uint8_t order[UUID_BYTES];
	int fd = open(log, O_WRONLY | O_APPEND | O_CLOEXEC), rc;

	if (ticket_from_job_name(order, job_name) == 0)
		uuid_format(uuid, order);
	snprintf(line, sizeof(line), "%s %s %016" PRIx64 "\n", verb, uuid, digest);
	rc = fd >= 0 ? fs_write_all(fd, line, strlen(line)) : -1;
	if (fd >= 0)
		close(fd);
	return rc;
}

/* FNV-1a: tells the test's pictures apart. */
static uint64_t
mix(uint64_t digest, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		digest = (digest ^ data[i]) * UINT64_C(0x100000001b3);
	return digest;
}

static int
take(int fd, const char *log, const char *job_name)
{
	static const struct timespec pause = {0, BLOCK_NS};
	uint64_t digest = UINT64_C(0xcbf29ce484222325);
	static uint8_t block[BLOCK_BYTES];
	ssize_t n;
	bool begun = false;

	while ((n = read(fd, block, sizeof(block))) > 0) {
		if (!begun && note(log, "begun", job_name, 0) != 0)
			return 1;
		begun = true;
		digest = mix(digest, block, (size_t)n);
		nanosleep(&pause, NULL);
	}
	if (n < 0 || !begun)
		return 1;
	return note(log, "took", job_name, digest) == 0 ? 0 : 1;
}

int
main(int argc, char *argv[])
{
	const char *uri = getenv("DEVICE_URI"), *log = getenv("TALLY_LOG");
	char path[256];
	int fd;

	if (argc == 1)
		return 0; /* a backend's list of devices: none is found by looking */
	if (argc == 3 && strcmp(argv[1], "took") == 0) {
		const char *name = getenv("IPP_JOB_NAME");
		fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		return fd >= 0 && log != NULL && name != NULL ? take(fd, log, name) : 1;
	}
	if (argc != 6 || uri == NULL || strncmp(uri, SCHEME, strlen(SCHEME)) != 0)
		return 1;
	text_copy(path, sizeof(path), uri + strlen(SCHEME));
	path[strcspn(path, "?")] = '\0';
	return take(STDIN_FILENO, path, argv[3]);
}
