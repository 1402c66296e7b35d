/*
 * The file is text, a line a station: its name, when it was added, the hash of its key. It is
 * written whole, by rename, before anybody is told; what is in memory is what it says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/keep.h"
#include "spoold/keep/stations.h"

#define FILE_NAME "stations"
#define FILE_HEAD "claimcheck stations 1"
#define LINE_MAX  (STATIONS_NAME_MAX + 24 + 2 * SEAL_KEY_BYTES)
#define FILE_MAX  (64 + STATIONS_MAX * LINE_MAX)

struct station {
	char name[STATIONS_NAME_MAX];
	int64_t created, seen; /* unix seconds; seen 0: not since our start */
	uint8_t hash[SEAL_KEY_BYTES];
};

struct stations {
	struct station list[STATIONS_MAX];
	size_t count;
};

static void
path_of(const struct keep *k, char path[KEEP_PATH_MAX])
{
	snprintf(path, KEEP_PATH_MAX, "%s/" KEEP_KEEP_FOLDER "/" FILE_NAME,
		 k->settings->state_directory);
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < STATIONS_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789._-") == len;
}

static void
hash_key(const void *secret, size_t len, uint8_t hash[SEAL_KEY_BYTES])
{
	struct seal_digest *d = seal_digest_new();

	seal_digest_add(d, secret, len);
	seal_digest_end(d, hash);
}

/* --- the file --- */

static int
read_line(struct station *s, char *line)
{
	char *created = strchr(line, ' '), *hash;

	*s = (struct station){.created = 0};
	hash = created != NULL ? strchr(created + 1, ' ') : NULL;
	if (hash == NULL)
		return -1;
	*created++ = '\0';
	*hash++ = '\0';
	return is_name(line) && text_copy(s->name, sizeof(s->name), line) == 0 &&
			       text_number(created, 0, INT64_MAX, &s->created) == 0
		       ? text_unhex(s->hash, sizeof(s->hash), hash)
		       : -1;
}

static int
read_text(struct stations *all, char *text, struct error *err)
{
	char *rest = text, *line = strsep(&rest, "\n");

	if (strcmp(line, FILE_HEAD) != 0)
		return error_set(err, ERROR_CORRUPT, "its first line is not '%s'",
				 FILE_HEAD);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && (all->count == STATIONS_MAX ||
				      read_line(&all->list[all->count++], line) != 0))
			return error_set(err, ERROR_CORRUPT, "line %zu is no station",
					 all->count + 1);
	return 0;
}

int
stations_open(struct keep *k, struct error *err)
{
	struct error own = {0};
	struct buf text;
	char path[KEEP_PATH_MAX];
	int rc;

	k->stations = calloc(1, sizeof(*k->stations));
	if (k->stations == NULL)
		return error_errno(err, "cannot know stations");
	path_of(k, path);
	buf_init(&text, FILE_MAX);
	rc = fs_read_file(path, &text, &own);
	if (rc != 0 && own.kind == ERROR_ABSENT)
		rc = 0; /* there is none yet */
	else if (rc == 0)
		rc = buf_append(&text, "", 1, &own) == 0
			     ? read_text(k->stations, (char *)text.data, &own)
			     : -1;
	buf_clear(&text);
	if (rc == 0)
		return 0;
	*err = own;
	return error_prefix(err, "'%s'", path);
}

void
stations_close(struct keep *k)
{
	free(k->stations);
	k->stations = NULL;
}

static int
save(const struct keep *k, struct error *err)
{
	const struct stations *all = k->stations;
	struct buf text;
	char path[KEEP_PATH_MAX], line[LINE_MAX], hash[2 * SEAL_KEY_BYTES + 1];
	int rc;

	path_of(k, path);
	buf_init(&text, FILE_MAX);
	rc = buf_append(&text, FILE_HEAD "\n", strlen(FILE_HEAD "\n"), err);
	for (size_t i = 0; i < all->count && rc == 0; i++) {
		const struct station *s = &all->list[i];

		text_hex(hash, s->hash, sizeof(s->hash));
		snprintf(line, sizeof(line), "%s %lld %s\n", s->name,
			 (long long)s->created, hash);
		rc = buf_append(&text, line, strlen(line), err);
	}
	if (rc == 0)
		rc = fs_write_file(path, 0600, text.data, text.len, err);
	buf_clear(&text);
	return rc;
}

/* --- front: may it? --- */

