#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/peer.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/expire.h"
#include "spoold/keep/intake.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static void
give_up(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		give_up("socketpair");
}

static void
client_init(struct client *c, int fd)
{
	*c = (struct client){.fd = fd};
	buf_init(&c->in, 8 * (WIRE_MESSAGE_MAX + WIRE_HEAD_BYTES));
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	buf_clear(&c->in);
}

static void
start_keep(struct bench *b)
{
	struct keep_fds fds = {
		.supervisor = -1, .listener = -1, .filter_uid = 7, .fell = b->fell};
	struct error err;
	int front[2], courier[2];

	pair(front);
	pair(courier);
	fds.front = front[0];
	fds.courier = courier[0];
	client_init(&b->control, front[1]);
	client_init(&b->cups.wire, courier[1]);
	b->k = keep_open(&b->settings, b->engine, &fds, &b->clock, &err);
	if (b->k == NULL)
		give_up(err.text);
}

static void
settings_for_tests(struct settings *s, const char *folder)
{
	settings_defaults(s);
	text_copy(s->state_directory, sizeof(s->state_directory), folder);
	text_copy(s->key_derivation, sizeof(s->key_derivation), "blake2b");
	s->disk_reserve_mb = 0;
	s->map_gb = 1;
	s->reconcile_s = 30;
	s->scrub_days = 0;
	s->printer_count = 2;
	text_copy(s->printers[0].name, ORDER_QUEUE_MAX, "photo");
	text_copy(s->printers[0].queue, ORDER_QUEUE_MAX, "photo-queue");
	text_copy(s->printers[1].name, ORDER_QUEUE_MAX, "plate");
	text_copy(s->printers[1].queue, ORDER_QUEUE_MAX, "plate-queue");
}

static void
prepare(struct bench *b)
{
	char path[192];
	struct error err;

	log_open("keep-test", LOG_STYLE_DAEMON,
		 getenv("KEEP_TEST_LOG") != NULL ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	if (seal_start(&err) != 0)
		give_up(err.text);
	memset(b, 0, sizeof(*b));
	b->cups.up = true;
	b->cups.next_id = 100;
	snprintf(b->folder, sizeof(b->folder), "%s/keep-test-XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(b->folder) == NULL)
		give_up("mkdtemp");
	snprintf(path, sizeof(path), "%s/" KEEP_STORE_FOLDER, b->folder);
	if (mkdir(path, 0700) != 0)
		give_up("mkdir");
	snprintf(path, sizeof(path), "%s/" KEEP_KEEP_FOLDER, b->folder);
	if (mkdir(path, 0700) != 0)
		give_up("mkdir");
	settings_for_tests(&b->settings, b->folder);
}

void
bench_open(struct bench *b, const char *engine)
{
	prepare(b);
	b->engine = engine;
	start_keep(b);
	bench_rest(b);
}

static int
listen_at(const char *folder)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%.80s/" KEEP_SOCKET, folder);
	unlink(at.sun_path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    chmod(at.sun_path, 0666) != 0 || listen(fd, 16) != 0)
		give_up("listen");
	return fd;
}

static void
fork_keep(struct bench *b)
{
	int supervisor[2], front[2], courier[2];
	struct keep_fds fds = {.listener = listen_at(b->folder), .filter_uid = 7};

	pair(supervisor);
	pair(front);
	pair(courier);
	fds.supervisor = supervisor[0];
	fds.front = front[0];
	fds.courier = courier[0];
	fflush(stdout);
	b->pid = fork();
	if (b->pid < 0)
		give_up("fork");
	if (b->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(supervisor[1]);
		close(front[1]);
		close(courier[1]);
		_exit(keep_run(&b->settings, &fds));
	}
	close(supervisor[0]);
	close(front[0]);
	close(courier[0]);
	close(fds.listener);
	b->supervisor = supervisor[1];
	client_init(&b->control, front[1]);
	client_init(&b->cups.wire, courier[1]);
}

void
bench_fork(struct bench *b)
{
	prepare(b);
	chmod(b->folder, 0711);
	b->settings.reconcile_s = 1;
	fork_keep(b);
}

int
bench_kill(struct bench *b, int signal_number)
{
	int status;

	if (signal_number != 0)
		kill(b->pid, signal_number);
	close(b->supervisor);
	if (waitpid(b->pid, &status, 0) != b->pid)
		give_up("waitpid");
	b->pid = 0;
	client_close(&b->control);
	client_close(&b->cups.wire);
	return status;
}

void
bench_fork_again(struct bench *b)
{
	fork_keep(b);
}

void
bench_connect(struct bench *b, struct client *c)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%.80s/" KEEP_SOCKET, b->folder);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		give_up("connect");
	client_init(c, fd);
}

