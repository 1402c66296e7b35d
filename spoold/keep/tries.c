/*
 * The counters are in memory, and each slot that changes is written to its place in a file
 * of fixed size: one pwrite(2) a try into the kernel's memory, where it outlives keep. The
 * disk has it some seconds later; a loss of power forgets no more than that.
 *
 * In the file times are dates, since the clock of this process starts anew with the machine.
 * What the file says is bounded: no lock lasts longer than the longest, nothing lies ahead.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "spoold/keep/keep.h"
#include "spoold/keep/tries.h"

/* Levels are thousandths of a try, so that forgetting is smooth. */
#define ONE_TRY	  1000
#define LEVEL_MAX (ONE_TRY * 200000u) /* above what settings allow */

#define FILE_NAME  "tries"
#define FILE_HEAD  "claimcheck tries 1\n\0\0\0\0\0\0\0\0\0\0\0\0" /* then the key */
#define HEAD_BYTES 32
#define FIRST_SLOT (HEAD_BYTES + SEAL_KEY_BYTES)
#define FILE_BYTES (FIRST_SLOT + sizeof(struct slot) * TRIES_KINDS * TRIES_SLOTS)
#define SYNC_MS	   5000

struct slot {
	int64_t at_ms;	   /* of the level */
	int64_t last_ms;   /* of the last try */
	int64_t locked_ms; /* locked until */
	uint32_t level;
	uint16_t locks; /* in a row */
	uint16_t unused;
};

_Static_assert(sizeof(struct slot) == 32 && sizeof(FILE_HEAD) - 1 == HEAD_BYTES - 1,
	       "as the file has them");

struct tries {
	uint8_t key[SEAL_KEY_BYTES];
	struct slot slots[TRIES_KINDS][TRIES_SLOTS];
	int fd; /* -1: there is no room for the file; they are in memory only */
	int64_t synced_ms;
	int64_t last_lock_ms; /* no lock of any kind lasts longer */
	bool dirty;
};

/* --- the file --- */

/* Milliseconds from the clock of this process to the calendar. Of delays of a second, a
 * date in seconds would lose one. */
static int64_t
to_date(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - clock_mono_ms();
}

/* A date of the file as a time of this process, no later than `most`. */
static int64_t
time_of(int64_t date, int64_t to_date, int64_t most)
{
	const int64_t any = INT64_C(1) << 53; /* beyond it, it is no date */
	int64_t time = date > -any && date < any ? date - to_date : 0;

	return time < most ? time : most;
}

static void
take_in(struct keep *k, struct slot *to, const struct slot *from)
{
	const int64_t date = to_date(), now = keep_mono_ms(k);

	*to = (struct slot){.at_ms = time_of(from->at_ms, date, now),
			    .last_ms = time_of(from->last_ms, date, now),
			    .locked_ms =
				    time_of(from->locked_ms, date,
					    now + TRIES_LOCK_MAX_S * INT64_C(1000)),
			    .level = from->level < LEVEL_MAX ? from->level : LEVEL_MAX,
			    .locks = from->locks};
	if (to->locked_ms > k->tries->last_lock_ms)
		k->tries->last_lock_ms = to->locked_ms;
}

/* Slots that were never used stay untouched memory. */
static int
read_slots(struct keep *k, int fd)
{
	static const struct slot unused;
	struct slot part[512];
	struct slot *slots = &k->tries->slots[0][0];
	const size_t count = (size_t)TRIES_KINDS * TRIES_SLOTS, step = 512;

	for (size_t i = 0; i < count; i += step) {
		if (fs_read_full(fd, part, sizeof(part)) != (ssize_t)sizeof(part))
			return -1;
		for (size_t j = 0; j < step; j++)
			if (memcmp(&part[j], &unused, sizeof(unused)) != 0)
				take_in(k, &slots[i + j], &part[j]);
	}
	return 0;
}

