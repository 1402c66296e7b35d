/*
 * link.c - the control channel has two users: its thread reads, anybody writes
 * `channel` under the lock. A message and its descriptor go in one sendmsg.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "spoold/front/announce.h"
#include "spoold/front/link.h"
#include "spoold/front/printers.h"
#include "spoold/front/subscriptions.h"

static struct {
	pthread_mutex_t lock; /* of writing */
	struct wire_peer control;
	int gone_fd;
} keep = {.lock = PTHREAD_MUTEX_INITIALIZER, .control = {.fd = -1}};

static int
send_with_fd(int fd, const struct buf *message, struct error *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec piece = {.iov_base = message->data, .iov_len = message->len};
	struct msghdr msg = {.msg_iov = &piece,
			     .msg_iovlen = 1,
			     .msg_control = control.room,
			     .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	do
		n = sendmsg(keep.control.fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)message->len) {
		error_errno(err, "cannot reach keep");
		if (err != NULL)
			err->kind = ERROR_LATER;
		return -1;
	}
	return 0;
}

int
link_open(struct wire_peer *peer, struct error *err)
{
	static const struct wire_channel channel;
	struct buf message;
	int ends[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return error_errno(err, "cannot make a channel to keep");
	buf_init(&message, WIRE_HEAD_BYTES);
	rc = wire_pack(WIRE_TYPE_channel, &channel, &message, err);
	if (rc == 0) {
		pthread_mutex_lock(&keep.lock);
		rc = send_with_fd(ends[1], &message, err);
		pthread_mutex_unlock(&keep.lock);
	}
	buf_clear(&message);
	close(ends[1]);
	if (rc != 0)
		close(ends[0]);
	else
		wire_peer_init(peer, ends[0], LINK_TIMEOUT_MS);
	return rc;
}

int
link_say(enum wire_type type, const void *message, struct error *err)
{
	int rc;

	pthread_mutex_lock(&keep.lock);
	rc = wire_send(&keep.control, type, message, err);
	pthread_mutex_unlock(&keep.lock);
	return rc;
}

static void
take_printer(const struct wire_printer *pushed)
{
	printers_take(pushed);
	announce_printer(pushed->name);
}

static void *
listen_to_keep(void *unused)
{
	union wire_any *message = unused;
	const uint64_t one = 1;
	struct error err;
	int type;

	while ((type = wire_receive(&keep.control, message, &err)) >= 0)
		if (type == WIRE_TYPE_printer)
			take_printer(&message->printer);
		else if (type == WIRE_TYPE_announced)
			announce_named(&message->announced);
		else if (type == WIRE_TYPE_order_event)
			subscriptions_order(&message->order_event);
		else
			log_error("keep pushed '%s', which front does not know",
				  wire_name((unsigned)type));
	log_notice("keep is gone: %s", err.text);
	if (fs_write_all(keep.gone_fd, &one, sizeof(one)) != 0)
		log_error("cannot wake the main thread");
	return NULL;
}

static int
ask_for_printers(union wire_any *item, struct error *err)
{
	static const struct wire_printers all;
	struct wire_peer peer;
	int got;

	if (link_open(&peer, err) != 0)
		return -1;
	got = wire_send(&peer, WIRE_TYPE_printers, &all, err) == 0
		      ? wire_next(&peer, WIRE_TYPE_printer, 0, NULL, item, err)
		      : -1;
	while (got > 0) {
		take_printer(&item->printer);
		got = wire_next(&peer, WIRE_TYPE_printer, 0, NULL, item, err);
	}
	wire_peer_close(&peer);
	return got;
}

int
link_start(int control, int gone_fd, struct error *err)
{
	static union wire_any message; /* first ours, then the thread's */
	pthread_t thread;

	wire_peer_init(&keep.control, control, 0);
	keep.gone_fd = gone_fd;
	if (ask_for_printers(&message, err) != 0)
		return error_prefix(err, "cannot learn the printers from keep");
	errno = pthread_create(&thread, NULL, listen_to_keep, &message);
	if (errno != 0)
		return error_errno(err,
				   "cannot start the thread of the control channel");
	pthread_detach(thread);
	return 0;
}
