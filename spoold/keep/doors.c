#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "spoold/keep/announce.h"
#include "spoold/keep/doors.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/query.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/warn.h"

struct doors {
	struct event *listener, *supervisor;
	struct peer *front;
	uint32_t local;	   /* peers that came by keep.sock */
	uint32_t channels; /* counts front's */
	uid_t filter_uid;
	int64_t full_ms; /* when "too many" was last said */
};

static void
set_front(struct keep *k, int fd)
{
	struct doors *d = k->doors;

	if (d->front != NULL)
		peer_drop(d->front, "another front has come");
	d->front = peer_add(k, fd, WIRE_FROM_FRONT, "front");
	if (d->front == NULL) {
		log_error("front cannot be listened to");
		return;
	}
	d->front->passes = true;
	d->front->fds_most = PEER_FDS;
	k->front_starts++;
	k->dirty = true;
	query_set_front(k, d->front);
	announce_set_front(k, d->front);
}

static void
set_courier(struct keep *k, int fd)
{
	struct peer *p = peer_add(k, fd, WIRE_FROM_COURIER, "courier");

	if (p == NULL) {
		log_error("the courier cannot be listened to");
		return;
	}
	k->dirty = true;
	jobs_set_courier(k, p);
	query_set_courier(k, p);
	reconcile_now(k);
}

static void
set_herald(struct keep *k, int fd)
{
	struct peer *p = peer_add(k, fd, WIRE_FROM_HERALD, "herald");

	if (p == NULL) {
		log_error("the herald cannot be listened to");
		return;
	}
	k->dirty = true;
	announce_set_herald(k, p);
}

static void
set_crier(struct keep *k, int fd)
{
	struct peer *p = peer_add(k, fd, WIRE_FROM_CRIER, "crier");

	if (p == NULL)
		log_error("the crier cannot be listened to");
	else
		warn_set_crier(k, p);
}

static int
descriptor_of(struct msghdr *head)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(head);
	int fd;

	if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void
on_supervisor(evutil_socket_t from, short what, void *context)
{
	struct keep *k = context;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec row = {&byte, 1};
	struct msghdr head = {.msg_iov = &row,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(from, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fd;

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0) {
		log_notice("the supervisor is gone; leaving");
		k->leaving = true;
		return;
	}
	fd = descriptor_of(&head);
	if (fd >= 0 && byte == 'F')
		set_front(k, fd);
	else if (fd >= 0 && byte == 'C')
		set_courier(k, fd);
	else if (fd >= 0 && byte == 'H')
		set_herald(k, fd);
	else if (fd >= 0 && byte == 'W')
		set_crier(k, fd);
	else {
		log_error("the supervisor said '%c'", byte);
		if (fd >= 0)
			close(fd);
	}
}

static unsigned
role_of(const struct keep *k, const struct ucred *who)
{
	unsigned role = 0;

	if (who->uid == 0)
		role |= WIRE_FROM_TOOL | WIRE_FROM_FILTER;
	if (who->uid == geteuid())
		role |= WIRE_FROM_TOOL;
	if (who->uid == k->doors->filter_uid)
		role |= WIRE_FROM_FILTER;
	return role;
}

static void
admit(struct keep *k, int fd)
{
	struct doors *d = k->doors;
	struct ucred who;
	socklen_t len = sizeof(who);
	char label[PEER_LABEL];
	struct peer *p;
	unsigned role;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0) {
		close(fd);
		return;
	}
	role = role_of(k, &who);
	if (role == 0 || d->local >= DOORS_LOCAL_MAX) {
		log_notice("user %u, process %d: %s", who.uid, who.pid,
			   role == 0 ? "not one of ours" : "too many connections");
		close(fd);
		return;
	}
	snprintf(label, sizeof(label), "user %u, process %d", who.uid, who.pid);
	p = peer_add(k, fd, role, label);
	if (p == NULL)
		return;
	p->pid = who.pid;
	p->uid = who.uid;
	p->local = true;
	d->local++;
}

