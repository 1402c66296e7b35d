/*
 * site.h - inside lib/seal only: a site's secrets, with the keys derived from them.
 */
#ifndef CC_SEAL_SITE_H
#define CC_SEAL_SITE_H

#include "lib/seal/seal.h"

#define SITE_FILE_MAX 4096 /* 16 lines of at most 76 bytes, and the head */

struct site_secret {
	uint32_t number;
	uint8_t master[SEAL_KEY_BYTES];
	uint8_t index[SEAL_KEY_BYTES]; /* S': "ccindex_" */
	uint8_t blind[SEAL_KEY_BYTES]; /* S'': "ccblind_" */
	uint8_t grant[SEAL_KEY_BYTES]; /* "ccgrant_" */
	uint8_t audit[SEAL_KEY_BYTES]; /* "ccaudit_" */
};

struct seal_site {
	size_t count;
	struct site_secret secrets[SEAL_SITE_SECRETS]; /* ascending; last is current */
};

/* NULL, with *err ERROR_ABSENT, if there is none. */
const struct site_secret *site_find(const struct seal_site *site, uint32_t secret,
				    struct error *err);

/* Opens the file of secrets and looks whether it is ours alone: a descriptor, or -1. */
int site_open_file(const char *path, struct error *err);

#endif
