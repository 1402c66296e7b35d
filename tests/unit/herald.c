/*
 * herald.c - what the network is told of a printer: TXT records, names, and where.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "spoold/herald/herald.h"
#include "spoold/herald/txt.h"
#include "tests/tap.h"

static struct wire_announce
a_printer(void)
{
	struct wire_announce a = {.color = 1, .copies = 1};

	strcpy(a.printer, "photo");
	strcpy(a.info, "Photographs");
	strcpy(a.location, "counter");
	strcpy(a.model, "Claimcheck");
	strcpy(a.formats, "image/jpeg,image/urf");
	strcpy(a.urf, "V1.4,W8,SRGB24");
	strcpy(a.paper, "legal-A4");
	return a;
}

/* "" if the key is there without a value, NULL if it is not. */
static const char *
value_of(AvahiStringList *txt, const char *key)
{
	static char value[300];
	size_t len = strlen(key);

	for (AvahiStringList *l = txt; l != NULL; l = avahi_string_list_get_next(l)) {
		const char *pair = (const char *)avahi_string_list_get_text(l);
		if (strncmp(pair, key, len) != 0 || pair[len] != '=')
			continue;
		text_copy(value, sizeof(value), pair + len + 1);
		return value;
	}
	return NULL;
}

static bool
is_value(AvahiStringList *txt, const char *key, const char *want)
{
	const char *is = value_of(txt, key);

	return want == NULL ? is == NULL : is != NULL && strcmp(is, want) == 0;
}

static void
a_record_tells_what_is_so(void)
{
	static const struct {
		const char *key, *value;
	} facts[] = {
		{"txtvers", "1"},
		{"qtotal", "1"},
		{"rp", "ipp/print/photo"},
		{"ty", "Claimcheck"},
		{"product", "(Claimcheck)"},
		{"note", "counter"},
		{"pdl", "image/jpeg,image/urf"},
		{"URF", "V1.4,W8,SRGB24"},
		{"UUID", "00000000-0000-0000-0000-000000000000"},
		{"TLS", "1.2"},
		{"adminurl", "https://shop.local:8631/ipp/print/photo"},
		{"Color", "T"},
		{"Duplex", "F"},
		{"Copies", "T"},
		{"PaperMax", "legal-A4"},
		{"kind", NULL},
		{"Scan", NULL},
		{"print_wfds", NULL},
		{"mopria-certified", NULL},
	};
	struct wire_announce a = a_printer();
	AvahiStringList *txt = txt_record(&a, "shop.local", 8631);

	TAP_OK(strcmp((const char *)avahi_string_list_get_text(txt), "txtvers=1") == 0,
	       "txtvers comes first");
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		TAP_OK(is_value(txt, facts[i].key, facts[i].value), "%s is %s",
		       facts[i].key,
		       facts[i].value != NULL ? facts[i].value : "not told");
	avahi_string_list_free(txt);
}

static void
urf_goes_with_its_format(void)
{
	struct wire_announce a = a_printer();
	AvahiStringList *txt;

	TAP_OK(txt_is_universal(&a), "with URF it is AirPrint's");
	strcpy(a.formats, "image/jpeg");
	txt = txt_record(&a, "shop.local", 8631);
	TAP_OK(!txt_is_universal(&a) && value_of(txt, "URF") == NULL,
	       "a printer that does not take URF is not, whatever its queue says");
	avahi_string_list_free(txt);
}

static void
long_values_end_at_a_comma(void)
{
	struct wire_announce a = a_printer();
	AvahiStringList *txt;
	const char *pdl;

	memset(a.formats, 'x', sizeof(a.formats) - 1);
	memcpy(a.formats, "image/jpeg,", 11);
	memset(a.location, 'y', sizeof(a.location) - 1);
	txt = txt_record(&a, "shop.local", 8631);
	pdl = value_of(txt, "pdl");
	TAP_OK(pdl != NULL && strcmp(pdl, "image/jpeg") == 0,
	       "pdl loses whole words: %s", pdl);
	for (AvahiStringList *l = txt; l != NULL; l = avahi_string_list_get_next(l))
		if (avahi_string_list_get_size(l) > 255)
			pdl = NULL;
	TAP_OK(pdl != NULL, "no string is longer than 255 bytes");
	avahi_string_list_free(txt);
}

