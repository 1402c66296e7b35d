/*
 * courier.c - holds the place until the room's own lands: waits for the end.
 */
#include <poll.h>
#include <signal.h>

#include "spoold/courier/courier.h"

int
courier_run(const struct settings *settings, int keep_fd)
{
	struct pollfd end = {.fd = keep_fd, .events = POLLIN};

	(void)settings;
	signal(SIGTERM, SIG_DFL);
	while (poll(&end, 1, -1) <= 0 || (end.revents & POLLHUP) == 0)
		continue;
	return 0;
}
