/*
 * http.c - a connection of any bytes: request line, header fields, chunks, IPP and
 * documents, request after request, as libcups and front read them, with a keep that
 * plays along. What comes back is HTTP, whatever was asked.
 *
 * Input: u8, odd for a connection at the station socket; then what is sent.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/stranger.h"

#define TLS_HANDSHAKE 0x16

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf answer;

	stranger_start(stranger_friendly_keep);
	if (size < 2 || data[1] == TLS_HANDSHAKE)
		return 0;
	buf_init(&answer, STRANGER_ANSWERED);
	stranger_connect(data[0] % 2 != 0, data + 1, size - 1, &answer);
	if (answer.len >= 7 && memcmp(answer.data, "HTTP/1.", 7) != 0)
		abort();
	buf_clear(&answer);
	return 0;
}
