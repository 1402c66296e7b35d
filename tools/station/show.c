#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tools/jsontext.h"
#include "tools/station/show.h"
#include "tools/station/words.h"

#define BAR_CELLS 24
#define ERASE_EOL "\033[K"

static enum words_id
state_words(int state)
{
	switch (state) {
	case IPP_JSTATE_PENDING:
		return WORDS_STATE_PENDING;
	case IPP_JSTATE_HELD:
		return WORDS_STATE_HELD;
	case IPP_JSTATE_PROCESSING:
		return WORDS_STATE_PROCESSING;
	case IPP_JSTATE_STOPPED:
		return WORDS_STATE_STOPPED;
	case IPP_JSTATE_CANCELED:
		return WORDS_STATE_CANCELED;
	case IPP_JSTATE_COMPLETED:
		return WORDS_STATE_COMPLETED;
	default:
		return WORDS_STATE_ABORTED;
	}
}

static void
number_text(char text[16], int64_t number)
{
	snprintf(text, 16, "%lld", (long long)number);
}

/* "1 document", "3 documents" */
static void
count_text(char *to, size_t size, int64_t count, enum words_id one, enum words_id many)
{
	char number[16];

	number_text(number, count);
	words_say(to, size, count == 1 ? one : many, number, NULL);
}

/* Kibibytes for people: "312 kB", "4.2 MB". */
static void
size_text(char text[32], int64_t k_octets)
{
	if (k_octets < 1024)
		snprintf(text, 32, "%lld kB", (long long)k_octets);
	else
		snprintf(text, 32, "%.1f MB", (double)k_octets / 1024);
}

static void
show_documents(const struct station_order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++) {
		const struct station_document *d = &o->documents[i];
		char size[32];

		size_text(size, d->k_octets);
		printf("  %3u  %-40s %9s  %s\n", d->number,
		       d->name[0] != '\0' ? d->name : words_plain(WORDS_NO_NAME), size,
		       d->format);
	}
}

void
show_summary(const struct station_order *o)
{
	char number[16], what[256], copies[64], documents[64];

	number_text(number, o->number);
	words_say(what, sizeof(what), WORDS_ORDER_OF, number, o->user);
	count_text(copies, sizeof(copies), o->copies > 0 ? o->copies : 1, WORDS_COPY,
		   WORDS_COPIES);
	count_text(documents, sizeof(documents), o->document_count, WORDS_DOCUMENT,
		   WORDS_DOCUMENTS);
	printf("\n%s: %s\n", what, o->name);
	printf("  %s, %s, %s\n", o->printer, documents, copies);
	if (o->template[0] != '\0')
		printf("  %s\n", o->template);
	show_documents(o);
	if (o->state == IPP_JSTATE_HELD && o->proof_copies > 0) {
		number_text(number, o->proof_copies);
		words_out(WORDS_PROOF_NEXT, number, NULL);
	}
	if (o->state != IPP_JSTATE_HELD && o->message[0] != '\0')
		printf("  %s\n", o->message);
	else if (o->warning[0] != '\0')
		printf("  %s\n", o->warning);
	fflush(stdout);
}

void
show_line(const struct station_order *o)
{
	printf("%8u  %-22s %s\n", o->number, words_plain(state_words(o->state)),
	       o->name);
	fflush(stdout);
}

/* What a customer must know: not what is said for information, or by CUPS to itself. */
static bool
is_trouble(const char *reason, size_t len)
{
	static const char *const harmless[] = {"none", "connecting-to-device",
					       "moving-to-paused", "paused"};

	if (strncmp(reason, "cups-", 5) == 0 ||
	    (len > 7 && strncmp(reason + len - 7, "-report", 7) == 0))
		return false;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (len == strlen(harmless[i]) &&
		    strncmp(reason, harmless[i], len) == 0)
			return false;
	return len > 0;
}

static void
list_trouble(char *to, size_t size, const char *reasons)
{
	to[0] = '\0';
	for (const char *at = reasons; *at != '\0'; at += strspn(at, ",")) {
		size_t len = strcspn(at, ","), used = strlen(to);

		if (is_trouble(at, len))
			snprintf(to + used, size - used, "%s%.*s", used > 0 ? ", " : "",
				 (int)len, at);
		at += len;
	}
}

bool
show_printer(const struct station_printer *p)
{
	const char *name = p->info[0] != '\0' ? p->info : p->name;
	char trouble[ORDER_TEXT_MAX];

	list_trouble(trouble, sizeof(trouble), p->reasons);
	if (p->state == IPP_PSTATE_STOPPED) {
		words_out(WORDS_PRINTER_STOPPED, name,
			  trouble[0] != '\0' ? trouble : p->message);
		return false;
	}
	if (trouble[0] != '\0')
		words_out(WORDS_PRINTER_SAYS, name, trouble);
	return true;
}

