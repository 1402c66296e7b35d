/*
 * wire.c - a message of any bytes between our processes, in either direction: it is
 * refused, or it means something, and then packing it again gives the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/wire/wire.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static union wire_any message;
	struct buf out;
	unsigned type;
	size_t body_len;

	if (wire_head(data, size, &type, &body_len, NULL) != 1 ||
	    body_len != size - WIRE_HEAD_BYTES ||
	    wire_unpack((enum wire_type)type, data + WIRE_HEAD_BYTES, body_len,
			&message, NULL) != 0)
		return 0;
	buf_init(&out, WIRE_HEAD_BYTES + WIRE_MESSAGE_MAX);
	if (wire_pack((enum wire_type)type, &message, &out, NULL) != 0 ||
	    out.len != size || memcmp(out.data, data, size) != 0)
		abort();
	buf_clear(&out);
	return 0;
}
