/*
 * sink.c - a CUPS backend (backend(7)) that takes everything and prints nothing.
 */
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	static char block[65536];

	(void)argv;
	if (argc == 1) {
		puts("direct benchsink \"Unknown\" \"takes all\"");
		return 0;
	}
	while (read(STDIN_FILENO, block, sizeof(block)) > 0)
		continue;
	return 0;
}
