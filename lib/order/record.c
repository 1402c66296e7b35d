/*
 * An order as bytes: two tables of fields, walked alike by the writer and the reader.
 *
 * A row tells the version of the record that has the field first; a record of an older
 * version leaves it zero. Rows are never taken out or moved, only added at the end of
 * their table, with ORDER_RECORD_VERSION counted up (doc/store.7).
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/pack.h"
#include "lib/order/order.h"

enum field_type {
	FIELD_U8,
	FIELD_U32,
	FIELD_U64,
	FIELD_FIXED,  /* size bytes */
	FIELD_STRING, /* char[size] */
	FIELD_BYTES,  /* uint8_t[size], its length in a uint16_t at `len` */
	FIELD_OWNED,  /* uint8_t *, at most size bytes, length in a uint32_t at `len` */
};

struct field {
	uint8_t since; /* record version */
	uint8_t type;
	size_t at; /* offset in the struct */
	size_t size;
	size_t len;
	uint64_t max; /* integers: largest value, 0 = any */
};

#define ROW(since, type, s, member, max)                                               \
	{since, type, offsetof(struct s, member), sizeof(((struct s *)0)->member),     \
	 0,	max},
#define ROW_LEN(since, type, s, member, member_len, size)                              \
	{                                                                              \
		since,                                                                 \
		type,                                                                  \
		offsetof(struct s, member),                                            \
		size,                                                                  \
		offsetof(struct s, member_len),                                        \
		0},

/* clang-format off */
static const struct field order_fields[] = {
	ROW(1, FIELD_FIXED, order, uuid, 0)
	ROW(1, FIELD_U64, order, revision, 0)
	ROW(1, FIELD_U32, order, number, 0)
	ROW(1, FIELD_U8, order, state, ORDER_STATES - 1)
	ROW(1, FIELD_U8, order, identification, ORDER_ID_PIN)
	ROW(1, FIELD_FIXED, order, key, 0)
	ROW(1, FIELD_FIXED, order, user_key, 0)
	ROW(1, FIELD_STRING, order, printer, 0)
	ROW(1, FIELD_STRING, order, queue, 0)
	ROW(1, FIELD_STRING, order, user, 0)
	ROW(1, FIELD_STRING, order, host, 0)
	ROW(1, FIELD_STRING, order, name, 0)
	ROW(1, FIELD_STRING, order, language, 0)
	ROW(1, FIELD_STRING, order, reason, 0)
	ROW(1, FIELD_STRING, order, message, 0)
	ROW(1, FIELD_U64, order, created, 0)
	ROW(1, FIELD_U64, order, changed, 0)
	ROW(1, FIELD_U64, order, ended, 0)
	ROW(1, FIELD_U64, order, due, 0)
	ROW(1, FIELD_U32, order, cups_job, 0)
	ROW(1, FIELD_U8, order, attempts, 0)
	ROW(1, FIELD_U8, order, held_by_operator, ORDER_HOLD_SUSPENDED)
	ROW(1, FIELD_U32, order, sealing.secret, 0)
	ROW(1, FIELD_STRING, order, sealing.cipher, 0)
	ROW(1, FIELD_STRING, order, sealing.kdf, 0)
	ROW(1, FIELD_FIXED, order, sealing.salt, 0)
	ROW_LEN(1, FIELD_BYTES, order, sealing.wrapped, sealing.wrapped_len, ORDER_WRAPPED_MAX)
	ROW_LEN(1, FIELD_BYTES, order, sealing.recovery, sealing.recovery_len, ORDER_WRAPPED_MAX)
	ROW(1, FIELD_FIXED, order, sealing.commitment, 0)
	ROW_LEN(1, FIELD_BYTES, order, grant.wrapped, grant.wrapped_len, ORDER_WRAPPED_MAX)
	ROW(1, FIELD_U64, order, grant.until, 0)
	ROW_LEN(1, FIELD_OWNED, order, attributes, attributes_len, ORDER_ATTRIBUTES_MAX)
	ROW(2, FIELD_U64, order, fetch_until, 0)
	ROW(2, FIELD_U64, order, retain_until, 0)
	ROW(2, FIELD_U32, order, retain_s, 0)
	ROW(3, FIELD_STRING, order, warning, 0)
	ROW(4, FIELD_U32, order, release_copies, 0)
	ROW(4, FIELD_U32, order, proof_copies, 0)
	ROW(4, FIELD_U8, order, proofs, 0)
	ROW(4, FIELD_U8, order, proof, 1)
	ROW(4, FIELD_U8, order, proof_begun, 1)
	ROW(5, FIELD_U64, order, extended, 0)
	ROW(5, FIELD_U64, order, warned, 0)
	ROW(5, FIELD_U8, order, warnings, 0)
	ROW(6, FIELD_U8, order, storage, ORDER_STORE_ONLY)
	ROW(7, FIELD_U8, order, restarted, 1)
	ROW(7, FIELD_U8, order, purged, 1)
};

