/*
 * alternate.c - commands side by side: each once a round, in turn, so that what disturbs
 * the machine disturbs them alike.
 *
 *	alternate [-n rounds] [-c cpus] [-j] < lines of NAME<tab>COMMAND
 *
 * A command is run by the shell with standard output to /dev/null. Of each: the median
 * wall time, its ratio to the first line's, the median processor time and the largest
 * resident set, of the process and of those that it waited for. -c N: on the first N
 * processors only. -j: JSON. A command that fails ends all.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 32
#define ROUNDS_MAX   99
#define LINE_MAX_LEN 4096

struct command {
	char *name, *line;
	double wall[ROUNDS_MAX], cpu[ROUNDS_MAX];
	long rss_kib;
};

static struct command command[COMMANDS_MAX];
static unsigned commands;
static int rounds = 7, cpus;

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v)
{
	qsort(v, (size_t)rounds, sizeof(*v), compare);
	return v[rounds / 2];
}

static void
read_commands(void)
{
	char line[LINE_MAX_LEN];

	while (commands < COMMANDS_MAX && fgets(line, sizeof(line), stdin) != NULL) {
		char *tab = strchr(line, '\t');

		line[strcspn(line, "\n")] = '\0';
		if (tab == NULL)
			continue;
		*tab = '\0';
		command[commands].name = strdup(line);
		command[commands++].line = strdup(tab + 1);
	}
}

static void
become(const char *line)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (cpus > 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		for (int i = 0; i < cpus; i++)
			CPU_SET(i, &set);
		sched_setaffinity(0, sizeof(set), &set);
	}
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	_exit(127);
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static int
run(struct command *c, int round)
{
	double start = now_s();
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		become(c->line);
	while (pid > 0 && wait4(pid, &status, 0, &use) < 0 && errno == EINTR)
		;
	if (pid < 0 || status != 0) {
		fprintf(stderr, "alternate: '%s' failed: %s\n", c->name, c->line);
		return -1;
	}
	c->wall[round] = now_s() - start;
	c->cpu[round] = seconds(use.ru_utime) + seconds(use.ru_stime);
	if (use.ru_maxrss > c->rss_kib)
		c->rss_kib = use.ru_maxrss;
	return 0;
}

static void
report(bool json)
{
	double base = median(command[0].wall);

	if (!json)
		printf("%-34s %9s %7s %9s %9s\n", "", "wall s", "ratio", "cpu s",
		       "peak MiB");
	for (unsigned i = 0; i < commands; i++) {
		struct command *c = &command[i];
		double wall = median(c->wall), cpu = median(c->cpu);

		printf(json ? "{\"name\": \"%s\", \"wall_s\": %.4f, \"ratio\": %.3f, "
			      "\"cpu_s\": %.4f, \"peak_mib\": %.1f}\n"
			    : "%-34s %9.3f %7.2f %9.3f %9.1f\n",
		       c->name, wall, wall / base, cpu, (double)c->rss_kib / 1024);
	}
}

int
main(int argc, char **argv)
{
	bool json = false;
	int option;

	while ((option = getopt(argc, argv, "n:c:j")) != -1) {
		if (option == 'n')
			rounds = atoi(optarg);
		else if (option == 'c')
			cpus = atoi(optarg);
		else if (option == 'j')
			json = true;
		else
			return 2;
	}
	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	read_commands();
	if (commands == 0)
		return 2;
	for (int round = 0; round < rounds; round++)
		for (unsigned i = 0; i < commands; i++) {
			if (isatty(STDERR_FILENO))
				fprintf(stderr, "\r\033[K%d/%d %s", round + 1, rounds,
					command[i].name);
			if (run(&command[i], round) != 0)
				return 1;
		}
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	report(json);
	return 0;
}
