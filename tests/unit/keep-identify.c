/*
 * keep-identify.c - wrong codes and PINs: what they learn, what they cost.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static int
try_pin(struct bench *b, struct client *c, const struct handed *h, const char *pin,
	struct error *err)
{
	struct wire_candidate candidate;

	return ask_who(b, c, h, pin, &candidate, err) > 0 ? 0 : -1;
}

static void
a_wrong_pin_opens_nothing(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	TAP_OK(release(b, &c, &h, "2469", 0, &err) == -1 &&
		       state_of(b, &h) == ORDER_HELD,
	       "the key that it leads to unwraps nothing: %s", err.text);
	TAP_OK(release(b, &c, &h, "", 0, &err) == -1 && err.kind == ERROR_INPUT,
	       "an empty one is none: %s", err.text);
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == 0, "the right one does: %s",
	       err.text);
	handed_clear(&h);
	client_close(&c);
}

static void
a_wrong_key_proves_nothing(struct bench *b)
{
	struct client c;
	struct handed h, unknown;
	struct seal_key *wrong = seal_key_random();
	struct error err = {0}, other = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	unknown = h;
	uuid_make(unknown.uuid);
	TAP_OK(prove(b, &c, &h, wrong, WIRE_RELEASE, 1, &err) == -1 &&
		       err.kind == ERROR_REFUSED && state_of(b, &h) == ORDER_HELD,
	       "a random key: %s", err.text);
	TAP_OK(prove(b, &c, &h, wrong, WIRE_SHOW, 0, &err) == -1,
	       "nor shows it a thing");
	TAP_OK(prove(b, &c, &unknown, wrong, WIRE_SHOW, 0, &other) == -1 &&
		       other.kind == err.kind && strcmp(err.text, other.text) == 0,
	       "an order that is none gets the same words");
	TAP_OK(prove(b, &c, &h, h.key, WIRE_SHOW, 0, &err) == 0 &&
		       state_of(b, &h) == ORDER_HELD,
	       "the right key shows it, and no more");
	seal_key_free(wrong);
	handed_clear(&h);
	client_close(&c);
}

static bool
looks_alike(const struct wire_candidate *x, const struct wire_candidate *y)
{
	return x->wrapped.len == y->wrapped.len && strcmp(x->kdf, y->kdf) == 0 &&
	       (x->order.bytes[6] & 0xf0) == (y->order.bytes[6] & 0xf0) &&
	       (x->order.bytes[8] & 0xc0) == (y->order.bytes[8] & 0xc0);
}

static void
the_unknown_looks_like_the_known(struct bench *b)
{
	struct client c;
	struct handed pin, code, none;
	struct wire_candidate known = {0}, fake = {0}, again = {0}, other = {0};
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	struct error err = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &pin);
	hand_in_and_rest(b, &c,
			 &(struct wish){.kind = SEAL_CODE, .text = "AAAABBBBCCCC"},
			 &code);
	none = pin;
	none.number = 4000000;
	TAP_OK(ask_who(b, &c, &pin, "2468", &known, &err) == 1 &&
		       ask_who(b, &c, &none, "2468", &fake, &err) == 1 &&
		       looks_alike(&known, &fake),
	       "an order number that is none: one candidate, like any other");
	if (fake.wrapped.data == NULL)
		return;
	memcpy(wrapped, fake.wrapped.data, fake.wrapped.len);
	TAP_OK(ask_who(b, &c, &none, "1111", &again, &err) == 1 &&
		       memcmp(&again.order, &fake.order, sizeof(fake.order)) == 0 &&
		       memcmp(&again.salt, &fake.salt, sizeof(fake.salt)) == 0 &&
		       memcmp(again.wrapped.data, wrapped, fake.wrapped.len) == 0,
	       "the same one for another PIN, as a known order would be");
	TAP_OK(memcmp(&again.blinded, &fake.blinded, sizeof(fake.blinded)) != 0,
	       "with another keyed hash");
	TAP_OK(ask_who(b, &c, &code, "AAAABBBBCCCC", &known, &err) == 1 &&
		       memcmp(known.order.bytes, code.uuid, UUID_BYTES) == 0 &&
		       ask_who(b, &c, &code, "AAAABBBBCCCD", &other, &err) == 1 &&
		       looks_alike(&known, &other),
	       "a code that is none, too");
	handed_clear(&pin);
	handed_clear(&code);
	client_close(&c);
}

/* How many tries go through at once before keep says "later". */
static int
tries_until_later(struct bench *b, struct client *c, const struct handed *h, int most,
		  struct error *err)
{
	char pin[16];
	int n;

