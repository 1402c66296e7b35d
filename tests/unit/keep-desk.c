#include "tests/tap.h"
#include "tests/unit/keep-desk.h"

void
open_desk(struct scene *s, struct bench *b)
{
	*s = (struct scene){.b = b};
	bench_channel(b, &s->front);
}

void
open_scene(struct scene *s, struct bench *b, const struct wish *w)
{
	open_desk(s, b);
	if (hand_in(b, &s->front, w, &s->h, &s->err) != 0)
		tap_diag("not handed in: %s", s->err.text);
	bench_rest(b);
	if (cups_job_of(b, s->h.uuid) != NULL)
		s->h.job = cups_job_of(b, s->h.uuid)->id;
}

void
close_scene(struct scene *s)
{
	client_close(&s->front);
	handed_clear(&s->h);
	bench_rest(s->b);
}
