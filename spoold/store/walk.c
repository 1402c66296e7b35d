/*
 * The tree looked over beside its owner's work, by a thread: it reads by itself (pages.h) a
 * state that a read transaction holds, and touches nothing of the store but that.
 */
#include <pthread.h>
#include <stdlib.h>

#include "lib/base/text.h"
#include "spoold/store/inner.h"
#include "spoold/store/thread.h"

struct store_walk {
	pthread_t thread;
	struct kv *kv;
	atomic_bool ending, done;
	int rc;
	uint64_t faults;
	char first[STORE_FOUND_TEXT];
	struct error err;
};

static void
note_first(const char *sentence, void *context)
{
	struct store_walk *w = context;

	if (w->first[0] == '\0')
		text_copy(w->first, sizeof(w->first), sentence);
}

static void *
walk(void *context)
{
	struct store_walk *w = context;

	w->rc = w->kv->engine->tree(w->kv, note_first, w, &w->ending, &w->faults,
				    &w->err);
	atomic_store(&w->done, true);
	return NULL;
}

int
store_walk_begin(struct store *store, struct error *err)
{
	struct store_walk *w;

	INVARIANT(store->walk == NULL);
	if (store->kv->engine->tree == NULL)
		return 0;
	w = calloc(1, sizeof(*w));
	INVARIANT(w != NULL);
	w->kv = store->kv;
	if (thread_start(&w->thread, walk, w) != 0) {
		free(w);
		return error_set(err, ERROR_SYSTEM, "cannot start a thread");
	}
	store->walk = w;
	return 0;
}

int
store_walk_end(struct store *store, uint64_t *faults, char first[STORE_FOUND_TEXT],
	       struct error *err)
{
	struct store_walk *w = store->walk;
	int rc;

	*faults = 0;
	first[0] = '\0';
	if (w != NULL && !atomic_load(&w->done))
		return 0;
	if (w == NULL)
		return 1;
	pthread_join(w->thread, NULL);
	store->walk = NULL;
	rc = w->rc == 0 ? 1 : -1;
	if (rc < 0 && err != NULL)
		*err = w->err;
	*faults = w->faults;
	text_copy(first, STORE_FOUND_TEXT, w->first);
	store->kv->damaged |= rc == 1 && w->faults != 0;
	free(w);
	return rc;
}

void
walk_close(struct store *s)
{
	if (s->walk == NULL)
		return;
	atomic_store(&s->walk->ending, true);
	pthread_join(s->walk->thread, NULL);
	free(s->walk);
	s->walk = NULL;
}
