#include "spoold/keep/audit.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/secrets.h"

#define SECRETS_BATCH 256 /* records of one piece */

struct tally {
	uint32_t number;
	uint64_t orders;
};

/* A count in pieces: which secrets orders name. */
struct counting {
	struct wire_secrets request;
	struct tally tallies[SEAL_SITE_SECRETS];
	uint32_t count;
	uint32_t after, seen;
};

static void
count(struct counting *c, uint32_t number)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (c->tallies[i].number == number)
			c->tallies[i].orders++;
}

static int
visit(const struct order *o, void *context)
{
	struct counting *c = context;

	c->seen++;
	c->after = o->number;
	count(c, o->sealing.secret);
	return 0;
}

static void
visit_incoming(const struct order *o, void *context)
{
	count(context, o->sealing.secret);
}

static int
retire(struct peer *p, const struct counting *c, struct error *err)
{
	struct keep *k = p->keep;
	uint64_t orders = 0;
	char path[KEEP_PATH_MAX];

	for (uint32_t i = 0; i < c->count; i++)
		if (c->tallies[i].number == c->request.number)
			orders = c->tallies[i].orders;
	if (orders != 0)
		return error_set(
			err, ERROR_CONFLICT,
			"%llu orders still name site secret %u: they could not be "
			"opened any more",
			(unsigned long long)orders, c->request.number);
	keep_secrets_path(k, path);
	if (seal_site_retire(k->site, path, c->request.number, err) != 0)
		return -1;
	audit_note(k, NULL, AUDIT_SECRET, p->label, "site secret %u was retired",
		   c->request.number);
	return 0;
}

static void
say(struct peer *p, const struct counting *c)
{
	const struct seal_site *site = p->keep->site;

	for (uint32_t i = 0; i < c->count; i++) {
		const struct wire_secret s = {.number = c->tallies[i].number,
					      .current = c->tallies[i].number ==
							 seal_site_current(site),
					      .orders = c->tallies[i].orders};
		if (c->request.verb != WIRE_SECRET_RETIRE ||
		    s.number != c->request.number)
			peer_say(p, WIRE_TYPE_secret, &s);
	}
	peer_say_plain(p, WIRE_TYPE_end);
}

static int
count_on(struct peer *p, void *state, bool *more, struct error *err)
{
	struct counting *c = state;

	p->depends = true;
	c->seen = 0;
	if (store_scan(p->keep->store, 0, c->after, SECRETS_BATCH, visit, c, err) != 0)
		return -1;
	*more = c->seen == SECRETS_BATCH;
	if (*more)
		return 0;
	intake_each(p->keep, visit_incoming, c);
	if (c->request.verb == WIRE_SECRET_RETIRE && retire(p, c, err) != 0)
		return -1;
	say(p, c);
	return 0;
}

static int
make_new(struct peer *p, struct error *err)
{
	struct keep *k = p->keep;
	char path[KEEP_PATH_MAX];

	keep_secrets_path(k, path);
	if (seal_site_rotate(k->site, path, err) != 0)
		return -1;
	audit_note(k, NULL, AUDIT_SECRET, p->label,
		   "site secret %u is for all new orders", seal_site_current(k->site));
	return 0;
}

int
secrets_secrets(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct seal_site *site = p->keep->site;
	struct counting c = {.request = m->secrets};

	if (c.request.verb < WIRE_SECRET_LIST || c.request.verb > WIRE_SECRET_RETIRE)
		return error_set(err, ERROR_INPUT,
				 "no such thing can be done to a secret");
	if (c.request.verb == WIRE_SECRET_RETIRE &&
	    c.request.number == seal_site_current(site))
		return error_set(
			err, ERROR_REFUSED,
			"site secret %u is the one in use; make a new one first",
			c.request.number);
	if (c.request.verb == WIRE_SECRET_NEW && make_new(p, err) != 0)
		return -1;
	for (uint32_t n = seal_site_current(site);
	     n != 0 && c.count < SEAL_SITE_SECRETS; n = seal_site_older(site, n))
		c.tallies[c.count++].number = n;
	peer_pump(p, count_on, &c, sizeof(c));
	return 0;
}
