/*
 * restore.c - spoolctl restore: a backup becomes the store of this machine.
 *
 * The secrets first, then the store: whatever ends us in between, no store is there without
 * them. They are compared with what the backup says of them, since another site's secrets of
 * the same numbers would open nothing, and nobody would know before the first customer.
 *
 * The backup is opened by who asks (root), and read as spoold's user through the descriptor.
 * The recovery key is opened by the worker: locked memory does not stay so over a fork.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "tools/jsontext.h"
#include "tools/station/typed.h"

#include "tools/store/about.h"
#include "tools/store/recovery.h"
#include "tools/store/work.h"

enum number { HELD, STOPPED, CORRUPT, ALL };

struct restore {
	const struct control *c;
	int data;	    /* the backup's file */
	struct buf about;   /* its text, zero-terminated; empty: none */
	struct buf secrets; /* to be put in place; empty: they are there */
	struct buf box;	    /* the same, sealed */
	struct buf key;	    /* the recovery key's text */
};

/* --- as who asks --- */

static int
read_part(const char *folder, const char *name, struct buf *text, struct error *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (access(path, F_OK) != 0)
		return 0;
	return fs_read_file(path, text, err);
}

static int
open_data(struct restore *r, const char *folder, struct error *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	r->data = open(path, O_RDONLY | O_CLOEXEC);
	if (r->data >= 0)
		return 0;
	if (errno == ENOENT)
		return error_set(err, ERROR_ABSENT,
				 "there is no backup in '%s' (no data.mdb)", folder);
	return error_errno(err, "cannot open '%s'", path);
}

/* Which secrets: those given, those that are there, those in the backup. */
static int
find_secrets(struct restore *r, const struct shop *shop, const char *folder,
	     struct error *err)
{
	if (r->c->secrets_file != NULL)
		return fs_read_file(r->c->secrets_file, &r->secrets, err);
	if (access(shop->secrets, F_OK) == 0)
		return 0;
	if (read_part(folder, ABOUT_CLEAR, &r->secrets, err) != 0 ||
	    read_part(folder, ABOUT_BOX, &r->box, err) != 0)
		return -1;
	if (r->secrets.len != 0)
		return 0;
	if (r->box.len == 0)
		return error_set(
			err, ERROR_ABSENT,
			"the backup has no site secrets, and without them no order "
			"can be opened: give the file with --secrets FILE");
	if (r->c->recovery_file == NULL)
		return error_set(
			err, ERROR_ABSENT,
			"the backup's site secrets are sealed to the recovery key: "
			"give its text with --recovery-key FILE");
	return recovery_read(r->c->recovery_file, &r->key, err);
}

static int
gather(struct restore *r, const struct shop *shop, const char *folder,
       struct error *err)
{
	if (open_data(r, folder, err) != 0 ||
	    read_part(folder, ABOUT_NAME, &r->about, err) != 0 ||
	    buf_append(&r->about, "", 1, err) != 0)
		return -1;
	return find_secrets(r, shop, folder, err);
}

/* --- as spoold's user --- */

/* At a place of their own, until they are known to be the right ones. */
static int
put_secrets(const struct restore *r, const char *path, struct error *err)
{
	uint8_t public_key[SEAL_KEY_BYTES];
	struct seal_key *private_key;
	int rc;

	if (unlink(path) != 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s'", path);
	if (r->secrets.len != 0)
		return fs_write_file(path, 0600, r->secrets.data, r->secrets.len, err);
	if (recovery_open(r->c, &r->key, public_key, &private_key, err) != 0)
		return -1;
	rc = seal_site_unbox(&r->box, public_key, private_key, path, err);
	seal_key_free(private_key);
	return rc;
}

static int
compare(const struct restore *r, const char *path, struct error *err)
{
	struct seal_site *site;
	int rc;

	if (seal_site_open(path, false, &site, err) != 0)
		return -1;
	rc = r->about.len > 1 ? about_compare((const char *)r->about.data, site, err)
			      : 0;
	seal_site_close(site);
	return rc;
}

static int
settle_secrets(const struct restore *r, const struct shop *shop, struct error *err)
{
	char fresh[SHOP_PATH_MAX + 16];

	if (r->secrets.len == 0 && r->box.len == 0) {
		if (compare(r, shop->secrets, err) == 0)
			return 0;
		return error_prefix(err, "'%s'", shop->secrets);
	}
	snprintf(fresh, sizeof(fresh), "%s.restore", shop->secrets);
	if (put_secrets(r, fresh, err) != 0 || compare(r, fresh, err) != 0) {
		unlink(fresh);
		return -1;
	}
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, shop->secrets, RENAME_NOREPLACE) == 0)
		return 0;
	error_errno(err, "cannot put the site secrets in their place");
	unlink(fresh);
	return -1;
}

