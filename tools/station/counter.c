#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/order/code.h"

#include "tools/station/counter.h"
#include "tools/station/report.h"
#include "tools/station/show.h"
#include "tools/station/typed.h"
#include "tools/station/watch.h"
#include "tools/station/words.h"

#define NAME_MARK   '@' /* before a customer's name, where a code could be typed */
#define ACCOUNT_MIN 6	/* digits of a telephone number */
#define NUMBER_MAX  INT32_MAX

enum ending
counter_explain(const struct error *err)
{
	if (err->kind == ERROR_SYSTEM)
		words_err(WORDS_NO_SERVICE, NULL, NULL);
	fprintf(stderr, "%s\n", err->text);
	switch (err->kind) {
	case ERROR_INPUT:
		return ENDING_MISTYPED;
	case ERROR_REFUSED:
	case ERROR_ABSENT:
		return ENDING_UNKNOWN;
	case ERROR_LATER:
		return ENDING_LATER;
	case ERROR_CONFLICT:
		return ENDING_NOT_NOW;
	case ERROR_FULL:
		return ENDING_CANNOT;
	default:
		return ENDING_AWAY;
	}
}

static int
fault(struct error *err, enum error_kind kind, enum words_id id)
{
	return error_set(err, kind, "%s", words_plain(id));
}

/* --- who --- */

static int
read_pin(const struct counter *c, struct typed *pin, struct error *err)
{
	int fd = c->pin_fd >= 0 ? c->pin_fd : STDIN_FILENO, rc;

	if (c->asks && fd == STDIN_FILENO)
		rc = typed_ask(fd, words_plain(WORDS_ASK_PIN), true, pin, err);
	else
		rc = typed_line(fd, pin, err);
	if (rc == 0 || (rc == 1 && pin->len == 0))
		rc = fault(err, ERROR_INPUT, WORDS_NO_PIN);
	return rc == 1 ? 0 : -1;
}

/* A claim code in its canonical form, or words about the typing error. */
static int
take_code(struct presented *p, struct error *err)
{
	char canonical[CODE_SYMBOLS_MAX + 1];
	int rc = code_read(canonical, p->secret.text, NULL);

	if (rc == 0) {
		typed_wipe(&p->secret);
		p->secret.len = strlen(canonical);
		memcpy(p->secret.text, canonical, p->secret.len);
	} else {
		fault(err, ERROR_INPUT, WORDS_MISTYPED);
	}
	seal_wipe(canonical, sizeof(canonical));
	return rc;
}

/* A customer's card or telephone number: "+49 170 12345", "0170-12345", or more digits
 * than an order's number can have and no claim code. */
static bool
is_account(const char *typed)
{
	char canonical[CODE_SYMBOLS_MAX + 1];
	bool is_code = code_read(canonical, typed, NULL) == 0;
	size_t digits = 0;

	seal_wipe(canonical, sizeof(canonical));
	for (const char *at = typed; *at != '\0'; at++)
		if (isdigit((unsigned char)*at))
			digits++;
		else if (strchr(" -/()", *at) == NULL && (*at != '+' || at != typed))
			return false;
	return digits >= ACCOUNT_MIN && !is_code &&
	       (typed[0] == '+' || typed[0] == '0' || typed[0] == '(' || digits > 10);
}

/* What was typed first: an order number, a claim code, an account, or @ and a name. */
static int
take_first(const struct counter *c, struct presented *p, struct error *err)
{
	int64_t number;

	if (c->user != NULL || c->account != NULL) {
		text_copy(p->user, sizeof(p->user), c->user != NULL ? c->user : "");
		text_copy(p->account, sizeof(p->account),
			  c->account != NULL ? c->account : "");
		return read_pin(c, &p->secret, err);
	}
	if (text_number(p->secret.text, 1, NUMBER_MAX, &number) == 0 &&
	    p->secret.text[0] != '0') {
		p->number = (uint32_t)number;
		return read_pin(c, &p->secret, err);
	}
	if (p->secret.text[0] == NAME_MARK)
		text_copy(p->user, sizeof(p->user), p->secret.text + 1);
	else if (is_account(p->secret.text))
		text_copy(p->account, sizeof(p->account), p->secret.text);
	else
		return take_code(p, err);
	return read_pin(c, &p->secret, err);
}

/* 1, 0 when nobody types any more, -1. */
static int
ask_first(const struct counter *c, struct presented *p, struct error *err)
{
	*p = (struct presented){0};
	if (c->operand != NULL) {
		if (text_copy(p->secret.text, sizeof(p->secret.text), c->operand) != 0)
			return fault(err, ERROR_INPUT, WORDS_MISTYPED);
		p->secret.len = strlen(p->secret.text);
		return 1;
	}
	if (c->user != NULL || c->account != NULL)
		return 1;
	if (c->pin_fd >= 0)
		return typed_line(c->pin_fd, &p->secret, err);
	if (c->asks)
		return typed_ask(STDIN_FILENO, words_plain(WORDS_ASK_WHAT), false,
				 &p->secret, err);
	return typed_line(STDIN_FILENO, &p->secret, err);
}

