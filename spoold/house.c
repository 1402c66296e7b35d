#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "spoold/front/front.h"
#include "spoold/keep/keep.h"
#include "spoold/listen.h"
#include "spoold/house.h"

#define KEEP_SOCKET_MODE    0660
#define STATION_SOCKET_MODE 0660

static int
find_user(const char *setting, const char *name, struct sandbox_user *user,
	  struct error *err)
{
	if (sandbox_find_user(name, user, err) != 0)
		return error_prefix(err, "setting %s", setting);
	if (user->uid == 0)
		return error_set(err, ERROR_INPUT,
				 "setting %s: '%s' is root; name a user without rights",
				 setting, name);
	return 0;
}

/* Without root nothing can be given away: all is one user. */
static void
find_ourselves(struct house *h)
{
	h->keep_user.uid = h->front_user.uid = h->hook_user.uid = geteuid();
	h->keep_user.gid = h->front_user.gid = h->hook_user.gid = getegid();
	h->filter_uid = geteuid();
	h->filter_gid = h->station_gid = getegid();
	log_notice("not started as root: keep, courier and front run as one user, and "
		   "front without a root folder of its own");
}

static int
find_people(struct house *h, struct error *err)
{
	const struct settings *s = h->settings;
	struct sandbox_user filter;
	struct group *group;

	if (geteuid() != 0) {
		find_ourselves(h);
		return 0;
	}
	if (find_user("user", s->user, &h->keep_user, err) != 0 ||
	    find_user("front-user", s->front_user, &h->front_user, err) != 0 ||
	    find_user("filter-user", s->filter_user, &filter, err) != 0 ||
	    (s->warning_hook[0] != '\0' &&
	     find_user("hook-user", s->hook_user, &h->hook_user, err) != 0))
		return -1;
	if (s->warning_hook[0] != '\0' && (h->hook_user.uid == h->keep_user.uid ||
					   h->hook_user.uid == h->front_user.uid))
		return error_set(err, ERROR_INPUT,
				 "setting hook-user: '%s' is spoold's or front's user, "
				 "whom the program could harm; name another",
				 s->hook_user);
	if (h->keep_user.uid == h->front_user.uid)
		return error_set(err, ERROR_INPUT,
				 "user and front-user are both '%s'; front must not be "
				 "able to read the store: name two",
				 s->user);
	h->filter_uid = filter.uid;
	h->filter_gid = filter.gid;
	group = getgrnam(s->station_group);
	if (group == NULL)
		return error_set(
			err, ERROR_ABSENT,
			"setting station-group: there is no group '%s'; make it, "
			"or name another one",
			s->station_group);
	h->station_gid = group->gr_gid;
	return 0;
}

/* Both ends outlive the processes that use them: whichever is started again goes on. */
static int
open_preflight(struct house *h, struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h->preflight) != 0)
		return error_errno(err, "cannot make a way to preflight");
	return 0;
}

static int
open_sockets(struct house *h, struct error *err)
{
	const struct settings *s = h->settings;

	h->keep_listener = listen_unix(s->run_directory, KEEP_SOCKET, h->keep_user.uid,
				       h->filter_gid, KEEP_SOCKET_MODE, err);
	if (h->keep_listener < 0)
		return -1;
	h->station_listener =
		listen_unix(s->run_directory, FRONT_STATION_SOCKET, h->front_user.uid,
			    h->station_gid, STATION_SOCKET_MODE, err);
	if (h->station_listener < 0)
		return -1;
	for (uint32_t i = 0; i < s->listen_count; i++) {
		int n = listen_tcp(s->listen[i], h->tcp + h->tcp_count,
				   HOUSE_TCP_MAX - h->tcp_count, err);
		if (n < 0)
			return -1;
		h->tcp_count += (unsigned)n;
	}
	return 0;
}

/* Who listens to this machine alone is not told of. */
static void
find_places(struct house *h)
{
	if (!h->settings->announce)
		log_info("printers are not announced in the network: setting announce");
	else
		h->place_count = herald_places(h->tcp, h->tcp_count, h->places);
	if (h->settings->announce && h->place_count == 0)
		log_info("printers are not announced in the network: setting listen "
			 "names no address that others can reach");
}

int
house_open(struct house *h, const struct settings *settings, struct error *err)
{
	*h = (struct house){.settings = settings,
			    .lock = {-1, -1},
			    .keep_listener = -1,
			    .station_listener = -1,
			    .preflight = {-1, -1}};
	if (find_people(h, err) == 0 &&
	    folders_make(settings, &h->keep_user, &h->front_user, err) == 0 &&
	    folders_lock(settings, &h->lock, err) == 0 && open_sockets(h, err) == 0 &&
	    open_preflight(h, err) == 0 &&
	    credentials_make(settings, &h->front_user, h->tls_name, err) == 0) {
		find_places(h);
		return 0;
	}
	house_close(h);
	return -1;
}

/* Only who listens there may remove a socket: it could be another spoold's. */
static void
close_socket(const char *folder, const char *name, int *fd)
{
	char path[SETTINGS_PATH_MAX + 32];

	if (*fd < 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
	close(*fd);
	*fd = -1;
}

void
house_close(struct house *h)
{
	const char *run = h->settings->run_directory;

	close_socket(run, KEEP_SOCKET, &h->keep_listener);
	close_socket(run, FRONT_STATION_SOCKET, &h->station_listener);
	while (h->tcp_count > 0)
		close(h->tcp[--h->tcp_count]);
	for (int i = 0; i < 2; i++)
		if (h->preflight[i] >= 0)
			close(h->preflight[i]);
	folders_unlock(h->settings, &h->lock);
}
