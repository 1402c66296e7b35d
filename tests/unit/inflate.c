/* inflate.c - compressed documents: whole, in members, cut off, damaged, not at all. */
#include <stdint.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "spoold/front/inflate.h"
#include "tests/tap.h"

#define CLEAR_MAX 100000

struct source {
	const uint8_t *at;
	size_t left, step;
	bool fails;
};

static uint8_t clear[CLEAR_MAX];

static ssize_t
pull(void *source, void *to, size_t len)
{
	struct source *s = source;
	size_t n = s->left < s->step ? s->left : s->step;

	if (s->left == 0 && s->fails)
		return -1;
	n = n < len ? n : len;
	memcpy(to, s->at, n);
	s->at += n;
	s->left -= n;
	return (ssize_t)n;
}

/* Appends `len` clear bytes, compressed, at packed[*used]. */
static void
pack(const char *how, const uint8_t *data, size_t len, uint8_t *packed, size_t *used)
{
	z_stream z = {.next_in = data, .avail_in = (uInt)len};

	deflateInit2(&z, 6, Z_DEFLATED, strcmp(how, "gzip") == 0 ? 31 : -15, 8,
		     Z_DEFAULT_STRATEGY);
	z.next_out = packed + *used;
	z.avail_out = (uInt)(2 * CLEAR_MAX - *used);
	deflate(&z, Z_FINISH);
	*used += z.total_out;
	deflateEnd(&z);
}

/* All of it: how many clear bytes, or -1, -2; -3 when they are not `clear`. */
static ssize_t
unpack(const char *how, struct source s)
{
	struct inflate *z = inflate_open(how, pull, &s);
	uint8_t part[777];
	size_t total = 0;
	ssize_t n;

	while ((n = inflate_read(z, part, sizeof(part))) > 0) {
		if (total + (size_t)n > CLEAR_MAX ||
		    memcmp(part, clear + total, (size_t)n) != 0)
			n = -3;
		if (n < 0)
			break;
		total += (size_t)n;
	}
	inflate_close(z);
	return n < 0 ? n : (ssize_t)total;
}

static void
both_kinds_come_out_whole(const char *how)
{
	static uint8_t packed[2 * CLEAR_MAX];
	size_t used = 0;

	pack(how, clear, CLEAR_MAX, packed, &used);
	TAP_OK(unpack(how, (struct source){packed, used, 100000, false}) == CLEAR_MAX,
	       "%s at once", how);
	TAP_OK(unpack(how, (struct source){packed, used, 1, false}) == CLEAR_MAX,
	       "%s a byte at a time", how);
	TAP_OK(unpack(how, (struct source){packed, used - 1, 500, false}) == -2,
	       "%s: cut off by a byte", how);
	TAP_OK(unpack(how, (struct source){packed, used / 2, 500, true}) == -1,
	       "%s: its sender goes away", how);
	TAP_OK(unpack(how, (struct source){packed, 0, 500, false}) == -2, "%s: empty",
	       how);
	packed[used / 2] ^= 0x55;
	packed[used / 2 + 1] ^= 0x55;
	TAP_OK(unpack(how, (struct source){packed, used, 500, false}) < -1,
	       "%s: damaged", how);
	TAP_OK(unpack(how, (struct source){clear, 1000, 500, false}) == -2,
	       "%s: not compressed at all", how);
}

static void
gzip_may_be_several_members(void)
{
	static uint8_t packed[2 * CLEAR_MAX];
	size_t used = 0, whole;

	pack("gzip", clear, 1, packed, &used);
	pack("gzip", clear + 1, 0, packed, &used);
	pack("gzip", clear + 1, CLEAR_MAX - 1, packed, &used);
	TAP_OK(unpack("gzip", (struct source){packed, used, 3, false}) == CLEAR_MAX,
	       "three members, one of them empty");
	whole = used;
	packed[used++] = 'x';
	TAP_OK(unpack("gzip", (struct source){packed, used, 50000, false}) == -2,
	       "a byte behind it");
	used = 0;
	pack("deflate", clear, CLEAR_MAX, packed, &used);
	TAP_OK(whole > 0 && unpack("deflate",
				   (struct source){packed, used + 1, 500, false}) == -2,
	       "a byte behind deflate");
}

int
main(void)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < CLEAR_MAX; i++) {
		seed = seed * 1664525u + 1013904223u;
		clear[i] = (uint8_t)(seed >> 30);
	}
	both_kinds_come_out_whole("gzip");
	both_kinds_come_out_whole("deflate");
	gzip_may_be_several_members();
	return tap_done();
}
