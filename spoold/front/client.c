/*
 * client.c - the life of a connection: sniff for TLS, then request after request.
 *
 * libcups' own timeouts are set to the whole deadline; the watchdog (admission.h) is
 * who really keeps it. Never call httpFlush here: it closes the descriptor while the
 * watchdog may still use it.
 */
#include <cups/cups.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/client.h"
#include "spoold/front/link.h"
#include "spoold/front/pages.h"
#include "spoold/front/request.h"

#define TLS_HANDSHAKE 0x16

struct wire_peer *
client_keep(struct client *c, struct error *err)
{
	if (!c->keep_open && link_open(&c->keep, err) != 0)
		return NULL;
	c->keep_open = true;
	return &c->keep;
}

void
client_keep_close(struct client *c)
{
	if (c->keep_open)
		wire_peer_close(&c->keep);
	c->keep_open = false;
}

void
client_earn(struct client *c, size_t bytes)
{
	c->received += bytes;
	admission_deadline(c->slot, admission_document_ms(c->settings,
							  clock_mono_ms() - c->started,
							  c->received));
}

ssize_t
client_read(struct client *c, void *data, size_t len)
{
	ssize_t n = httpRead2(c->http, data, len);

	if (n < 0) {
		errno = httpError(c->http) != 0 ? httpError(c->http) : EIO;
		return -1;
	}
	if (c->in_document && n > 0)
		client_earn(c, (size_t)n);
	return n;
}

static bool
body_is_left(struct client *c)
{
	http_state_t state = httpGetState(c->http);

	return state == HTTP_STATE_POST_RECV || state == HTTP_STATE_PUT_RECV;
}

uint64_t
client_expected(const struct client *c)
{
	off_t left = httpGetRemaining(c->http);

	return httpIsChunked(c->http) || left <= 0 ? 0 : (uint64_t)left;
}

bool
client_drain(struct client *c)
{
	char sink[8192];
	const uint64_t most = c->settings->max_document_bytes + CLIENT_DRAIN_MORE;
	uint64_t drained = 0;

	while (body_is_left(c) && drained < most) {
		ssize_t n = client_read(c, sink, sizeof(sink));
		if (n < 0)
			return false;
		if (n == 0)
			break;
		drained += (uint64_t)n;
	}
	return !body_is_left(c);
}

/* An answer without a body of its own. */
static bool
respond(struct client *c, http_status_t status)
{
	httpClearFields(c->http);
	if (status >= HTTP_STATUS_BAD_REQUEST)
		httpSetField(c->http, HTTP_FIELD_CONNECTION,
			     status == HTTP_STATUS_UPGRADE_REQUIRED ? "Upgrade, close"
								    : "close");
	httpSetField(c->http, HTTP_FIELD_CONTENT_LENGTH, "0");
	return httpWriteResponse(c->http, status) == 0 &&
	       httpFlushWrite(c->http) >= 0 && status < HTTP_STATUS_BAD_REQUEST;
}

static bool
start_tls(struct client *c, http_encryption_t how)
{
	/* libcups takes the certificate of this name, and asks no resolver */
	httpSetField(c->http, HTTP_FIELD_HOST, c->fds->tls_name);
	if (httpEncryption(c->http, how) == 0)
		return true;
	log_info("%s: TLS failed: %s", c->host, cupsLastErrorString());
	return false;
}

/* The client asks to go on in TLS (RFC 2817 3.2): 101 in clear, then the answer to its
 * OPTIONS in TLS. */
static bool
upgrade(struct client *c)
{
	httpClearFields(c->http);
	httpSetField(c->http, HTTP_FIELD_CONNECTION, "Upgrade");
	httpSetField(c->http, HTTP_FIELD_UPGRADE, "TLS/1.3,TLS/1.2");
	httpSetField(c->http, HTTP_FIELD_CONTENT_LENGTH, "0");
	if (httpWriteResponse(c->http, HTTP_STATUS_SWITCHING_PROTOCOLS) != 0 ||
	    httpFlushWrite(c->http) < 0)
		return false;
	return start_tls(c, HTTP_ENCRYPTION_REQUIRED) && respond(c, HTTP_STATUS_OK);
}

static bool
wants_upgrade(struct client *c, http_state_t method)
{
	return method == HTTP_STATE_OPTIONS && !c->station &&
	       !httpIsEncrypted(c->http) &&
	       strstr(httpGetField(c->http, HTTP_FIELD_UPGRADE), "TLS/") != NULL;
}

