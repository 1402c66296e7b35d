#include <cups/cups.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "lib/seal/seal.h"
#include "spoold/front/admission.h"
#include "spoold/front/client.h"
#include "spoold/front/intake.h"
#include "spoold/front/link.h"
#include "spoold/front/preflight.h"
#include "spoold/front/printers.h"
#include "tests/fuzz/stranger.h"

static struct {
	struct settings settings;
	struct front_fds fds;
	stranger_keep_fn *keep;
	int listener;
	int control; /* keep's end */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int channels; /* that front holds open */
} it = {.listener = -1,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.moved = PTHREAD_COND_INITIALIZER};

/* --- keep's side --- */

static void
count_channels(int by)
{
	pthread_mutex_lock(&it.lock);
	it.channels += by;
	pthread_cond_broadcast(&it.moved);
	pthread_mutex_unlock(&it.lock);
}

/* Until front is gone from it, so that the next input meets a front at rest. */
static void
read_to_end(int fd)
{
	char sink[4096];

	shutdown(fd, SHUT_WR);
	while (recv(fd, sink, sizeof(sink), 0) > 0)
		continue;
}

static void *
serve_channel(void *arg)
{
	struct wire_peer *peer = arg;

	it.keep(peer, &it.settings);
	read_to_end(peer->fd);
	wire_peer_close(peer);
	free(peer);
	count_channels(-1);
	return NULL;
}

/* The body of what else front says on its control channel: nobody cares. */
static bool
pass_over(const uint8_t head[WIRE_HEAD_BYTES])
{
	unsigned type;
	size_t left;
	char sink[4096];

	if (wire_head(head, WIRE_HEAD_BYTES, &type, &left, NULL) != 1)
		return false;
	while (left > 0) {
		ssize_t n = recv(it.control, sink,
				 left < sizeof(sink) ? left : sizeof(sink), 0);

		if (n <= 0)
			return false;
		left -= (size_t)n;
	}
	return true;
}

/* The descriptor that came with one message, -1 if none did; -2 at the end. */
static int
receive_channel(void)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	uint8_t bytes[WIRE_HEAD_BYTES];
	struct iovec piece = {bytes, sizeof(bytes)};
	struct msghdr msg = {.msg_iov = &piece,
			     .msg_iovlen = 1,
			     .msg_control = control.room,
			     .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c;
	int fd;

	if (recvmsg(it.control, &msg, MSG_CMSG_CLOEXEC | MSG_WAITALL) !=
		    sizeof(bytes) ||
	    !pass_over(bytes))
		return -2;
	c = CMSG_FIRSTHDR(&msg);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void *
be_keep(void *unused)
{
	int fd;

	(void)unused;
	while ((fd = receive_channel()) >= -1) {
		struct wire_peer *peer;
		pthread_t thread;

		if (fd < 0)
			continue;
		peer = calloc(1, sizeof(*peer));
		INVARIANT(peer != NULL);
		wire_peer_init(peer, fd, 0);
		count_channels(1);
		INVARIANT(pthread_create(&thread, NULL, serve_channel, peer) == 0);
		pthread_detach(thread);
	}
	return NULL;
}

const char *
__lsan_default_suppressions(void) // NOLINT: the sanitizer's name
{
	return "leak:_cupsGlobals\nleak:_cupsBufferGet\n";
}

/* --- the start --- */

static void
listen_somewhere(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	it.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* without a name: the kernel finds one */
	INVARIANT(it.listener >= 0 &&
		  bind(it.listener, (struct sockaddr *)&at, sizeof(sa_family_t)) == 0 &&
		  listen(it.listener, 4) == 0);
}

static void
set_up(void)
{
	struct settings *s = &it.settings;

	settings_defaults(s);
	text_copy(s->key_derivation, sizeof(s->key_derivation), "blake2b");
	s->listen_count = 1;
	text_copy(s->listen[0], sizeof(s->listen[0]), "localhost:8631");
	s->release_over_tcp = true;
	s->printer_count = 1;
	text_copy(s->printers[0].name, ORDER_QUEUE_MAX, STRANGER_PRINTER);
	text_copy(s->printers[0].queue, ORDER_QUEUE_MAX, STRANGER_PRINTER);
}

void
stranger_start(stranger_keep_fn *keep)
{
	struct error err = {0};
	pthread_t thread;
	int ends[2];

	if (it.listener >= 0)
		return;
	log_open("fuzz", LOG_STYLE_DAEMON,
		 getenv("FUZZ_LOG") != NULL ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	set_up();
	it.keep = stranger_friendly_keep; /* until front has its printers */
	INVARIANT(seal_start(&err) == 0 &&
		  socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	it.control = ends[1];
	INVARIANT(pthread_create(&thread, NULL, be_keep, NULL) == 0);
	pthread_detach(thread);
	preflight_start(&it.settings, -1);
	printers_start(&it.settings, "localhost");
	INVARIANT(admission_start(&it.settings, &err) == 0 &&
		  link_start(ends[0], eventfd(0, EFD_CLOEXEC), &err) == 0);
	listen_somewhere();
	it.keep = keep;
}

/* --- the stranger's side --- */

static int
connect_to_front(bool station)
{
	struct sockaddr_un at;
	socklen_t len = sizeof(at);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct error err = {0};
	http_t *http;

	INVARIANT(fd >= 0 &&
		  getsockname(it.listener, (struct sockaddr *)&at, &len) == 0 &&
		  connect(fd, (struct sockaddr *)&at, len) == 0);
	http = httpAcceptConnection(it.listener, 1);
	INVARIANT(http != NULL);
	/* the thread of the connection before may be about to leave its slot */
	if (client_start(http, &it.settings, &it.fds, station, &err) != 0)
		log_error("%s", err.text);
	return fd;
}

static void
wait_for_channels(void)
{
	pthread_mutex_lock(&it.lock);
	while (it.channels > 0)
		pthread_cond_wait(&it.moved, &it.lock);
	pthread_mutex_unlock(&it.lock);
}

void
stranger_connect(bool station, const void *data, size_t len, struct buf *answer)
{
	int fd = connect_to_front(station);
	char part[4096];
	ssize_t n;

	/* it fits into the socket's buffer: nobody need read our side meanwhile */
	if (len > STRANGER_INPUT)
		len = STRANGER_INPUT;
	if (send(fd, data, len, MSG_NOSIGNAL) < 0)
		log_debug("front has hung up already");
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, part, sizeof(part), 0)) > 0)
		if (buf_append(answer, part, (size_t)n, NULL) != 0)
			answer->len = 0; /* a long list: only its end is kept */
	close(fd);
	wait_for_channels();
	intake_sweep(-1); /* what was parked: for the next input it never was */
}
