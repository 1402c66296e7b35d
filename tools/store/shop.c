#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/store/shop.h"

static int
find_user(struct shop *shop, struct error *err)
{
	shop->user = (struct sandbox_user){geteuid(), getegid()};
	if (geteuid() == 0) {
		if (sandbox_find_user(shop->settings.user, &shop->user, err) != 0)
			return error_prefix(err, "setting user");
		if (shop->user.uid == 0)
			return error_set(
				err, ERROR_INPUT,
				"setting user: '%s' is root; name a user without "
				"rights",
				shop->settings.user);
		return 0;
	}
	if (access(shop->settings.state_directory, F_OK) == 0 &&
	    access(shop->store, R_OK | X_OK) != 0)
		return error_set(
			err, ERROR_REFUSED,
			"'%s' is not yours: this is for root, or for spoold's user",
			shop->store);
	return 0;
}

int
shop_open(struct shop *shop, const struct control *c, struct error *err)
{
	const char *state = shop->settings.state_directory;

	shop->lock = -1;
	if (settings_read(&shop->settings, c->config, err) != 0)
		return -1;
	snprintf(shop->store, sizeof(shop->store), "%s/store", state);
	snprintf(shop->keep, sizeof(shop->keep), "%s/keep", state);
	snprintf(shop->secrets, sizeof(shop->secrets), "%s/keep/site-secrets", state);
	return find_user(shop, err);
}

void
shop_close(struct shop *shop)
{
	if (shop->lock >= 0)
		close(shop->lock);
	shop->lock = -1;
}

static int
make_folder(const char *path, mode_t mode, const struct sandbox_user *user,
	    struct error *err)
{
	if (mkdir(path, mode) != 0)
		return errno == EEXIST
			       ? 0
			       : error_errno(err, "cannot make the folder '%s'", path);
	if (chmod(path, mode) != 0 ||
	    (user != NULL && geteuid() == 0 && chown(path, user->uid, user->gid) != 0))
		return error_errno(err, "cannot set owner and mode of '%s'", path);
	return 0;
}

/* As spoold's folders.c would; it mends them at its start. */
int
shop_make_folders(const struct shop *shop, struct error *err)
{
	const char *state = shop->settings.state_directory;
	char part[SHOP_PATH_MAX];

	for (const char *at = strchr(state + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - state), state);
		if (make_folder(part, 0755, NULL, err) != 0)
			return -1;
	}
	if (make_folder(state, 0711, NULL, err) != 0 ||
	    make_folder(shop->store, 0700, &shop->user, err) != 0)
		return -1;
	return make_folder(shop->keep, 0700, &shop->user, err);
}

int
shop_lock(struct shop *shop, struct error *err)
{
	char path[SHOP_PATH_MAX];

	snprintf(path, sizeof(path), "%s/lock", shop->settings.state_directory);
	shop->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (shop->lock < 0 && errno == EACCES)
		shop->lock = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (shop->lock < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (flock(shop->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	shop_close(shop);
	return error_set(err, ERROR_CONFLICT, "spoold works in '%s': stop it first",
			 shop->settings.state_directory);
}

int
shop_become_user(const struct shop *shop, struct error *err)
{
	umask(077);
	return geteuid() == 0 ? sandbox_drop(&shop->user, NULL, err) : 0;
}

struct store_options
shop_options(const struct shop *shop)
{
	return (struct store_options){.engine = "lmdb",
				      .folder = shop->store,
				      .map_bytes = (uint64_t)shop->settings.map_gb
						   << 30};
}
