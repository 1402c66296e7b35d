#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tools/station/show.h"
#include "tools/station/words.h"

#define COLUMNS	       80
#define DOCUMENT_LINES 12 /* a summary and its question fit 24 */
#define NAME_COLUMNS   34
#define TEXT_INDENT    2
#define WARNING_INDENT 7

/* --- the terminal --- */

size_t
show_columns(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return COLUMNS;
}

size_t
show_cut(char *text, size_t columns)
{
	size_t count = 0;

	for (char *at = text; *at != '\0'; at++) {
		if (((unsigned char)*at & 0xc0) == 0x80)
			continue; /* the rest of a character */
		if (count == columns) {
			*at = '\0';
			break;
		}
		count++;
	}
	return count;
}

/* The text in so many columns. */
static void
put_field(const char *text, size_t columns)
{
	char cut[ORDER_NAME_MAX];

	text_copy(cut, sizeof(cut), text);
	columns -= show_cut(cut, columns);
	printf("%s%*s", cut, (int)columns, "");
}

/* A line of its own, broken at blanks to the terminal's width, so many columns in. How many
 * lines that is; it is not shown where `to` is NULL. */
static size_t
put_lines(FILE *to, const char *text, size_t indent)
{
	size_t room = show_columns() - indent - 1, lines = 0;

	for (; *text != '\0'; lines++) {
		char line[ORDER_TEXT_MAX];
		size_t bytes;

		text_copy(line, sizeof(line), text);
		show_cut(line, room);
		bytes = strlen(line);
		if (text[bytes] != '\0' && strrchr(line, ' ') != NULL)
			bytes = (size_t)(strrchr(line, ' ') - line);
		if (to != NULL)
			fprintf(to, "%*s%.*s\n", (int)indent, "", (int)bytes, text);
		text += bytes;
		text += strspn(text, " ");
	}
	return lines;
}

static void
put_text(const char *text)
{
	put_lines(stdout, text, TEXT_INDENT);
}

void
show_clear(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || term == NULL || strcmp(term, "dumb") == 0)
		return;
	fputs("\033[H\033[2J", stdout);
	fflush(stdout);
}

/* --- orders --- */

enum words_id
show_state_words(int state)
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

void
show_document(const struct station_document *d, const char *behind)
{
	char size[32];

	size_text(size, d->k_octets);
	printf("  %3u  ", d->number);
	put_field(d->name[0] != '\0' ? d->name : words_plain(WORDS_NO_NAME),
		  NAME_COLUMNS);
	printf(" %9s  %s\n", size, behind);
	fflush(stdout);
}

/* Behind its name: what it is, how sharp, or that it is made. */
static void
show_kind(const struct station_document *d)
{
	char kind[ORDER_FORMAT_MAX + 16];

	if (d->state == IPP_DSTATE_COMPLETED)
		text_copy(kind, sizeof(kind), words_plain(WORDS_STATE_COMPLETED));
	else if (d->ppi > 0)
		snprintf(kind, sizeof(kind), "%s, %d ppi", d->format, d->ppi);
	else
		text_copy(kind, sizeof(kind), d->format);
	show_document(d, kind);
	put_lines(stdout, d->warning, WARNING_INDENT);
}

/* As many as fit, each with its warnings. True if every warning was shown. */
static bool
show_documents(const struct station_order *o)
{
	size_t left = DOCUMENT_LINES;
	char more[16], line[128];
	uint32_t shown = 0;

	for (; shown < o->document_count; shown++) {
		const struct station_document *d = &o->documents[shown];
		size_t lines = 1 + put_lines(NULL, d->warning, WARNING_INDENT);
		bool is_last = shown + 1 == o->document_count;

		if (shown > 0 && lines + (is_last ? 0 : 1) > left)
			break;
		show_kind(d);
		left -= lines < left ? lines : left;
	}
	if (shown == o->document_count)
		return true;
	number_text(more, o->document_count - shown);
	words_say(line, sizeof(line), WORDS_MORE_DOCUMENTS, more, NULL);
	printf("       %s\n", line);
	return false;
}

