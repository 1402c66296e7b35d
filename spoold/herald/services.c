/*
 * services.c - Avahi's client as a state machine of two: is there a daemon that runs
 * (connect, on_client), and has each printer what it should have in it (enter,
 * on_group).
 *
 * The D-Bus daemon may be missing, Avahi's daemon may be missing behind it, and either
 * may go and come. AVAHI_CLIENT_NO_FAIL waits for Avahi alone; for D-Bus we try again
 * every RETRY_MS. A client that has failed is of no more use, and may not be freed within
 * its own callback; so the timer does that, too.
 */
#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/timeval.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/herald/services.h"
#include "spoold/herald/txt.h"

#define RETRY_MS  5000
#define NAMES_MAX 100 /* tried at once */

struct service {
	struct services *all;
	struct wire_announce what;
	char name[TXT_NAME_MAX]; /* what we ask for; told: what we said */
	char told[TXT_NAME_MAX];
	AvahiEntryGroup *group;
	AvahiStringList *txt; /* as it is registered, of the first place */
};

struct services {
	const AvahiPoll *poll;
	const struct herald_place *places;
	unsigned place_count;
	services_named_fn *named;
	void *context;
	AvahiClient *client;
	AvahiTimeout *retry;
	bool running;	  /* the daemon takes services */
	bool said_absent; /* since it was last here */
	struct service rows[SETTINGS_PRINTERS_MAX];
	unsigned count;
};

static void
tell_name(struct service *v, const char *name)
{
	if (strcmp(v->told, name) == 0)
		return;
	text_copy(v->told, sizeof(v->told), name);
	v->all->named(v->all->context, v->what.printer, name);
}

/* --- registering --- */

static const struct kind {
	const char *type;
	const char *subtypes[3];
} kinds[] = {
	{"_ipp._tcp", {"_print._sub._ipp._tcp", "_universal._sub._ipp._tcp"}},
	{"_ipps._tcp", {"_print._sub._ipps._tcp", "_universal._sub._ipps._tcp"}},
};

static AvahiProtocol
protocol_of(const struct herald_place *place)
{
	return place->family == AF_INET	   ? AVAHI_PROTO_INET
	       : place->family == AF_INET6 ? AVAHI_PROTO_INET6
					   : AVAHI_PROTO_UNSPEC;
}

static AvahiIfIndex
interface_of(const struct herald_place *place)
{
	return place->interface > 0 ? place->interface : AVAHI_IF_UNSPEC;
}

static const char *
host_of(const struct services *s)
{
	const char *host = avahi_client_get_host_name_fqdn(s->client);

	return host != NULL ? host : "localhost";
}

static int
add_kind(struct service *v, const struct herald_place *place, const struct kind *kind,
	 AvahiStringList *txt)
{
	AvahiIfIndex interface = interface_of(place);
	AvahiProtocol protocol = protocol_of(place);
	/* the last subtype is AirPrint's */
	unsigned subtypes = txt_is_universal(&v->what) ? 2 : 1;
	int rc = avahi_entry_group_add_service_strlst(v->group, interface, protocol, 0,
						      v->name, kind->type, NULL, NULL,
						      place->port, txt);

	for (unsigned i = 0; i < subtypes && rc == 0; i++)
		rc = avahi_entry_group_add_service_subtype(
			v->group, interface, protocol, 0, v->name, kind->type, NULL,
			kind->subtypes[i]);
	return rc;
}

/* The flagship (Bonjour Printing 4): all print services of a name stand or fall with
 * _printer._tcp, whose port 0 says that LPD is not spoken. */
static int
add_place(struct service *v, const struct herald_place *place)
{
	AvahiStringList *txt = txt_record(&v->what, host_of(v->all), place->port);
	int rc = avahi_entry_group_add_service_strlst(
		v->group, interface_of(place), protocol_of(place), 0, v->name,
		"_printer._tcp", NULL, NULL, 0, NULL);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == 0; i++)
		rc = add_kind(v, place, &kinds[i], txt);
	avahi_string_list_free(txt);
	return rc;
}

