/*
 * Two threads read what will be asked for next, while the store's one thread sees after
 * sums and sockets.
 *
 * They read from the disk itself, past the page cache (O_DIRECT), a stretch of up to
 * 1 MiB at a time: that costs a tenth of the processor that the page cache takes, and two
 * reads are always on the way. Through the page cache the tree's pages, which lie among
 * the pieces and are in memory already, break each window of the kernel's readahead, and
 * what is left of it comes in small pages. What is in the page cache already is not asked
 * for (kv-lmdb-read.c).
 *
 * A stretch is a copy, so whoever takes a value from the file says so (lmdb_ahead_forget)
 * before its pages can be written anew.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"
#include "spoold/store/thread.h"

#define LARGE_PAGE    ((size_t)2 << 20)
#define THREADS	      2
#define STRETCH_BYTES ((size_t)1 << 20)
#define STRETCHES     16
#define STALE	      ((uint64_t)64) /* who asked so many stretches ago comes no more */
#define REST_S	      30
#define MEMORY	      (STRETCHES * STRETCH_BYTES + LARGE_PAGE) /* some is left over */

enum stretch_state { STRETCH_FREE, STRETCH_ASKED, STRETCH_READING, STRETCH_READY };

/* Whole pages of the file. The state is under the lock; all else is written by the store's
 * thread while no thread reads it, and ok by the thread that did. */
struct stretch {
	enum stretch_state state;
	uint64_t at; /* in the file */
	size_t len;
	size_t taken;	/* so many bytes of it, in whole pages */
	uint64_t asked; /* when, counted */
	bool forgotten; /* while it was read */
	bool ok;
	uint8_t *bytes; /* STRETCH_BYTES */
};

struct lmdb_ahead {
	pthread_t threads[THREADS];
	unsigned running;
	pthread_mutex_t lock;
	pthread_cond_t asked, ready;
	bool ending;
	int fd;
	uint64_t asks;
	time_t asked_s; /* the last one, by a clock that never goes back */
	void *memory;
	struct stretch stretches[STRETCHES];
	const struct stretch *lent; /* of the last call; NULL: none */
};

/* --- the threads --- */

static struct stretch *
first_asked(struct lmdb_ahead *a)
{
	struct stretch *first = NULL;

	for (unsigned i = 0; i < STRETCHES; i++) {
		struct stretch *s = &a->stretches[i];
		if (s->state == STRETCH_ASKED &&
		    (first == NULL || s->asked < first->asked))
			first = s;
	}
	return first;
}

