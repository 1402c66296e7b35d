/*
 * key.h - a remote station's key file: one line, as `spoolctl station add` prints it:
 *
 *	claimcheck-station NAME KEY CERTIFICATE
 *
 * KEY: 64 hex digits. CERTIFICATE: SHA-256 of the service's TLS certificate, in hex; only
 * a service that shows it gets the key, and what customers type.
 */
#ifndef CC_TOOLS_KEY_H
#define CC_TOOLS_KEY_H

#include <cups/cups.h>

#include "lib/seal/seal.h"

#define KEY_WORD     "claimcheck-station"
#define KEY_NAME_MAX 64
#define KEY_HEX	     (2 * SEAL_KEY_BYTES + 1)

struct key {
	char name[KEY_NAME_MAX];
	char secret[KEY_HEX], certificate[KEY_HEX];
};

/* The caller wipes it. ERROR_INPUT: it is no key file, or others may read it. */
int key_read(struct key *key, const char *path, struct error *err);
/* The print of a certificate (DER). */
void key_print(const void *der, size_t len, char certificate[KEY_HEX]);
/* A new connection: over TLS, to who shows the key's certificate; then the key is shown to
 * it. ERROR_SYSTEM: it is somebody else. */
int key_show(const struct key *key, http_t *http, struct error *err);

#endif