/* --- which --- */

/* Of several: the one that is named; NULL with *all: all of them. NULL with an error. */
static struct station_order *
choose(const struct counter *c, struct station_orders *orders, bool *all,
       struct error *err)
{
	struct typed line;
	int64_t number;

	*all = c->all && orders->count > 1;
	if (orders->count == 1)
		return &orders->list[0];
	for (size_t i = 0; i < orders->count && !c->json; i++)
		show_line(&orders->list[i]);
	if (*all)
		return NULL;
	if (!c->asks || typed_ask(STDIN_FILENO, words_plain(WORDS_ASK_CHOICE), false,
				  &line, err) != 1) {
		fault(err, ERROR_CONFLICT, WORDS_SEVERAL);
		return NULL;
	}
	*all = line.len == 1 &&
	       tolower((unsigned char)line.text[0]) == words_plain(WORDS_ALL)[0];
	if (text_number(line.text, 1, NUMBER_MAX, &number) == 0)
		for (size_t i = 0; i < orders->count; i++)
			if (orders->list[i].number == (uint32_t)number)
				return &orders->list[i];
	fault(err, ERROR_INPUT, WORDS_NONE_OF_THESE);
	return NULL;
}

static int
find(const struct counter *c, const struct presented *p, struct station_orders *orders,
     struct error *err)
{
	if (station_find(&c->station, p, orders, err) != 0)
		return -1;
	return orders->count > 0 ? 0 : fault(err, ERROR_REFUSED, WORDS_NOTHING_WAITS);
}

/* --- release --- */

/* A printer that has something is said before the release is spent, not after. */
static bool
printer_is_well(const struct counter *c, const struct station_order *order)
{
	const char *name = c->wish.to != NULL ? c->wish.to : order->printer;
	struct station_printer printer;
	struct error err;

	if (name[0] == '\0' || station_printer(&c->station, name, &printer, &err) != 0)
		return true; /* the release itself will tell */
	return c->json ? printer.state != IPP_PSTATE_STOPPED : show_printer(&printer);
}

/* Where it stopped and the device told how many came out: the rest, or all again. */
static bool
agree_again(const struct station_order *order, struct station_wish *wish)
{
	int out, all;
	char text[256], out_text[16], all_text[16];
	struct typed line;

	show_pages(order, &out, &all);
	if (out == 0 || all <= out) {
		wish->again = typed_yes(STDIN_FILENO, words_plain(WORDS_ASK_AGAIN),
					words_plain(WORDS_YES));
		return wish->again;
	}
	snprintf(out_text, sizeof(out_text), "%d", out);
	snprintf(all_text, sizeof(all_text), "%d", all);
	words_say(text, sizeof(text), WORDS_ASK_REST, out_text, all_text);
	if (typed_ask(STDIN_FILENO, text, false, &line, NULL) != 1)
		return false;
	line.text[0] = (char)tolower((unsigned char)line.text[0]);
	wish->rest = line.text[0] == words_plain(WORDS_REST)[0];
	wish->again = line.text[0] == words_plain(WORDS_ALL)[0];
	return wish->rest || wish->again;
}

/* A proof that stopped: it again, or all. */
static bool
agree_to_proof(struct station_wish *wish)
{
	const char *letters = words_plain(WORDS_PROOF_LETTERS);
	struct typed line;

	if (typed_ask(STDIN_FILENO, words_plain(WORDS_ASK_PROOF_AGAIN), false, &line,
		      NULL) != 1)
		return false;
	wish->make = line.text[0] == letters[1] ? STATION_ALL : STATION_NEXT;
	wish->again = line.text[0] == letters[0] || line.text[0] == letters[1];
	return wish->again;
}

static bool
agree(const struct counter *c, const struct station_order *order,
      struct station_wish *wish)
{
	if (!c->asks || c->yes)
		return true;
	if (order->again && order->proof_copies > 0 && wish->make == STATION_NEXT)
		return agree_to_proof(wish);
	if (order->again && !wish->again && !wish->rest)
		return agree_again(order, wish);
	return typed_yes(STDIN_FILENO, words_plain(WORDS_ASK_RELEASE),
			 words_plain(WORDS_YES));
}

/* What stopped is not made a second time by who did not say so. */
static enum ending
say_again(const struct station_order *order)
{
	words_err(WORDS_SAY_AGAIN, order->message, NULL);
	return ENDING_NOT_NOW;
}

