#include <stdio.h>
#include <string.h>

#include "lib/order/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/change.h"
#include "spoold/keep/info.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/life.h"

#define CHANGE_WAIT_DAYS 3650 /* as due-days */

static bool
is_operator(const struct peer *p, const struct wire_change *c)
{
	return (p->role & WIRE_FROM_TOOL) != 0 || c->operator;
}

static int
check_right(const struct peer *p, const struct wire_change *c, const struct order *o,
	    struct error *err)
{
	if ((c->verb == WIRE_EXPIRE || c->verb == WIRE_EXTEND) &&
	    (p->role & WIRE_FROM_TOOL) == 0)
		return error_set(err, ERROR_REFUSED,
				 "only spoolctl changes the date of order %u",
				 o->number);
	if (c->verb == WIRE_GO_ON && !is_operator(p, c))
		return error_set(err, ERROR_REFUSED,
				 "only operators let order %u go on", o->number);
	if (is_operator(p, c) || strcmp(c->user, o->user) == 0)
		return 0;
	return error_set(err, ERROR_REFUSED, "order %u belongs to somebody else",
			 o->number);
}

int
change_cancel(struct keep *k, struct order *o, bool by_operator, const char *who,
	      struct error *err)
{
	char message[ORDER_TEXT_MAX];

	if (order_is_over(o->state))
		return error_set(err, ERROR_CONFLICT, "order %u is over already",
				 o->number);
	snprintf(message, sizeof(message), "Cancelled by the %s%s",
		 by_operator ? "operator" : "customer",
		 o->state == ORDER_PRODUCING ? "; it " LIFE_IN_PART : "");
	return life_end(k, o, ORDER_CANCELED,
			by_operator ? "job-canceled-by-operator"
				    : "job-canceled-by-user",
			message, who, err);
}

/* Only what waits has a date by which it must be fetched. */
static int
check_waits(const struct order *o, struct error *err)
{
	if (o->state == ORDER_HELD || o->state == ORDER_STOPPED)
		return 0;
	if (order_is_over(o->state))
		return error_set(err, ERROR_CONFLICT,
				 "order %u is over already: it is %s", o->number,
				 order_state_name(o->state));
	return error_set(err, ERROR_CONFLICT,
			 "order %u is %s and does not wait for its customer; cancel it "
			 "if nobody wants it",
			 o->number, order_state_name(o->state));
}

static int
expire(struct peer *p, struct order *o, const char *who, struct error *err)
{
	if (check_waits(o, err) != 0)
		return -1;
	return life_end(p->keep, o, ORDER_EXPIRED, "job-canceled-after-timeout",
			"Was not fetched; expired by the operator", who, err);
}

static int
extend(struct peer *p, const struct wire_change *c, struct order *o, const char *who,
       struct error *err)
{
	const int64_t now = calendar_now(p->keep);

	if (check_waits(o, err) != 0)
		return -1;
	if (c->until <= now)
		return error_set(err, ERROR_INPUT,
				 "order %u can't wait until a date that is over; "
				 "spoolctl expire ends it now",
				 o->number);
	if (c->until > now + CHANGE_WAIT_DAYS * LIFE_DAY_S)
		return error_set(err, ERROR_INPUT,
				 "order %u can't wait for more than %d days", o->number,
				 CHANGE_WAIT_DAYS);
	return life_extend(p->keep, o, c->until, who, err);
}

static int
hold(struct peer *p, struct order *o, const char *who, struct error *err)
{
	if (o->held_by_operator)
		return 0;
	if (o->state != ORDER_HELD && o->state != ORDER_RELEASED &&
	    o->state != ORDER_STOPPED)
		return error_set(err, ERROR_CONFLICT,
				 "order %u is %s and can't be held", o->number,
				 order_state_name(o->state));
	return life_set_operator_hold(p->keep, o, true, who, err);
}

/* Of a tool the kernel says whose it is; of who comes by the network, front says the host. */
static void
say_who(const struct peer *p, const struct wire_change *c, char who[AUDIT_BY_MAX])
{
	if (p->local)
		snprintf(who, AUDIT_BY_MAX, "operator %s, uid %u", c->user, p->uid);
	else
		snprintf(who, AUDIT_BY_MAX, "%s %s at %s",
			 is_operator(p, c) ? "operator" : "user", c->user, c->host);
}

static int
change(struct peer *p, const struct wire_change *c, struct order *o, struct error *err)
{
	char who[AUDIT_BY_MAX];

	say_who(p, c, who);
	switch (c->verb) {
	case WIRE_CANCEL:
		return change_cancel(p->keep, o,
				     is_operator(p, c) && strcmp(c->user, o->user) != 0,
				     who, err);
	case WIRE_HOLD:
		return hold(p, o, who, err);
	case WIRE_GO_ON:
		return life_go_on(p->keep, o, who, err);
	case WIRE_UNHOLD:
		if (life_is_suspended(o))
			return error_set(
				err, ERROR_CONFLICT,
				"order %u is suspended; an operator lets it go "
				"on (Resume-Job)",
				o->number);
		return o->held_by_operator
			       ? life_set_operator_hold(p->keep, o, false, who, err)
			       : 0;
	case WIRE_EXPIRE:
		return expire(p, o, who, err);
	case WIRE_EXTEND:
		return extend(p, c, o, who, err);
	case WIRE_RESTART:
	case WIRE_RESTART_HELD:
		return life_restart(p->keep, o, c->verb == WIRE_RESTART_HELD, who, err);
	default:
		return error_set(err, ERROR_INPUT, "unknown verb %u", c->verb);
	}
}

/* An order still being handed in can only be cancelled: it is then as if it had never
 * come. */
static int
change_incoming(struct peer *p, const struct wire_change *c,
		const struct order *incoming, struct error *err)
{
	struct wire_order_info info;

	if (check_right(p, c, incoming, err) != 0)
		return -1;
	if (c->verb != WIRE_CANCEL)
		return error_set(err, ERROR_CONFLICT,
				 "order %u is still being handed in", incoming->number);
	info_fill(p->keep, incoming, &info);
	info.state = ORDER_CANCELED;
	snprintf(info.reason, sizeof(info.reason), "job-canceled-by-user");
	info.ended = keep_now(p->keep);
	peer_say(p, WIRE_TYPE_order_info, &info);
	intake_remove(p->keep, incoming->uuid);
	return 0;
}

int
change_change(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_change *c = &m->change;
	const struct order *incoming = intake_find(p->keep, c->order.bytes, 0);
	struct order o;
	int rc = -1;

	if (incoming != NULL)
		return change_incoming(p, c, incoming, err);
	if (store_get(p->keep->store, c->order.bytes, &o, err) != 0)
		return -1;
	if (check_right(p, c, &o, err) == 0 && change(p, c, &o, err) == 0) {
		info_say(p, &o, false);
		rc = 0;
	}
	order_clear(&o);
	return rc;
}
