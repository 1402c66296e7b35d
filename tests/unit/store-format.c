/*
 * store-format.c - every format that a store ever had is opened, and brought to today's,
 * whatever breaks that off.
 *
 * tests/unit/store-format-N.mdb was made by `store-format make FOLDER` when N was today's.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static char folder[] = "/tmp/claimcheck-format-XXXXXX";
static char store_folder[64], data_file[128];
static struct store_options options = {.engine = "lmdb", .folder = store_folder};

#define FORMATS 4

#define FETCH_UNTIL INT64_C(1700600000) /* since format 2 */

static const uint8_t fixed_uuid[UUID_BYTES] = "one of format 1";
static const uint8_t fixed_key[ORDER_KEY_BYTES] = "its identification key has 32 b";
static const char fixed_text[] = "a picture that was sealed long ago";

/* The document's key is not in the store: the test knows it. */
static void
seal_fixed(struct store *s, struct order *o)
{
	uint8_t sealed[sizeof(fixed_text) + SEAL_OVERHEAD];
	struct order_document *d = order_add_document(o);
	struct seal_key *key = seal_key_new();
	struct seal_stream *stream;

	memcpy(d->body, "its body's id 01", UUID_BYTES);
	memcpy(key->bytes, fixed_key, sizeof(key->bytes));
	seal_stream_open("chacha20-poly1305", key, o->uuid, &stream, NULL);
	seal_stream_seal(stream, true, fixed_text, sizeof(fixed_text), sealed, NULL);
	seal_stream_close(stream);
	seal_key_free(key);
	d->length = sizeof(fixed_text);
	d->chunks = 1;
	if (store_append(s, d->body, 0, sealed, sizeof(sealed), NULL) != 0)
		exit(99);
}

static int
make_format(const char *to)
{
	struct store *s;
	struct order o;
	struct error err = {0};

	help_fresh(store_folder);
	s = help_open(&options);
	help_order(s, &o);
	memcpy(o.uuid, fixed_uuid, UUID_BYTES);
	memcpy(o.key, fixed_key, ORDER_KEY_BYTES);
	memset(o.user_key, 8, ORDER_KEY_BYTES);
	memcpy(o.name, "holiday", 8);
	memcpy(o.host, "counter", 8);
	o.fetch_until = FETCH_UNTIL;
	seal_fixed(s, &o);
	if (store_audit_append(s, "an entry", 8, &err) != 0 ||
	    store_insert(s, &o, &err) != 0 || store_flush(s, &err) != 0 ||
	    store_backup(s, to, &err) != 0)
		tap_diag("%s", err.text);
	store_close(s);
	order_clear(&o);
	help_remove(folder);
	return err.kind != ERROR_NONE;
}

static bool
opens_fixed(struct store *s, const struct order *o)
{
	struct seal_key *key = seal_key_new();
	struct seal_stream *stream;
	char clear[sizeof(fixed_text)] = "";
	struct buf b;
	bool same;

	buf_init(&b, SEAL_CHUNK_MAX);
	memcpy(key->bytes, fixed_key, sizeof(key->bytes));
	seal_stream_open("chacha20-poly1305", key, o->uuid, &stream, NULL);
	same = store_read_chunk(s, o->documents[0].body, 0, &b, NULL) == 0 &&
	       b.len == sizeof(clear) + SEAL_OVERHEAD &&
	       seal_stream_unseal(stream, true, b.data, b.len, clear, NULL) == 0 &&
	       strcmp(clear, fixed_text) == 0;
	seal_stream_close(stream);
	seal_key_free(key);
	buf_clear(&b);
	return same;
}

/* The fixture of that format in the store's folder. */
static int
lay_out(int format, struct error *err)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[PATH_MAX];
	struct buf file;
	int rc;

	help_fresh(store_folder);
	buf_init(&file, 1 << 20);
	snprintf(path, sizeof(path), "%s/tests/unit/store-format-%d.mdb",
		 top != NULL ? top : ".", format);
	rc = fs_read_file(path, &file, err);
	if (rc == 0)
		rc = fs_write_file(data_file, 0600, file.data, file.len, err);
	buf_clear(&file);
	return rc;
}

static bool
is_counted(struct store *s, const struct order *o)
{
	struct store_usage owner, printer;

	return store_usage_owner(s, o->user, o->host, &owner, NULL) == 0 &&
	       store_usage_printer(s, o->printer, &printer, NULL) == 0 &&
	       owner.orders == 1 && owner.bytes == sizeof(fixed_text) &&
	       memcmp(&owner, &printer, sizeof(owner)) == 0;
}