static bool
serve_post(struct client *c)
{
	const char *type = httpGetField(c->http, HTTP_FIELD_CONTENT_TYPE);

	if (strcmp(type, "application/ipp") != 0)
		return respond(c, HTTP_STATUS_UNSUPPORTED_MEDIATYPE);
	if (httpGetExpect(c->http) == HTTP_STATUS_CONTINUE &&
	    httpWriteResponse(c->http, HTTP_STATUS_CONTINUE) != 0)
		return false;
	return request_serve(c);
}

static bool
serve(struct client *c, http_state_t method, const char *path)
{
	if (wants_upgrade(c, method))
		return upgrade(c);
	if (!c->loopback && !c->station && !c->settings->clear_text &&
	    !httpIsEncrypted(c->http))
		return respond(c, HTTP_STATUS_UPGRADE_REQUIRED);
	switch (method) {
	case HTTP_STATE_OPTIONS:
		return respond(c, HTTP_STATUS_OK);
	case HTTP_STATE_POST:
		return serve_post(c);
	case HTTP_STATE_GET:
	case HTTP_STATE_HEAD:
		return pages_serve(c, method == HTTP_STATE_HEAD, path);
	default:
		return respond(c, HTTP_STATUS_METHOD_NOT_ALLOWED);
	}
}

static bool
is_error(http_state_t state)
{
	return state == HTTP_STATE_ERROR || state == HTTP_STATE_UNKNOWN_METHOD ||
	       state == HTTP_STATE_UNKNOWN_VERSION;
}

/* Waits for a request's first byte, within the idle time. */
static bool
wait_for_request(struct client *c)
{
	int ms = (int)c->settings->idle_timeout_s * 1000;

	admission_deadline(c->slot, ms);
	return httpWait(c->http, ms) != 0;
}

/* What a header may take: its own bound, or less if a whole request has less. */
static int64_t
head_ms(const struct client *c)
{
	int64_t request_ms = (int64_t)c->settings->request_timeout_s * 1000;
	int64_t ms = (int64_t)c->settings->header_timeout_s * 1000;

	return request_ms < ms ? request_ms : ms;
}

/* A request with a Content-Encoding. libcups decodes it by itself, from the header's end
 * on, and would deflate an answer to GET. IPP has its own word for a compressed document,
 * so the answer is no; but only once libcups is done with it, which is when the body was
 * read, else when the connection ends. */
static bool
refuse_coding(struct client *c)
{
	bool has_body = body_is_left(c);

	c->coded = true;
	if (has_body && client_drain(c))
		respond(c, HTTP_STATUS_UNSUPPORTED_MEDIATYPE);
	return false;
}

static bool
one_request(struct client *c)
{
	char path[HTTP_MAX_URI];
	http_state_t method;
	http_status_t status;
	bool stay; /* the client wants the connection to */

	if (!wait_for_request(c))
		return false;
	c->started = clock_mono_ms();
	c->received = 0;
	c->in_document = false;
	admission_deadline(c->slot, head_ms(c));
	admission_header_begin(c->slot);
	do
		method = httpReadRequest(c->http, path, sizeof(path));
	while (method == HTTP_STATE_WAITING);
	if (is_error(method)) {
		if (method != HTTP_STATE_ERROR || httpError(c->http) == 0)
			respond(c, HTTP_STATUS_BAD_REQUEST);
		return false;
	}
	do
		status = httpUpdate(c->http);
	while (status == HTTP_STATUS_CONTINUE);
	admission_header_end(c->slot);
	if (status != HTTP_STATUS_OK)
		return respond(c, HTTP_STATUS_BAD_REQUEST);
	if (httpGetField(c->http, HTTP_FIELD_CONTENT_ENCODING)[0] != '\0')
		return refuse_coding(c);
	stay = httpGetKeepAlive(c->http) == HTTP_KEEPALIVE_ON;
	return serve(c, method, path) && stay &&
	       httpGetState(c->http) == HTTP_STATE_WAITING;
}

/* The peer may still be sending what we do not want; if we closed at once it would lose
 * our answer to a reset. True if it has ended. */
static bool
linger(struct client *c)
{
	struct pollfd p = {.fd = httpGetFd(c->http), .events = POLLIN};
	int64_t end = clock_mono_ms() + CLIENT_LINGER_MS;
	char sink[8192];

	if (p.fd < 0 || shutdown(p.fd, SHUT_WR) != 0)
		return true;
	while (clock_mono_ms() < end && poll(&p, 1, CLIENT_LINGER_MS) > 0)
		if (recv(p.fd, sink, sizeof(sink), MSG_DONTWAIT) <= 0)
			return true;
	return false;
}

