/*
 * front.c - holds the place until the room's own lands: waits for the end.
 */
#include <poll.h>
#include <signal.h>

#include "spoold/front/front.h"

int
front_prepare(const struct settings *settings, struct error *err)
{
	(void)settings;
	(void)err;
	return 0;
}

int
front_run(const struct settings *settings, const struct front_fds *fds)
{
	struct pollfd end = {.fd = fds->keep, .events = POLLIN};

	(void)settings;
	signal(SIGTERM, SIG_DFL);
	while (poll(&end, 1, -1) <= 0 || (end.revents & POLLHUP) == 0)
		continue;
	return 0;
}
