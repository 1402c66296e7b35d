/*
 * replay.c - runs a fuzz target over its corpus in `make check`: every input that ever
 * mattered, again. The same target links to libFuzzer instead (tests/fuzz/run.sh).
 *
 *	replay [FOLDER...]
 *
 * Without a folder: its own, $TOP_SRCDIR/tests/fuzz/corpus/NAME.
 *
 * A fact a file: it came back. What it does wrong it says by dying (sanitizers, traps).
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
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

static void
replay_folder(const char *folder)
{
	struct dirent **names;
	int n = scandir(folder, &names, is_input, alphasort);

	TAP_OK(n > 0, "%s has inputs", folder);
	for (int k = 0; k < n; k++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", folder, names[k]->d_name);
		replay(path);
		free(names[k]);
	}
	if (n >= 0)
		free(names);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("TOP_SRCDIR"), *name = strrchr(argv[0], '/');
	char own[4096];

	for (int i = 1; i < argc; i++)
		replay_folder(argv[i]);
	snprintf(own, sizeof(own), "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".",
		 name != NULL ? name + 1 : argv[0]);
	if (argc == 1)
		replay_folder(own);
	return tap_done();
}
