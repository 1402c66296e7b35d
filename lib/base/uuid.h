/*
 * uuid.h - RFC 9562 identifiers, random or with the time before: 16 bytes, or 36
 * characters.
 */
#ifndef CC_BASE_UUID_H
#define CC_BASE_UUID_H

#include <stdint.h>

#define UUID_BYTES 16
#define UUID_TEXT  37 /* with the terminating zero */

/* From getrandom(2); aborts if the kernel has no randomness (it never has not). */
void uuid_make(uint8_t uuid[UUID_BYTES]);
/* As uuid_make, but later ones are larger (version 7, RFC 9562 5.7), so that what they
 * name lies together in ordered tables: milliseconds of the clock, then random bits. */
void uuid_make_later(uint8_t uuid[UUID_BYTES]);
void uuid_format(char text[UUID_TEXT], const uint8_t uuid[UUID_BYTES]);
/* Exactly the 36-character form, either case, "urn:uuid:" may stand before it. 0 or -1.
 */
int uuid_parse(uint8_t uuid[UUID_BYTES], const char *text);

#endif
