/*
 * A new store out of what is left of a damaged one: every record and chunk that still has
 * its sum, wherever in the file it lies.
 *
 * What the tree of a table still leads to is how it stands now. A record that no path leads
 * to may be an older state of its order, so it is judged:
 *
 *   the index of states is whole     without a row there the order was removed, and stays so;
 *                                    with one it takes that row's state
 *   it is not                        what may have been produced or canceled since is stopped:
 *                                    a person must say "again"
 *
 * So nothing comes back as held that may have been made, and what was over stays over where
 * anything still says so. The old file is kept aside, whole. The new store is made ready in a
 * folder of its own and takes the old one's place in one step.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "spoold/store/inner.h"
#include "spoold/store/pages.h"

#define KEPT_A_SECOND	   99 /* damaged stores of one second */
#define SALVAGE_TURN_BYTES (8 << 20)
#define SALVAGE_TURN_ROWS  4096
#define SENTENCE_MAX	   256

struct standing {
	uint32_t number;
	uint8_t state; /* as the index has it */
};

struct salvage {
	struct store *s; /* the new one */
	struct pages *p; /* the old one */
	store_fault_fn *say;
	void *context;
	struct error *err;
	struct pages_found found;
	/* rising, as the walk meets them */
	struct standing *states;
	size_t state_count;
	uint32_t *reached; /* whose sound record a path leads to */
	size_t reached_count;
	uint32_t *loose;
	size_t loose_count;
	uint8_t (*wanted)[UUID_BYTES]; /* bodies */
	size_t wanted_count;
	uint64_t numbers_end, stopped, removed;
	size_t turn_bytes, turn_rows;
};

__attribute__((format(printf, 2, 3))) static void
say(struct salvage *g, const char *fmt, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	if (g->say != NULL)
		g->say(sentence, g->context);
}

/* One more element; arrays grow by doubling. */
static void *
grow(void *array, size_t count, size_t size)
{
	if ((count & (count - 1)) == 0) {
		array = reallocarray(array, count == 0 ? 1 : 2 * count, size);
		INVARIANT(array != NULL);
	}
	return array;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b; /* the first member of a standing, too */

	return *x < *y ? -1 : *x > *y;
}

static int
by_body(const void *a, const void *b)
{
	return memcmp(a, b, UUID_BYTES);
}

static bool
among(const void *key, const void *array, size_t count, size_t size,
      int (*compare)(const void *, const void *))
{
	return count != 0 && bsearch(key, array, count, size, compare) != NULL;
}

/* --- rows into the new store --- */

static int
turn_over(struct salvage *g, size_t bytes)
{
	g->s->changed = true;
	g->turn_bytes += bytes;
	if (++g->turn_rows < SALVAGE_TURN_ROWS && g->turn_bytes < SALVAGE_TURN_BYTES)
		return 0;
	g->turn_bytes = g->turn_rows = 0;
	return store_flush(g->s, g->err);
}

static int
put(struct salvage *g, enum kv_table table, struct kv_span key, struct kv_span value)
{
	if (kv_put(g->s->kv, table, key, value, g->err) != 0)
		return -1;
	return turn_over(g, key.len + value.len);
}

/* --- records and index rows --- */

/* The revision of the record that the new store has; 0: none, or none that can be read. */
static uint64_t
revision_of(struct salvage *g, uint32_t number)
{
	struct order o;
	uint64_t revision =
		order_by_number(g->s, number, &o, NULL) == 0 ? o.revision : 0;

	order_clear(&o);
	return revision;
}

static int
take_record(struct salvage *g, struct kv_span key, struct kv_span value, bool reached)
{
	uint32_t number = (uint32_t)span_int(key, 0, 4);
	struct order o;
	bool sound = key.len == 4 && record_read(&o, number, value, NULL) == 0;
	uint64_t revision = sound ? o.revision : 0;

	if (sound)
		order_clear(&o);
	if (!reached &&
	    (!sound || (g->found.sure && among(&number, g->reached, g->reached_count,
					       sizeof(*g->reached), by_number))))
		return 0;
	if (!sound && (key.len != 4 || value.len == 0))
		return 0;
	if (reached && sound) {
		g->reached = grow(g->reached, g->reached_count, sizeof(*g->reached));
		g->reached[g->reached_count++] = number;
	} else if (sound && revision <= revision_of(g, number)) {
		return 0;
	} else if (sound) {
		g->loose = grow(g->loose, g->loose_count, sizeof(*g->loose));
		g->loose[g->loose_count++] = number;
	}
	return put(g, KV_ORDER, key, value); /* a damaged one: to be set aside */
}

