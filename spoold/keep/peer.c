/*
 * peer.c - reading is driven by the loop, writing by the end of the turn.
 *
 * What `out` holds up to `committed` may leave at any time; what lies behind it stands
 * on changes that are not durable yet. A pump (a long answer in pieces) goes on when
 * the socket has taken what came before, one piece at a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/dispatch.h"
#include "spoold/keep/peer.h"

#define PEER_READ  (64 * 1024) /* read at once beyond what a message lacks */
#define PEER_IDLE  (16 * 1024) /* an empty buffer above it is given back */
#define PEER_CMSGS 16	       /* descriptors taken with one read */

static void peer_work(struct peer *p);

size_t
peer_waiting(const struct peer *p)
{
	return p->out.len - p->sent;
}

void
peer_drop(struct peer *p, const char *why)
{
	if (p->doomed)
		return;
	p->doomed = true;
	p->keep->dirty = true;
	if (why != NULL)
		log_notice("%s: dropped: %s", p->label, why);
	event_del(p->readable);
	event_del(p->writable);
}

void
peer_say(struct peer *p, enum wire_type type, const void *message)
{
	struct error err;

	p->keep->dirty = true;
	if (!p->doomed && wire_pack(type, message, &p->out, &err) != 0)
		peer_drop(p, err.text);
}

void
peer_say_packed(struct peer *p, const struct buf *messages)
{
	struct error err;

	if (!p->doomed && messages->len > 0 &&
	    buf_append(&p->out, messages->data, messages->len, &err) != 0)
		peer_drop(p, err.text);
}

void
peer_say_plain(struct peer *p, enum wire_type type)
{
	static const union wire_any nothing;

	peer_say(p, type, &nothing);
}

void
peer_say_failed(struct peer *p, const struct error *err)
{
	struct wire_failed failed = {.kind = (uint8_t)err->kind, .detail = err->detail};

	text_copy(failed.text, sizeof(failed.text), err->text);
	peer_say(p, WIRE_TYPE_failed, &failed);
}

static void
pump_end(struct peer *p)
{
	if (p->pump_state != NULL)
		seal_wipe(p->pump_state, p->pump_size);
	free(p->pump_state);
	p->pump_state = NULL;
	p->pump = NULL;
}

void
peer_pump(struct peer *p, peer_pump_fn *fn, const void *state, size_t state_size)
{
	INVARIANT(p->pump == NULL);
	p->pump_state = malloc(state_size);
	if (p->pump_state == NULL) {
		peer_drop(p, "no memory");
		return;
	}
	memcpy(p->pump_state, state, state_size);
	p->pump_size = state_size;
	p->pump = fn;
}

static void
pump_step(struct peer *p)
{
	struct error err;
	bool more = false;

	if (p->pump(p, p->pump_state, &more, &err) != 0) {
		peer_say_failed(p, &err);
		more = false;
	}
	if (!more)
		pump_end(p);
}

/* Descriptors that came with the bytes; more than we asked for are closed. */
static void
keep_fds(struct peer *p, struct msghdr *head)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL;
	     c = CMSG_NXTHDR(head, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (p->fd_count < p->fds_most)
				p->fds[p->fd_count++] = fd;
			else
				close(fd);
		}
	}
}

static ssize_t
receive_with_fds(struct peer *p, void *data, size_t size)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(PEER_CMSGS * sizeof(int))];
	} control;
	struct iovec row = {data, size};
	struct msghdr head = {.msg_iov = &row,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(p->fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n >= 0)
		keep_fds(p, &head);
	return n;
}

int
peer_take_fd(struct peer *p)
{
	int fd;

	if (p->fd_count == 0)
		return -1;
	fd = p->fds[0];
	p->fd_count--;
	memmove(p->fds, p->fds + 1, p->fd_count * sizeof(int));
	return fd;
}

/* Bytes that the message at the start of `in` still lacks. */
static size_t
lacking(const struct peer *p)
{
	unsigned type;
	size_t body_len;

	if (wire_head(p->in.data, p->in.len, &type, &body_len, NULL) == 1 &&
	    WIRE_HEAD_BYTES + body_len > p->in.len)
		return WIRE_HEAD_BYTES + body_len - p->in.len;
	return 0;
}

static void
receive(struct peer *p)
{
	size_t lack = lacking(p);
	size_t room = lack > PEER_IDLE / 2 ? lack + PEER_READ : PEER_IDLE / 2;
	struct error err;
	ssize_t n;

	if (buf_reserve(&p->in, room, &err) != 0) {
		peer_drop(p, err.text);
		return;
	}
	if (p->fds_most > 0)
		n = receive_with_fds(p, p->in.data + p->in.len, room);
	else
		n = recv(p->fd, p->in.data + p->in.len, room, MSG_DONTWAIT);
	if (n > 0)
		p->in.len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		p->ended = true;
}

/* What is allowed to leave, as far as the socket takes it. */
static void
send_out(struct peer *p)
{
	while (p->sent < p->committed) {
		ssize_t n = send(p->fd, p->out.data + p->sent, p->committed - p->sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0) {
			peer_drop(p, NULL);
			return;
		}
		p->sent += (size_t)n;
	}
}

/* What has left is wiped, and makes room before the buffer is full of it. */
static void
transmit(struct peer *p)
{
	send_out(p);
	if (p->sent != p->out.len && p->sent < PEER_OUT_HIGH)
		return;
	seal_wipe(p->out.data, p->sent);
	buf_consume(&p->out, p->sent);
	p->committed -= p->sent;
	p->sent = 0;
	if (p->out.len == 0 && p->out.cap > PEER_OUT_HIGH)
		buf_clear(&p->out);
}