/* An entry, since format 3. */
static bool
has_audit(struct store *s, int format)
{
	struct store_audit head;
	uint64_t faults = 99;

	store_audit(s, &head);
	return head.first == 1 && head.last == (format >= 3 ? 1 : 0) &&
	       store_audit_verify(s, NULL, NULL, &faults, NULL) == 0 && faults == 0;
}

static void
every_earlier_format_opens(void)
{
	struct store *s;
	struct order o;
	struct error err;

	for (int format = 1; format <= FORMATS; format++) {
		if (lay_out(format, &err) != 0) {
			TAP_OK(false, "format %d: %s", format, err.text);
			continue;
		}
		s = help_open(&options);
		TAP_OK(store_get_key(s, fixed_key, &o, &err) == 0 &&
			       memcmp(o.uuid, fixed_uuid, UUID_BYTES) == 0 &&
			       strcmp(o.name, "holiday") == 0 && opens_fixed(s, &o),
		       "an order of format %d is found, and its document opens",
		       format);
		TAP_OK(o.fetch_until == (format == 1 ? 0 : FETCH_UNTIL),
		       "it has what its format had");
		TAP_OK(has_audit(s, format), "and the audit that its format had");
		TAP_OK(is_counted(s, &o), "its owner and its printer have it in use");
		TAP_OK(help_check(s) == 0 &&
			       help_move(s, &o, ORDER_RELEASED, &err) == 0 &&
			       store_flush(s, &err) == 0,
		       "no invariant is broken, and it goes on");
		order_clear(&o);
		store_close(s);
	}
}

/* In a process of its own: LMDB can't be open twice in one. */
static int
in_another_process(int (*look)(void))
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(look());
	if (child > 0)
		waitpid(child, &status, 0);
	return status;
}

static int
look_at_format_1(void)
{
	struct store_options look = options;
	struct store_health health;
	struct store_usage usage;
	struct error err;
	struct order o;
	struct store *s;
	int rc;

	look.read_only = true;
	s = help_open(&look);
	rc = store_get_key(s, fixed_key, &o, &err) != 0 ||
	     store_usage_owner(s, o.user, o.host, &usage, &err) != 0 ||
	     usage.orders != 0 || store_check(s, NULL, NULL, &health, &err) != -1 ||
	     err.kind != ERROR_INPUT;
	tap_diag("%s", err.text);
	order_clear(&o);
	store_close(s);
	return rc;
}

static int
restore_format_1(void)
{
	struct store_options to = options;
	char restored[96];
	struct error err = {0};
	struct order o;
	struct store *s;
	int backup = open(data_file, O_RDONLY | O_CLOEXEC), rc;

	snprintf(restored, sizeof(restored), "%s/restored", folder);
	to.folder = restored;
	rc = mkdir(restored, 0700) == 0 ? store_restore(backup, &to, &err) : -1;
	close(backup);
	if (rc != 0) {
		tap_diag("%s", err.text);
		return 1;
	}
	s = help_open(&to);
	rc = store_get_key(s, fixed_key, &o, &err) != 0 || !is_counted(s, &o) ||
	     help_check(s) != 0;
	order_clear(&o);
	store_close(s);
	return rc;
}

static void
a_backup_of_format_1_is_looked_at_and_restored(void)
{
	struct error err;
	struct store *s;

	if (lay_out(1, &err) != 0)
		exit(99);
	TAP_OK(in_another_process(look_at_format_1) == 0,
	       "who only looks sees the orders of format 1, and is told the rest");
	TAP_OK(in_another_process(restore_format_1) == 0,
	       "a backup of format 1 is restored as one of today's");
	s = help_open(&options);
	TAP_OK(help_check(s) == 0, "and it is as it was");
	store_close(s);
}

/* --- an upgrade that is broken off --- */

enum { MANY = 3500 }; /* more than three turns of the upgrade */

/* Takes back what the upgrade does; with an owner row as format 1 had it. */
static void
make_old_row(struct store *s, uint32_t number)
{
	struct row rows[ROWS_MAX];
	struct order o;
	struct error err;

	if (order_by_number(s, number, &o, &err) != 0)
		exit(99);
	for (size_t n = rows_of(&o, rows); n > 0; n--) {
		if (rows[n - 1].table != KV_OWNER)
			continue;
		rows[n - 1].value.len = 9;
		put_rows(s, &rows[n - 1], 1, &err);
	}
	order_clear(&o);
}