static int
fill_group(struct service *v)
{
	int rc = 0;

	avahi_entry_group_reset(v->group);
	for (unsigned i = 0; i < v->all->place_count && rc == 0; i++)
		rc = add_place(v, &v->all->places[i]);
	return rc == 0 ? avahi_entry_group_commit(v->group) : rc;
}

static void
take_other_name(struct service *v)
{
	char *other = avahi_alternative_service_name(v->name);

	log_notice("printer %s: the name '%s' is taken in the network; trying '%s'",
		   v->what.printer, v->name, other);
	text_copy(v->name, sizeof(v->name), other);
	avahi_free(other);
}

static void on_group(AvahiEntryGroup *group, AvahiEntryGroupState state, void *context);

/* What is registered then is what v->what says. */
static void
enter(struct service *v)
{
	struct services *s = v->all;
	int rc;

	if (!s->running)
		return;
	if (v->group == NULL)
		v->group = avahi_entry_group_new(s->client, on_group, v);
	if (v->group == NULL) {
		log_error("printer %s cannot be announced: %s", v->what.printer,
			  avahi_strerror(avahi_client_errno(s->client)));
		return;
	}
	/* within this machine a collision is seen at once */
	rc = fill_group(v);
	for (int tries = 0; rc == AVAHI_ERR_COLLISION && tries < NAMES_MAX; tries++) {
		take_other_name(v);
		rc = fill_group(v);
	}
	if (rc != 0) {
		log_error("printer %s cannot be announced as '%s': %s", v->what.printer,
			  v->name, avahi_strerror(rc));
		return;
	}
	avahi_string_list_free(v->txt);
	v->txt = txt_record(&v->what, host_of(s), s->places[0].port);
}

static void
on_group(AvahiEntryGroup *group, AvahiEntryGroupState state, void *context)
{
	struct service *v = context;

	v->group = group; /* it may tell before avahi_entry_group_new has returned */
	switch (state) {
	case AVAHI_ENTRY_GROUP_ESTABLISHED:
		log_info("printer %s is announced as '%s'", v->what.printer, v->name);
		tell_name(v, v->name);
		break;
	case AVAHI_ENTRY_GROUP_COLLISION:
		take_other_name(v);
		enter(v);
		break;
	case AVAHI_ENTRY_GROUP_FAILURE:
		log_error("printer %s is not announced: %s", v->what.printer,
			  avahi_strerror(avahi_client_errno(v->all->client)));
		tell_name(v, "");
		break;
	default:
		break;
	}
}

/* The same services with another record: no withdrawal, so nobody's list flickers. */
static bool
update(struct service *v)
{
	struct services *s = v->all;
	int rc = 0;

	for (unsigned i = 0; i < s->place_count; i++) {
		const struct herald_place *place = &s->places[i];
		AvahiStringList *txt = txt_record(&v->what, host_of(s), place->port);
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]) && rc == 0; k++)
			rc = avahi_entry_group_update_service_txt_strlst(
				v->group, interface_of(place), protocol_of(place), 0,
				v->name, kinds[k].type, NULL, txt);
		avahi_string_list_free(txt);
	}
	return rc == 0;
}

/* --- the daemon --- */

static void
leave_groups(struct services *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct service *v = &s->rows[i];
		if (v->group != NULL)
			avahi_entry_group_free(v->group);
		v->group = NULL;
		tell_name(v, "");
	}
}

static void
retry_in(struct services *s, unsigned ms)
{
	struct timeval at;

	s->poll->timeout_update(s->retry, avahi_elapse_time(&at, ms, 0));
}

static void
say_absent(struct services *s, const char *why)
{
	if (!s->said_absent)
		log_notice("printers are not announced: %s; waiting for avahi-daemon",
			   why);
	s->said_absent = true;
}

