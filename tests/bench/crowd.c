/*
 * crowd - a crowd of clients that drip bytes, and a few that only want to print.
 *
 *   crowd --port N --path /ipp/print/photo [--tls] [--drips N] [--normals N]
 *         [--seconds N] [--document FILE]
 *
 * The drips are a third each: of an HTTP header, of IPP attributes, of a document; each
 * sends a byte every DRIP_MS, and comes again when it is cut off. The normal clients
 * connect, ask Get-Printer-Attributes (every JOB_EVERY-th time Print-Job of the document,
 * held), read the answer, and think THINK_MS; only what they wait for is measured, from
 * connecting to the last byte. Loopback only, bounded in number and time: a server that
 * answers nobody is found out after ARRIVAL_MISSES of the crowd were not let in.
 *
 * Prints one line of JSON. Status 0 whatever came; 2 if it could not even begin.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fs.h"

#define DRIPS_MAX      4000
#define NORMALS_MAX    500
#define SAMPLES_MAX    200000
#define SECONDS_MAX    600
#define DRIP_MS	       500
#define THINK_MS       200
#define JOB_EVERY      10
#define PATIENCE_S     10    /* a normal client's; longer is no answer */
#define COMING_S       3     /* one of the crowd's, to be let in */
#define SETUP_MS       60000 /* for the crowd to arrive */
#define ARRIVAL_MISSES 5     /* in a row: nobody else will be let in */
#define SETTLE_MS      3000  /* and for its arrival to be over */
#define REQUEST_MAX    (1024 * 1024)
#define ANSWER_MAX     (64 * 1024)

static struct {
	int port, drips, normals, seconds;
	const char *path;
	bool tls;
	struct buf document;
} wanted = {.normals = 50, .seconds = 10, .path = "/ipp/print"};

static SSL_CTX *tls;
static atomic_bool ended;

struct connection {
	int fd;
	SSL *ssl;
};

/* --- a connection, in clear or not --- */

static void
hang_up(struct connection *c)
{
	if (c->ssl != NULL)
		SSL_free(c->ssl);
	if (c->fd >= 0)
		close(c->fd);
	*c = (struct connection){.fd = -1};
}

static bool
begin_tls(struct connection *c)
{
	c->ssl = SSL_new(tls);
	return c->ssl != NULL && SSL_set_fd(c->ssl, c->fd) == 1 &&
	       SSL_connect(c->ssl) == 1;
}

