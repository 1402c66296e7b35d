/*
 * shop.h - the spoold of this machine as its settings say it: folders, user, lock.
 *
 * What touches the store's files does so as spoold's user, never as root: a file of root's
 * making in there would stop keep at its next start.
 */
#ifndef CC_TOOLS_STORE_SHOP_H
#define CC_TOOLS_STORE_SHOP_H

#include "lib/sandbox/sandbox.h"
#include "spoold/settings.h"
#include "spoold/store/store.h"

#include "tools/control/control.h"

#define SHOP_PATH_MAX (SETTINGS_PATH_MAX + 64)

struct shop {
	struct settings settings;
	struct sandbox_user user; /* keep's */
	char store[SHOP_PATH_MAX], keep[SHOP_PATH_MAX], secrets[SHOP_PATH_MAX];
	int lock; /* of STATE/lock, -1: not held */
};

/* The settings, and who spoold is. Who is neither root nor that user is ERROR_REFUSED. */
int shop_open(struct shop *shop, const struct control *c, struct error *err);
void shop_close(struct shop *shop);
/* Makes folders that a machine without a spoold has not yet. */
int shop_make_folders(const struct shop *shop, struct error *err);
/* Keeps spoold from starting; ERROR_CONFLICT while it runs. */
int shop_lock(struct shop *shop, struct error *err);
/* For ever: spoold's user. */
int shop_become_user(const struct shop *shop, struct error *err);
struct store_options shop_options(const struct shop *shop);

#endif
