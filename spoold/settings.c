/*
 * settings.c - the one table of settings, and spoold.conf read by it.
 *
 * libconfuse knows every setting as text; our table gives the text its type. Its
 * validation callback runs while the parser stands on the line, so that each complaint
 * carries file and line. The callback has no context argument: `reading` is it.
 * Settings are read in one thread, before any other is started.
 */
#include <confuse.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/conftext.h"
#include "spoold/sections.h"
#include "spoold/settings.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

enum type {
	TYPE_TEXT,   /* char[size] */
	TYPE_PATH,   /* char[size], absolute */
	TYPE_CHOICE, /* char[size], one of the words in `unit` */
	TYPE_LEVEL,  /* enum log_level, one of the words in `unit` */
	TYPE_SWITCH, /* bool */
	TYPE_NUMBER, /* uint32_t */
	TYPE_BYTES,  /* uint32_t or uint64_t by size; K, M, G, T may follow */
	TYPE_KEY,    /* 64 hex digits, or "" */
	TYPE_LIST    /* listen */
};

static const char *const type_names[] = {
	"text", "path", "choice", "choice", "switch", "number", "bytes", "key", "list",
};

struct row {
	const char *name;
	enum type type;
	size_t offset, size;
	const char *standard; /* the default, as one would write it */
	uint64_t least, most; /* of numbers; of texts: length */
	const char *unit;     /* of choices: the words */
	const char *help;
};

#define AT(field)                                                                      \
	offsetof(struct settings, field), sizeof(((struct settings *)0)->field)

