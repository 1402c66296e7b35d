/*
 * derive.h - the slow key derivation, at most DERIVE_AT_ONCE at the same time: each takes
 * 8 MiB and about 10 ms of a core, and a crowd of strangers must not get more.
 */
#ifndef CC_FRONT_DERIVE_H
#define CC_FRONT_DERIVE_H

#include "lib/seal/seal.h"

#define DERIVE_AT_ONCE 4
#define DERIVE_WAIT_S  20 /* then ERROR_LATER */

/* As seal_derive, in turn. */
int derive(const char *kdf, const uint8_t blinded[SEAL_KEY_BYTES],
	   const uint8_t salt[SEAL_SALT_BYTES], struct seal_key *out,
	   struct error *err);

#endif
