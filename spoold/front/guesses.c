/* guesses.c - a table by address, a row each of those that guessed within the time. */
#include <pthread.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/order.h"
#include "spoold/front/guesses.h"

struct guesser {
	char host[ORDER_NAME_MAX]; /* "": free */
	int64_t since_ms;
	uint32_t wrong;
};

static struct {
	pthread_mutex_t lock;
	struct guesser rows[GUESSES_HOSTS];
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* NULL if it did not guess within the time. Lock held. */
static struct guesser *
find(const char *host, int64_t now_ms)
{
	for (size_t i = 0; i < GUESSES_HOSTS; i++) {
		struct guesser *g = &all.rows[i];
		if (strcmp(g->host, host) == 0)
			return now_ms - g->since_ms < GUESSES_TIME_S * 1000 ? g : NULL;
	}
	return NULL;
}

/* Its old row, else a free one, else the oldest. Lock held. */
static struct guesser *
begin(const char *host, int64_t now_ms)
{
	struct guesser *best = &all.rows[0];

	for (size_t i = 0; i < GUESSES_HOSTS; i++) {
		struct guesser *g = &all.rows[i];
		if (strcmp(g->host, host) == 0) {
			best = g;
			break;
		}
		if (best->host[0] != '\0' &&
		    (g->host[0] == '\0' || g->since_ms < best->since_ms))
			best = g;
	}
	*best = (struct guesser){.since_ms = now_ms};
	text_copy(best->host, sizeof(best->host), host);
	return best;
}

bool
guesses_may(const char *host, int64_t now_ms)
{
	struct guesser *g;
	bool may;

	pthread_mutex_lock(&all.lock);
	g = find(host, now_ms);
	may = g == NULL || g->wrong < GUESSES_MAX;
	pthread_mutex_unlock(&all.lock);
	return may;
}

bool
guesses_wrong(const char *host, int64_t now_ms)
{
	struct guesser *g;
	bool enough;

	pthread_mutex_lock(&all.lock);
	g = find(host, now_ms);
	if (g == NULL)
		g = begin(host, now_ms);
	enough = ++g->wrong == GUESSES_MAX;
	pthread_mutex_unlock(&all.lock);
	return enough;
}