static void
on_listener(evutil_socket_t listener, short what, void *context)
{
	struct keep *k = context;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (fd >= 0) {
		admit(k, fd);
		return;
	}
	/* out of descriptors: let others end first, without spinning */
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
		if (keep_mono_ms(k) - k->doors->full_ms > 10000)
			log_error("no more connections: %s", strerror(errno));
		k->doors->full_ms = keep_mono_ms(k);
		event_del(k->doors->listener);
	}
}

void
doors_tick(struct keep *k)
{
	struct doors *d = k->doors;

	if (d->listener != NULL && !event_pending(d->listener, EV_READ, NULL))
		event_add(d->listener, NULL);
}

static bool
is_stream(int fd)
{
	int domain = 0, type = 0;
	socklen_t len = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       domain == AF_UNIX && type == SOCK_STREAM;
}

int
doors_channel(struct peer *p, const union wire_any *m, struct error *err)
{
	struct keep *k = p->keep;
	char label[PEER_LABEL];
	int fd = p->passes ? peer_take_fd(p) : -1;

	(void)m;
	if (fd < 0 || !is_stream(fd)) {
		if (fd >= 0)
			close(fd);
		return error_set(err, ERROR_INPUT,
				 "a channel without a socket of ours");
	}
	if (k->peer_count >= k->settings->max_connections + DOORS_LOCAL_MAX) {
		close(fd);
		return 0; /* front's thread sees the end of it */
	}
	snprintf(label, sizeof(label), "front channel %u", ++k->doors->channels);
	if (peer_add(k, fd, WIRE_FROM_FRONT, label) == NULL)
		log_error("%s cannot be listened to", label);
	return 0;
}

static void
drop_front_channels(struct keep *k)
{
	struct peer *p;

	TAILQ_FOREACH(p, &k->peers, link)
		if (p->role == WIRE_FROM_FRONT && p != k->doors->front)
			peer_drop(p, NULL);
	intake_front_gone(k);
}

void
doors_peer_gone(struct peer *p)
{
	struct keep *k = p->keep;

	if (p->local)
		k->doors->local--;
	if (!p->passes)
		return;
	/* a newer front may be here; its channels and orders come with its first turn,
	 * this is the end of the turn in which it came */
	if (k->doors->front == p)
		k->doors->front = NULL;
	log_notice("front has ended");
	drop_front_channels(k);
}

int
doors_open(struct keep *k, const struct keep_fds *fds, struct error *err)
{
	struct doors *d = calloc(1, sizeof(*d));

	k->doors = d;
	if (d == NULL)
		return error_errno(err, "cannot listen");
	d->filter_uid = fds->filter_uid;
	if (fds->supervisor >= 0) {
		d->supervisor = event_new(k->base, fds->supervisor,
					  EV_READ | EV_PERSIST, on_supervisor, k);
		if (d->supervisor == NULL || event_add(d->supervisor, NULL) != 0)
			return error_set(err, ERROR_SYSTEM, "cannot hear spoold");
	}
	if (fds->listener >= 0) {
		d->listener = event_new(k->base, fds->listener, EV_READ | EV_PERSIST,
					on_listener, k);
		if (d->listener == NULL || event_add(d->listener, NULL) != 0)
			return error_set(err, ERROR_SYSTEM, "cannot listen");
	}
	if (fds->front >= 0)
		set_front(k, fds->front);
	if (fds->courier >= 0)
		set_courier(k, fds->courier);
	return 0;
}

static void
close_event(struct event *e)
{
	if (e == NULL)
		return;
	close(event_get_fd(e));
	event_free(e);
}

void
doors_close(struct keep *k)
{
	if (k->doors == NULL)
		return;
	close_event(k->doors->listener);
	close_event(k->doors->supervisor);
	free(k->doors);
	k->doors = NULL;
}
