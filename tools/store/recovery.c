/*
 * recovery.c - spoolctl recovery-key create and verify.
 *
 * The private half exists in this process's locked memory and, under a passphrase, in the
 * text that it writes; the machine that takes orders has no use for either. The passphrase
 * is typed without echo or comes from a descriptor: never an argument, never the environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tools/jsontext.h"
#include "tools/station/typed.h"

#include "tools/store/recovery.h"
#include "tools/store/shop.h"

#define PASSPHRASE_LEAST                                                               \
	10 /* bytes: it is tried off-line, 256 MiB and 3 passes a try */

static int
ask(const struct control *c, const char *prompt, struct typed *line, struct error *err)
{
	int rc;

	if (c->passphrase_fd >= 0) {
		rc = typed_line(c->passphrase_fd, line, err);
	} else {
		if (!isatty(STDIN_FILENO))
			return error_set(
				err, ERROR_INPUT,
				"there is no terminal to ask for the passphrase "
				"at: use --passphrase-file FD");
		rc = typed_ask(STDIN_FILENO, prompt, true, line, err);
	}
	if (rc == 0)
		return error_set(err, ERROR_INPUT, "a passphrase is needed");
	return rc == 1 ? 0 : -1;
}

int
recovery_read(const char *path, struct buf *text, struct error *err)
{
	if (fs_read_file(path, text, err) != 0)
		return -1;
	return buf_append(text, "", 1, err);
}

int
recovery_open(const struct control *c, const struct buf *text,
	      uint8_t public_key[SEAL_KEY_BYTES], struct seal_key **private_key,
	      struct error *err)
{
	struct typed passphrase = {.len = 0};
	int rc = ask(c, "Passphrase of the recovery key: ", &passphrase, err);

	*private_key = NULL;
	if (rc == 0) {
		*private_key = seal_key_new();
		rc = seal_recovery_open((const char *)text->data, passphrase.text,
					passphrase.len, public_key, *private_key, err);
	}
	if (rc != 0) {
		seal_key_free(*private_key);
		*private_key = NULL;
	}
	typed_wipe(&passphrase);
	return rc;
}

/* --- create --- */

static int
ask_new(const struct control *c, struct typed *passphrase, struct error *err)
{
	struct typed again = {.len = 0};
	bool same;

	if (ask(c, "New passphrase: ", passphrase, err) != 0)
		return -1;
	if (passphrase->len < PASSPHRASE_LEAST)
		return error_set(
			err, ERROR_INPUT,
			"a passphrase has %d bytes at least; four words that don't "
			"belong together are good",
			PASSPHRASE_LEAST);
	if (c->passphrase_fd >= 0)
		return 0;
	if (ask(c, "The same again: ", &again, err) != 0)
		return -1;
	same = again.len == passphrase->len &&
	       seal_equal(again.text, passphrase->text, again.len);
	typed_wipe(&again);
	return same ? 0
		    : error_set(err, ERROR_INPUT,
				"the two passphrases are not the same");
}

static int
write_text(const char *path, const char *text, struct error *err)
{
	int fd, rc;

	if (strcmp(path, "-") == 0) {
		if (fputs(text, stdout) == EOF || fflush(stdout) != 0)
			return error_errno(err, "cannot write the recovery key");
		return 0;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "cannot make '%s'", path);
	rc = fs_write_all(fd, text, strlen(text));
	if (rc == 0)
		rc = fsync(fd);
	if (rc != 0)
		error_errno(err, "cannot write '%s'", path);
	close(fd);
	if (rc != 0)
		unlink(path);
	return rc;
}

static void
say_created(const struct control *c, const char *path, const char *hex)
{
	FILE *to = strcmp(path, "-") == 0 ? stderr : stdout;
	json_t *row;

	if (c->json && to == stdout) {
		row = json_object();
		json_object_set_new(row, "recovery_key", jsontext(hex));
		json_object_set_new(row, "file", jsontext(path));
		jsontext_print(row, 2);
		return;
	}
	fprintf(to,
		"recovery-key = \"%s\"\n\n"
		"Put that line into spoold.conf and start spoold again: orders that "
		"come "
		"from\nthen on can be opened with the recovery key. Keep its text (%s) "
		"and "
		"its\npassphrase apart, and away from this machine: print it, or put "
		"it on a "
		"stick,\ntry it with 'spoolctl recovery-key verify', then remove it "
		"here.\n",
		hex, strcmp(path, "-") == 0 ? "above" : path);
}

static int
create(const struct control *c, const char *path, struct error *err)
{
	uint8_t public_key[SEAL_KEY_BYTES];
	char text[SEAL_RECOVERY_TEXT], hex[2 * SEAL_KEY_BYTES + 1];
	struct typed passphrase = {.len = 0};
	int rc;

	if (strcmp(path, "-") != 0 && access(path, F_OK) == 0)
		return error_set(err, ERROR_CONFLICT, "there is a file '%s' already",
				 path);
	rc = ask_new(c, &passphrase, err);
	if (rc == 0)
		rc = seal_recovery_create(passphrase.text, passphrase.len, public_key,
					  text, err);
	typed_wipe(&passphrase);
	if (rc == 0)
		rc = write_text(path, text, err);
	if (rc != 0)
		return -1;
	text_hex(hex, public_key, sizeof(public_key));
	say_created(c, path, hex);
	return 0;
}