/* Past its deadline a connection is reset, and so is one whose peer goes on after that: a
 * peer that only ever sends, and reads nothing, would otherwise keep the kernel's end of
 * it alive for a minute. */
static void
part(struct client *c)
{
	static const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	if (admission_expired(c->slot) || !linger(c) || admission_expired(c->slot))
		setsockopt(httpGetFd(c->http), SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof(at_once));
}

static bool
begins_with_tls(struct client *c)
{
	uint8_t first;
	struct pollfd p = {.fd = httpGetFd(c->http), .events = POLLIN};

	return poll(&p, 1, (int)head_ms(c)) > 0 &&
	       recv(p.fd, &first, 1, MSG_PEEK) == 1 && first == TLS_HANDSHAKE;
}

static void
converse(struct client *c)
{
	int left = CLIENT_REQUESTS;

	admission_deadline(c->slot, head_ms(c));
	if (!c->station && begins_with_tls(c) && !start_tls(c, HTTP_ENCRYPTION_ALWAYS))
		return;
	while (left-- > 0 && one_request(c))
		continue;
}

/* CUPS 2.4.2 does not free what it decodes with in httpClose, but in httpFlush, which
 * reads on. So that it finds an end and no stranger, its descriptor becomes one end of a
 * pair whose other end is closed. The slot was left: nobody else uses the descriptor. */
static void
end_coding(struct client *c)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return;
	close(ends[1]);
	if (dup2(ends[0], httpGetFd(c->http)) >= 0)
		httpFlush(c->http);
	close(ends[0]);
}

static void *
client_main(void *arg)
{
	struct client *c = arg;

	converse(c);
	part(c);
	client_keep_close(c);
	preflight_close(c->preflight);
	admission_leave(c->slot);
	if (c->coded)
		end_coding(c);
	httpClose(c->http);
	free(c);
	return NULL;
}

static int
never_wait_longer(http_t *http, void *unused)
{
	(void)http;
	(void)unused;
	return 0;
}

/* Who it is, in words: for keep's locks, for orders, for the log. */
static void
name_peer(struct client *c)
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	if (!c->station) {
		httpAddrString(httpGetAddress(c->http), c->host, sizeof(c->host));
		c->loopback = httpAddrLocalhost(httpGetAddress(c->http)) != 0;
		if (c->loopback)
			text_copy(c->host, sizeof(c->host), "localhost");
		text_copy(c->where, sizeof(c->where), c->host);
		return;
	}
	text_copy(c->host, sizeof(c->host), "localhost");
	if (getsockopt(httpGetFd(c->http), SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		peer.uid = (uid_t)-1;
	snprintf(c->where, sizeof(c->where), "station uid %u", (unsigned)peer.uid);
}

static int
start_thread(struct client *c, struct error *err)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, CLIENT_STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&thread, &attr, client_main, c);
	pthread_attr_destroy(&attr);
	if (rc == 0)
		return 0;
	errno = rc;
	return error_errno(err, "cannot start a thread for a connection");
}

/* Best effort: who spoke already may lose it to a reset. */
static void
turn_away(http_t *http)
{
	static const char words[] = "HTTP/1.1 503 Service Unavailable\r\n"
				    "Retry-After: 10\r\nConnection: close\r\n"
				    "Content-Length: 0\r\n\r\n";
	char sink[8192];
	int fd = httpGetFd(http);

	if (send(fd, words, sizeof(words) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0 &&
	    shutdown(fd, SHUT_WR) == 0)
		(void)!recv(fd, sink, sizeof(sink), MSG_DONTWAIT);
}

int
client_start(http_t *http, const struct settings *settings, const struct front_fds *fds,
	     bool station, struct error *err)
{
	struct client *c = calloc(1, sizeof(*c));
	const char *why = "";

	INVARIANT(c != NULL);
	c->http = http;
	c->settings = settings;
	c->fds = fds;
	c->station = station;
	name_peer(c);
	httpSetTimeout(http, settings->request_timeout_s, never_wait_longer, NULL);
	httpBlocking(http, 1);
	c->slot = admission_enter(httpGetFd(http), httpGetAddress(http), station, &why);
	if (c->slot != NULL && start_thread(c, err) == 0)
		return 0;
	if (c->slot == NULL)
		error_set(err, ERROR_LATER, "too many connections %s (%s)", why,
			  c->host);
	else
		admission_leave(c->slot);
	turn_away(http);
	httpClose(http);
	free(c);
	return -1;
}
