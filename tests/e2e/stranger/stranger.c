/*
 * stranger.c - an HTTP and IPP client that does what no client should, byte by byte.
 *
 *   stranger PORT nest DEPTH       collections in collections
 *   stranger PORT attributes N     that many attributes
 *   stranger PORT bytes N          that many bytes of attributes
 *   stranger PORT total N          attributes of which the whole message has N bytes
 *   stranger PORT header BYTES     one field again and again, that much of it
 *   stranger PORT drip MS          a byte every MS of a request that never ends
 *   stranger PORT crowd N          N connections at once, a request over each
 *   stranger PORT cut TYPE FILE N  Print-Job of a file, of which N bytes come, then none
 *   stranger PORT values N         an attribute of that many values
 *   stranger PORT head BYTES       a whole request whose header is that long
 *   stranger PORT pipeline N       N requests in one piece
 *   stranger PORT expect           waits for "100 Continue" before it sends its request
 *   stranger PORT chunks           a document in chunks, without end
 *   stranger PORT lie BYTES        IPP that is BYTES longer (or shorter) than announced
 *   stranger PORT deaf             asks and asks, and reads no answer
 *   stranger PORT half             a TLS handshake that stops in the middle
 *   stranger PORT idle             one request, and then stays
 *   stranger PORT raw              what is on standard input
 *
 * It prints one line about what came back: "http 200 ipp 0x0400", "closed after 3012 ms",
 * "served 5 of 8". Status 0 whatever came.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fs.h"

#define MESSAGE_MAX (256 * 1024 * 1024)
#define ANSWER_MS   60000
#define CROWD_MAX   2000

static int port;
static struct buf out;

static int
reach(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		perror("connect");
		exit(2);
	}
	return fd;
}

static void
put(const void *data, size_t len)
{
	INVARIANT(buf_append(&out, data, len, NULL) == 0);
}

static void
put_element(uint8_t tag, const char *name, const void *value, size_t len)
{
	size_t name_len = strlen(name);
	const uint8_t head[3] = {tag, (uint8_t)(name_len >> 8), (uint8_t)name_len};
	const uint8_t mid[2] = {(uint8_t)(len >> 8), (uint8_t)len};

	put(head, 3);
	put(name, name_len);
	put(mid, 2);
	put(value, len);
}

static void
put_text(uint8_t tag, const char *name, const char *text)
{
	put_element(tag, name, text, strlen(text));
}

static void
begin(uint16_t operation)
{
	const uint8_t head[] = {
		2, 0, (uint8_t)(operation >> 8), (uint8_t)operation, 0, 0, 0, 1, 1};
	char uri[64];

	put(head, sizeof(head));
	put_text(0x47, "attributes-charset", "utf-8");
	put_text(0x48, "attributes-natural-language", "en");
	snprintf(uri, sizeof(uri), "ipp://localhost:%d/ipp/print/photo", port);
	put_text(0x45, "printer-uri", uri);
	put_text(0x42, "requesting-user-name", "stranger");
}

/* Sends until it is all out or the other side has had enough. */
static void
send_what_goes(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

static void
send_http_head(int fd, size_t length)
{
	char head[300];

	snprintf(head, sizeof(head),
		 "POST /ipp/print/photo HTTP/1.1\r\nHost: localhost:%d\r\n"
		 "Content-Type: application/ipp\r\nContent-Length: %zu\r\n\r\n",
		 port, length);
	send_what_goes(fd, head, strlen(head));
}

/* All that comes until the end, a silence, or a whole answer. */
static size_t
receive(int fd, char *answer, size_t size)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t len = 0;

	while (len < size - 1 && poll(&p, 1, len == 0 ? ANSWER_MS : 500) > 0) {
		ssize_t n = recv(fd, answer + len, size - 1 - len, 0);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	answer[len] = '\0';
	return len;
}

static void
tell_answer(int fd)
{
	char answer[65536];
	size_t len = receive(fd, answer, sizeof(answer));
	const uint8_t *body;
	int http = 0;

	if (len == 0) {
		printf("no answer\n");
		return;
	}
	if (sscanf(answer, "HTTP/1.%*d %d", &http) != 1) {
		printf("not http\n");
		return;
	}
	body = memmem(answer, len, "\r\n\r\n", 4);
	if (body != NULL && (size_t)((const char *)body - answer) + 8 <= len)
		printf("http %d ipp 0x%02x%02x\n", http, body[6], body[7]);
	else
		printf("http %d\n", http);
}

static void
send_message(void)
{
	int fd = reach();

	send_http_head(fd, out.len);
	send_what_goes(fd, out.data, out.len);
	tell_answer(fd);
	close(fd);
}

static void
nest(long depth)
{
	begin(0x000b);
	put_element(0x34, "media-col", "", 0);
	for (long i = 1; i < depth; i++) {
		put_text(0x4a, "", "m");
		put_element(0x34, "", "", 0);
	}
	for (long i = 0; i < depth; i++)
		put_element(0x37, "", "", 0);
	put("\x03", 1);
	send_message();
}

static void
attributes(long count)
{
	char name[32];

	begin(0x000b);
	for (long i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "attribute-%ld", i);
		put_text(0x44, name, "value");
	}
	put("\x03", 1);
	send_message();
}