/* clang-format off */
static const struct row rows[] = {
	{"state-directory", TYPE_PATH, AT(state_directory), CC_LOCALSTATEDIR "/lib/claimcheck",
		1, SETTINGS_PATH_MAX - 64, "", "where orders and secrets are kept"},
	{"run-directory", TYPE_PATH, AT(run_directory), "/run/claimcheck",
		1, SETTINGS_RUN_MAX, "", "where the sockets are"},
	{"log-level", TYPE_LEVEL, AT(log_level), "info",
		0, 0, "debug info notice error", "the least that is logged"},
	{"user", TYPE_TEXT, AT(user), "claimcheck",
		1, SETTINGS_USER_MAX - 1, "", "who keeps the store and talks to cupsd"},
	{"front-user", TYPE_TEXT, AT(front_user), "claimcheck-front",
		1, SETTINGS_USER_MAX - 1, "", "who talks to strangers"},
	{"filter-user", TYPE_TEXT, AT(filter_user), "lp",
		1, SETTINGS_USER_MAX - 1, "", "cupsd's user: its filters and backends may ask for documents"},
	{"station-group", TYPE_TEXT, AT(station_group), "lpadmin",
		1, SETTINGS_USER_MAX - 1, "", "whose members may release on this machine"},
	{"organization", TYPE_TEXT, AT(organization), "",
		0, 127, "", "printer-organization: whose printers these are"},
	{"organizational-unit", TYPE_TEXT, AT(organizational_unit), "",
		0, 127, "", "printer-organizational-unit: which part of it"},
	{"listen", TYPE_LIST, AT(listen), "localhost:8631",
		0, SETTINGS_LISTEN_MAX, "host:port", "addresses for IPP"},
	{"release-over-tcp", TYPE_SWITCH, AT(release_over_tcp), "false",
		0, 0, "", "take Release-Job from loopback peers; for tests"},
	{"announce", TYPE_SWITCH, AT(announce), "true",
		0, 0, "", "tell the network of the printers (DNS-SD, by Avahi)"},
	{"clear-text", TYPE_SWITCH, AT(clear_text), "false",
		0, 0, "", "serve clients without TLS beyond this machine, too"},
	{"cups-server", TYPE_TEXT, AT(cups_server), "/run/cups/cups.sock",
		1, 107, "", "cupsd: the path of its socket, or host:port"},
	{"reconcile-s", TYPE_NUMBER, AT(reconcile_s), "30",
		1, 3600, "seconds", "how often cupsd's jobs are compared with the store"},
	{"hold-rate", TYPE_NUMBER, AT(hold_rate), "200",
		1, 10000, "jobs a second", "how fast held jobs are made in cupsd; a faster burst has it write its state for seconds"},
	{"code-length", TYPE_NUMBER, AT(code_length), "12",
		12, 24, "symbols", "of a claim code: 12, 16, 20 or 24"},
	{"key-derivation", TYPE_CHOICE, AT(key_derivation), "argon2id-8m-2",
		0, 0, "argon2id-8m-2 blake2b", "from identification to wrapping key; blake2b for codes of 16 or more only"},
	{"tries-per-order", TYPE_NUMBER, AT(tries_per_order), "5",
		1, 1000, "tries", "wrong identifications of an order before it is locked"},
	{"tries-per-station", TYPE_NUMBER, AT(tries_per_station), "20",
		1, 100000, "tries", "wrong identifications from a station before it is locked"},
	{"lockout-s", TYPE_NUMBER, AT(lockout_s), "300",
		1, 86400, "seconds", "how long a lock lasts"},
	{"recovery-key", TYPE_KEY, AT(recovery_key), "",
		0, 64, "hex digits", "public half of the shop's recovery key"},
	{"incoming-timeout-s", TYPE_NUMBER, AT(incoming_timeout_s), "600",
		10, 86400, "seconds", "an order that gets no further document is removed"},
	{"grant-timeout-s", TYPE_NUMBER, AT(grant_timeout_s), "120",
		1, 3600, "seconds", "a released order that no filter asks for is held again"},
	{"due-days", TYPE_NUMBER, AT(due_days), "14",
		1, 3650, "days", "an order that nobody fetches expires"},
	{"retention-days", TYPE_NUMBER, AT(retention_days), "30",
		0, 3650, "days", "the record of a finished order is removed"},
	{"stored-days", TYPE_NUMBER, AT(stored_days), "30",
		0, 3650, "days", "documents of a stored order are dropped; 0: none is stored"},
	{"warning-days", TYPE_NUMBER, AT(warning_days), "0",
		0, 365, "days", "before it expires, the customer of an order is warned by warning-hook; 0: never"},
	{"warning-hook", TYPE_TEXT, AT(warning_hook), "",
		0, SETTINGS_PATH_MAX - 1, "", "the program that warns; none"},
	{"hook-user", TYPE_TEXT, AT(hook_user), "nobody",
		1, SETTINGS_USER_MAX - 1, "", "who runs it"},
	{"hook-timeout-s", TYPE_NUMBER, AT(hook_timeout_s), "30",
		1, 600, "seconds", "it may take"},
	{"audit-days", TYPE_NUMBER, AT(audit_days), "365",
		1, 3650, "days", "entries of the audit are kept"},
	{"clock-doubt-h", TYPE_NUMBER, AT(clock_doubt_h), "24",
		0, 720, "hours", "nothing expires by a clock that jumped; 0: it is believed at once"},
	{"scrub-days", TYPE_NUMBER, AT(scrub_days), "14",
		0, 365, "days", "the store is read through, to find damage; 0: never"},
	{"request-timeout-s", TYPE_NUMBER, AT(request_timeout_s), "300",
		1, 86400, "seconds", "for a whole request, its document included"},
	{"header-timeout-s", TYPE_NUMBER, AT(header_timeout_s), "30",
		1, 600, "seconds", "for a request's header and attributes, or a TLS handshake"},
	{"idle-timeout-s", TYPE_NUMBER, AT(idle_timeout_s), "30",
		1, 600, "seconds", "that a connection may idle between requests"},
	{"max-connections", TYPE_NUMBER, AT(max_connections), "500",
		2, 10000, "connections", "at once"},
	{"max-connections-per-address", TYPE_NUMBER, AT(max_connections_per_address), "50",
		1, 10000, "connections", "at once from one address"},
	{"max-header-bytes", TYPE_BYTES, AT(max_header_bytes), "256K",
		16 * KIB, 1 * MIB, "bytes", "of the HTTP header of one request"},
	{"max-attributes-bytes", TYPE_BYTES, AT(max_attributes_bytes), "1M",
		4 * KIB, 16 * MIB, "bytes", "of the attributes of one request"},
	{"max-attributes", TYPE_NUMBER, AT(max_attributes), "2000",
		50, 20000, "attributes", "in one request, members of collections included"},
	{"max-values", TYPE_NUMBER, AT(max_values), "20000",
		200, 200000, "values", "in one request"},
	{"max-collection-depth", TYPE_NUMBER, AT(max_collection_depth), "8",
		2, 8, "collections", "in collections"},
	{"max-document-bytes", TYPE_BYTES, AT(max_document_bytes), "2G",
		1 * KIB, 1 * TIB, "bytes", "of one document"},
	{"max-pixels", TYPE_NUMBER, AT(max_pixels), "400000000",
		1000000, 4000000000, "pixels", "of one picture, width by height"},
	{"min-upload-rate", TYPE_NUMBER, AT(min_upload_rate), "8192",
		1, 1000000000, "bytes a second", "a document that arrives slower runs into request-timeout-s"},
	{"max-documents", TYPE_NUMBER, AT(max_documents), "100",
		1, ORDER_DOCUMENTS_MAX, "documents", "in one order"},
	{"max-order-bytes", TYPE_BYTES, AT(max_order_bytes), "8G",
		1 * KIB, 16 * TIB, "bytes", "of all documents of one order"},
	{"max-orders", TYPE_NUMBER, AT(max_orders), "100000",
		1, 10000000, "orders", "alive at once"},
	{"max-orders-per-user", TYPE_NUMBER, AT(max_orders_per_user), "0",
		0, 10000000, "orders", "of one customer, alive at once; 0: no bound"},
	{"max-orders-per-printer", TYPE_NUMBER, AT(max_orders_per_printer), "0",
		0, 10000000, "orders", "for one printer, alive at once; 0: no bound"},
	{"max-bytes", TYPE_BYTES, AT(max_bytes), "0",
		0, SETTINGS_BYTES_MAX, "bytes", "of all orders that are alive; 0: no bound"},
	{"max-bytes-per-user", TYPE_BYTES, AT(max_bytes_per_user), "0",
		0, SETTINGS_BYTES_MAX, "bytes", "of one customer's orders that are alive; 0: no bound"},
	{"max-bytes-per-printer", TYPE_BYTES, AT(max_bytes_per_printer), "0",
		0, SETTINGS_BYTES_MAX, "bytes", "of the orders for one printer that are alive; 0: no bound"},
	{"disk-reserve-mb", TYPE_NUMBER, AT(disk_reserve_mb), "256",
		0, 1048576, "MiB", "kept free on the disk; intake is refused below it"},
	{"map-gb", TYPE_NUMBER, AT(map_gb), "1024",
		1, 16384, "GiB", "largest size of the store's file"},
	{"preflight", TYPE_CHOICE, AT(preflight), "refuse",
		0, 0, "refuse warn off", "documents that can't be decoded, are cut off or encrypted"},
	{"preflight-unchecked", TYPE_CHOICE, AT(preflight_unchecked), "off",
		0, 0, "refuse warn off", "documents that preflight could not look at in time"},
	{"few-pixels", TYPE_CHOICE, AT(few_pixels), "warn",
		0, 0, "refuse warn off", "pictures with too few pixels for the size ordered"},
	{"min-ppi", TYPE_NUMBER, AT(min_ppi), "100",
		1, SETTINGS_PPI_MAX, "pixels an inch", "fewer are too few"},
	{"preflight-at-once", TYPE_NUMBER, AT(preflight_at_once), "4",
		1, 64, "documents", "looked at by preflight at once"},
	{"preflight-timeout-s", TYPE_NUMBER, AT(preflight_timeout_s), "10",
		1, 300, "seconds", "that preflight may cost a document"},
	{"preflight-memory", TYPE_BYTES, AT(preflight_memory), "512M",
		64 * MIB, 64 * GIB, "bytes", "of memory for one document in preflight"},
	{"currency", TYPE_TEXT, AT(currency), "EUR",
		1, PRICE_CURRENCY_MAX - 1, "", "of the printers' prices"},
};
/* clang-format on */
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct {
	struct settings *into;
	const char *path;
	struct error *err;
	bool failed;
} reading;

