/*
 * code.h - claim codes: Crockford base32 with a check symbol, as people read and type
 * them.
 *
 * A code of n symbols has n-1 random ones (5 bits each, from getrandom) and a last one
 * that makes the sum over GF(32) of symbol[i] * a^(n-1-i) zero (a primitive): every
 * single wrong symbol and every swap of two symbols is found, so a typing error is told
 * from a wrong code. Alphabet 0123456789ABCDEFGHJKMNPQRSTVWXYZ; I and L are read as 1,
 * O as 0, U as V; case, spaces and hyphens do not count. Written in groups of four:
 * K7QW-3DXP-M20Z. A code has at least one letter, so it is never taken for a number.
 */
#ifndef CC_ORDER_CODE_H
#define CC_ORDER_CODE_H

#include <stddef.h>

#include "lib/base/error.h"

#define CODE_SYMBOLS_MIN 12
#define CODE_SYMBOLS_MAX 24 /* code-length setting: 12, 16, 20, 24 */
#define CODE_TEXT_MAX	 64 /* a code as typed, with hyphens and zero */

/* symbols: a multiple of 4 in [MIN, MAX]. text is the written form, with hyphens. The
 * caller wipes it. */
void code_make(char text[CODE_TEXT_MAX], size_t symbols);
/* canonical[CODE_SYMBOLS_MAX + 1]: upper case, no hyphens, the check symbol included;
 * empty after an error. The caller wipes it.
 * ERROR_INPUT with words for a typing error: wrong length, strange symbol, failed
 * check. */
int code_read(char *canonical, const char *typed, struct error *err);
/* True if the text could only be meant as a code (length and alphabet), not a number.
 */
int code_looks_like(const char *typed);

#endif
