#include <stdbool.h>
#include <string.h>

#include "lib/ipp/ipp_bounds.h"
#include "lib/ipp/ipp_option.h"
#include "lib/order/order.h"
#include "spoold/courier/options.h"

#define VALUES_MAX 64 /* of one attribute: page-ranges, finishings */

struct allowed {
	const char *name;
	ipp_tag_t tag, also; /* value tags; IPP_TAG_ZERO: no second one */
};

static const struct allowed allowed[] = {
	{"claimcheck-crop", IPP_TAG_INTEGER, IPP_TAG_ZERO},
	{"claimcheck-layout", IPP_TAG_KEYWORD, IPP_TAG_NAME},
	{"copies", IPP_TAG_INTEGER, IPP_TAG_ZERO},
	{"finishings", IPP_TAG_ENUM, IPP_TAG_ZERO},
	{"job-priority", IPP_TAG_INTEGER, IPP_TAG_ZERO},
	{"media", IPP_TAG_KEYWORD, IPP_TAG_NAME},
	{"media-col", IPP_TAG_BEGIN_COLLECTION, IPP_TAG_ZERO},
	{"multiple-document-handling", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"number-up", IPP_TAG_INTEGER, IPP_TAG_ZERO},
	{"orientation-requested", IPP_TAG_ENUM, IPP_TAG_ZERO},
	{"output-bin", IPP_TAG_KEYWORD, IPP_TAG_NAME},
	{"page-ranges", IPP_TAG_RANGE, IPP_TAG_ZERO},
	{"print-color-mode", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"print-content-optimize", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"print-quality", IPP_TAG_ENUM, IPP_TAG_ZERO},
	{"print-rendering-intent", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"print-scaling", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"printer-resolution", IPP_TAG_RESOLUTION, IPP_TAG_ZERO},
	{"sides", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"x-image-position", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"x-image-shift", IPP_TAG_INTEGER, IPP_TAG_ZERO},
	{"y-image-position", IPP_TAG_KEYWORD, IPP_TAG_ZERO},
	{"y-image-shift", IPP_TAG_INTEGER, IPP_TAG_ZERO},
};

static bool
is_allowed(ipp_attribute_t *attr)
{
	const char *name = ippGetName(attr);
	ipp_tag_t tag = ippGetValueTag(attr);

	if (name == NULL || ippGetCount(attr) < 1 || ippGetCount(attr) > VALUES_MAX)
		return false;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (strcmp(allowed[i].name, name) == 0)
			return (tag == allowed[i].tag || tag == allowed[i].also) &&
			       ippValidateAttribute(attr);
	return false;
}

int
options_copy(ipp_t *request, const void *attributes, size_t len, struct error *err)
{
	const struct ipp_limits limits = IPP_LIMITS_REQUEST(ORDER_ATTRIBUTES_MAX);
	ipp_t *from = NULL;

	if (len == 0)
		return 0;
	if (ipp_bounds_decode(&limits, attributes, len, &from, err) != 0)
		return -1;
	for (ipp_attribute_t *attr = ippFirstAttribute(from); attr != NULL;
	     attr = ippNextAttribute(from)) {
		ipp_attribute_t *copy;
		if ((!is_allowed(attr) && !ipp_option_is_ppd(attr)) ||
		    ippFindAttribute(request, ippGetName(attr), IPP_TAG_ZERO) != NULL)
			continue;
		copy = ippCopyAttribute(request, attr, 0);
		ippSetGroupTag(request, &copy, IPP_TAG_JOB);
	}
	ippDelete(from);
	return 0;
}

int
options_copies(const void *attributes, size_t len)
{
	const struct ipp_limits limits = IPP_LIMITS_REQUEST(ORDER_ATTRIBUTES_MAX);
	ipp_t *from = NULL;
	ipp_attribute_t *attr;
	int copies = 1;

	if (len == 0 || ipp_bounds_decode(&limits, attributes, len, &from, NULL) != 0)
		return copies;
	attr = ippFindAttribute(from, "copies", IPP_TAG_INTEGER);
	if (attr != NULL && ippGetInteger(attr, 0) > 0)
		copies = ippGetInteger(attr, 0);
	ippDelete(from);
	return copies;
}