void
peer_widen(struct peer *p)
{
	int bytes = 2 * PEER_PIECES_HIGH;

	/* as far as the system allows; with less it works, too */
	(void)setsockopt(p->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/* True if a whole message waits in `in`, or something that is no message. */
static bool
has_message(const struct peer *p, size_t at, unsigned *type, size_t *body_len,
	    struct error *err)
{
	int rc;

	if (at == p->in.len)
		return false;
	rc = wire_head(p->in.data + at, p->in.len - at, type, body_len, err);
	if (rc < 0)
		*type = 0;
	return rc < 0 || (rc == 1 && p->in.len - at - WIRE_HEAD_BYTES >= *body_len);
}

static bool
may_work(const struct peer *p)
{
	if (p->pump != NULL)
		return !p->doomed && peer_waiting(p) + p->put < PEER_PIECES_HIGH;
	return !p->doomed && peer_waiting(p) < PEER_OUT_HIGH;
}

static void
update_events(struct peer *p)
{
	unsigned type;
	size_t body_len;
	bool work, stuck;

	if (p->doomed)
		return;
	work = p->pump != NULL || has_message(p, 0, &type, &body_len, NULL);
	stuck = p->committed > p->sent || (work && may_work(p));
	if (work)
		event_del(p->readable);
	else
		event_add(p->readable, NULL);
	if (stuck)
		event_add(p->writable, NULL);
	else
		event_del(p->writable);
}

/* One message, or one piece of a long answer. Returns the bytes of `in` used up. */
static size_t
work_once(struct peer *p, size_t at, bool *worked)
{
	struct error err;
	unsigned type;
	size_t body_len, used;

	*worked = true;
	if (p->pump != NULL) {
		size_t said = p->out.len;
		pump_step(p);
		/* a piece with nothing to say: others first, then on */
		*worked = p->pump == NULL || p->out.len != said;
		return 0;
	}
	*worked = has_message(p, at, &type, &body_len, &err);
	if (!*worked)
		return 0;
	if (type == 0) {
		peer_drop(p, err.text);
		return 0;
	}
	used = WIRE_HEAD_BYTES + body_len;
	dispatch(p, type, p->in.data + at + WIRE_HEAD_BYTES, body_len);
	if (type != WIRE_TYPE_chunk) /* sealed; anything else may be secret */
		seal_wipe(p->in.data + at, used);
	return used;
}

static void
peer_work(struct peer *p)
{
	size_t at = 0;
	bool worked = true;

	while (worked && may_work(p)) {
		at += work_once(p, at, &worked);
		keep_settle(p->keep);
	}
	if (p->doomed)
		return;
	buf_consume(&p->in, at);
	if (p->in.len == 0 && p->in.cap > PEER_IDLE)
		buf_clear(&p->in);
	if (p->ended && p->pump == NULL)
		peer_drop(p, NULL);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct peer *p = context;

	(void)fd;
	(void)what;
	if (p->doomed)
		return;
	receive(p);
	peer_work(p);
	update_events(p);
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct peer *p = context;

	(void)fd;
	(void)what;
	if (p->doomed)
		return;
	transmit(p);
	peer_work(p);
	update_events(p);
}

static void
answer_failed(struct peer *p, const struct error *failed)
{
	if (p->out.len > p->committed)
		seal_wipe(p->out.data + p->committed, p->out.len - p->committed);
	p->out.len = p->committed;
	pump_end(p);
	p->body_chunks = 0;
	for (unsigned i = 0; i < p->owing; i++)
		peer_say_failed(p, failed);
}

void
peer_flushed(struct peer *p, const struct error *failed)
{
	if (p->doomed)
		return;
	p->put = 0;
	if (failed != NULL && p->depends)
		answer_failed(p, failed);
	p->depends = false;
	if (p->committed == p->out.len && p->owing == 0)
		return;
	p->committed = p->out.len;
	p->owing = p->pump != NULL ? 1 : 0;
	transmit(p);
	update_events(p);
}

struct peer *
peer_add(struct keep *k, int fd, unsigned role, const char *label)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		close(fd);
		return NULL;
	}
	p->keep = k;
	p->fd = fd;
	p->role = role;
	p->fds_most = (role & WIRE_FROM_FILTER) != 0 ? 1 : 0; /* a window */
	text_copy(p->label, sizeof(p->label), label);
	buf_init(&p->in, WIRE_HEAD_BYTES + WIRE_MESSAGE_MAX + PEER_READ);
	buf_init(&p->out, PEER_OUT_MAX);
	LIST_INIT(&p->uploads);
	TAILQ_INSERT_TAIL(&k->peers, p, link);
	k->peer_count++;
	p->readable = event_new(k->base, fd, EV_READ | EV_PERSIST, on_readable, p);
	p->writable = event_new(k->base, fd, EV_WRITE, on_writable, p);
	if (p->readable == NULL || p->writable == NULL ||
	    event_add(p->readable, NULL) != 0) {
		peer_free(p);
		return NULL;
	}
	return p;
}

void
peer_free(struct peer *p)
{
	pump_end(p);
	TAILQ_REMOVE(&p->keep->peers, p, link);
	p->keep->peer_count--;
	if (p->readable != NULL)
		event_free(p->readable);
	if (p->writable != NULL)
		event_free(p->writable);
	while (p->fd_count > 0)
		close(peer_take_fd(p));
	if (p->window != NULL)
		munmap(p->window, WIRE_WINDOW_BYTES);
	close(p->fd);
	buf_clear(&p->in);
	buf_clear(&p->out);
	free(p);
}
