/*
 * progress.h - how far an order is: a line for each document that is done, and one for what
 * is going on: redrawn with a carriage return and blanks where there is a terminal (so on
 * any of them, a serial one, too), else written whenever it has changed.
 */
#ifndef CC_TOOLS_PROGRESS_H
#define CC_TOOLS_PROGRESS_H

#include "tools/station/station.h"

struct progress {
	bool redraws;
	size_t drawn;	 /* columns of the line that stands on the screen */
	char last[1024]; /* what it says */
	bool done[STATION_DOCUMENTS_MAX];
	bool begun; /* what was done before is not told */
};

void progress_begin(struct progress *p);
void progress_show(struct progress *p, const struct station_order *o);
/* Leaves the cursor on a line of its own. */
void progress_end(struct progress *p);

#endif