/* --- verify --- */

struct proof {
	const uint8_t *public_key;
	const struct seal_key *private_key;
	uint32_t wanted;  /* this order; 0: any */
	uint32_t opened;  /* its number; 0: none */
	uint32_t sealed;  /* orders that have a box for some recovery key */
	struct error why; /* the last one did not open */
};

static int
try_order(const struct order *o, void *context)
{
	struct proof *p = context;
	struct seal_key *key;
	uint8_t commitment[SEAL_KEY_BYTES];

	if (o->sealing.recovery_len == 0 ||
	    (p->wanted != 0 ? o->number != p->wanted : order_is_over(o->state)))
		return 0;
	p->sealed++;
	key = seal_key_new();
	if (seal_recovery_unwrap(p->public_key, p->private_key, o->sealing.recovery,
				 o->sealing.recovery_len, key, &p->why) == 0) {
		seal_commitment(key, o->uuid, commitment);
		if (seal_equal(commitment, o->sealing.commitment, sizeof(commitment)))
			p->opened = o->number;
		else
			error_set(&p->why, ERROR_CORRUPT,
				  "what opened is not the order's key");
	}
	seal_key_free(key);
	return p->opened != 0;
}

/* With the store of this machine, if there is one. */
static int
open_an_order(const struct shop *shop, struct proof *p, struct error *err)
{
	struct store_options look = shop_options(shop);
	struct store *s;
	int rc;

	look.read_only = true;
	if (shop_become_user(shop, err) != 0 || store_open(&look, &s, err) != 0)
		return -1;
	rc = store_scan(s, 0, p->wanted != 0 ? p->wanted - 1 : 0,
			p->wanted != 0 ? 1 : 0, try_order, p, err);
	store_close(s);
	return rc;
}

static int
judge(const struct proof *p, bool has_key, bool same, struct error *err)
{
	if (has_key && !same)
		return error_set(err, ERROR_CONFLICT,
				 "it is another key than the one in spoold.conf");
	if (p->opened != 0)
		return 0;
	if (p->wanted != 0 && p->sealed == 0)
		return error_set(
			err, ERROR_ABSENT,
			"order %u is not there, or was taken in without a recovery "
			"key",
			p->wanted);
	if (p->sealed != 0)
		return error_set(err, p->why.kind, "it opens no waiting order: %s",
				 p->why.text);
	return 0;
}

static void
say_verified(const struct control *c, const uint8_t public_key[SEAL_KEY_BYTES],
	     bool same, const struct proof *p)
{
	char hex[2 * SEAL_KEY_BYTES + 1];
	json_t *row;

	text_hex(hex, public_key, SEAL_KEY_BYTES);
	if (c->json) {
		row = json_object();
		json_object_set_new(row, "recovery_key", jsontext(hex));
		json_object_set_new(row, "in_settings", json_boolean(same));
		json_object_set_new(row, "opened_order", json_integer(p->opened));
		jsontext_print(row, 2);
		return;
	}
	printf("The passphrase is right. The key's public half is %s%s.\n", hex,
	       same ? ", as in spoold.conf" : "; spoold.conf names none");
	if (p->opened != 0)
		printf("It opens order %u.\n", p->opened);
	else
		puts("No waiting order was taken in with a recovery key, so none was "
		     "opened.");
}

static int
verify(const struct control *c, const char *path, uint32_t wanted, struct error *err)
{
	static struct shop shop;
	uint8_t public_key[SEAL_KEY_BYTES];
	struct seal_key *private_key;
	struct proof p = {.public_key = public_key, .wanted = wanted};
	struct buf text;
	bool same;
	int rc;

	buf_init(&text, SEAL_RECOVERY_TEXT);
	rc = shop_open(&shop, c, err);
	if (rc == 0)
		rc = recovery_read(path, &text, err);
	if (rc == 0)
		rc = recovery_open(c, &text, public_key, &private_key, err);
	buf_clear(&text);
	if (rc != 0)
		return -1;
	same = shop.settings.has_recovery_key &&
	       seal_equal(shop.settings.recovery_key, public_key, sizeof(public_key));
	p.private_key = private_key;
	rc = open_an_order(&shop, &p, err);
	if (rc == 0)
		rc = judge(&p, shop.settings.has_recovery_key, same, err);
	seal_key_free(private_key);
	if (rc == 0)
		say_verified(c, public_key, same, &p);
	return rc;
}

int
control_recovery_key(const struct control *c, int argc, char *argv[])
{
	struct error err = {0};
	int64_t number = 0;
	int rc;

	if (argc < 2)
		return CONTROL_USAGE;
	rc = typed_start(&err);
	if (rc == 0 && argc == 2 && strcmp(argv[0], "create") == 0)
		rc = create(c, argv[1], &err);
	else if (rc == 0 && (argc == 2 || argc == 3) &&
		 strcmp(argv[0], "verify") == 0 &&
		 (argc == 2 || text_number(argv[2], 1, UINT32_MAX, &number) == 0))
		rc = verify(c, argv[1], (uint32_t)number, &err);
	else if (rc == 0)
		rc = error_set(&err, ERROR_INPUT,
			       "recovery-key create FILE, or verify FILE [N]");
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
