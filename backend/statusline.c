#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

#include "backend/statusline.h"

/* keyword[,keyword...], with one + or - before them: STATE and JOBSTATE. "none" is a
 * keyword, an empty list is well-formed (it clears). */
static int
is_reason_list(const char *text)
{
	if (*text == '+' || *text == '-')
		text++;
	for (; *text != '\0'; text++)
		if (!islower((unsigned char)*text) && !isdigit((unsigned char)*text) &&
		    strchr("-._, ", *text) == NULL)
			return 0;
	return 1;
}

/* name=value ...: cupsd parses it with cupsParseOptions; the name must be one. */
static int
is_attribute_list(const char *text)
{
	size_t name =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789-_.");

	return name > 0 && text[name] == '=';
}

/* A decimal number of at most nine digits; what stands behind it, or NULL. */
static const char *
take_number(const char *text, uint32_t *number)
{
	size_t n = strspn(text, "0123456789");

	*number = 0;
	if (n == 0 || n > 9)
		return NULL;
	for (size_t i = 0; i < n; i++)
		*number = *number * 10 + (uint32_t)(text[i] - '0');
	return text + n;
}

/* "n copies", or "total n" */
static int
is_page(const char *text, struct statusline *out)
{
	const char *rest;
	uint32_t page;

	if (strncmp(text, "total ", 6) == 0) {
		out->total = 1;
		rest = take_number(text + 6, &out->pages);
	} else {
		rest = take_number(text, &page);
		rest = rest != NULL && *rest == ' ' ? take_number(rest + 1, &out->pages)
						    : NULL;
	}
	return rest != NULL && *rest == '\0';
}

static int
is_text(const char *text)
{
	(void)text;
	return 1;
}

static const struct prefix {
	const char *word;
	enum statusline_kind kind;
	int (*well_formed)(const char *text); /* NULL: is_page */
} prefixes[] = {
	{"DEBUG:", STATUSLINE_OTHER, is_text},
	{"DEBUG2:", STATUSLINE_OTHER, is_text},
	{"INFO:", STATUSLINE_INFO, is_text},
	{"NOTICE:", STATUSLINE_INFO, is_text},
	{"WARNING:", STATUSLINE_INFO, is_text},
	{"ERROR:", STATUSLINE_ERROR, is_text},
	{"ALERT:", STATUSLINE_ERROR, is_text},
	{"CRIT:", STATUSLINE_ERROR, is_text},
	{"EMERG:", STATUSLINE_ERROR, is_text},
	{"PAGE:", STATUSLINE_PAGE, NULL},
	{"STATE:", STATUSLINE_STATE, is_reason_list},
	{"JOBSTATE:", STATUSLINE_ATTR, is_reason_list},
	{"ATTR:", STATUSLINE_ATTR, is_attribute_list},
	{"PPD:", STATUSLINE_ATTR, is_attribute_list},
};

static int
has_controls(const char *raw, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)raw[i] < 0x20 && raw[i] != '\t') || raw[i] == 0x7f)
			return 1;
	return 0;
}

static void
as_notice(struct statusline *out)
{
	char text[STATUSLINE_MAX];

	text_copy(text, sizeof(text), out->text);
	snprintf(out->line, sizeof(out->line), "NOTICE: %.*s",
		 (int)(sizeof(out->line) - sizeof("NOTICE: ")), text);
	out->text = out->line + strlen("NOTICE: ");
}

/* Puts the line into out if it is well-formed. */
static int
take_well_formed(struct statusline *out)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		const struct prefix *p = &prefixes[i];
		size_t n = strlen(p->word);

		if (strncmp(out->line, p->word, n) != 0)
			continue;
		out->text = out->line + n + strspn(out->line + n, " ");
		out->kind = p->kind;
		if (p->kind == STATUSLINE_ERROR)
			as_notice(out);
		return p->well_formed != NULL ? p->well_formed(out->text)
					      : is_page(out->text, out);
	}
	return 0;
}

static void
as_debug(struct statusline *out, const char *raw, size_t len)
{
	char text[STATUSLINE_MAX - 16];

	if (len > sizeof(text) - 1)
		len = sizeof(text) - 1;
	for (size_t i = 0; i < len; i++)
		text[i] = raw[i] != '\0' ? raw[i] : '?';
	text[len] = '\0';
	text_strip_controls(text);
	snprintf(out->line, sizeof(out->line), "DEBUG: %s", text);
	out->kind = STATUSLINE_OTHER;
	out->text = out->line + strlen("DEBUG: ");
	out->pages = 0;
	out->total = 0;
}

void
statusline_read(struct statusline *out, const char *raw, size_t len)
{
	*out = (struct statusline){.kind = STATUSLINE_OTHER};
	if (len > 0 && raw[len - 1] == '\r')
		len--;
	if (len < sizeof(out->line) - 1 && !has_controls(raw, len))
		memcpy(out->line, raw, len);
	if (!take_well_formed(out))
		as_debug(out, raw, len);
}

static void
end_line(struct statusline_reader *r, statusline_visit_fn *visit, void *context)
{
	struct statusline line;

	statusline_read(&line, r->raw, r->len);
	visit(context, &line);
	r->len = 0;
}

void
statusline_feed(struct statusline_reader *r, const char *data, size_t len,
		statusline_visit_fn *visit, void *context)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			end_line(r, visit, context);
		else if (r->len < sizeof(r->raw) - 1)
			r->raw[r->len++] = data[i];
	}
}

void
statusline_flush(struct statusline_reader *r, statusline_visit_fn *visit, void *context)
{
	if (r->len > 0)
		end_line(r, visit, context);
}