static struct station *
find(struct keep *k, const char *name)
{
	for (size_t i = 0; i < k->stations->count; i++)
		if (strcmp(k->stations->list[i].name, name) == 0)
			return &k->stations->list[i];
	return NULL;
}

/* A name that is none costs the same as a wrong key. */
int
stations_station(struct peer *p, const union wire_any *m, struct error *err)
{
	static const uint8_t nothing[SEAL_KEY_BYTES];
	const struct wire_station *asked = &m->station;
	struct keep *k = p->keep;
	struct station *s = find(k, asked->name);
	struct identified account = {0};
	uint8_t hash[SEAL_KEY_BYTES];
	char name[ORDER_NAME_MAX];

	/* the key's own tries are not those of its customers */
	snprintf(name, sizeof(name), "key of %s", asked->name);
	identify_name(&account, name, asked->host);
	if (identify_take(k, &account, err) != 0)
		return -1;
	hash_key(asked->secret.data, asked->secret.len, hash);
	if (!seal_equal(hash, s != NULL ? s->hash : nothing, sizeof(hash)) || s == NULL)
		return error_set(err, ERROR_REFUSED, "that is no station's key");
	identify_give_back(k, &account);
	s->seen = keep_now(k);
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

/* --- spoolctl --- */

static int
add(struct peer *p, const char *name, struct wire_station_info *info, uint8_t *secret,
    struct error *err)
{
	struct keep *k = p->keep;
	struct stations *all = k->stations;
	struct seal_key *random;
	struct station *s;

	if (!is_name(name))
		return error_set(err, ERROR_INPUT,
				 "a station's name has letters, digits, '.', '_' and "
				 "'-', at most %d",
				 STATIONS_NAME_MAX - 1);
	if (find(k, name) != NULL)
		return error_set(err, ERROR_CONFLICT,
				 "there is a station '%s'; revoke it first", name);
	if (all->count == STATIONS_MAX)
		return error_set(err, ERROR_FULL, "there are %d stations already",
				 STATIONS_MAX);
	random = seal_key_random();
	memcpy(secret, random->bytes, SEAL_KEY_BYTES);
	seal_key_free(random);
	s = &all->list[all->count++];
	*s = (struct station){.created = keep_now(k)};
	text_copy(s->name, sizeof(s->name), name);
	hash_key(secret, SEAL_KEY_BYTES, s->hash);
	if (save(k, err) != 0) {
		all->count--;
		return -1;
	}
	info->secret = (struct wire_bytes){secret, SEAL_KEY_BYTES};
	audit_note(k, NULL, AUDIT_STATION, p->label, "station %s was added", name);
	return 0;
}

static int
revoke(struct peer *p, const char *name, struct error *err)
{
	struct keep *k = p->keep;
	struct stations *all = k->stations, before = *all;
	struct station *s = find(k, name);

	if (s == NULL)
		return error_set(err, ERROR_ABSENT, "there is no station '%s'", name);
	memmove(s, s + 1, sizeof(*s) * (size_t)(all->list + all->count - s - 1));
	all->count--;
	if (save(k, err) != 0) {
		*all = before;
		return -1;
	}
	audit_note(k, NULL, AUDIT_STATION, p->label, "station %s was revoked", name);
	return 0;
}

static void
say(struct peer *p, const struct station *s, struct wire_station_info info)
{
	text_copy(info.name, sizeof(info.name), s->name);
	info.created = s->created;
	info.seen = s->seen;
	peer_say(p, WIRE_TYPE_station_info, &info);
}

int
stations_stations(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_stations *w = &m->stations;
	const struct stations *all = p->keep->stations;
	struct wire_station_info info = {.created = 0};
	uint8_t secret[SEAL_KEY_BYTES];
	int rc = 0;

	if (w->verb == WIRE_STATION_ADD)
		rc = add(p, w->name, &info, secret, err);
	else if (w->verb == WIRE_STATION_REVOKE)
		rc = revoke(p, w->name, err);
	else if (w->verb != WIRE_STATION_LIST)
		rc = error_set(err, ERROR_INPUT, "unknown verb %u", w->verb);
	if (rc == 0 && w->verb == WIRE_STATION_ADD)
		say(p, &all->list[all->count - 1], info);
	for (size_t i = 0; rc == 0 && w->verb == WIRE_STATION_LIST && i < all->count;
	     i++)
		say(p, &all->list[i], info);
	if (rc == 0)
		peer_say_plain(p, WIRE_TYPE_end);
	seal_wipe(secret, sizeof(secret));
	return rc;
}