static void *
ahead_main(void *context)
{
	struct lmdb_ahead *a = context;

	pthread_mutex_lock(&a->lock);
	while (!a->ending) {
		struct stretch *s = first_asked(a);

		if (s == NULL) {
			pthread_cond_wait(&a->asked, &a->lock);
			continue;
		}
		s->state = STRETCH_READING;
		pthread_mutex_unlock(&a->lock);
		/* if not: who wants it reads it again, and hears why */
		s->ok = pread(a->fd, s->bytes, s->len, (off_t)s->at) == (ssize_t)s->len;
		pthread_mutex_lock(&a->lock);
		s->state = s->forgotten ? STRETCH_FREE : STRETCH_READY;
		pthread_cond_signal(&a->ready);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* --- the store's side --- */

static void
start_threads(struct lmdb_ahead *a)
{
	while (a->running < THREADS &&
	       thread_start(&a->threads[a->running], ahead_main, a) == 0)
		a->running++;
}

/* A disk that is given 256 small pages takes four times as long as with a large one. */
static bool
get_memory(struct lmdb_ahead *a)
{
	uintptr_t begin;

	a->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->memory == MAP_FAILED)
		return false;
	madvise(a->memory, MEMORY, MADV_HUGEPAGE);
	begin = (uintptr_t)a->memory;
	begin = (begin + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE - begin;
	for (unsigned i = 0; i < STRETCHES; i++)
		a->stretches[i].bytes =
			(uint8_t *)a->memory + begin + i * STRETCH_BYTES;
	return true;
}

static void
stop(struct lmdb_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->ending = true;
	pthread_cond_broadcast(&a->asked);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->running; i++)
		pthread_join(a->threads[i], NULL);
	if (a->fd >= 0)
		close(a->fd);
	if (a->memory != MAP_FAILED)
		munmap(a->memory, MEMORY);
	free(a);
}

static struct lmdb_ahead *
start(const char *folder)
{
	struct lmdb_ahead *a = calloc(1, sizeof(*a));
	char path[PATH_MAX];

	if (a == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->asked, NULL);
	pthread_cond_init(&a->ready, NULL);
	a->fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (a->fd < 0) /* tmpfs, for one */
		a->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (get_memory(a) && a->fd >= 0)
		start_threads(a);
	if (a->running > 0)
		return a;
	stop(a);
	return NULL;
}

static time_t
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

/* The pages that a value lies in. */
static struct lmdb_place
pages_of(const struct lmdb *l, struct lmdb_place value)
{
	uint64_t end = value.at + value.len, first = value.at / l->page * l->page;

	end = (end + l->page - 1) / l->page * l->page;
	return (struct lmdb_place){first, (size_t)(end - first)};
}

/* The one that has these pages; NULL if there is none. */
static struct stretch *
find(struct lmdb_ahead *a, struct lmdb_place pages)
{
	for (unsigned i = 0; i < STRETCHES; i++) {
		struct stretch *s = &a->stretches[i];
		if (s->state != STRETCH_FREE && !s->forgotten && pages.at >= s->at &&
		    pages.at + pages.len <= s->at + s->len)
			return s;
	}
	return NULL;
}

/* All of it was taken, or nobody comes for the rest; and none of it is lent. */
static bool
is_free(const struct lmdb_ahead *a, const struct stretch *s)
{
	if (s->state == STRETCH_READY && s != a->lent)
		return s->taken >= s->len || a->asks - s->asked >= STALE;
	return s->state == STRETCH_FREE;
}

static struct stretch *
find_free(struct lmdb_ahead *a)
{
	for (unsigned i = 0; i < STRETCHES; i++)
		if (is_free(a, &a->stretches[i]))
			return &a->stretches[i];
	return NULL;
}

/* Where the pages come right behind the stretch. */
static bool
grow(struct stretch *s, struct lmdb_place pages)
{
	if (s == NULL || s->at + s->len != pages.at ||
	    s->len + pages.len > STRETCH_BYTES)
		return false;
	s->len += pages.len;
	return true;
}

void
lmdb_ahead_ask(struct lmdb *l, const struct lmdb_place *values, unsigned count)
{
	struct lmdb_ahead *a = l->ahead;
	struct stretch *s = NULL;

	if (a == NULL)
		a = l->ahead = start(l->folder);
	if (a == NULL)
		return; /* without it nothing is lost but time */
	a->asked_s = now_s();
	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < count; i++) {
		struct lmdb_place pages = pages_of(l, values[i]);

		if (pages.len > STRETCH_BYTES || find(a, pages) != NULL ||
		    grow(s, pages))
			continue;
		s = find_free(a);
		if (s == NULL)
			break;
		*s = (struct stretch){.state = STRETCH_ASKED,
				      .at = pages.at,
				      .len = pages.len,
				      .asked = ++a->asks,
				      .bytes = s->bytes};
	}
	pthread_cond_broadcast(&a->asked);
	pthread_mutex_unlock(&a->lock);
}

bool
lmdb_ahead_take(struct lmdb *l, struct lmdb_place value, const void **data)
{
	struct lmdb_place pages = pages_of(l, value);
	struct lmdb_ahead *a = l->ahead;
	struct stretch *s;

	if (a == NULL)
		return false;
	pthread_mutex_lock(&a->lock);
	s = find(a, pages);
	while (s != NULL && s->state != STRETCH_READY)
		pthread_cond_wait(&a->ready, &a->lock);
	if (s != NULL && !s->ok) {
		s->state = STRETCH_FREE;
		s = NULL;
	}
	a->lent = s;
	pthread_mutex_unlock(&a->lock);
	if (s == NULL)
		return false;
	s->taken += pages.len;
	*data = s->bytes + (value.at - s->at);
	return true;
}

void
lmdb_ahead_forget(struct lmdb *l, struct lmdb_place value)
{
	struct lmdb_ahead *a = l->ahead;

	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < STRETCHES; i++) {
		struct stretch *s = &a->stretches[i];
		if (value.at + value.len <= s->at || value.at >= s->at + s->len)
			continue;
		if (s->state == STRETCH_READING)
			s->forgotten = true;
		else
			s->state = STRETCH_FREE;
	}
	pthread_mutex_unlock(&a->lock);
}

void
lmdb_ahead_rest(struct lmdb *l)
{
	struct lmdb_ahead *a = l->ahead;

	if (a != NULL && now_s() - a->asked_s >= REST_S)
		lmdb_ahead_close(l);
}

void
lmdb_ahead_close(struct lmdb *l)
{
	if (l->ahead != NULL)
		stop(l->ahead);
	l->ahead = NULL;
}