/* --- progress --- */

void
show_progress_begin(struct show_progress *p)
{
	const char *term = getenv("TERM");

	*p = (struct show_progress){0};
	p->bar = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

static uint32_t
documents_done(const struct station_order *o)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < o->document_count; i++)
		done += o->documents[i].state == IPP_DSTATE_COMPLETED;
	return done;
}

/* Of 1000; the last document is only done when the device has it. */
static int
permille(const struct station_order *o)
{
	if (o->state == IPP_JSTATE_COMPLETED)
		return 1000;
	if (o->document_count == 0)
		return 0;
	return (int)(documents_done(o) * 1000 / o->document_count);
}

static void
describe(const struct station_order *o, char *to, size_t size)
{
	char done[16], all[16], pages[64] = "", documents[64] = "";

	number_text(done, o->pages_done);
	if (o->pages_done > 0)
		words_say(pages, sizeof(pages), WORDS_PAGES_SO_FAR, done, NULL);
	if (o->document_count > 1) {
		number_text(done, documents_done(o));
		number_text(all, o->document_count);
		snprintf(documents, sizeof(documents), "%s/%s", done, all);
	}
	snprintf(to, size, "%s%s%s%s%s", words_plain(state_words(o->state)),
		 documents[0] != '\0' ? ", " : "", documents,
		 pages[0] != '\0' ? ", " : "", pages);
}

static void
draw_bar(struct show_progress *p, const struct station_order *o, const char *text)
{
	int full = permille(o) * BAR_CELLS / 1000;

	printf("\r  [");
	for (int i = 0; i < BAR_CELLS; i++)
		putchar(i < full ? '#' : '.');
	printf("] %s" ERASE_EOL, text);
	p->drawn = true;
}

void
show_progress(struct show_progress *p, const struct station_order *o)
{
	char text[sizeof(p->last)];

	describe(o, text, sizeof(text));
	if (strcmp(text, p->last) == 0)
		return;
	text_copy(p->last, sizeof(p->last), text);
	if (p->bar)
		draw_bar(p, o, text);
	else
		printf("  %s\n", text);
	fflush(stdout);
}

void
show_progress_end(struct show_progress *p)
{
	if (p->drawn)
		putchar('\n');
	p->drawn = false;
	p->last[0] = '\0';
	fflush(stdout);
}

/* --- JSON --- */

static const char *
state_keyword(int state)
{
	return ippEnumString("job-state", state);
}

static void
set(json_t *row, const char *name, json_t *value)
{
	INVARIANT(json_object_set_new(row, name, value) == 0);
}

static json_t *
document_json(const struct station_document *d)
{
	json_t *row = json_object();

	set(row, "document-number", json_integer(d->number));
	set(row, "document-name", jsontext(d->name));
	set(row, "document-format", jsontext(d->format));
	set(row, "k-octets", json_integer(d->k_octets));
	if (d->state != 0)
		set(row, "document-state", json_integer(d->state));
	return row;
}

static json_t *
order_json(const struct station_order *o)
{
	json_t *row = json_object(), *documents = json_array();

	for (uint32_t i = 0; i < o->document_count; i++)
		json_array_append_new(documents, document_json(&o->documents[i]));
	set(row, "job-id", json_integer(o->number));
	set(row, "job-uuid", jsontext(o->uuid));
	set(row, "job-state", jsontext(state_keyword(o->state)));
	set(row, "job-state-reasons", jsontext(o->reasons));
	set(row, "job-state-message", jsontext(o->message));
	if (o->warning[0] != '\0')
		set(row, "claimcheck-warning", jsontext(o->warning));
	set(row, "job-originating-user-name", jsontext(o->user));
	set(row, "job-name", jsontext(o->name));
	set(row, "printer", jsontext(o->printer));
	set(row, "release-again", json_boolean(o->again));
	set(row, "copies", json_integer(o->copies > 0 ? o->copies : 1));
	set(row, "job-impressions-completed", json_integer(o->pages_done));
	set(row, "documents", documents);
	return row;
}

void
show_json(const struct station_order *o)
{
	jsontext_print(order_json(o), 0);
}

void
show_json_list(const struct station_orders *orders)
{
	json_t *list = json_array();

	for (size_t i = 0; i < orders->count; i++)
		json_array_append_new(list, order_json(&orders->list[i]));
	jsontext_print(list, 0);
}
