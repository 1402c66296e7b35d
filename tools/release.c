/*
 * release.c - the release station: identify an order, see what it is, have it produced.
 *
 * An IPP client of spoold's station socket and nothing else; it decides nothing about
 * orders. A mistyped claim code is told by its check symbol, here, and costs no try.
 * With a terminal it serves one customer after the other; with an order named, or
 * without a terminal, one, and its exit status says what came of it. (The manual page is
 * doc/release.1.)
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/order/code.h"

#include "tools/station/show.h"
#include "tools/station/station.h"
#include "tools/station/typed.h"
#include "tools/station/words.h"

#define STATION_SOCKET "/run/claimcheck/station.sock"
#define LOOK_MS	       500

/* Exit statuses, by cause; the manual lists them. */
enum ending {
	ENDING_WELL = 0,
	ENDING_USAGE = 1,
	ENDING_MISTYPED = 2, /* the code's check symbol is wrong: no try was counted */
	ENDING_UNKNOWN = 3,  /* opens nothing */
	ENDING_LATER = 4,    /* locked after wrong tries, or busy */
	ENDING_NOT_NOW = 5,  /* the order's state forbids it */
	ENDING_DECLINED = 6, /* the person said no */
	ENDING_STOPPED = 7,  /* released, and stopped or damaged or held again */
	ENDING_CANCELED = 8, /* canceled or expired */
	ENDING_AWAY = 9	     /* nobody answers */
};

struct options {
	struct station station;
	const char *user;    /* --user */
	const char *operand; /* code or number; NULL: ask */
	int pin_fd;	     /* -1: ask */
	enum station_make make;
	bool list, json, wait, again, yes;
	bool asks; /* standard input is a terminal */
};

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* The one place that says what went wrong. */
static enum ending
explain(const struct error *err)
{
	fprintf(stderr, "%s\n", err->text);
	switch (err->kind) {
	case ERROR_INPUT:
		return ENDING_MISTYPED;
	case ERROR_REFUSED:
	case ERROR_ABSENT:
		return ENDING_UNKNOWN;
	case ERROR_LATER:
	case ERROR_FULL:
		return ENDING_LATER;
	case ERROR_CONFLICT:
		return ENDING_NOT_NOW;
	default:
		return ENDING_AWAY;
	}
}

/* --- who --- */

static int
read_pin(const struct options *o, struct typed *pin, struct error *err)
{
	int fd = o->pin_fd >= 0 ? o->pin_fd : STDIN_FILENO, rc;

	if (o->asks && fd == STDIN_FILENO)
		rc = typed_ask(fd, words_plain(WORDS_ASK_PIN), true, pin, err);
	else
		rc = typed_line(fd, pin, err);
	if (rc == 0 || (rc == 1 && pin->len == 0))
		rc = error_set(err, ERROR_INPUT, "no PIN was given");
	return rc == 1 ? 0 : -1;
}

/* A claim code in its canonical form, or words about the typing error. */
static int
take_code(struct presented *p, struct error *err)
{
	char canonical[CODE_SYMBOLS_MAX + 1];
	int rc = code_read(canonical, p->secret.text, err);

	if (rc == 0) {
		typed_wipe(&p->secret);
		p->secret.len = strlen(canonical);
		memcpy(p->secret.text, canonical, p->secret.len);
	}
	seal_wipe(canonical, sizeof(canonical));
	return rc;
}

/* What was typed first: an order number, a claim code, or else a customer's name. */
static int
take_first(const struct options *o, struct presented *p, struct error *err)
{
	int64_t number;

	if (o->user != NULL) {
		text_copy(p->user, sizeof(p->user), o->user);
		return read_pin(o, &p->secret, err);
	}
	if (text_number(p->secret.text, 1, INT32_MAX, &number) == 0) {
		p->number = (uint32_t)number;
		return read_pin(o, &p->secret, err);
	}
	return take_code(p, err);
}

/* 1, 0 when nobody types any more, -1. */
static int
ask_first(const struct options *o, struct presented *p, struct error *err)
{
	*p = (struct presented){0};
	if (o->operand != NULL) {
		if (text_copy(p->secret.text, sizeof(p->secret.text), o->operand) != 0)
			return error_set(err, ERROR_INPUT, "that is no code");
		p->secret.len = strlen(p->secret.text);
		return 1;
	}
	if (o->user != NULL)
		return 1;
	if (o->pin_fd >= 0)
		return typed_line(o->pin_fd, &p->secret, err);
	if (o->asks)
		return typed_ask(STDIN_FILENO, words_plain(WORDS_ASK_WHAT), false,
				 &p->secret, err);
	return typed_line(STDIN_FILENO, &p->secret, err);
}

