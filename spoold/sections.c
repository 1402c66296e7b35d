#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/sections.h"

enum row_type { ROW_TEXT, ROW_NUMBER, ROW_BYTES };

static const char *const type_names[] = {"text", "number", "bytes"};

struct row {
	const char *name;
	enum row_type type;
	size_t offset, size;	 /* of a char[], or of a struct settings_term */
	uint64_t least, most;	 /* of numbers */
	const char *unit, *help; /* most of a text: its size */
};

#define PRINTER_AT(field)                                                              \
	offsetof(struct settings_printer, field),                                      \
		sizeof(((struct settings_printer *)0)->field)
#define CUSTOMER_AT(field)                                                             \
	offsetof(struct settings_customer, field),                                     \
		sizeof(((struct settings_customer *)0)->field)

/* clang-format off */
static const struct row printer_rows[] = {
	{"queue", ROW_TEXT, PRINTER_AT(queue), 0, 0, "bytes",
		"the CUPS queue behind it; the printer's name"},
	{"info", ROW_TEXT, PRINTER_AT(info), 0, 0, "bytes",
		"printer-info: what people see"},
	{"location", ROW_TEXT, PRINTER_AT(location), 0, 0, "bytes",
		"printer-location: where to fetch"},
	{"geo-location", ROW_TEXT, PRINTER_AT(geo_location), 0, 0, "bytes",
		"printer-geo-location: geo:LATITUDE,LONGITUDE in degrees"},
	{"unattended", ROW_NUMBER, PRINTER_AT(unattended), 0, 1, "",
		"1: who hands in an order for it may have it produced at once"},
	{"due-days", ROW_NUMBER, PRINTER_AT(terms.due_days), 1, 3650, "days",
		"an order for it that nobody fetches expires"},
	{"retention-days", ROW_NUMBER, PRINTER_AT(terms.retention_days), 0, 3650, "days",
		"the record of a finished order for it is removed"},
	{"warning-days", ROW_NUMBER, PRINTER_AT(terms.warning_days), 0, 365, "days",
		"before it expires, the customer of an order for it is warned; 0: never"},
	{"max-orders", ROW_NUMBER, PRINTER_AT(terms.max_orders), 0, 10000000, "orders",
		"for it, alive at once; 0: no bound"},
	{"max-bytes", ROW_BYTES, PRINTER_AT(terms.max_bytes), 0, SETTINGS_BYTES_MAX, "bytes",
		"of all orders for it that are alive; 0: no bound"},
	{"min-ppi", ROW_NUMBER, PRINTER_AT(min_ppi), 1, SETTINGS_PPI_MAX, "pixels an inch",
		"fewer are too few, on its paper"},
	{"prices", ROW_TEXT, PRINTER_AT(prices), 0, 0, "bytes",
		"of a piece: AMOUNT and MEDIA=AMOUNT, with blanks between"},
};
static const struct row customer_rows[] = {
	{"host", ROW_TEXT, CUSTOMER_AT(host), 0, 0, "bytes",
		"where the customer's orders come from; anywhere"},
	{"due-days", ROW_NUMBER, CUSTOMER_AT(terms.due_days), 1, 3650, "days",
		"an order of theirs that nobody fetches expires"},
	{"retention-days", ROW_NUMBER, CUSTOMER_AT(terms.retention_days), 0, 3650, "days",
		"the record of a finished order of theirs is removed"},
	{"warning-days", ROW_NUMBER, CUSTOMER_AT(terms.warning_days), 0, 365, "days",
		"before an order of theirs expires they are warned; 0: never"},
	{"max-orders", ROW_NUMBER, CUSTOMER_AT(terms.max_orders), 0, 10000000, "orders",
		"of theirs, alive at once; 0: no bound"},
	{"max-bytes", ROW_BYTES, CUSTOMER_AT(terms.max_bytes), 0, SETTINGS_BYTES_MAX, "bytes",
		"of all their orders that are alive; 0: no bound"},
};
/* clang-format on */
#define PRINTER_ROWS  (sizeof(printer_rows) / sizeof(printer_rows[0]))
#define CUSTOMER_ROWS (sizeof(customer_rows) / sizeof(customer_rows[0]))