	for (n = 0; n < most; n++) {
		snprintf(pin, sizeof(pin), "%04d", n);
		if (try_pin(b, c, h, pin, err) != 0)
			break;
	}
	return n;
}

static void
wrong_tries_are_slowed_and_locked_out(struct bench *b)
{
	struct client c;
	struct handed h, none;
	struct error err = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	TAP_OK(tries_until_later(b, &c, &h, 100, &err) == 4 && err.kind == ERROR_LATER,
	       "after four of five tries comes a delay: %s", err.text);
	b->clock.skew_s += 2;
	TAP_OK(try_pin(b, &c, &h, "9999", &err) == 0, "then the fifth");
	b->clock.skew_s += 60;
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1 && err.kind == ERROR_LATER,
	       "then not even the right PIN: %s", err.text);
	b->clock.skew_s += b->settings.lockout_s;
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == 0,
	       "when the lock ends it opens the order: %s", err.text);
	none = h;
	none.number = 4000001;
	TAP_OK(tries_until_later(b, &c, &none, 100, &err) == 4,
	       "an order that is none is locked the same way");
	handed_clear(&h);
	client_close(&c);
}

static void
patience_helps_no_more_than_haste(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};
	int n = 0;

	b->clock.skew_s += 100000;
	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	for (int minute = 0; minute < 24 * 60; minute++, b->clock.skew_s += 60)
		n += try_pin(b, &c, &h, "9999", &err) == 0;
	TAP_OK(n > 20 && n <= 50, "a day long, a try a minute: %d went through", n);
	handed_clear(&h);
	client_close(&c);
}

static void
locks_grow(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};
	int64_t locked = 0, start;

	b->clock.skew_s += 7200; /* the station's own tries are forgotten */
	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	start = b->clock.skew_s;
	for (int i = 0; i < 3; i++) {
		for (int n = 0; n < 5; n++) {
			try_pin(b, &c, &h, "9999", &err);
			b->clock.skew_s += 10;
		}
		while (try_pin(b, &c, &h, "9999", &err) != 0)
			b->clock.skew_s += 30;
		b->clock.skew_s += 10;
	}
	locked = b->clock.skew_s - start;
	TAP_OK(locked > (1 + 2 + 4) * (int64_t)b->settings.lockout_s,
	       "three locks in a row last 1, 2 and 4 times as long (%lld s)",
	       (long long)locked);
	handed_clear(&h);
	client_close(&c);
}

static void
a_success_gives_the_try_back(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};
	int well = 0;

	b->clock.skew_s += 100000;
	bench_channel(b, &c);
	for (int i = 0; i < 60; i++) {
		if (hand_in(b, &c, &(struct wish){0}, &h, &err) == 0 &&
		    release(b, &c, &h, h.text, 0, &err) == 0)
			well++;
		handed_clear(&h);
	}
	TAP_OK(well == 60, "sixty customers in a row at a station of twenty tries: %s",
	       err.text);
	bench_rest(b);
	client_close(&c);
}

static void
a_station_is_slowed_as_a_whole(struct bench *b)
{
	struct client c;
	struct handed h, other;
	struct error err = {0};
	int n = 0;

	b->clock.skew_s += 100000;
	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	other = h;
	/* another number each time: no order's own count is met */
	for (other.number = 5000000; n < 100; other.number++, n++)
		if (try_pin(b, &c, &other, "1111", &err) != 0)
			break;
	TAP_OK(n == 11 && err.kind == ERROR_LATER,
	       "ten free tries, one more, then it waits: %s", err.text);
	for (int waited = 0; waited < 1000 && n < 20; waited++, b->clock.skew_s++)
		if (try_pin(b, &c, &other, "1111", &err) == 0) {
			other.number++;
			n++;
		}
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1 && err.kind == ERROR_LATER,
	       "it goes no faster than it is forgotten: %s", err.text);
	b->clock.skew_s += b->settings.lockout_s + 1;
	err.text[0] = '\0';
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == 0, "and is free again: %s",
	       err.text);
	handed_clear(&h);
	client_close(&c);
}