static void
bytes(long count)
{
	static const char value[30000];

	begin(0x000b);
	for (long i = 0; i < count; i += (long)sizeof(value))
		put_element(0x30, i == 0 ? "octets" : "", value, sizeof(value));
	put("\x03", 1);
	send_message();
}

/* In values of at most 1,000 bytes, which is what an octetString may have. */
static void
total(long count)
{
	static const char value[1000];
	const size_t around = 9; /* tag, two lengths, a name of four */
	const size_t whole = (size_t)count - 1;
	bool first = true;
	size_t left;

	begin(0x000b);
	while ((left = whole - out.len) > 2 * (around + sizeof(value))) {
		put_element(0x30, first ? "many" : "", value, sizeof(value));
		first = false;
	}
	put_element(0x30, "more", value, left / 2 - around);
	put_element(0x30, "most", value, left - left / 2 - around);
	put("\x03", 1);
	send_message();
}

static void
header(long count)
{
	static const char start[] = "POST /ipp/print HTTP/1.1\r\n";
	char line[8192];
	int fd = reach();
	long sent = 0;

	snprintf(line, sizeof(line), "Accept-Encoding: %08000d\r\n", 0);
	send_what_goes(fd, start, sizeof(start) - 1);
	while (sent < count) {
		ssize_t n = send(fd, line, strlen(line), MSG_NOSIGNAL);
		if (n <= 0)
			break;
		sent += n;
	}
	printf("%s after %s bytes\n", sent < count ? "closed" : "taken",
	       sent < count ? "fewer" : "all");
	close(fd);
}

/* Returns true once the other side closed. */
static bool
is_closed(int fd, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char sink[4096];
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return false;
	n = recv(fd, sink, sizeof(sink), 0);
	return n == 0 || (n < 0 && errno != EAGAIN);
}

static void
drip(long every_ms)
{
	static const char start[] = "POST /ipp/print HTTP/1.1\r\nX-Long: ";
	int64_t began = clock_mono_ms();
	int fd = reach();

	for (size_t i = 0; !is_closed(fd, (int)every_ms); i++) {
		char byte = i < sizeof(start) - 1 ? start[i] : 'x';
		if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	printf("closed after %lld ms\n", (long long)(clock_mono_ms() - began));
	close(fd);
}

static void
crowd(long count)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	static int fds[CROWD_MAX];
	char answer[4096];
	long served = 0;

	if (count > CROWD_MAX)
		count = CROWD_MAX;
	for (long i = 0; i < count; i++)
		fds[i] = reach();
	for (long i = 0; i < count; i++) {
		send_what_goes(fds[i], request, sizeof(request) - 1);
		served += recv(fds[i], answer, sizeof(answer), 0) > 12 &&
			  memcmp(answer, "HTTP/1.1 200", 12) == 0;
	}
	printf("served %ld of %ld\n", served, count);
	for (long i = 0; i < count; i++)
		close(fds[i]);
}

