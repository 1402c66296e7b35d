/*
 * subscribe.h - subscription groups of a request, to subscriptions, to groups of the
 * answer (RFC 3995 11.1): of Create-Printer-Subscriptions, Create-Job-Subscriptions and
 * of the operations that create a job.
 */
#ifndef CC_FRONT_SUBSCRIBE_H
#define CC_FRONT_SUBSCRIBE_H

#include "spoold/front/request.h"
#include "spoold/front/subscriptions.h"

#define SUBSCRIBE_GROUPS_MAX 10 /* of one request */

/* Makes what the request's groups ask for, for a job (0: for the printer), and adds a
 * group for each to the answer. Sets the answer's status if some can't be had
 * (successful-ok-ignored-subscriptions), or, where nothing else was asked, all
 * (client-error-ignored-all-subscriptions). Returns how many groups there were. */
int subscribe_take(struct request *r, const char *printer, uint32_t job);

/* The subscription of an id that the request names, if it is the asker's own: who made it (name
 * and host), or an operator. Less than owner.h asks for an order, since there is nothing in a
 * subscription: what an event tells is decided for its reader. Guests share name and perhaps
 * host, so a guest's is his by knowing its id, which can't be guessed: an address that names
 * too many wrong ones finds none for a while (guesses.h), but over the connection that made
 * it. */
bool subscribe_find(struct request *r, uint32_t id, struct subscription *s);
/* Whether Get-Subscriptions lists it to him: his own; of a guest, over the connection that
 * made it only. */
bool subscribe_is_listed(const struct request *r, const struct subscription *s);

/* notify-lease-duration of a group, within what is supported; 0 means as long as can
 * be (RFC 3995 5.3.8). */
int32_t subscribe_lease(ipp_attribute_t *attr);

/* notify-... and ippget-... attributes of a printer. */
void subscribe_add_supported(ipp_t *to);

#endif