void
bench_hand_over(struct bench *b, char what, struct client *c)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec row = {&what, 1};
	struct msghdr head = {.msg_iov = &row,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&head);
	int ends[2];

	pair(ends);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &ends[0], sizeof(int));
	if (sendmsg(b->supervisor, &head, 0) != 1)
		give_up("sendmsg");
	close(ends[0]);
	client_init(c, ends[1]);
}

static void
empty_folder(const char *folder, const char *name)
{
	char path[192], file[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		unlink(file);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

void
bench_close(struct bench *b)
{
	char path[192];

	if (b->pid != 0)
		bench_kill(b, SIGKILL);
	keep_close(b->k);
	client_close(&b->control);
	client_close(&b->cups.wire);
	snprintf(path, sizeof(path), "%s/" KEEP_SOCKET, b->folder);
	unlink(path);
	empty_folder(b->folder, KEEP_STORE_FOLDER);
	empty_folder(b->folder, KEEP_KEEP_FOLDER);
	rmdir(b->folder);
}

void
bench_restart(struct bench *b)
{
	bench_reopen(b, NULL, NULL);
}

void
bench_reopen(struct bench *b, void (*meanwhile)(const char *what), const char *what)
{
	keep_close(b->k);
	client_close(&b->control);
	client_close(&b->cups.wire);
	if (meanwhile != NULL)
		meanwhile(what);
	start_keep(b);
	bench_rest(b);
}

void
bench_rest(struct bench *b)
{
	int64_t deadline = clock_mono_ms() + BENCH_WAIT_MS;
	bool answers = b->cups.up && !b->cups.silent;
	struct store_health h;
	uint32_t before;
	int quiet = 0;

	while (quiet < 10 && clock_mono_ms() < deadline) {
		before = b->cups.wants;
		b->k->dirty = true;
		bench_turn(b);
		if (store_count(b->k->store, &h, NULL) != 0)
			give_up("store_count");
		if (h.outbox != 0 && answers)
			b->clock.skew_s++; /* the rate is paid out by time */
		if (answers && (h.outbox != 0 || before != b->cups.wants))
			quiet = 0;
		quiet++;
	}
}

void
bench_turn(struct bench *b)
{
	if (b->k != NULL)
		keep_turn(b->k, false);
	else
		poll(NULL, 0, 1); /* keep runs by itself */
	cups_serve(b);
}

void
bench_pass(struct bench *b, int64_t seconds)
{
	b->clock.skew_s += seconds;
	intake_expire(b->k);
	while (expire_slice(b->k))
		bench_turn(b);
	reconcile_tick(b->k);
	bench_rest(b);
}

void
bench_peer(struct bench *b, struct client *c, unsigned role, int32_t pid)
{
	struct peer *p;
	int ends[2];

	pair(ends);
	client_init(c, ends[1]);
	p = peer_add(b->k, ends[0], role, "test peer");
	if (p == NULL)
		give_up("peer_add");
	p->pid = pid;
}

void
bench_channel(struct bench *b, struct client *c)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct buf message;
	struct iovec row;
	struct msghdr head = {.msg_iov = &row,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&head);
	struct wire_channel nothing;
	int ends[2];

	pair(ends);
	buf_init(&message, WIRE_MESSAGE_MAX);
	wire_pack(WIRE_TYPE_channel, &nothing, &message, NULL);
	row = (struct iovec){message.data, message.len};
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &ends[0], sizeof(int));
	if (sendmsg(b->control.fd, &head, 0) != (ssize_t)message.len)
		give_up("sendmsg");
	close(ends[0]);
	buf_clear(&message);
	client_init(c, ends[1]);
	bench_turn(b);
}

