/*
 * credentials.h - front's TLS key and certificate: self-signed, made at the first
 * start.
 *
 * They are made in a closed folder and moved when whole. Own ones, of whatever kind
 * GnuTLS takes: put NAME.key and NAME.crt into STATE/tls, and send SIGHUP. A client.conf beside
 * them tells libcups to speak TLS 1.2 and later only.
 */
#ifndef CC_SPOOLD_CREDENTIALS_H
#define CC_SPOOLD_CREDENTIALS_H

#include "lib/sandbox/sandbox.h"
#include "spoold/settings.h"

#define CREDENTIALS_NAME_MAX 256

/* name[CREDENTIALS_NAME_MAX]: this host's. Makes NAME.key (0600, front's) and NAME.crt
 * below STATE/tls unless both are there; mends owner and mode of the key. */
int credentials_make(const struct settings *s, const struct sandbox_user *front,
		     char *name, struct error *err);

#endif
