/*
 * recovery.h - the private half of the recovery key, from its text and a passphrase.
 */
#ifndef CC_TOOLS_STORE_RECOVERY_H
#define CC_TOOLS_STORE_RECOVERY_H

#include "lib/seal/seal.h"

#include "tools/control/control.h"

/* The text at path, with a zero behind it; text: made with SEAL_RECOVERY_TEXT. */
int recovery_read(const char *path, struct buf *text, struct error *err);
/* Asks for the passphrase (without echo, or from c->passphrase_fd) and opens the text. The
 * key is the caller's: seal_key_free. */
int recovery_open(const struct control *c, const struct buf *text,
		  uint8_t public_key[SEAL_KEY_BYTES], struct seal_key **private_key,
		  struct error *err);

#endif
