/*
 * keep-stations.c - remote stations: a key opens its own station only, until it is revoked,
 * over restarts; wrong keys are counted by themselves; no key is in a file.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/keep/stations.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static struct error err;

/* spoolctl's peer: adds, revokes. */
static int
say(struct bench *b, enum wire_station_verb verb, const char *name,
    uint8_t secret[SEAL_KEY_BYTES])
{
	struct wire_stations m = {.verb = (uint8_t)verb};
	struct client c;
	union wire_any answer;
	int type, rc = -1;

	text_copy(m.name, sizeof(m.name), name);
	error_clear(&err);
	bench_peer(b, &c, WIRE_FROM_TOOL, 50);
	client_send(b, &c, WIRE_TYPE_stations, &m);
	while ((type = client_next(b, &c, &answer)) == WIRE_TYPE_station_info)
		if (secret != NULL && answer.station_info.secret.len == SEAL_KEY_BYTES)
			memcpy(secret, answer.station_info.secret.data, SEAL_KEY_BYTES);
	if (type == WIRE_TYPE_end)
		rc = 0;
	else if (type == WIRE_TYPE_failed)
		error_set(&err, (enum error_kind)answer.failed.kind, "%s",
			  answer.failed.text);
	client_close(&c);
	bench_turn(b);
	return rc;
}

/* Front asks: is that the key of that station? */
static int
shows(struct bench *b, const char *name, const uint8_t secret[SEAL_KEY_BYTES],
      const char *host)
{
	struct wire_station m = {.secret = {secret, SEAL_KEY_BYTES}};
	struct client c;
	int rc;

	text_copy(m.name, sizeof(m.name), name);
	text_copy(m.host, sizeof(m.host), host);
	error_clear(&err);
	bench_channel(b, &c);
	rc = client_ask(b, &c, WIRE_TYPE_station, &m, WIRE_TYPE_ok, NULL, &err);
	client_close(&c);
	bench_turn(b);
	return rc;
}

static void
a_key_is_of_one_station(struct bench *b)
{
	uint8_t one[SEAL_KEY_BYTES], two[SEAL_KEY_BYTES], off[SEAL_KEY_BYTES];

	TAP_OK(say(b, WIRE_STATION_ADD, "one", one) == 0 &&
		       say(b, WIRE_STATION_ADD, "two", two) == 0,
	       "two are added");
	TAP_OK(memcmp(one, two, sizeof(one)) != 0, "each has a key of its own");
	TAP_OK(shows(b, "one", one, "192.0.2.1") == 0 &&
		       shows(b, "two", two, "192.0.2.2") == 0,
	       "which opens it");
	TAP_OK(shows(b, "one", two, "192.0.2.3") == -1 && err.kind == ERROR_REFUSED,
	       "and no other: %s", err.text);
	memcpy(off, one, sizeof(off));
	off[SEAL_KEY_BYTES - 1] ^= 1;
	TAP_OK(shows(b, "one", off, "192.0.2.3") == -1 && err.kind == ERROR_REFUSED,
	       "a bit off is wrong: %s", err.text);
	memset(off, 0, sizeof(off));
	TAP_OK(shows(b, "nobody", off, "192.0.2.3") == -1 && err.kind == ERROR_REFUSED,
	       "a name that is none is told the same: %s", err.text);
}

static void
what_is_no_name_is_refused(struct bench *b)
{
	static const char *const wrong[] = {"", "a b", "a/b", "a\nb", "\xc3\xa4"};
	char longest[STATIONS_NAME_MAX];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		TAP_OK(say(b, WIRE_STATION_ADD, wrong[i], NULL) == -1 &&
			       err.kind == ERROR_INPUT,
		       "a name that is none, %zu: %s", i, err.text);
	TAP_OK(say(b, WIRE_STATION_ADD, "one", NULL) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "a second one of a name: %s", err.text);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	TAP_OK(say(b, WIRE_STATION_ADD, longest, NULL) == 0 &&
		       say(b, WIRE_STATION_REVOKE, longest, NULL) == 0,
	       "%d letters are a name", STATIONS_NAME_MAX - 1);
	TAP_OK(say(b, (enum wire_station_verb)99, "one", NULL) == -1 &&
		       err.kind == ERROR_INPUT,
	       "an unknown verb: %s", err.text);
}

