/*
 * txt.c - the keys in the order of their importance: a client that reads the start of a
 * record only still finds what it needs. txtvers comes first by the standard.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "spoold/herald/txt.h"

#define PAIR_MAX 256 /* RFC 6763 6.1: 255 bytes, and a zero */

void
txt_name(char name[TXT_NAME_MAX], const struct wire_announce *a)
{
	text_copy(name, TXT_NAME_MAX, a->info[0] != '\0' ? a->info : a->printer);
	text_strip_controls(name);
}

bool
txt_is_universal(const struct wire_announce *a)
{
	return a->urf[0] != '\0' && strstr(a->formats, "image/urf") != NULL;
}

struct record {
	AvahiStringList *pairs; /* newest first */
};

/* A value that is too long loses its end; at a comma, where it has some. */
static void
add(struct record *r, const char *key, const char *value)
{
	char pair[PAIR_MAX];
	size_t room = sizeof(pair) - strlen(key) - 2, len = strlen(value);

	if (len > room) {
		len = room;
		while (len > 0 && value[len] != ',')
			len--;
		len = len > 0 ? len : room;
	}
	snprintf(pair, sizeof(pair), "%s=%.*s", key, (int)len, value);
	text_strip_controls(pair);
	r->pairs = avahi_string_list_add(r->pairs, pair);
	INVARIANT(r->pairs != NULL);
}

/* Nothing is said of what is not known. */
static void
add_known(struct record *r, const char *key, const char *value)
{
	if (value[0] != '\0')
		add(r, key, value);
}

static void
add_switch(struct record *r, const char *key, uint8_t on)
{
	add(r, key, on ? "T" : "F");
}

/* host is Avahi's word: "shop.local". */
static void
add_url(struct record *r, const struct wire_announce *a, const char *host,
	uint16_t port)
{
	char url[PAIR_MAX];

	snprintf(url, sizeof(url), "https://%s:%u/ipp/print/%s", host, port,
		 a->printer);
	add(r, "adminurl", url);
}

AvahiStringList *
txt_record(const struct wire_announce *a, const char *host, uint16_t port)
{
	struct record r = {NULL};
	char text[ORDER_NAME_MAX + 16], uuid[UUID_TEXT];

	add(&r, "txtvers", "1");
	add(&r, "qtotal", "1");
	snprintf(text, sizeof(text), "ipp/print/%s", a->printer);
	add(&r, "rp", text);
	add(&r, "ty", a->model);
	add(&r, "note", a->location);
	snprintf(text, sizeof(text), "(%s)", a->model);
	add(&r, "product", text);
	add(&r, "pdl", a->formats);
	if (txt_is_universal(a))
		add(&r, "URF", a->urf);
	uuid_format(uuid, a->uuid.bytes);
	add(&r, "UUID", uuid);
	add(&r, "TLS", "1.2");
	add_url(&r, a, host, port);
	add(&r, "priority", "50");
	add_switch(&r, "Color", a->color);
	add_switch(&r, "Duplex", a->duplex);
	add_switch(&r, "Copies", a->copies);
	add_switch(&r, "Collate", a->collate);
	add_switch(&r, "Staple", a->staple);
	add_switch(&r, "Punch", a->punch);
	add_switch(&r, "Bind", a->bind);
	add_known(&r, "kind", a->kind);
	add_known(&r, "PaperMax", a->paper);
	return avahi_string_list_reverse(r.pairs);
}
