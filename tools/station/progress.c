#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tools/station/progress.h"
#include "tools/station/show.h"
#include "tools/station/words.h"

#define BAR_CELLS 20

void
progress_begin(struct progress *p)
{
	const char *term = getenv("TERM");

	*p = (struct progress){0};
	p->redraws = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

/* Parts of 1000 of a document: its pages, where they are known. */
static int64_t
part_done(const struct station_document *d)
{
	if (d->state == IPP_DSTATE_COMPLETED)
		return 1000;
	if (d->state != IPP_DSTATE_PROCESSING || d->pages <= 0)
		return 0;
	return d->pages_done < d->pages ? INT64_C(1000) * d->pages_done / d->pages
					: 1000;
}

static int
permille(const struct station_order *o)
{
	int64_t sum = 0;

	if (o->state == IPP_JSTATE_COMPLETED)
		return 1000;
	for (uint32_t i = 0; i < o->document_count; i++)
		sum += part_done(&o->documents[i]);
	return o->document_count > 0 ? (int)(sum / o->document_count) : 0;
}

static const struct station_document *
current(const struct station_order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		if (o->state == IPP_JSTATE_PROCESSING &&
		    o->documents[i].state == IPP_DSTATE_PROCESSING)
			return &o->documents[i];
	return NULL;
}

/* PWG 5100.5 document-state-reasons to words. */
static enum words_id
phase_words(const char *reasons)
{
	static const struct {
		const char *reason;
		enum words_id id;
	} rows[] = {{"transforming", WORDS_PHASE_RENDERING},
		    {"outgoing", WORDS_PHASE_SENDING},
		    {"printing", WORDS_PHASE_PRINTING}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strstr(reasons, rows[i].reason) != NULL)
			return rows[i].id;
	return WORDS_STATE_PROCESSING;
}

static void
add(char *to, size_t size, const char *text)
{
	size_t used = strlen(to);

	snprintf(to + used, size - used, "%s%s", used > 0 ? ", " : "", text);
}

static void
describe(const struct station_order *o, char *to, size_t size)
{
	const struct station_document *d = current(o);
	char number[16], all[16], part[128];

	to[0] = '\0';
	if (d == NULL) {
		add(to, size, words_plain(show_state_words(o->state)));
		return;
	}
	if (o->document_count > 1) {
		snprintf(number, sizeof(number), "%u", d->number);
		snprintf(all, sizeof(all), "%u", o->document_count);
		words_say(part, sizeof(part), WORDS_DOCUMENT_OF, number, all);
		add(to, size, part);
	}
	add(to, size, words_plain(phase_words(d->reasons)));
	if (d->pages_done > 0 || d->pages > 0) {
		snprintf(number, sizeof(number), "%d", d->pages_done);
		snprintf(all, sizeof(all), "%d", d->pages);
		words_say(part, sizeof(part),
			  d->pages > 0 ? WORDS_PAGES : WORDS_PAGES_SO_FAR, number, all);
		add(to, size, part);
	}
}

/* Columns of the line now, blanks over what stood there before. */
static void
draw(struct progress *p, const struct station_order *o, const char *text)
{
	int full = permille(o) * BAR_CELLS / 1000;
	char line[1200], bar[BAR_CELLS + 1];
	size_t columns;

	memset(bar, '.', BAR_CELLS);
	memset(bar, '#', (size_t)full);
	bar[BAR_CELLS] = '\0';
	snprintf(line, sizeof(line), "  [%s] %s", bar, text);
	columns = show_cut(line, show_columns() - 1);
	printf("\r%s%*s\r%s", line, p->drawn > columns ? (int)(p->drawn - columns) : 0,
	       "", line);
	p->drawn = columns;
}

/* A document that is done since the last look stays on the screen. */
static void
tell_done(struct progress *p, const struct station_order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++) {
		bool done = o->documents[i].state == IPP_DSTATE_COMPLETED;

		if (done && !p->done[i] && p->begun && o->document_count > 1) {
			progress_end(p);
			show_document(&o->documents[i],
				      words_plain(WORDS_STATE_COMPLETED));
		}
		p->done[i] = done;
	}
	p->begun = true;
}

void
progress_show(struct progress *p, const struct station_order *o)
{
	char text[sizeof(p->last)];

	tell_done(p, o);
	describe(o, text, sizeof(text));
	if (strcmp(text, p->last) == 0)
		return;
	text_copy(p->last, sizeof(p->last), text);
	if (p->redraws)
		draw(p, o, text);
	else
		printf("  %s\n", text);
	fflush(stdout);
}

void
progress_end(struct progress *p)
{
	if (p->drawn > 0)
		putchar('\n');
	p->drawn = 0;
	p->last[0] = '\0';
	fflush(stdout);
}
