/*
 * judge.c - the judge of kills.c, tried: a shop in order passes, each fault is found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crash/ledger.h"
#include "tests/tap.h"

#define NOW	  INT64_C(1000000)
#define DUE	  INT64_C(86400)
#define RETENTION INT64_C(3600)
#define STORED	  INT64_C(7200)

struct found {
	unsigned count[BREACHES], all;
};

static void
find(enum breach breach, const char *sentence, void *context)
{
	struct found *f = context;

	(void)sentence;
	f->count[breach]++;
	f->all++;
}

/* One order, from all sides. */
struct scene {
	struct ledger ledger;
	struct claim *claim;
	struct sight sight[2];
	struct take take;
	struct evidence e;
};

static void
scene_open(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	ledger_init(&s->ledger);
	s->claim = ledger_add(&s->ledger, "ada", 1);
	s->claim->submitted = KNOWN_YES;
	s->sight[0] = (struct sight){.name = "ada-1",
				     .number = 7,
				     .uuid = {1},
				     .state = ORDER_HELD,
				     .documents = 1,
				     .created = NOW - 100};
	s->take.uuid[0] = 1;
	s->e = (struct evidence){.sights = s->sight,
				 .sight_count = 1,
				 .takes = &s->take,
				 .now = NOW,
				 .mono_ms = 1,
				 .due_s = DUE,
				 .retention_s = RETENTION,
				 .stored_s = STORED};
}

static struct found
judge(struct scene *s)
{
	struct found f = {.all = 0};

	ledger_mark(&s->ledger);
	ledger_judge(&s->ledger, &s->e, find, &f);
	return f;
}

static void
take(struct scene *s, unsigned begun, unsigned times)
{
	s->e.take_count = 1;
	s->take.begun = begun;
	s->take.pictures = times > 0;
	s->take.picture[0].times = times;
}

static void
becomes(struct scene *s, enum order_state state)
{
	s->sight[0].state = state;
	s->sight[0].ended = order_is_over(state) ? NOW : 0;
}

/* --- what is planted --- */

static void
ask(struct scene *s)
{
	s->claim->asked = 1;
	s->sight[0].attempts = 1;
}

static void
wait(struct scene *s)
{
	(void)s;
}

static void
complete(struct scene *s)
{
	ask(s);
	becomes(s, ORDER_COMPLETED);
	take(s, 1, 1);
}

static void
lose(struct scene *s)
{
	s->e.sight_count = 0;
}

static void
lose_unacknowledged(struct scene *s)
{
	s->claim->submitted = KNOWN_PERHAPS;
	lose(s);
}

static void
lose_seen(struct scene *s)
{
	judge(s);
	lose(s);
}

static void
remove_in_time(struct scene *s)
{
	complete(s);
	judge(s);
	lose(s);
	s->e.now += RETENTION;
}

static void
remove_early(struct scene *s)
{
	remove_in_time(s);
	s->e.now--;
}

static void
come_back_removed(struct scene *s)
{
	remove_in_time(s);
	judge(s);
	s->e.sight_count = 1;
}

static void
halve(struct scene *s)
{
	s->claim->documents = 2;
}

static void
accept_refused(struct scene *s)
{
	s->claim->submitted = KNOWN_NO;
}

static void
raise_canceled(struct scene *s)
{
	s->claim->canceled = KNOWN_YES;
}

static void
raise_completed(struct scene *s)
{
	complete(s);
	judge(s);
	becomes(s, ORDER_HELD);
}

static void
print_twice(struct scene *s)
{
	complete(s);
	take(s, 2, 2);
}

static void
print_twice_as_asked(struct scene *s)
{
	print_twice(s);
	s->claim->asked = 2;
}

static void
begin_twice(struct scene *s)
{
	complete(s);
	take(s, 2, 1);
}

static void
show_a_set(struct scene *s)
{
	complete(s);
	s->e.take_count = 0;
	s->e.takes = NULL;
	take_set_note(&s->e.takes, &s->e.take_count, s->sight[0].uuid, 1, true);
}

static void
show_it_again(struct scene *s)
{
	show_a_set(s);
	take_set_note(&s->e.takes, &s->e.take_count, s->sight[0].uuid, 1, true);
}

static void
show_half_a_set(struct scene *s)
{
	ask(s);
	s->e.take_count = 0;
	s->e.takes = NULL;
	take_set_note(&s->e.takes, &s->e.take_count, s->sight[0].uuid, 1, false);
}

static void
print_unasked(struct scene *s)
{
	take(s, 1, 0);
}

static void
print_for_nobody(struct scene *s)
{
	take(s, 1, 1);
	s->take.uuid[0] = 2;
}

