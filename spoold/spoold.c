#include <stdio.h>
#include <string.h>

#include "spoold/settings.h"

int
main(int argc, char **argv)
{
	struct settings s;
	struct error err;

	if (argc == 2 && strcmp(argv[1], "--settings") == 0) {
		settings_print(stdout);
		return 0;
	}
	if (argc == 3 && settings_read(&s, argv[2], &err) != 0) {
		fprintf(stderr, "spoold: %s\n", err.text);
		return 1;
	}
	return 0;
}
