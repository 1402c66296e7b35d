/*
 * spoold - holds print orders until whoever brought them identifies himself
 *
 *	spoold [-c FILE] [-t] [--settings] [--version]
 *
 * This program is the supervisor: it reads the configuration, makes folders, sockets
 * and the TLS key, and starts keep, courier and front, each with no more rights than it
 * needs (claimcheck-processes(7)). It stays in the foreground and logs to standard
 * error.
 *
 * Diagnostics: what is wrong with the configuration or the machine is said on standard
 * error, with file and line and what to do; exit status 1. Exit status 2: wrong usage.
 * An ordered stop (SIGTERM, SIGINT) ends with 0.
 *
 * Security: started as root, the supervisor stays root, since only root can start a new
 * front as another user; it takes no input after its start but signals. See spoold(8).
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/log.h"
#include "spoold/settings.h"
#include "spoold/supervisor.h"

#define SPARE_DESCRIPTORS 512 /* filters, tools, the store, libraries */

struct options {
	const char *file;
	bool test, print, version, help;
};

static int
usage(FILE *to)
{
	fputs("usage: spoold [-c FILE] [-t] [--settings] [--version]\n"
	      "  -c, --config FILE  instead of " SETTINGS_FILE "\n"
	      "  -t, --test         check the configuration and end\n"
	      "  --settings         print the table of all settings and end\n"
	      "  -V, --version      print the version and end\n",
	      to);
	return 2;
}

static int
read_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
					      {"test", no_argument, NULL, 't'},
					      {"settings", no_argument, NULL, 'S'},
					      {"help", no_argument, NULL, 'h'},
					      {"version", no_argument, NULL, 'V'},
					      {NULL, 0, NULL, 0}};
	int c;

	*o = (struct options){.file = SETTINGS_FILE};
	while ((c = getopt_long(argc, argv, "c:thV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->file = optarg;
			break;
		case 't':
			o->test = true;
			break;
		case 'S':
			o->print = true;
			break;
		case 'h':
			o->help = true;
			break;
		case 'V':
			o->version = true;
			break;
		default:
			return usage(stderr);
		}
	}
	return optind == argc ? 0 : usage(stderr);
}

/* Nothing is read from standard input, and the folder we were started in may go. */
static void
settle(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		dup2(fd, STDIN_FILENO);
		if (fd > STDERR_FILENO)
			close(fd);
	}
	if (chdir("/") != 0)
		log_notice("cannot go to the root folder");
	umask(077);
}

/* A connection costs front and keep a descriptor or two each; what the system gives a
 * service by default is made for fewer. */
static void
raise_descriptors(const struct settings *settings)
{
	rlim_t need = 2 * (rlim_t)settings->max_connections + SPARE_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
		return;
	if (limit.rlim_max < need) {
		log_notice("at most %llu descriptors are allowed here, %llu are wanted "
			   "for "
			   "max-connections = %u",
			   (unsigned long long)limit.rlim_max, (unsigned long long)need,
			   settings->max_connections);
		need = limit.rlim_max;
	}
	limit.rlim_cur = need;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_notice("cannot raise the number of descriptors");
}

static int
serve(const struct settings *settings)
{
	struct house house;
	struct error err = {0};
	int status;

	log_open("spoold", LOG_STYLE_DAEMON, settings->log_level);
	settle();
	raise_descriptors(settings);
	if (house_open(&house, settings, &err) != 0) {
		log_error("%s", err.text);
		return 1;
	}
	status = supervisor_run(&house);
	house_close(&house);
	return status;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	struct options options;
	struct error err;

	if (read_options(&options, argc, argv) != 0)
		return 2;
	if (options.help) {
		usage(stdout);
		return 0;
	}
	if (options.version) {
		puts("spoold " PACKAGE_VERSION);
		return 0;
	}
	if (options.print) {
		settings_print(stdout);
		return 0;
	}
	if (settings_read(&settings, options.file, &err) != 0) {
		fprintf(stderr, "spoold: %s\n", err.text);
		return 1;
	}
	if (options.test) {
		printf("%s: good, %u printers\n", options.file, settings.printer_count);
		return 0;
	}
	return serve(&settings);
}