static int
take_reached(struct salvage *g, enum kv_table table, struct kv_span key,
	     struct kv_span value)
{
	switch (table) {
	case KV_META:
		if (key.len == 7 && memcmp(key.data, "numbers", 7) == 0 &&
		    value.len == 4)
			g->numbers_end = span_int(value, 0, 4);
		/* the clock goes on from there; counts and format are its own */
		if (key.len == 5 && memcmp(key.data, "clock", 5) == 0)
			return put(g, table, key, value);
		/* the audit's head and seal, so that what its chain lacks is seen */
		if (key.len >= 5 && key.len <= KV_KEY_MAX &&
		    memcmp(key.data, "audit", 5) == 0)
			return put(g, table, key, value);
		return 0;
	case KV_STATE:
		if (key.len != 5)
			return 0;
		g->states = grow(g->states, g->state_count, sizeof(*g->states));
		g->states[g->state_count++] =
			(struct standing){.number = (uint32_t)span_int(key, 1, 4),
					  .state = (uint8_t)span_int(key, 0, 1)};
		return put(g, table, key, value);
	case KV_UUID:
	case KV_CODE:
	case KV_USER:
	case KV_OWNER:
	case KV_DUE:
	case KV_BODY:
	case KV_DAMAGED:
	case KV_AUDIT:
		if (key.len > KV_KEY_MAX)
			return 0;
		return put(g, table, key, value);
	default:
		return 0; /* outbox and touch are made anew, loose bodies are gone */
	}
}

static int
first_row(void *context, enum kv_table table, struct kv_span key, struct kv_span value,
	  bool reached)
{
	struct salvage *g = context;

	if (table == KV_ORDER)
		return take_record(g, key, value, reached);
	return reached ? take_reached(g, table, key, value) : 0;
}

static bool
first_wants(void *context, enum kv_table table, struct kv_span key)
{
	(void)context;
	(void)key;
	return table != KV_CHUNK;
}

/* --- the judgement --- */

static int
rewrite(struct salvage *g, struct order *o)
{
	struct key key = key_of_u32(o->number);

	o->revision++;
	if (record_encode(g->s, o, g->err) != 0)
		return -1;
	return put(g, KV_ORDER, key_span(&key),
		   (struct kv_span){g->s->record.data, g->s->record.len});
}

static int
stop(struct salvage *g, struct order *o)
{
	g->stopped++;
	o->state = ORDER_STOPPED;
	o->grant = (struct order_grant){.until = 0};
	text_copy(o->message, sizeof(o->message),
		  "saved from a damaged store: it may have been produced since");
	say(g, "order %u is stopped: its record may be an old one",
	    (unsigned)o->number);
	return rewrite(g, o);
}

/* The index knows better than the record. */
static int
adjust(struct salvage *g, struct order *o, enum order_state state)
{
	if (state == (enum order_state)o->state)
		return 0;
	if (!order_has_ended(state))
		return order_is_over(o->state) ? 0 : stop(g, o);
	say(g, "order %u is %s, as the index says", (unsigned)o->number,
	    order_state_name(state));
	o->state = state;
	o->ended = o->changed;
	return rewrite(g, o);
}

static int
judge(struct salvage *g, uint32_t number)
{
	const struct standing *known =
		g->state_count != 0 ? bsearch(&number, g->states, g->state_count,
					      sizeof(*g->states), by_number)
				    : NULL;
	struct key key = key_of_u32(number);
	struct order o;
	int rc = 0;

	if (order_by_number(g->s, number, &o, NULL) != 0)
		return 0;
	if (known != NULL) {
		rc = adjust(g, &o, known->state);
	} else if (g->found.sure && g->found.whole[KV_STATE]) {
		g->removed++;
		rc = kv_del(g->s->kv, KV_ORDER, key_span(&key), g->err);
		g->s->changed = true;
	} else if (!order_has_ended(o.state) && o.state != ORDER_CORRUPT) {
		rc = stop(g, &o);
	}
	order_clear(&o);
	return rc;
}

