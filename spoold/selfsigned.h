/*
 * selfsigned.h - a TLS key on P-256 and a certificate that it signed itself, as PEM files.
 *
 * P-256 with ECDSA is what every TLS 1.3 peer must take (RFC 8446 9.1) and what TLS 1.2
 * peers of the last decade do (RFC 8422); a handshake with it costs the server a quarter of
 * one with RSA-2048 (doc/decisions/tls.md).
 */
#ifndef CC_SPOOLD_SELFSIGNED_H
#define CC_SPOOLD_SELFSIGNED_H

#include "lib/base/error.h"

/* For a name, NAME.local (unless the name has a dot) and localhost, good from now for so
 * many days. The files are made anew, the key's 0600, and not synced. ERROR_SYSTEM. */
int selfsigned_make(const char *key_path, const char *certificate_path,
		    const char *name, int days, struct error *err);

#endif
