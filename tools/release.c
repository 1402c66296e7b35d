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

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tools/station/counter.h"
#include "tools/station/words.h"

#define STATION_SOCKET "/run/claimcheck/station.sock"
#define COPIES_MAX     9999

static const char *key_file; /* NULL: the station socket, or no key */

static enum ending
run(const struct counter *c)
{
	enum ending ending = ENDING_USAGE;

	if (c->operand != NULL || c->user != NULL || c->account != NULL ||
	    c->pin_fd >= 0 || !c->asks) {
		if (counter_serve(c, &ending) == 0)
			fprintf(stderr, "release: nothing was typed\n");
		return ending;
	}
	do {
		words_out(WORDS_WELCOME, NULL, NULL);
	} while (counter_serve(c, &ending) != 0);
	return ENDING_WELL;
}

/* --- options --- */

static void
usage(FILE *to)
{
	fputs("usage: release [options] [CODE | NUMBER]\n"
	      "  -s, --station WHERE  station socket, or host:port\n"
	      "  -k, --key-file FILE  of this station, where the service is elsewhere\n"
	      "  -u, --user NAME      orders of this customer, by PIN\n"
	      "      --account NUMBER orders of this card or telephone number, by PIN\n"
	      "      --pin-file FD    read PIN or code from a file descriptor\n"
	      "  -l, --list           show what it opens; release nothing\n"
	      "  -j, --json           machine-readable\n"
	      "  -w, --wait           watch until it is done (default)\n"
	      "  -n, --no-wait        do not\n"
	      "      --all            every order that it opens\n"
	      "      --only LIST      these documents: 1,3,5-7; the others wait\n"
	      "      --copies N       of each document, in place of what was ordered\n"
	      "      --to PRINTER     on another printer, if that can make it\n"
	      "  -a, --again          it stopped: it may be produced twice\n"
	      "      --proof          one copy (or proof-copies), the rest stays held\n"
	      "      --no-proof       all at once, though a proof was ordered\n"
	      "      --rest           it stopped: only what did not come out\n"
	      "  -y, --yes            do not ask\n"
	      "  -h, --help\n"
	      "  -V, --version\n",
	      to);
}

/* What has no letter. */
enum option_id {
	OPTION_ACCOUNT = 256,
	OPTION_ALL,
	OPTION_PROOF,
	OPTION_NO_PROOF,
	OPTION_COPIES,
	OPTION_ONLY,
	OPTION_PIN,
	OPTION_REST,
	OPTION_TO
};

/* One of "1" and "3-7". */
static int
add_range(struct station_wish *wish, char *part)
{
	char *dash = strchr(part, '-');
	int64_t first, last;

	if (dash != NULL)
		*dash = '\0';
	if (text_number(part, 1, STATION_DOCUMENTS_MAX, &first) != 0)
		return -1;
	last = first;
	if (dash != NULL &&
	    text_number(dash + 1, first, STATION_DOCUMENTS_MAX, &last) != 0)
		return -1;
	for (; first <= last; first++) {
		if (wish->only_count == STATION_DOCUMENTS_MAX)
			return -1;
		wish->only[wish->only_count++] = (uint32_t)first;
	}
	return 0;
}

static int
take_only(struct station_wish *wish, const char *value)
{
	char list[4 * STATION_DOCUMENTS_MAX], *rest = list, *part;

	if (text_copy(list, sizeof(list), value) != 0)
		return -1;
	while ((part = strsep(&rest, ",")) != NULL)
		if (add_range(wish, part) != 0)
			return -1;
	return 0;
}

/* Options that take a value. */
static int
take_value(struct counter *c, int option, const char *value)
{
	int64_t number;

	switch (option) {
	case 's':
		c->station.where = value;
		return 0;
	case 'k':
		key_file = value;
		return 0;
	case 'u':
		c->user = value;
		return 0;
	case OPTION_ACCOUNT:
		c->account = value;
		return 0;
	case OPTION_PIN:
		if (text_number(value, 0, INT16_MAX, &number) != 0)
			return -1;
		c->pin_fd = (int)number;
		return 0;
	case OPTION_COPIES:
		if (text_number(value, 1, COPIES_MAX, &number) != 0)
			return -1;
		c->wish.copies = (uint32_t)number;
		return 0;
	case OPTION_ONLY:
		return take_only(&c->wish, value);
	case OPTION_TO:
		c->wish.to = value;
		return 0;
	default:
		return -1;
	}
}

