#include <pthread.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/front/queued.h"

static struct {
	pthread_mutex_t lock;
	struct {
		char printer[ORDER_QUEUE_MAX];
		int64_t asked; /* clock_mono_ms; 0: row is free */
		int count;
	} rows[SETTINGS_PRINTERS_MAX];
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int
ask(struct client *c, const char *printer)
{
	struct wire_find find = {.which = WIRE_WHICH_ALIVE, .limit = QUEUED_MAX};
	struct error err;
	struct wire_peer *keep = client_keep(c, &err);
	union wire_any item;
	int got = -1, count = 0;

	text_copy(find.printer, sizeof(find.printer), printer);
	if (keep != NULL && wire_send(keep, WIRE_TYPE_find, &find, &err) == 0)
		while ((got = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item,
					&err)) > 0)
			count++;
	if (got < 0)
		client_keep_close(c);
	return count;
}

int
queued_count(const struct request *r, const char *printer)
{
	int64_t now = clock_mono_ms();
	size_t i = 0, last = SETTINGS_PRINTERS_MAX - 1;
	int count;

	pthread_mutex_lock(&cache.lock);
	while (i < last && cache.rows[i].asked != 0 &&
	       strcmp(cache.rows[i].printer, printer) != 0)
		i++;
	if (cache.rows[i].asked != 0 && now - cache.rows[i].asked < QUEUED_AGE_MS) {
		count = cache.rows[i].count;
		pthread_mutex_unlock(&cache.lock);
		return count;
	}
	/* others make do with the old count meanwhile */
	text_copy(cache.rows[i].printer, sizeof(cache.rows[i].printer), printer);
	cache.rows[i].asked = now;
	pthread_mutex_unlock(&cache.lock);
	count = ask(r->client, printer);
	pthread_mutex_lock(&cache.lock);
	cache.rows[i].count = count;
	pthread_mutex_unlock(&cache.lock);
	return count;
}
