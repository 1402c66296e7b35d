/*
 * action.h - job-release-action (PWG 5100.11-2024 5.2.4): what has to happen before an
 * order is produced, and what that means here.
 *
 *   job-password       a PIN, or the claim code, is given at a station
 *   owner-authorized   the owner is known by the claim code, which only the owner was told;
 *                      a PIN, which others may know or guess, is none
 *   none               handing it in was enough: it is released at once. Only where the
 *                      shop says so of a printer (`unattended`), else it is not listed
 *
 * Without the attribute it is job-password with a PIN and owner-authorized without: that
 * is what the default says.
 */
#ifndef CC_FRONT_ACTION_H
#define CC_FRONT_ACTION_H

#include "spoold/front/pin.h"
#include "spoold/front/request.h"

#define ACTION_ATTRIBUTE "job-release-action" /* of an order, as it was taken */

enum action { ACTION_PASSWORD = 1, ACTION_OWNER, ACTION_NONE };

/* The request's, for r->printer; false after it was answered: not supported, or at odds
 * with its PIN. */
bool action_read(struct request *r, const struct pin *pin, enum action *action);
const char *action_name(enum action action);
/* job-release-action-default and -supported of a printer. */
void action_add_supported(ipp_t *to, const struct settings *settings,
			  const char *printer);

#endif