static bool
read_file(struct keep *k, int fd)
{
	char head[HEAD_BYTES];

	return fs_read_full(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	       memcmp(head, FILE_HEAD, sizeof(head)) == 0 &&
	       fs_read_full(fd, k->tries->key, SEAL_KEY_BYTES) == SEAL_KEY_BYTES &&
	       read_slots(k, fd) == 0;
}

/* All of its room at once: no try can fill the disk, or fail on a full one. */
static int
make_file(struct keep *k, int fd)
{
	struct seal_key *random = seal_key_random();
	int rc;

	memset(k->tries->slots, 0, sizeof(k->tries->slots));
	memcpy(k->tries->key, random->bytes, sizeof(k->tries->key));
	seal_key_free(random);
	if (fd < 0 || ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0 ||
	    fallocate(fd, 0, 0, (off_t)FILE_BYTES) != 0)
		return -1;
	rc = fs_write_all(fd, FILE_HEAD, HEAD_BYTES);
	return rc == 0 ? fs_write_all(fd, k->tries->key, SEAL_KEY_BYTES) : -1;
}

static int
open_file(const struct keep *k)
{
	char path[KEEP_PATH_MAX];

	snprintf(path, sizeof(path), "%s/" KEEP_KEEP_FOLDER "/" FILE_NAME,
		 k->settings->state_directory);
	return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static void
save(struct keep *k, const struct slot *s)
{
	struct tries *t = k->tries;
	const int64_t date = to_date();
	struct slot row = *s;
	size_t at = FIRST_SLOT + sizeof(row) * (size_t)(s - &t->slots[0][0]);

	if (t->fd < 0)
		return;
	row.at_ms += date;
	row.last_ms += date;
	row.locked_ms += date;
	if (pwrite(t->fd, &row, sizeof(row), (off_t)at) != (ssize_t)sizeof(row))
		log_notice("a wrong try could not be noted on the disk: %s",
			   strerror(errno));
	t->dirty = true;
}

void
tries_tick(struct keep *k)
{
	struct tries *t = k->tries;

	if (!t->dirty || keep_mono_ms(k) - t->synced_ms < SYNC_MS)
		return;
	/* begins to write, and waits for nothing */
	sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	t->synced_ms = keep_mono_ms(k);
	t->dirty = false;
}

int
tries_open(struct keep *k, struct error *err)
{
	struct tries *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return error_errno(err, "cannot count tries");
	k->tries = t;
	t->fd = open_file(k);
	if (t->fd >= 0 && read_file(k, t->fd))
		return 0;
	if (make_file(k, t->fd) != 0) {
		log_notice("wrong tries are counted in memory only, a restart forgets "
			   "them: %s",
			   strerror(errno));
		if (t->fd >= 0)
			close(t->fd);
		t->fd = -1;
	}
	return 0;
}

void
tries_close(struct keep *k)
{
	if (k->tries != NULL && k->tries->fd >= 0)
		close(k->tries->fd);
	free(k->tries);
	k->tries = NULL;
}

static struct slot *
slot_of(struct keep *k, enum tries_kind kind, const char *name)
{
	uint8_t row[SEAL_KEY_BYTES + ORDER_NAME_MAX], sum[16];
	size_t len = strnlen(name, ORDER_NAME_MAX);

	memcpy(row, k->tries->key, SEAL_KEY_BYTES);
	memcpy(row + SEAL_KEY_BYTES, name, len);
	seal_checksum(row, SEAL_KEY_BYTES + len, sum);
	return &k->tries->slots[kind][(unsigned)sum[0] << 8 | sum[1]];
}

static bool
is_place(enum tries_kind kind)
{
	return kind == TRIES_STATION || kind == TRIES_HOST;
}

static uint32_t
allowed(const struct keep *k, enum tries_kind kind)
{
	return is_place(kind) ? k->settings->tries_per_station
			      : k->settings->tries_per_order;
}

static int64_t
lockout_ms(const struct keep *k)
{
	return INT64_C(1000) * k->settings->lockout_s;
}

/* In which all allowed tries are forgotten. */
static int64_t
memory_ms(const struct keep *k, enum tries_kind kind)
{
	return is_place(kind) ? lockout_ms(k) : INT64_C(1000) * TRIES_LOCK_MAX_S;
}

/* Brings the level to what is left of it now. */
static void
forget(struct keep *k, enum tries_kind kind, struct slot *s)
{
	int64_t now = keep_mono_ms(k), passed = now - s->at_ms;
	int64_t all = memory_ms(k, kind);
	int64_t lost =
		passed < all ? passed * ONE_TRY * allowed(k, kind) / all : INT64_MAX;

	if (passed <= 0 || lost == 0)
		return;
	s->level = (int64_t)s->level > lost ? s->level - (uint32_t)lost : 0;
	if (now - s->last_ms > TRIES_LOCK_MAX_S * INT64_C(1000))
		s->locks = 0;
	s->at_ms = now;
}

int64_t
tries_wait_ms(struct keep *k, enum tries_kind kind, const char *name)
{
	struct slot *s = slot_of(k, kind, name);
	int64_t now = keep_mono_ms(k), delay;
	uint32_t unpaid = (allowed(k, kind) + 1) / 2, count;

	if (s->locked_ms > now)
		return s->locked_ms - now;
	forget(k, kind, s);
	count = (s->level + ONE_TRY - 1) / ONE_TRY;
	if (count <= unpaid)
		return 0;
	delay = count - unpaid < 16 ? INT64_C(500) << (count - unpaid) : 32768000;
	if (delay > lockout_ms(k))
		delay = lockout_ms(k);
	return s->last_ms + delay > now ? s->last_ms + delay - now : 0;
}

int64_t
tries_locked_ms(struct keep *k, enum tries_kind kind, const char *name)
{
	int64_t now = keep_mono_ms(k), until;

	if (k->tries->last_lock_ms <= now) /* a list asks this of each order */
		return 0;
	until = slot_of(k, kind, name)->locked_ms;
	return until > now ? until - now : 0;
}

static int64_t
lock_length_ms(const struct keep *k, enum tries_kind kind, const struct slot *s)
{
	int64_t length = lockout_ms(k);

	for (unsigned i = 0; i < s->locks && !is_place(kind); i++)
		if (length < TRIES_LOCK_MAX_S * INT64_C(1000))
			length *= 2;
	return length;
}

static bool
take(struct keep *k, enum tries_kind kind, struct slot *s)
{
	forget(k, kind, s);
	if (s->level == 0)
		s->at_ms = keep_mono_ms(k);
	s->last_ms = keep_mono_ms(k);
	s->level += ONE_TRY;
	if (s->level <= ONE_TRY * (allowed(k, kind) - 1))
		return false;
	s->locked_ms = s->last_ms + lock_length_ms(k, kind, s);
	s->level = 0;
	if (s->locks < UINT16_MAX)
		s->locks++;
	if (s->locked_ms > k->tries->last_lock_ms)
		k->tries->last_lock_ms = s->locked_ms;
	return true;
}

bool
tries_take(struct keep *k, enum tries_kind kind, const char *name)
{
	struct slot *s = slot_of(k, kind, name);
	bool locked = take(k, kind, s);

	save(k, s);
	return locked;
}

void
tries_give_back(struct keep *k, enum tries_kind kind, const char *name, bool locked)
{
	struct slot *s = slot_of(k, kind, name);

	if (locked) {
		s->locked_ms = 0;
		s->locks--;
		s->level = ONE_TRY * allowed(k, kind);
	}
	s->level = s->level > ONE_TRY ? s->level - ONE_TRY : 0;
	if (!is_place(kind))
		s->locks = 0;
	if (kind == TRIES_ORDER)
		s->level = 0;
	save(k, s);
}
