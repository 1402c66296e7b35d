/*
 * look.c - is a secret in a process's memory?
 *
 *   look PID...      a line of standard input each: what to look for
 *
 * Prints a line "pid address" for each place. Only what the process may write is looked at:
 * its heap, stacks and data. Wants root: the processes are not dumpable.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEEDLES_MAX 32
#define STEP	    (1 << 20)
#define NEEDLE_MAX  128

static char needles[NEEDLES_MAX][NEEDLE_MAX];
static size_t needle_count;

static void
look_at(const char *pid, int memory, unsigned long from, unsigned long to)
{
	static char part[STEP + NEEDLE_MAX];

	for (unsigned long at = from; at < to; at += STEP) {
		size_t want = to - at < sizeof(part) ? to - at : sizeof(part);
		ssize_t n = pread(memory, part, want, (off_t)at);
		for (size_t i = 0; n > 0 && i < needle_count; i++) {
			const char *found =
				memmem(part, (size_t)n, needles[i], strlen(needles[i]));
			if (found != NULL)
				printf("%s %lx: %zu\n", pid,
				       at + (unsigned long)(found - part), i);
		}
	}
}

static int
look(const char *pid)
{
	char path[64], line[512], mode[5];
	unsigned long from, to;
	FILE *maps;
	int memory;

	snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "re");
	if (memory < 0 || maps == NULL) {
		perror(path);
		return 1;
	}
	while (fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) == 3 &&
		    mode[1] == 'w')
			look_at(pid, memory, from, to);
	fclose(maps);
	close(memory);
	return 0;
}

int
main(int argc, char *argv[])
{
	int rc = 0;

	while (needle_count < NEEDLES_MAX &&
	       fgets(needles[needle_count], NEEDLE_MAX, stdin) != NULL) {
		needles[needle_count][strcspn(needles[needle_count], "\n")] = '\0';
		if (needles[needle_count][0] != '\0')
			needle_count++;
	}
	for (int i = 1; i < argc; i++)
		rc |= look(argv[i]);
	return rc;
}
