/*
 * crier.c - keep's wishes one after the other; a signal ends what is under way.
 */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/crier/crier.h"
#include "spoold/crier/hook.h"

static int
signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
warn(const struct settings *s, int term, struct wire_peer *keep,
     const struct wire_warn *order, struct error *err)
{
	struct wire_warned answer = {
		.order = order->order, .due = order->due, .well = 1};
	struct error why = {0};

	if (hook_run(s->warning_hook, s->hook_timeout_s, term, order, &why) != 0) {
		log_notice("order %u: the customer was not warned: '%s': %s",
			   order->number, s->warning_hook, why.text);
		answer.well = 0;
		text_copy(answer.text, sizeof(answer.text), why.text);
	}
	return wire_send(keep, WIRE_TYPE_warned, &answer, err);
}

static int
serve(const struct settings *s, int term, struct wire_peer *keep, struct error *err)
{
	struct pollfd fds[] = {{.fd = term, .events = POLLIN},
			       {.fd = keep->fd, .events = POLLIN}};
	union wire_any message;
	int type;

	if (poll(fds, 2, -1) < 0)
		return 0;
	if (fds[0].revents != 0)
		return 1;
	type = wire_receive(keep, &message, err);
	if (type < 0)
		return -1;
	if (type == WIRE_TYPE_warn)
		return warn(s, term, keep, &message.warn, err);
	log_error("keep says '%s', which the crier does not know",
		  wire_name((unsigned)type));
	return 0;
}

int
crier_run(const struct settings *settings, int keep_fd)
{
	struct wire_peer keep;
	struct error err = {0};
	int term = signals(), rc = 0;

	if (term < 0) {
		log_error("the crier cannot wait for signals");
		return 1;
	}
	wire_peer_init(&keep, keep_fd, 0);
	while (rc == 0)
		rc = serve(settings, term, &keep, &err);
	if (rc < 0)
		log_notice("keep is gone: %s", err.text);
	wire_peer_close(&keep);
	close(term);
	return 0;
}