static void
on_client(AvahiClient *client, AvahiClientState state, void *context)
{
	struct services *s = context;

	s->client = client; /* it may tell before avahi_client_new has returned */
	s->running = state == AVAHI_CLIENT_S_RUNNING;
	switch (state) {
	case AVAHI_CLIENT_S_RUNNING:
		s->said_absent = false;
		for (unsigned i = 0; i < s->count; i++)
			enter(&s->rows[i]);
		break;
	case AVAHI_CLIENT_CONNECTING:
		say_absent(s, "Avahi does not run");
		break;
	case AVAHI_CLIENT_FAILURE:
		say_absent(s, avahi_strerror(avahi_client_errno(client)));
		retry_in(s, 0);
		break;
	case AVAHI_CLIENT_S_COLLISION:
	case AVAHI_CLIENT_S_REGISTERING:
		/* the host's name changes: what we have would point to the old one */
		leave_groups(s);
		break;
	}
}

static void
drop_client(struct services *s)
{
	leave_groups(s);
	s->running = false;
	if (s->client != NULL)
		avahi_client_free(s->client);
	s->client = NULL;
}

static void
connect_client(AvahiTimeout *timer, void *context)
{
	struct services *s = context;
	AvahiClient *client;
	int error = 0;

	s->poll->timeout_update(timer, NULL);
	drop_client(s);
	client = avahi_client_new(s->poll, AVAHI_CLIENT_NO_FAIL, on_client, s, &error);
	s->client = client;
	if (client != NULL)
		return;
	s->running = false;
	say_absent(s, avahi_strerror(error));
	retry_in(s, RETRY_MS);
}

/* --- the interface --- */

struct services *
services_open(const AvahiPoll *poll, const struct herald_place *places,
	      unsigned place_count, services_named_fn *named, void *context)
{
	struct services *s = calloc(1, sizeof(*s));
	struct timeval now;

	INVARIANT(s != NULL);
	s->poll = poll;
	s->places = places;
	s->place_count = place_count;
	s->named = named;
	s->context = context;
	s->retry = poll->timeout_new(poll, avahi_elapse_time(&now, 0, 0),
				     connect_client, s);
	INVARIANT(s->retry != NULL);
	return s;
}

static struct service *
service_of(struct services *s, const char *printer)
{
	struct service *v;

	for (unsigned i = 0; i < s->count; i++)
		if (strcmp(s->rows[i].what.printer, printer) == 0)
			return &s->rows[i];
	if (s->count == SETTINGS_PRINTERS_MAX)
		return NULL;
	v = &s->rows[s->count++];
	v->all = s;
	return v;
}

static bool
is_told(const struct service *v)
{
	AvahiStringList *txt =
		txt_record(&v->what, host_of(v->all), v->all->places[0].port);
	bool same = avahi_string_list_equal(txt, v->txt) != 0;

	avahi_string_list_free(txt);
	return same;
}

void
services_tell(struct services *s, const struct wire_announce *a)
{
	struct service *v = service_of(s, a->printer);
	bool was_universal;

	if (v == NULL)
		return;
	was_universal = txt_is_universal(&v->what);
	v->what = *a;
	if (v->name[0] == '\0')
		txt_name(v->name, a);
	if (v->group == NULL) {
		enter(v);
		return;
	}
	if (was_universal == txt_is_universal(a) && (is_told(v) || update(v))) {
		avahi_string_list_free(v->txt);
		v->txt = txt_record(a, host_of(s), s->places[0].port);
	} else {
		enter(v);
	}
}

void
services_close(struct services *s)
{
	if (s == NULL)
		return;
	drop_client(s);
	for (unsigned i = 0; i < s->count; i++)
		avahi_string_list_free(s->rows[i].txt);
	s->poll->timeout_free(s->retry);
	free(s);
}
