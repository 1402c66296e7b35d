#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/plate/manifest.h"
#include "lib/seal/seal.h"
#include "tests/crash/platemaker.h"

#define PATH_BYTES  512
#define FILE_BYTES  (PATH_BYTES + MANIFEST_NAME_MAX)
#define PLATE_BYTES (64u << 20)

static unsigned taken_away; /* so far: makes names new */

/* order-7, or order-7-2. */
static bool
read_name(struct plate_set *set, const char *name)
{
	char rest;
	int n;

	text_copy(set->name, sizeof(set->name), name);
	set->document = 1;
	n = sscanf(name, "order-%u-%u%c", &set->number, &set->document, &rest);
	if (n == 2)
		return true;
	set->document = 1;
	return sscanf(name, "order-%u%c", &set->number, &rest) == 1;
}

static bool
is_plate(const char *folder, const struct manifest_plate *p, struct buf *file)
{
	uint8_t digest[SEAL_KEY_BYTES];
	char path[FILE_BYTES];
	struct seal_digest *d;

	file->len = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, p->file);
	if (fs_read_file(path, file, NULL) != 0 || file->len != p->bytes)
		return false;
	d = seal_digest_new();
	seal_digest_add(d, file->data, file->len);
	seal_digest_end(d, digest);
	return memcmp(digest, p->digest, MANIFEST_DIGEST) == 0;
}

static unsigned
files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned files = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		files += strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	if (dir != NULL)
		closedir(dir);
	return files;
}

static void
look_over(const char *folder, struct plate_set *set)
{
	char path[FILE_BYTES];
	unsigned files = 1; /* the manifest */
	struct manifest m;
	struct buf file;
	struct error err;

	buf_init(&file, PLATE_BYTES);
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, folder);
	if (fs_read_file(path, &file, &err) != 0 ||
	    manifest_read(&m, file.data, file.len, &err) != 0) {
		snprintf(set->fault, sizeof(set->fault), "manifest: %.100s", err.text);
		buf_clear(&file);
		return;
	}
	for (uint32_t i = 0; i < m.count && set->fault[0] == '\0'; i++) {
		if (m.plates[i].file[0] == '\0')
			continue; /* blank */
		files++;
		if (!is_plate(folder, &m.plates[i], &file))
			snprintf(set->fault, sizeof(set->fault), "%.100s is not whole",
				 m.plates[i].file);
	}
	if (set->fault[0] == '\0' && files != files_in(folder))
		snprintf(set->fault, sizeof(set->fault), "%u files where %u belong",
			 files_in(folder), files);
	set->whole = set->fault[0] == '\0';
	manifest_clear(&m);
	buf_clear(&file);
}

static int
take_one(const char *hot, const char *away, const char *name, platemaker_fn *take,
	 void *context, struct error *err)
{
	char from[PATH_BYTES], to[PATH_BYTES];
	struct plate_set set = {.fault = ""};

	snprintf(from, sizeof(from), "%s/%s", hot, name);
	if (read_name(&set, name))
		look_over(from, &set);
	else
		text_copy(set.fault, sizeof(set.fault), "no name of a set");
	if (!take(&set, context))
		return 0;
	snprintf(to, sizeof(to), "%s/%s.%u", away, name, ++taken_away);
	return rename(from, to) == 0 ? 0
				     : error_errno(err, "cannot take '%s' away", from);
}

int
platemaker_look(const char *hot, const char *away, platemaker_fn *take, void *context,
		struct error *err)
{
	DIR *dir = opendir(hot);
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL)
		return error_errno(err, "cannot look into '%s'", hot);
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			rc = take_one(hot, away, entry->d_name, take, context, err);
	closedir(dir);
	return rc;
}
