/*
 * sandbox.c - what is forbidden fails, and what is needed works. Each fact is asked in
 * a child, since a sandbox can't be left.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/sandbox/sandbox.h"
#include "tests/tap.h"

#define MIB (1024 * 1024)

static char folder[] = "/tmp/claimcheck-sandbox-XXXXXX";
static char inside[64], outside[64], readable[64];

/* Exit status of the child, or 1000 + the signal that ended it. */
static int
in_child(int (*body)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(body());
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool
is_forbidden(long rc)
{
	return rc < 0 && (errno == EPERM || errno == EACCES);
}

static void
close_decoder(void)
{
	struct sandbox_limits limits = {.memory_bytes = 512 * MIB, .cpu_s = 1};

	if (sandbox_decoder(&limits, NULL) != 0)
		_exit(99);
}

static int
open_a_file(void)
{
	close_decoder();
	return is_forbidden(open("/etc/passwd", O_RDONLY)) ? 0 : 1;
}

static int
make_a_file(void)
{
	close_decoder();
	return is_forbidden(open(inside, O_WRONLY | O_CREAT, 0600)) ? 0 : 1;
}

static int
stat_a_file(void)
{
	struct stat st;

	close_decoder();
	return is_forbidden(stat("/etc/passwd", &st)) && fstat(0, &st) == 0 ? 0 : 1;
}

static int
make_a_socket(void)
{
	close_decoder();
	return is_forbidden(socket(AF_UNIX, SOCK_STREAM, 0)) &&
			       is_forbidden(socket(AF_INET, SOCK_STREAM, 0))
		       ? 0
		       : 1;
}

static int
connect_a_socket(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/nowhere"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	close_decoder();
	return is_forbidden(connect(fd, (struct sockaddr *)&at, sizeof(at))) ? 0 : 1;
}

static int
exec_a_program(void)
{
	char name[] = "true";
	char *const argv[] = {name, NULL};

	close_decoder();
	return is_forbidden(execv("/bin/true", argv)) ? 0 : 1;
}

static int
fork_a_process(void)
{
	pid_t pid;

	close_decoder();
	pid = fork();
	if (pid == 0)
		_exit(0);
	return is_forbidden(pid) ? 0 : 1;
}

static int
signal_the_parent(void)
{
	close_decoder();
	return is_forbidden(kill(getppid(), 0)) ? 0 : 1;
}

#ifndef __SANITIZE_ADDRESS__
static int
exceed_memory(void)
{
	void *volatile big;

	close_decoder();
	errno = 0;
	big = malloc((size_t)1024 * MIB);
	return big == NULL && errno == ENOMEM ? 0 : 1;
}
#endif

static int
exceed_time(void)
{
	volatile unsigned turns = 0;

	close_decoder();
	while (turns != UINT_MAX)
		turns++;
	return 1;
}

static void *
say_so(void *said)
{
	*(bool *)said = true;
	return NULL;
}

static int
use_what_is_needed(void)
{
	bool said = false;
	pthread_t thread;
	int pipes[2], mem;
	char c = 'x';
	void *p;

	if (pipe(pipes) != 0)
		return 1;
	close_decoder();
	if (write(pipes[1], &c, 1) != 1 || read(pipes[0], &c, 1) != 1)
		return 2;
	p = malloc(100 * MIB);
	if (p == NULL)
		return 3;
	memset(p, 1, 100 * MIB);
	free(p);
	if (pthread_create(&thread, NULL, say_so, &said) != 0)
		return 4;
	pthread_join(thread, NULL);
	mem = memfd_create("x", MFD_CLOEXEC);
	if (mem < 0 || write(mem, &c, 1) != 1)
		return 5;
	return said ? 0 : 6;
}

static void
a_decoder_has_nothing_but_what_is_open(void)
{
	TAP_OK(in_child(open_a_file) == 0, "a file can't be opened");
	TAP_OK(in_child(make_a_file) == 0, "nor made");
	TAP_OK(in_child(stat_a_file) == 0, "nor asked about");
	TAP_OK(in_child(make_a_socket) == 0, "a socket can't be made");
	TAP_OK(in_child(connect_a_socket) == 0, "nor connected");
	TAP_OK(in_child(exec_a_program) == 0, "a program can't be run");
	TAP_OK(in_child(fork_a_process) == 0, "a process can't be made");
	TAP_OK(in_child(signal_the_parent) == 0, "another process can't be signalled");
	TAP_OK(in_child(exceed_time) == 1000 + SIGXCPU, "time is bounded");
#ifdef __SANITIZE_ADDRESS__
	tap_skip("memory is bounded: not under the address sanitizer");
#else
	TAP_OK(in_child(exceed_memory) == 0, "memory is bounded");
#endif
	TAP_OK(in_child(use_what_is_needed) == 0,
	       "open files, memory and threads work");
}

/* --- with folders, as Ghostscript needs them --- */

static void
close_with_folders(void)
{
	const char *const read_only[] = {readable, "/does/not/exist", NULL};
	struct sandbox_limits limits = {
		.read_only = read_only, .temp_folder = folder, .temp_file_bytes = MIB};

	if (sandbox_decoder(&limits, NULL) != 0)
		_exit(99);
}

static int
read_a_resource(void)
{
	close_with_folders();
	return open("/usr/include/stdio.h", O_RDONLY) >= 0 ? 0 : 1;
}

static int
write_a_resource(void)
{
	close_with_folders();
	return is_forbidden(open("/usr/include/stdio.h", O_WRONLY)) ? 0 : 1;
}

static int
read_elsewhere(void)
{
	close_with_folders();
	return is_forbidden(open("/etc/passwd", O_RDONLY)) ? 0 : 1;
}

static int
write_elsewhere(void)
{
	close_with_folders();
	return is_forbidden(open(outside, O_WRONLY | O_CREAT, 0600)) ? 0 : 1;
}

static int
use_the_temp_folder(void)
{
	char back[2] = "";
	int fd;

	close_with_folders();
	fd = open(inside, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1)
		return 1;
	if (pread(fd, back, 1, 0) != 1 || back[0] != 'x')
		return 2;
	if (pwrite(fd, "y", 1, MIB) >= 0 || errno != EFBIG)
		return 3;
	if (!is_forbidden(rename(inside, outside)) && errno != EXDEV)
		return 4;
	return unlink(inside) == 0 ? 0 : 5;
}

static int
run_with_folders(void)
{
	char name[] = "true";
	char *const argv[] = {name, NULL};

	close_with_folders();
	return is_forbidden(execv("/bin/true", argv)) ? 0 : 1;
}

static void
a_decoder_with_folders_has_only_those(void)
{
	TAP_OK(in_child(read_a_resource) == 0, "a resource can be read");
	TAP_OK(in_child(use_the_temp_folder) == 0,
	       "a temporary file can be made, read and removed, not outgrown or moved");
	TAP_OK(in_child(run_with_folders) == 0, "a program still can't be run");
	if (!sandbox_has_landlock()) {
		tap_skip("no Landlock here: paths are not fenced");
		return;
	}
	TAP_OK(in_child(write_a_resource) == 0, "a resource can't be written");
	TAP_OK(in_child(read_elsewhere) == 0, "what is elsewhere can't be read");
	TAP_OK(in_child(write_elsewhere) == 0, "nor written");
}

/* --- daemons --- */

static int
front_like(void)
{
	const struct sandbox_path paths[] = {{readable, false}, {NULL, false}};
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/nowhere"};
	int pair[2], made = socket(AF_UNIX, SOCK_STREAM, 0);

	if (sandbox_close(SANDBOX_THREADS | SANDBOX_READ_FILES | SANDBOX_SERVE, paths,
			  NULL) != 0)
		return 99;
	if (open("/usr/include/stdio.h", O_RDONLY) < 0)
		return 1;
	if (!is_forbidden(open("/usr/include/stdio.h", O_RDWR)))
		return 2;
	if (!is_forbidden(unlink(outside)))
		return 3;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return 4;
	if (!is_forbidden(socket(AF_INET, SOCK_STREAM, 0)) ||
	    !is_forbidden(connect(made, (struct sockaddr *)&at, sizeof(at))))
		return 5;
	return is_forbidden(open("/etc/passwd", O_RDONLY)) || !sandbox_has_landlock()
		       ? 0
		       : 6;
}

static int
courier_like(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/nowhere/x"};
	int fd;

	if (sandbox_close(SANDBOX_CALL, NULL, NULL) != 0)
		return 99;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return 1;
	if (!is_forbidden(socket(AF_NETLINK, SOCK_RAW, 0)))
		return 2;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 || errno != ENOENT)
		return 3;
	return is_forbidden(fork()) ? 0 : 4;
}

