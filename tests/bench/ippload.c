/*
 * ippload.c - many customers at once, as cheap as they can be.
 *
 *   ippload [-c clients] [-n orders] [-w seconds] [-o file] [-H] HOST:PORT PATH TYPE FILE
 *
 * Each client keeps one connection and hands FILE in as a Print-Job, one after the
 * other, until all orders are made. Nothing is parsed that need not be, so that the
 * server beside us has the processors. Prints a line:
 *
 *   orders/s  median ms  p99 ms  orders  refused
 *
 * -w: until then, nobody who can't be reached is an error (a server that starts).
 * -o: "number code" of each order, for the station.
 * -H: ask for job-hold-until=indefinite, which cupsd needs in order to only hold.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fs.h"
#include "tests/bench/figures.h"

#define CLIENTS_MAX  1000
#define REQUEST_MAX  ((size_t)256 << 20)
#define RESPONSE_MAX 65536 /* head and body of an answer */
#define RETRY_US     2000

static struct {
	const char *where, *path, *type, *codes_path;
	int clients;
	long orders;
	double until; /* now_s: errors before it are tried again */
	bool hold;
	struct buf message; /* a whole HTTP request */
	struct addrinfo *address;
	FILE *codes;
	pthread_mutex_t codes_lock;
	atomic_long next, refused;
} load = {.clients = 1,
	  .orders = 1,
	  .message = {.max = REQUEST_MAX},
	  .codes_lock = PTHREAD_MUTEX_INITIALIZER};

struct client {
	pthread_t thread;
	int fd;
	double *took; /* seconds of each of its orders */
	size_t count;
	char answer[RESPONSE_MAX];
	size_t answer_len, body_at;
};

static void
die(const char *what)
{
	fprintf(stderr, "ippload: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the request, made once --- */

static void
put(const void *data, size_t len)
{
	if (buf_append(&load.message, data, len, NULL) != 0)
		die("the document is too long");
}

static void
put_int(unsigned value, int bytes)
{
	uint8_t b[4];

	for (int i = 0; i < bytes; i++)
		b[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
	put(b, (size_t)bytes);
}

static void
put_attribute(unsigned tag, const char *name, const char *value)
{
	put_int(tag, 1);
	put_int((unsigned)strlen(name), 2);
	put(name, strlen(name));
	put_int((unsigned)strlen(value), 2);
	put(value, strlen(value));
}

/* Print-Job (RFC 8011 4.2.1), encoded as RFC 8010 3 has it. */
static void
put_attributes(void)
{
	char uri[512];

	snprintf(uri, sizeof(uri), "ipp://%s%s", load.where, load.path);
	put_int(0x0200, 2);
	put_int(0x0002, 2);
	put_int(1, 4);
	put_int(0x01, 1);
	put_attribute(0x47, "attributes-charset", "utf-8");
	put_attribute(0x48, "attributes-natural-language", "en");
	put_attribute(0x45, "printer-uri", uri);
	put_attribute(0x42, "requesting-user-name", "customer");
	put_attribute(0x42, "job-name", "holiday pictures");
	put_attribute(0x49, "document-format", load.type);
	if (load.hold) {
		put_int(0x02, 1);
		put_attribute(0x44, "job-hold-until", "indefinite");
	}
	put_int(0x03, 1);
}

static void
make_request(const char *file)
{
	struct buf body;
	char head[1024], block[65536];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		die(file);
	put_attributes();
	while ((n = read(fd, block, sizeof(block))) > 0)
		put(block, (size_t)n);
	close(fd);
	body = load.message;
	buf_init(&load.message, REQUEST_MAX);
	n = snprintf(head, sizeof(head),
		     "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/ipp\r\n"
		     "Content-Length: %zu\r\n\r\n",
		     load.path, load.where, body.len);
	put(head, (size_t)n);
	put(body.data, body.len);
	buf_clear(&body);
}

/* --- a connection --- */

static void
find_address(void)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
					      .ai_flags = AI_ADDRCONFIG};
	char host[256];
	char *colon;

	snprintf(host, sizeof(host), "%s", load.where);
	colon = strrchr(host, ':');
	if (colon == NULL)
		die("HOST:PORT");
	*colon = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &load.address) != 0)
		die(load.where);
}

/* 0, or -1; the first address that takes us. */
static int
connect_client(struct client *c)
{
	static const int one = 1;

	for (struct addrinfo *a = load.address; a != NULL; a = a->ai_next) {
		c->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (c->fd < 0)
			die("socket");
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (connect(c->fd, a->ai_addr, a->ai_addrlen) == 0)
			return 0;
		close(c->fd);
		c->fd = -1;
	}
	return -1;
}