static void
cut(const char *type, const char *path, long count)
{
	struct buf file;
	struct error err;
	int fd;

	buf_init(&file, MESSAGE_MAX);
	if (fs_read_file(path, &file, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	begin(0x0002);
	put_text(0x49, "document-format", type);
	put("\x03", 1);
	fd = reach();
	send_http_head(fd, out.len + file.len);
	send_what_goes(fd, out.data, out.len);
	send_what_goes(fd, file.data,
		       (size_t)count < file.len ? (size_t)count : file.len);
	shutdown(fd, SHUT_WR);
	tell_answer(fd);
	close(fd);
	buf_clear(&file);
}

static void
values(long count)
{
	begin(0x000b);
	for (long i = 0; i < count; i++)
		put_text(0x44, i == 0 ? "attribute" : "", "v");
	put("\x03", 1);
	send_message();
}

/* A header of `count` bytes, its empty line included. */
static void
head(long count)
{
	static const char start[] = "GET / HTTP/1.1\r\nHost: localhost\r\n";
	long left = count - (long)sizeof(start) + 1 - 2;
	int fd = reach();

	put(start, sizeof(start) - 1);
	while (left > 0) {
		long line = left > 8200 ? 8000 : left;
		put("X-Long: ", 8);
		for (long i = 0; i < line - 10; i++)
			put("x", 1);
		put("\r\n", 2);
		left -= line;
	}
	put("\r\n", 2);
	send_what_goes(fd, out.data, out.len);
	tell_answer(fd);
	close(fd);
}

static void
pipeline(long count)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	static char answer[4 * 1024 * 1024];
	int fd = reach(), served = 0;
	size_t len;

	for (long i = 0; i < count; i++)
		put(request, sizeof(request) - 1);
	send_what_goes(fd, out.data, out.len);
	len = receive(fd, answer, sizeof(answer));
	for (char *at = answer;
	     (at = memmem(at, len - (size_t)(at - answer), "HTTP/1.1 200", 12)) != NULL;
	     at++)
		served++;
	printf("served %d of %ld\n", served, count);
	close(fd);
}

static void
expect(void)
{
	char http[300], answer[4096];
	int fd = reach();

	begin(0x000b);
	put("\x03", 1);
	snprintf(http, sizeof(http),
		 "POST /ipp/print/photo HTTP/1.1\r\nHost: localhost:%d\r\nExpect: "
		 "100-continue\r\nContent-Type: application/ipp\r\nContent-Length: "
		 "%zu\r\n\r\n",
		 port, out.len);
	send_what_goes(fd, http, strlen(http));
	receive(fd, answer, sizeof(answer));
	printf("%s, ",
	       strncmp(answer, "HTTP/1.1 100", 12) == 0 ? "continue" : "silence");
	send_what_goes(fd, out.data, out.len);
	tell_answer(fd);
	close(fd);
}

/* Until the other side has had enough, or 64 MiB. */
static void
chunks(void)
{
	static const char http[] =
		"POST /ipp/print/photo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n";
	static uint8_t jpeg[65536] = {0xff, 0xd8, 0xff, 0xfe, 0xff, 0xff};
	char length[16];
	int fd = reach();

	begin(0x0002);
	put("\x03", 1);
	send_what_goes(fd, http, sizeof(http) - 1);
	snprintf(length, sizeof(length), "%zx\r\n", out.len);
	send_what_goes(fd, length, strlen(length));
	send_what_goes(fd, out.data, out.len);
	for (int i = 0; i < 1024; i++) {
		send_what_goes(fd, "\r\n10000\r\n", 9);
		/* comments (T.81 B.2.4.5), one behind the other */
		send_what_goes(fd, i == 0 ? jpeg : jpeg + 2, sizeof(jpeg) - 2);
		send_what_goes(fd, "\xff\xfe", 2);
	}
	tell_answer(fd);
	close(fd);
}

static void
lie(long more)
{
	int fd = reach();

	begin(0x000b);
	put("\x03", 1);
	send_http_head(fd, (size_t)((long)out.len - more));
	send_what_goes(fd, out.data, out.len);
	tell_answer(fd);
	close(fd);
}

static void
tell_close(int fd, int64_t began)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
	char sink[4096];

	while (poll(&p, 1, ANSWER_MS) > 0 && recv(fd, sink, sizeof(sink), 0) > 0)
		continue;
	printf("closed after %lld ms\n", (long long)(clock_mono_ms() - began));
	close(fd);
}

