/*
 * price.h - prices: a price list as spoold.conf has it, and amounts as people read them.
 *
 * An amount is in thousandths of the currency, so that no currency's smallest coin is
 * lost, and no sum goes through a fraction.
 */
#ifndef CC_ORDER_PRICE_H
#define CC_ORDER_PRICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRICE_LIST_MAX	   512	    /* bytes of a list, with its zero */
#define PRICE_MEDIA_MAX	   64	    /* of a medium's name */
#define PRICE_MOST	   10000000 /* of a piece: 10,000.00 */
#define PRICE_CURRENCY_MAX 8	    /* "EUR", with its zero */
#define PRICE_TEXT_MAX	   40

struct price {
	char media[PRICE_MEDIA_MAX]; /* "": of every other one */
	uint32_t amount;
};

/* The next item of a list "0.39 iso_a4_210x297mm=1.20 ...", and *at behind it: 1; 0 at the
 * end; -1: it is none. Media are names of PWG 5101.1. */
int price_next(const char **at, struct price *price);
/* "3.90 EUR", "0.125 EUR"; with a decimal comma where the language has one. */
void price_text(char text[PRICE_TEXT_MAX], uint64_t amount, const char *currency,
		bool comma);

#endif
