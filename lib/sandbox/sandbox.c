/*
 * sandbox.c - the order of giving up. Groups before ids, since ids take the right away;
 * chroot before both, for the same reason; Landlock before seccomp, which forbids it.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/sandbox/parts.h"

#define ALLOW_MAX 64 /* paths that a decoder may read */

#ifdef __SANITIZE_ADDRESS__
/* Its shadow needs all address space; its last word needs /proc and a process of its own,
 * so it is said before both are gone, once. */
void __lsan_do_leak_check(void);
#define LAST_WORD() __lsan_do_leak_check()
#define SANITIZED   1
#else
#define LAST_WORD() ((void)0)
#define SANITIZED   0
#endif

int
sandbox_find_user(const char *name, struct sandbox_user *user, struct error *err)
{
	struct passwd *pw;

	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL && errno != 0 && errno != ENOENT)
		return error_errno(err, "cannot look up the user '%s'", name);
	if (pw == NULL)
		return error_set(err, ERROR_ABSENT,
				 "there is no user '%s'; make it, or name another one",
				 name);
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	return 0;
}

static int
enter_folder(const char *folder, struct error *err)
{
	if (chroot(folder) != 0 || chdir("/") != 0)
		return error_errno(err, "cannot make '%s' the root folder", folder);
	return 0;
}

static int
change_ids(const struct sandbox_user *user, struct error *err)
{
	if (setgroups(0, NULL) != 0 ||
	    setresgid(user->gid, user->gid, user->gid) != 0 ||
	    setresuid(user->uid, user->uid, user->uid) != 0)
		return error_errno(err, "cannot become user %u", (unsigned)user->uid);
	/* the way back must be shut, whatever the kernel said */
	if (user->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0 || geteuid() == 0))
		return error_set(err, ERROR_SYSTEM, "could become root again");
	return 0;
}

int
sandbox_drop(const struct sandbox_user *user, const char *root_folder,
	     struct error *err)
{
	if (geteuid() != 0 && geteuid() != user->uid)
		return error_set(err, ERROR_REFUSED,
				 "only root can become user %u; start as root, or name "
				 "the user that starts it",
				 (unsigned)user->uid);
	LAST_WORD();
	if (geteuid() == 0) {
		if (root_folder != NULL && enter_folder(root_folder, err) != 0)
			return -1;
		if (change_ids(user, err) != 0)
			return -1;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_errno(err, "cannot renounce new privileges");
	return 0;
}

/* Lowers a limit for good; one that is lower already stays. */
static int
lower(int what, uint64_t soft, uint64_t hard, struct error *err)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)what, &limit) != 0)
		return error_errno(err, "cannot read a resource limit");
	if (limit.rlim_max > hard)
		limit.rlim_max = hard;
	if (limit.rlim_cur > soft)
		limit.rlim_cur = soft;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	if (setrlimit((__rlimit_resource_t)what, &limit) != 0)
		return error_errno(err, "cannot set a resource limit");
	return 0;
}

static int
lower_limits(const struct sandbox_limits *limits, struct error *err)
{
	if (lower(RLIMIT_CORE, 0, 0, err) != 0)
		return -1;
	if (limits->memory_bytes != 0 && !SANITIZED &&
	    lower(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes, err) != 0)
		return -1;
	if (limits->temp_file_bytes != 0 && lower(RLIMIT_FSIZE, limits->temp_file_bytes,
						  limits->temp_file_bytes, err) != 0)
		return -1;
	if (limits->cpu_s != 0 &&
	    lower(RLIMIT_CPU, limits->cpu_s, (uint64_t)limits->cpu_s + 1, err) != 0)
		return -1;
	return 0;
}

static int
close_both(unsigned may, const struct sandbox_path *paths, struct error *err)
{
	LAST_WORD();
	if (landlock_close(may, paths, err) != 0)
		return -1;
	return syscalls_close(may, err);
}

int
sandbox_close(unsigned may, const struct sandbox_path *paths, struct error *err)
{
	static bool said;

	if (!sandbox_has_landlock() && !said) {
		said = true;
		log_notice("this kernel has no Landlock: files are fenced by user, "
			   "root folder and system calls only");
	}
	if (lower(RLIMIT_CORE, 0, 0, err) != 0)
		return -1;
	return close_both(may, paths, err);
}

int
sandbox_decoder(const struct sandbox_limits *limits, struct error *err)
{
	struct sandbox_path paths[ALLOW_MAX + 2] = {{0}};
	unsigned may = SANDBOX_THREADS | SANDBOX_MEMORY_FILES;
	size_t n = 0;

	for (; limits->read_only != NULL && limits->read_only[n] != NULL; n++) {
		if (n == ALLOW_MAX)
			return error_set(err, ERROR_SYSTEM,
					 "more than %d paths for a decoder", ALLOW_MAX);
		paths[n].path = limits->read_only[n];
		may |= SANDBOX_READ_FILES;
	}
	if (limits->temp_folder != NULL) {
		paths[n] = (struct sandbox_path){limits->temp_folder, true};
		may |= SANDBOX_WRITE_FILES;
	}
	/* a write past RLIMIT_FSIZE is an error to handle, not the end */
	if (limits->temp_file_bytes != 0)
		signal(SIGXFSZ, SIG_IGN);
	if (lower_limits(limits, err) != 0)
		return -1;
	return close_both(may, paths, err);
}

int
sandbox_child(const struct sandbox_limits *limits, struct error *err)
{
	/* counts processes of the user: with none allowed, it can't start another */
	if (lower(RLIMIT_NPROC, 0, 0, err) != 0)
		return -1;
	return lower_limits(
		&(struct sandbox_limits){.memory_bytes = limits->memory_bytes,
					 .cpu_s = limits->cpu_s},
		err);
}
