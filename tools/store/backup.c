/*
 * backup.c - spoolctl backup and compact: whole copies of the store.
 *
 * A backup is taken beside a running spoold by a reader; keep goes on, and pages that it
 * frees meanwhile are not used again, so its file may grow. The copy is read once more from
 * end to end before it counts: a backup that was never read is none.
 *
 * The folder is entered by root and then given to spoold's user, who may not come there by
 * its path; so the worker works in it as ".".
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "tools/jsontext.h"

#include "tools/store/about.h"
#include "tools/store/work.h"

enum number { ORDERS, BYTES, SECRETS, FILE_WAS, FILE_IS };
enum secrets { SECRETS_APART, SECRETS_SEALED, SECRETS_CLEAR };

struct backup {
	const struct control *c;
	int folder;
};

/* --- backup --- */

static int
copy_secrets(const struct backup *b, const struct shop *shop, enum secrets *how,
	     struct error *err)
{
	struct buf text;
	int rc = 0;

	*how = SECRETS_APART;
	buf_init(&text, SEAL_SITE_BOX_MAX);
	if (b->c->with_secrets) {
		*how = SECRETS_CLEAR;
		rc = fs_read_file(shop->secrets, &text, err);
		if (rc == 0)
			rc = fs_write_file(ABOUT_CLEAR, 0600, text.data, text.len, err);
	} else if (shop->settings.has_recovery_key) {
		*how = SECRETS_SEALED;
		rc = seal_site_box(shop->secrets, shop->settings.recovery_key, &text,
				   err);
		if (rc == 0)
			rc = fs_write_file(ABOUT_BOX, 0600, text.data, text.len, err);
	}
	buf_clear(&text);
	return rc;
}

/* Of what was written, as a restore would find it. */
static int
read_again(struct work *w, struct error *err)
{
	struct store_options copy = {
		.engine = "lmdb", .folder = ".", .read_only = true};
	struct store_health health;
	struct store *s;
	int rc;

	if (store_open(&copy, &s, err) != 0)
		return -1;
	rc = store_check(s, work_say, w, &health, err);
	store_close(s);
	unlink("lock.mdb");
	if (rc != 0)
		return -1;
	work_number(w, ORDERS, store_orders(&health));
	work_number(w, BYTES, health.bytes);
	return 0;
}

static int
copy_store(struct work *w, const struct shop *shop, struct error *err)
{
	struct store_options look = shop_options(shop);
	struct store_health health;
	struct store_size size;
	struct store *s;
	int rc;

	look.read_only = true;
	if (store_open(&look, &s, err) != 0)
		return -1;
	store_size(s, &size);
	work_total(w, size.file - size.spare);
	rc = store_count(s, &health, err);
	if (rc == 0)
		rc = store_backup(s, ".", err);
	store_close(s);
	return rc;
}

static int
write_about(const struct shop *shop, struct error *err)
{
	struct seal_site *site;
	int rc;

	if (seal_site_open(shop->secrets, false, &site, err) != 0)
		return -1;
	rc = about_write(ABOUT_NAME, site, err);
	seal_site_close(site);
	return rc;
}

/* The secrets after the store: whatever it names is still among them. */
static int
make_backup(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	const struct backup *b = context;
	enum secrets how;

	if (fchdir(b->folder) != 0)
		return error_errno(err, "cannot enter the backup's folder");
	if (copy_store(w, shop, err) != 0 || copy_secrets(b, shop, &how, err) != 0 ||
	    write_about(shop, err) != 0)
		return -1;
	work_number(w, SECRETS, how);
	return read_again(w, err);
}

/* The folder's own name must be durable, too. */
static int
sync_parent(int folder, const char *path, struct error *err)
{
	int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = parent >= 0 ? fsync(parent) : -1;

	if (rc != 0)
		error_errno(err, "cannot sync the folder of '%s'", path);
	if (parent >= 0)
		close(parent);
	return rc;
}

