/*
 * syscalls.c - which system calls are left, by seccomp: one table, an allow-list.
 *
 * What is not in it fails with EPERM. A few are allowed by argument: opening without
 * the right to write, clone for threads only, signals to this process only. clone3
 * hides its flags behind a pointer, so it does not exist for us (ENOSYS: glibc then
 * uses clone). ioctl is for the questions that libraries ask of any descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "lib/sandbox/parts.h"

#define ALWAYS	0u
#define SOCKETS (SANDBOX_SERVE | SANDBOX_CALL)
#define FILES	(SANDBOX_READ_FILES | SANDBOX_WRITE_FILES)

struct call {
	int number;
	unsigned groups; /* any of these bits; 0: always */
};

/* clang-format off */
static const struct call calls[] = {
	/* descriptors that are open */
	{SCMP_SYS(read), ALWAYS}, {SCMP_SYS(write), ALWAYS}, {SCMP_SYS(readv), ALWAYS},
	{SCMP_SYS(writev), ALWAYS}, {SCMP_SYS(pread64), ALWAYS}, {SCMP_SYS(pwrite64), ALWAYS},
	{SCMP_SYS(preadv), ALWAYS}, {SCMP_SYS(pwritev), ALWAYS}, {SCMP_SYS(lseek), ALWAYS},
	{SCMP_SYS(_llseek), ALWAYS}, {SCMP_SYS(close), ALWAYS}, {SCMP_SYS(close_range), ALWAYS},
	{SCMP_SYS(fstat), ALWAYS}, {SCMP_SYS(fstat64), ALWAYS}, 
	{SCMP_SYS(fcntl), ALWAYS},
	{SCMP_SYS(fcntl64), ALWAYS}, {SCMP_SYS(dup), ALWAYS}, {SCMP_SYS(dup2), ALWAYS},
	{SCMP_SYS(dup3), ALWAYS}, {SCMP_SYS(ftruncate), ALWAYS}, {SCMP_SYS(fadvise64), ALWAYS},
	{SCMP_SYS(readahead), ALWAYS}, {SCMP_SYS(splice), ALWAYS}, {SCMP_SYS(tee), ALWAYS},
	{SCMP_SYS(vmsplice), ALWAYS}, {SCMP_SYS(sendfile), ALWAYS}, {SCMP_SYS(pipe), ALWAYS},
	{SCMP_SYS(pipe2), ALWAYS}, {SCMP_SYS(eventfd2), ALWAYS},
	{SCMP_SYS(poll), ALWAYS}, {SCMP_SYS(ppoll), ALWAYS}, {SCMP_SYS(select), ALWAYS},
	{SCMP_SYS(_newselect), ALWAYS}, {SCMP_SYS(pselect6), ALWAYS},
	{SCMP_SYS(epoll_create), ALWAYS}, {SCMP_SYS(epoll_create1), ALWAYS},
	{SCMP_SYS(epoll_ctl), ALWAYS}, {SCMP_SYS(epoll_wait), ALWAYS}, {SCMP_SYS(epoll_pwait), ALWAYS},
	{SCMP_SYS(epoll_pwait2), ALWAYS}, {SCMP_SYS(timerfd_create), ALWAYS},
	{SCMP_SYS(timerfd_settime), ALWAYS}, {SCMP_SYS(signalfd4), ALWAYS},
	/* connected sockets; an address to send to is of no use to a stream */
	{SCMP_SYS(sendto), ALWAYS}, {SCMP_SYS(recvfrom), ALWAYS}, {SCMP_SYS(sendmsg), ALWAYS},
	{SCMP_SYS(recvmsg), ALWAYS}, {SCMP_SYS(shutdown), ALWAYS}, {SCMP_SYS(getsockopt), ALWAYS},
	{SCMP_SYS(setsockopt), ALWAYS}, {SCMP_SYS(getsockname), ALWAYS}, {SCMP_SYS(getpeername), ALWAYS},
	/* memory */
	{SCMP_SYS(brk), ALWAYS}, {SCMP_SYS(mmap), ALWAYS}, {SCMP_SYS(mmap2), ALWAYS},
	{SCMP_SYS(munmap), ALWAYS}, {SCMP_SYS(mremap), ALWAYS}, {SCMP_SYS(mprotect), ALWAYS},
	{SCMP_SYS(madvise), ALWAYS}, {SCMP_SYS(mincore), ALWAYS}, {SCMP_SYS(mlock), ALWAYS},
	{SCMP_SYS(mlock2), ALWAYS}, {SCMP_SYS(munlock), ALWAYS}, {SCMP_SYS(msync), ALWAYS},
	{SCMP_SYS(membarrier), ALWAYS},
	/* time, chance, who am I */
	{SCMP_SYS(clock_gettime), ALWAYS}, {SCMP_SYS(clock_gettime64), ALWAYS},
	{SCMP_SYS(clock_getres), ALWAYS}, {SCMP_SYS(clock_nanosleep), ALWAYS},
	{SCMP_SYS(clock_nanosleep_time64), ALWAYS}, {SCMP_SYS(nanosleep), ALWAYS},
	{SCMP_SYS(gettimeofday), ALWAYS}, {SCMP_SYS(time), ALWAYS}, {SCMP_SYS(times), ALWAYS},
	{SCMP_SYS(alarm), ALWAYS}, {SCMP_SYS(setitimer), ALWAYS}, {SCMP_SYS(getitimer), ALWAYS},
	{SCMP_SYS(getrandom), ALWAYS}, {SCMP_SYS(getpid), ALWAYS}, {SCMP_SYS(getppid), ALWAYS},
	{SCMP_SYS(gettid), ALWAYS}, {SCMP_SYS(getuid), ALWAYS}, {SCMP_SYS(geteuid), ALWAYS},
	{SCMP_SYS(getgid), ALWAYS}, {SCMP_SYS(getegid), ALWAYS}, {SCMP_SYS(getresuid), ALWAYS},
	{SCMP_SYS(getresgid), ALWAYS}, {SCMP_SYS(getgroups), ALWAYS}, {SCMP_SYS(uname), ALWAYS},
	{SCMP_SYS(sysinfo), ALWAYS}, {SCMP_SYS(getrusage), ALWAYS}, {SCMP_SYS(getrlimit), ALWAYS},
	{SCMP_SYS(umask), ALWAYS},
	/* signals, threads, the end */
	{SCMP_SYS(rt_sigaction), ALWAYS}, {SCMP_SYS(rt_sigprocmask), ALWAYS},
	{SCMP_SYS(rt_sigreturn), ALWAYS}, {SCMP_SYS(sigreturn), ALWAYS}, {SCMP_SYS(sigaltstack), ALWAYS},
	{SCMP_SYS(rt_sigpending), ALWAYS}, {SCMP_SYS(rt_sigtimedwait), ALWAYS},
	{SCMP_SYS(rt_sigsuspend), ALWAYS}, {SCMP_SYS(pause), ALWAYS}, {SCMP_SYS(restart_syscall), ALWAYS},
	{SCMP_SYS(futex), ALWAYS}, {SCMP_SYS(futex_time64), ALWAYS}, {SCMP_SYS(set_robust_list), ALWAYS},
	{SCMP_SYS(get_robust_list), ALWAYS}, {SCMP_SYS(set_tid_address), ALWAYS}, {SCMP_SYS(rseq), ALWAYS},
	{SCMP_SYS(arch_prctl), ALWAYS}, {SCMP_SYS(sched_yield), ALWAYS},
	{SCMP_SYS(sched_getaffinity), ALWAYS}, {SCMP_SYS(sched_setaffinity), ALWAYS},
	{SCMP_SYS(sched_getparam), ALWAYS}, {SCMP_SYS(sched_getscheduler), ALWAYS},
	{SCMP_SYS(sched_get_priority_max), ALWAYS}, {SCMP_SYS(sched_get_priority_min), ALWAYS},
	{SCMP_SYS(getcpu), ALWAYS}, {SCMP_SYS(getpriority), ALWAYS},
	{SCMP_SYS(exit), ALWAYS}, {SCMP_SYS(exit_group), ALWAYS}, {SCMP_SYS(wait4), ALWAYS},

	{SCMP_SYS(memfd_create), SANDBOX_MEMORY_FILES},
	/* files by name: reading (opening is below, by argument) */
	{SCMP_SYS(access), FILES}, {SCMP_SYS(faccessat), FILES}, {SCMP_SYS(faccessat2), FILES},
	{SCMP_SYS(stat), FILES}, {SCMP_SYS(stat64), FILES}, {SCMP_SYS(lstat), FILES},
	{SCMP_SYS(lstat64), FILES}, {SCMP_SYS(newfstatat), FILES}, {SCMP_SYS(fstatat64), FILES},
	{SCMP_SYS(statx), FILES}, {SCMP_SYS(readlink), FILES}, {SCMP_SYS(readlinkat), FILES},
	{SCMP_SYS(getdents64), FILES}, {SCMP_SYS(getcwd), FILES}, {SCMP_SYS(statfs), FILES},
	{SCMP_SYS(fstatfs), FILES}, {SCMP_SYS(flock), FILES},
	/* and writing */
	{SCMP_SYS(open), SANDBOX_WRITE_FILES}, {SCMP_SYS(openat), SANDBOX_WRITE_FILES},
	{SCMP_SYS(creat), SANDBOX_WRITE_FILES}, {SCMP_SYS(unlink), SANDBOX_WRITE_FILES},
	{SCMP_SYS(unlinkat), SANDBOX_WRITE_FILES}, {SCMP_SYS(rename), SANDBOX_WRITE_FILES},
	{SCMP_SYS(renameat), SANDBOX_WRITE_FILES}, {SCMP_SYS(renameat2), SANDBOX_WRITE_FILES},
	{SCMP_SYS(fsync), SANDBOX_WRITE_FILES}, {SCMP_SYS(fdatasync), SANDBOX_WRITE_FILES},
	{SCMP_SYS(sync_file_range), SANDBOX_WRITE_FILES}, {SCMP_SYS(fallocate), SANDBOX_WRITE_FILES},
	{SCMP_SYS(fchmod), SANDBOX_WRITE_FILES}, {SCMP_SYS(truncate), SANDBOX_WRITE_FILES},
	{SCMP_SYS(copy_file_range), SANDBOX_WRITE_FILES}, {SCMP_SYS(utimensat), SANDBOX_WRITE_FILES},
	{SCMP_SYS(mkdir), SANDBOX_FOLDERS}, {SCMP_SYS(mkdirat), SANDBOX_FOLDERS},
	{SCMP_SYS(rmdir), SANDBOX_FOLDERS}, {SCMP_SYS(link), SANDBOX_FOLDERS},
	{SCMP_SYS(linkat), SANDBOX_FOLDERS},
	/* LMDB's lock file holds a robust process-shared mutex or a System V semaphore */
	{SCMP_SYS(semget), SANDBOX_WRITE_FILES}, {SCMP_SYS(semop), SANDBOX_WRITE_FILES},
	{SCMP_SYS(semctl), SANDBOX_WRITE_FILES},
	/* sockets */
	{SCMP_SYS(accept), SANDBOX_SERVE}, {SCMP_SYS(accept4), SANDBOX_SERVE},
	{SCMP_SYS(socketpair), SANDBOX_SERVE}, {SCMP_SYS(sendmmsg), SOCKETS},
	{SCMP_SYS(recvmmsg), SOCKETS}, {SCMP_SYS(connect), SANDBOX_CALL | SANDBOX_CALL_LOCAL},
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const unsigned long known_ioctls[] = {TCGETS, FIONREAD, FIONBIO, FIOCLEX,
					     TIOCGWINSZ};
static const int prctls[] = {PR_SET_NAME,      PR_GET_NAME,
			     PR_SET_PDEATHSIG, PR_SET_DUMPABLE,
			     PR_GET_DUMPABLE,  0x53564d41 /* SET_VMA */};

/* libseccomp answers with a negative errno; the first one stays. */
static void
note(int *rc, int got)
{
	if (*rc == 0 && got < 0)
		*rc = got;
}

static void
allow_table(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		if (calls[i].groups == ALWAYS || (calls[i].groups & may) != 0)
			note(rc,
			     seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i].number, 0));
}

