/*
 * This thread reads what will be asked for next, and throws it away: what counts is that
 * it is in the page cache when the store's one thread comes for it. While it waits for
 * the disk, that one sees after sums and sockets.
 *
 * The kernel reads ahead of who reads in order, in large folios; it remembers one place
 * for each open file, so each of the last documents has a descriptor of its own.
 * readahead(2) and MADV_WILLNEED would ask for small pages, which cost eight times as
 * much: 90 us for 256 KiB.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

#define ASKED_MOST 64 /* pieces */
#define PLACES	   8 /* documents that are read at one time without losing their places */
#define NEAR	   ((uint64_t)1 << 20) /* bytes left out in between that are no new place */

/* A descriptor, and where it was left. */
struct place {
	bool open;
	int fd;
	uint64_t next; /* in the file */
	uint64_t used; /* when, counted */
};

struct lmdb_ahead {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ending;
	struct {
		uint64_t at;
		size_t len;
	} asked[ASKED_MOST]; /* a ring: done .. count, the first of them now */
	uint64_t done, count;
	/* the thread's alone */
	char path[PATH_MAX];
	struct place places[PLACES];
	uint64_t uses;
	int nowhere; /* /dev/null */
};

/* --- the thread --- */

/* The one that was left just before, or else the one that was left longest ago. */
static struct place *
place_for(struct lmdb_ahead *a, uint64_t at)
{
	struct place *oldest = &a->places[0];

	for (unsigned i = 0; i < PLACES; i++) {
		struct place *p = &a->places[i];
		if (p->open && at >= p->next && at - p->next < NEAR)
			return p;
		if (p->used < oldest->used)
			oldest = p;
	}
	return oldest;
}

static void
read_ahead(struct lmdb_ahead *a, uint64_t at, size_t len)
{
	struct place *p = place_for(a, at);
	off_t from = (off_t)at;

	if (!p->open) {
		p->fd = open(a->path, O_RDONLY | O_CLOEXEC);
		p->open = p->fd >= 0;
	}
	p->next = at + len;
	p->used = ++a->uses;
	while (p->open && len > 0) {
		ssize_t n = sendfile(a->nowhere, p->fd, &from, len);
		if (n <= 0)
			return; /* who wants it will hear why */
		len -= (size_t)n;
	}
}

static void *
ahead_main(void *context)
{
	struct lmdb_ahead *a = context;

	pthread_mutex_lock(&a->lock);
	while (!a->ending) {
		uint64_t n = a->done % ASKED_MOST, at = a->asked[n].at;
		size_t len = a->asked[n].len;
		if (a->done == a->count) {
			pthread_cond_wait(&a->changed, &a->lock);
			continue;
		}
		pthread_mutex_unlock(&a->lock);
		read_ahead(a, at, len);
		pthread_mutex_lock(&a->lock);
		a->done++;
		pthread_cond_broadcast(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* --- the store's side --- */

/* Signals are the loop's, never this thread's. */
static int
start_thread(struct lmdb_ahead *a)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&a->thread, NULL, ahead_main, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static struct lmdb_ahead *
ahead_open(const char *folder)
{
	struct lmdb_ahead *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	snprintf(a->path, sizeof(a->path), "%s/data.mdb", folder);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	a->nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (a->nowhere >= 0 && start_thread(a) == 0)
		return a;
	if (a->nowhere >= 0)
		close(a->nowhere);
	free(a);
	return NULL;
}

void
lmdb_ahead_ask(struct lmdb *l, uint64_t at, size_t len)
{
	struct lmdb_ahead *a = l->ahead;

	if (a == NULL)
		a = l->ahead = ahead_open(l->folder);
	if (a == NULL)
		return; /* without it nothing is lost but time */
	pthread_mutex_lock(&a->lock);
	if (a->count - a->done < ASKED_MOST) {
		a->asked[a->count % ASKED_MOST].at = at;
		a->asked[a->count++ % ASKED_MOST].len = len;
		pthread_cond_broadcast(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
}

static bool
is_asked(const struct lmdb_ahead *a, uint64_t at)
{
	for (uint64_t n = a->done; n < a->count; n++)
		if (a->asked[n % ASKED_MOST].at == at)
			return true;
	return false;
}

void
lmdb_ahead_wait(struct lmdb *l, uint64_t at)
{
	struct lmdb_ahead *a = l->ahead;

	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	while (is_asked(a, at))
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

void
lmdb_ahead_close(struct lmdb *l)
{
	struct lmdb_ahead *a = l->ahead;

	l->ahead = NULL;
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->ending = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	for (unsigned i = 0; i < PLACES; i++)
		if (a->places[i].open)
			close(a->places[i].fd);
	close(a->nowhere);
	free(a);
}
