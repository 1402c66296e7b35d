/*
 * report.h - orders as JSON, to standard output, with a newline.
 */
#ifndef CC_TOOLS_REPORT_H
#define CC_TOOLS_REPORT_H

#include "tools/station/station.h"

/* wish: what their prices are for. */
void report_orders(const struct station_orders *orders,
		   const struct station_wish *wish);
void report_order(const struct station_order *o, const struct station_wish *wish);

#endif