/* The kernel buffers a few megabytes; then a write stands still until the end. */
static void
deaf(void)
{
	int64_t began = clock_mono_ms();
	struct timeval patience = {.tv_sec = ANSWER_MS / 1000};
	const int small = 4096;
	char http[300];
	int fd = reach();
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	begin(0x000b);
	/* long answers: the buffers are full soon, however slow the machine */
	put_text(0x44, "requested-attributes", "all");
	put_text(0x44, "", "media-col-database");
	put("\x03", 1);
	snprintf(http, sizeof(http),
		 "POST /ipp/print/photo HTTP/1.1\r\nHost: localhost:%d\r\n"
		 "Content-Type: application/ipp\r\nContent-Length: %zu\r\n\r\n",
		 port, out.len);
	do {
		n = send(fd, http, strlen(http), MSG_NOSIGNAL);
		if (n > 0)
			n = send(fd, out.data, out.len, MSG_NOSIGNAL);
	} while (n > 0);
	printf("closed after %lld ms\n", (long long)(clock_mono_ms() - began));
	close(fd);
}

static void
half(void)
{
	static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
	int64_t began = clock_mono_ms();
	int fd = reach();

	send_what_goes(fd, hello, sizeof(hello));
	tell_close(fd, began);
}

static void
idle(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	int fd = reach();

	send_what_goes(fd, request, sizeof(request) - 1);
	tell_close(fd, clock_mono_ms());
}

static void
raw(void)
{
	static char data[1024 * 1024];
	ssize_t len = fs_read_full(STDIN_FILENO, data, sizeof(data));
	int fd = reach();

	if (len > 0)
		send_what_goes(fd, data, (size_t)len);
	tell_answer(fd);
	close(fd);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	long number = argc > 3 ? atol(argv[3]) : 0;

	signal(SIGPIPE, SIG_IGN);
	port = argc > 1 ? atoi(argv[1]) : 0;
	buf_init(&out, MESSAGE_MAX);
	if (strcmp(what, "nest") == 0)
		nest(number);
	else if (strcmp(what, "attributes") == 0)
		attributes(number);
	else if (strcmp(what, "total") == 0)
		total(number);
	else if (strcmp(what, "bytes") == 0)
		bytes(number);
	else if (strcmp(what, "header") == 0)
		header(number);
	else if (strcmp(what, "drip") == 0)
		drip(number);
	else if (strcmp(what, "crowd") == 0)
		crowd(number);
	else if (strcmp(what, "cut") == 0 && argc == 6)
		cut(argv[3], argv[4], atol(argv[5]));
	else if (strcmp(what, "values") == 0)
		values(number);
	else if (strcmp(what, "head") == 0)
		head(number);
	else if (strcmp(what, "pipeline") == 0)
		pipeline(number);
	else if (strcmp(what, "expect") == 0)
		expect();
	else if (strcmp(what, "chunks") == 0)
		chunks();
	else if (strcmp(what, "lie") == 0)
		lie(number);
	else if (strcmp(what, "deaf") == 0)
		deaf();
	else if (strcmp(what, "half") == 0)
		half();
	else if (strcmp(what, "idle") == 0)
		idle();
	else if (strcmp(what, "raw") == 0)
		raw();
	else
		return 2;
	buf_clear(&out);
	return 0;
}