/* The first complaint counts; libconfuse may repeat itself on the way out. */
static void
complain(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[ERROR_TEXT_MAX];

	if (reading.failed)
		return;
	reading.failed = true;
	vsnprintf(text, sizeof(text), fmt, ap);
	error_set(reading.err, ERROR_INPUT, "%s:%d: %s; see spoold.conf(5)",
		  reading.path, cfg->line, text);
}

static bool
is_word_of(const char *text, const char *words, unsigned *index)
{
	size_t len = strlen(text);

	for (*index = 0; *words != '\0'; (*index)++) {
		size_t n = strcspn(words, " ");
		if (n == len && memcmp(words, text, n) == 0)
			return true;
		words += n + strspn(words + n, " ");
	}
	return false;
}

/* "20", "20K", "1.5G" is refused. */
static int
read_bytes(const char *text, uint64_t *out)
{
	static const char suffixes[] = "KMGT";
	char digits[24];
	size_t len = strlen(text);
	int64_t number;
	unsigned shift = 0;
	const char *at = len > 0 ? strchr(suffixes, text[len - 1]) : NULL;

	if (at != NULL && *at != '\0') {
		shift = 10 * (unsigned)(at - suffixes + 1);
		len--;
	}
	if (len == 0 || len >= sizeof(digits))
		return -1;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (text_number(digits, 0, INT64_MAX >> shift, &number) != 0)
		return -1;
	*out = (uint64_t)number << shift;
	return 0;
}

