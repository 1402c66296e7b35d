/*
 * terms.h - how long an order waits, and how long its record is kept, where the customer
 * asks for less than what the shop gives (PWG 5100.7-2023 job-cancel-after,
 * job-retain-until, job-retain-until-interval). keep holds both to the shop's own terms.
 *
 *   job-cancel-after            seconds from now; who has not come by then gets nothing.
 *                               What is released by then is produced
 *   job-retain-until            none, end-of-day, end-of-week (Sunday), end-of-month, in
 *                               this machine's time; indefinite: as long as the shop keeps
 *   job-retain-until-interval   seconds from the order's end
 *   proof-copies                (PWG 5100.11-2024) the first release makes so many, and
 *                               the order waits again
 */
#ifndef CC_FRONT_TERMS_H
#define CC_FRONT_TERMS_H

#include <cups/ipp.h>
#include <stdint.h>

#include "spoold/settings.h"

/* As keep's order_begin has them; 0: nothing was asked. */
struct terms {
	int64_t fetch_until, retain_until; /* unix seconds */
	uint32_t retain_s;
	uint32_t proof_copies;
};

/* From attributes that were judged already (template.h). */
void terms_read(ipp_t *taken, int64_t now, struct terms *terms);
/* The -supported and -default of the three. */
void terms_add_supported(ipp_t *to, const struct settings *settings,
			 const char *printer);

#endif