static int
judge_all(struct salvage *g)
{
	uint32_t last = 0;

	if (g->loose_count != 0)
		qsort(g->loose, g->loose_count, sizeof(*g->loose), by_number);
	for (size_t i = 0; i < g->loose_count; i++) {
		if (g->loose[i] != last && judge(g, g->loose[i]) != 0)
			return -1;
		last = g->loose[i];
	}
	return 0;
}

/* --- documents --- */

static int
want_documents(struct salvage *g, const struct order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++) {
		const struct order_document *d = &o->documents[i];
		struct body_row row = {.number = o->number,
				       .chunks = d->chunks,
				       .bytes = d->length +
						(uint64_t)d->chunks * SEAL_OVERHEAD};
		struct key key = body_row_key(d->body), value = body_row_live(&row);

		if (!order_has_body(d))
			continue;
		g->wanted = grow(g->wanted, g->wanted_count, sizeof(*g->wanted));
		memcpy(g->wanted[g->wanted_count++], d->body, UUID_BYTES);
		if (put(g, KV_BODY, key_span(&key), key_span(&value)) != 0)
			return -1;
	}
	return 0;
}

static int
want_all(struct salvage *g)
{
	const struct kv_engine *e = g->s->kv->engine;
	struct key key = {.len = 0};
	struct kv_span k, v;
	struct kv_cursor *c;
	struct order o;
	int found = 1, rc = 0;

	while (found == 1 && rc == 0) {
		if (e->cursor_open(g->s->kv, KV_ORDER, &c, g->err) != 0)
			return -1;
		found = e->seek(c, key_span(&key), &k, &v, g->err);
		if (found == 1 && key.len != 0 && span_equal(k, key_span(&key)))
			found = e->next(c, &k, &v, g->err);
		if (found == 1)
			key = key_of_bytes(k.data, k.len);
		e->cursor_close(c);
		if (found == 1 &&
		    order_by_number(g->s, (uint32_t)span_int(key_span(&key), 0, 4), &o,
				    NULL) == 0) {
			if (!order_is_over(o.state))
				rc = want_documents(g, &o);
			order_clear(&o);
		}
	}
	if (g->wanted_count != 0)
		qsort(g->wanted, g->wanted_count, sizeof(*g->wanted), by_body);
	return found < 0 ? -1 : rc;
}

static bool
second_wants(void *context, enum kv_table table, struct kv_span key)
{
	const struct salvage *g = context;

	return table == KV_CHUNK && key.len == UUID_BYTES + 4 &&
	       among(key.data, g->wanted, g->wanted_count, sizeof(*g->wanted), by_body);
}

static int
second_row(void *context, enum kv_table table, struct kv_span key, struct kv_span value,
	   bool reached)
{
	struct salvage *g = context;
	struct kv_span v;

	(void)reached;
	if (!second_wants(g, table, key) || !seal_chunk_sound(value.data, value.len) ||
	    kv_get(g->s->kv, KV_CHUNK, key, &v, NULL) == 1)
		return 0;
	return put(g, KV_CHUNK, key, value);
}

/* --- all of it --- */

static int
read_through(struct salvage *g, pages_row_fn *row, pages_wants_fn *wants,
	     store_fault_fn *fault)
{
	const struct pages_visitor v = {
		.fault = fault, .row = row, .wants = wants, .context = g};

	if (pages_walk(g->p, 0, &v, &g->found, g->err) != 0)
		return -1;
	if (g->state_count != 0)
		qsort(g->states, g->state_count, sizeof(*g->states), by_number);
	return pages_scan_loose(g->p, &v, g->err);
}

static void
pass_on(const char *sentence, void *context)
{
	struct salvage *g = context;

	say(g, "%s", sentence);
}

/* cupsd's jobs are compared with all that waits. */
static int
touch_one(const struct order *o, void *context)
{
	struct salvage *g = context;

	if (!order_is_over(o->state)) {
		g->loose = grow(g->loose, g->loose_count, sizeof(*g->loose));
		g->loose[g->loose_count++] = o->number;
	}
	return 0;
}

static int
touch_all(struct salvage *g)
{
	struct order o;
	int rc = 0;

	g->loose_count = 0;
	free(g->loose);
	g->loose = NULL;
	if (store_scan(g->s, 0, 0, 0, touch_one, g, g->err) != 0)
		return -1;
	for (size_t i = 0; i < g->loose_count && rc == 0; i++) {
		if (order_by_number(g->s, g->loose[i], &o, g->err) != 0)
			return -1;
		rc = outbox_touch(g->s, &o, g->err);
		order_clear(&o);
		if (rc == 0)
			rc = turn_over(g, 64);
	}
	return rc;
}

