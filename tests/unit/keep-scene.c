#include "tests/unit/keep-scene.h"

void
open_scene(struct scene *s, struct bench *b, uint32_t documents)
{
	*s = (struct scene){.b = b};
	bench_channel(b, &s->front);
	bench_peer(b, &s->filter, WIRE_FROM_FILTER, 21);
	bench_peer(b, &s->backend, WIRE_FROM_FILTER, 22);
	hand_in_and_rest(b, &s->front, &(struct wish){.documents = documents}, &s->h);
}

void
close_scene(struct scene *s)
{
	client_close(&s->front);
	client_close(&s->filter);
	client_close(&s->backend);
	handed_clear(&s->h);
	bench_rest(s->b);
}
