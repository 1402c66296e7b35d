/*
 * pages.c - a page is a heading and a few paragraphs, in the browser's language. What is
 * put in is escaped: the shop's words, and what an order says of itself, where a warning may
 * name a document.
 *
 * An order's page is at /jobs/UUID: who knows the uuid is its owner (owner.h), and is told
 * the order's number, how it is, and how to collect it. No secret is on it. /jobs/NUMBER,
 * which anybody can guess, says only how orders are collected.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/front/jobs.h"
#include "spoold/front/pages.h"
#include "spoold/front/printer_status.h"

#define PAGE_MAX (256 * 1024) /* SETTINGS_PRINTERS_MAX long names, escaped */

/* A claim check, 48 x 48 pixels of two colours. */
static const unsigned char icon[] = {
	0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d,
	0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x30,
	0x01, 0x03, 0x00, 0x00, 0x00, 0x6d, 0xcc, 0x6b, 0xc4, 0x00, 0x00, 0x00,
	0x06, 0x50, 0x4c, 0x54, 0x45, 0xff, 0xff, 0xff, 0x1a, 0x5f, 0x7a, 0xc9,
	0x80, 0x2c, 0x61, 0x00, 0x00, 0x00, 0x2c, 0x49, 0x44, 0x41, 0x54, 0x78,
	0xda, 0x63, 0x60, 0xa0, 0x39, 0x60, 0xfe, 0x0f, 0x04, 0x07, 0x90, 0xa8,
	0xef, 0x28, 0x14, 0x16, 0xb9, 0xdf, 0x10, 0xea, 0x01, 0x44, 0x10, 0x4a,
	0x1d, 0xa8, 0x87, 0x0a, 0x22, 0xcb, 0xfd, 0x26, 0xda, 0x4c, 0x08, 0x45,
	0x73, 0x00, 0x00, 0x27, 0xbf, 0x5d, 0x5a, 0x53, 0x0c, 0x69, 0xf5, 0x00,
	0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

struct page {
	enum texts_language language;
	struct buf html;
};

static void
put(struct page *p, const char *text)
{
	INVARIANT(buf_append(&p->html, text, strlen(text), NULL) == 0);
}

static void
put_escaped(struct page *p, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};

	for (; *text != '\0'; text++) {
		char one[2] = {*text, '\0'};
		const char *as = one;
		for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
			if (entities[i].c == *text)
				as = entities[i].entity;
		put(p, as);
	}
}

static void
put_element(struct page *p, const char *element, const char *text)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "<%s>", element);
	put(p, tag);
	put_escaped(p, text);
	snprintf(tag, sizeof(tag), "</%s>\n", element);
	put(p, tag);
}

static void
say(struct page *p, const char *element, enum texts_id id, const char *value1,
    const char *value2)
{
	char text[ORDER_TEXT_MAX];

	texts_say(text, sizeof(text), p->language, id, value1, value2);
	put_element(p, element, text);
}

static void
begin(struct page *p)
{
	put(p, "<!DOCTYPE html>\n<html lang=\"");
	put(p, texts_tag(p->language));
	put(p,
	    "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
	    "content=\"width=device-width\"><title>Claimcheck</title></head><body>\n");
}

/* --- the pages --- */

static void
say_printer(struct page *p, const char *element, const struct printer *printer)
{
	if (printer->location[0] != '\0')
		say(p, element, TEXTS_PAGE_PRINTER, printer->info, printer->location);
	else
		put_element(p, element, printer->info);
}

static void
make_home(struct page *p)
{
	struct printer *all[SETTINGS_PRINTERS_MAX];
	size_t count = printers_all(all);

	put_element(p, "h1", "Claimcheck");
	say(p, "p", TEXTS_PAGE_SERVICE, NULL, NULL);
	put(p, "<ul>\n");
	for (size_t i = 0; i < count; i++) {
		say_printer(p, "li", all[i]);
		printers_put(all[i]);
	}
	put(p, "</ul>\n");
	say(p, "p", TEXTS_PAGE_HOW, NULL, NULL);
}

static void
say_supply(struct page *p, const char *name, int level)
{
	char left[16];

	if (level < 0) {
		put_element(p, "li", name);
		return;
	}
	snprintf(left, sizeof(left), "%d %%", level);
	say(p, "li", TEXTS_PAGE_SUPPLY, name, left);
}