static int
fill(struct salvage *g)
{
	uint64_t repaired;

	if (read_through(g, first_row, first_wants, pass_on) != 0 ||
	    audit_read_head(g->s, g->err) != 0 || judge_all(g) != 0 ||
	    want_all(g) != 0 || read_through(g, second_row, second_wants, NULL) != 0 ||
	    store_flush(g->s, g->err) != 0)
		return -1;
	if (g->numbers_end > g->s->next_number && g->numbers_end <= STORE_NUMBER_MAX &&
	    numbers_skip_to(g->s, (uint32_t)g->numbers_end - 1, g->err) != 0)
		return -1;
	if (store_repair(g->s, pass_on, g, &repaired, g->err) != 0 ||
	    copy_finish(g->s,
			"saved from a damaged store: it may have been produced since",
			g->err) != 0 ||
	    touch_all(g) != 0)
		return -1;
	return store_flush(g->s, g->err);
}

static void
clear(struct salvage *g)
{
	store_close(g->s);
	pages_close(g->p);
	free(g->states);
	free(g->reached);
	free(g->loose);
	free(g->wanted);
}

static int
make_ready(const struct store_options *options, const char *folder,
	   store_fault_fn *fault, void *context, struct error *err)
{
	struct store_options fresh = *options;
	struct salvage g = {.say = fault, .context = context, .err = err};
	int rc;

	fresh.folder = folder;
	rc = pages_open(options->folder, &g.p, err);
	if (rc == 0)
		rc = store_open(&fresh, &g.s, err);
	if (rc == 0)
		rc = fill(&g);
	clear(&g);
	return rc;
}

static int
lock(const char *folder, struct error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open the folder '%s'", folder);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return error_set(err, ERROR_LATER,
			 "the store in '%s' is open in another process", folder);
}

/* What the damaged file will be called: a name that no earlier one has. */
static int
name_kept(const char *folder, char kept[STORE_KEPT_MAX], struct error *err)
{
	char stamp[24], path[PATH_MAX];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(kept, STORE_KEPT_MAX, "data.mdb.damaged-%s", stamp);
	for (unsigned n = 2; n <= KEPT_A_SECOND; n++) {
		snprintf(path, sizeof(path), "%s/%s", folder, kept);
		if (access(path, F_OK) != 0)
			return 0;
		snprintf(kept, STORE_KEPT_MAX, "data.mdb.damaged-%s-%u", stamp, n);
	}
	return error_set(err, ERROR_CONFLICT,
			 "too many damaged stores are kept in '%s'", folder);
}

int
store_salvage(const struct store_options *options, store_fault_fn *fault, void *context,
	      char kept[STORE_KEPT_MAX], struct error *err)
{
	char folder[PATH_MAX];
	int fd, rc;

	if (kv_lmdb.exchange == NULL || strcmp(options->engine, kv_lmdb.name) != 0)
		return error_set(err, ERROR_INPUT, "the engine '%s' has no files",
				 options->engine);
	fd = lock(options->folder, err);
	if (fd < 0)
		return -1;
	snprintf(folder, sizeof(folder), "%s/salvage", options->folder);
	rc = name_kept(options->folder, kept, err);
	if (rc == 0)
		rc = kv_lmdb.clear(folder, err);
	if (rc == 0 && mkdir(folder, 0700) != 0)
		rc = error_errno(err, "cannot make the folder '%s'", folder);
	if (rc == 0)
		rc = make_ready(options, folder, fault, context, err);
	if (rc == 0)
		rc = kv_lmdb.exchange(folder, options->folder, kept, err);
	kv_lmdb.clear(folder, NULL);
	close(fd);
	return rc;
}

/* --- without opening it --- */

int
store_look_over(const struct store_options *options, store_fault_fn *fault,
		void *context, struct store_tree *tree, struct error *err)
{
	const struct pages_visitor v = {.fault = fault, .context = context};
	struct pages_found found = {.faults = 0};
	struct pages *p;
	int rc;

	*tree = (struct store_tree){.faults = 0};
	if (pages_open(options->folder, &p, err) != 0)
		return -1;
	rc = pages_walk(p, 0, &v, &found, err);
	pages_close(p);
	*tree = (struct store_tree){.faults = found.faults, .head = found.head};
	return rc;
}
