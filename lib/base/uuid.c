#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/uuid.h"

void
uuid_make(uint8_t uuid[UUID_BYTES])
{
	INVARIANT(getrandom(uuid, UUID_BYTES, 0) == UUID_BYTES);
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40); /* version 4 */
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
}

void
uuid_make_later(uint8_t uuid[UUID_BYTES])
{
	struct timespec now;
	uint64_t ms;

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	uuid_make(uuid);
	for (int i = 0; i < 6; i++)
		uuid[i] = (uint8_t)(ms >> (8 * (5 - i)));
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x70); /* version 7 */
}

void
uuid_format(char text[UUID_TEXT], const uint8_t uuid[UUID_BYTES])
{
	char hex[2 * UUID_BYTES + 1];

	text_hex(hex, uuid, UUID_BYTES);
	snprintf(text, UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		 hex + 16, hex + 20);
}

int
uuid_parse(uint8_t uuid[UUID_BYTES], const char *text)
{
	char hex[2 * UUID_BYTES + 1];
	size_t n = 0;

	if (strncmp(text, "urn:uuid:", 9) == 0)
		text += 9;
	if (strlen(text) != UUID_TEXT - 1)
		return -1;
	for (size_t i = 0; i < UUID_TEXT - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return -1;
		} else {
			hex[n++] = text[i];
		}
	}
	hex[n] = '\0';
	return text_unhex(uuid, UUID_BYTES, hex);
}