/* --- which --- */

/* Several orders of one customer: those that can be released, and one of them chosen. */
static struct station_order *
choose(const struct options *o, struct station_orders *orders, struct error *err)
{
	struct typed line;
	int64_t number;

	if (orders->count == 1)
		return &orders->list[0];
	for (size_t i = 0; i < orders->count; i++)
		show_line(&orders->list[i]);
	if (!o->asks || typed_ask(STDIN_FILENO, words_plain(WORDS_ASK_CHOICE), false,
				  &line, err) != 1) {
		error_set(err, ERROR_CONFLICT,
			  "several orders; name one by its number");
		return NULL;
	}
	if (text_number(line.text, 1, INT32_MAX, &number) == 0)
		for (size_t i = 0; i < orders->count; i++)
			if (orders->list[i].number == (uint32_t)number)
				return &orders->list[i];
	error_set(err, ERROR_INPUT, "none of these");
	return NULL;
}

static int
find(const struct options *o, const struct presented *p, struct station_orders *orders,
     struct error *err)
{
	if (station_find(&o->station, p, orders, err) != 0)
		return -1;
	if (orders->count == 0)
		return error_set(err, ERROR_REFUSED, "nothing waits for this");
	return 0;
}

/* --- release and watch --- */

/* A stopped printer is said before the release is spent, not after. */
static bool
printer_is_well(const struct options *o, const struct station_order *order)
{
	struct station_printer printer;
	struct error err;

	if (order->printer[0] == '\0' ||
	    station_printer(&o->station, order->printer, &printer, &err) != 0)
		return true; /* the release itself will tell */
	return o->json ? printer.state != IPP_PSTATE_STOPPED : show_printer(&printer);
}

/* A proof that stopped: it again, or all. */
static bool
agree_to_proof(struct presented *p)
{
	const char *letters = words_plain(WORDS_PROOF_LETTERS);
	struct typed line;
	struct error err;

	if (typed_ask(STDIN_FILENO, words_plain(WORDS_ASK_PROOF_AGAIN), false, &line,
		      &err) != 1)
		return false;
	p->make = line.text[0] == letters[1] ? STATION_ALL : STATION_NEXT;
	return line.text[0] == letters[0] || line.text[0] == letters[1];
}

static bool
agree(const struct options *o, const struct station_order *order, struct presented *p)
{
	p->make = o->make;
	if (o->yes || !o->asks)
		return true;
	if (order->again && order->proof_copies > 0 && o->make == STATION_NEXT)
		return agree_to_proof(p);
	return typed_yes(
		STDIN_FILENO,
		words_plain(order->again ? WORDS_ASK_AGAIN : WORDS_ASK_RELEASE),
		words_plain(WORDS_YES));
}

/* proofs: that the order had before. */
static enum ending
judge(const struct station_order *order, int proofs, bool say)
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
	} else if (order->state == IPP_JSTATE_HELD) {
		words = WORDS_HELD_AGAIN;
	} else if (order->state == IPP_JSTATE_CANCELED) {
		words = strstr(order->reasons, "after-timeout") != NULL
				? WORDS_EXPIRED
				: WORDS_CANCELED;
		ending = ENDING_CANCELED;
	}
	if (say)
		words_out(words, number, order->message);
	return ending;
}

static bool
is_under_way(const struct station_order *order)
{
	return order->state == IPP_JSTATE_PENDING ||
	       order->state == IPP_JSTATE_PROCESSING;
}

/* One look; a service that is away is waited for: the order is safe in it. */
static int
look(const struct options *o, uint32_t number, struct station_orders *orders,
     struct show_progress *progress, bool *away)
{
	struct error err;
	int rc = station_look(&o->station, number, orders, &err);

