/*
 * codec.c - messages to bytes and back: a packer and an unpacker for each row of
 * messages.h, made from the row itself, so that they can't disagree.
 */
#include <string.h>

#include "lib/base/pack.h"
#include "lib/wire/wire.h"

/* Messages without fields use none of their arguments. */
#define UNUSED __attribute__((unused))

static int
put_u8(struct buf *out, const uint8_t *v, struct error *err)
{
	return pack_u8(out, *v, err);
}

static int
put_u32(struct buf *out, const uint32_t *v, struct error *err)
{
	return pack_u32(out, *v, err);
}

static int
put_u64(struct buf *out, const uint64_t *v, struct error *err)
{
	return pack_u64(out, *v, err);
}

static int
put_i32(struct buf *out, const int32_t *v, struct error *err)
{
	return pack_u32(out, (uint32_t)*v, err);
}

static int
put_i64(struct buf *out, const int64_t *v, struct error *err)
{
	return pack_u64(out, (uint64_t)*v, err);
}

static int
put_uuid(struct buf *out, const wire_c_uuid *v, struct error *err)
{
	return pack_fixed(out, v->bytes, sizeof(v->bytes), err);
}

static int
put_key(struct buf *out, const wire_c_key *v, struct error *err)
{
	return pack_fixed(out, v->bytes, sizeof(v->bytes), err);
}

static int
put_string(struct buf *out, const char *text, size_t size, struct error *err)
{
	INVARIANT(memchr(text, 0, size) != NULL);
	return pack_string(out, text, err);
}

static int
put_bytes(struct buf *out, const struct wire_bytes *v, size_t max, struct error *err)
{
	if (v->len > max)
		return error_set(err, ERROR_INPUT, "%u bytes where %zu are allowed",
				 v->len, max);
	return pack_bytes(out, v->data, v->len, err);
}

#define GET_INT(type) static void get_##type(struct pack_reader *r, wire_c_##type *v)
GET_INT(u8)
{
	*v = pack_get_u8(r);
}
GET_INT(u32)
{
	*v = pack_get_u32(r);
}
GET_INT(u64)
{
	*v = pack_get_u64(r);
}
GET_INT(i32)
{
	*v = (int32_t)pack_get_u32(r);
}
GET_INT(i64)
{
	*v = (int64_t)pack_get_u64(r);
}
GET_INT(uuid)
{
	pack_get_fixed(r, v->bytes, sizeof(v->bytes));
}
GET_INT(key)
{
	pack_get_fixed(r, v->bytes, sizeof(v->bytes));
}

static void
get_bytes(struct pack_reader *r, struct wire_bytes *v, size_t max)
{
	size_t len;

	v->data = pack_get_bytes(r, max, &len);
	v->len = (uint32_t)len;
}

#define PUT_F(type, field) || put_##type(out, &m->field, err) != 0
#define PUT_S(field, size) || put_string(out, m->field, size, err) != 0
#define PUT_B(field, most) || put_bytes(out, &m->field, most, err) != 0
#define GET_F(type, field) get_##type(r, &m->field);
#define GET_S(field, size) pack_get_string(r, m->field, size);
#define GET_B(field, most) get_bytes(r, &m->field, most);

#define MAKE_CODEC(message, number, from)                                              \
	static int put_message_##message(UNUSED const struct wire_##message *m,        \
					 UNUSED struct buf *out,                       \
					 UNUSED struct error *err)                     \
	{                                                                              \
		return (0 WIRE_##message(PUT_F, PUT_S, PUT_B)) ? -1 : 0;               \
	}                                                                              \
	static void get_message_##message(UNUSED struct pack_reader *r,                \
					  UNUSED struct wire_##message *m)             \
	{                                                                              \
		WIRE_##message(GET_F, GET_S, GET_B)                                    \
	}
WIRE_MESSAGES(MAKE_CODEC)

const char *
wire_name(unsigned type)
{
	switch (type) {
#define NAME_CASE(message, number, from)                                               \
	case number:                                                                   \
		return #message;
		WIRE_MESSAGES(NAME_CASE)
	default:
		return "unknown";
	}
}

unsigned
wire_senders(unsigned type)
{
	switch (type) {
#define FROM_CASE(message, number, from)                                               \
	case number:                                                                   \
		return from;
		WIRE_MESSAGES(FROM_CASE)
	default:
		return 0;
	}
}

static int
put_message(enum wire_type type, const void *message, struct buf *out,
	    struct error *err)
{
	switch (type) {
#define PUT_CASE(message_, number, from)                                               \
	case number:                                                                   \
		return put_message_##message_(message, out, err);
		WIRE_MESSAGES(PUT_CASE)
	default:
		return error_set(err, ERROR_INPUT, "unknown message %u",
				 (unsigned)type);
	}
}

static void
set_u32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (24 - 8 * i));
}

int
wire_pack(enum wire_type type, const void *message, struct buf *out, struct error *err)
{
	size_t start = out->len;
	size_t len;

	if (pack_u32(out, 0, err) != 0 || pack_u16(out, (uint16_t)type, err) != 0 ||
	    put_message(type, message, out, err) != 0)
		goto fail;
	len = out->len - start - 4;
	if (len > WIRE_MESSAGE_MAX) {
		error_set(err, ERROR_INPUT, "a message of %zu bytes", len);
		goto fail;
	}
	set_u32(out->data + start, (uint32_t)len);
	return 0;
fail:
	out->len = start;
	return error_prefix(err, "cannot pack '%s'", wire_name(type));
}

int
wire_head(const void *data, size_t len, unsigned *type, size_t *body_len,
	  struct error *err)
{
	struct pack_reader r;
	size_t total;

	if (len < 4)
		return 0;
	pack_read(&r, data, len);
	total = pack_get_u32(&r);
	if (total < 2 || total > WIRE_MESSAGE_MAX)
		return error_set(
			err, ERROR_INPUT,
			"a message of %zu bytes is announced; 2 to %d are allowed",
			total, WIRE_MESSAGE_MAX);
	if (len < WIRE_HEAD_BYTES)
		return 0;
	*type = pack_get_u16(&r);
	*body_len = total - 2;
	if (wire_senders(*type) == 0)
		return error_set(err, ERROR_INPUT, "a message of unknown type %u",
				 *type);
	return 1;
}

int
wire_unpack(enum wire_type type, const void *body, size_t body_len, void *message,
	    struct error *err)
{
	struct pack_reader reader, *r = &reader;

	pack_read(r, body, body_len);
	switch (type) {
#define GET_CASE(message_, number, from)                                               \
	case number:                                                                   \
		get_message_##message_(r, message);                                    \
		break;
		WIRE_MESSAGES(GET_CASE)
	default:
		return error_set(err, ERROR_INPUT, "unknown message %u",
				 (unsigned)type);
	}
	if (pack_end(r, err) != 0)
		return error_prefix(err, "bad '%s' message", wire_name(type));
	return 0;
}
