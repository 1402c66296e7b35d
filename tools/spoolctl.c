/*
 * spoolctl.c - spoold's operator at the command line. (The manual page is doc/spoolctl.8.)
 *
 * A table of commands. What is asked of orders goes to keep's socket, by lib/wire
 * (tools/control); keep asks the kernel who we are. What is done with the store itself is in
 * tools/store, which opens it as spoold's user (doc/decisions/spoolctl.md).
 */
#include "config.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/order.h"

#include "tools/control/control.h"

#define KEEP_SOCKET "/run/claimcheck/keep.sock"
#define CONFIG	    CC_SYSCONFDIR "/spoold.conf"
#define SPOOLD_USER "claimcheck"

static const struct command {
	const char *name;
	int (*run)(const struct control *c, int argc, char *argv[]);
	const char *operands, *help;
} commands[] = {
	{"status", control_status, "", "how spoold, its store and cupsd are"},
	{"orders", control_orders, "", "orders that are not over (-a: all)"},
	{"show", control_show, "N", "all about order N"},
	{"cancel", control_cancel, "N", "cancel order N; its documents are dropped"},
	{"expire", control_expire, "N", "order N is over: nobody fetched it"},
	{"extend", control_extend, "N WHEN", "order N waits until then"},
	{"authorise", control_authorise, "N", "release order N by the recovery key"},
	{"stats", control_stats, "", "orders, times and failures a day"},
	{"doctor", control_doctor, "", "what is wrong, and how to mend it"},
	{"ticket", control_ticket, "N", "a claim ticket for order N"},
	{"audit", control_audit, "[N]", "what happened, to order N"},
	{"check", control_check, "", "walk the store; say every fault"},
	{"backup", control_backup, "DIR", "copy the store, beside a running spoold"},
	{"restore", control_restore, "DIR",
	 "a backup becomes the store; spoold stopped"},
	{"compact", control_compact, "", "give room back to the disk; spoold stopped"},
	{"recovery-key", control_recovery_key, "create|verify FILE [N]",
	 "the key that opens orders whose code is lost"},
	{"site-secret", control_site_secret, "list|new|retire N",
	 "the secret behind codes and PINs"},
	{"curve", control_curve, "make|show FILE...",
	 "tone value curves of plates, from what a press printed"},
	{"station", control_station, "list|add|revoke NAME",
	 "terminals on other machines that may release"},
	{"setup", control_setup, "[QUEUE DEVICE PPD]",
	 "put the policy into cupsd, and make a queue"},
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void
usage(FILE *to)
{
	fputs("usage: spoolctl [options] COMMAND [operands]\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-12s %-22s %s\n", commands[i].name,
			commands[i].operands, commands[i].help);
	fputs("  -s, --socket PATH       spoold's keep.sock\n"
	      "  -j, --json              machine-readable\n"
	      "  -c, --config FILE       spoold.conf, for what is done with the store\n"
	      "check:\n"
	      "      --repair            set right what is found; spoold stopped\n"
	      "audit, stats:\n"
	      "      --since, --until WHEN  a date, or 12h, 7d ago\n"
	      "      --event NAME        submitted, tried, released ...\n"
	      "      --bars              orders a day as bars\n"
	      "      --svg FILE          a plot of it all\n"
	      "      --verify            follow its chain; say every fault\n"
	      "      --head NUMBER:HASH  a head that was kept elsewhere\n"
	      "backup, restore, recovery-key, authorise:\n"
	      "      --with-secrets      the site secrets go into the backup in clear\n"
	      "      --secrets FILE      site secrets to restore with\n"
	      "      --recovery-key FILE the text that opens a backup's site secrets\n"
	      "      --passphrase-file FD  read its passphrase from a descriptor\n"
	      "orders:\n"
	      "  -a, --all               also those that are over\n"
	      "  -S, --state STATE       held, released, producing, stopped ...\n"
	      "  -p, --printer NAME      of this printer\n"
	      "  -u, --user NAME         of this customer\n"
	      "      --older, --younger SPAN  that came so long ago: 12h, 7d\n"
	      "      --due SPAN          that expire within it\n"
	      "ticket:\n"
	      "      --pdf FILE          as PDF, into a new file\n"
	      "      --code-file FD      read the order's code from a descriptor\n"
	      "      --reissue           with a new code; the old one becomes void\n"
	      "authorise, ticket by the recovery key:\n"
	      "      --why TEXT          for the audit\n"
	      "      --again             a stopped order, which may print again\n"
	      "setup:\n"
	      "  -H, --cups-server WHERE cupsd's socket, or host:port\n"
	      "  -U, --spoold-user NAME  the user that spoold runs as (" SPOOLD_USER
	      ")\n"
	      "      --policy FILE       the policy's text\n"
	      "      --info TEXT         printer-info\n"
	      "      --location TEXT     printer-location\n"
	      "      --dry-run           say what would be done\n"
	      "  -h, --help\n"
	      "  -V, --version\n",
	      to);
}

enum {
	OPTION_POLICY = 256,
	OPTION_INFO,
	OPTION_LOCATION,
	OPTION_DRY_RUN,
	OPTION_REPAIR,
	OPTION_SINCE,
	OPTION_PDF,
	OPTION_REISSUE,
	OPTION_CODE,
	OPTION_SVG,
	OPTION_BARS,
	OPTION_OLDER,
	OPTION_YOUNGER,
	OPTION_DUE,
	OPTION_WHY,
	OPTION_AGAIN,
	OPTION_UNTIL,
	OPTION_EVENT,
	OPTION_HEAD,
	OPTION_VERIFY,
	OPTION_WITH_SECRETS,
	OPTION_SECRETS,
	OPTION_RECOVERY_KEY,
	OPTION_PASSPHRASE
};

#define AT(member) offsetof(struct control, member)

/* Options that only set what is named: a text, or a switch. */
struct simple {
	int option;
	size_t at; /* in struct control */
};

static const struct simple texts[] = {
	{'c', AT(config)},
	{OPTION_OLDER, AT(older)},
	{OPTION_YOUNGER, AT(younger)},
	{OPTION_DUE, AT(due)},
	{OPTION_WHY, AT(why)},
	{OPTION_SVG, AT(svg)},
	{OPTION_SINCE, AT(since)},
	{OPTION_UNTIL, AT(until)},
	{OPTION_EVENT, AT(event)},
	{OPTION_HEAD, AT(head)},
	{OPTION_SECRETS, AT(secrets_file)},
	{OPTION_RECOVERY_KEY, AT(recovery_file)},
	{OPTION_PDF, AT(pdf)},
	{'s', AT(socket)},
	{'p', AT(printer)},
	{'u', AT(user)},
	{'H', AT(cups_server)},
	{'U', AT(spoold_user)},
	{OPTION_POLICY, AT(policy_file)},
	{OPTION_INFO, AT(info)},
	{OPTION_LOCATION, AT(location)},
};
static const struct simple switches[] = {
	{OPTION_REPAIR, AT(repair)},
	{OPTION_AGAIN, AT(again)},
	{OPTION_BARS, AT(bars)},
	{OPTION_VERIFY, AT(verify)},
	{OPTION_WITH_SECRETS, AT(with_secrets)},
	{OPTION_REISSUE, AT(reissue)},
	{'j', AT(json)},
	{'a', AT(all)},
	{OPTION_DRY_RUN, AT(dry_run)},
};

static int
take_option(struct control *c, int option, const char *value)
{
	int64_t fd;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].option == option) {
			*(const char **)((char *)c + texts[i].at) = value;
			return 0;
		}
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++)
		if (switches[i].option == option) {
			*(bool *)((char *)c + switches[i].at) = true;
			return 0;
		}
	switch (option) {
	case 'S':
		c->state = (int)order_state_from_name(value);
		c->all = true;
		return c->state != 0 ? 0 : -1;
	case OPTION_PASSPHRASE:
	case OPTION_CODE:
		if (text_number(value, 0, INT32_MAX, &fd) != 0)
			return -1;
		*(option == OPTION_CODE ? &c->code_fd : &c->passphrase_fd) = (int)fd;
		return 0;
	default:
		return -1;
	}
}