	if (rc == 0 && orders->count == 1)
		rc = station_documents(&o->station, &orders->list[0], &err);
	if (rc != 0 && err.kind != ERROR_SYSTEM && err.kind != ERROR_LATER) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	if ((rc != 0) != *away && !o->json) {
		show_progress_end(progress);
		words_out(rc != 0 ? WORDS_AWAY : WORDS_BACK, NULL, NULL);
	}
	*away = rc != 0;
	return rc == 0 && orders->count == 1 ? 1 : 0;
}

static enum ending
watch(const struct options *o, uint32_t number, int proofs)
{
	struct station_orders orders = {.count = 0};
	struct sigaction act = {.sa_handler = on_interrupt}, before;
	struct show_progress progress;
	enum ending ending = ENDING_WELL;
	bool away = false;
	char text[16];
	int rc = 0;

	interrupted = 0;
	sigaction(SIGINT, &act, &before);
	show_progress_begin(&progress);
	while (!interrupted && (rc = look(o, number, &orders, &progress, &away)) >= 0) {
		if (rc == 1 && !o->json)
			show_progress(&progress, &orders.list[0]);
		if (rc == 1 && !is_under_way(&orders.list[0]))
			break;
		poll(NULL, 0, LOOK_MS);
	}
	show_progress_end(&progress);
	sigaction(SIGINT, &before, NULL);
	snprintf(text, sizeof(text), "%u", number);
	if (rc < 0)
		ending = ENDING_AWAY;
	else if (interrupted)
		words_out(WORDS_WATCH_ENDED, text, NULL);
	else
		ending = judge(&orders.list[0], proofs, !o->json);
	if (o->json && rc == 1)
		show_json(&orders.list[0]);
	station_orders_clear(&orders);
	return ending;
}

static enum ending
release_one(const struct options *o, struct presented *p,
	    const struct station_order *order)
{
	struct station_orders released = {.count = 0};
	struct error err;
	uint32_t number = order->number;
	int proofs = order->proofs;
	bool again = o->again || (order->again && o->asks);
	char text[16];

	if (order->again && !again)
		return explain(
			(error_set(&err, ERROR_CONFLICT, "%s --again?", order->message),
			 &err));
	p->number = number;
	if (station_release(&o->station, p, again, &released, &err) != 0)
		return explain(&err);
	typed_wipe(&p->secret);
	if (o->json && !o->wait && released.count == 1)
		show_json(&released.list[0]);
	station_orders_clear(&released);
	snprintf(text, sizeof(text), "%u", number);
	if (!o->json)
		words_out(WORDS_RELEASED, text, NULL);
	return o->wait ? watch(o, number, proofs) : ENDING_WELL;
}

static enum ending
offer(const struct options *o, struct presented *p, struct station_orders *orders)
{
	struct error err;
	struct station_order *order = choose(o, orders, &err);

	if (order == NULL)
		return explain(&err);
	if (!o->json)
		show_summary(order);
	if (!printer_is_well(o, order) && !o->asks && !o->yes)
		return ENDING_LATER;
	if (!agree(o, order, p)) {
		words_out(WORDS_NOT_RELEASED, NULL, NULL);
		return ENDING_DECLINED;
	}
	return release_one(o, p, order);
}

static enum ending
list(const struct options *o, const struct station_orders *orders)
{
	if (o->json)
		show_json_list(orders);
	for (size_t i = 0; i < orders->count && !o->json; i++)
		show_summary(&orders->list[i]);
	return ENDING_WELL;
}

/* One customer, from the first key to the last word. 0 when nobody types any more. */
static int
serve(const struct options *o, enum ending *ending)
{
	struct station_orders orders = {.count = 0};
	struct presented p;
	struct error err;
	int rc = ask_first(o, &p, &err);

	if (rc == 1 &&
	    (take_first(o, &p, &err) != 0 || find(o, &p, &orders, &err) != 0))
		rc = -1;
	if (rc == 1)
		*ending = o->list ? list(o, &orders) : offer(o, &p, &orders);
	else if (rc < 0)
		*ending = explain(&err);
	seal_wipe(&p, sizeof(p));
	station_orders_clear(&orders);
	return rc;
}

static enum ending
run(const struct options *o)
{
	enum ending ending = ENDING_USAGE;

	if (o->operand != NULL || o->user != NULL || o->pin_fd >= 0 || !o->asks) {
		if (serve(o, &ending) == 0)
			fprintf(stderr, "release: nothing was typed\n");
		return ending;
	}
	do {
		words_out(WORDS_WELCOME, NULL, NULL);
	} while (serve(o, &ending) != 0);
	return ENDING_WELL;
}

