/*
 * store-copy.c - a backup of a store of which the disk does not give a part: it is not made,
 * with a reason, and nothing of it is left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/unit/bad-disk.h"
#include "tests/unit/store-help.h"

static char folder[] = "/tmp/claimcheck-copy-XXXXXX";
static char store_folder[64], data_file[96], backup[64];
static struct store_options options = {.engine = "lmdb", .folder = store_folder};
static struct order o;

static bool
is_in(const char *where, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", where, name);
	return access(path, F_OK) == 0;
}

static off_t
place_of_piece(struct store *s)
{
	struct buf sealed;
	off_t at;

	buf_init(&sealed, SEAL_CHUNK_MAX);
	store_read_chunk(s, o.documents[0].body, 0, &sealed, NULL);
	at = bad_disk_place(data_file, sealed.data, 64);
	buf_clear(&sealed);
	return at;
}

enum part { MIDDLE_OF_PIECE, BEGINNING_OF_PIECE, PAGE_OF_TREE, NOTHING };

/* As the worker of spoolctl does it; its status is what it was told. */
static int
back_up(enum part part)
{
	struct store *s = help_open(&options);
	struct error err = {0};
	off_t at = part == PAGE_OF_TREE
			   ? bad_disk_place(data_file, o.user, strlen(o.user) + 1)
			   : place_of_piece(s);

	if (part == MIDDLE_OF_PIECE)
		at += 100000;
	if (part != NOTHING && (at <= 0 || !bad_disk_unreadable(data_file, at, 1)))
		return 98;
	if (store_backup(s, backup, &err) == 0)
		return 0;
	tap_diag("%s", err.text);
	return err.kind == ERROR_CORRUPT &&
			       strstr(err.text, "can't be read from the disk") != NULL
		       ? 1
		       : 2;
}

static int
in_a_process(enum part part)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		status = back_up(part);
		fflush(stdout);
		_exit(status);
	}
	waitpid(child, &status, 0);
	bad_disk_mend();
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
is_not_made(enum part part, const char *what)
{
	help_fresh(backup);
	TAP_OK(in_a_process(part) == 1, "%s: a backup ends with the reason", what);
	TAP_OK(!is_in(backup, "data.mdb") && !is_in(backup, "data.mdb.part"),
	       "and leaves nothing that could be taken for one");
}

int
main(void)
{
	struct store *s;
	struct error err;

	bad_disk_open();
	help_folder(folder);
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	snprintf(backup, sizeof(backup), "%s/backup", folder);
	help_fresh(store_folder);
	s = help_open(&options);
	help_order(s, &o);
	help_document(s, &o, 300000, SEAL_CHUNK_CLEAR, &err);
	store_insert(s, &o, &err);
	store_flush(s, &err);
	store_close(s);
	is_not_made(MIDDLE_OF_PIECE, "a piece of a document can't be read");
	is_not_made(BEGINNING_OF_PIECE, "nor its beginning");
	is_not_made(PAGE_OF_TREE, "nor a page of records");
	help_fresh(backup);
	TAP_OK(in_a_process(NOTHING) == 0 && is_in(backup, "data.mdb"),
	       "all can be read: it is made");
	order_clear(&o);
	help_remove(folder);
	return tap_done();
}
