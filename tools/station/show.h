/*
 * show.h - what the customer sees of an order: the summary, the progress, or JSON.
 */
#ifndef CC_TOOLS_SHOW_H
#define CC_TOOLS_SHOW_H

#include "tools/station/station.h"

/* Customer, product, what was ordered, documents with name and size. */
void show_summary(const struct station_order *o);
/* One line: number, state in words, name. */
void show_line(const struct station_order *o);
/* Before a release: true if the printer is well. Else says what it reports. */
bool show_printer(const struct station_printer *p);

/* Progress: a bar that is redrawn on a terminal that can, else a line each time that
 * something changed. */
struct show_progress {
	bool bar;	 /* set by show_progress_begin */
	bool drawn;	 /* a bar stands on the screen */
	char last[1024]; /* what was shown last */
};
void show_progress_begin(struct show_progress *p);
void show_progress(struct show_progress *p, const struct station_order *o);
/* Leaves the cursor on a line of its own. */
void show_progress_end(struct show_progress *p);

/* An array of orders, or one order; to standard output, with a newline. */
void show_json_list(const struct station_orders *orders);
void show_json(const struct station_order *o);

#endif
