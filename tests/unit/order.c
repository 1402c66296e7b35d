/*
 * order.c - facts about lib/order: claim codes, tickets, the table of states, records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/code.h"
#include "lib/order/order.h"
#include "lib/order/ticket.h"
#include "tests/tap.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void
a_code_is_read_as_people_type_it(void)
{
	static const struct {
		const char *typed, *what;
	} rows[] = {
		{"ABCD-EFGH-1JKA", "as written"},
		{"abcdefgh1jka", "lower case, no hyphens"},
		{" abcd efgh ljka ", "l for 1, spaces"},
		{"ABCD-EFGH-IJKA", "I for 1"},
	};
	char canonical[CODE_SYMBOLS_MAX + 1];
	struct error err = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TAP_OK(code_read(canonical, rows[i].typed, &err) == 0 &&
			       strcmp(canonical, "ABCDEFGH1JKA") == 0,
		       "%s: '%s' %s", rows[i].what, rows[i].typed, err.text);
	TAP_OK(code_read(canonical, "OOOO-OOOO-OOOO", &err) == 0 &&
		       strcmp(canonical, "000000000000") == 0,
	       "O for 0");
}

static void
what_is_no_code_is_refused_in_words(void)
{
	static const char *const rows[] = {
		"",
		"----",
		"ABCD",
		"ABCD-EFGH-1JK",
		"ABCD-EFGH-1JKA-A",
		"ABCD-EFGH-1JK7",
		"ABCD-EFGH-1J\nK6",
		"ABCD-EFGH-1JK\xc3\xa4",
		"0000-0000-0000-0000-0000-0000-0000-0000-0000-0000-0000",
	};
	char canonical[CODE_SYMBOLS_MAX + 1];
	struct error err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TAP_OK(code_read(canonical, rows[i], &err) == -1 &&
			       err.kind == ERROR_INPUT && canonical[0] == '\0',
		       "row %zu: %s", i, err.text);
}

/* How many single wrong symbols and swaps of this code go unnoticed. */
static int
unnoticed_errors(const char *code)
{
	char typed[CODE_SYMBOLS_MAX + 1], canonical[CODE_SYMBOLS_MAX + 1];
	size_t n = strlen(code);
	int unnoticed = 0;

	for (size_t i = 0; i < n; i++) {
		memcpy(typed, code, n + 1);
		for (const char *s = alphabet; *s != '\0'; s++) {
			typed[i] = *s;
			unnoticed +=
				*s != code[i] && code_read(canonical, typed, NULL) == 0;
		}
		for (size_t j = i + 1; j < n; j++) {
			memcpy(typed, code, n + 1);
			typed[i] = code[j];
			typed[j] = code[i];
			unnoticed += code[i] != code[j] &&
				     code_read(canonical, typed, NULL) == 0;
		}
	}
	return unnoticed;
}

static void
every_single_error_and_swap_is_found(void)
{
	static const size_t lengths[] = {12, 16, 20, 24};
	char text[CODE_TEXT_MAX], canonical[CODE_SYMBOLS_MAX + 1];
	int unnoticed, unread, numbers;

	for (size_t l = 0; l < 4; l++) {
		unnoticed = unread = numbers = 0;
		for (int i = 0; i < 50; i++) {
			code_make(text, lengths[l]);
			unread += code_read(canonical, text, NULL) != 0 ||
				  strlen(canonical) != lengths[l];
			numbers += !code_looks_like(text);
			unnoticed += unnoticed_errors(canonical);
		}
		TAP_OK(unread == 0 && numbers == 0, "50 codes of %zu are read back",
		       lengths[l]);
		TAP_OK(unnoticed == 0,
		       "no wrong symbol and no swap in them goes unnoticed");
	}
}

static void
a_number_is_not_taken_for_a_code(void)
{
	TAP_OK(!code_looks_like("123456789012"), "twelve digits");
	TAP_OK(!code_looks_like("4711"), "an order number");
	TAP_OK(!code_looks_like("hunter2"), "a password");
	TAP_OK(code_looks_like("abcd efgh 1jka"), "a code is");
	TAP_OK(code_looks_like("abcd efgh 1jk7"), "a mistyped code too");
}

static void
a_ticket_is_read_in_one_spelling(void)
{
	struct ticket t = {.document = 3}, back;
	char text[TICKET_TEXT_MAX], other[TICKET_TEXT_MAX];
	struct error err;
	size_t len;
	int wrongly = 0;

	uuid_make(t.order);
	len = ticket_write(text, &t);
	TAP_OK(ticket_read(&back, text, len, &err) == 0 && back.document == 3 &&
		       memcmp(back.order, t.order, UUID_BYTES) == 0,
	       "a ticket comes back");
	for (size_t n = 0; n < len; n++) {
		wrongly += ticket_read(&back, text, n, &err) == 0;
		memcpy(other, text, len);
		other[n] = '~';
		wrongly += ticket_read(&back, other, len, &err) == 0;
		other[n] = '\0';
		wrongly += ticket_read(&back, other, len, &err) == 0;
	}
	TAP_OK(wrongly == 0, "not cut, and not changed: %s", err.text);
	memcpy(other, text, len);
	other[len] = '\n';
	TAP_OK(ticket_read(&back, other, len + 1, &err) == -1, "nothing behind it: %s",
	       err.text);
	t.document = ORDER_DOCUMENTS_MAX + 1;
	len = ticket_write(text, &t);
	TAP_OK(ticket_read(&back, text, len, &err) == -1, "document 501: %s", err.text);
}

