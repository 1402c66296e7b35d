/*
 * about.h - what a backup says of itself, beside the store's file: the text `about`.
 *
 *   claimcheck backup 1
 *   made 2026-11-27T20:15:00Z
 *   secret 3 HEX32        (for each site secret: its print, which opens nothing)
 *
 * A restore compares the prints with the secrets that are to be used: with another site's
 * secrets of the same numbers no customer's code would ever be right.
 */
#ifndef CC_TOOLS_STORE_ABOUT_H
#define CC_TOOLS_STORE_ABOUT_H

#include "lib/seal/seal.h"

#define ABOUT_NAME  "about"
#define ABOUT_CLEAR "site-secrets"
#define ABOUT_BOX   "site-secrets.sealed"
#define ABOUT_MAX   4096

int about_write(const char *path, const struct seal_site *site, struct error *err);
/* ERROR_CONFLICT where the text names a secret that the site has not. */
int about_compare(const char *text, const struct seal_site *site, struct error *err);

#endif
