/*
 * key.h - inside the store only: keys and small values as byte rows.
 *
 * Integers are big-endian, so that byte order is number order; times have their sign
 * bit turned over for the same reason.
 */
#ifndef CC_STORE_KEY_H
#define CC_STORE_KEY_H

#include <string.h>

#include "spoold/store/kv.h"

struct key {
	uint8_t bytes[KV_KEY_MAX];
	size_t len;
};

static inline struct kv_span
key_span(const struct key *k)
{
	return (struct kv_span){k->bytes, k->len};
}

static inline void
key_add_bytes(struct key *k, const void *data, size_t len)
{
	INVARIANT(len <= sizeof(k->bytes) - k->len);
	if (len != 0) /* data may be NULL then */
		memcpy(k->bytes + k->len, data, len);
	k->len += len;
}

static inline void
key_add_int(struct key *k, uint64_t v, size_t bytes)
{
	INVARIANT(bytes <= sizeof(k->bytes) - k->len);
	for (size_t i = 0; i < bytes; i++)
		k->bytes[k->len++] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
}

static inline void
key_add_time(struct key *k, int64_t t)
{
	key_add_int(k, (uint64_t)t ^ 1ull << 63, 8);
}

static inline struct key
key_of_bytes(const void *data, size_t len)
{
	struct key k = {.len = 0};

	key_add_bytes(&k, data, len);
	return k;
}

static inline struct key
key_of_u32(uint32_t v)
{
	struct key k = {.len = 0};

	key_add_int(&k, v, 4);
	return k;
}

/* The integer of `bytes` bytes at `at` of a span that is long enough; 0 if it is not.
 */
static inline uint64_t
span_int(struct kv_span s, size_t at, size_t bytes)
{
	const uint8_t *p = s.data;
	uint64_t v = 0;

	if (at > s.len || bytes > s.len - at)
		return 0;
	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | p[at + i];
	return v;
}

static inline bool
span_equal(struct kv_span a, struct kv_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#endif
