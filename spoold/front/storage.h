/*
 * storage.h - job-storage (PWG 5100.11-2024 5.2.5): documents that are kept, sealed as they
 * came, when their order is made (print-and-store), or instead of it (store-only). From a
 * stored order its owner makes a new one with Resubmit-Job (ops_resubmit.c).
 *
 *   job-storage-access        owner: the documents open to the order's claim code or PIN and
 *                             to nothing else, so there is nothing else to be had
 *   job-storage-disposition   none, print-and-store, store-only
 *
 * Where the shop stores nothing (stored-days = 0) it is neither listed nor taken.
 */
#ifndef CC_FRONT_STORAGE_H
#define CC_FRONT_STORAGE_H

#include "lib/order/order.h"
#include "spoold/front/request.h"

#define STORAGE_ATTRIBUTE "job-storage"

/* The request's; false after it was answered: what can't be had. */
bool storage_read(struct request *r, enum order_storage *storage);
/* Of an order, as it was taken; nothing for ORDER_STORE_NOT. */
void storage_add(ipp_t *to, enum order_storage storage);
/* The job-storage-*-supported of a printer. */
void storage_add_supported(ipp_t *to, const struct settings *settings);

#endif
