/*
 * plate_folder.h - a set of files that appears in a hot folder at once, or not at all.
 *
 * Files are written into a hidden folder inside the hot folder (so in the same file
 * system), each synced; then the manifest; then, with one rename, the hidden folder
 * gets the set's name. A reader that lists the hot folder sees no set or the whole of
 * it, whenever it looks and whatever was killed. With layout PLATE_FLAT the files are
 * renamed into the hot folder one by one, each whole, the manifest last: there a reader
 * must go by the manifest.
 *
 * An existing set is never touched. What a killed run left hidden is removed by the
 * next run for the same set, which holds the lock on it.
 */
#ifndef CC_BACKEND_PLATE_FOLDER_H
#define CC_BACKEND_PLATE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

enum plate_layout { PLATE_FOLDER, PLATE_FLAT };

struct plate_folder;

/* path: the hot folder; set: a plain name. Errors tell the hot folder's own state:
 * ERROR_ABSENT gone, ERROR_SYSTEM read-only or not ours, ERROR_CONFLICT the set exists,
 * ERROR_LATER another process is writing it. */
int plate_folder_open(struct plate_folder **out, const char *path, const char *set,
		      enum plate_layout layout, struct error *err);
/* A file of the set; name is plain. */
int plate_folder_begin(struct plate_folder *f, const char *name, struct error *err);
/* ERROR_FULL when there is no room. */
int plate_folder_data(struct plate_folder *f, const void *data, size_t len,
		      struct error *err);
int plate_folder_end(struct plate_folder *f, struct error *err);
/* Everything is there: lets it be seen, and syncs that. manifest: the last file. */
int plate_folder_show(struct plate_folder *f, const char *manifest, struct error *err);
/* Frees; what was not shown is removed. Accepts NULL. */
void plate_folder_close(struct plate_folder *f);

#endif