static bool
dial(struct connection *c, int patience_s)
{
	const struct timeval patience = {.tv_sec = patience_s};
	const struct sockaddr_in at = {.sin_family = AF_INET,
				       .sin_port = htons((uint16_t)wanted.port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int one = 1;

	*c = (struct connection){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (c->fd >= 0 &&
	    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ==
		    0 &&
	    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ==
		    0 &&
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
	    connect(c->fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
	    (!wanted.tls || begin_tls(c)))
		return true;
	hang_up(c);
	return false;
}

static ssize_t
put_some(struct connection *c, const void *data, size_t len)
{
	if (c->ssl != NULL)
		return SSL_write(c->ssl, data, (int)len);
	return send(c->fd, data, len, MSG_NOSIGNAL);
}

static bool
put_all(struct connection *c, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = put_some(c, data, len);
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static ssize_t
get_some(struct connection *c, void *data, size_t len)
{
	if (c->ssl != NULL)
		return SSL_read(c->ssl, data, (int)len);
	return recv(c->fd, data, len, 0);
}

/* --- requests --- */

static void
put(struct buf *to, const void *data, size_t len)
{
	INVARIANT(buf_append(to, data, len, NULL) == 0);
}

static void
put_text(struct buf *to, uint8_t tag, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);
	const uint8_t head[] = {tag, (uint8_t)(n >> 8), (uint8_t)n};
	const uint8_t mid[] = {(uint8_t)(v >> 8), (uint8_t)v};

	put(to, head, sizeof(head));
	put(to, name, n);
	put(to, mid, sizeof(mid));
	put(to, value, v);
}

static void
put_attributes(struct buf *to, uint8_t operation)
{
	const uint8_t head[] = {2, 0, 0, operation, 0, 0, 0, 1, 1};
	char uri[300];

	snprintf(uri, sizeof(uri), "ipp://localhost:%d%s", wanted.port, wanted.path);
	put(to, head, sizeof(head));
	put_text(to, 0x47, "attributes-charset", "utf-8");
	put_text(to, 0x48, "attributes-natural-language", "en");
	put_text(to, 0x45, "printer-uri", uri);
	put_text(to, 0x42, "requesting-user-name", "crowd");
	if (operation == 0x0b) {
		put_text(to, 0x44, "requested-attributes", "printer-state");
		put_text(to, 0x44, "", "printer-is-accepting-jobs");
	} else {
		put_text(to, 0x49, "document-format", "image/jpeg");
		put(to, "\x02", 1);
		put_text(to, 0x44, "job-hold-until", "indefinite");
	}
	put(to, "\x03", 1);
}

/* A whole request; *head: how much of it is HTTP's. more: bytes that are announced and
 * not there. */
static void
make_request(struct buf *to, uint8_t operation, const struct buf *document, size_t more,
	     size_t *head)
{
	struct buf body;
	char http[400];

	buf_init(&body, REQUEST_MAX);
	put_attributes(&body, operation);
	if (document != NULL)
		put(&body, document->data, document->len);
	snprintf(http, sizeof(http),
		 "POST %s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: "
		 "application/ipp\r\nContent-Length: %zu\r\n\r\n",
		 wanted.path, wanted.port, body.len + more);
	*head = strlen(http);
	put(to, http, *head);
	put(to, body.data, body.len);
	buf_clear(&body);
}

/* --- the crowd --- */

struct drip {
	struct connection c;
	const struct buf *request;
	size_t at_once, sent; /* of the request */
	int64_t next;
};

static struct drip crowd[DRIPS_MAX];
static struct buf slow_header, slow_attributes, slow_document;
static atomic_int dripping, most_dripping, cut_off, dripped;

static void
make_slow_requests(void)
{
	static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0,
				       16,   'J',  'F',	 'I',  'F'};
	struct buf start;
	size_t head;

	buf_init(&slow_header, REQUEST_MAX);
	buf_init(&slow_attributes, REQUEST_MAX);
	buf_init(&slow_document, REQUEST_MAX);
	buf_init(&start, 64);
	put(&start, jpeg, sizeof(jpeg));
	make_request(&slow_header, 0x0b, NULL, 0, &head);
	make_request(&slow_attributes, 0x0b, NULL, 0, &head);
	make_request(&slow_document, 0x02, &start, 1000000, &head);
	buf_clear(&start);
}

static void
assign(struct drip *d, int i)
{
	const struct buf *const requests[] = {&slow_header, &slow_attributes,
					      &slow_document};
	const char *end;

	d->request = requests[i % 3];
	end = memmem(d->request->data, d->request->len, "\r\n\r\n", 4);
	d->at_once = i % 3 == 0 ? 10
		     : i % 3 == 1
			     ? (size_t)(end + 4 - (const char *)d->request->data) + 10
			     : d->request->len - 10;
}

static bool
come(struct drip *d)
{
	if (!dial(&d->c, COMING_S))
		return false;
	d->sent = d->at_once;
	if (!put_all(&d->c, d->request->data, d->at_once)) {
		hang_up(&d->c);
		return false;
	}
	fcntl(d->c.fd, F_SETFL, O_NONBLOCK);
	d->next = clock_mono_ms() + rand() % DRIP_MS;
	atomic_fetch_add(&dripping, 1);
	return true;
}

static void
go(struct drip *d)
{
	hang_up(&d->c);
	atomic_fetch_sub(&dripping, 1);
	atomic_fetch_add(&cut_off, 1);
}

/* The next byte; past its end a document goes on with zeros, all else waits. */
static void
drip(struct drip *d, int64_t now)
{
	uint8_t byte = d->sent < d->request->len ? d->request->data[d->sent] : 0;
	ssize_t n;

	if (now < d->next)
		return;
	d->next = now + DRIP_MS;
	if (d->sent + 1 >= d->request->len && d->request != &slow_document)
		return; /* the last byte is never sent */
	n = put_some(&d->c, &byte, 1);
	if (n == 1) {
		d->sent++;
		atomic_fetch_add(&dripped, 1);
	} else if (d->c.ssl == NULL
			   ? errno != EAGAIN
			   : SSL_get_error(d->c.ssl, (int)n) != SSL_ERROR_WANT_WRITE) {
		go(d);
	}
}

static bool
was_cut(struct drip *d)
{
	struct pollfd p = {.fd = d->c.fd, .events = POLLIN | POLLRDHUP};
	char sink[256];

	if (poll(&p, 1, 0) <= 0)
		return false;
	return (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0 ||
	       recv(d->c.fd, sink, sizeof(sink), MSG_PEEK) == 0;
}

static atomic_bool arrived;

static void
arrive(void)
{
	int64_t until = clock_mono_ms() + SETUP_MS;
	int missed = 0;

	for (int i = 0;
	     i < wanted.drips && missed < ARRIVAL_MISSES && clock_mono_ms() < until;
	     i++)
		missed = come(&crowd[i]) ? 0 : missed + 1;
	atomic_store(&arrived, true);
}

/* Each has its byte sent; who was cut off comes again, some in a round and not all at
 * once, and nobody if one was not let in. */
static void
one_round(void)
{
	int64_t now = clock_mono_ms();
	int again = 20;

	for (int i = 0; i < wanted.drips; i++) {
		struct drip *d = &crowd[i];
		if (d->c.fd >= 0 && was_cut(d))
			go(d);
		else if (d->c.fd >= 0)
			drip(d, now);
		else if (again-- > 0 && !atomic_load(&ended) && !come(d))
			again = 0;
	}
	if (atomic_load(&dripping) > atomic_load(&most_dripping))
		atomic_store(&most_dripping, atomic_load(&dripping));
}

static void *
crowd_main(void *unused)
{
	(void)unused;
	arrive();
	while (!atomic_load(&ended)) {
		one_round();
		poll(NULL, 0, 20);
	}
	return NULL;
}

/* --- those who want to print --- */

static struct {
	pthread_mutex_t lock;
	double ms[SAMPLES_MAX];
	int answered, asked, refused;
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};
static struct buf question, order;

/* A whole answer of HTTP and IPP: its status code, or -1. */
static int
read_answer(struct connection *c)
{
	static __thread uint8_t answer[ANSWER_MAX];
	size_t len = 0;

	while (len < sizeof(answer)) {
		ssize_t n = get_some(c, answer + len, sizeof(answer) - len);
		const uint8_t *body;
		if (n <= 0)
			return -1;
		len += (size_t)n;
		body = memmem(answer, len, "\r\n\r\n", 4);
		/* attributes end with their tag; both servers send it last */
		if (body != NULL && len - (size_t)(body + 4 - answer) > 9 &&
		    memcmp(answer, "HTTP/1.1 200", 12) == 0 &&
		    memmem(answer + len - 8, 8, "\x03", 1) != NULL) {
			body = memmem(body, len - (size_t)(body - answer),
				      "\x00\x00\x00\x01\x01", 5);
			return body != NULL ? body[-2] << 8 | body[-1] : -1;
		}
	}
	return -1;
}

static void
note(int status, int64_t start_us, int64_t end_us)
{
	pthread_mutex_lock(&seen.lock);
	seen.asked++;
	if (status >= 0 && status < 0x0100 && seen.answered < SAMPLES_MAX)
		seen.ms[seen.answered++] = (double)(end_us - start_us) / 1000;
	else if (status >= 0)
		seen.refused++;
	pthread_mutex_unlock(&seen.lock);
}

static int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *
normal_main(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;

	for (unsigned i = seed; !atomic_load(&ended); i++) {
		const struct buf *what =
			order.len > 0 && i % JOB_EVERY == 0 ? &order : &question;
		struct connection c;
		int64_t start = clock_us();
		int status = -1;
		if (dial(&c, PATIENCE_S) && put_all(&c, what->data, what->len))
			status = read_answer(&c);
		hang_up(&c);
		if (clock_us() - start < PATIENCE_S * 1000000LL)
			note(status, start, clock_us());
		else
			note(-1, 0, 0);
		poll(NULL, 0, THINK_MS / 2 + rand_r(&seed) % THINK_MS);
	}
	return NULL;
}

/* --- the whole --- */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
quantile(double q)
{
	int at = (int)(q * seen.answered);

	return seen.answered == 0
		       ? 0
		       : seen.ms[at < seen.answered ? at : seen.answered - 1];
}

static void
tell(void)
{
	qsort(seen.ms, (size_t)seen.answered, sizeof(seen.ms[0]), by_size);
	printf("{\"asked\": %d, \"answered\": %d, \"refused\": %d, \"p50_ms\": %.2f, "
	       "\"p99_ms\": %.2f, \"max_ms\": %.2f, \"dripping\": %d, \"cut_off\": %d, "
	       "\"dripped\": %d}\n",
	       seen.asked, seen.answered, seen.refused, quantile(0.5), quantile(0.99),
	       quantile(1), atomic_load(&most_dripping), atomic_load(&cut_off),
	       atomic_load(&dripped));
}

static int
number(const char *text, int most)
{
	int n = atoi(text);

	return n < 0 ? 0 : n > most ? most : n;
}

static int
read_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"port", required_argument, NULL, 'p'},
		{"path", required_argument, NULL, 'u'},
		{"tls", no_argument, NULL, 't'},
		{"drips", required_argument, NULL, 'd'},
		{"normals", required_argument, NULL, 'n'},
		{"seconds", required_argument, NULL, 's'},
		{"document", required_argument, NULL, 'f'},
		{NULL, 0, NULL, 0}};
	struct error err;
	int c;

	buf_init(&wanted.document, REQUEST_MAX / 2);
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'p')
			wanted.port = number(optarg, 65535);
		else if (c == 'u')
			wanted.path = optarg;
		else if (c == 't')
			wanted.tls = true;
		else if (c == 'd')
			wanted.drips = number(optarg, DRIPS_MAX);
		else if (c == 'n')
			wanted.normals = number(optarg, NORMALS_MAX);
		else if (c == 's')
			wanted.seconds = number(optarg, SECONDS_MAX);
		else if (c != 'f' || fs_read_file(optarg, &wanted.document, &err) != 0)
			return 2;
	}
	return wanted.port > 0 ? 0 : 2;
}