static void
complete_unprinted(struct scene *s)
{
	complete(s);
	take(s, 1, 0);
}

static void
complete_unasked(struct scene *s)
{
	becomes(s, ORDER_COMPLETED);
}

static void
release_too_often(struct scene *s)
{
	ask(s);
	s->sight[0].attempts = 2;
}

static void
cancel_by_nobody(struct scene *s)
{
	becomes(s, ORDER_CANCELED);
}

static void
cancel_perhaps(struct scene *s)
{
	s->claim->canceled = KNOWN_PERHAPS;
	becomes(s, ORDER_CANCELED);
}

static void
expire(struct scene *s)
{
	s->sight[0].created = NOW - DUE;
	becomes(s, ORDER_EXPIRED);
}

static void
expire_early(struct scene *s)
{
	becomes(s, ORDER_EXPIRED);
}

static void
damage(struct scene *s)
{
	becomes(s, ORDER_CORRUPT);
}

static void
bring_a_stranger(struct scene *s)
{
	strcpy(s->sight[0].name, "eve-1");
	s->claim->submitted = KNOWN_PERHAPS;
}

static void
submit_twice(struct scene *s)
{
	s->sight[1] = s->sight[0];
	s->sight[1].number++;
	s->e.sight_count = 2;
}

static void
give_a_number_again(struct scene *s)
{
	judge(s);
	s->sight[0].uuid[0] = 9;
}

/* --- proofs and stored orders --- */

static void
show_proof(struct scene *s)
{
	s->claim->proof = true;
	ask(s);
	s->sight[0].proofs = 1;
	take(s, 1, 1);
}

static void
make_the_rest(struct scene *s)
{
	show_proof(s);
	judge(s);
	s->claim->asked = s->sight[0].attempts = 2;
	becomes(s, ORDER_COMPLETED);
	take(s, 2, 2);
}

static void
show_unwished_proof(struct scene *s)
{
	show_proof(s);
	s->claim->proof = false;
}

static void
show_no_proof(struct scene *s)
{
	show_proof(s);
	take(s, 1, 0);
}

static void
make_without_proof(struct scene *s)
{
	complete(s);
	s->claim->proof = true;
}

static void
make_rest_with_proof(struct scene *s)
{
	show_proof(s);
	becomes(s, ORDER_COMPLETED);
	take(s, 2, 2);
}

static void
make_no_rest(struct scene *s)
{
	make_the_rest(s);
	take(s, 1, 1);
}

static void
forget_proof(struct scene *s)
{
	show_proof(s);
	judge(s);
	s->sight[0].proofs = 0;
}

static void
store_made(struct scene *s)
{
	complete(s);
	s->claim->storage = ORDER_STORE_MADE;
	becomes(s, ORDER_STORED);
	s->sight[0].ended = NOW;
}

static void
store_only(struct scene *s)
{
	s->claim->storage = ORDER_STORE_ONLY;
	becomes(s, ORDER_STORED);
	s->sight[0].ended = NOW;
}

static void
store_until_its_day(struct scene *s)
{
	store_made(s);
	judge(s);
	s->sight[0].state = ORDER_COMPLETED;
	s->e.now += STORED;
}

static void
store_too_short(struct scene *s)
{
	store_until_its_day(s);
	s->e.now--;
}

static void
store_unwished(struct scene *s)
{
	store_made(s);
	s->claim->storage = ORDER_STORE_NOT;
}

static void
store_unmade(struct scene *s)
{
	store_made(s);
	take(s, 1, 0);
}

static void
store_unasked(struct scene *s)
{
	store_only(s);
	s->claim->storage = ORDER_STORE_MADE;
}

static void
make_what_is_only_stored(struct scene *s)
{
	store_only(s);
	take(s, 1, 1);
}

static void
raise_stored(struct scene *s)
{
	store_made(s);
	judge(s);
	becomes(s, ORDER_HELD);
}

static void
lose_stored(struct scene *s)
{
	store_made(s);
	judge(s);
	lose(s);
	s->e.now += RETENTION;
}

static void
get_stuck(struct scene *s)
{
	ask(s);
	becomes(s, ORDER_RELEASED);
	judge(s);
	s->e.mono_ms += LEDGER_STUCK_MS;
}

static void
be_slow(struct scene *s)
{
	get_stuck(s);
	s->e.mono_ms--;
}

