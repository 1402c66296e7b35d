/*
 * herald.c - the loop, which is Avahi's: keep's messages and SIGTERM are watches in it.
 */
#include <avahi-common/simple-watch.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/wire/wire.h"
#include "spoold/herald/services.h"

struct herald {
	AvahiSimplePoll *poll;
	struct services *services;
	struct wire_peer keep;
	union wire_any message;
	bool lost; /* keep is gone, or talks nonsense */
};

static void
leave(struct herald *h, const struct error *why)
{
	if (why != NULL && !h->lost)
		log_notice("keep is gone: %s", why->text);
	h->lost = h->lost || why != NULL;
	avahi_simple_poll_quit(h->poll);
}

static void
on_keep(AvahiWatch *watch, int fd, AvahiWatchEvent events, void *context)
{
	struct herald *h = context;
	struct error err;
	int type = wire_receive(&h->keep, &h->message, &err);

	(void)watch;
	(void)fd;
	(void)events;
	if (type < 0)
		leave(h, &err);
	else if (type == WIRE_TYPE_announce)
		services_tell(h->services, &h->message.announce);
	else
		log_error("keep says '%s', which the herald does not know",
			  wire_name((unsigned)type));
}

static void
on_signal(AvahiWatch *watch, int fd, AvahiWatchEvent events, void *context)
{
	(void)watch;
	(void)fd;
	(void)events;
	leave(context, NULL);
}

static void
on_named(void *context, const char *printer, const char *name)
{
	struct herald *h = context;
	struct wire_announced m = {0};
	struct error err;

	text_copy(m.printer, sizeof(m.printer), printer);
	text_copy(m.name, sizeof(m.name), name);
	if (!h->lost && wire_send(&h->keep, WIRE_TYPE_announced, &m, &err) != 0)
		leave(h, &err);
}

static int
signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int
herald_run(const struct herald_place *places, unsigned place_count, int keep_fd)
{
	struct herald h = {.poll = avahi_simple_poll_new()};
	const AvahiPoll *api;
	int term = signals();

	if (h.poll == NULL || term < 0) {
		log_error("the herald cannot wait for events");
		return 1;
	}
	api = avahi_simple_poll_get(h.poll);
	wire_peer_init(&h.keep, keep_fd, 0);
	h.services = services_open(api, places, place_count, on_named, &h);
	api->watch_new(api, keep_fd, AVAHI_WATCH_IN, on_keep, &h);
	api->watch_new(api, term, AVAHI_WATCH_IN, on_signal, &h);
	avahi_simple_poll_loop(h.poll);
	services_close(h.services);
	avahi_simple_poll_free(h.poll);
	wire_peer_close(&h.keep);
	close(term);
	return 0;
}
