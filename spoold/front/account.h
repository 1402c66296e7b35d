/*
 * account.h - a customer's card or telephone number as identification: the job-account-id
 * of an order whose PIN (job-password) then opens it together with that number, in place
 * of the user's name.
 *
 * People write such numbers as they like: of "+49 (170) 12-34" only letters, digits and a
 * leading + count, and letters of either case are one.
 */
#ifndef CC_FRONT_ACCOUNT_H
#define CC_FRONT_ACCOUNT_H

#include <cups/ipp.h>
#include <stdbool.h>

#include "lib/order/order.h"

/* The name under which keep knows it, told apart from every user's name. False where the
 * message has no job-account-id, or one of which nothing counts. */
bool account_name(ipp_t *message, char name[ORDER_NAME_MAX]);

#endif
