#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "tests/unit/bad-disk.h"

#define PAGE	    4096
#define PLACES_MAX  16
#define PAGES_MAX   16384
#define HEAD_MAX    65536
#define FORGOT_BYTE 0x5a
#define FILE_MOST   (64u << 20)

struct range {
	off_t at;
	size_t len;
	char *mapped; /* by this process; NULL: not */
};

static bool
overlap(const struct range *r, off_t at, size_t len)
{
	return at < r->at + (off_t)r->len && r->at < at + (off_t)len;
}

/* Shared with children. */
struct state {
	enum bad_disk fault;
	unsigned failed;
	/* pages written since the last sync; forgotten when one fails */
	bool unsynced[PAGES_MAX], forgotten[PAGES_MAX];
	uint8_t head[HEAD_MAX];
	struct range head_at; /* that the disk has and the kernel has not */
	struct range unreadable[PLACES_MAX];
	size_t unreadable_count;
};

static struct state *disk;
static int empty_fd;

static bool
is_data_file(int fd)
{
	char link[64], path[4096];
	ssize_t n;

	if (disk == NULL)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 9)
		return false;
	path[n] = '\0';
	return strcmp(path + n - 9, "/data.mdb") == 0;
}

/* A sector that is written anew is one of the disk's spare ones: it can be read. */
static void
replace_sectors(int fd, off_t at, size_t len)
{
	for (size_t i = 0; i < disk->unreadable_count; i++) {
		struct range *r = &disk->unreadable[i];

		if (!overlap(r, at, len))
			continue;
		if (r->mapped != NULL)
			mmap(r->mapped, r->len, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
			     r->at);
		r->len = 0;
	}
}

static void
note_write(int fd, off_t at, ssize_t len)
{
	if (len > 0)
		replace_sectors(fd, at, (size_t)len);
	for (off_t n = at / PAGE; n < (at + len + PAGE - 1) / PAGE && n < PAGES_MAX;
	     n++) {
		disk->unsynced[n] = true;
		disk->forgotten[n] = false;
	}
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	bool ours = is_data_file(fd);
	bool head = ours && (fcntl(fd, F_GETFL) & O_DSYNC) != 0;

	if (head && disk->fault == DISK_HEAD && len <= HEAD_MAX) {
		memcpy(disk->head, data, len);
		disk->head_at = (struct range){at, len, NULL};
		disk->failed++;
		errno = EIO;
		return -1;
	}
	if (ours && !head)
		note_write(fd, at, (ssize_t)len);
	return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t n = syscall(SYS_writev, fd, parts, count);

	if (is_data_file(fd))
		note_write(fd, at, n);
	return n;
}

int
fdatasync(int fd)
{
	if (!is_data_file(fd))
		return (int)syscall(SYS_fdatasync, fd);
	if (disk->fault != DISK_SYNC) {
		memset(disk->unsynced, 0, sizeof(disk->unsynced));
		return 0;
	}
	/* the next sync will know nothing of them */
	for (size_t n = 0; n < PAGES_MAX; n++)
		disk->forgotten[n] |= disk->unsynced[n];
	memset(disk->unsynced, 0, sizeof(disk->unsynced));
	disk->failed++;
	errno = EIO;
	return -1;
}

int
fsync(int fd)
{
	if (is_data_file(fd) && disk->fault == DISK_SYNC) {
		disk->failed++;
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

ssize_t
pread(int fd, void *to, size_t len, off_t at)
{
	for (size_t i = 0; disk != NULL && i < disk->unreadable_count; i++) {
		const struct range *r = &disk->unreadable[i];

		if (r->len != 0 && overlap(r, at, len) && is_data_file(fd)) {
			errno = EIO;
			return -1;
		}
	}
	return syscall(SYS_pread64, fd, to, len, at);
}

void
bad_disk_open(void)
{
	disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	empty_fd = memfd_create("nothing", MFD_CLOEXEC);
	if (disk == MAP_FAILED || empty_fd < 0)
		exit(99);
}

void
bad_disk_set(enum bad_disk fault)
{
	disk->fault = fault;
	disk->failed = 0;
}

unsigned
bad_disk_failed(void)
{
	return disk->failed;
}

void
bad_disk_reread(const char *data_file)
{
	int fd = open(data_file, O_WRONLY | O_CLOEXEC);
	uint8_t bytes[PAGE];

	memset(bytes, FORGOT_BYTE, sizeof(bytes));
	for (off_t n = 0; n < PAGES_MAX; n++)
		if (disk->forgotten[n] &&
		    syscall(SYS_pwrite64, fd, bytes, PAGE, n * PAGE) != PAGE)
			exit(99);
	if (disk->head_at.len != 0 && syscall(SYS_pwrite64, fd, disk->head,
					      disk->head_at.len, disk->head_at.at) < 0)
		exit(99);
	memset(disk->forgotten, 0, sizeof(disk->forgotten));
	memset(disk->unsynced, 0, sizeof(disk->unsynced));
	disk->head_at.len = 0;
	close(fd);
}

/* Where the file's place is in our map of it, or NULL. */
static char *
find_in_map(const char *data_file, off_t at)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4352], *found = NULL;
	unsigned long from, to, offset;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, data_file) != NULL &&
		    sscanf(line, "%lx-%lx %*s %lx", &from, &to, &offset) == 3 &&
		    (unsigned long)at >= offset &&
		    (unsigned long)at - offset < to - from)
			found = (char *)(from + ((unsigned long)at - offset)); // NOLINT
	if (maps != NULL)
		fclose(maps);
	return found;
}

bool
bad_disk_unreadable(const char *data_file, off_t at, size_t len)
{
	off_t from = at / PAGE * PAGE;
	size_t whole = ((size_t)(at - from) + len + PAGE - 1) / PAGE * PAGE;
	char *mapped = find_in_map(data_file, from);

	if (disk->unreadable_count == PLACES_MAX)
		return false;
	disk->unreadable[disk->unreadable_count++] =
		(struct range){from, whole, mapped};
	return mapped == NULL || mmap(mapped, whole, PROT_READ, MAP_SHARED | MAP_FIXED,
				      empty_fd, 0) == mapped;
}

void
bad_disk_map_again(const char *data_file)
{
	for (size_t i = 0; i < disk->unreadable_count; i++) {
		struct range *r = &disk->unreadable[i];

		r->mapped = r->len != 0 ? find_in_map(data_file, r->at) : NULL;
		if (r->mapped != NULL)
			mmap(r->mapped, r->len, PROT_READ, MAP_SHARED | MAP_FIXED,
			     empty_fd, 0);
	}
}

void
bad_disk_mend(void)
{
	disk->unreadable_count = 0;
}

off_t
bad_disk_place(const char *data_file, const void *bytes, size_t len)
{
	struct buf file;
	const uint8_t *at;
	off_t place;

	buf_init(&file, FILE_MOST);
	fs_read_file(data_file, &file, NULL);
	at = memmem(file.data, file.len, bytes, len);
	place = at != NULL ? at - file.data : -1;
	buf_clear(&file);
	return place;
}