static void
a_job_name_tells_its_order(void)
{
	uint8_t order[UUID_BYTES], back[UUID_BYTES];
	char name[128];

	uuid_make(order);
	ticket_job_name(name, 4294967295u, order);
	TAP_OK(ticket_from_job_name(back, name) == 0 && memcmp(order, back, 16) == 0,
	       "%s", name);
	TAP_OK(ticket_from_job_name(back, "Order of the day") == -1 &&
		       ticket_from_job_name(back, "Order 1") == -1 &&
		       ticket_from_job_name(back, "Order 1 urn:uuid:1") == -1 &&
		       ticket_from_job_name(back, name + 1) == -1,
	       "other jobs' names tell none");
}

static void
the_table_of_states_says_who_may_move_where(void)
{
	/* row: from; column: to; in the order of enum order_state */
	static const char *const may[ORDER_STATES] = {
		NULL,
		/*           i h r p s c x e q t */
		/* incoming  */ "1100001001",
		/* held      */ "0110001110",
		/* released  */ "0111101010",
		/* producing */ "0101111011",
		/* stopped   */ "0110101110",
		/* completed */ "0000010000",
		/* canceled  */ "0000001000",
		/* expired   */ "0000000100",
		/* corrupt   */ "0000001010",
		/* stored    */ "0100011011",
	};
	int wrong = 0;

	for (enum order_state f = ORDER_INCOMING; f < ORDER_STATES; f++)
		for (enum order_state t = ORDER_INCOMING; t < ORDER_STATES; t++)
			wrong += order_may_move(f, t) != (may[f][t - 1] == '1');
	TAP_OK(wrong == 0, "all 100 pairs");
	TAP_OK(!order_may_move(0, ORDER_HELD) &&
		       !order_may_move(ORDER_HELD, ORDER_STATES),
	       "what is no state moves nowhere");
	wrong = 0;
	for (enum order_state s = ORDER_INCOMING; s < ORDER_STATES; s++)
		wrong += order_state_from_name(order_state_name(s)) != s;
	TAP_OK(wrong == 0 && order_state_from_name("unknown") == 0,
	       "each state has a name of its own");
}

static void
set_bytes(uint8_t **owned, uint32_t *len, size_t n)
{
	*owned = malloc(n);
	*len = (uint32_t)n;
	memset(*owned, 0xa5, n);
}

/* Every field set, every length at an odd place. */
static void
fill_order(struct order *o)
{
	struct order_document *d;

	order_init(o);
	uuid_make(o->uuid);
	o->revision = 1ull << 40;
	o->number = 4711;
	o->state = ORDER_STOPPED;
	o->identification = ORDER_ID_PIN;
	memset(o->key, 1, sizeof(o->key));
	memset(o->user_key, 2, sizeof(o->user_key));
	text_copy(o->printer, sizeof(o->printer), "photo");
	text_copy(o->queue, sizeof(o->queue), "minilab");
	memset(o->user, 'u', sizeof(o->user) - 1);
	text_copy(o->host, sizeof(o->host), "localhost");
	text_copy(o->name, sizeof(o->name), "Wedding");
	text_copy(o->language, sizeof(o->language), "de");
	text_copy(o->reason, sizeof(o->reason), "media-jam");
	memset(o->message, 'm', sizeof(o->message) - 1);
	o->created = 1700000000;
	o->changed = -1;
	o->ended = 1800000000;
	o->due = INT64_MAX;
	o->cups_job = -7;
	o->proof_copies = 2;
	o->proofs = 255;
	o->proof = o->proof_begun = true;
	o->storage = ORDER_STORE_ONLY;
	o->attempts = 255;
	o->held_by_operator = true;
	o->sealing.secret = 3;
	text_copy(o->sealing.cipher, sizeof(o->sealing.cipher), "aes-256-gcm");
	text_copy(o->sealing.kdf, sizeof(o->sealing.kdf), "argon2id-8m-2");
	o->sealing.wrapped_len = ORDER_WRAPPED_MAX;
	memset(o->sealing.wrapped, 3, ORDER_WRAPPED_MAX);
	o->sealing.recovery_len = 1;
	memset(o->sealing.commitment, 4, ORDER_KEY_BYTES);
	o->grant.wrapped_len = 72;
	o->grant.until = 1;
	set_bytes(&o->attributes, &o->attributes_len, 999);
	for (uint8_t i = 0; i < 3; i++) {
		d = order_add_document(o);
		memset(d->body, i, sizeof(d->body));
		d->length = 1ull << 33;
		d->chunks = i;
		d->state = i;
		text_copy(d->format, sizeof(d->format), "image/jpeg");
		text_copy(d->name, sizeof(d->name), "bride.jpg");
		if (i != 1)
			set_bytes(&d->attributes, &d->attributes_len, i + 1u);
	}
}

