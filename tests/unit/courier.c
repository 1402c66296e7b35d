/*
 * courier.c - facts about the courier's own memory: what it knows, what keep wishes, what
 * of a customer's attributes it lets through. The conversation itself: tests/e2e/courier.sh.
 */
#include <cups/ipp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ipp/ipp_bounds.h"
#include "lib/order/order.h"
#include "spoold/courier/cupsd.h"
#include "spoold/courier/known.h"
#include "spoold/courier/options.h"
#include "spoold/courier/wishes.h"
#include "tests/tap.h"

#define MANY 10000

static void
number_uuid(uint8_t uuid[UUID_BYTES], unsigned n)
{
	memset(uuid, 0, UUID_BYTES);
	memcpy(uuid, &n, sizeof(n));
}

static void
what_is_known_is_found_after_any_growth(void)
{
	struct known k = {0};
	uint8_t uuid[UUID_BYTES];
	unsigned wrong = 0, ghosts = 0;

	number_uuid(uuid, 1);
	TAP_OK(known_get(&k, uuid) == 0, "an empty one knows nothing");
	for (unsigned n = 1; n <= MANY; n++) {
		number_uuid(uuid, n);
		known_put(&k, uuid, (int)n);
	}
	for (unsigned n = 1; n <= MANY; n += 2) {
		number_uuid(uuid, n);
		known_remove(&k, uuid);
	}
	for (unsigned n = 1; n <= MANY; n++) {
		number_uuid(uuid, n);
		wrong += known_get(&k, uuid) != (n % 2 == 0 ? (int)n : 0);
	}
	TAP_OK(wrong == 0, "%u orders: each has its job, or none if removed", MANY);
	number_uuid(uuid, 4);
	known_put(&k, uuid, 99);
	TAP_OK(known_get(&k, uuid) == 99, "a newer job takes an older one's place");
	for (unsigned n = MANY + 1; n <= 2 * MANY; n++) {
		number_uuid(uuid, n);
		ghosts += known_get(&k, uuid) != 0;
	}
	TAP_OK(ghosts == 0, "what was never told is not known");
	for (unsigned round = 0; round < 20 * MANY; round++) {
		number_uuid(uuid, 5 * MANY + round);
		known_put(&k, uuid, 7);
		known_remove(&k, uuid);
	}
	TAP_OK(k.size <= 4 * MANY * 2, "coming and going does not make it grow: %zu",
	       k.size);
	known_clear(&k);
}

static void
wish(struct wishes *w, unsigned order, uint8_t want, uint64_t revision)
{
	struct wire_job_want m = {.want = want,
				  .revision = revision,
				  .attributes = {(const uint8_t *)"abc", 3}};

	number_uuid(m.order.bytes, order);
	wishes_add(w, &m);
}

static bool
next_is(struct wishes *w, bool holds_too, uint64_t revision)
{
	struct wish *got = wishes_take(w, holds_too);
	bool right = got == NULL
			     ? revision == 0
			     : got->want.revision == revision &&
				       memcmp(got->want.attributes.data, "abc", 3) == 0;

	wishes_free(got);
	return right;
}

static void
who_waits_comes_first_but_never_before_its_own_past(void)
{
	struct wishes w;

	wishes_init(&w);
	wish(&w, 1, WIRE_JOB_HELD, 11);
	wish(&w, 2, WIRE_JOB_HELD, 12);
	wish(&w, 3, WIRE_JOB_RELEASED, 13);
	wish(&w, 2, WIRE_JOB_RELEASED, 14);
	wish(&w, 4, WIRE_JOB_GONE, 15);
	TAP_OK(next_is(&w, false, 13), "a release overtakes holds");
	TAP_OK(next_is(&w, false, 12),
	       "a hold that a release waits for goes before it");
	TAP_OK(next_is(&w, false, 14), "then the release");
	TAP_OK(next_is(&w, false, 15), "a cancel overtakes holds, too");
	TAP_OK(next_is(&w, false, 0), "holds wait while they must");
	TAP_OK(next_is(&w, true, 11), "and come when they may");
	TAP_OK(next_is(&w, true, 0) && w.bytes == 0 && w.count == 0, "nothing is left");
	wish(&w, 5, WIRE_JOB_HELD, 16);
	TAP_OK(next_is(&w, true, 16), "and it goes on after being empty");
	for (unsigned n = 0; n < WISHES_MAX; n++)
		wish(&w, n, WIRE_JOB_HELD, n);
	TAP_OK(wishes_are_full(&w), "it says when it is full");
	wishes_clear(&w);
}

/* The names in the request's job group after copying, with blanks between. */
static void
copied(ipp_t *order, char *names, size_t size)
{
	ipp_t *request = ippNewRequest(IPP_OP_CREATE_JOB);
	struct buf bytes;
	struct error err = {0};

	buf_init(&bytes, ORDER_ATTRIBUTES_MAX);
	names[0] = '\0';
	if (ipp_bounds_encode(order, &bytes, &err) == 0 &&
	    options_copy(request, bytes.data, bytes.len, &err) == 0)
		for (ipp_attribute_t *a = ippFirstAttribute(request); a != NULL;
		     a = ippNextAttribute(request))
			if (ippGetGroupTag(a) == IPP_TAG_JOB)
				snprintf(names + strlen(names), size - strlen(names),
					 "%s ", ippGetName(a));
	if (err.kind != ERROR_NONE)
		snprintf(names, size, "%s", err.text);
	buf_clear(&bytes);
	ippDelete(request);
	ippDelete(order);
}

