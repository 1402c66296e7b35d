/*
 * bounds.c - the scan before libcups' parser, from any bytes: whole, and dripping in
 * pieces with a document behind it. Both must say the same; of what is accepted the
 * bounds must hold in what libcups made of it, not a byte of the document may be taken,
 * and it must survive being encoded and decoded again.
 *
 * Input: u8 how many bytes at once, then the message.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/ipp/ipp_bounds.h"
#include "tests/fuzz/fuzz.h"

#define BYTES_MAX 65536

struct drip {
	const uint8_t *at;
	size_t left, step;
};

static ssize_t
drip(void *source, void *to, size_t len)
{
	struct drip *d = source;
	size_t n = d->left < d->step ? d->left : d->step;

	if (n > len)
		n = len;
	memcpy(to, d->at, n);
	d->at += n;
	d->left -= n;
	return (ssize_t)n;
}

/* How many attributes, members included; aborts where it is deeper than allowed. */
static unsigned
count(ipp_t *ipp, unsigned depth)
{
	unsigned n = 0;

	if (depth > IPP_BOUNDS_DEPTH)
		abort();
	for (ipp_attribute_t *a = ippFirstAttribute(ipp); a != NULL;
	     a = ippNextAttribute(ipp)) {
		n += ippGetName(a) != NULL;
		if (ippGetValueTag(a) != IPP_TAG_BEGIN_COLLECTION)
			continue;
		for (int i = 0; i < ippGetCount(a); i++)
			n += count(ippGetCollection(a, i), depth + 1);
	}
	return n;
}

static void
encode_and_decode(ipp_t *ipp)
{
	struct buf out;
	ipp_t *back;

	buf_init(&out, 4 * BYTES_MAX);
	if (ipp_bounds_encode(ipp, &out, NULL) == 0) {
		if (ipp_bounds_decode(&IPP_LIMITS_OWN, out.data, out.len, &back,
				      NULL) != 0)
			abort();
		ippDelete(back);
	}
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipp_limits limits = IPP_LIMITS_REQUEST(BYTES_MAX);
	struct drip d;
	ipp_t *ipp, *same, *none;
	size_t document;

	if (size < 1)
		return 0;
	d = (struct drip){data + 1, size - 1, 1 + data[0] % 64u};
	if (ipp_bounds_read(&limits, drip, &d, &ipp, NULL) != 0) {
		if (ipp_bounds_decode(&limits, data + 1, size - 1, &none, NULL) == 0)
			abort();
		return 0;
	}
	document = d.left;
	if (count(ipp, 0) > IPP_BOUNDS_ATTRIBUTES)
		abort();
	if (ipp_bounds_decode(&limits, data + 1, size - 1 - document, &same, NULL) != 0)
		abort();
	if (document > 0 &&
	    ipp_bounds_decode(&limits, data + 1, size - 1, &none, NULL) == 0)
		abort();
	encode_and_decode(ipp);
	ippDelete(ipp);
	ippDelete(same);
	return 0;
}