static void
a_record_comes_back_whole(void)
{
	struct order o, back = {0}, copy;
	struct buf first, second;
	struct error err = {0};

	fill_order(&o);
	buf_init(&first, ORDER_RECORD_MAX);
	buf_init(&second, ORDER_RECORD_MAX);
	TAP_OK(order_encode(&o, &first, &err) == 0 &&
		       order_decode(&back, first.data, first.len, &err) == 0,
	       "it is written and read: %s", err.text);
	TAP_OK(order_encode(&back, &second, &err) == 0 && second.len == first.len &&
		       memcmp(first.data, second.data, first.len) == 0,
	       "and written again gives the same %zu bytes", first.len);
	TAP_OK(back.document_count == 3 && back.documents != NULL &&
		       back.revision == o.revision && back.cups_job == -7 &&
		       back.changed == -1 && back.held_by_operator &&
		       back.proof_copies == 2 && back.proofs == 255 && back.proof &&
		       back.proof_begun && back.storage == ORDER_STORE_ONLY &&
		       strcmp(back.message, o.message) == 0 &&
		       back.documents[2].attributes_len == 3 &&
		       back.documents[1].attributes == NULL &&
		       back.sealing.wrapped_len == ORDER_WRAPPED_MAX &&
		       order_bytes(&back) == 3ull << 33,
	       "fields are where they were");
	TAP_OK(order_copy(&copy, &back, &err) == 0 && back.documents != NULL &&
		       copy.documents != NULL && copy.documents != back.documents &&
		       copy.documents[0].attributes != back.documents[0].attributes,
	       "a copy owns its own");
	order_clear(&back);
	second.len = 0;
	TAP_OK(order_encode(&copy, &second, &err) == 0 && second.len == first.len &&
		       memcmp(first.data, second.data, first.len) == 0,
	       "and outlives the first");
	order_clear(&copy);
	order_clear(&o);
	buf_clear(&first);
	buf_clear(&second);
}

static void
a_record_is_refused_when_cut_or_strange(void)
{
	struct order o, back;
	struct buf b;
	struct error err;
	int wrongly = 0;

	fill_order(&o);
	buf_init(&b, ORDER_RECORD_MAX);
	order_encode(&o, &b, &err);
	for (size_t n = 0; n < b.len; n++)
		wrongly += order_decode(&back, b.data, n, &err) == 0 ||
			   err.kind != ERROR_CORRUPT || back.documents != NULL;
	TAP_OK(wrongly == 0, "cut at any of %zu bytes: %s", b.len, err.text);
	buf_append(&b, "", 1, &err);
	TAP_OK(order_decode(&back, b.data, b.len, &err) == -1, "a byte too many: %s",
	       err.text);
	b.len--;
	b.data[0] = ORDER_RECORD_VERSION + 1;
	TAP_OK(order_decode(&back, b.data, b.len, &err) == -1, "a later version: %s",
	       err.text);
	b.data[0] = ORDER_RECORD_VERSION;
	b.data[1 + 16 + 8 + 4] = ORDER_STATES;
	TAP_OK(order_decode(&back, b.data, b.len, &err) == -1, "state 11: %s",
	       err.text);
	b.data[1 + 16 + 8 + 4] = ORDER_INCOMING;
	TAP_OK(order_decode(&back, b.data, b.len, &err) == -1,
	       "an incoming order is in no record: %s", err.text);
	order_clear(&o);
	buf_clear(&b);
}

static void
an_order_has_a_bounded_number_of_documents(void)
{
	struct order o;
	int n = 0;

	order_init(&o);
	while (order_add_document(&o) != NULL)
		n++;
	TAP_OK(n == ORDER_DOCUMENTS_MAX, "%d documents", n);
	order_clear(&o);
}

int
main(void)
{
	a_code_is_read_as_people_type_it();
	what_is_no_code_is_refused_in_words();
	every_single_error_and_swap_is_found();
	a_number_is_not_taken_for_a_code();
	a_ticket_is_read_in_one_spelling();
	a_job_name_tells_its_order();
	the_table_of_states_says_who_may_move_where();
	a_record_comes_back_whole();
	a_record_is_refused_when_cut_or_strange();
	an_order_has_a_bounded_number_of_documents();
	return tap_done();
}
