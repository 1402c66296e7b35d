#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static void
must(int rc, const struct error *err, const char *what)
{
	if (rc == 0)
		return;
	printf("Bail out! %s: %s\n", what, err->text);
	exit(99);
}

void
help_folder(char *name)
{
	struct error err = {.text = "cannot make a folder"};

	must(seal_start(&err) == 0 && mkdtemp(name) != NULL ? 0 : -1, &err, name);
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void
help_remove(const char *folder)
{
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void
help_fresh(const char *folder)
{
	struct error err;

	help_remove(folder);
	if (mkdir(folder, 0700) != 0)
		must(error_errno(&err, "mkdir"), &err, folder);
}

void
help_engines(const char *name, void (*run)(const struct store_options *engine))
{
	char folder[64], lmdb[80];
	struct store_options options = {.engine = "ram", .folder = "ram"};

	text_copy(folder, sizeof(folder), name);
	help_folder(folder);
	tap_diag("engine ram");
	run(&options);
	snprintf(lmdb, sizeof(lmdb), "%s/lmdb", folder);
	help_fresh(lmdb);
	options = (struct store_options){.engine = "lmdb", .folder = lmdb};
	tap_diag("engine lmdb");
	run(&options);
	help_remove(folder);
}

struct store *
help_open(const struct store_options *options)
{
	struct store *s;
	struct error err = {0};

	must(store_open(options, &s, &err), &err, "cannot open the store");
	return s;
}

void
help_order(struct store *s, struct order *o)
{
	struct error err;

	order_init(o);
	must(store_next_number(s, &o->number, &err), &err, "no number");
	uuid_make(o->uuid);
	uuid_make(o->key);
	uuid_make(o->key + UUID_BYTES);
	o->state = ORDER_HELD;
	o->identification = ORDER_ID_CODE;
	text_copy(o->printer, sizeof(o->printer), "photo");
	text_copy(o->user, sizeof(o->user), "anna");
	o->created = 1700000000;
	o->due = 1700000000 + o->number;
}

int
help_document(struct store *s, struct order *o, size_t clear, size_t step,
	      struct error *err)
{
	static const uint8_t white[SEAL_CHUNK_CLEAR];
	static uint8_t sealed[SEAL_CHUNK_MAX];
	struct order_document *d = order_add_document(o);
	struct seal_key *key = seal_key_random();
	struct seal_stream *stream;
	int rc = 0;

	uuid_make(d->body);
	text_copy(d->format, sizeof(d->format), "image/jpeg");
	seal_stream_open("aes-256-gcm", key, o->uuid, &stream, NULL);
	do {
		size_t n = clear - d->length < step ? clear - d->length : step;
		seal_stream_seal(stream, d->length + n == clear, white, n, sealed,
				 NULL);
		rc = store_append(s, d->body, d->chunks, sealed, n + SEAL_OVERHEAD,
				  err);
		if (rc != 0)
			break;
		d->length += n;
		d->chunks++;
	} while (d->length < clear);
	seal_stream_close(stream);
	seal_key_free(key);
	return rc;
}

void
help_insert(struct store *s, struct order *o)
{
	struct error err;

	help_order(s, o);
	must(help_document(s, o, 1000, 600, &err), &err, "cannot append");
	must(store_insert(s, o, &err), &err, "cannot insert");
}

int
help_move(struct store *s, const struct order *o, enum order_state to,
	  struct error *err)
{
	struct order now;
	int rc = store_get(s, o->uuid, &now, err);

	if (rc != 0)
		return rc;
	now.state = (uint8_t)to;
	rc = store_update(s, &now, true, err);
	order_clear(&now);
	return rc;
}

static void
diag(const char *sentence, void *context)
{
	(void)context;
	tap_diag("fault: %s", sentence);
}

void
help_plant(struct store *s, enum kv_table table, struct kv_span key,
	   struct kv_span value)
{
	if (kv_put(s->kv, table, key, value, NULL) != 0)
		exit(99);
	s->changed = true;
	if (store_flush(s, NULL) != 0)
		exit(99);
}

uint64_t
help_check(struct store *s)
{
	struct store_health health;
	struct error err = {0};

	must(store_check(s, diag, NULL, &health, &err), &err, "cannot check");
	return health.faults;
}

void
help_tidy(struct store *s)
{
	struct error err;
	bool more = true;

	while (more) {
		must(store_tidy(s, &more, &err), &err, "cannot tidy");
		must(store_flush(s, &err), &err, "cannot flush");
	}
}

int
help_sound_chunks(struct store *s, const struct order *o)
{
	struct buf b;
	int sound = 0;

	buf_init(&b, SEAL_CHUNK_MAX);
	for (uint32_t i = 0; i < o->document_count; i++)
		for (uint32_t c = 0; c < o->documents[i].chunks; c++)
			sound += store_read_chunk(s, o->documents[i].body, c, &b,
						  NULL) == 0 &&
				 seal_chunk_sound(b.data, b.len);
	buf_clear(&b);
	return sound;
}
