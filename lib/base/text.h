/*
 * text.h - small things with strings that came from outside.
 */
#ifndef CC_BASE_TEXT_H
#define CC_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Replaces control characters (C0, DEL, and C1 as UTF-8) by '?', in place. */
void text_strip_controls(char *text);
/* Copies at most size-1 bytes, never half a UTF-8 character; always terminates.
 * Returns 1 if something was cut, else 0. */
int text_copy(char *to, size_t size, const char *from);
/* hex[2 * len + 1], lower case. */
void text_hex(char *hex, const uint8_t *data, size_t len);
/* Exactly 2 * len hex digits; 0, or -1. */
int text_unhex(uint8_t *data, size_t len, const char *hex);
/* A whole decimal number in [min, max], nothing around it; 0, or -1. */
int text_number(const char *text, int64_t min, int64_t max, int64_t *out);
/* Up to max decimal numbers that text begins with, blanks between them; what follows is left
 * alone. How many there were; infinities and no-numbers end the row. In the C locale. */
unsigned text_reals(const char *text, double *out, unsigned max);

#endif
