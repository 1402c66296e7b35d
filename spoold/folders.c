/*
 * folders.c - the lock is flock(2) on files that stay: a lock file that is removed
 * could be locked twice, by one who opened it before and one who made it anew.
 * spoold.pid is removed for people's sake only; STATE/lock is the one that protects the
 * store.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "spoold/folders.h"
#include "spoold/front/front.h"
#include "spoold/keep/keep.h"

#define LOCK_WAIT_MS 3000
#define LOCK_STEP_MS 50
#define PATH_ROOM    (SETTINGS_PATH_MAX + 64)

static int
make_parents(const char *path, struct error *err)
{
	char part[PATH_ROOM];

	for (const char *at = strchr(path + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return error_errno(err, "cannot make the folder '%s'", part);
	}
	return 0;
}

static int
own_folder(const char *path, uid_t uid, gid_t gid, mode_t mode, struct error *err)
{
	struct stat st;
	int fd, rc = -1;

	if (mkdir(path, mode) != 0 && errno != EEXIST)
		return error_errno(err, "cannot make the folder '%s'", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open the folder '%s'", path);
	if (fstat(fd, &st) != 0)
		error_errno(err, "cannot look at the folder '%s'", path);
	else if ((st.st_uid != uid || st.st_gid != gid) && fchown(fd, uid, gid) != 0)
		error_errno(err, "cannot give the folder '%s' to user %u", path,
			    (unsigned)uid);
	else if ((st.st_mode & 07777) != mode && fchmod(fd, mode) != 0)
		error_errno(err, "cannot set the mode of the folder '%s'", path);
	else
		rc = 0;
	close(fd);
	return rc;
}

int
folders_make(const struct settings *s, const struct sandbox_user *keep,
	     const struct sandbox_user *front, struct error *err)
{
	const struct {
		const char *base, *name;
		uid_t uid;
		gid_t gid;
		mode_t mode;
	} folders[] = {
		{s->state_directory, "", geteuid(), getegid(), 0711},
		{s->run_directory, "", geteuid(), getegid(), 0755},
		{s->state_directory, "/" KEEP_STORE_FOLDER, keep->uid, keep->gid, 0700},
		{s->state_directory, "/" KEEP_KEEP_FOLDER, keep->uid, keep->gid, 0700},
		{s->state_directory, "/" FRONT_TLS_FOLDER, geteuid(), front->gid, 0750},
	};
	char path[PATH_ROOM];

	if (make_parents(s->state_directory, err) != 0 ||
	    make_parents(s->run_directory, err) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", folders[i].base, folders[i].name);
		if (own_folder(path, folders[i].uid, folders[i].gid, folders[i].mode,
			       err) != 0)
			return -1;
	}
	return 0;
}

static int
wait_for_lock(int fd)
{
	const struct timespec step = {0, LOCK_STEP_MS * 1000000L};
	int64_t until = clock_mono_ms() + LOCK_WAIT_MS;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (clock_mono_ms() > until)
			return -1;
		nanosleep(&step, NULL);
	}
	return 0;
}

/* Opens, locks, and leaves our pid in it. */
static int
lock_file(const char *folder, const char *name, const char *setting, struct error *err)
{
	char path[PATH_ROOM], pid[32] = "";
	int fd, n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (wait_for_lock(fd) != 0) {
		if (pread(fd, pid, sizeof(pid) - 1, 0) <= 0)
			strcpy(pid, "?");
		pid[strcspn(pid, "\n")] = '\0';
		error_set(err, ERROR_CONFLICT,
			  "another spoold (pid %s) works in '%s'; stop it, or set "
			  "another %s",
			  pid, folder, setting);
		close(fd);
		return -1;
	}
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (fchmod(fd, 0644) != 0 || ftruncate(fd, 0) != 0 ||
	    pwrite(fd, pid, (size_t)n, 0) != n) {
		error_errno(err, "cannot write '%s'", path);
		close(fd);
		return -1;
	}
	return fd;
}

int
folders_lock(const struct settings *s, struct folders_lock *lock, struct error *err)
{
	lock->state = lock->run = -1;
	lock->state = lock_file(s->state_directory, "lock", "state-directory", err);
	if (lock->state < 0)
		return -1;
	lock->run = lock_file(s->run_directory, "spoold.pid", "run-directory", err);
	if (lock->run < 0) {
		close(lock->state);
		lock->state = -1;
		return -1;
	}
	return 0;
}

void
folders_unlock(const struct settings *s, struct folders_lock *lock)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/spoold.pid", s->run_directory);
	if (lock->run >= 0) {
		unlink(path);
		close(lock->run);
	}
	if (lock->state >= 0)
		close(lock->state);
	lock->state = lock->run = -1;
}