void
client_send_bytes(struct bench *b, struct client *c, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	int64_t deadline = clock_mono_ms() + BENCH_WAIT_MS;

	while (len > 0 && clock_mono_ms() < deadline) {
		ssize_t n = send(c->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return; /* dropped: the next read tells */
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
		if (len > 0)
			bench_turn(b);
	}
}

void
client_send(struct bench *b, struct client *c, enum wire_type type, const void *message)
{
	struct buf out;
	struct error err;

	buf_init(&out, WIRE_MESSAGE_MAX + WIRE_HEAD_BYTES);
	if (wire_pack(type, message, &out, &err) != 0)
		give_up(err.text);
	client_send_bytes(b, c, out.data, out.len);
	buf_clear(&out);
}

static void
take_in(struct client *c)
{
	ssize_t n;

	if (buf_reserve(&c->in, 65536, NULL) != 0)
		return;
	n = recv(c->fd, c->in.data + c->in.len, 65536, MSG_DONTWAIT);
	if (n > 0)
		c->in.len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->closed = true;
}

int
client_poll(struct client *c, union wire_any *m)
{
	unsigned type;
	size_t body;
	struct error err;
	int rc;

	buf_consume(&c->in, c->used);
	c->used = 0;
	if (!c->closed)
		take_in(c);
	rc = wire_head(c->in.data, c->in.len, &type, &body, &err);
	if (rc == 1 && c->in.len >= WIRE_HEAD_BYTES + body) {
		if (wire_unpack(type, c->in.data + WIRE_HEAD_BYTES, body, m, &err) != 0)
			give_up(err.text);
		c->used = WIRE_HEAD_BYTES + body;
		return (int)type;
	}
	return c->closed ? 0 : -1;
}

int
client_next(struct bench *b, struct client *c, union wire_any *m)
{
	int64_t deadline = clock_mono_ms() + BENCH_WAIT_MS;
	int type;

	while ((type = client_poll(c, m)) < 0 && clock_mono_ms() < deadline)
		bench_turn(b);
	return type;
}

int
client_ask(struct bench *b, struct client *c, enum wire_type type, const void *request,
	   enum wire_type want, union wire_any *answer, struct error *err)
{
	union wire_any unwanted;
	int got;

	if (answer == NULL)
		answer = &unwanted;
	client_send(b, c, type, request);
	got = client_next(b, c, answer);
	if (got == (int)want)
		return 0;
	if (got == WIRE_TYPE_failed) {
		error_set(err, answer->failed.kind, "%s", answer->failed.text);
		return error_detail(err, answer->failed.detail);
	}
	if (got == 0)
		return error_set(err, ERROR_LATER, "dropped");
	return error_set(err, ERROR_SYSTEM, "answered '%s' with '%s'", wire_name(type),
			 wire_name((unsigned)got));
}

bool
bench_status(struct bench *b, struct wire_status_info *info)
{
	struct client tool;
	union wire_any m;
	struct error err;
	bool answered;

	bench_peer(b, &tool, WIRE_FROM_TOOL, 1);
	answered = client_ask(b, &tool, WIRE_TYPE_status, &(struct wire_status){},
			      WIRE_TYPE_status_info, &m, &err) == 0;
	if (answered)
		*info = m.status_info;
	client_close(&tool);
	return answered;
}
