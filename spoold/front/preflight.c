/*
 * preflight.c - places, lines and the clock of each document.
 *
 * One lock guards who holds a place, who is idle, and every close of a line: whoever ends
 * another connection's line only shuts it down or, where it is idle, closes it under the
 * lock. All waiting is counted against the document's budget.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/preflight.h"

#define HELLO_MS  2000 /* for a new checker's first sign of life */
#define REST_MS	  5000 /* the server did not answer: nobody asks it for so long */
#define FILE_MOST (UINT64_C(1) << 30) /* what the filters' codecs read of a stream */

struct preflight {
	int line;	/* to the checker, -1: none */
	int data;	/* a large document's way to it, -1: none */
	unsigned asked; /* over this line */
	enum sniff_format format;
	bool begun;	    /* the question is asked */
	bool deaf;	    /* the checker reads no more: it knows enough, or died */
	const char *missed; /* why this document is not checked; NULL: it is */
	int64_t budget_ms;  /* left to wait */
	/* under the lock */
	bool placed, idle;
	bool evicted;
	int64_t last_fed;
	int64_t idle_since;
	struct preflight *next;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t freed; /* a place */
	const struct settings *settings;
	int server;
	unsigned placed, idle;
	int64_t rest_until, swept;
	struct preflight *first; /* all that are open */
} all = {.lock = PTHREAD_MUTEX_INITIALIZER,
	 .freed = PTHREAD_COND_INITIALIZER,
	 .server = -1};

void
preflight_start(const struct settings *settings, int server)
{
	all.settings = settings;
	all.server = server;
}

/* --- the list --- */

struct preflight *
preflight_open(void)
{
	struct preflight *p = calloc(1, sizeof(*p));

	INVARIANT(p != NULL);
	p->line = p->data = -1;
	pthread_mutex_lock(&all.lock);
	p->next = all.first;
	all.first = p;
	pthread_mutex_unlock(&all.lock);
	return p;
}

/* The lock is held. */
static void
close_line(struct preflight *p)
{
	if (p->line >= 0)
		close(p->line);
	if (p->data >= 0)
		close(p->data);
	p->line = p->data = -1;
	all.idle -= p->idle;
	p->idle = false;
}

/* The lock is held. */
static void
leave_place(struct preflight *p)
{
	if (!p->placed)
		return;
	p->placed = false;
	all.placed--;
	pthread_cond_signal(&all.freed);
}

void
preflight_abandon(struct preflight *p)
{
	pthread_mutex_lock(&all.lock);
	leave_place(p);
	if (!p->idle)
		close_line(p);
	pthread_mutex_unlock(&all.lock);
	p->begun = false;
}

void
preflight_close(struct preflight *p)
{
	struct preflight **at;

	if (p == NULL)
		return;
	pthread_mutex_lock(&all.lock);
	leave_place(p);
	close_line(p);
	for (at = &all.first; *at != p; at = &(*at)->next)
		continue;
	*at = p->next;
	pthread_mutex_unlock(&all.lock);
	free(p);
}

/* --- a place --- */

/* Whoever has been silent longest, and for long enough, loses its place. Lock held. */
static bool
evict_silent(int64_t now)
{
	struct preflight *found = NULL;

	for (struct preflight *p = all.first; p != NULL; p = p->next)
		if (p->placed && p->last_fed != 0 &&
		    now - p->last_fed > PREFLIGHT_SILENCE_MS &&
		    (found == NULL || p->last_fed < found->last_fed))
			found = p;
	if (found == NULL)
		return false;
	found->evicted = true;
	if (found->data >= 0)
		shutdown(found->data, SHUT_RDWR);
	shutdown(found->line, SHUT_RDWR);
	leave_place(found);
	return true;
}

/* Lock held, and again on return. */
static void
wait_for_place(int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_clockwait(&all.freed, &all.lock, CLOCK_MONOTONIC, &until);
}

static bool
take_place(struct preflight *p)
{
	int64_t now = clock_mono_ms(), end = now + p->budget_ms;

	pthread_mutex_lock(&all.lock);
	while (all.placed >= all.settings->preflight_at_once && !evict_silent(now) &&
	       now < end) {
		wait_for_place(end - now < PREFLIGHT_SILENCE_MS ? end - now
								: PREFLIGHT_SILENCE_MS);
		now = clock_mono_ms();
	}
	p->budget_ms = end - now;
	p->placed = all.placed < all.settings->preflight_at_once;
	all.placed += p->placed;
	p->evicted = false;
	p->last_fed = 0; /* not silent: it has all that there is so far */
	all.idle -= p->idle;
	p->idle = false;
	pthread_mutex_unlock(&all.lock);
	return p->placed;
}

static bool
was_evicted(struct preflight *p)
{
	bool evicted;

	pthread_mutex_lock(&all.lock);
	evicted = p->evicted;
	pthread_mutex_unlock(&all.lock);
	return evicted;
}

/* --- a line --- */

