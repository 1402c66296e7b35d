/*
 * Whole copies of the file, without the pages that are free.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

static int
path_in(char path[PATH_MAX], const char *folder, const char *name, struct error *err)
{
	if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
		return 0;
	return error_set(err, ERROR_INPUT, "the folder's name '%s' is too long",
			 folder);
}

struct copy {
	MDB_env *env;
	int fd, rc;
	bool through;
};

static int
copy_pages(void *context)
{
	struct copy *c = context;

	c->rc = mdb_env_copyfd2(c->env, c->fd, MDB_CP_COMPACT);
	c->through = true;
	return 0;
}

/* What the disk does not give is met by LMDB as it looks at a page (a signal), or by the
 * kernel as it writes out a piece of a document (EFAULT). After the signal LMDB's other thread
 * waits for ever; whoever copies is a process that ends. */
static int
write_pages(MDB_env *env, int fd, struct error *err)
{
	struct copy c = {.env = env, .fd = fd};

	lmdb_try(copy_pages, &c);
	if (!c.through || c.rc == EFAULT)
		return error_set(
			err, ERROR_CORRUPT,
			"a part of the store can't be read from the disk, so it "
			"cannot be copied; spoolctl check says which");
	return c.rc == 0 ? 0 : lmdb_error(err, c.rc, "cannot copy the store");
}

/* A durable copy at path, which it takes away again if it fails. */
static int
write_copy(struct lmdb *l, const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return error_errno(err, "cannot make '%s'", path);
	rc = write_pages(l->env, fd, err);
	if (rc == 0 && fsync(fd) != 0)
		rc = lmdb_error(err, errno, "cannot copy the store");
	if (close(fd) != 0 && rc == 0)
		rc = lmdb_error(err, errno, "cannot copy the store");
	if (rc == 0)
		return 0;
	unlink(path);
	return error_prefix(err, "'%s'", path);
}

static int
sync_folder(const char *folder, struct error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd >= 0 ? fsync(fd) : -1;

	if (rc != 0)
		error_errno(err, "cannot sync the folder '%s'", folder);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The file gets its name there only if there is none. */
static int
move_whole(const char *from, const char *folder, struct error *err)
{
	char to[PATH_MAX];

	if (path_in(to, folder, "data.mdb", err) != 0)
		return -1;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return sync_folder(folder, err);
	if (errno == EEXIST)
		return error_set(err, ERROR_CONFLICT,
				 "there is a store in '%s' already", folder);
	return error_errno(err, "cannot rename '%s'", from);
}

bool
lmdb_is_there(const char *folder)
{
	char path[PATH_MAX];

	return path_in(path, folder, "data.mdb", NULL) == 0 && access(path, F_OK) == 0;
}

int
lmdb_adopt(const char *from, const char *to, struct error *err)
{
	char path[PATH_MAX];

	if (path_in(path, from, "data.mdb", err) != 0)
		return -1;
	return move_whole(path, to, err);
}

int
lmdb_clear(const char *folder, struct error *err)
{
	static const char *const names[] = {"data.mdb", "data.mdb.part",
					    "data.mdb.compact", "lock.mdb", ""};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (path_in(path, folder, names[i], err) != 0)
			return -1;
		if (remove(path) != 0 && errno != ENOENT && errno != ENOTDIR)
			return error_errno(err, "cannot remove '%s'", path);
	}
	return 0;
}

/* The lock of those who look, for ourselves (see lock_look); -1 with *err. */
static int
lock_out_lookers(const char *folder, struct error *err)
{
	char path[PATH_MAX];
	int fd;

	if (path_in(path, folder, "lock.mdb", err) != 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return error_set(err, ERROR_LATER, "another process looks at the store now");
}

int
lmdb_exchange(const char *from, const char *to, const char *kept, struct error *err)
{
	char fresh[PATH_MAX], old[PATH_MAX], aside[PATH_MAX];
	int fd, rc = 0;

	if (path_in(fresh, from, "data.mdb", err) != 0 ||
	    path_in(old, to, "data.mdb", err) != 0 ||
	    path_in(aside, to, kept, err) != 0)
		return -1;
	fd = lock_out_lookers(to, err);
	if (fd < 0)
		return -1;
	/* at no moment is there no store: keep would begin an empty one */
	if (link(old, aside) != 0)
		rc = error_errno(err, "cannot keep the old store as '%s'", aside);
	else if (rename(fresh, old) != 0) {
		rc = error_errno(err, "cannot put the new store in its place");
		unlink(aside);
	} else
		rc = sync_folder(to, err);
	close(fd);
	return rc;
}

/* The copy gets its name only when it is whole. */
int
lmdb_copy(struct kv *kv, const char *folder, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	char part[PATH_MAX];
	int rc;

	if (path_in(part, folder, "data.mdb", err) != 0)
		return -1;
	if (access(part, F_OK) == 0)
		return error_set(err, ERROR_CONFLICT,
				 "there is a store in '%s' already", folder);
	if (path_in(part, folder, "data.mdb.part", err) != 0)
		return -1;
	unlink(part); /* of a copy that was broken off */
	if (write_copy(l, part, err) != 0)
		return -1;
	rc = move_whole(part, folder, err);
	if (rc != 0)
		unlink(part);
	return rc;
}

static int
put_in_place(struct lmdb *l, const char *copy, const char *path, struct error *err)
{
	/* nobody may have the old file open: see lmdb_open_environment */
	if (flock(l->look_fd, LOCK_EX | LOCK_NB) != 0)
		return error_set(err, ERROR_LATER,
				 "another process looks at the store now");
	if (rename(copy, path) != 0)
		return error_errno(err, "cannot rename '%s'", copy);
	return sync_folder(l->folder, err);
}

/* What a compaction left that was broken off: as large as the store. */
void
lmdb_clear_copy(const struct lmdb *l)
{
	char copy[PATH_MAX];

	if (path_in(copy, l->folder, "data.mdb.compact", NULL) == 0)
		unlink(copy);
}

/* Asked first: a copy that ends with the disk's last block has taken it from others. */
static int
check_room(struct lmdb *l, struct error *err)
{
	uint64_t want = lmdb_live(l), free = lmdb_disk_free(l);

	if (free >= want)
		return 0;
	return error_set(err, ERROR_FULL,
			 "compacting takes %llu MiB beside the store for a while; the "
			 "disk of '%s' has %llu",
			 (unsigned long long)(want >> 20) + 1, l->folder,
			 (unsigned long long)(free >> 20));
}

int
lmdb_compact(struct kv *kv, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	char copy[PATH_MAX], path[PATH_MAX];
	struct error own = {0};
	int rc, look;

	INVARIANT(l->turn == NULL && !l->read_only);
	if (path_in(copy, l->folder, "data.mdb.compact", err) != 0 ||
	    path_in(path, l->folder, "data.mdb", err) != 0)
		return -1;
	lmdb_clear_copy(l);
	if (check_room(l, err) != 0 || write_copy(l, copy, err) != 0)
		return -1;
	look = l->look_fd; /* outlives the environment */
	l->look_fd = -1;
	lmdb_close_environment(l);
	l->look_fd = look;
	rc = put_in_place(l, copy, path, &own);
	unlink(copy);
	close(look);
	l->look_fd = -1;
	look = lmdb_open_environment(l);
	if (look != 0)
		return lmdb_error(err, look, "cannot open the compacted store");
	if (rc != 0 && err != NULL)
		*err = own;
	return rc;
}