static bool
any_warning(const struct station_order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		if (o->documents[i].warning[0] != '\0')
			return true;
	return false;
}

static bool
is_wished(const struct station_wish *wish, uint32_t document)
{
	for (uint32_t i = 0; i < wish->only_count; i++)
		if (wish->only[i] == document)
			return true;
	return wish->only_count == 0;
}

static uint32_t
copies_of(const struct station_order *o, const struct station_document *d,
	  const struct station_wish *wish)
{
	if (wish->copies > 0)
		return wish->copies;
	if (d->copies > 0)
		return (uint32_t)d->copies;
	return o->copies > 0 ? (uint32_t)o->copies : 1;
}

void
show_price(const struct station_order *o, const struct station_wish *wish, bool comma,
	   char text[PRICE_TEXT_MAX])
{
	const char *currency = "";
	uint64_t sum = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < o->document_count; i++) {
		const struct station_document *d = &o->documents[i];

		if (!is_wished(wish, d->number))
			continue;
		if (d->price <= 0)
			return;
		sum += (uint64_t)d->price * copies_of(o, d, wish);
		currency = d->currency;
	}
	if (sum > 0)
		price_text(text, sum, currency, comma);
}

void
show_summary(const struct station_order *o, const struct station_wish *wish)
{
	char number[16], what[256], copies[64], documents[64], line[1024];
	char price[PRICE_TEXT_MAX];
	bool all_warnings;

	number_text(number, o->number);
	words_say(what, sizeof(what), WORDS_ORDER_OF, number, o->user);
	count_text(copies, sizeof(copies), o->copies > 0 ? o->copies : 1, WORDS_COPY,
		   WORDS_COPIES);
	count_text(documents, sizeof(documents), o->document_count, WORDS_DOCUMENT,
		   WORDS_DOCUMENTS);
	snprintf(line, sizeof(line), "%s: %s", what, o->name);
	show_cut(line, show_columns() - 1);
	printf("\n%s\n", line);
	snprintf(line, sizeof(line), "%s, %s, %s", o->printer, documents, copies);
	put_text(line);
	put_text(o->template);
	all_warnings = show_documents(o) && any_warning(o);
	show_price(o, wish, *words_plain(WORDS_DECIMAL_POINT) == ',', price);
	if (price[0] != '\0') {
		words_say(line, sizeof(line), WORDS_PRICE, price, NULL);
		put_text(line);
	}
	if (o->state == IPP_JSTATE_HELD && o->proof_copies > 0) {
		number_text(number, o->proof_copies);
		words_out(WORDS_PROOF_NEXT, number, NULL);
	}
	if (o->state != IPP_JSTATE_HELD && o->message[0] != '\0')
		put_text(o->message);
	else if (!all_warnings)
		put_text(o->warning);
	fflush(stdout);
}

void
show_line(const struct station_order *o)
{
	printf("%8u  ", o->number);
	put_field(words_plain(show_state_words(o->state)), 22);
	putchar(' ');
	put_field(o->name, NAME_COLUMNS);
	putchar('\n');
	fflush(stdout);
}

bool
show_made_in_part(const struct station_order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		if (o->documents[i].state == IPP_DSTATE_COMPLETED)
			return o->state == IPP_JSTATE_HELD;
	return false;
}

void
show_pages(const struct station_order *o, int *out, int *all)
{
	*out = *all = 0;
	for (uint32_t i = 0; i < o->document_count; i++)
		if (o->documents[i].state == IPP_DSTATE_PROCESSING) {
			*out += o->documents[i].pages_done;
			*all += o->documents[i].pages;
		}
}

/* --- the printer --- */

const char *
show_printer_name(const struct station_printer *p)
{
	return p->info[0] != '\0' ? p->info : p->name;
}

