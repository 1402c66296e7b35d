/*
 * A large commit writes its pages and then waits for the disk. This thread has the
 * kernel begin with the first pages while the last ones are still being copied
 * (sync_file_range(2), as the checkpoints of PostgreSQL do it), so that copying and the
 * disk's work overlap.
 *
 * It promises nothing and weakens nothing: the kernel may write a dirty page at any
 * moment anyway, LMDB never writes over a page that the last durable head needs, and
 * its fdatasync still waits for all of them. SYNC_FILE_RANGE_WRITE does not collect the
 * file's write errors, so fdatasync on the same descriptor still reports each of them.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "spoold/store/kv-lmdb.h"
#include "spoold/store/thread.h"

#define PUSH_LEAST    ((uint64_t)2 << 20) /* a smaller turn is copied in no time */
#define PUSH_PAUSE_NS 200000		  /* about half a MiB is copied meanwhile */

struct lmdb_push {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int fd; /* LMDB's */
	bool busy, ending;
};

static void *
push_main(void *context)
{
	static const struct timespec pause = {0, PUSH_PAUSE_NS};
	struct lmdb_push *p = context;

	pthread_mutex_lock(&p->lock);
	while (!p->ending) {
		if (!p->busy) {
			pthread_cond_wait(&p->changed, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		nanosleep(&pause, NULL);
		sync_file_range(p->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static struct lmdb_push *
push_open(int fd)
{
	struct lmdb_push *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->fd = fd;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	if (thread_start(&p->thread, push_main, p) == 0)
		return p;
	free(p);
	return NULL;
}

static void
set_busy(struct lmdb_push *p, bool busy)
{
	pthread_mutex_lock(&p->lock);
	p->busy = busy;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

void
lmdb_push_begin(struct lmdb *l)
{
	int fd;

	if (l->turn_bytes < PUSH_LEAST)
		return;
	if (l->push == NULL && mdb_env_get_fd(l->env, &fd) == 0)
		l->push = push_open(fd); /* without it the disk only begins later */
	if (l->push != NULL)
		set_busy(l->push, true);
}

void
lmdb_push_end(struct lmdb *l)
{
	if (l->push != NULL)
		set_busy(l->push, false);
}

void
lmdb_push_close(struct lmdb *l)
{
	struct lmdb_push *p = l->push;

	l->push = NULL;
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	free(p);
}