static int
restore(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	const struct restore *r = context;
	const struct store_options options = shop_options(shop);
	struct store_options look = options;
	struct store_health h;
	struct stat st;
	struct store *s;
	int rc;

	if (fstat(r->data, &st) == 0)
		work_total(w, (uint64_t)st.st_size);
	if (settle_secrets(r, shop, err) != 0 ||
	    store_restore(r->data, &options, err) != 0)
		return -1;
	look.read_only = true;
	if (store_open(&look, &s, err) != 0)
		return -1;
	rc = store_count(s, &h, err);
	store_close(s);
	if (rc != 0)
		return -1;
	work_number(w, HELD, h.orders[ORDER_HELD]);
	work_number(w, STOPPED, h.orders[ORDER_STOPPED]);
	work_number(w, CORRUPT, h.orders[ORDER_CORRUPT]);
	work_number(w, ALL, store_orders(&h));
	return 0;
}

static void
report(const struct control *c, const struct work_result *r)
{
	json_t *row;

	if (c->json) {
		row = json_object();
		json_object_set_new(row, "orders",
				    json_integer((json_int_t)r->numbers[ALL]));
		json_object_set_new(row, "held",
				    json_integer((json_int_t)r->numbers[HELD]));
		json_object_set_new(row, "stopped",
				    json_integer((json_int_t)r->numbers[STOPPED]));
		json_object_set_new(row, "corrupt",
				    json_integer((json_int_t)r->numbers[CORRUPT]));
		jsontext_print(row, 2);
		return;
	}
	printf("%llu orders: %llu wait for their customers, %llu are stopped (they may "
	       "have "
	       "been\nproduced since the backup: they are released with a word that "
	       "they may "
	       "print\nagain), %llu are corrupt. Start spoold: it makes their jobs in "
	       "cupsd.\n",
	       (unsigned long long)r->numbers[ALL],
	       (unsigned long long)r->numbers[HELD],
	       (unsigned long long)r->numbers[STOPPED],
	       (unsigned long long)r->numbers[CORRUPT]);
}

int
control_restore(const struct control *c, int argc, char *argv[])
{
	static struct shop shop;
	struct restore r = {.c = c, .data = -1};
	struct work_plan plan = {.title = "restoring",
				 .run = restore,
				 .context = &r,
				 .grows = "restore/data.mdb"};
	struct work_result result;
	struct error err = {0};
	int rc;

	if (argc != 1)
		return CONTROL_USAGE;
	buf_init(&r.about, ABOUT_MAX);
	buf_init(&r.secrets, SEAL_SITE_BOX_MAX);
	buf_init(&r.box, SEAL_SITE_BOX_MAX);
	buf_init(&r.key, SEAL_RECOVERY_TEXT);
	rc = typed_start(&err);
	if (rc == 0)
		rc = shop_open(&shop, c, &err);
	if (rc == 0)
		rc = shop_make_folders(&shop, &err);
	if (rc == 0)
		rc = shop_lock(&shop, &err);
	if (rc == 0)
		rc = gather(&r, &shop, argv[0], &err);
	if (rc == 0) {
		plan.grows_in = open(shop.store, O_PATH | O_DIRECTORY | O_CLOEXEC);
		rc = work_run(&plan, &shop, &result, &err);
		if (plan.grows_in >= 0)
			close(plan.grows_in);
	}
	if (r.data >= 0)
		close(r.data);
	buf_clear(&r.about);
	buf_clear(&r.secrets);
	buf_clear(&r.box);
	buf_clear(&r.key);
	shop_close(&shop);
	if (rc != 0)
		return control_fault(&err);
	report(c, &result);
	return CONTROL_OK;
}
