/*
 * wishes.c - a document's own attributes as options of the job: written as cupsd would
 * have written them into argv[5], in place of what the job says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ipp/ipp_bounds.h"
#include "lib/ipp/ipp_override.h"
#include "lib/order/order.h"

#include "filters/photo/job.h"

#define VALUE_MAX 4096

/* Which paper is one question with several names: who answers one answers all. */
static const char *const paper[] = {"PageSize", "PageRegion", "media", "media-col"};
#define PAPERS (sizeof(paper) / sizeof(paper[0]))

static bool
is_paper(const char *name)
{
	for (size_t i = 0; i < PAPERS; i++)
		if (strcasecmp(paper[i], name) == 0)
			return true;
	return false;
}

static void
forget_paper(struct job *job)
{
	for (size_t i = 0; i < PAPERS; i++)
		job->num_options =
			cupsRemoveOption(paper[i], job->num_options, &job->options);
}

/* Enums are numbers here: ippAttributeString would say "portrait". */
static void
add_option(struct job *job, ipp_attribute_t *attr)
{
	const char *name = ippGetName(attr);
	char value[VALUE_MAX];

	if (ippGetValueTag(attr) == IPP_TAG_ENUM)
		snprintf(value, sizeof(value), "%d", ippGetInteger(attr, 0));
	else if (ippAttributeString(attr, value, sizeof(value)) >= sizeof(value))
		return;
	job->num_options = cupsAddOption(name, value, job->num_options, &job->options);
	job->own_copies = job->own_copies || strcmp(name, "copies") == 0;
}

void
job_wish(struct job *job, ipp_t *attributes)
{
	bool names_paper = false;

	for (ipp_attribute_t *a = ippFirstAttribute(attributes); a != NULL;
	     a = ippNextAttribute(attributes)) {
		/* which pages want it otherwise is no option: overrides.h */
		if (ippGetName(a) == NULL || strcmp(ippGetName(a), IPP_OVERRIDES) == 0)
			continue;
		if (is_paper(ippGetName(a)) && !names_paper) {
			names_paper = true;
			forget_paper(job);
		}
		add_option(job, a);
	}
}

int
job_wishes(struct job *job, const void *attributes, size_t len, struct error *err)
{
	const struct ipp_limits limits = IPP_LIMITS_REQUEST(ORDER_ATTRIBUTES_MAX);
	ipp_t *own;

	if (len == 0)
		return 0;
	if (ipp_bounds_decode(&limits, attributes, len, &own, err) != 0)
		return -1;
	job_wish(job, own);
	ippDelete(own);
	return 0;
}