static void
close_client(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* The whole answer: 1, 0 for one that says "100 Continue", -1. */
static int
receive(struct client *c)
{
	const char *end, *length;
	size_t want = 0;

	c->answer_len = c->body_at = 0;
	while (c->body_at == 0 || c->answer_len < want) {
		ssize_t n = recv(c->fd, c->answer + c->answer_len,
				 RESPONSE_MAX - 1 - c->answer_len, 0);
		if (n <= 0)
			return -1;
		c->answer_len += (size_t)n;
		c->answer[c->answer_len] = '\0';
		end = c->body_at == 0 ? strstr(c->answer, "\r\n\r\n") : NULL;
		if (end == NULL)
			continue;
		c->body_at = (size_t)(end - c->answer) + 4;
		length = strcasestr(c->answer, "\nContent-Length:");
		if (length == NULL || length > end)
			return -1;
		want = c->body_at + strtoul(length + 16, NULL, 10);
	}
	return strncmp(c->answer, "HTTP/1.1 200", 12) == 0 ? 1 : -1;
}

/* The value of an attribute in the answer, if it has that length (0: any). */
static const char *
value_of(const struct client *c, const char *name, size_t *len)
{
	const char *at = memmem(c->answer + c->body_at, c->answer_len - c->body_at,
				name, strlen(name));

	if (at == NULL || at + strlen(name) + 2 > c->answer + c->answer_len)
		return NULL;
	at += strlen(name);
	*len = (size_t)((uint8_t)at[0] << 8 | (uint8_t)at[1]);
	at += 2;
	return at + *len <= c->answer + c->answer_len ? at : NULL;
}

static void
note_code(const struct client *c)
{
	size_t code_len, id_len;
	const char *code = value_of(c, "claimcheck-claim-code", &code_len);
	const char *id = value_of(c, "job-id", &id_len);
	unsigned number = 0;

	if (code == NULL || id == NULL || id_len != 4)
		return;
	for (int i = 0; i < 4; i++)
		number = number << 8 | (uint8_t)id[i];
	pthread_mutex_lock(&load.codes_lock);
	fprintf(load.codes, "%u %.*s\n", number, (int)code_len, code);
	pthread_mutex_unlock(&load.codes_lock);
}

/* One order: true when it was taken. */
static bool
hand_in(struct client *c)
{
	unsigned status;

	if (c->fd < 0 && connect_client(c) != 0)
		return false;
	if (fs_write_all(c->fd, load.message.data, load.message.len) != 0 ||
	    receive(c) < 0 || c->answer_len < c->body_at + 8) {
		close_client(c);
		return false;
	}
	status = (unsigned)((uint8_t)c->answer[c->body_at + 2] << 8 |
			    (uint8_t)c->answer[c->body_at + 3]);
	if (status > 0xff)
		return false;
	if (load.codes != NULL)
		note_code(c);
	return true;
}

/* A server may end a connection between two requests: such an order is tried again. */
static bool
hand_in_patiently(struct client *c)
{
	bool was_open = c->fd >= 0;

	if (hand_in(c))
		return true;
	if (was_open && c->fd < 0 && hand_in(c))
		return true;
	while (now_s() < load.until) {
		usleep(RETRY_US);
		if (hand_in(c))
			return true;
	}
	return false;
}

static void *
client_work(void *context)
{
	struct client *c = context;
	double start;

	while (atomic_fetch_add(&load.next, 1) < load.orders) {
		start = now_s();
		if (hand_in_patiently(c))
			c->took[c->count++] = now_s() - start;
		else
			atomic_fetch_add(&load.refused, 1);
	}
	close_client(c);
	return NULL;
}

static void
run(void)
{
	struct client *clients = calloc((size_t)load.clients, sizeof(*clients));
	double *all = calloc((size_t)load.orders, sizeof(*all));
	double start = now_s(), seconds;
	size_t n = 0;

	for (int i = 0; i < load.clients; i++) {
		clients[i].fd = -1;
		clients[i].took = calloc((size_t)load.orders, sizeof(double));
		pthread_create(&clients[i].thread, NULL, client_work, &clients[i]);
	}
	for (int i = 0; i < load.clients; i++)
		pthread_join(clients[i].thread, NULL);
	seconds = now_s() - start;
	for (int i = 0; i < load.clients; i++) {
		memcpy(all + n, clients[i].took, clients[i].count * sizeof(*all));
		n += clients[i].count;
		free(clients[i].took);
	}
	printf("%.1f %.3f %.3f %zu %ld\n", (double)n / seconds,
	       n > 0 ? quantile(all, n, 0.5) * 1e3 : 0,
	       n > 0 ? quantile(all, n, 0.99) * 1e3 : 0, n, load.refused);
	free(all);
	free(clients);
}

int
main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "c:n:w:o:H")) != -1)
		if (c == 'c')
			load.clients = (int)strtol(optarg, NULL, 10);
		else if (c == 'n')
			load.orders = strtol(optarg, NULL, 10);
		else if (c == 'w')
			load.until = now_s() + strtod(optarg, NULL);
		else if (c == 'o')
			load.codes_path = optarg;
		else if (c == 'H')
			load.hold = true;
		else
			return 2;
	if (argc - optind != 4 || load.clients < 1 || load.clients > CLIENTS_MAX ||
	    load.orders < 1)
		return 2;
	load.where = argv[optind];
	load.path = argv[optind + 1];
	load.type = argv[optind + 2];
	if (load.codes_path != NULL &&
	    (load.codes = fopen(load.codes_path, "a")) == NULL)
		die(load.codes_path);
	signal(SIGPIPE, SIG_IGN);
	find_address();
	make_request(argv[optind + 3]);
	run();
	if (load.codes != NULL && fclose(load.codes) != 0)
		die(load.codes_path);
	return load.refused == 0 ? 0 : 1;
}
