#include <string.h>

#include "lib/base/pack.h"

static int
pack_int(struct buf *out, uint64_t v, size_t bytes, struct error *err)
{
	uint8_t be[8];

	for (size_t i = 0; i < bytes; i++)
		be[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
	return buf_append(out, be, bytes, err);
}

int
pack_u8(struct buf *out, uint8_t v, struct error *err)
{
	return pack_int(out, v, 1, err);
}

int
pack_u16(struct buf *out, uint16_t v, struct error *err)
{
	return pack_int(out, v, 2, err);
}

int
pack_u32(struct buf *out, uint32_t v, struct error *err)
{
	return pack_int(out, v, 4, err);
}

int
pack_u64(struct buf *out, uint64_t v, struct error *err)
{
	return pack_int(out, v, 8, err);
}

int
pack_bytes(struct buf *out, const void *data, size_t len, struct error *err)
{
	if (len > UINT32_MAX)
		return error_set(err, ERROR_FULL, "%zu bytes in one field", len);
	if (pack_u32(out, (uint32_t)len, err) != 0)
		return -1;
	return buf_append(out, data, len, err);
}

int
pack_string(struct buf *out, const char *text, struct error *err)
{
	return pack_bytes(out, text, strlen(text), err);
}

int
pack_fixed(struct buf *out, const void *data, size_t len, struct error *err)
{
	return buf_append(out, data, len, err);
}

void
pack_read(struct pack_reader *r, const void *data, size_t len)
{
	*r = (struct pack_reader){.data = data, .len = len};
}

/* The next n bytes, or NULL with the fault set. */
static const uint8_t *
take(struct pack_reader *r, size_t n)
{
	const uint8_t *at = r->data;

	if (r->failed)
		return NULL;
	if (n > r->len) {
		r->failed = 1;
		error_set(&r->error, ERROR_INPUT,
			  "a field wants %zu bytes where %zu are left", n, r->len);
		return NULL;
	}
	r->data += n;
	r->len -= n;
	return at;
}

static uint64_t
get_int(struct pack_reader *r, size_t bytes)
{
	const uint8_t *at = take(r, bytes);
	uint64_t v = 0;

	for (size_t i = 0; at != NULL && i < bytes; i++)
		v = v << 8 | at[i];
	return v;
}

uint8_t
pack_get_u8(struct pack_reader *r)
{
	return (uint8_t)get_int(r, 1);
}

uint16_t
pack_get_u16(struct pack_reader *r)
{
	return (uint16_t)get_int(r, 2);
}

uint32_t
pack_get_u32(struct pack_reader *r)
{
	return (uint32_t)get_int(r, 4);
}

uint64_t
pack_get_u64(struct pack_reader *r)
{
	return get_int(r, 8);
}

void
pack_get_fixed(struct pack_reader *r, void *to, size_t len)
{
	const uint8_t *at = take(r, len);

	if (at != NULL)
		memcpy(to, at, len);
	else
		memset(to, 0, len);
}

const uint8_t *
pack_get_bytes(struct pack_reader *r, size_t max, size_t *len)
{
	size_t n = pack_get_u32(r);

	*len = 0;
	if (!r->failed && n > max) {
		r->failed = 1;
		error_set(&r->error, ERROR_INPUT,
			  "a field of %zu bytes where %zu are allowed", n, max);
	}
	if (r->failed)
		return NULL;
	const uint8_t *at = take(r, n);
	if (at != NULL)
		*len = n;
	return at;
}

void
pack_get_string(struct pack_reader *r, char *to, size_t size)
{
	size_t n;
	const uint8_t *at = pack_get_bytes(r, size - 1, &n);

	memset(to, 0, size);
	if (at == NULL)
		return;
	if (memchr(at, 0, n) != NULL) {
		r->failed = 1;
		error_set(&r->error, ERROR_INPUT, "a zero byte inside a string");
		return;
	}
	memcpy(to, at, n);
}

int
pack_end(struct pack_reader *r, struct error *err)
{
	if (!r->failed && r->len != 0) {
		r->failed = 1;
		error_set(&r->error, ERROR_INPUT, "%zu bytes too many", r->len);
	}
	if (!r->failed)
		return 0;
	if (err != NULL)
		*err = r->error;
	return -1;
}