/* --- options --- */

static void
usage(FILE *to)
{
	fputs("usage: release [options] [CODE | NUMBER]\n"
	      "  -s, --station WHERE  station socket, or host:port\n"
	      "  -u, --user NAME      orders of this customer, by PIN\n"
	      "      --pin-file FD    read PIN or code from a file descriptor\n"
	      "  -l, --list           show what it opens; release nothing\n"
	      "  -j, --json           machine-readable\n"
	      "  -w, --wait           watch until it is done (default)\n"
	      "  -n, --no-wait        do not\n"
	      "  -a, --again          it stopped: it may be produced twice\n"
	      "      --proof          one copy (or proof-copies), the rest stays held\n"
	      "      --no-proof       all at once, though a proof was ordered\n"
	      "  -y, --yes            do not ask\n"
	      "  -h, --help\n"
	      "  -V, --version\n",
	      to);
}

static int
take_option(struct options *o, int c, const char *value)
{
	int64_t fd;

	switch (c) {
	case 's':
		o->station.where = value;
		return 0;
	case 'u':
		o->user = value;
		return 0;
	case 'p':
		if (text_number(value, 0, INT16_MAX, &fd) != 0)
			return -1;
		o->pin_fd = (int)fd;
		return 0;
	case 'l':
		o->list = true;
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case 'w':
	case 'n':
		o->wait = c == 'w';
		return 0;
	case 'a':
		o->again = true;
		return 0;
	case 'y':
		o->yes = true;
		return 0;
	case 'P':
	case 'A':
		o->make = c == 'P' ? STATION_PROOF : STATION_ALL;
		return 0;
	default:
		return -1;
	}
}

static int
read_options(struct options *o, int argc, char *argv[])
{
	static const struct option names[] = {
		{"station", required_argument, NULL, 's'},
		{"user", required_argument, NULL, 'u'},
		{"pin-file", required_argument, NULL, 'p'},
		{"list", no_argument, NULL, 'l'},
		{"json", no_argument, NULL, 'j'},
		{"wait", no_argument, NULL, 'w'},
		{"no-wait", no_argument, NULL, 'n'},
		{"again", no_argument, NULL, 'a'},
		{"proof", no_argument, NULL, 'P'},
		{"no-proof", no_argument, NULL, 'A'},
		{"yes", no_argument, NULL, 'y'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0}};
	int c;

	while ((c = getopt_long(argc, argv, "s:u:ljwnayhV", names, NULL)) != -1) {
		if (c == 'h' || c == 'V')
			return c;
		if (take_option(o, c, optarg) != 0)
			return -1;
	}
	if (optind < argc)
		o->operand = argv[optind++];
	return optind == argc && (o->operand == NULL || o->user == NULL) ? 0 : -1;
}

/* ps shows argv: the code is taken out of it, which helps from now on. */
static void
hide_operand(struct options *o)
{
	static char kept[SEAL_PIN_MAX];
	int64_t number;

	if (o->operand == NULL || text_number(o->operand, 1, INT32_MAX, &number) == 0)
		return;
	words_err(WORDS_CODE_IN_ARGV, NULL, NULL);
	if (strlen(o->operand) >= sizeof(kept))
		return;
	text_copy(kept, sizeof(kept), o->operand);
	seal_wipe((char *)(uintptr_t)o->operand, strlen(o->operand));
	o->operand = kept;
}

int
main(int argc, char *argv[])
{
	const char *where = getenv("CLAIMCHECK_STATION");
	struct options o = {.pin_fd = -1,
			    .wait = true,
			    .asks = isatty(STDIN_FILENO),
			    .station.where = where != NULL ? where : STATION_SOCKET};
	struct error err;
	int c;

	setlocale(LC_ALL, "");
	words_open();
	if (typed_start(&err) != 0)
		return explain(&err);
	c = read_options(&o, argc, argv);
	if (c == 'V')
		puts("release " PACKAGE_VERSION);
	else if (c != 0)
		usage(c == 'h' ? stdout : stderr);
	if (c != 0)
		return c < 0 ? ENDING_USAGE : ENDING_WELL;
	signal(SIGPIPE, SIG_IGN);
	hide_operand(&o);
	return run(&o);
}
