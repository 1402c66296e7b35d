/*
 * base.c - facts about lib/base and lib/wire: bounds first.
 */
#include <string.h>
#include <time.h>

#include "lib/base/pack.h"
#include "lib/base/text.h"
#include "lib/base/uuid.h"
#include "lib/wire/wire.h"
#include "tests/tap.h"

static void
a_buffer_refuses_to_grow_past_its_maximum(void)
{
	struct buf b;
	struct error err;

	buf_init(&b, 10);
	TAP_OK(buf_append(&b, "0123456789", 10, &err) == 0, "ten bytes fit into ten");
	TAP_OK(buf_append(&b, "x", 1, &err) == -1 && err.kind == ERROR_FULL &&
		       b.len == 10,
	       "the eleventh is ERROR_FULL and changes nothing");
	buf_clear(&b);
}

static void
a_reader_never_reads_past_its_end(void)
{
	const uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, 'a'};
	struct pack_reader r;
	struct error err;
	size_t len;

	pack_read(&r, huge, sizeof(huge));
	TAP_OK(pack_get_bytes(&r, 100, &len) == NULL && len == 0,
	       "4 GiB announced where 100 bytes are allowed is a fault");
	TAP_OK(pack_end(&r, &err) == -1 && err.kind == ERROR_INPUT,
	       "and the fault sticks");
}

static void
controls_are_stripped(void)
{
	char text[] = "a\nATTR: x\x7f\xc2\x85z";

	text_strip_controls(text);
	TAP_OK(strcmp(text, "a?ATTR: x???z") == 0, "a newline can't forge a line: %s",
	       text);
}

static void
a_cut_never_leaves_half_a_character(void)
{
	char to[4];

	TAP_OK(text_copy(to, sizeof(to), "ab\xc3\xa4") == 1 && strcmp(to, "ab") == 0,
	       "the umlaut that does not fit is left out whole");
}

static void
a_row_of_numbers_ends_at_what_is_none(void)
{
	double got[3] = {0};

	TAP_OK(text_reals("12 -0.5\t1e3 7", got, 3) == 3 && got[0] == 12 &&
		       got[1] == -0.5 && got[2] == 1000,
	       "three of four numbers");
	TAP_OK(text_reals("1 2]", got, 3) == 2 && text_reals("", got, 3) == 0 &&
		       text_reals("x 1", got, 3) == 0,
	       "a row ends at what is no number");
	TAP_OK(text_reals("1 inf", got, 3) == 1 && text_reals("nan", got, 3) == 0 &&
		       text_reals("1e999", got, 3) == 0,
	       "nothing that is not finite");
}

static void
a_uuid_survives_its_text(void)
{
	uint8_t a[UUID_BYTES], b[UUID_BYTES];
	char text[UUID_TEXT];

	uuid_make(a);
	uuid_format(text, a);
	TAP_OK(uuid_parse(b, text) == 0 && memcmp(a, b, sizeof(a)) == 0, "%s", text);
	text[35] = 'g';
	TAP_OK(uuid_parse(b, text) == -1, "a digit that is none is refused");
}

static void
a_later_uuid_is_larger(void)
{
	const struct timespec pause = {0, 3000000};
	uint8_t a[UUID_BYTES], b[UUID_BYTES], c[UUID_BYTES];

	uuid_make_later(a);
	uuid_make_later(b);
	nanosleep(&pause, NULL);
	uuid_make_later(c);
	TAP_OK(memcmp(a, c, UUID_BYTES) < 0 && memcmp(b, c, UUID_BYTES) < 0,
	       "one that is made 3 ms later");
	TAP_OK(memcmp(a, b, UUID_BYTES) != 0, "two of the same time are not the same");
	TAP_OK(c[6] >> 4 == 7 && c[8] >> 6 == 2, "its version and variant are told");
}

static void
a_message_survives_the_wire(void)
{
	struct wire_spend spend = {.document = 7, .cups_job = -3}, back;
	struct wire_candidate c = {.wrapped = {(const uint8_t *)"abc", 3}}, c2;
	struct buf out;
	struct error err;
	unsigned type;
	size_t body;

	text_copy(spend.queue, sizeof(spend.queue), "photo");
	uuid_make(spend.order.bytes);
	buf_init(&out, WIRE_MESSAGE_MAX);
	TAP_OK(wire_pack(WIRE_TYPE_spend, &spend, &out, &err) == 0, "spend packs");
	TAP_OK(wire_head(out.data, 5, &type, &body, &err) == 0,
	       "five bytes are no head yet");
	TAP_OK(wire_head(out.data, out.len, &type, &body, &err) == 1 &&
		       type == WIRE_TYPE_spend && body == out.len - WIRE_HEAD_BYTES,
	       "the head tells type and length");
	TAP_OK(wire_unpack(type, out.data + WIRE_HEAD_BYTES, body, &back, &err) == 0 &&
		       back.document == 7 && back.cups_job == -3 &&
		       strcmp(back.queue, "photo") == 0 &&
		       memcmp(&back.order, &spend.order, sizeof(back.order)) == 0,
	       "every field comes back");
	TAP_OK(wire_unpack(type, out.data + WIRE_HEAD_BYTES, body - 1, &back, &err) ==
		       -1,
	       "a byte missing is refused");
	out.len = 0;
	wire_pack(WIRE_TYPE_candidate, &c, &out, &err);
	TAP_OK(wire_unpack(WIRE_TYPE_candidate, out.data + WIRE_HEAD_BYTES,
			   out.len - WIRE_HEAD_BYTES, &c2, &err) == 0 &&
		       c2.wrapped.len == 3 && memcmp(c2.wrapped.data, "abc", 3) == 0,
	       "byte rows come back");
	buf_clear(&out);
}

static void
two_gigabytes_announced_are_refused_unread(void)
{
	const uint8_t head[] = {0x7f, 0xff, 0xff, 0xff, 0, 1};
	struct error err;
	unsigned type;
	size_t body;

	TAP_OK(wire_head(head, 4, &type, &body, &err) == -1 && err.kind == ERROR_INPUT,
	       "four bytes are enough to refuse: %s", err.text);
}

int
main(void)
{
	a_buffer_refuses_to_grow_past_its_maximum();
	a_reader_never_reads_past_its_end();
	controls_are_stripped();
	a_cut_never_leaves_half_a_character();
	a_row_of_numbers_ends_at_what_is_none();
	a_uuid_survives_its_text();
	a_later_uuid_is_larger();
	a_message_survives_the_wire();
	two_gigabytes_announced_are_refused_unread();
	return tap_done();
}
