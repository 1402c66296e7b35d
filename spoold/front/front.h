/*
 * front.h - the side that strangers see, as the supervisor starts it.
 *
 * Two calls. front_prepare runs before privileges are dropped and the sandbox closes:
 * read there, once, whatever must come from the file system (pages of the web, time
 * zone); open no connection and listen to nobody. front_run is called as `front-user`,
 * with no capabilities, in a chroot where spoold was started as root, under Landlock
 * where the kernel has it, and under seccomp: no file can be opened but those in the
 * TLS folder for reading; no socket made but by accept and socketpair; no exec, no
 * fork; threads are allowed. A name can't be resolved (libcups then takes the
 * certificate of the name set with cupsSetServerCredentials, which is what we want).
 */
#ifndef CC_FRONT_FRONT_H
#define CC_FRONT_FRONT_H

#include "spoold/settings.h"

#define FRONT_TLS_FOLDER     "tls"	   /* below state-directory */
#define FRONT_TLS_CONF	     "client.conf" /* in it: which TLS versions libcups speaks */
#define FRONT_STATION_SOCKET "station.sock" /* below run-directory */

/* All descriptors are owned by the process; CLOEXEC. */
struct front_fds {
	int keep;      /* control channel: messages.h, `channel` and `printer` */
	int preflight; /* to the preflight server: ask.h */
	int station;   /* RUN/station.sock, listening, non-blocking */
	int tcp[SETTINGS_LISTEN_MAX * 2]; /* listening, non-blocking; a name may have
					     an IPv4 and an IPv6 address */
	uint32_t tcp_count;
	/* For cupsSetServerCredentials(tls_folder, tls_name, 0): "<name>.crt" and
	 * "<name>.key" are there. The folder as front sees it from its chroot. */
	char tls_folder[SETTINGS_PATH_MAX + 16];
	char tls_name[256];
};

int front_prepare(const struct settings *settings, struct error *err);
/* Until SIGTERM (answer what is under way, for a bounded time) or the end of fds->keep,
 * which is the end of keep: leave, too. Returns the exit status. SIGTERM is blocked or
 * default when it is called: front installs its own handler and unblocks it. */
int front_run(const struct settings *settings, const struct front_fds *fds);

#endif