int
settings_number(const char *name, const char *text, bool bytes, uint64_t least,
		uint64_t most, const char *unit, uint64_t *value, struct error *err)
{
	int64_t number = 0;
	int rc;

	if (bytes) {
		rc = read_bytes(text, value);
	} else {
		rc = text_number(text, 0, INT64_MAX, &number);
		*value = (uint64_t)number;
	}
	if (rc == 0 && *value >= least && *value <= most)
		return 0;
	return error_set(
		err, ERROR_INPUT, "%s = '%s' is no whole number from %llu to %llu (%s)",
		name, text, (unsigned long long)least, (unsigned long long)most, unit);
}

static int
set_number(const struct row *row, void *field, const char *text, struct error *err)
{
	uint64_t value = 0;

	if (settings_number(row->name, text, row->type == TYPE_BYTES, row->least,
			    row->most, row->unit, &value, err) != 0)
		return -1;
	if (row->size == sizeof(uint64_t))
		memcpy(field, &value, sizeof(value));
	else
		*(uint32_t *)field = (uint32_t)value;
	return 0;
}

static int
set_text(const struct row *row, char *field, const char *text, struct error *err)
{
	size_t len = strlen(text);

	if (row->type == TYPE_PATH && text[0] != '/')
		return error_set(err, ERROR_INPUT,
				 "%s = '%s' is no absolute path; begin it with '/'",
				 row->name, text);
	if (len < row->least || len > row->most)
		return error_set(err, ERROR_INPUT,
				 "%s has %zu characters; give it %llu to %llu",
				 row->name, len, (unsigned long long)row->least,
				 (unsigned long long)row->most);
	memcpy(field, text, len + 1);
	return 0;
}

static int
set_choice(const struct row *row, void *field, const char *text, struct error *err)
{
	unsigned index;

	if (!is_word_of(text, row->unit, &index))
		return error_set(err, ERROR_INPUT, "%s = '%s' is none of: %s",
				 row->name, text, row->unit);
	if (row->type == TYPE_LEVEL)
		*(enum log_level *)field = (enum log_level)index;
	else
		text_copy(field, row->size, text);
	return 0;
}

static int
set_switch(const struct row *row, bool *field, const char *text, struct error *err)
{
	unsigned index;

	if (!is_word_of(text, "false true no yes off on", &index))
		return error_set(err, ERROR_INPUT,
				 "%s = '%s' is neither true nor false", row->name,
				 text);
	*field = (index & 1) != 0;
	return 0;
}