static void
it_is_out_when_it_is_revoked(struct bench *b)
{
	uint8_t secret[SEAL_KEY_BYTES], again[SEAL_KEY_BYTES];

	say(b, WIRE_STATION_ADD, "counter", secret);
	bench_restart(b);
	TAP_OK(shows(b, "counter", secret, "192.0.2.9") == 0, "a restart forgets none");
	TAP_OK(say(b, WIRE_STATION_REVOKE, "counter", NULL) == 0 &&
		       shows(b, "counter", secret, "192.0.2.9") == -1 &&
		       err.kind == ERROR_REFUSED,
	       "what is revoked is out at once: %s", err.text);
	bench_restart(b);
	TAP_OK(shows(b, "counter", secret, "192.0.2.9") == -1, "and stays out");
	TAP_OK(say(b, WIRE_STATION_REVOKE, "counter", NULL) == -1 &&
		       err.kind == ERROR_ABSENT,
	       "twice is refused: %s", err.text);
	TAP_OK(say(b, WIRE_STATION_ADD, "counter", again) == 0 &&
		       shows(b, "counter", secret, "192.0.2.8") == -1 &&
		       shows(b, "counter", again, "192.0.2.8") == 0,
	       "one of its name has another key");
}

/* Guessing at a key locks who guesses, and no other. */
static void
wrong_keys_are_counted(struct bench *b)
{
	uint8_t secret[SEAL_KEY_BYTES], wrong[SEAL_KEY_BYTES] = {0};
	int tries = 0;

	say(b, WIRE_STATION_ADD, "quiet", secret);
	while (tries < 200 && (shows(b, "guessed", wrong, "192.0.2.66") == 0 ||
			       err.kind == ERROR_REFUSED))
		tries++;
	TAP_OK(err.kind == ERROR_LATER && tries > 0, "after %d wrong ones: %s", tries,
	       err.text);
	TAP_OK(shows(b, "quiet", secret, "192.0.2.66") == -1 && err.kind == ERROR_LATER,
	       "its address must wait");
	TAP_OK(shows(b, "quiet", secret, "192.0.2.10") == 0, "nobody else");
}

static void
no_key_is_in_the_file(struct bench *b)
{
	uint8_t secret[SEAL_KEY_BYTES];
	char path[SETTINGS_PATH_MAX + 32], hex[2 * SEAL_KEY_BYTES + 1];
	struct buf text;

	say(b, WIRE_STATION_ADD, "secret", secret);
	snprintf(path, sizeof(path), "%s/keep/stations", b->settings.state_directory);
	buf_init(&text, 65536);
	TAP_OK(fs_read_file(path, &text, &err) == 0 &&
		       buf_append(&text, "", 1, &err) == 0 &&
		       strstr((char *)text.data, "\nsecret ") != NULL,
	       "the file names it");
	text_hex(hex, secret, sizeof(secret));
	TAP_OK(strstr((char *)text.data, hex) == NULL &&
		       memmem(text.data, text.len, secret, sizeof(secret)) == NULL,
	       "without its key");
	buf_clear(&text);
}

static void
there_are_so_many(struct bench *b)
{
	char name[STATIONS_NAME_MAX];
	int i;

	for (i = 0; i <= STATIONS_MAX; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		if (say(b, WIRE_STATION_ADD, name, NULL) != 0)
			break;
	}
	TAP_OK(i < STATIONS_MAX && err.kind == ERROR_FULL, "after %d more: %s", i,
	       err.text);
	bench_restart(b);
	TAP_OK(say(b, WIRE_STATION_REVOKE, "many-0", NULL) == 0 &&
		       say(b, WIRE_STATION_ADD, "last", NULL) == 0,
	       "all of them are read again, and one that goes makes room");
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	a_key_is_of_one_station(&b);
	what_is_no_name_is_refused(&b);
	it_is_out_when_it_is_revoked(&b);
	wrong_keys_are_counted(&b);
	no_key_is_in_the_file(&b);
	there_are_so_many(&b);
	bench_close(&b);
	return tap_done();
}