/* Opening for reading only, when writing is not allowed altogether. O_TMPFILE and
 * O_PATH need no mention: the one wants the right to write, the other opens nothing. */
static void
allow_reading(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC;

	if ((may & SANDBOX_READ_FILES) == 0 || (may & SANDBOX_WRITE_FILES) != 0)
		return;
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)));
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
				  SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)));
}

/* fstat is made of these, with an empty name; the names of files are not our business.
 */
static void
allow_fstat(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	const uint64_t empty = AT_EMPTY_PATH;

	if ((may & FILES) != 0)
		return;
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
				  SCMP_A3(SCMP_CMP_MASKED_EQ, empty, empty)));
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fstatat64), 1,
				  SCMP_A3(SCMP_CMP_MASKED_EQ, empty, empty)));
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(statx), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, empty, empty)));
}

static void
allow_threads(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	const uint64_t threads = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;

	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
	if ((may & SANDBOX_THREADS) != 0)
		note(rc,
		     seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, threads, threads)));
}

/* fork as glibc makes it: nothing shared, no namespace; and what bounds the child: a
 * limit that root set can only be lowered by others. */
static void
allow_fork(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	static const int limits[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_NPROC};
	const uint64_t plain = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CSIGNAL;

	if ((may & SANDBOX_FORK) == 0)
		return;
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				  SCMP_A0(SCMP_CMP_MASKED_EQ, ~plain, 0)));
	for (size_t i = 0; i < COUNT(limits); i++)
		note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
					  SCMP_A0(SCMP_CMP_EQ, 0),
					  SCMP_A1(SCMP_CMP_EQ, (uint64_t)limits[i])));
}