static int
herald_like(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/nowhere/x"};
	int fd;

	if (sandbox_close(SANDBOX_READ_FILES | SANDBOX_CALL_LOCAL, NULL, NULL) != 0)
		return 99;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 ||
	    errno != ENOENT)
		return 1;
	if (!is_forbidden(socket(AF_INET, SOCK_STREAM, 0)) ||
	    !is_forbidden(socket(AF_INET6, SOCK_DGRAM, 0)))
		return 2;
	return is_forbidden(fork()) ? 0 : 3;
}

/* It makes a folder beside its files, and takes what came to be in there. */
static int
keep_like(void)
{
	const struct sandbox_path paths[] = {{folder, true}, {NULL, false}};
	char made[96], file[112];
	int fd;

	snprintf(made, sizeof(made), "%s/made", folder);
	snprintf(file, sizeof(file), "%s/file", made);
	if (sandbox_close(SANDBOX_READ_FILES | SANDBOX_WRITE_FILES | SANDBOX_FOLDERS,
			  paths, NULL) != 0)
		return 99;
	if (mkdir(made, 0700) != 0)
		return 1;
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || close(fd) != 0)
		return 2;
	if (rename(file, inside) != 0 && errno != EXDEV) /* ABI 1 has no such right */
		return 3;
	unlink(file);
	if (remove(made) != 0)
		return 4;
	unlink(inside);
	if (sandbox_has_landlock() && !is_forbidden(mkdir(outside, 0700)))
		return 5;
	return 0;
}

