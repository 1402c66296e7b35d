/*
 * keep.c - holds the place until the room's own lands: waits for the end.
 */
#include <poll.h>
#include <signal.h>

#include "spoold/keep/keep.h"

int
keep_run(const struct settings *settings, const struct keep_fds *fds)
{
	struct pollfd end = {.fd = fds->supervisor, .events = POLLIN};

	(void)settings;
	signal(SIGTERM, SIG_DFL);
	while (poll(&end, 1, -1) <= 0 || (end.revents & POLLHUP) == 0)
		continue;
	return 0;
}
