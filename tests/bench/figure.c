/*
 * figure.c - a row of the table, for benchmarks that are shell scripts.
 *
 *   figure [-j] WHAT VALUE UNIT TARGET     0: met, or no target; 1: not met
 *   figure -q                              warns if the machine is not quiet
 */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/figures.h"

int
main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "-j") == 0;

	if (argc == 2 && strcmp(argv[1], "-q") == 0) {
		figures_check_quiet();
		return 0;
	}
	if (argc != 5 + json)
		return 2;
	argv += json;
	figures_begin(json);
	figure(argv[1], strtod(argv[2], NULL), argv[3], argv[4]);
	return figures_missed() != 0;
}
