#include <stdio.h>
#include <string.h>

#include "spoold/front/pages.h"

static const char home[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	"<title>Claimcheck</title></head><body><h1>Claimcheck</h1>"
	"<p>This is a print service: send it your pictures with any IPP client; they "
	"wait, "
	"sealed, until you collect them at the station.</p></body></html>\n";

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

static const struct page {
	const char *path;
	const char *type;
	const void *body;
	size_t len;
} pages[] = {
	{"/", "text/html; charset=utf-8", home, sizeof(home) - 1},
	{PAGES_ICON, "image/png", icon, sizeof(icon)},
};

static const struct page *
page_at(const char *path)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (strcmp(pages[i].path, path) == 0)
			return &pages[i];
	/* a printer's own page (printer-more-info), an order's (job-more-info) */
	if (strncmp(path, "/ipp/print", 10) == 0 ||
	    strncmp(path, "/printers/", 10) == 0 || strncmp(path, "/jobs/", 6) == 0)
		return &pages[0];
	return NULL;
}

bool
pages_serve(struct client *c, bool head_only, const char *path)
{
	const struct page *page = page_at(path);
	char length[32];

	httpClearFields(c->http);
	snprintf(length, sizeof(length), "%zu", page != NULL ? page->len : 0);
	httpSetField(c->http, HTTP_FIELD_CONTENT_LENGTH, length);
	if (page == NULL) {
		httpWriteResponse(c->http, HTTP_STATUS_NOT_FOUND);
		return false;
	}
	httpSetField(c->http, HTTP_FIELD_CONTENT_TYPE, page->type);
	if (httpWriteResponse(c->http, HTTP_STATUS_OK) != 0)
		return false;
	if (head_only)
		return httpFlushWrite(c->http) >= 0;
	return httpWrite2(c->http, page->body, page->len) == (ssize_t)page->len &&
	       httpFlushWrite(c->http) >= 0;
}
