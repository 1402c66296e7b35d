#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/ticket.h"
#include "tests/crash/ledger.h"

const char *const breach_names[BREACHES] = {"lost",
					    "half",
					    "back from the dead",
					    "produced twice",
					    "produced unasked",
					    "unfinished",
					    "proof not minded",
					    "impossible state",
					    "of nobody",
					    "stuck",
					    "store not sound",
					    "remains",
					    "jobs astray",
					    "does not come up"};

struct judge {
	const struct evidence *e;
	ledger_say_fn *say;
	void *context;
};

static void say(const struct judge *j, enum breach breach, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void
say(const struct judge *j, enum breach breach, const char *fmt, ...)
{
	char text[LEDGER_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	j->say(breach, text, j->context);
}

void
ledger_init(struct ledger *l)
{
	*l = (struct ledger){.count = 0};
	pthread_mutex_init(&l->lock, NULL);
}

void
ledger_clear(struct ledger *l)
{
	for (unsigned i = 0; i < l->count; i++)
		free(l->claims[i]);
	free(l->claims);
	pthread_mutex_destroy(&l->lock);
}

/* Grows by doubling; a test may abort without memory. */
static void *
room_for(void *list, unsigned count, unsigned *size, size_t each)
{
	void *larger = list;

	if (count == *size) {
		*size = *size > 0 ? 2 * *size : 64;
		larger = realloc(list, *size * each);
		INVARIANT(larger != NULL);
	}
	return larger;
}

struct claim *
ledger_add(struct ledger *l, const char *customer, unsigned number)
{
	struct claim *c = calloc(1, sizeof(*c));

	INVARIANT(c != NULL);
	snprintf(c->name, sizeof(c->name), "%s-%u", customer, number);
	c->documents = 1;
	pthread_mutex_lock(&l->lock);
	l->claims = room_for(l->claims, l->count, &l->size, sizeof(*l->claims));
	l->claims[l->count++] = c;
	pthread_mutex_unlock(&l->lock);
	return c;
}

void
ledger_mark(struct ledger *l)
{
	pthread_mutex_lock(&l->lock);
	for (unsigned i = 0; i < l->count; i++) {
		struct claim *c = l->claims[i];
		c->must_be = c->submitted == KNOWN_YES;
		c->must_be_canceled = c->canceled == KNOWN_YES;
	}
	pthread_mutex_unlock(&l->lock);
}

/* --- one order --- */

static struct take *
take_of(const struct evidence *e, const uint8_t uuid[UUID_BYTES])
{
	for (unsigned i = 0; i < e->take_count; i++)
		if (memcmp(e->takes[i].uuid, uuid, UUID_BYTES) == 0)
			return &e->takes[i];
	return NULL;
}

static void
judge_identity(const struct judge *j, struct claim *c, const struct sight *s)
{
	if (c->number == 0)
		c->number = s->number;
	if (c->state == 0)
		memcpy(c->uuid, s->uuid, UUID_BYTES);
	if (c->number != s->number || memcmp(c->uuid, s->uuid, UUID_BYTES) != 0)
		say(j, BREACH_STRANGER, "%s is order %u, and was %u", c->name,
		    s->number, c->number);
	if (c->documents != s->documents)
		say(j, BREACH_HALF, "order %u (%s) has %u documents of %u", s->number,
		    c->name, s->documents, c->documents);
	if (c->submitted == KNOWN_NO)
		say(j, BREACH_STRANGER, "order %u (%s) is there, and was refused",
		    s->number, c->name);
}

/* It never was to be made. */
static bool
is_only_stored(const struct claim *c, const struct sight *s)
{
	return c->storage == ORDER_STORE_ONLY &&
	       (s->state == ORDER_STORED || s->state == ORDER_COMPLETED);
}

/* Its documents are there until its days are over, or its customer cancels it.
 */
static void
judge_storage(const struct judge *j, const struct claim *c, const struct sight *s)
{
	if (s->state == ORDER_STORED && c->storage == ORDER_STORE_NOT)
		say(j, BREACH_STATE, "order %u is stored, and nobody wished it",
		    s->number);
	if (s->state == ORDER_COMPLETED && c->storage != ORDER_STORE_NOT &&
	    j->e->now < s->ended + j->e->stored_s)
		say(j, BREACH_LOST, "order %u was to be stored, and is not any more",
		    s->number);
}

/* A release makes the proof, and the rest waits for another one. */
static void
judge_proof(const struct judge *j, const struct claim *c, const struct sight *s)
{
	bool made = s->state == ORDER_COMPLETED || s->state == ORDER_STORED;

	if (s->proofs < c->proofs)
		say(j, BREACH_UNDEAD, "order %u had %u proofs, and has %u", s->number,
		    c->proofs, s->proofs);
	if (s->proofs > 0 && !c->proof)
		say(j, BREACH_PROOF, "order %u has a proof that nobody wished",
		    s->number);
	if (made && c->proof && !is_only_stored(c, s) && s->proofs == 0)
		say(j, BREACH_PROOF, "order %u was made without its proof", s->number);
	if (s->proofs + made > s->attempts && c->proof && !is_only_stored(c, s))
		say(j, BREACH_PROOF,
		    "order %u is %s with %u proofs, of %u releases in all", s->number,
		    order_state_name((enum order_state)s->state), s->proofs,
		    s->attempts);
}

/* Where it may be, by what its customer did and what was seen of it. */
static void
judge_state(const struct judge *j, const struct claim *c, const struct sight *s)
{
	bool moved = s->state != c->state;

	if (c->state != 0 && order_is_over((enum order_state)c->state) && moved)
		say(j, BREACH_UNDEAD, "order %u was %s, and is %s", s->number,
		    order_state_name((enum order_state)c->state),
		    order_state_name((enum order_state)s->state));
	if (c->state == ORDER_STORED && moved && s->state != ORDER_COMPLETED &&
	    s->state != ORDER_CANCELED)
		say(j, BREACH_UNDEAD, "order %u was stored, and is %s", s->number,
		    order_state_name((enum order_state)s->state));
	if (c->must_be_canceled && s->state != ORDER_CANCELED)
		say(j, BREACH_UNDEAD, "order %u was cancelled, and is %s", s->number,
		    order_state_name((enum order_state)s->state));
	if (s->attempts > c->asked)
		say(j, BREACH_STATE, "order %u: %u releases, %u asked for", s->number,
		    s->attempts, c->asked);
	switch (s->state) {
	case ORDER_HELD:
		break;
	case ORDER_EXPIRED:
		if (s->ended < s->created + j->e->due_s)
			say(j, BREACH_STATE, "order %u expired before its time: %s",
			    s->number, s->words);
		break;
	case ORDER_CANCELED:
		if (c->canceled == KNOWN_NO)
			say(j, BREACH_STATE, "order %u is canceled by nobody: %s",
			    s->number, s->words);
		break;
	case ORDER_RELEASED:
	case ORDER_PRODUCING:
	case ORDER_STOPPED:
	case ORDER_COMPLETED:
	case ORDER_STORED:
		if (c->asked == 0 && !is_only_stored(c, s))
			say(j, BREACH_STATE, "order %u is %s, and nobody asked",
			    s->number, order_state_name((enum order_state)s->state));
		break;
	default:
		say(j, BREACH_STATE, "order %u is %s: %s", s->number,
		    order_state_name((enum order_state)s->state), s->words);
	}
}

static void
judge_take(const struct judge *j, const struct claim *c, const struct sight *s)
{
	struct take *t = take_of(j->e, s->uuid);
	bool made = s->state == ORDER_COMPLETED || s->state == ORDER_STORED;
	unsigned whole = 0, whole_again = 0;

	if (t != NULL)
		t->known = true;
	for (unsigned i = 0; t != NULL && i < t->pictures; i++) {
		whole += t->picture[i].times > 0;
		whole_again += t->picture[i].times > 1;
		if (t->picture[i].times > c->asked && c->asked > 0)
			say(j, BREACH_TWICE,
			    "order %u: a document was produced %u times, asked for %u",
			    s->number, t->picture[i].times, c->asked);
	}
	if (t != NULL && t->torn > 0)
		say(j, BREACH_HALF, "order %u: %u sets of plates were shown in part",
		    s->number, t->torn);
	if (t != NULL && c->asked == 0)
		say(j, BREACH_UNASKED, "order %u was produced, and nobody asked",
		    s->number);
	else if (t != NULL && t->begun > c->asked * c->documents)
		say(j, BREACH_TWICE, "order %u of %u: %u streams for %u releases",
		    s->number, c->documents, t->begun, c->asked);
	if (made && !is_only_stored(c, s) && whole < c->documents)
		say(j, BREACH_UNFINISHED,
		    "order %u is %s, and the device has %u of %u documents", s->number,
		    order_state_name((enum order_state)s->state), whole, c->documents);
	if (s->proofs > 0 && whole < c->documents)
		say(j, BREACH_UNFINISHED,
		    "order %u had its proof, and the device has %u of %u documents",
		    s->number, whole, c->documents);
	if (made && s->proofs > 0 && whole_again < c->documents)
		say(j, BREACH_UNFINISHED,
		    "order %u is %s with its proof alone: the device has %u of %u "
		    "documents twice",
		    s->number, order_state_name((enum order_state)s->state),
		    whole_again, c->documents);
}

static void
judge_progress(const struct judge *j, struct claim *c, const struct sight *s)
{
	bool busy = s->state == ORDER_RELEASED || s->state == ORDER_PRODUCING;

	if (!busy || c->state != s->state)
		c->busy_ms = busy ? j->e->mono_ms : 0;
	if (c->busy_ms == 0 || j->e->mono_ms - c->busy_ms < LEDGER_STUCK_MS)
		return;
	say(j, BREACH_STUCK, "order %u has been %s for %" PRId64 " s: %s", s->number,
	    order_state_name((enum order_state)s->state),
	    (j->e->mono_ms - c->busy_ms) / 1000, s->words);
	c->busy_ms = j->e->mono_ms; /* once is enough */
}

static void
judge_sight(const struct judge *j, struct claim *c, const struct sight *s)
{
	judge_identity(j, c, s);
	judge_state(j, c, s);
	judge_storage(j, c, s);
	judge_proof(j, c, s);
	judge_take(j, c, s);
	judge_progress(j, c, s);
	if (c->gone)
		say(j, BREACH_UNDEAD, "order %u was removed, and is there again",
		    s->number);
	c->state = s->state;
	c->proofs = s->proofs;
	c->created = s->created;
	c->ended = s->ended;
}

/* Not to be seen: right only if it never came, or its record's time is over. */
static void
judge_absent(const struct judge *j, struct claim *c)
{
	if (!c->must_be || c->gone)
		return;
	c->gone = true;
	if (c->state == 0)
		say(j, BREACH_LOST, "%s was acknowledged, and is not there", c->name);
	else if (!order_is_over((enum order_state)c->state))
		say(j, BREACH_LOST, "order %u (%s) was %s, and is not there", c->number,
		    c->name, order_state_name((enum order_state)c->state));
	else if (j->e->now < c->ended + j->e->retention_s)
		say(j, BREACH_LOST, "the record of order %u was removed too early",
		    c->number);
}

/* --- all of them --- */

static int
by_name(const void *a, const void *b)
{
	const struct sight *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int
name_to_sight(const void *name, const void *member)
{
	const struct sight *const *s = member;

	return strcmp(name, (*s)->name);
}

/* Those that belong to no claim, or to one that has another already. */
static void
judge_strangers(const struct judge *j, const struct sight **sorted, const bool *known)
{
	unsigned n = j->e->sight_count;

	for (unsigned i = 0; i < n; i++) {
		if (!known[i])
			say(j, BREACH_STRANGER, "nobody handed in order %u (%s)",
			    sorted[i]->number, sorted[i]->name);
		if (i > 0 && strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
			say(j, BREACH_STRANGER, "orders %u and %u are both %s",
			    sorted[i - 1]->number, sorted[i]->number, sorted[i]->name);
	}
	for (unsigned i = 0; i < j->e->take_count; i++) {
		if (!j->e->takes[i].known)
			say(j, BREACH_UNASKED, "something of no order was produced");
		j->e->takes[i].known = true; /* once is enough */
	}
}

void
ledger_judge(struct ledger *l, const struct evidence *e, ledger_say_fn *say_fn,
	     void *context)
{
	const struct judge j = {.e = e, .say = say_fn, .context = context};
	unsigned n = e->sight_count;
	const struct sight **sorted = calloc(n + 1, sizeof(struct sight *)), **at;
	bool *known = calloc(n + 1, sizeof(*known));

	INVARIANT(sorted != NULL && known != NULL);
	for (unsigned i = 0; i < n; i++)
		sorted[i] = &e->sights[i];
	qsort(sorted, n, sizeof(struct sight *), by_name);
	pthread_mutex_lock(&l->lock);
	for (unsigned i = 0; i < l->count; i++) {
		struct claim *c = l->claims[i];
		at = bsearch(c->name, sorted, n, sizeof(struct sight *), name_to_sight);
		if (at != NULL) {
			known[at - sorted] = true;
			judge_sight(&j, c, *at);
		} else {
			judge_absent(&j, c);
		}
	}
	judge_strangers(&j, sorted, known);
	pthread_mutex_unlock(&l->lock);
	free(known);
	free(sorted);
}

/* --- what devices took --- */

static struct take *
take_for(struct take **takes, unsigned *count, const uint8_t uuid[UUID_BYTES])
{
	struct take *t;

	for (unsigned i = 0; i < *count; i++)
		if (memcmp((*takes)[i].uuid, uuid, UUID_BYTES) == 0)
			return &(*takes)[i];
	t = realloc(*takes, (*count + 1) * sizeof(**takes));
	INVARIANT(t != NULL);
	*takes = t;
	t = &t[(*count)++];
	*t = (struct take){.begun = 0};
	memcpy(t->uuid, uuid, UUID_BYTES);
	return t;
}

static void
count_picture(struct take *t, uint64_t digest)
{
	unsigned i = 0;

	while (i < t->pictures && t->picture[i].digest != digest)
		i++;
	if (i == LEDGER_PICTURES)
		return; /* its begun streams count */
	t->pictures += i == t->pictures;
	t->picture[i].digest = digest;
	t->picture[i].times++;
}

void
take_set_note(struct take **takes, unsigned *count, const uint8_t uuid[UUID_BYTES],
	      unsigned document, bool whole)
{
	struct take *t = take_for(takes, count, uuid);

	t->begun++;
	t->sets++;
	t->torn += !whole;
	count_picture(t, document);
}

int
take_note(struct take **takes, unsigned *count, const char *line)
{
	uint8_t uuid[UUID_BYTES];
	char verb[16], name[64];
	uint64_t digest = 0;
	int n = sscanf(line, "%15s %63s %" SCNx64, verb, name, &digest);

	if (n < 2 || uuid_parse(uuid, name) != 0)
		return -1;
	if (strcmp(verb, "begun") == 0)
		take_for(takes, count, uuid)->begun++;
	else if (strcmp(verb, "took") == 0 && n == 3)
		count_picture(take_for(takes, count, uuid), digest);
	else
		return -1;
	return 0;
}