static void
prepare(void)
{
	struct rlimit files;
	size_t head;

	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	tls = SSL_CTX_new(TLS_client_method());
	INVARIANT(tls != NULL);
	SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL);
	buf_init(&question, REQUEST_MAX);
	buf_init(&order, REQUEST_MAX);
	make_request(&question, 0x0b, NULL, 0, &head);
	if (wanted.document.len > 0)
		make_request(&order, 0x02, &wanted.document, 0, &head);
	make_slow_requests();
	for (int i = 0; i < DRIPS_MAX; i++) {
		crowd[i].c.fd = -1;
		assign(&crowd[i], i);
	}
}

int
main(int argc, char **argv)
{
	static pthread_t normals[NORMALS_MAX];
	pthread_t dripper;

	if (read_options(argc, argv) != 0) {
		fprintf(stderr, "usage: crowd --port N --path PATH [--tls] [--drips N] "
				"[--normals N] [--seconds N] [--document FILE]\n");
		return 2;
	}
	prepare();
	INVARIANT(pthread_create(&dripper, NULL, crowd_main, NULL) == 0);
	while (!atomic_load(&arrived))
		poll(NULL, 0, 20);
	if (wanted.drips > 0)
		poll(NULL, 0, SETTLE_MS);
	for (int i = 0; i < wanted.normals; i++)
		INVARIANT(pthread_create(&normals[i], NULL, normal_main,
					 (void *)(uintptr_t)(i + 1)) == 0);
	poll(NULL, 0, wanted.seconds * 1000);
	atomic_store(&ended, true);
	for (int i = 0; i < wanted.normals; i++)
		pthread_join(normals[i], NULL);
	pthread_join(dripper, NULL);
	tell();
	return 0;
}