static int
writer_like(void)
{
	const struct sandbox_path paths[] = {{folder, true}, {NULL, false}};
	char made[96];

	snprintf(made, sizeof(made), "%s/made", folder);
	if (sandbox_close(SANDBOX_READ_FILES | SANDBOX_WRITE_FILES, paths, NULL) != 0)
		return 99;
	if (!is_forbidden(mkdir(made, 0700)))
		return 1;
	return is_forbidden(link(readable, inside)) ? 0 : 2;
}

static void
a_daemon_has_the_groups_that_it_names(void)
{
	int got = in_child(front_like);

	TAP_OK(got == 0, "one that serves can't write, connect or leave (%d)", got);
	got = in_child(courier_like);
	TAP_OK(got == 0, "one that calls can connect, and nothing else (%d)", got);
	got = in_child(herald_like);
	TAP_OK(got == 0, "one that calls in this machine has no network (%d)", got);
	got = in_child(keep_like);
	TAP_OK(got == 0, "one that needs them can make folders in its own (%d)", got);
	got = in_child(writer_like);
	TAP_OK(got == 0, "one that writes can make neither folders nor links (%d)",
	       got);
}

static int
drop_to_nobody(void)
{
	const gid_t groups[] = {0, 1};
	struct sandbox_user nobody;
	struct error err;

	if (setgroups(2, groups) != 0 ||
	    sandbox_find_user("nobody", &nobody, &err) != 0 ||
	    sandbox_drop(&nobody, NULL, &err) != 0)
		return 99;
	if (geteuid() == 0 || getgroups(0, NULL) != 0 || getegid() != nobody.gid)
		return 1;
	if (setuid(0) == 0 || setgid(0) == 0)
		return 2;
	return is_forbidden(open("/etc/shadow", O_RDONLY)) ? 0 : 3;
}