static void
allow_sockets(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
	size_t count = (may & SANDBOX_CALL) != 0	 ? COUNT(families)
		       : (may & SANDBOX_CALL_LOCAL) != 0 ? 1
							 : 0;

	for (size_t i = 0; i < count; i++)
		note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
					  SCMP_A0(SCMP_CMP_EQ, families[i])));
}

/* What may be asked or done with certain arguments only. */
static void
allow_by_argument(scmp_filter_ctx ctx, unsigned may, int *rc)
{
	const uint64_t self = (uint64_t)getpid();

	/* a child inherits the filter: for it, this would be its parent */
	if ((may & SANDBOX_FORK) == 0) {
		note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
					  SCMP_A0(SCMP_CMP_EQ, self)));
		note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1,
					  SCMP_A0(SCMP_CMP_EQ, self)));
	}
	/* prlimit64 as getrlimit: nothing new is set */
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				  SCMP_A2(SCMP_CMP_EQ, 0)));
	/* and to renounce core dumps, which seal_start does again */
	note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				  SCMP_A1(SCMP_CMP_EQ, RLIMIT_CORE)));
	for (size_t i = 0; i < COUNT(known_ioctls); i++)
		note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					  SCMP_A1(SCMP_CMP_EQ, known_ioctls[i])));
	for (size_t i = 0; i < COUNT(prctls); i++)
		note(rc, seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
					  SCMP_A0(SCMP_CMP_EQ, (uint64_t)prctls[i])));
}

int
syscalls_close(unsigned may, struct error *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = 0;

	if (ctx == NULL)
		return error_set(err, ERROR_SYSTEM, "cannot make the sandbox");
	note(&rc, seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1));
	/* a tree instead of a list: a check costs its logarithm */
	note(&rc, seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2));
	allow_table(ctx, may, &rc);
	allow_reading(ctx, may, &rc);
	allow_fstat(ctx, may, &rc);
	allow_threads(ctx, may, &rc);
	allow_fork(ctx, may, &rc);
	allow_sockets(ctx, may, &rc);
	allow_by_argument(ctx, may, &rc);
	note(&rc, seccomp_load(ctx));
	seccomp_release(ctx);
	if (rc != 0)
		return error_set(err, ERROR_SYSTEM, "cannot close the sandbox: %s",
				 strerror(-rc));
	return 0;
}