static void
make_options(cfg_opt_t *to, const struct row *rows, size_t n)
{
	INVARIANT(n < SECTIONS_ROWS_MAX);
	for (size_t i = 0; i < n; i++)
		to[i] = (cfg_opt_t)CFG_STR(rows[i].name, NULL, CFGF_NONE);
	to[n] = (cfg_opt_t)CFG_END();
}

void
sections_options(cfg_opt_t printer[SECTIONS_ROWS_MAX],
		 cfg_opt_t customer[SECTIONS_ROWS_MAX])
{
	make_options(printer, printer_rows, PRINTER_ROWS);
	make_options(customer, customer_rows, CUSTOMER_ROWS);
}

static int
set_row(void *object, const struct row *row, const char *text, struct error *err)
{
	char *at = (char *)object + row->offset;
	struct settings_term term = {.is_set = true};

	if (row->type != ROW_TEXT) {
		if (settings_number(row->name, text, row->type == ROW_BYTES, row->least,
				    row->most, row->unit, &term.value, err) != 0)
			return -1;
		memcpy(at, &term, sizeof(term));
		return 0;
	}
	if (text_copy(at, row->size, text) != 0)
		return error_set(err, ERROR_INPUT, "%s is longer than %zu bytes",
				 row->name, row->size - 1);
	return 0;
}

static int
set_rows(void *object, cfg_t *section, const struct row *rows, size_t n,
	 struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = cfg_getstr(section, rows[i].name);
		if (text != NULL && set_row(object, &rows[i], text, err) != 0)
			return error_prefix(err, "%s \"%s\"", cfg_name(section),
					    cfg_title(section));
	}
	return 0;
}

static bool
is_printer_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t len = strlen(name);

	return len > 0 && len < ORDER_QUEUE_MAX && strspn(name, allowed) == len &&
	       name[0] != '.' && name[0] != '-';
}

/* "" is none; else as RFC 5870 has it, in degrees: a third number is the height. */
static bool
is_geo_location(const char *text)
{
	static const char scheme[] = "geo:";
	int numbers = 0;
	char *end;

	if (text[0] == '\0')
		return true;
	if (strncmp(text, scheme, 4) != 0)
		return false;
	for (text += 4; numbers < 3; text = end + 1) {
		if (strspn(text, "-.0123456789") == 0)
			return false;
		strtod(text, &end);
		if (end == text)
			return false;
		numbers++;
		if (*end != ',')
			break;
	}
	return numbers >= 2 && (*end == '\0' || *end == ';');
}

static int
check_prices(const struct settings_printer *p, struct error *err)
{
	const char *at = p->prices;
	struct price price;
	int rc;

	do
		rc = price_next(&at, &price);
	while (rc > 0);
	if (rc == 0)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "prices = '%.100s' is no price list; write "
			 "\"0.39 iso_a4_210x297mm=1.20\"",
			 p->prices);
}

int
sections_add_printer(struct settings *s, cfg_t *section, struct error *err)
{
	struct settings_printer *p = &s->printers[s->printer_count];
	const char *name = cfg_title(section);

	if (!is_printer_name(name))
		return error_set(
			err, ERROR_INPUT,
			"printer \"%s\" is no printer name; use letters, digits, "
			"'_', '.', '-', at most %d",
			name, ORDER_QUEUE_MAX - 1);
	if (s->printer_count == SETTINGS_PRINTERS_MAX)
		return error_set(err, ERROR_INPUT, "more than %d printers",
				 SETTINGS_PRINTERS_MAX);
	text_copy(p->name, sizeof(p->name), name);
	if (set_rows(p, section, printer_rows, PRINTER_ROWS, err) != 0)
		return -1;
	if (p->queue[0] == '\0')
		text_copy(p->queue, sizeof(p->queue), p->name);
	if (p->info[0] == '\0')
		text_copy(p->info, sizeof(p->info), p->name);
	if (!is_printer_name(p->queue))
		return error_set(err, ERROR_INPUT, "'%s' is no name of a CUPS queue",
				 p->queue);
	if (!is_geo_location(p->geo_location))
		return error_set(err, ERROR_INPUT,
				 "geo-location = '%s' is no place; write "
				 "\"geo:52.5200,13.4050\"",
				 p->geo_location);
	if (check_prices(p, err) != 0)
		return -1;
	s->printer_count++;
	return 0;
}