static int
drop_into_a_root_folder(void)
{
	struct sandbox_user nobody;

	if (sandbox_find_user("nobody", &nobody, NULL) != 0 ||
	    sandbox_drop(&nobody, folder, NULL) != 0)
		return 99;
	if (open("/etc/passwd", O_RDONLY) >= 0)
		return 1;
	return chroot("..") != 0 ? 0 : 2;
}

static int
become_somebody_else(void)
{
	struct sandbox_user nobody, other;
	struct error err;

	if (sandbox_find_user("nobody", &nobody, NULL) != 0 ||
	    sandbox_drop(&nobody, NULL, NULL) != 0)
		return 99;
	other = nobody;
	other.uid = 1;
	return sandbox_drop(&other, NULL, &err) != 0 && err.kind == ERROR_REFUSED ? 0
										  : 1;
}

static void
who_drops_can_never_come_back(void)
{
	struct sandbox_user user;
	struct error err;

	TAP_OK(sandbox_find_user("no-such-user", &user, &err) == -1 &&
		       err.kind == ERROR_ABSENT && strstr(err.text, "no-such-user"),
	       "an unknown user is refused by name");
	if (geteuid() != 0) {
		tap_skip("only root can drop");
		return;
	}
	TAP_OK(in_child(drop_to_nobody) == 0, "users and groups are gone for ever");
	TAP_OK(in_child(drop_into_a_root_folder) == 0, "and so are the folders above");
	TAP_OK(in_child(become_somebody_else) == 0,
	       "who is not root can't become another user");
}

/* --- a server that forks --- */

static int
misbehave_as_a_child(void)
{
	const struct sandbox_limits limits = {.memory_bytes = 256 * MIB, .cpu_s = 1};
	struct rlimit none = {0, 0};

	if (sandbox_child(&limits, NULL) != 0)
		return 1;
	if (fork() >= 0)
		return 2;
	if (!is_forbidden(open("/etc/passwd", O_RDONLY)))
		return 3;
	if (!is_forbidden(kill(getppid(), SIGTERM)))
		return 4;
	/* the server's limits are not its business */
	if (prlimit(getppid(), RLIMIT_AS, &none, NULL) == 0)
		return 5;
#ifndef __SANITIZE_ADDRESS__
	if (malloc(300 * MIB) != NULL)
		return 6;
#endif
	return 0;
}

static int
server_like(void)
{
	int status = 0;
	pid_t pid;

	/* the number of processes does not bind root */
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return 97;
	if (sandbox_close(SANDBOX_FORK | SANDBOX_MEMORY_FILES, NULL, NULL) != 0)
		return 98;
	if (!is_forbidden(unshare(CLONE_NEWUSER)))
		return 99;
	pid = fork();
	if (pid == 0)
		_exit(misbehave_as_a_child());
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 100;
	return WEXITSTATUS(status);
}

static void
a_server_may_fork_and_its_children_may_not(void)
{
	int got = in_child(server_like);

	TAP_OK(got == 0, "a child has its parent's sandbox, limits, and no child (%d)",
	       got);
}

int
main(void)
{
	if (mkdtemp(folder) == NULL || chmod(folder, 0777) != 0)
		return 1;
	snprintf(inside, sizeof(inside), "%s/file", folder);
	snprintf(outside, sizeof(outside), "/tmp/claimcheck-outside-%d", (int)getpid());
	text_copy(readable, sizeof(readable), "/usr/include");
	a_decoder_has_nothing_but_what_is_open();
	a_decoder_with_folders_has_only_those();
	a_daemon_has_the_groups_that_it_names();
	who_drops_can_never_come_back();
	a_server_may_fork_and_its_children_may_not();
	unlink(outside);
	rmdir(folder);
	return tap_done();
}
