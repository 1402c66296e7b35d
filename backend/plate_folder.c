/*
 * plate_folder.c - all by descriptors (openat): nobody can move a folder under us.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/plate/manifest.h"

#include "backend/plate_folder.h"

#define HIDDEN_PREFIX ".claimcheck-"
#define NAME_BYTES    (2 * MANIFEST_NAME_MAX + 32)
#define FILE_MODE     0644
#define FOLDER_MODE   0755

struct plate_folder {
	char path[1024]; /* of the hot folder, for sentences */
	char set[MANIFEST_NAME_MAX];
	char hidden[NAME_BYTES];
	enum plate_layout layout;
	int hot;   /* the hot folder */
	int aside; /* the hidden folder, locked */
	int file;  /* being written; -1 */
	char name[MANIFEST_NAME_MAX];
	bool shown;
};

/* --- the hidden folder --- */

static void
remove_files(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlinkat(folder, e->d_name, 0);
	closedir(d);
}

static int
make_aside(struct plate_folder *f, struct error *err)
{
	if (mkdirat(f->hot, f->hidden, 0700) != 0 && errno != EEXIST)
		return error_errno(err,
				   "nothing can be written into the hot folder "
				   "'%s'",
				   f->path);
	f->aside = openat(f->hot, f->hidden,
			  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (f->aside < 0)
		return error_errno(err, "the hot folder '%s' holds a strange '%s'",
				   f->path, f->hidden);
	if (flock(f->aside, LOCK_EX | LOCK_NB) != 0) {
		close(f->aside); /* not ours: neither to use nor to remove */
		f->aside = -1;
		return error_set(err, ERROR_LATER,
				 "set '%s' is just being written by somebody else",
				 f->set);
	}
	remove_files(f->aside);
	return 0;
}

/* Is there a visible set of this name? */
static int
check_absent(struct plate_folder *f, struct error *err)
{
	char name[NAME_BYTES];
	struct stat st;

	if (f->layout == PLATE_FOLDER)
		snprintf(name, sizeof(name), "%s", f->set);
	else
		snprintf(name, sizeof(name), "%s_" MANIFEST_FILE, f->set);
	if (fstatat(f->hot, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(err, ERROR_CONFLICT,
				 "'%s' exists already in the hot folder '%s'; it is "
				 "never overwritten: move it away first",
				 name, f->path);
	if (errno != ENOENT)
		return error_errno(err, "the hot folder '%s' can't be read", f->path);
	return 0;
}

static int
open_hot(struct plate_folder *f, struct error *err)
{
	f->hot = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->hot < 0)
		return error_errno(err, "the hot folder '%s' can't be opened", f->path);
	if (check_absent(f, err) != 0)
		return -1;
	return make_aside(f, err);
}

int
plate_folder_open(struct plate_folder **out, const char *path, const char *set,
		  enum plate_layout layout, struct error *err)
{
	struct plate_folder *f = calloc(1, sizeof(*f));

	*out = NULL;
	INVARIANT(f != NULL && manifest_name_is_plain(set));
	f->hot = f->aside = f->file = -1;
	f->layout = layout;
	snprintf(f->set, sizeof(f->set), "%s", set);
	snprintf(f->hidden, sizeof(f->hidden), HIDDEN_PREFIX "%s", set);
	if (strlen(path) >= sizeof(f->path)) {
		free(f);
		return error_set(err, ERROR_INPUT, "the hot folder's path is too long");
	}
	snprintf(f->path, sizeof(f->path), "%s", path);
	if (open_hot(f, err) != 0) {
		plate_folder_close(f);
		return -1;
	}
	*out = f;
	return 0;
}

/* --- files --- */

int
plate_folder_begin(struct plate_folder *f, const char *name, struct error *err)
{
	INVARIANT(f->file < 0 && manifest_name_is_plain(name));
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->file =
		openat(f->aside, name,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (f->file < 0)
		return error_errno(err, "'%s' can't be made in the hot folder '%s'",
				   name, f->path);
	return 0;
}

int
plate_folder_data(struct plate_folder *f, const void *data, size_t len,
		  struct error *err)
{
	if (fs_write_all(f->file, data, len) != 0)
		return error_errno(err,
				   "'%s' can't be written into the hot folder "
				   "'%s'",
				   f->name, f->path);
	return 0;
}

/* The mode is set again: cupsd's umask is 077. */
int
plate_folder_end(struct plate_folder *f, struct error *err)
{
	int rc = 0, fd = f->file;

	if (fchmod(fd, FILE_MODE) != 0 || fsync(fd) != 0)
		rc = error_errno(err, "'%s' can't be kept in the hot folder '%s'",
				 f->name, f->path);
	f->file = -1;
	if (close(fd) != 0 && rc == 0)
		rc = error_errno(err, "'%s' can't be kept in the hot folder '%s'",
				 f->name, f->path);
	return rc;
}

/* --- showing --- */

/* rename(2) that never replaces; where a file system can't do that by itself (NFS,
 * some FUSE), the check that we made under the lock has to do. */
static int
rename_new(int from, const char *old, int to, const char *new)
{
	struct stat st;

	if (renameat2(from, old, to, new, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (fstatat(to, new, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from, old, to, new);
}

static int
not_shown(struct plate_folder *f, const char *name, struct error *err)
{
	if (errno == EEXIST || errno == ENOTEMPTY)
		return error_set(err, ERROR_CONFLICT,
				 "'%s' appeared in the hot folder '%s' meanwhile", name,
				 f->path);
	return error_errno(err, "'%s' can't be shown in the hot folder '%s'", name,
			   f->path);
}

static int
show_file(struct plate_folder *f, const char *name, struct error *err)
{
	char shown[NAME_BYTES];

	snprintf(shown, sizeof(shown), "%s_%s", f->set, name);
	return rename_new(f->aside, name, f->hot, shown) == 0
		       ? 0
		       : not_shown(f, shown, err);
}

static int
show_files(struct plate_folder *f, const char *manifest, struct error *err)
{
	struct dirent **names;
	int n = scandirat(f->aside, ".", &names, NULL, alphasort), rc = 0;

	if (n < 0)
		return error_errno(err, "the plates can't be listed");
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		if (rc == 0 && name[0] != '.' && strcmp(name, manifest) != 0)
			rc = show_file(f, name, err);
		free(names[i]);
	}
	free(names);
	if (rc == 0 && fsync(f->hot) != 0)
		rc = error_errno(err, "the hot folder '%s' can't be synced", f->path);
	return rc == 0 ? show_file(f, manifest, err) : -1;
}

static int
show_folder(struct plate_folder *f, struct error *err)
{
	if (fchmod(f->aside, FOLDER_MODE) != 0)
		return not_shown(f, f->set, err);
	return rename_new(f->hot, f->hidden, f->hot, f->set) == 0
		       ? 0
		       : not_shown(f, f->set, err);
}

int
plate_folder_show(struct plate_folder *f, const char *manifest, struct error *err)
{
	int rc;

	INVARIANT(f->file < 0 && !f->shown);
	if (fsync(f->aside) != 0)
		return error_errno(err, "the hot folder '%s' can't be synced", f->path);
	rc = f->layout == PLATE_FLAT ? show_files(f, manifest, err)
				     : show_folder(f, err);
	if (rc != 0)
		return -1;
	f->shown = f->layout == PLATE_FOLDER;
	if (fsync(f->hot) != 0)
		return error_errno(err, "the hot folder '%s' can't be synced", f->path);
	return 0;
}

void
plate_folder_close(struct plate_folder *f)
{
	if (f == NULL)
		return;
	if (f->file >= 0)
		close(f->file);
	if (f->aside >= 0 && !f->shown) {
		remove_files(f->aside);
		unlinkat(f->hot, f->hidden, AT_REMOVEDIR);
	}
	if (f->aside >= 0)
		close(f->aside);
	if (f->hot >= 0)
		close(f->hot);
	free(f);
}
