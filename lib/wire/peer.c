/*
 * peer.c - the blocking side of the wire.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/wire/wire.h"

void
wire_peer_init(struct wire_peer *peer, int fd, int timeout_ms)
{
	struct timeval limit = {timeout_ms / 1000, (timeout_ms % 1000) * 1000};

	peer->fd = fd;
	buf_init(&peer->in, WIRE_HEAD_BYTES + WIRE_MESSAGE_MAX);
	buf_init(&peer->out, WIRE_HEAD_BYTES + WIRE_MESSAGE_MAX);
	if (timeout_ms > 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	}
}

int
wire_connect(struct wire_peer *peer, const char *path, int timeout_ms,
	     struct error *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	*peer = (struct wire_peer){.fd = -1};
	if (strlen(path) >= sizeof(at.sun_path))
		return error_set(err, ERROR_INPUT, "the socket path '%s' is too long",
				 path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		error_errno(err, "cannot reach spoold at '%s'", path);
		if (err != NULL && (errno == ECONNREFUSED || errno == ENOENT))
			err->kind = ERROR_LATER;
		close(fd);
		return -1;
	}
	wire_peer_init(peer, fd, timeout_ms);
	return 0;
}

void
wire_peer_close(struct wire_peer *peer)
{
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
	buf_clear(&peer->in);
	buf_clear(&peer->out);
}

/* The descriptor goes with the first byte. */
static ssize_t
send_some(int fd, const uint8_t *data, size_t len, int passed)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec row = {.iov_len = len};
	struct msghdr head = {.msg_iov = &row,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&head);

	if (passed < 0)
		return send(fd, data, len, MSG_NOSIGNAL);
	memcpy(&row.iov_base, &data, sizeof(data));
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &passed, sizeof(int));
	return sendmsg(fd, &head, MSG_NOSIGNAL);
}

/* As fs_write_all, but a peer that went away is an error and no signal. */
static int
send_all(int fd, const uint8_t *data, size_t len, int passed)
{
	while (len > 0) {
		ssize_t n = send_some(fd, data, len, passed);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		passed = -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int
wire_send_fd(struct wire_peer *peer, enum wire_type type, const void *message, int fd,
	     struct error *err)
{
	int rc;

	peer->out.len = 0;
	if (wire_pack(type, message, &peer->out, err) != 0)
		return -1;
	rc = send_all(peer->fd, peer->out.data, peer->out.len, fd);
	if (rc != 0)
		error_errno(err, "cannot send '%s' to spoold", wire_name(type));
	/* document bytes are sealed; everything shorter may carry a secret */
	if (type != WIRE_TYPE_chunk)
		explicit_bzero(peer->out.data, peer->out.len);
	return rc;
}

int
wire_send(struct wire_peer *peer, enum wire_type type, const void *message,
	  struct error *err)
{
	return wire_send_fd(peer, type, message, -1, err);
}

static int
receive_exactly(struct wire_peer *peer, size_t len, struct error *err)
{
	ssize_t n;

	if (buf_reserve(&peer->in, len, err) != 0)
		return -1;
	n = fs_read_full(peer->fd, peer->in.data + peer->in.len, len);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return error_set(err, ERROR_LATER, "spoold did not answer in time");
	if (n < 0)
		return error_errno(err, "cannot hear spoold");
	if ((size_t)n < len)
		return error_set(err, ERROR_LATER, "spoold closed the connection");
	peer->in.len += len;
	return 0;
}

int
wire_receive(struct wire_peer *peer, union wire_any *message, struct error *err)
{
	unsigned type;
	size_t body_len;

	peer->in.len = 0;
	if (receive_exactly(peer, WIRE_HEAD_BYTES, err) != 0 ||
	    wire_head(peer->in.data, peer->in.len, &type, &body_len, err) < 0 ||
	    receive_exactly(peer, body_len, err) != 0 ||
	    wire_unpack(type, peer->in.data + WIRE_HEAD_BYTES, body_len, message,
			err) != 0)
		return -1;
	return (int)type;
}

/* A `failed` as the error that it carries. */
static int
failed_to_error(const struct wire_failed *failed, struct error *err)
{
	enum error_kind kind = failed->kind;

	if (kind == ERROR_NONE || kind >= ERROR_KINDS)
		kind = ERROR_SYSTEM;
	error_set(err, kind, "%s", failed->text);
	return error_detail(err, failed->detail);
}

int
wire_call(struct wire_peer *peer, enum wire_type type, const void *request,
	  enum wire_type want, union wire_any *answer, struct error *err)
{
	union wire_any unwanted;
	int got;

	if (answer == NULL)
		answer = &unwanted;
	if (wire_send(peer, type, request, err) != 0)
		return -1;
	got = wire_receive(peer, answer, err);
	if (got < 0)
		return -1;
	if (got == WIRE_TYPE_failed && want != WIRE_TYPE_failed)
		return failed_to_error(&answer->failed, err);
	if (got != (int)want)
		return error_set(err, ERROR_SYSTEM, "spoold answered '%s' with '%s'",
				 wire_name(type), wire_name((unsigned)got));
	return 0;
}

bool
wire_waits(const struct wire_peer *peer)
{
	struct pollfd p = {.fd = peer->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

int
wire_receive_failed(struct wire_peer *peer, struct error *err)
{
	union wire_any message;
	int got = wire_receive(peer, &message, err);

	if (got < 0)
		return -1;
	if (got == WIRE_TYPE_failed)
		return failed_to_error(&message.failed, err);
	return error_set(err, ERROR_SYSTEM, "spoold sent '%s' that nobody asked for",
			 wire_name((unsigned)got));
}

int
wire_next(struct wire_peer *peer, enum wire_type want, enum wire_type also, int *type,
	  union wire_any *item, struct error *err)
{
	int got = wire_receive(peer, item, err);

	if (got < 0)
		return -1;
	if (got == WIRE_TYPE_end)
		return 0;
	if (got == WIRE_TYPE_failed)
		return failed_to_error(&item->failed, err);
	if (got != (int)want && (also == 0 || got != (int)also))
		return error_set(err, ERROR_SYSTEM,
				 "spoold sent '%s' in a list of '%s'",
				 wire_name((unsigned)got), wire_name(want));
	if (type != NULL)
		*type = got;
	return 1;
}