/* What a station shows, and what keep has, for an order. */
static uint32_t
locked_s(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_find find = {.number = h->number, .limit = 1};
	union wire_any m;
	uint32_t locked = UINT32_MAX;

	client_send(b, c, WIRE_TYPE_find, &find);
	if (client_next(b, c, &m) == WIRE_TYPE_order_info)
		locked = m.order_info.locked_s;
	client_next(b, c, &m);
	return locked;
}

static void
the_owner_sees_a_lock(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};

	b->clock.skew_s += 100000;
	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	TAP_OK(locked_s(b, &c, &h) == 0, "an order is not locked");
	tries_until_later(b, &c, &h, 4, &err);
	TAP_OK(locked_s(b, &c, &h) == 0, "nor after four wrong tries");
	b->clock.skew_s += 2;
	try_pin(b, &c, &h, "9999", &err);
	TAP_OK(locked_s(b, &c, &h) > 0 && locked_s(b, &c, &h) <= b->settings.lockout_s,
	       "with the fifth it is, for %u s", locked_s(b, &c, &h));
	b->clock.skew_s += b->settings.lockout_s + 1;
	TAP_OK(locked_s(b, &c, &h) == 0, "and is free when that is over");
	handed_clear(&h);
	client_close(&c);
}

/* As front asks at a station, for a code. */
static int
guess(struct bench *b, struct client *c, uint64_t n, struct error *err)
{
	struct wire_identify who = {.how = WIRE_BY_CODE, .station = "the vandal's"};
	union wire_any m;
	char code[32];
	int type;

	/* wrong, and never the same twice: 60 bits of a number, as symbols of a code */
	for (int i = 0; i < 12; i++)
		code[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
			[(n * UINT64_C(0x9e3779b97f4a7c15) >> (5 * i)) & 31];
	text_copy(who.host, sizeof(who.host), "192.0.2.66");
	who.text = (struct wire_bytes){(const uint8_t *)code, 12};
	if (client_ask(b, c, WIRE_TYPE_identify, &who, WIRE_TYPE_candidate, &m, err) !=
	    0)
		return -1;
	while ((type = client_next(b, c, &m)) == WIRE_TYPE_candidate)
		continue;
	return type == WIRE_TYPE_end ? 0 : -1;
}

static void
ten_thousand_guesses_find_and_delay_and_fill_nothing(struct bench *b)
{
	struct client vandal, customer;
	struct handed h;
	struct error err = {0};
	struct store_audit before, after;
	uint32_t looked_at = 0, wrong = 0;

	b->clock.skew_s += 100000;
	bench_channel(b, &vandal);
	bench_channel(b, &customer);
	hand_in_and_rest(b, &customer, &(struct wish){0}, &h);
	store_audit(b->k->store, &before);
	for (uint64_t n = 1; n <= 10000; n++)
		if (guess(b, &vandal, n, &err) == 0)
			looked_at++;
		else if (err.kind != ERROR_LATER)
			wrong++;
	TAP_OK(looked_at == 11 && wrong == 0,
	       "of 10000 guesses %u are looked at, the others are told to wait",
	       looked_at);
	err.text[0] = '\0';
	TAP_OK(release(b, &customer, &h, h.text, 0, &err) == 0,
	       "another customer meanwhile waits for nothing: %s", err.text);
	bench_rest(b);
	store_audit(b->k->store, &after);
	TAP_OK(after.last - before.last < 20, "the audit has %u entries more",
	       (unsigned)(after.last - before.last));
	handed_clear(&h);
	client_close(&vandal);
	client_close(&customer);
}

static void
user_and_pin_find_all_orders_of_a_customer(struct bench *b)
{
	struct client c;
	struct handed h[3];
	struct wire_identify who = {.station = "s2",
				    .host = "h2",
				    .how = WIRE_BY_USER,
				    .user = "grace",
				    .text = {(const uint8_t *)"5555", 4}};
	union wire_any m;
	struct error err = {0};
	int mine = 0, type;

	b->clock.skew_s += 100000;
	bench_channel(b, &c);
	for (int i = 0; i < 3; i++)
		hand_in_and_rest(b, &c,
				 &(struct wish){.text = i < 2 ? "5555" : "6666",
						.user = "grace"},
				 &h[i]);
	client_send(b, &c, WIRE_TYPE_identify, &who);
	while ((type = client_next(b, &c, &m)) == WIRE_TYPE_candidate)
		mine += memcmp(m.candidate.order.bytes, h[0].uuid, UUID_BYTES) == 0 ||
			memcmp(m.candidate.order.bytes, h[1].uuid, UUID_BYTES) == 0;
	TAP_OK(type == WIRE_TYPE_end && mine == 2, "two with this PIN");
	TAP_OK(prove(b, &c, &h[0], h[0].key, WIRE_RELEASE, 0, &err) == 0 &&
		       prove(b, &c, &h[1], h[1].key, WIRE_RELEASE, 0, &err) == 0,
	       "both are released with one identification");
	for (int i = 0; i < 3; i++)
		handed_clear(&h[i]);
	client_close(&c);
}

static void
a_taken_code_is_not_given_twice(struct bench *b)
{
	const struct wish w = {.kind = SEAL_CODE, .text = "DDDDEEEEFFFF"};
	struct client c;
	struct handed h, second;
	struct error err = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &w, &h);
	TAP_OK(hand_in(b, &c, &w, &second, &err) == -1 && err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	handed_clear(&h);
	handed_clear(&second);
	client_close(&c);
}

static void
an_operators_hold_stands_before_the_right_pin(struct bench *b)
{
	struct client c, tool;
	struct handed h;
	struct wire_change change = {.verb = WIRE_HOLD, .user = "root"};
	struct error err = {0};

	bench_channel(b, &c);
	bench_peer(b, &tool, WIRE_FROM_TOOL, 1);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	memcpy(change.order.bytes, h.uuid, UUID_BYTES);
	client_ask(b, &tool, WIRE_TYPE_change, &change, WIRE_TYPE_order_info, NULL,
		   &err);
	bench_rest(b);
	TAP_OK(strstr(cups_job_of(b, h.uuid)->message, "Held by the operator") != NULL,
	       "the queue says: %s", cups_job_of(b, h.uuid)->message);
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1 && err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	change.verb = WIRE_UNHOLD;
	client_ask(b, &tool, WIRE_TYPE_change, &change, WIRE_TYPE_order_info, NULL,
		   &err);
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == 0, "lifted, it is released");
	handed_clear(&h);
	client_close(&c);
	client_close(&tool);
}