static int
open_folder(const char *path, const struct shop *shop, struct error *err)
{
	int fd;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return error_errno(err, "cannot make the folder '%s'", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open the folder '%s'", path);
	if (faccessat(fd, "data.mdb", F_OK, 0) == 0)
		error_set(err, ERROR_CONFLICT, "there is a backup in '%s' already",
			  path);
	else if (geteuid() == 0 && fchown(fd, shop->user.uid, shop->user.gid) != 0)
		error_errno(err, "cannot give the folder '%s' to user '%s'", path,
			    shop->settings.user);
	else if (fchmod(fd, 0700) != 0)
		error_errno(err, "cannot set the mode of '%s'", path);
	else if (sync_parent(fd, path, err) == 0)
		return fd;
	close(fd);
	return -1;
}

struct found {
	bool any;
};

static void
say_fault(const char *sentence, void *context)
{
	struct found *f = context;

	f->any = true;
	fprintf(stderr, "spoolctl: in the backup: %s\n", sentence);
}

static void
report_backup(const struct control *c, const char *folder, const struct work_result *r)
{
	static const char *const words[] = {"apart", "sealed", "clear"};
	static const char *const sentences[] = {
		"The site secrets are NOT in it, and without them it opens nothing: "
		"keep a copy "
		"of\nSTATE/keep/site-secrets in another place, or set up a recovery "
		"key.",
		"The site secrets are in it, sealed to the recovery key.",
		"The site secrets are in it in clear: who has it can try PINs at "
		"leisure. Lock it "
		"up."};
	uint64_t how = r->numbers[SECRETS] < 3 ? r->numbers[SECRETS] : 0;
	char size[32];
	json_t *row;

	if (c->json) {
		row = json_object();
		json_object_set_new(row, "folder", jsontext(folder));
		json_object_set_new(row, "orders",
				    json_integer((json_int_t)r->numbers[ORDERS]));
		json_object_set_new(row, "bytes",
				    json_integer((json_int_t)r->numbers[BYTES]));
		json_object_set_new(row, "secrets", json_string(words[how]));
		jsontext_print(row, 2);
		return;
	}
	work_size_text(size, r->numbers[BYTES]);
	printf("%llu orders, %s of documents, copied to '%s' and read again.\n%s\n",
	       (unsigned long long)r->numbers[ORDERS], size, folder, sentences[how]);
}

int
control_backup(const struct control *c, int argc, char *argv[])
{
	static struct shop shop;
	struct found found = {false};
	struct backup b = {.c = c, .folder = -1};
	struct work_plan plan = {.title = "copying",
				 .run = make_backup,
				 .context = &b,
				 .line = say_fault,
				 .line_context = &found,
				 .grows = "data.mdb.part"};
	struct work_result result;
	struct error err = {0};
	int rc;

	if (argc != 1)
		return CONTROL_USAGE;
	rc = shop_open(&shop, c, &err);
	if (rc == 0)
		rc = b.folder = plan.grows_in = open_folder(argv[0], &shop, &err);
	if (rc >= 0)
		rc = work_run(&plan, &shop, &result, &err);
	if (b.folder >= 0)
		close(b.folder);
	shop_close(&shop);
	if (rc != 0)
		return control_fault(&err);
	report_backup(c, argv[0], &result);
	return found.any ? CONTROL_FAULTS : CONTROL_OK;
}

/* --- compact --- */

static int
make_compact(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	const struct store_options options = shop_options(shop);
	struct store_size size;
	struct store *s;
	int rc;

	(void)context;
	if (store_open(&options, &s, err) != 0)
		return -1;
	store_size(s, &size);
	work_total(w, size.file - size.spare);
	work_number(w, FILE_WAS, size.file);
	rc = store_compact(s, err);
	store_size(s, &size);
	work_number(w, FILE_IS, size.file);
	store_close(s);
	return rc;
}

static void
report_compact(const struct control *c, const struct work_result *r)
{
	char was[32], is[32];
	json_t *row;

	if (c->json) {
		row = json_object();
		json_object_set_new(row, "was",
				    json_integer((json_int_t)r->numbers[FILE_WAS]));
		json_object_set_new(row, "is",
				    json_integer((json_int_t)r->numbers[FILE_IS]));
		jsontext_print(row, 2);
		return;
	}
	work_size_text(was, r->numbers[FILE_WAS]);
	work_size_text(is, r->numbers[FILE_IS]);
	printf("The store had %s, now it has %s.\n", was, is);
}

int
control_compact(const struct control *c, int argc, char *argv[])
{
	static struct shop shop;
	struct work_plan plan = {.title = "compacting",
				 .run = make_compact,
				 .grows = "data.mdb.compact"};
	struct work_result result;
	struct error err = {0};
	int rc;

	(void)argv;
	if (argc != 0)
		return CONTROL_USAGE;
	rc = shop_open(&shop, c, &err);
	if (rc == 0)
		rc = shop_lock(&shop, &err);
	if (rc == 0) {
		plan.grows_in = open(shop.store, O_PATH | O_DIRECTORY | O_CLOEXEC);
		rc = work_run(&plan, &shop, &result, &err);
		if (plan.grows_in >= 0)
			close(plan.grows_in);
	}
	shop_close(&shop);
	if (rc != 0)
		return control_fault(&err);
	report_compact(c, &result);
	return CONTROL_OK;
}