static int
take_option(struct counter *c, int option, const char *value)
{
	bool *const switches[] = {
		['l'] = &c->list, ['j'] = &c->json,	  ['a'] = &c->wish.again,
		['y'] = &c->yes,  [OPTION_ALL] = &c->all, [OPTION_REST] = &c->wish.rest,
	};

	if (option == 'w' || option == 'n') {
		c->wait = option == 'w';
		return 0;
	}
	if (option == OPTION_PROOF || option == OPTION_NO_PROOF) {
		c->wish.make = option == OPTION_PROOF ? STATION_PROOF : STATION_ALL;
		return 0;
	}
	if (option <= OPTION_REST && option > 0 && switches[option] != NULL) {
		*switches[option] = true;
		return 0;
	}
	return take_value(c, option, value);
}

static int
read_options(struct counter *c, int argc, char *argv[])
{
	static const struct option names[] = {
		{"station", required_argument, NULL, 's'},
		{"key-file", required_argument, NULL, 'k'},
		{"user", required_argument, NULL, 'u'},
		{"account", required_argument, NULL, OPTION_ACCOUNT},
		{"pin-file", required_argument, NULL, OPTION_PIN},
		{"list", no_argument, NULL, 'l'},
		{"json", no_argument, NULL, 'j'},
		{"wait", no_argument, NULL, 'w'},
		{"no-wait", no_argument, NULL, 'n'},
		{"all", no_argument, NULL, OPTION_ALL},
		{"only", required_argument, NULL, OPTION_ONLY},
		{"copies", required_argument, NULL, OPTION_COPIES},
		{"to", required_argument, NULL, OPTION_TO},
		{"again", no_argument, NULL, 'a'},
		{"rest", no_argument, NULL, OPTION_REST},
		{"proof", no_argument, NULL, OPTION_PROOF},
		{"no-proof", no_argument, NULL, OPTION_NO_PROOF},
		{"yes", no_argument, NULL, 'y'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0}};
	int option, who;

	while ((option = getopt_long(argc, argv, "s:k:u:ljwnayhV", names, NULL)) !=
	       -1) {
		if (option == 'h' || option == 'V')
			return option;
		if (take_option(c, option, optarg) != 0)
			return -1;
	}
	if (optind < argc)
		c->operand = argv[optind++];
	who = (c->operand != NULL) + (c->user != NULL) + (c->account != NULL);
	/* documents are counted within one order */
	return optind == argc && who <= 1 && !(c->all && c->wish.only_count > 0) ? 0
										 : -1;
}

/* ps shows argv: the code is taken out of it, which helps from now on. */
static void
hide_operand(struct counter *c)
{
	static char kept[SEAL_PIN_MAX];
	int64_t number;

	if (c->operand == NULL || text_number(c->operand, 1, INT32_MAX, &number) == 0)
		return;
	words_err(WORDS_CODE_IN_ARGV, NULL, NULL);
	if (strlen(c->operand) >= sizeof(kept))
		return;
	text_copy(kept, sizeof(kept), c->operand);
	seal_wipe((char *)(uintptr_t)c->operand, strlen(c->operand));
	c->operand = kept;
}

int
main(int argc, char *argv[])
{
	const char *where = getenv("CLAIMCHECK_STATION");
	static struct counter c;
	static struct key key;
	struct error err;
	int option;

	c = (struct counter){.pin_fd = -1,
			     .wait = true,
			     .asks = isatty(STDIN_FILENO),
			     .station.where = where != NULL ? where : STATION_SOCKET};
	setlocale(LC_ALL, "");
	words_open();
	if (typed_start(&err) != 0)
		return counter_explain(&err);
	key_file = getenv("CLAIMCHECK_STATION_KEY");
	option = read_options(&c, argc, argv);
	if (option == 'V')
		puts("release " PACKAGE_VERSION);
	else if (option != 0)
		usage(option == 'h' ? stdout : stderr);
	if (option != 0)
		return option < 0 ? ENDING_USAGE : ENDING_WELL;
	signal(SIGPIPE, SIG_IGN);
	hide_operand(&c);
	if (key_file != NULL && c.station.where[0] != '/') {
		if (key_read(&key, key_file, &err) != 0)
			return counter_explain(&err);
		c.station.key = &key;
	}
	return run(&c);
}