static int
send_with(int over, const struct iovec *parts, size_t count, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.room = {0}};
	struct iovec copy[2];
	struct msghdr message = {.msg_iov = copy, .msg_iovlen = count};

	memcpy(copy, parts, count * sizeof(copy[0]));
	if (fd >= 0) {
		message.msg_control = control.room;
		message.msg_controllen = sizeof(control.room);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &fd, sizeof(fd));
	}
	return sendmsg(over, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

/* Waits for the line to be readable; what it took comes off the budget. */
static bool
wait_for(struct preflight *p, int64_t at_most_ms)
{
	struct pollfd poll_line = {.fd = p->line, .events = POLLIN};
	int64_t began = clock_mono_ms();
	int64_t ms = at_most_ms < p->budget_ms ? at_most_ms : p->budget_ms;
	int ready = poll(&poll_line, 1, ms > 0 ? (int)ms : 0);

	p->budget_ms -= clock_mono_ms() - began;
	return ready > 0;
}

static bool
resting(void)
{
	bool rests;

	pthread_mutex_lock(&all.lock);
	rests = clock_mono_ms() < all.rest_until;
	pthread_mutex_unlock(&all.lock);
	return rests;
}

static void
rest(void)
{
	pthread_mutex_lock(&all.lock);
	all.rest_until = clock_mono_ms() + REST_MS;
	pthread_mutex_unlock(&all.lock);
	log_error("preflight does not answer; documents are not checked for a while");
}

/* A new checker, which has said hello. */
static bool
open_line(struct preflight *p)
{
	char letter = 'L', hello;
	const struct iovec byte = {.iov_base = &letter, .iov_len = 1};
	int pair[2], rc;

	if (resting() ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	rc = send_with(all.server, &byte, 1, pair[1]);
	close(pair[1]);
	pthread_mutex_lock(&all.lock);
	p->line = pair[0];
	p->asked = 0;
	pthread_mutex_unlock(&all.lock);
	if (rc == 0 && wait_for(p, HELLO_MS) && recv(p->line, &hello, 1, 0) == 1)
		return true;
	rest();
	return false;
}

/* A line that lay idle may be gone: closed for others, or its checker has ended. */
static bool
reuse_line(struct preflight *p)
{
	struct pollfd poll_line = {.fd = p->line, .events = POLLIN};

	if (p->line < 0)
		return false;
	if (p->asked < PREFLIGHT_LINE_DOCUMENTS && poll(&poll_line, 1, 0) == 0)
		return true;
	pthread_mutex_lock(&all.lock);
	close_line(p);
	pthread_mutex_unlock(&all.lock);
	return false;
}

/* --- a question --- */

bool
preflight_looks_at(enum sniff_format format)
{
	return format != SNIFF_UNKNOWN && format != SNIFF_POSTSCRIPT;
}

static enum preflight_format
format_of(enum sniff_format format)
{
	switch (format) {
	case SNIFF_JPEG:
	case SNIFF_PNG:
	case SNIFF_TIFF:
		return PREFLIGHT_PICTURE;
	case SNIFF_PWG:
	case SNIFF_URF:
		return PREFLIGHT_RASTER;
	default:
		return PREFLIGHT_PDF;
	}
}

static struct preflight_ask
make_ask(const struct preflight *p)
{
	const struct settings *s = all.settings;
	bool streams = p->format != SNIFF_TIFF && p->format != SNIFF_PDF;

	return (struct preflight_ask){
		.format = format_of(p->format),
		.pixels_max = s->max_pixels,
		.bytes_max = streams ? FILE_MOST : s->preflight_memory / 2,
		.memory_max = s->preflight_memory,
		.cpu_s = s->preflight_timeout_s,
	};
}

static bool
ask_inline(struct preflight *p, const uint8_t *data, size_t len)
{
	struct preflight_ask ask = make_ask(p);
	const struct iovec parts[2] = {
		{.iov_base = &ask, .iov_len = sizeof(ask)},
		{.iov_base = (void *)(uintptr_t)data, .iov_len = len}};

	ask.inline_len = (uint32_t)len;
	return send_with(p->line, parts, 2, -1) == 0;
}

static bool
ask_streaming(struct preflight *p)
{
	struct preflight_ask ask = make_ask(p);
	const struct iovec part = {.iov_base = &ask, .iov_len = sizeof(ask)};
	int pair[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	rc = send_with(p->line, &part, 1, pair[1]);
	close(pair[1]);
	pthread_mutex_lock(&all.lock);
	p->data = pair[0];
	pthread_mutex_unlock(&all.lock);
	return rc == 0;
}

static const char *
begin(struct preflight *p, enum sniff_format format, const uint8_t *data, size_t len,
      bool last)
{
	bool asked;

	p->begun = true;
	p->format = format;
	if (all.server < 0)
		return "there is no preflight";
	if (!take_place(p))
		return "too many documents are being checked";
	if (!reuse_line(p) && !open_line(p))
		return "preflight does not answer";
	p->asked++;
	asked = last && len <= PREFLIGHT_INLINE_MAX ? ask_inline(p, data, len)
						    : ask_streaming(p);
	return asked ? NULL : "preflight can't be asked";
}

/* NULL, or why the checker did not get it. */
static const char *
stream(struct preflight *p, const uint8_t *data, size_t len)
{
	int64_t began = clock_mono_ms();
	struct timeval patience;
	ssize_t n = 0;

	patience.tv_sec = (time_t)(p->budget_ms / 1000);
	patience.tv_usec = (suseconds_t)(p->budget_ms % 1000) * 1000 + 1;
	if (p->budget_ms <= 0 || setsockopt(p->data, SOL_SOCKET, SO_SNDTIMEO, &patience,
					    sizeof(patience)) != 0)
		return "it takes too long to decode";
	for (; len > 0; data += n, len -= (size_t)n) {
		n = send(p->data, data, len, MSG_NOSIGNAL);
		if (n < 0)
			break;
	}
	p->budget_ms -= clock_mono_ms() - began;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return "it takes too long to decode";
	p->deaf = n < 0;
	return NULL;
}

static void
note_fed(struct preflight *p, bool last)
{
	pthread_mutex_lock(&all.lock);
	p->last_fed = last ? 0 : clock_mono_ms();
	pthread_mutex_unlock(&all.lock);
}

void
preflight_begin(struct preflight *p)
{
	p->begun = p->deaf = false;
	p->missed = NULL;
	p->budget_ms = (int64_t)all.settings->preflight_timeout_s * 1000;
}

void
preflight_feed(struct preflight *p, enum sniff_format format, const uint8_t *data,
	       size_t len, bool last)
{
	if (p->missed != NULL)
		return;
	if (!p->begun)
		p->missed = begin(p, format, data, len, last);
	if (p->missed == NULL && p->data >= 0 && !p->deaf)
		p->missed = stream(p, data, len);
	if (p->missed == NULL && p->data >= 0 && last)
		shutdown(p->data, SHUT_WR);
	if (p->missed != NULL)
		preflight_abandon(p);
	else
		note_fed(p, last);
	p->begun = true;
}

/* --- the answer --- */

static void
not_checked(struct preflight_answer *answer, const char *why)
{
	*answer = (struct preflight_answer){.verdict = PREFLIGHT_UNCHECKED};
	text_copy(answer->detail, sizeof(answer->detail), why);
}

/* A checker's word is a stranger's. */
static bool
is_sane(struct preflight_answer *answer, ssize_t n)
{
	if (n != (ssize_t)sizeof(*answer) || answer->verdict < PREFLIGHT_SOUND ||
	    answer->verdict >= PREFLIGHT_VERDICTS)
		return false;
	answer->detail[sizeof(answer->detail) - 1] = '\0';
	text_strip_controls(answer->detail);
	return true;
}

static void
receive_answer(struct preflight *p, struct preflight_answer *answer)
{
	bool came = wait_for(p, p->budget_ms);

	if (came && is_sane(answer, recv(p->line, answer, sizeof(*answer), 0)))
		return;
	if (was_evicted(p)) {
		not_checked(answer, "it came too slowly while others waited");
	} else if (!came) {
		not_checked(answer, "it takes too long to decode");
	} else {
		*answer = (struct preflight_answer){.verdict = PREFLIGHT_DAMAGED};
		text_copy(answer->detail, sizeof(answer->detail),
			  "its decoder broke down");
	}
	preflight_abandon(p);
}

/* Those that were idle too long, and the longest idle one if there are too many. Lock held;
 * `but` has a document just now. */
static void
end_idle(const struct preflight *but, int64_t now)
{
	struct preflight *longest = NULL;

	for (struct preflight *p = all.first; p != NULL && all.idle > 0; p = p->next) {
		if (!p->idle || p == but)
			continue;
		if (now - p->idle_since >= PREFLIGHT_IDLE_MS)
			close_line(p);
		else if (longest == NULL || p->idle_since < longest->idle_since)
			longest = p;
	}
	if (all.idle > PREFLIGHT_IDLE_MAX && longest != NULL)
		close_line(longest);
}

void
preflight_sweep(int64_t now)
{
	pthread_mutex_lock(&all.lock);
	if (now - all.swept >= PREFLIGHT_IDLE_MS / 2) {
		all.swept = now;
		end_idle(NULL, now);
	}
	pthread_mutex_unlock(&all.lock);
}

/* The checker waits for the connection's next document, or has read a large one and
 * ends. */
static void
put_aside(struct preflight *p)
{
	pthread_mutex_lock(&all.lock);
	leave_place(p);
	if (p->data >= 0) {
		close_line(p);
	} else if (p->line >= 0) {
		p->idle = true;
		p->idle_since = clock_mono_ms();
		if (++all.idle > PREFLIGHT_IDLE_MAX)
			end_idle(p, p->idle_since);
	}
	pthread_mutex_unlock(&all.lock);
}

void
preflight_end(struct preflight *p, struct preflight_answer *answer)
{
	if (p->missed != NULL)
		not_checked(answer, p->missed);
	else
		receive_answer(p, answer);
	put_aside(p);
	p->begun = false;
}
