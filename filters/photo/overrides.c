#include <string.h>

#include "lib/ipp/ipp_bounds.h"
#include "lib/order/order.h"

#include "filters/photo/overrides.h"

/* The values, without what says where they are for. */
static void
take_values(struct overrides *o, ipp_attribute_t *attr)
{
	for (int i = 0; i < ippGetCount(attr) && o->count < IPP_OVERRIDES_MAX; i++) {
		ipp_t *value = ippGetCollection(attr, i), *wants;

		if (!ipp_override_read(&o->of[o->count], value))
			continue;
		wants = ippNew();
		for (ipp_attribute_t *a = ippFirstAttribute(value); a != NULL;
		     a = ippNextAttribute(value))
			if (ippGetName(a) != NULL &&
			    !ipp_override_selects(ippGetName(a)))
				ippCopyAttribute(wants, a, 0);
		o->wants[o->count++] = wants;
	}
}

/* 1 if it has the attribute, 0, or -1. */
static int
take_from(struct overrides *o, const struct buf *from, struct error *err)
{
	const struct ipp_limits limits = IPP_LIMITS_REQUEST(ORDER_ATTRIBUTES_MAX);
	ipp_attribute_t *attr;
	ipp_t *attributes;

	if (from->len == 0)
		return 0;
	if (ipp_bounds_decode(&limits, from->data, from->len, &attributes, err) != 0)
		return -1;
	attr = ippFindAttribute(attributes, IPP_OVERRIDES, IPP_TAG_BEGIN_COLLECTION);
	if (attr != NULL)
		take_values(o, attr);
	ippDelete(attributes);
	return attr != NULL;
}

int
overrides_read(struct overrides *o, int document, const struct buf *own,
	       const struct buf *order, struct error *err)
{
	int found;

	o->document = document;
	o->count = 0;
	found = take_from(o, own, err);
	if (found == 0)
		found = take_from(o, order, err);
	return found < 0 ? -1 : 0;
}

unsigned
overrides_find(const struct overrides *o, unsigned page)
{
	for (unsigned i = 0; i < o->count; i++)
		if (ipp_override_is_for(&o->of[i], o->document, (int)page))
			return i + 1;
	return 0;
}

void
overrides_clear(struct overrides *o)
{
	for (unsigned i = 0; i < o->count; i++)
		ippDelete(o->wants[i]);
	o->count = 0;
}