static enum ending
release_one(const struct counter *c, struct presented *p, uint32_t order,
	    const struct station_wish *wish)
{
	struct station_orders released = {.count = 0};
	struct error err;
	char number[16];

	p->number = order;
	if (station_release(&c->station, p, wish, &released, &err) != 0)
		return counter_explain(&err);
	if (c->json && !c->wait && released.count == 1)
		report_order(&released.list[0], wish);
	station_orders_clear(&released);
	snprintf(number, sizeof(number), "%u", order);
	if (!c->json)
		words_out(WORDS_RELEASED, number, NULL);
	return ENDING_WELL;
}

static enum ending
offer(const struct counter *c, struct presented *p, const struct station_order *order)
{
	struct station_wish wish = c->wish;
	enum ending ending;

	if (!c->json)
		show_summary(order, &c->wish);
	if (!printer_is_well(c, order) && !c->asks && !c->yes)
		return ENDING_LATER;
	if (!agree(c, order, &wish)) {
		words_out(WORDS_NOT_RELEASED, NULL, NULL);
		return ENDING_DECLINED;
	}
	if (order->again && !wish.again && !wish.rest)
		return say_again(order);
	ending = release_one(c, p, order->number, &wish);
	typed_wipe(&p->secret);
	return ending == ENDING_WELL && c->wait ? watch_order(c, order) : ending;
}

static bool
agree_all(const struct counter *c, size_t count)
{
	char text[128], number[16];

	if (!c->asks || c->yes)
		return true;
	snprintf(number, sizeof(number), "%zu", count);
	words_say(text, sizeof(text), WORDS_ASK_RELEASE_ALL, number, NULL);
	return typed_yes(STDIN_FILENO, text, words_plain(WORDS_YES));
}

/* Each printer that the orders are for is asked once. */
static bool
printers_are_well(const struct counter *c, const struct station_orders *orders)
{
	bool well = true;

	for (size_t i = 0; i < orders->count; i++) {
		bool asked = false;

		for (size_t j = 0; j < i; j++)
			asked = asked || strcmp(orders->list[i].printer,
						orders->list[j].printer) == 0;
		if (!asked && !printer_is_well(c, &orders->list[i]))
			well = false;
	}
	return well;
}

/* Every order of this customer: all are released before the first is watched, so that the
 * printer has them in their order. The first that goes wrong decides how it ends. */
static enum ending
offer_all(const struct counter *c, struct presented *p,
	  const struct station_orders *orders)
{
	enum ending ending = ENDING_WELL, one;
	bool released[STATION_ORDERS_MAX] = {false};

	if (!printers_are_well(c, orders) && !c->asks && !c->yes)
		return ENDING_LATER;
	if (!agree_all(c, orders->count)) {
		words_out(WORDS_NOT_RELEASED, NULL, NULL);
		return ENDING_DECLINED;
	}
	for (size_t i = 0; i < orders->count; i++) {
		const struct station_order *o = &orders->list[i];

		one = o->again && !c->wish.again && !c->wish.rest
			      ? say_again(o)
			      : release_one(c, p, o->number, &c->wish);
		released[i] = one == ENDING_WELL;
		ending = ending == ENDING_WELL ? one : ending;
	}
	typed_wipe(&p->secret);
	for (size_t i = 0; i < orders->count && c->wait; i++) {
		one = released[i] ? watch_order(c, &orders->list[i]) : ENDING_WELL;
		ending = ending == ENDING_WELL ? one : ending;
	}
	return ending;
}

static enum ending
list(const struct counter *c, const struct station_orders *orders)
{
	if (c->json)
		report_orders(orders, &c->wish);
	for (size_t i = 0; i < orders->count && !c->json; i++)
		show_summary(&orders->list[i], &c->wish);
	return ENDING_WELL;
}

static enum ending
go_on(const struct counter *c, struct presented *p, struct station_orders *orders)
{
	struct station_order *order;
	struct error err;
	bool all;

	if (c->list)
		return list(c, orders);
	order = choose(c, orders, &all, &err);
	if (all)
		return offer_all(c, p, orders);
	return order != NULL ? offer(c, p, order) : counter_explain(&err);
}

int
counter_serve(const struct counter *c, enum ending *ending)
{
	struct station_orders orders = {.count = 0};
	struct presented p;
	struct error err;
	int rc = ask_first(c, &p, &err);

	if (rc == 1 && c->asks && c->operand == NULL && c->user == NULL &&
	    c->account == NULL && c->pin_fd < 0) {
		show_clear(); /* what the last customer saw is not the next one's */
		if (p.secret.len == 0)
			return 1;
	}
	if (rc == 1 &&
	    (take_first(c, &p, &err) != 0 || find(c, &p, &orders, &err) != 0))
		rc = -1;
	if (rc == 1)
		*ending = go_on(c, &p, &orders);
	else if (rc < 0)
		*ending = counter_explain(&err);
	seal_wipe(&p, sizeof(p));
	station_orders_clear(&orders);
	return rc;
}