static int
set_key(struct settings *s, const struct row *row, const char *text, struct error *err)
{
	s->has_recovery_key = text[0] != '\0';
	if (s->has_recovery_key &&
	    text_unhex(s->recovery_key, sizeof(s->recovery_key), text) != 0)
		return error_set(err, ERROR_INPUT,
				 "%s is not %zu hex digits; copy it whole, as "
				 "'spoolctl recovery-key create' printed it",
				 row->name, 2 * sizeof(s->recovery_key));
	return 0;
}

/* "host:port", "*:port", "[::1]:port": the port is checked here, the host when bound.
 */
static int
add_listen(struct settings *s, const char *text, struct error *err)
{
	const char *colon = strrchr(text, ':');
	int64_t port;

	if (s->listen_count == SETTINGS_LISTEN_MAX)
		return error_set(err, ERROR_INPUT, "listen has more than %d addresses",
				 SETTINGS_LISTEN_MAX);
	if (strlen(text) >= sizeof(s->listen[0]) || colon == NULL || colon == text ||
	    text_number(colon + 1, 1, 65535, &port) != 0)
		return error_set(err, ERROR_INPUT,
				 "listen = '%.100s' is not host:port; write "
				 "\"localhost:8631\" or \"*:8631\"",
				 text);
	text_copy(s->listen[s->listen_count++], sizeof(s->listen[0]), text);
	return 0;
}

static int
set_value(struct settings *s, const struct row *row, const char *text,
	  struct error *err)
{
	void *field = (char *)s + row->offset;

	switch (row->type) {
	case TYPE_TEXT:
	case TYPE_PATH:
		return set_text(row, field, text, err);
	case TYPE_CHOICE:
	case TYPE_LEVEL:
		return set_choice(row, field, text, err);
	case TYPE_SWITCH:
		return set_switch(row, field, text, err);
	case TYPE_NUMBER:
	case TYPE_BYTES:
		return set_number(row, field, text, err);
	case TYPE_KEY:
		return set_key(s, row, text, err);
	case TYPE_LIST:
		return add_listen(s, text, err);
	}
	return 0;
}

void
settings_defaults(struct settings *s)
{
	struct error err;

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < ROWS; i++)
		INVARIANT(set_value(s, &rows[i], rows[i].standard, &err) == 0);
}

static const struct row *
row_named(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* libconfuse has just read the whole value of opt: 0, or -1 after cfg_error. */
static int
check_option(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct row *row = row_named(cfg_opt_name(opt));
	struct error err;

	INVARIANT(row != NULL);
	if (row->type == TYPE_LIST)
		reading.into->listen_count = 0;
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		const char *text = cfg_opt_getnstr(opt, i);
		if (set_value(reading.into, row, text != NULL ? text : "", &err) != 0) {
			cfg_error(cfg, "%s", err.text);
			return -1;
		}
	}
	return 0;
}

typedef int add_section_fn(struct settings *s, cfg_t *section, struct error *err);

static int
end_section(cfg_t *cfg, cfg_opt_t *opt, add_section_fn *add)
{
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct error err;

	if (add(reading.into, section, &err) == 0)
		return 0;
	cfg_error(cfg, "%s", err.text);
	return -1;
}

static int
check_printer(cfg_t *cfg, cfg_opt_t *opt)
{
	return end_section(cfg, opt, sections_add_printer);
}

static int
check_customer(cfg_t *cfg, cfg_opt_t *opt)
{
	return end_section(cfg, opt, sections_add_customer);
}

