#include <string.h>

#include "filters/photo/choose.h"
#include "filters/photo/manner.h"

int
manner_begin(struct manner *m, struct error *err)
{
	if (page_from_ppd(&m->page, m->job.ppd, m->job.num_options, m->job.options,
			  m->job.pwg, err) != 0)
		return -1;
	return choose_destination(&m->destination, &m->job, &m->page, err);
}

const struct colour_profile *
manner_rendered(const struct manner *m)
{
	return m->grey != NULL ? m->grey : m->destination;
}

static enum colour_intent
intent_of(const struct manner *m)
{
	const char *why;

	return choose_intent(&m->job, m->destination, &why);
}

static bool
is_rendered_alike(const struct manner *a, const struct manner *b)
{
	const struct colour_profile *one = manner_rendered(a),
				    *other = manner_rendered(b);

	return one->space == other->space && strcmp(one->name, other->name) == 0 &&
	       strcmp(one->digest, other->digest) == 0 && intent_of(a) == intent_of(b);
}

int
manner_render(struct manner *m, struct manner *before, unsigned count, int document,
	      struct error *err)
{
	/* monochrome: the pages are rendered in grey, and that grey is printed */
	if (m->job.monochrome && m->destination->space != COLOUR_GREY)
		m->grey = colour_profile_make(COLOUR_SRGB_GREY);
	for (unsigned i = 0; i < count; i++)
		if (before[i].pdf != NULL && is_rendered_alike(&before[i], m)) {
			m->renderer = &before[i];
			return 0;
		}
	m->renderer = m;
	return pdf_start(&m->pdf, document, manner_rendered(m), intent_of(m), err);
}

int
manner_finish(struct manner *m, struct error *err)
{
	struct pdf *pdf = m->pdf;

	image_close(m->image);
	m->image = NULL;
	m->pdf = NULL;
	return pdf != NULL ? pdf_finish(pdf, err) : 0;
}

void
manner_close(struct manner *m)
{
	image_close(m->image);
	pdf_abandon(m->pdf);
	colour_profile_close(m->grey);
	colour_profile_close(m->destination);
	job_close(&m->job);
}
