/*
 * credentials.c - a child makes the key, so that no trace of it, nor the TLS library's
 * threads and state, are in the process from which all others are forked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/credentials.h"
#include "spoold/front/front.h"
#include "spoold/selfsigned.h"

#define LIFE_DAYS 3650
#define PATH_ROOM (SETTINGS_PATH_MAX + CREDENTIALS_NAME_MAX + 32)

/* libcups makes a file name of it: letters, digits, '.', '-'. */
static void
host_name(char *name)
{
	if (gethostname(name, CREDENTIALS_NAME_MAX) != 0)
		name[0] = '\0';
	name[CREDENTIALS_NAME_MAX - 1] = '\0';
	for (char *c = name; *c != '\0'; c++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "0123456789.-",
			   *c) == NULL)
			*c = '-';
	if (name[0] == '\0' || name[0] == '.' || name[0] == '-')
		text_copy(name, CREDENTIALS_NAME_MAX, "localhost");
}

static void
path_of(char *path, const char *folder, const char *name, const char *ending)
{
	snprintf(path, PATH_ROOM, "%s/%s%s", folder, name, ending);
}

static bool
is_there(const char *folder, const char *name, const char *ending)
{
	char path[PATH_ROOM];
	struct stat st;

	path_of(path, folder, name, ending);
	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* In the child: 0 or 1. */
static int
generate(const char *folder, const char *name)
{
	char key[PATH_ROOM], certificate[PATH_ROOM];
	struct error err;

	path_of(key, folder, name, ".key");
	path_of(certificate, folder, name, ".crt");
	if (selfsigned_make(key, certificate, name, LIFE_DAYS, &err) == 0)
		return 0;
	log_error("%s", err.text);
	return 1;
}

static int
generate_apart(const char *folder, const char *name, struct error *err)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return error_errno(err, "cannot start a process for the TLS key");
	if (pid == 0)
		_exit(generate(folder, name));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_SYSTEM,
				 "cannot make a TLS key in '%s'; put %s.key and %s.crt "
				 "there",
				 folder, name, name);
	return 0;
}

/* The key first: a crash in between leaves no certificate, so both are made again. */
static int
move_both(const char *from, const char *to, const char *name, struct error *err)
{
	static const char *const endings[] = {".key", ".crt"};
	char a[PATH_ROOM], b[PATH_ROOM];

	for (size_t i = 0; i < 2; i++) {
		path_of(a, from, name, endings[i]);
		path_of(b, to, name, endings[i]);
		if (rename(a, b) != 0)
			return error_errno(err, "cannot move '%s'", a);
	}
	return 0;
}

static void
remove_folder(const char *folder, const char *name)
{
	char path[PATH_ROOM];

	path_of(path, folder, name, ".key");
	unlink(path);
	path_of(path, folder, name, ".crt");
	unlink(path);
	rmdir(folder);
}

static int
make_new(const char *tls, const char *name, struct error *err)
{
	char fresh[SETTINGS_PATH_MAX + 16];
	int rc;

	snprintf(fresh, sizeof(fresh), "%s/new", tls);
	remove_folder(fresh, name);
	if (mkdir(fresh, 0700) != 0)
		return error_errno(err, "cannot make '%s'", fresh);
	log_notice("making a TLS key and certificate for %s", name);
	rc = generate_apart(fresh, name, err);
	if (rc == 0)
		rc = move_both(fresh, tls, name, err);
	remove_folder(fresh, name);
	return rc;
}

static int
own_file(const char *path, const struct sandbox_user *front, mode_t mode,
	 struct error *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if ((geteuid() == 0 && fchown(fd, front->uid, front->gid) != 0) ||
	    fchmod(fd, mode) != 0)
		rc = error_errno(err, "cannot set owner and mode of '%s'", path);
	close(fd);
	return rc;
}

/* libcups speaks no TLS below this, and knows it from here only (certificate.c). */
static int
write_versions(const char *tls, struct error *err)
{
	static const char words[] =
		"# Made by spoold at each start.\nSSLOptions MinTLS1.2\n";
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/" FRONT_TLS_CONF, tls);
	return fs_write_file(path, 0644, words, sizeof(words) - 1, err);
}

int
credentials_make(const struct settings *s, const struct sandbox_user *front, char *name,
		 struct error *err)
{
	char tls[SETTINGS_PATH_MAX + 8], path[PATH_ROOM];

	host_name(name);
	snprintf(tls, sizeof(tls), "%s/" FRONT_TLS_FOLDER, s->state_directory);
	if ((!is_there(tls, name, ".key") || !is_there(tls, name, ".crt")) &&
	    make_new(tls, name, err) != 0)
		return -1;
	path_of(path, tls, name, ".crt");
	if (write_versions(tls, err) != 0 || own_file(path, front, 0644, err) != 0)
		return -1;
	path_of(path, tls, name, ".key");
	return own_file(path, front, 0600, err);
}