static const struct field document_fields[] = {
	ROW(1, FIELD_FIXED, order_document, body, 0)
	ROW(1, FIELD_U64, order_document, length, 0)
	ROW(1, FIELD_U32, order_document, chunks, 0)
	ROW(1, FIELD_U8, order_document, state, DOCUMENT_CANCELED)
	ROW(1, FIELD_STRING, order_document, format, 0)
	ROW(1, FIELD_STRING, order_document, name, 0)
	ROW_LEN(1, FIELD_OWNED, order_document, attributes, attributes_len, ORDER_ATTRIBUTES_MAX)
	ROW(4, FIELD_U8, order_document, left_out, 1)
	ROW(4, FIELD_U32, order_document, pages, 0)
	ROW(4, FIELD_U32, order_document, made, 0)
	ROW(4, FIELD_U32, order_document, skip, 0)
};
/* clang-format on */

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static size_t
length_at(const char *base, const struct field *f)
{
	uint16_t n16;
	uint32_t n32;

	if (f->type == FIELD_BYTES) {
		memcpy(&n16, base + f->len, sizeof(n16));
		return n16;
	}
	memcpy(&n32, base + f->len, sizeof(n32));
	return n32;
}

static int
write_field(const void *object, const struct field *f, struct buf *out,
	    struct error *err)
{
	const char *base = object, *at = base + f->at;
	const uint8_t *owned;
	uint64_t u64;
	uint32_t u32;

	switch ((enum field_type)f->type) {
	case FIELD_U8:
		return pack_u8(out, *(const uint8_t *)at, err);
	case FIELD_U32:
		memcpy(&u32, at, sizeof(u32));
		return pack_u32(out, u32, err);
	case FIELD_U64:
		memcpy(&u64, at, sizeof(u64));
		return pack_u64(out, u64, err);
	case FIELD_FIXED:
		return pack_fixed(out, at, f->size, err);
	case FIELD_STRING:
		return pack_bytes(out, at, strnlen(at, f->size - 1), err);
	case FIELD_BYTES:
		return pack_bytes(out, at, length_at(base, f), err);
	case FIELD_OWNED:
		memcpy(&owned, at, sizeof(owned));
		return pack_bytes(out, owned, length_at(base, f), err);
	}
	return error_set(err, ERROR_SYSTEM, "a field of no type");
}

static int
write_fields(const void *object, const struct field *f, size_t rows, struct buf *out,
	     struct error *err)
{
	for (; rows > 0; rows--, f++) {
		INVARIANT((f->type != FIELD_BYTES && f->type != FIELD_OWNED) ||
			  length_at(object, f) <= f->size);
		if (write_field(object, f, out, err) != 0)
			return -1;
	}
	return 0;
}

int
order_encode(const struct order *o, struct buf *out, struct error *err)
{
	INVARIANT(o->document_count <= ORDER_DOCUMENTS_MAX);
	if (pack_u8(out, ORDER_RECORD_VERSION, err) != 0 ||
	    write_fields(o, order_fields, ROWS(order_fields), out, err) != 0 ||
	    pack_u32(out, o->document_count, err) != 0)
		return -1;
	for (uint32_t i = 0; i < o->document_count; i++)
		if (write_fields(&o->documents[i], document_fields,
				 ROWS(document_fields), out, err) != 0)
			return -1;
	return 0;
}

