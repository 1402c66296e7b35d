#include <string.h>

#include "lib/ipp/ipp_override.h"

static const struct {
	const char *name;
	bool documents;
} selectors[] = {
	{"pages", false},
	{"document-numbers", true},
	{"document-number", true},
};
#define SELECTORS (sizeof(selectors) / sizeof(selectors[0]))

bool
ipp_override_selects(const char *member)
{
	for (size_t i = 0; i < SELECTORS; i++)
		if (strcmp(selectors[i].name, member) == 0)
			return true;
	return false;
}

static bool
read_ranges(struct ipp_ranges *to, ipp_attribute_t *attr)
{
	int count = ippGetCount(attr), last = 0;

	if (ippGetValueTag(attr) != IPP_TAG_RANGE || count < 1 ||
	    to->count + (unsigned)count > IPP_OVERRIDE_RANGES)
		return false;
	for (int i = 0; i < count; i++) {
		int upper, lower = ippGetRange(attr, i, &upper);

		if (lower <= last || upper < lower)
			return false;
		to->range[to->count].first = lower;
		to->range[to->count++].last = last = upper;
	}
	return true;
}

bool
ipp_override_read(struct ipp_override *o, ipp_t *value)
{
	o->pages.count = o->documents.count = 0;
	for (size_t i = 0; i < SELECTORS; i++) {
		ipp_attribute_t *attr =
			ippFindAttribute(value, selectors[i].name, IPP_TAG_ZERO);

		if (attr != NULL &&
		    !read_ranges(selectors[i].documents ? &o->documents : &o->pages,
				 attr))
			return false;
	}
	return true;
}

static bool
ranges_meet(const struct ipp_ranges *a, const struct ipp_ranges *b)
{
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned k = 0; k < b->count; k++)
			if (a->range[i].first <= b->range[k].last &&
			    b->range[k].first <= a->range[i].last)
				return true;
	return a->count == 0 || b->count == 0;
}

bool
ipp_override_meets(const struct ipp_override *a, const struct ipp_override *b)
{
	return ranges_meet(&a->pages, &b->pages) &&
	       ranges_meet(&a->documents, &b->documents);
}

bool
ipp_override_is_for(const struct ipp_override *o, int document, int page)
{
	const struct ipp_override one = {
		.pages = {.count = 1, .range = {{page, page}}},
		.documents = {.count = 1, .range = {{document, document}}}};

	return ipp_override_meets(o, &one);
}
