#include <stdlib.h>
#include <string.h>

#include "lib/order/order.h"

void
order_init(struct order *o)
{
	memset(o, 0, sizeof(*o));
}

void
order_clear(struct order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		free(o->documents[i].attributes);
	free(o->documents);
	free(o->attributes);
	explicit_bzero(o, sizeof(*o));
}

static uint8_t *
copy_bytes(const uint8_t *from, uint32_t len)
{
	uint8_t *to = malloc(len);

	if (to != NULL)
		memcpy(to, from, len);
	return to;
}

/* Documents of `to` are allocated and zeroed; to->document_count counts those that are
 * whole, so that order_clear can be called at any time. */
static int
copy_documents(struct order *to, const struct order *from)
{
	for (; to->document_count < from->document_count; to->document_count++) {
		const struct order_document *d = &from->documents[to->document_count];
		struct order_document *c = &to->documents[to->document_count];
		*c = *d;
		c->attributes = NULL;
		if (d->attributes_len != 0 &&
		    (c->attributes = copy_bytes(d->attributes, d->attributes_len)) ==
			    NULL)
			return -1;
	}
	return 0;
}

int
order_copy(struct order *to, const struct order *from, struct error *err)
{
	*to = *from;
	to->attributes = NULL;
	to->documents = NULL;
	to->document_count = 0;
	if (from->attributes_len != 0 &&
	    (to->attributes = copy_bytes(from->attributes, from->attributes_len)) ==
		    NULL)
		goto fail;
	if (from->document_count != 0 &&
	    (to->documents = calloc(from->document_count, sizeof(*to->documents))) ==
		    NULL)
		goto fail;
	if (copy_documents(to, from) == 0)
		return 0;
fail:
	order_clear(to);
	return error_set(err, ERROR_SYSTEM, "no memory for a copy of an order");
}

struct order_document *
order_add_document(struct order *o)
{
	struct order_document *grown;

	if (o->document_count >= ORDER_DOCUMENTS_MAX)
		return NULL;
	grown = reallocarray(o->documents, o->document_count + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	o->documents = grown;
	memset(&grown[o->document_count], 0, sizeof(*grown));
	return &grown[o->document_count++];
}

bool
order_has_body(const struct order_document *d)
{
	return d->state != DOCUMENT_CANCELED;
}

uint64_t
order_bytes(const struct order *o)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < o->document_count; i++)
		sum += o->documents[i].length;
	return sum;
}
