#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/announce.h"

struct announce {
	struct peer *front, *herald;
	struct {
		bool told, named; /* by front, by the herald */
		struct wire_announce what;
		struct wire_announced name;
	} rows[SETTINGS_PRINTERS_MAX]; /* by printer */
};

int
announce_open(struct keep *k, struct error *err)
{
	k->announce = calloc(1, sizeof(*k->announce));
	return k->announce != NULL ? 0 : error_errno(err, "cannot announce printers");
}

void
announce_close(struct keep *k)
{
	free(k->announce);
	k->announce = NULL;
}

static int
find_row(const struct keep *k, const char *printer, uint32_t *row, struct error *err)
{
	for (*row = 0; *row < k->settings->printer_count; (*row)++)
		if (strcmp(k->settings->printers[*row].name, printer) == 0)
			return 0;
	return error_set(err, ERROR_INPUT, "it announces a printer that is not there");
}

void
announce_set_front(struct keep *k, struct peer *p)
{
	struct announce *a = k->announce;

	a->front = p;
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (a->rows[i].named)
			peer_say(p, WIRE_TYPE_announced, &a->rows[i].name);
}

void
announce_set_herald(struct keep *k, struct peer *p)
{
	struct announce *a = k->announce;

	a->herald = p;
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (a->rows[i].told)
			peer_say(p, WIRE_TYPE_announce, &a->rows[i].what);
}

/* With the herald what it registered is gone, too. */
static void
forget_names(struct keep *k)
{
	struct announce *a = k->announce;

	for (uint32_t i = 0; i < k->settings->printer_count; i++) {
		if (!a->rows[i].named || a->rows[i].name.name[0] == '\0')
			continue;
		a->rows[i].name.name[0] = '\0';
		if (a->front != NULL)
			peer_say(a->front, WIRE_TYPE_announced, &a->rows[i].name);
	}
}

void
announce_peer_gone(struct peer *p)
{
	struct announce *a = p->keep->announce;

	if (a->front == p)
		a->front = NULL;
	if (a->herald == p) {
		a->herald = NULL;
		forget_names(p->keep);
	}
}

int
announce_announce(struct peer *p, const union wire_any *m, struct error *err)
{
	struct announce *a = p->keep->announce;
	uint32_t row;

	if (a->front != p)
		return error_set(err, ERROR_REFUSED,
				 "it announces, but is not front's control channel");
	if (find_row(p->keep, m->announce.printer, &row, err) != 0)
		return -1;
	a->rows[row].what = m->announce;
	a->rows[row].told = true;
	if (a->herald != NULL)
		peer_say(a->herald, WIRE_TYPE_announce, &m->announce);
	return 0;
}

int
announce_announced(struct peer *p, const union wire_any *m, struct error *err)
{
	struct announce *a = p->keep->announce;
	uint32_t row;

	if (find_row(p->keep, m->announced.printer, &row, err) != 0)
		return -1;
	a->rows[row].name = m->announced;
	a->rows[row].named = true;
	if (a->front != NULL)
		peer_say(a->front, WIRE_TYPE_announced, &m->announced);
	return 0;
}