static void
fail(struct pack_reader *r, enum error_kind kind, const char *why)
{
	if (r->failed)
		return;
	r->failed = 1;
	error_set(&r->error, kind, "%s", why);
}

static uint64_t
read_integer(struct pack_reader *r, const struct field *f)
{
	uint64_t v = f->size == 1   ? pack_get_u8(r)
		     : f->size == 4 ? pack_get_u32(r)
				    : pack_get_u64(r);

	if (f->max == 0 || v <= f->max)
		return v;
	fail(r, ERROR_CORRUPT, "a number is out of its range");
	return 0;
}

static void
read_bytes(struct pack_reader *r, const struct field *f, char *base)
{
	size_t len;
	const uint8_t *from = pack_get_bytes(r, f->size, &len);
	uint16_t n16 = (uint16_t)len;
	uint32_t n32 = (uint32_t)len;
	uint8_t *owned;

	if (from == NULL || len == 0)
		return;
	if (f->type == FIELD_BYTES) {
		memcpy(base + f->at, from, len);
		memcpy(base + f->len, &n16, sizeof(n16));
		return;
	}
	owned = malloc(len);
	if (owned == NULL) {
		fail(r, ERROR_SYSTEM, "no memory for its attributes");
		return;
	}
	memcpy(owned, from, len);
	memcpy(base + f->at, &owned, sizeof(owned));
	memcpy(base + f->len, &n32, sizeof(n32));
}

static void
read_field(struct pack_reader *r, const struct field *f, void *object)
{
	char *base = object, *at = base + f->at;
	uint64_t v;
	uint32_t u32;

	switch ((enum field_type)f->type) {
	case FIELD_U8:
		*(uint8_t *)at = (uint8_t)read_integer(r, f);
		return;
	case FIELD_U32:
		u32 = (uint32_t)read_integer(r, f);
		memcpy(at, &u32, sizeof(u32));
		return;
	case FIELD_U64:
		v = read_integer(r, f);
		memcpy(at, &v, sizeof(v));
		return;
	case FIELD_FIXED:
		pack_get_fixed(r, at, f->size);
		return;
	case FIELD_STRING:
		pack_get_string(r, at, f->size);
		return;
	case FIELD_BYTES:
	case FIELD_OWNED:
		read_bytes(r, f, base);
		return;
	}
}

static void
read_fields(struct pack_reader *r, unsigned version, const struct field *f, size_t rows,
	    void *object)
{
	for (; rows > 0 && !r->failed; rows--, f++)
		if (f->since <= version)
			read_field(r, f, object);
}

static void
read_documents(struct pack_reader *r, unsigned version, struct order *o)
{
	uint32_t count = pack_get_u32(r);

	if (count > ORDER_DOCUMENTS_MAX)
		fail(r, ERROR_CORRUPT, "it has too many documents");
	for (uint32_t i = 0; i < count && !r->failed; i++) {
		struct order_document *d = order_add_document(o);
		if (d == NULL)
			fail(r, ERROR_SYSTEM, "no memory for its documents");
		else
			read_fields(r, version, document_fields, ROWS(document_fields),
				    d);
	}
}

int
order_decode(struct order *o, const void *data, size_t len, struct error *err)
{
	struct pack_reader r;
	unsigned version;

	order_init(o);
	pack_read(&r, data, len);
	version = pack_get_u8(&r);
	if (!r.failed && (version == 0 || version > ORDER_RECORD_VERSION))
		fail(&r, ERROR_CORRUPT, "its version is unknown to this program");
	read_fields(&r, version, order_fields, ROWS(order_fields), o);
	read_documents(&r, version, o);
	if (!r.failed && o->state <= ORDER_INCOMING)
		fail(&r, ERROR_CORRUPT, "it is in no state");
	if (pack_end(&r, err) == 0)
		return 0;
	order_clear(o);
	if (err != NULL && err->kind == ERROR_INPUT)
		err->kind = ERROR_CORRUPT; /* to the store it is not input */
	return error_prefix(err, "cannot read the record of an order");
}
