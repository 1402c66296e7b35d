/*
 * hands.c - hands PAGE [leap|pass SECONDS]: makes the page of clock.h, or moves its
 * hands by so many seconds; prints where they are.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/e2e/clock/clock.h"

int
main(int argc, char *argv[])
{
	struct clock_page *page;
	int fd = argc >= 2 ? open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0644) : -1;

	if (fd < 0 || ftruncate(fd, sizeof(*page)) != 0) {
		perror(argc >= 2 ? argv[1] : "hands PAGE [leap|pass SECONDS]");
		return 1;
	}
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return 1;
	if (argc == 4 && strcmp(argv[2], "leap") == 0)
		atomic_fetch_add(&page->leap_s, strtoll(argv[3], NULL, 10));
	else if (argc == 4 && strcmp(argv[2], "pass") == 0)
		atomic_fetch_add(&page->passed_s, strtoll(argv[3], NULL, 10));
	printf("leap %lld passed %lld\n", (long long)page->leap_s,
	       (long long)page->passed_s);
	return 0;
}