static off_t
size_of_tries(const struct bench *b, mode_t *mode)
{
	char path[SETTINGS_PATH_MAX + 16];
	struct stat st;

	snprintf(path, sizeof(path), "%s/keep/tries", b->settings.state_directory);
	if (stat(path, &st) != 0)
		return -1;
	*mode = st.st_mode & 07777;
	return st.st_size;
}

/* To kill keep gives nobody new tries. (bench_restart lets some time pass.) */
static void
a_restart_forgets_no_try(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};
	mode_t mode = 0;
	off_t before = size_of_tries(b, &mode);

	TAP_OK(before > 0 && mode == 0600, "tries are in a file that is nobody else's");
	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	TAP_OK(tries_until_later(b, &c, &h, 100, &err) == 4, "four tries go through");
	client_close(&c);
	bench_restart(b);
	b->clock.skew_s += 2;
	bench_channel(b, &c);
	TAP_OK(try_pin(b, &c, &h, "9999", &err) == 0, "after a restart the fifth");
	b->clock.skew_s += 60;
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1 && err.kind == ERROR_LATER,
	       "which locks the order: %s", err.text);
	client_close(&c);
	bench_restart(b);
	bench_channel(b, &c);
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1 && err.kind == ERROR_LATER,
	       "after another restart the lock is still there: %s", err.text);
	b->clock.skew_s += b->settings.lockout_s;
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == 0, "it ends in its time: %s",
	       err.text);
	TAP_OK(size_of_tries(b, &mode) == before, "the file is as large as before");
	handed_clear(&h);
	client_close(&c);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	a_wrong_pin_opens_nothing(&b);
	a_wrong_key_proves_nothing(&b);
	the_unknown_looks_like_the_known(&b);
	b.clock.skew_s += 100000;
	wrong_tries_are_slowed_and_locked_out(&b);
	patience_helps_no_more_than_haste(&b);
	locks_grow(&b);
	a_success_gives_the_try_back(&b);
	a_station_is_slowed_as_a_whole(&b);
	the_owner_sees_a_lock(&b);
	ten_thousand_guesses_find_and_delay_and_fill_nothing(&b);
	user_and_pin_find_all_orders_of_a_customer(&b);
	a_taken_code_is_not_given_twice(&b);
	an_operators_hold_stands_before_the_right_pin(&b);
	bench_close(&b);
	bench_open(&b, "lmdb");
	a_restart_forgets_no_try(&b);
	bench_close(&b);
	return tap_done();
}