/* printer-state-reasons (RFC 8011 5.4.12, PWG 5100.9) without -error, -warning, -report;
 * words 0: nothing that a customer must know. */
static const struct {
	const char *reason;
	enum words_id id;
} reasons[] = {
	{"none", 0},
	{"connecting-to-device", 0},
	{"moving-to-paused", 0},
	{"paused", 0},
	{"cover-open", WORDS_REASON_OPEN},
	{"door-open", WORDS_REASON_OPEN},
	{"interlock-open", WORDS_REASON_OPEN},
	{"input-tray-missing", WORDS_REASON_TRAY},
	{"marker-supply-empty", WORDS_REASON_INK_EMPTY},
	{"marker-supply-low", WORDS_REASON_INK_LOW},
	{"toner-empty", WORDS_REASON_INK_EMPTY},
	{"toner-low", WORDS_REASON_INK_LOW},
	{"media-empty", WORDS_REASON_NO_PAPER},
	{"media-jam", WORDS_REASON_JAM},
	{"media-low", WORDS_REASON_PAPER_LOW},
	{"media-needed", WORDS_REASON_NO_PAPER},
	{"offline", WORDS_REASON_OFFLINE},
	{"other", WORDS_REASON_OTHER},
	{"output-area-full", WORDS_REASON_OUTPUT_FULL},
	{"shutdown", WORDS_REASON_SHUT},
	{"timed-out", WORDS_REASON_OFFLINE},
};

static bool
is_reason(const char *reason, size_t len, const char *known)
{
	static const char *const ends[] = {"", "-error", "-warning", "-report"};
	size_t n = strlen(known);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (len == n + strlen(ends[i]) && strncmp(reason, known, n) == 0 &&
		    strncmp(reason + n, ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

static bool
is_low(enum words_id id)
{
	return id == WORDS_REASON_INK_LOW || id == WORDS_REASON_PAPER_LOW;
}

/* The words for a reason; a reason that has none is said as it is. CUPS says reasons to
 * itself. -report is for information: an idle printer without paper says so, and what is
 * only low needs nobody yet. */
static void
reason_text(const char *reason, size_t len, char text[128])
{
	bool report = len > 7 && strncmp(reason + len - 7, "-report", 7) == 0;

	snprintf(text, 128, "%.*s", (int)(len < 127 ? len : 127), reason);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (is_reason(reason, len, reasons[i].reason)) {
			text_copy(text, 128,
				  reasons[i].id == 0 ? "" : words_plain(reasons[i].id));
			report = report && is_low(reasons[i].id);
			break;
		}
	if (report || strncmp(reason, "cups-", 5) == 0)
		text[0] = '\0';
}

void
show_trouble(const struct station_printer *p, char *to, size_t size)
{
	to[0] = '\0';
	for (const char *at = p->reasons; *at != '\0'; at += strspn(at, ", ")) {
		size_t len = strcspn(at, ", "), used = strlen(to);
		char text[128];

		reason_text(at, len, text);
		if (text[0] != '\0' && strstr(to, text) == NULL)
			snprintf(to + used, size - used, "%s%s", used > 0 ? ", " : "",
				 text);
		at += len;
	}
	if (to[0] == '\0' && p->state == IPP_PSTATE_STOPPED)
		text_copy(to, size,
			  p->message[0] != '\0' ? p->message
						: words_plain(WORDS_REASON_OTHER));
}

bool
show_printer(const struct station_printer *p)
{
	char trouble[ORDER_TEXT_MAX];

	show_trouble(p, trouble, sizeof(trouble));
	if (trouble[0] != '\0')
		words_out(p->state == IPP_PSTATE_STOPPED ? WORDS_PRINTER_STOPPED
							 : WORDS_PRINTER_SAYS,
			  show_printer_name(p), trouble);
	return p->state != IPP_PSTATE_STOPPED;
}
