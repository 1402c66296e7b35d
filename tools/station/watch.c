#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tools/station/progress.h"
#include "tools/station/report.h"
#include "tools/station/show.h"
#include "tools/station/watch.h"
#include "tools/station/words.h"

#define LOOK_MS	      500
#define PRINTER_LOOKS 4 /* of these, one asks about the printer, too */

struct watch {
	const struct counter *c;
	const struct station_order *before; /* its release */
	struct station_orders orders;
	struct progress progress;
	char trouble[ORDER_TEXT_MAX]; /* of the printer, as it was said last */
	unsigned looks;
	bool away, left;
};

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void
say(struct watch *w, enum words_id id, const char *value1, const char *value2)
{
	progress_end(&w->progress);
	words_out(id, value1, value2);
}

static bool
is_under_way(const struct station_order *order)
{
	return order->state == IPP_JSTATE_PENDING ||
	       order->state == IPP_JSTATE_PROCESSING;
}

/* 1, 0 while the service is away, -1. */
static int
look_at_order(struct watch *w)
{
	const struct station *s = &w->c->station;
	struct error err;
	int rc = station_look(s, w->before->uuid, &w->orders, &err);

	if (rc == 0 && w->orders.count == 1)
		rc = station_documents(s, &w->orders.list[0], &err);
	if (rc != 0 && err.kind != ERROR_SYSTEM && err.kind != ERROR_LATER) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	if ((rc != 0) != w->away && !w->c->json)
		say(w, rc != 0 ? WORDS_AWAY : WORDS_BACK, NULL, NULL);
	w->away = rc != 0;
	return rc == 0 && w->orders.count == 1 ? 1 : 0;
}

/* What the printer reports: out of paper, or that the printing system behind it is away. Each
 * is said once, and its end, too. */
static void
look_at_printer(struct watch *w)
{
	const struct station_order *o = &w->orders.list[0];
	struct station_printer printer;
	char trouble[sizeof(w->trouble)];
	struct error err;

	if (w->c->json || o->printer[0] == '\0' ||
	    station_printer(&w->c->station, o->printer, &printer, &err) != 0)
		return;
	show_trouble(&printer, trouble, sizeof(trouble));
	if (strcmp(trouble, w->trouble) == 0)
		return;
	text_copy(w->trouble, sizeof(w->trouble), trouble);
	if (trouble[0] == '\0')
		say(w, WORDS_PRINTER_WELL, show_printer_name(&printer), NULL);
	else
		say(w,
		    printer.state == IPP_PSTATE_STOPPED ? WORDS_PRINTER_STOPPED
							: WORDS_PRINTER_SAYS,
		    show_printer_name(&printer), trouble);
}

/* A station with a terminal serves the next customer as soon as there is one. */
static void
pause_a_while(struct watch *w)
{
	struct pollfd key = {.fd = w->c->asks ? STDIN_FILENO : -1, .events = POLLIN};

	w->left = poll(&key, 1, LOOK_MS) > 0 && (key.revents & POLLIN) != 0;
}

static enum ending
judge(const struct station_order *order, int proofs, bool say_it)
{
	enum words_id words = WORDS_STOPPED;
	enum ending ending = ENDING_STOPPED;
	char number[16];

	snprintf(number, sizeof(number), "%u", order->number);
	if (order->state == IPP_JSTATE_COMPLETED) {
		words = WORDS_DONE;
		ending = ENDING_WELL;
	} else if (order->state == IPP_JSTATE_HELD && order->proofs > proofs) {
		words = WORDS_PROOF_DONE;
		ending = ENDING_WELL;
	} else if (order->state == IPP_JSTATE_HELD && show_made_in_part(order)) {
		words = WORDS_DONE_IN_PART;
		ending = ENDING_WELL;
	} else if (order->state == IPP_JSTATE_HELD) {
		words = WORDS_HELD_AGAIN;
	} else if (order->state == IPP_JSTATE_CANCELED) {
		words = strstr(order->reasons, "after-timeout") != NULL
				? WORDS_EXPIRED
				: WORDS_CANCELED;
		ending = ENDING_CANCELED;
	}
	if (say_it)
		words_out(words, number, order->message);
	return ending;
}

static enum ending
conclude(struct watch *w, int rc)
{
	enum ending ending = ENDING_WELL;
	char number[16];

	snprintf(number, sizeof(number), "%u", w->before->number);
	if (rc < 0)
		ending = ENDING_AWAY;
	else if (interrupted || w->left)
		words_out(WORDS_WATCH_ENDED, number, NULL);
	else
		ending = judge(&w->orders.list[0], w->before->proofs, !w->c->json);
	if (w->c->json && rc == 1)
		report_order(&w->orders.list[0], &w->c->wish);
	return ending;
}

enum ending
watch_order(const struct counter *c, const struct station_order *order)
{
	struct watch w = {.c = c, .before = order};
	struct sigaction act = {.sa_handler = on_interrupt}, before;
	enum ending ending;
	int rc = 0;

	interrupted = 0;
	sigaction(SIGINT, &act, &before);
	progress_begin(&w.progress);
	while (!interrupted && !w.left && (rc = look_at_order(&w)) >= 0) {
		if (rc == 1 && !c->json)
			progress_show(&w.progress, &w.orders.list[0]);
		if (rc == 1 && !is_under_way(&w.orders.list[0]))
			break;
		if (rc == 1 && w.looks++ % PRINTER_LOOKS == PRINTER_LOOKS - 1)
			look_at_printer(&w);
		pause_a_while(&w);
	}
	if (rc == 1 && w.orders.list[0].state == IPP_JSTATE_STOPPED)
		look_at_printer(&w); /* it may just have said why */
	progress_end(&w.progress);
	sigaction(SIGINT, &before, NULL);
	ending = conclude(&w, rc);
	station_orders_clear(&w.orders);
	return ending;
}
