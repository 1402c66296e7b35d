/*
 * template_overrides.c - each value of "overrides" is a small template.
 */
#include <string.h>

#include "lib/ipp/ipp_override.h"
#include "spoold/front/picture.h"
#include "spoold/front/template_overrides.h"

/* What doctophoto(8) can do for a single page: what it can for a document, but for its
 * copies and which of its pages there are. */
static const char *const of_page[] = {PICTURE_CROP,
				      PICTURE_LAYOUT,
				      "media",
				      "media-col",
				      "orientation-requested",
				      "print-color-mode",
				      "print-rendering-intent",
				      "print-scaling",
				      "printer-resolution",
				      "x-image-position",
				      "y-image-position"};
static const char *const of_override[] = {"document-number", "document-numbers",
					  "pages"};
#define OF_PAGE	    (sizeof(of_page) / sizeof(of_page[0]))
#define OF_OVERRIDE (sizeof(of_override) / sizeof(of_override[0]))

static bool
is_of_page(const char *name)
{
	for (size_t i = 0; i < OF_PAGE; i++)
		if (strcmp(of_page[i], name) == 0)
			return true;
	return false;
}

/* Each value that was taken, so that no page is named twice. */
struct overrides {
	unsigned count;
	struct ipp_override of[IPP_OVERRIDES_MAX];
};

/* Which pages are meant can be told, and no other value means one of them. */
static bool
add_override(struct overrides *to, ipp_t *value)
{
	struct ipp_override *o = &to->of[to->count];

	if (to->count == IPP_OVERRIDES_MAX || !ipp_override_read(o, value))
		return false;
	for (unsigned i = 0; i < to->count; i++)
		if (ipp_override_meets(&to->of[i], o))
			return false;
	to->count++;
	return true;
}

static void
add_value(ipp_t *to, ipp_tag_t group, ipp_t *value)
{
	ipp_attribute_t *attr =
		ippFindAttribute(to, IPP_OVERRIDES, IPP_TAG_BEGIN_COLLECTION);

	if (attr != NULL)
		ippSetCollection(to, &attr, ippGetCount(attr), value);
	else
		ippAddCollection(to, group, IPP_OVERRIDES, value);
}

static void
judge_override(ipp_t *value, struct printer *p, struct overrides *all,
	       struct template_result *r)
{
	struct template_result of = {.taken = ippNew(), .unsupported = ippNew()};

	if (!add_override(all, value)) {
		add_value(r->unsupported, IPP_TAG_UNSUPPORTED_GROUP, value);
		template_result_clear(&of);
		return;
	}
	for (ipp_attribute_t *a = ippFirstAttribute(value); a != NULL;
	     a = ippNextAttribute(value)) {
		const char *name = ippGetName(a);

		if (name == NULL)
			continue;
		if (ipp_override_selects(name))
			ippCopyAttribute(of.taken, a, 0);
		else if (is_of_page(name))
			template_judge_one(a, p, &of);
		else
			template_refuse(&of, name);
	}
	add_value(r->taken, IPP_TAG_JOB, of.taken);
	if (of.names[0] != '\0')
		add_value(r->unsupported, IPP_TAG_UNSUPPORTED_GROUP, of.unsupported);
	r->refuse = r->refuse || of.refuse;
	template_result_clear(&of);
}

void
template_overrides(ipp_attribute_t *attr, struct printer *p, struct template_result *r)
{
	struct overrides all = {0};

	if (ippGetValueTag(attr) != IPP_TAG_BEGIN_COLLECTION) {
		template_refuse_value(r, attr);
		return;
	}
	for (int i = 0; i < ippGetCount(attr); i++)
		judge_override(ippGetCollection(attr, i), p, &all, r);
	if (ippFindAttribute(r->unsupported, IPP_OVERRIDES, IPP_TAG_ZERO) != NULL)
		template_name(r, IPP_OVERRIDES);
}

void
template_overrides_add_supported(ipp_t *to)
{
	ipp_attribute_t *attr =
		ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
			      "overrides-supported", OF_OVERRIDE, NULL, of_override);

	for (size_t i = 0; i < OF_PAGE; i++)
		ippSetString(to, &attr, ippGetCount(attr), of_page[i]);
}
