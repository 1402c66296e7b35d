/*
 * landlock.c - which paths can be opened, by the kernel's Landlock.
 *
 * The rights that a kernel knows grow with its ABI number; we handle (that is: forbid)
 * all that it knows, and allow below our paths. Debian 12's header stops at ABI 2, so
 * the later ones are spelt out here as in linux/landlock.h of 6.12.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/sandbox/parts.h"

#define FS_TRUNCATE  (1ULL << 14) /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */

#define MAY_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define MAY_WRITE                                                                      \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |              \
	 LANDLOCK_ACCESS_FS_MAKE_REG | FS_TRUNCATE)
/* Links and moves between folders are one right; ABI 1 has them forbidden for good. */
#define MAY_MAKE_FOLDERS                                                               \
	(LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |                 \
	 LANDLOCK_ACCESS_FS_REFER)
/* What may be granted for a file itself: the others belong to folders. */
#define OF_FILES                                                                       \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)

static int
landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
			    LANDLOCK_CREATE_RULESET_VERSION);
}

bool
sandbox_has_landlock(void)
{
	return landlock_abi() > 0;
}

/* All rights on files that this ABI can forbid. */
static uint64_t
known_rights(int abi)
{
	uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* ABI 1 */

	if (abi >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		rights |= FS_TRUNCATE;
	if (abi >= 5)
		rights |= FS_IOCTL_DEV;
	return rights;
}

static int
allow_path(int ruleset, uint64_t known, uint64_t writing,
	   const struct sandbox_path *path, struct error *err)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = MAY_READ | (path->write ? writing : 0),
	};
	struct stat st;
	int rc = 0;

	rule.parent_fd = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (rule.parent_fd < 0 || fstat(rule.parent_fd, &st) != 0) {
		rc = error_errno(err, "cannot reach '%s' for the sandbox", path->path);
		goto out;
	}
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	rule.allowed_access &= known;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
		    0) != 0)
		rc = error_errno(err, "cannot allow '%s' in the sandbox", path->path);
out:
	if (rule.parent_fd >= 0)
		close(rule.parent_fd);
	return rc;
}

static int
restrict_to(int ruleset, uint64_t known, uint64_t writing,
	    const struct sandbox_path *paths, struct error *err)
{
	for (; paths != NULL && paths->path != NULL; paths++)
		if (allow_path(ruleset, known, writing, paths, err) != 0)
			return -1;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		return error_errno(err, "cannot close the sandbox's paths");
	return 0;
}

int
landlock_close(unsigned may, const struct sandbox_path *paths, struct error *err)
{
	const uint64_t writing =
		MAY_WRITE | ((may & SANDBOX_FOLDERS) != 0 ? MAY_MAKE_FOLDERS : 0);
	/* only what every ABI has: sockets are seccomp's part */
	struct landlock_ruleset_attr attr = {0};
	int abi = landlock_abi(), ruleset, rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_errno(err, "cannot renounce new privileges");
	if (abi <= 0) {
		log_debug("this kernel has no Landlock: paths are bounded by user and "
			  "system calls only");
		return 0;
	}
	attr.handled_access_fs = known_rights(abi);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return error_errno(err, "cannot make the sandbox's paths");
	rc = restrict_to(ruleset, attr.handled_access_fs, writing, paths, err);
	close(ruleset);
	return rc;
}
