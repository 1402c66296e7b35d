#include <string.h>

#include "spoold/courier/joblist.h"

#define AGAIN_MOST 5

struct page {
	int ids[JOBLIST_PAGE];
	int count;
};

static int
ask_page(const struct joblist *l, struct cupsd *c, ipp_t **answer, struct error *err)
{
	ipp_t *request = cupsd_queue_request(c, IPP_OP_GET_JOBS, "");

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL,
		     "not-completed");
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "first-index",
		      l->first);
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit",
		      JOBLIST_PAGE);
	cupsd_want(request, heldjob_wanted, heldjob_wanted_count);
	return cupsd_ask(c, request, NULL, answer, err);
}

/* Everybody's jobs count, only ours are visited. */
static int
read_page(struct cupsd *c, ipp_t *answer, struct page *page, joblist_visit_fn *visit,
	  void *context)
{
	ipp_attribute_t *at = ippFirstAttribute(answer);
	struct heldjob job;

	page->count = 0;
	while (at != NULL && page->count < JOBLIST_PAGE) {
		bool ours;
		if (ippGetGroupTag(at) != IPP_TAG_JOB) {
			at = ippNextAttribute(answer);
			continue;
		}
		ours = heldjob_read(c, answer, &at, &job);
		page->ids[page->count++] = job.id;
		if (ours && !heldjob_has_ended(&job) && visit(&job, context) != 0)
			return -1;
	}
	return 0;
}

static bool
joins(const struct joblist *l, const struct page *page)
{
	if (l->first == 1)
		return true;
	for (int i = 0; i < l->tail_count; i++)
		for (int j = 0; j < page->count; j++)
			if (l->tail[i] == page->ids[j])
				return true;
	return false;
}

void
joblist_begin(struct joblist *l)
{
	*l = (struct joblist){.first = 1};
}

static int
begin_again(struct joblist *l, struct error *err)
{
	if (++l->again > AGAIN_MOST)
		return error_set(
			err, ERROR_LATER,
			"cupsd's jobs changed faster than they could be listed");
	l->first = 1;
	return 1;
}

int
joblist_next(struct joblist *l, struct cupsd *c, joblist_visit_fn *visit, void *context,
	     struct error *err)
{
	struct page page;
	ipp_t *answer = NULL;
	int rc;

	if (ask_page(l, c, &answer, err) != 0)
		return -1;
	rc = read_page(c, answer, &page, visit, context);
	ippDelete(answer);
	if (rc != 0)
		return -1;
	if (!joins(l, &page))
		return begin_again(l, err);
	if (page.count < JOBLIST_PAGE)
		return 0;
	l->tail_count = JOBLIST_OVERLAP;
	memcpy(l->tail, page.ids + page.count - JOBLIST_OVERLAP, sizeof(l->tail));
	l->first += page.count - JOBLIST_OVERLAP;
	return 1;
}
