/*
 * show.h - what the customer sees of an order, in lines that fit the terminal: plain text,
 * no colour, no cursor that moves up.
 */
#ifndef CC_TOOLS_SHOW_H
#define CC_TOOLS_SHOW_H

#include "tools/station/station.h"
#include "tools/station/words.h"

/* Customer, product, what was ordered, documents with name, size, pixels and warnings; what
 * it costs, as it is wished. */
void show_summary(const struct station_order *o, const struct station_wish *wish);
/* "3.90 EUR"; "" where the shop has no price for each of its documents. */
void show_price(const struct station_order *o, const struct station_wish *wish,
		bool comma, char text[PRICE_TEXT_MAX]);
/* One line: number, state in words, name. */
void show_line(const struct station_order *o);
/* One line, with a word or two behind it. */
void show_document(const struct station_document *d, const char *behind);
enum words_id show_state_words(int ipp_job_state);
/* Some of its documents are made, and it waits with the others. */
bool show_made_in_part(const struct station_order *o);
/* Pages of a stopped order that came out, and all of the documents that were begun, as
 * far as the device told; 0, 0: it did not. */
void show_pages(const struct station_order *o, int *out, int *all);

const char *show_printer_name(const struct station_printer *p);
/* What a customer must know of it, in words; "": it is well. */
void show_trouble(const struct station_printer *p, char *to, size_t size);
/* Before a release: says its trouble, if it has any. False if it is stopped. */
bool show_printer(const struct station_printer *p);

/* Of the terminal; 80 where there is none. */
size_t show_columns(void);
/* Cuts text to so many columns, never within a character; how many it has then. */
size_t show_cut(char *text, size_t columns);
/* An empty screen for the next customer, where the terminal can. */
void show_clear(void);

#endif