static void
only_what_the_picture_needs_is_let_through(void)
{
	ipp_t *order = ippNewRequest(IPP_OP_CREATE_JOB);
	char names[512];

	ippAddString(order, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "media", NULL, "x");
	ippAddInteger(order, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", 2);
	ippAddString(order, IPP_TAG_JOB, IPP_TAG_NAME, "job-sheets", NULL, "standard");
	ippAddString(order, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", NULL,
		     "no-hold");
	ippAddOctetString(order, IPP_TAG_JOB, "job-password", "1234", 4);
	ippAddString(order, IPP_TAG_JOB, IPP_TAG_NAME, "job-account-id", NULL, "7");
	ippAddInteger(order, IPP_TAG_JOB, IPP_TAG_INTEGER, "print-quality", 4);
	ippAddString(order, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", NULL, "one-sided");
	copied(order, names, sizeof(names));
	TAP_OK(strcmp(names, "media copies sides ") == 0,
	       "neither hold, secret, person, sheets nor a wrong type: %s", names);
}

static void
bytes_that_are_no_attributes_are_refused(void)
{
	/* a collection that never ends */
	static const uint8_t bad[] = {2,   0,	 0,   5,   0,	0,   0,	  1,
				      2,   0x34, 0,   9,   'm', 'e', 'd', 'i',
				      'a', '-',	 'c', 'o', 'l', 0,   0,	  3};
	ipp_t *request = ippNewRequest(IPP_OP_CREATE_JOB);
	struct error err = {0};

	TAP_OK(options_copy(request, bad, sizeof(bad), &err) == -1 &&
		       err.kind == ERROR_INPUT,
	       "%s", err.text);
	TAP_OK(options_copy(request, NULL, 0, &err) == 0, "no attributes are no fault");
	ippDelete(request);
}

/* --- a cupsd that takes its time --- */

#define SLOW_MS                                                                        \
	1500 /* libcups's own patience with a body, if nobody tells it, is 1 s */

static void
slowly(int fd, const void *bytes, size_t len)
{
	poll(NULL, 0, SLOW_MS); /* what is tested: the other side waits for it */
	if (write(fd, bytes, len) != (ssize_t)len)
		_exit(1);
}

/* Answers one request: the go-ahead, header and body, each after a while. */
static void
answer_slowly(int listener)
{
	static const char ahead[] = "HTTP/1.1 100 Continue\r\n\r\n";
	static const char head[] =
		"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
		"Content-Length: 9\r\n\r\n";
	static const uint8_t body[] = {2, 0, 0, 0, 0, 0, 0, 1, 3};
	char request[4096];
	int fd = accept(listener, NULL, NULL);

	if (fd < 0 || read(fd, request, sizeof(request)) <= 0)
		_exit(1);
	slowly(fd, ahead, sizeof(ahead) - 1);
	slowly(fd, head, sizeof(head) - 1);
	slowly(fd, body, sizeof(body));
	while (read(fd, request, sizeof(request)) > 0)
		continue;
	_exit(0);
}

static int
listen_at(struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	at->sun_family = AF_UNIX;
	snprintf(at->sun_path, sizeof(at->sun_path), "/tmp/claimcheck-cupsd-%d",
		 (int)getpid());
	unlink(at->sun_path);
	if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof(*at)) != 0 ||
	    listen(fd, 5) != 0)
		return -1;
	return fd;
}

static void
a_cupsd_that_writes_its_cache_meanwhile_is_waited_for(void)
{
	struct sockaddr_un at = {0};
	int listener = listen_at(&at);
	pid_t pid = fork();
	struct cupsd c;
	struct error err = {0};

	if (pid == 0)
		answer_slowly(listener);
	close(listener);
	TAP_OK(cupsd_open(&c, at.sun_path, &err) == 0 &&
		       cupsd_ask(&c, cupsd_queue_request(&c, IPP_OP_GET_JOBS, ""), NULL,
				 NULL, &err) == 0,
	       "go-ahead, header and body may each come late %s", err.text);
	cupsd_close(&c);
	waitpid(pid, NULL, 0);
	TAP_OK(cupsd_ask(&c, cupsd_queue_request(&c, IPP_OP_GET_JOBS, ""), NULL, NULL,
			 &err) == -1 &&
		       err.kind == ERROR_LATER,
	       "nobody there is for later: %s", err.text);
	unlink(at.sun_path);
}

int
main(void)
{
	what_is_known_is_found_after_any_growth();
	who_waits_comes_first_but_never_before_its_own_past();
	only_what_the_picture_needs_is_let_through();
	bytes_that_are_no_attributes_are_refused();
	a_cupsd_that_writes_its_cache_meanwhile_is_waited_for();
	return tap_done();
}