/* printer-supply-info-uri leads here. */
static void
say_supplies(struct page *p, struct printer *printer)
{
	ipp_attribute_t *names, *levels;

	say(p, "h2", TEXTS_PAGE_SUPPLIES, NULL, NULL);
	printer_lock(printer);
	names = ippFindAttribute(printer->status, "marker-names", IPP_TAG_NAME);
	levels = ippFindAttribute(printer->status, "marker-levels", IPP_TAG_INTEGER);
	if (names == NULL)
		say(p, "p", TEXTS_PAGE_NO_SUPPLIES, NULL, NULL);
	else
		put(p, "<ul>\n");
	for (int i = 0; i < ippGetCount(names) && i < PRINTER_SUPPLIES_MAX; i++)
		say_supply(p, ippGetString(names, i, NULL),
			   i < ippGetCount(levels) ? ippGetInteger(levels, i) : -1);
	if (names != NULL)
		put(p, "</ul>\n");
	printer_unlock(printer);
}

static bool
make_printer(struct page *p, const char *name)
{
	struct printer *printer = printers_get(name);

	if (printer == NULL)
		return false;
	say_printer(p, "h1", printer);
	say(p, "p", TEXTS_PAGE_SERVICE, NULL, NULL);
	say(p, "p", TEXTS_PAGE_HOW, NULL, NULL);
	say_supplies(p, printer);
	printers_put(printer);
	return true;
}

static bool
waits(const struct wire_order_info *info)
{
	return info->state == ORDER_HELD || info->state == ORDER_STOPPED;
}

static bool
make_order(struct page *p, struct client *c, const char *uuid)
{
	struct request r = {.client = c, .language = p->language, .knows_order = true};
	struct jobs_one one = {0};
	char number[16], text[ORDER_TEXT_MAX];

	if (uuid_parse(r.order, uuid) != 0 || jobs_look(&r, &one, NULL) != 0)
		return false;
	request_number(number, one.info.number);
	jobs_message(&r, &one.info, text);
	say(p, "h1", TEXTS_PAGE_ORDER, number, NULL);
	put_element(p, "p", text);
	if (waits(&one.info) && one.info.identification == ORDER_ID_PIN)
		say(p, "p", TEXTS_PAGE_PIN, number, NULL);
	else if (waits(&one.info))
		say(p, "p", TEXTS_PAGE_CODE, NULL, NULL);
	jobs_one_clear(&one);
	return true;
}

static void
make_any_order(struct page *p)
{
	say(p, "h1", TEXTS_PAGE_ANY_ORDER, NULL, NULL);
	say(p, "p", TEXTS_PAGE_HOW, NULL, NULL);
}

static bool
is_number(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool
make_page(struct page *p, struct client *c, const char *path)
{
	static const char *const printers[] = {"/ipp/print/", "/printers/"};

	if (strcmp(path, "/") == 0 || strcmp(path, "/ipp/print") == 0) {
		make_home(p);
		return true;
	}
	for (size_t i = 0; i < 2; i++)
		if (strncmp(path, printers[i], strlen(printers[i])) == 0)
			return make_printer(p, path + strlen(printers[i]));
	if (strncmp(path, "/jobs/", 6) != 0)
		return false;
	if (!is_number(path + 6))
		return make_order(p, c, path + 6);
	make_any_order(p);
	return true;
}

/* --- serving --- */

static bool
answer(struct client *c, bool head_only, http_status_t status, const char *type,
       const void *body, size_t len)
{
	char length[32];

	httpClearFields(c->http);
	snprintf(length, sizeof(length), "%zu", len);
	httpSetField(c->http, HTTP_FIELD_CONTENT_LENGTH, length);
	httpSetField(c->http, HTTP_FIELD_CONTENT_TYPE, type);
	if (httpWriteResponse(c->http, status) != 0)
		return false;
	if (!head_only && httpWrite2(c->http, body, len) != (ssize_t)len)
		return false;
	return httpFlushWrite(c->http) >= 0;
}

bool
pages_serve(struct client *c, bool head_only, const char *path)
{
	struct page p = {.language = texts_accepted(
				 httpGetField(c->http, HTTP_FIELD_ACCEPT_LANGUAGE))};
	http_status_t status = HTTP_STATUS_OK;
	bool go_on;

	if (strcmp(path, PAGES_ICON) == 0)
		return answer(c, head_only, status, "image/png", icon, sizeof(icon));
	buf_init(&p.html, PAGE_MAX);
	begin(&p);
	if (!make_page(&p, c, path)) {
		status = HTTP_STATUS_NOT_FOUND;
		say(&p, "p", TEXTS_PAGE_NOT_HERE, NULL, NULL);
	}
	put(&p, "</body></html>\n");
	go_on = answer(c, head_only, status, "text/html; charset=utf-8", p.html.data,
		       p.html.len);
	buf_clear(&p.html);
	return go_on;
}