/* What no single line can get wrong. */
static int
check_together(const struct settings *s, struct error *err)
{
	if (s->printer_count == 0)
		return error_set(
			err, ERROR_INPUT,
			"there is no printer; add 'printer \"photo\" { queue = "
			"\"photo\" }'");
	if (s->code_length % 4 != 0)
		return error_set(err, ERROR_INPUT,
				 "code-length = %u is not 12, 16, 20 or 24",
				 s->code_length);
	if (strcmp(s->key_derivation, "blake2b") == 0 && s->code_length < 16)
		return error_set(
			err, ERROR_INPUT,
			"key-derivation = blake2b is safe for long codes only; "
			"set code-length to 16 or more");
	if (s->max_order_bytes < s->max_document_bytes)
		return error_set(err, ERROR_INPUT,
				 "max-order-bytes is less than max-document-bytes; no "
				 "order could hold the largest document");
	if (s->warning_hook[0] != '\0' && s->warning_hook[0] != '/')
		return error_set(err, ERROR_INPUT,
				 "warning-hook = '%s' is no absolute path",
				 s->warning_hook);
	if (s->cups_server[0] != '/' && strchr(s->cups_server, ':') == NULL)
		return error_set(err, ERROR_INPUT,
				 "cups-server = '%s' is neither a path nor host:port",
				 s->cups_server);
	return 0;
}

/* opts[ROWS + 3]: a row each, the sections, the end. */
static void
make_options(cfg_opt_t *opts, cfg_opt_t *printer, cfg_opt_t *customer)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (rows[i].type == TYPE_LIST)
			opts[i] = (cfg_opt_t)CFG_STR_LIST(rows[i].name, NULL,
							  CFGF_NODEFAULT);
		else
			opts[i] =
				(cfg_opt_t)CFG_STR(rows[i].name, NULL, CFGF_NODEFAULT);
	opts[i++] = (cfg_opt_t)CFG_SEC("printer", printer,
				       CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	opts[i++] = (cfg_opt_t)CFG_SEC("customer", customer,
				       CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	opts[i] = (cfg_opt_t)CFG_END();
	sections_options(printer, customer);
}

static int
parse(cfg_t *cfg, struct error *err)
{
	struct buf text;
	int rc;

	cfg_set_error_function(cfg, complain);
	for (size_t i = 0; i < ROWS; i++)
		cfg_set_validate_func(cfg, rows[i].name, check_option);
	cfg_set_validate_func(cfg, "printer", check_printer);
	cfg_set_validate_func(cfg, "customer", check_customer);
	buf_init(&text, CONFTEXT_MAX + 1);
	rc = conftext_read(reading.path, &text, err);
	if (rc == 0 && cfg_parse_buf(cfg, (const char *)text.data) != CFG_SUCCESS)
		rc = -1;
	buf_clear(&text);
	if (rc == 0 && !reading.failed)
		rc = check_together(reading.into, err) == 0
			     ? 0
			     : error_prefix(err, "%s", reading.path);
	return reading.failed ? -1 : rc;
}

int
settings_read(struct settings *s, const char *path, struct error *err)
{
	cfg_opt_t opts[ROWS + 3], printer[SECTIONS_ROWS_MAX];
	cfg_opt_t customer[SECTIONS_ROWS_MAX];
	struct error unwanted;
	cfg_t *cfg;
	int rc;

	if (err == NULL)
		err = &unwanted;
	settings_defaults(s);
	make_options(opts, printer, customer);
	cfg = cfg_init(opts, CFGF_NONE);
	if (cfg == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for the configuration");
	reading.into = s;
	reading.path = path;
	reading.err = err;
	reading.failed = false;
	rc = parse(cfg, err);
	cfg_free(cfg);
	return rc;
}

/* Numbers have bounds, texts have lengths, choices have words. */
static void
print_row(FILE *to, const struct row *row)
{
	bool bounded = row->type == TYPE_NUMBER || row->type == TYPE_BYTES;

	fprintf(to, "%s|%s|%s|", row->name, type_names[row->type], row->standard);
	if (bounded)
		fprintf(to, "%llu|%llu|", (unsigned long long)row->least,
			(unsigned long long)row->most);
	else
		fprintf(to, "||");
	fprintf(to, "%s|%s\n", row->unit, row->help);
}

void
settings_print(FILE *to)
{
	for (size_t i = 0; i < ROWS; i++)
		print_row(to, &rows[i]);
	sections_print(to);
}
