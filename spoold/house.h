/*
 * house.h - what the supervisor holds for all its processes: users, sockets, the lock.
 */
#ifndef CC_SPOOLD_HOUSE_H
#define CC_SPOOLD_HOUSE_H

#include "spoold/credentials.h"
#include "spoold/folders.h"
#include "spoold/herald/herald.h"

#define HOUSE_TCP_MAX (SETTINGS_LISTEN_MAX * 2)

struct house {
	const struct settings *settings; /* not owned */
	struct sandbox_user keep_user, front_user, hook_user;
	uid_t filter_uid;
	gid_t filter_gid, station_gid;
	struct folders_lock lock;
	int keep_listener, station_listener;
	int preflight[2]; /* the server's end and front's, of all that will ever be */
	int tcp[HOUSE_TCP_MAX];
	unsigned tcp_count;
	struct herald_place places[HERALD_PLACES_MAX]; /* told of in the network */
	unsigned place_count;			       /* 0: there is no herald */
	char tls_name[CREDENTIALS_NAME_MAX];
};

/* Users, folders, lock, sockets, TLS credentials, in this order: the first fault is
 * said before anything was changed that another spoold uses. */
int house_open(struct house *house, const struct settings *settings, struct error *err);
/* Closes and removes what house_open made; the folders stay. */
void house_close(struct house *house);

#endif
