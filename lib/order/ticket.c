#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/order.h"
#include "lib/order/ticket.h"

#define TICKET_MAGIC "%Claimcheck-Ticket 1\n"
#define UUID_URN     "urn:uuid:"
#define NAME_START   "Order "

size_t
ticket_write(char *text, const struct ticket *t)
{
	char uuid[UUID_TEXT];

	uuid_format(uuid, t->order);
	return (size_t)snprintf(text, TICKET_TEXT_MAX, "%s%s%s %u\n", TICKET_MAGIC,
				UUID_URN, uuid, (unsigned)t->document);
}

static int
no_ticket(struct error *err, const char *why)
{
	return error_set(err, ERROR_INPUT, "this is no ticket: %s", why);
}

int
ticket_read(struct ticket *t, const void *data, size_t len, struct error *err)
{
	char text[TICKET_TEXT_MAX], back[TICKET_TEXT_MAX];
	char *uuid, *number;
	int64_t document;

	memset(t, 0, sizeof(*t));
	if (len >= sizeof(text) || memchr(data, '\0', len) != NULL)
		return no_ticket(err, "it is too long, or binary");
	memcpy(text, data, len);
	text[len] = '\0';
	if (strncmp(text, TICKET_MAGIC, strlen(TICKET_MAGIC)) != 0 ||
	    text[len - 1] != '\n')
		return no_ticket(err, "its first line is another, or it is cut off");
	text[len - 1] = '\0';
	uuid = text + strlen(TICKET_MAGIC);
	number = strchr(uuid, ' ');
	if (number == NULL)
		return no_ticket(err, "it names no document");
	*number++ = '\0';
	if (uuid_parse(t->order, uuid) != 0 ||
	    text_number(number, 1, ORDER_DOCUMENTS_MAX, &document) != 0)
		return no_ticket(err, "it names no order or no document");
	t->document = (uint32_t)document;
	/* one order has one spelling: what we would not write, we do not read */
	if (ticket_write(back, t) != len || memcmp(back, data, len) != 0)
		return no_ticket(err, "it is not spelt as we spell it");
	return 0;
}

void
ticket_job_name(char name[128], uint32_t number, const uint8_t order[UUID_BYTES])
{
	char uuid[UUID_TEXT];

	uuid_format(uuid, order);
	snprintf(name, 128, "%s%u %s%s", NAME_START, (unsigned)number, UUID_URN, uuid);
}

int
ticket_from_job_name(uint8_t order[UUID_BYTES], const char *name)
{
	char number[16];
	const char *urn;
	int64_t ignored;

	if (strncmp(name, NAME_START, strlen(NAME_START)) != 0)
		return -1;
	name += strlen(NAME_START);
	urn = strchr(name, ' ');
	if (urn == NULL || (size_t)(urn - name) >= sizeof(number) ||
	    strncmp(urn + 1, UUID_URN, strlen(UUID_URN)) != 0)
		return -1;
	memcpy(number, name, (size_t)(urn - name));
	number[urn - name] = '\0';
	if (text_number(number, 1, UINT32_MAX, &ignored) != 0)
		return -1;
	return uuid_parse(order, urn + 1);
}