static void
make_old_head(struct store *s)
{
	struct key format = key_of_u32(1), key = key_of_bytes("counts", 6);
	struct usage_sums sums;
	struct kv_span v;
	uint8_t counts[256];
	struct error err;

	usage_add_up(s, &sums, &err);
	for (size_t i = 0; i < sums.count; i++)
		kv_del(s->kv, KV_USAGE,
		       (struct kv_span){sums.at[i].key, sums.at[i].len}, &err);
	usage_sums_clear(&sums);
	if (kv_get(s->kv, KV_META, key_span(&key), &v, &err) != 1)
		exit(99);
	memcpy(counts, v.data, v.len);
	kv_put(s->kv, KV_META, key_span(&key),
	       (struct kv_span){counts, (ORDER_CORRUPT + 2) * sizeof(uint64_t)}, &err);
	key = key_of_bytes("format", 6);
	put_meta(s, &key, &format, &err);
}

/* MANY orders of ten owners, in format 1. */
static void
make_many(void)
{
	struct store *s;
	struct order o;
	struct error err = {0};

	help_fresh(store_folder);
	s = help_open(&options);
	for (int i = 0; i < MANY; i++) {
		help_order(s, &o);
		snprintf(o.user, sizeof(o.user), "user %d", i % 5);
		snprintf(o.host, sizeof(o.host), "host %d", i % 2);
		if (help_document(s, &o, 10, 10, &err) != 0 ||
		    store_insert(s, &o, &err) != 0)
			exit(99);
		order_clear(&o);
	}
	store_flush(s, &err);
	for (uint32_t number = 1; number <= MANY; number++)
		make_old_row(s, number);
	make_old_head(s);
	if (s->kv->engine->commit(s->kv, &err) != 0)
		exit(99);
	s->next_number = s->numbers_end; /* else closing writes today's counts */
	store_close(s);
}

static unsigned writes_left;
static const struct kv_engine *real;

static int
dying_commit(struct kv *kv, struct error *err)
{
	if (writes_left-- == 0)
		kill(getpid(), SIGKILL);
	return real->commit(kv, err);
}

/* As store_open, with an engine that dies in the middle of its work. */
static int
upgrade_until(unsigned commits)
{
	static struct kv_engine dying;
	struct store *s = calloc(1, sizeof(*s));
	struct error err = {0};

	INVARIANT(s != NULL);
	writes_left = commits;
	real = &kv_lmdb;
	dying = kv_lmdb;
	dying.commit = dying_commit;
	buf_init(&s->record, ORDER_RECORD_MAX);
	if (kv_lmdb.open(&options, &s->kv, &err) != 0)
		return 1;
	s->kv->engine = &dying;
	return store_read_head(s, &err) != 0;
}

static void
an_upgrade_goes_on_where_it_was_broken_off(void)
{
	int status, killed = 0, whole = 0;
	struct store_usage usage;
	struct error err;
	struct store *s;
	pid_t child;

	make_many();
	for (unsigned commits = 0; commits < 20; commits++) {
		child = fork();
		if (child == 0)
			_exit(upgrade_until(commits % 2));
		waitpid(child, &status, 0);
		killed += WIFSIGNALED(status);
		whole += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	TAP_OK(killed >= 4 && whole > 0,
	       "killed %d times on its way, it still comes to its end", killed);
	s = help_open(&options);
	store_usage_owner(s, "user 3", "host 1", &usage, &err);
	TAP_OK(usage.orders == MANY / 10 && usage.bytes == MANY,
	       "every owner has what he had");
	TAP_OK(help_check(s) == 0, "no invariant is broken");
	store_close(s);
}

static void
a_later_format_is_refused(void)
{
	struct key key = key_of_bytes("format", 6), format = key_of_u32(FORMATS + 1);
	struct store *s;
	struct error err = {0};

	help_fresh(store_folder);
	s = help_open(&options);
	put_meta(s, &key, &format, &err);
	s->kv->engine->commit(s->kv, &err);
	store_close(s);
	TAP_OK(store_open(&options, &s, &err) == -1 && err.kind == ERROR_INPUT, "%s",
	       err.text);
}

int
main(int argc, char **argv)
{
	help_folder(folder);
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	help_fresh(store_folder);
	if (argc == 3 && strcmp(argv[1], "make") == 0)
		return make_format(argv[2]);
	every_earlier_format_opens();
	a_backup_of_format_1_is_looked_at_and_restored();
	an_upgrade_goes_on_where_it_was_broken_off();
	a_later_format_is_refused();
	help_remove(folder);
	return tap_done();
}
