/*
 * ticket.h - the document of a held CUPS job: it names an order and opens nothing.
 *
 *   %Claimcheck-Ticket 1\n
 *   urn:uuid:01234567-89ab-4cde-8f01-23456789abcd 1\n
 *
 * MIME type application/vnd.claimcheck-ticket; the number counts documents from 1.
 */
#ifndef CC_ORDER_TICKET_H
#define CC_ORDER_TICKET_H

#include <stddef.h>

#include "lib/base/uuid.h"
#include "lib/base/error.h"

#define TICKET_MIME_TYPE "application/vnd.claimcheck-ticket"
#define TICKET_TEXT_MAX	 128

struct ticket {
	uint8_t order[UUID_BYTES];
	uint32_t document; /* from 1 */
};

/* text[TICKET_TEXT_MAX], zero-terminated; returns its length. */
size_t ticket_write(char *text, const struct ticket *t);
/* The whole document, nothing behind it; ERROR_INPUT otherwise. */
int ticket_read(struct ticket *t, const void *data, size_t len, struct error *err);

/* The CUPS job's name: "Order 1234 urn:uuid:...": for people, and for reconcile. */
void ticket_job_name(char name[128], uint32_t number, const uint8_t order[UUID_BYTES]);
/* 0 with the order's uuid, or -1 if the name is not one of ours. */
int ticket_from_job_name(uint8_t order[UUID_BYTES], const char *name);

#endif