static const struct {
	const char *sentence;
	void (*plant)(struct scene *s);
	int breach; /* -1: none */
} rows[] = {
	{"an order that waits is well", wait, -1},
	{"one that was asked for and made is well", complete, -1},
	{"one that was never acknowledged may be missing", lose_unacknowledged, -1},
	{"a record may go when its time is over", remove_in_time, -1},
	{"made twice is well if it was asked for twice", print_twice_as_asked, -1},
	{"a cancel without an answer may have been heard", cancel_perhaps, -1},
	{"what nobody fetched may expire", expire, -1},
	{"being slow is not being stuck", be_slow, -1},
	{"a set of plates is well", show_a_set, -1},
	{"a proof, and the order waits, is well", show_proof, -1},
	{"and the rest of it, asked for, too", make_the_rest, -1},
	{"made and stored is well", store_made, -1},
	{"only stored, which nobody asked for, too", store_only, -1},
	{"until its days are over", store_until_its_day, -1},
	{"an acknowledged order that is not there is found", lose, BREACH_LOST},
	{"one that went away is found", lose_seen, BREACH_LOST},
	{"a record that goes early is found", remove_early, BREACH_LOST},
	{"an order without its document is found", halve, BREACH_HALF},
	{"a record that comes back is found", come_back_removed, BREACH_UNDEAD},
	{"a cancelled order that is alive is found", raise_canceled, BREACH_UNDEAD},
	{"a completed order that waits is found", raise_completed, BREACH_UNDEAD},
	{"made twice is found", print_twice, BREACH_TWICE},
	{"begun twice is found", begin_twice, BREACH_TWICE},
	{"a set of plates shown twice is found", show_it_again, BREACH_TWICE},
	{"one that was shown in part is found", show_half_a_set, BREACH_HALF},
	{"made unasked is found", print_unasked, BREACH_UNASKED},
	{"something of no order is found", print_for_nobody, BREACH_UNASKED},
	{"completed without the device is found", complete_unprinted,
	 BREACH_UNFINISHED},
	{"completed unasked is found", complete_unasked, BREACH_STATE},
	{"a release that nobody asked for is found", release_too_often, BREACH_STATE},
	{"a cancel by nobody is found", cancel_by_nobody, BREACH_STATE},
	{"expired before its time is found", expire_early, BREACH_STATE},
	{"a damaged order is found", damage, BREACH_STATE},
	{"a refused order that is there is found", accept_refused, BREACH_STRANGER},
	{"an order of nobody is found", bring_a_stranger, BREACH_STRANGER},
	{"two orders of one submission are found", submit_twice, BREACH_STRANGER},
	{"a proof that nobody wished is found", show_unwished_proof, BREACH_PROOF},
	{"one that the device has not is found", show_no_proof, BREACH_UNFINISHED},
	{"an order made without its proof is found", make_without_proof, BREACH_PROOF},
	{"the rest made with its proof is found", make_rest_with_proof, BREACH_PROOF},
	{"a rest that was never made is found", make_no_rest, BREACH_UNFINISHED},
	{"a proof forgotten is found", forget_proof, BREACH_UNDEAD},
	{"stored too short is found", store_too_short, BREACH_LOST},
	{"stored without a wish is found", store_unwished, BREACH_STATE},
	{"stored without being made is found", store_unmade, BREACH_UNFINISHED},
	{"stored as made, unasked, is found", store_unasked, BREACH_STATE},
	{"made where it is only stored is found", make_what_is_only_stored,
	 BREACH_UNASKED},
	{"a stored order that waits is found", raise_stored, BREACH_UNDEAD},
	{"one that went away is found", lose_stored, BREACH_LOST},
	{"a number given twice is found", give_a_number_again, BREACH_STRANGER},
	{"a release of which nothing becomes is found", get_stuck, BREACH_STUCK},
};

static void
a_line_of_the_device_is_read(void)
{
	static const char uuid[] = "01234567-89ab-4cde-8f01-23456789abcd";
	struct take *takes = NULL;
	unsigned count = 0;
	char line[128];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), "%s %s 00000000000000%02x\n",
			 i == 0 ? "begun" : "took", uuid, i);
		TAP_OK(take_note(&takes, &count, line) == 0, "it is read: %.5s", line);
	}
	TAP_OK(count == 1 && takes[0].begun == 1 && takes[0].pictures == 2,
	       "and counted by order and picture");
	TAP_OK(take_note(&takes, &count, "took nothing\n") != 0,
	       "another line is refused");
	free(takes);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene s;
		struct found f;

		scene_open(&s);
		rows[i].plant(&s);
		f = judge(&s);
		TAP_OK(rows[i].breach < 0 ? f.all == 0 : f.count[rows[i].breach] > 0,
		       "%s", rows[i].sentence);
		if (s.e.takes != &s.take)
			free(s.e.takes);
		ledger_clear(&s.ledger);
	}
	a_line_of_the_device_is_read();
	return tap_done();
}