static void
names_fit_a_label(void)
{
	struct wire_announce a = a_printer();
	char name[TXT_NAME_MAX];

	/* 62 bytes, then characters of two */
	memset(a.info, 'n', 62);
	strcpy(a.info + 62, "\xc3\xa4\xc3\xa4");
	txt_name(name, &a);
	TAP_OK(strlen(name) == 62, "a name ends before a character that does not fit");
	strcpy(a.info, "Foto\ngalerie");
	txt_name(name, &a);
	TAP_OK(strcmp(name, "Foto?galerie") == 0, "control characters are none: %s",
	       name);
	a.info[0] = '\0';
	txt_name(name, &a);
	TAP_OK(strcmp(name, "photo") == 0, "without words it is the printer's name");
}

static int
bound(int family, bool anywhere)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	int fd = socket(family, SOCK_STREAM, 0), one = 1, rc;

	in.sin_addr.s_addr = htonl(anywhere ? INADDR_ANY : INADDR_LOOPBACK);
	in6.sin6_addr = anywhere ? in6addr_any : in6addr_loopback;
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	rc = family == AF_INET ? bind(fd, (struct sockaddr *)&in, sizeof(in))
			       : bind(fd, (struct sockaddr *)&in6, sizeof(in6));
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

static void
loopback_is_told_to_nobody(void)
{
	struct herald_place places[HERALD_PLACES_MAX];
	int fds[2] = {bound(AF_INET, false), bound(AF_INET, true)};

	TAP_OK(herald_places(fds, 1, places) == 0, "127.0.0.1 is no place");
	TAP_OK(herald_places(fds, 2, places) == 1 && places[0].interface == 0 &&
		       places[0].family == AF_INET && places[0].port != 0,
	       "any address is all interfaces");
	fds[0] = fds[1];
	TAP_OK(herald_places(fds, 2, places) == 1, "the same twice is one place");
	close(fds[1]);
}

static bool
is_place(const struct herald_place *p, int interface, int family, uint16_t port)
{
	return p->interface == interface && p->family == family && p->port == port;
}

static void
no_interface_is_told_twice(void)
{
	static const struct herald_place two = {2, AF_INET, 1}, two6 = {2, AF_INET6, 1},
					 other = {2, AF_INET, 9},
					 three = {3, AF_INET, 1}, all = {0, AF_INET, 5},
					 all6 = {0, AF_INET6, 5};
	struct herald_place p[HERALD_PLACES_MAX];
	unsigned n = herald_place_add(p, 0, &two);

	n = herald_place_add(p, n, &other);
	TAP_OK(n == 1 && is_place(&p[0], 2, AF_INET, 1), "the first port counts");
	n = herald_place_add(p, n, &two6);
	TAP_OK(n == 1 && is_place(&p[0], 2, AF_UNSPEC, 1),
	       "both families are one place");
	n = herald_place_add(p, n, &three);
	TAP_OK(n == 2 && is_place(&p[1], 3, AF_INET, 1),
	       "another interface is another");
	n = herald_place_add(p, n, &all);
	TAP_OK(n == 2 && is_place(&p[0], 2, AF_INET6, 1) &&
		       is_place(&p[1], 0, AF_INET, 5),
	       "all interfaces leave a single one what they have not");
	n = herald_place_add(p, n, &all6);
	TAP_OK(n == 1 && is_place(&p[0], 0, AF_UNSPEC, 5),
	       "and nothing where they have all");
}

int
main(void)
{
	a_record_tells_what_is_so();
	urf_goes_with_its_format();
	long_values_end_at_a_comma();
	names_fit_a_label();
	loopback_is_told_to_nobody();
	no_interface_is_told_twice();
	return tap_done();
}
