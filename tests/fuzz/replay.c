/*
 * replay.c - runs a fuzz target over its corpus in `make check`: every input that ever
 * mattered, again. The same target links to libFuzzer instead (tests/fuzz/run.sh).
 *
 *	replay FOLDER...
 *
 * A fact a file: it came back. What it does wrong it says by dying (sanitizers, traps).
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/fs.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tap.h"

#define INPUT_MAX (16 * 1024 * 1024)

static void
replay(const char *path)
{
	struct error err;
	struct buf input;

	buf_init(&input, INPUT_MAX);
	if (fs_read_file(path, &input, &err) != 0)
		TAP_OK(false, "%s: %s", path, err.text);
	else
		TAP_OK(LLVMFuzzerTestOneInput(input.data, input.len) == 0, "%s", path);
	buf_clear(&input);
}

static int
is_input(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		int n = scandir(argv[i], &names, is_input, alphasort);

		TAP_OK(n > 0, "%s has inputs", argv[i]);
		for (int k = 0; k < n; k++) {
			char path[4096];

			snprintf(path, sizeof(path), "%s/%s", argv[i],
				 names[k]->d_name);
			replay(path);
		}
	}
	return tap_done();
}