int
sections_add_customer(struct settings *s, cfg_t *section, struct error *err)
{
	struct settings_customer *c = &s->customers[s->customer_count];
	const char *name = cfg_title(section);

	if (s->customer_count == SETTINGS_CUSTOMERS_MAX)
		return error_set(err, ERROR_INPUT, "more than %d customers",
				 SETTINGS_CUSTOMERS_MAX);
	if (name[0] == '\0' || text_copy(c->name, sizeof(c->name), name) != 0)
		return error_set(err, ERROR_INPUT,
				 "a customer's name has 1 to %zu bytes",
				 sizeof(c->name) - 1);
	if (set_rows(c, section, customer_rows, CUSTOMER_ROWS, err) != 0)
		return -1;
	s->customer_count++;
	return 0;
}

static void
print_rows(FILE *to, const char *section, const struct row *rows, size_t n)
{
	for (const struct row *row = rows; row < rows + n; row++) {
		fprintf(to, "%s/%s|%s||", section, row->name, type_names[row->type]);
		if (row->type == ROW_TEXT)
			fprintf(to, "||");
		else
			fprintf(to, "%llu|%llu|", (unsigned long long)row->least,
				(unsigned long long)row->most);
		fprintf(to, "%s|%s\n", row->unit, row->help);
	}
}

void
sections_print(FILE *to)
{
	print_rows(to, "printer", printer_rows, PRINTER_ROWS);
	print_rows(to, "customer", customer_rows, CUSTOMER_ROWS);
}

/* --- looked up --- */

const struct settings_printer *
settings_printer(const struct settings *s, const char *name)
{
	for (uint32_t i = 0; i < s->printer_count; i++)
		if (strcmp(s->printers[i].name, name) == 0)
			return &s->printers[i];
	return NULL;
}

static const struct settings_terms *
terms_of_customer(const struct settings *s, const char *user, const char *host)
{
	for (uint32_t i = 0; i < s->customer_count; i++) {
		const struct settings_customer *c = &s->customers[i];
		if (strcmp(c->name, user) == 0 &&
		    (c->host[0] == '\0' || strcmp(c->host, host) == 0))
			return &c->terms;
	}
	return NULL;
}

static uint64_t
first_set(const struct settings_term *a, const struct settings_term *b,
	  uint64_t otherwise)
{
	if (a->is_set)
		return a->value;
	return b->is_set ? b->value : otherwise;
}

void
settings_limits(const struct settings *s, const char *printer, const char *user,
		const char *host, struct settings_limits *l)
{
	static const struct settings_terms none;
	const struct settings_printer *line = settings_printer(s, printer);
	const struct settings_terms *p = line != NULL ? &line->terms : &none;
	const struct settings_terms *c = terms_of_customer(s, user, host);

	if (c == NULL)
		c = &none;
	l->due_days = (uint32_t)first_set(&c->due_days, &p->due_days, s->due_days);
	l->retention_days = (uint32_t)first_set(&c->retention_days, &p->retention_days,
						s->retention_days);
	l->warning_days = (uint32_t)first_set(&c->warning_days, &p->warning_days,
					      s->warning_days);
	l->user_orders =
		first_set(&c->max_orders, &none.max_orders, s->max_orders_per_user);
	l->user_bytes =
		first_set(&c->max_bytes, &none.max_bytes, s->max_bytes_per_user);
	l->printer_orders =
		first_set(&p->max_orders, &none.max_orders, s->max_orders_per_printer);
	l->printer_bytes =
		first_set(&p->max_bytes, &none.max_bytes, s->max_bytes_per_printer);
}