static int
read_options(struct control *c, int argc, char *argv[])
{
	static const struct option names[] = {
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"all", no_argument, NULL, 'a'},
		{"state", required_argument, NULL, 'S'},
		{"printer", required_argument, NULL, 'p'},
		{"user", required_argument, NULL, 'u'},
		{"cups-server", required_argument, NULL, 'H'},
		{"spoold-user", required_argument, NULL, 'U'},
		{"policy", required_argument, NULL, OPTION_POLICY},
		{"info", required_argument, NULL, OPTION_INFO},
		{"location", required_argument, NULL, OPTION_LOCATION},
		{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
		{"config", required_argument, NULL, 'c'},
		{"repair", no_argument, NULL, OPTION_REPAIR},
		{"older", required_argument, NULL, OPTION_OLDER},
		{"younger", required_argument, NULL, OPTION_YOUNGER},
		{"due", required_argument, NULL, OPTION_DUE},
		{"why", required_argument, NULL, OPTION_WHY},
		{"again", no_argument, NULL, OPTION_AGAIN},
		{"svg", required_argument, NULL, OPTION_SVG},
		{"bars", no_argument, NULL, OPTION_BARS},
		{"pdf", required_argument, NULL, OPTION_PDF},
		{"reissue", no_argument, NULL, OPTION_REISSUE},
		{"code-file", required_argument, NULL, OPTION_CODE},
		{"since", required_argument, NULL, OPTION_SINCE},
		{"until", required_argument, NULL, OPTION_UNTIL},
		{"event", required_argument, NULL, OPTION_EVENT},
		{"head", required_argument, NULL, OPTION_HEAD},
		{"verify", no_argument, NULL, OPTION_VERIFY},
		{"with-secrets", no_argument, NULL, OPTION_WITH_SECRETS},
		{"secrets", required_argument, NULL, OPTION_SECRETS},
		{"recovery-key", required_argument, NULL, OPTION_RECOVERY_KEY},
		{"passphrase-file", required_argument, NULL, OPTION_PASSPHRASE},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0}};
	int option;

	while ((option = getopt_long(argc, argv, "s:jaS:p:u:H:U:c:hV", names, NULL)) !=
	       -1) {
		if (option == 'h' || option == 'V')
			return option;
		if (take_option(c, option, optarg) != 0)
			return -1;
	}
	return optind < argc ? 0 : -1;
}

int
main(int argc, char *argv[])
{
	const char *socket = getenv("CLAIMCHECK_SOCKET");
	struct control c = {.socket = socket != NULL ? socket : KEEP_SOCKET,
			    .config = CONFIG,
			    .spoold_user = SPOOLD_USER,
			    .passphrase_fd = -1,
			    .code_fd = -1};
	int option, status = -1;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	option = read_options(&c, argc, argv);
	if (option == 'V' || option == 'h') {
		if (option == 'V')
			puts("spoolctl " PACKAGE_VERSION);
		else
			usage(stdout);
		return CONTROL_OK;
	}
	for (size_t i = 0; option == 0 && i < COMMANDS; i++)
		if (strcmp(argv[optind], commands[i].name) == 0)
			status = commands[i].run(&c, argc - optind - 1,
						 argv + optind + 1);
	if (status < 0) {
		usage(stderr);
		status = CONTROL_USAGE;
	}
	return status;
}
