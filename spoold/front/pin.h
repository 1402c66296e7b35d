/*
 * pin.h - job-password and job-password-encryption (PWG 5100.11): what a customer's PIN
 * looks like when it arrives, and the one form in which it goes on.
 *
 * A client may send the PIN in clear ("none") or as a digest; of a digest we can check
 * the length and nothing else. So that a telephone that hashes and a person who types
 * the same PIN at the station meet, a PIN in clear is hashed with SHA2-256 here, at the
 * door, and what keep derives keys from is that digest. Other digests go on as they
 * are; the order's attributes say which one it was, and a PIN typed for that order's
 * number is hashed the same way.
 */
#ifndef CC_FRONT_PIN_H
#define CC_FRONT_PIN_H

#include <cups/ipp.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/seal/seal.h"

#define PIN_MIN	     4 /* bytes of a PIN in clear */
#define PIN_MAX	     255
#define PIN_STANDARD "sha2-256" /* what a PIN in clear becomes */
/* Where an order's attributes say that its PIN came as another digest. */
#define PIN_ATTRIBUTE "job-password-encryption"

struct pin {
	uint8_t octets[SEAL_PIN_MAX]; /* what goes to keep */
	size_t len;		      /* 0: there was none */
	char encryption[64];	      /* as requested: "none", "sha2-256" ... */
	uint8_t clear[PIN_MAX + 1];   /* with "none": as typed, zero-terminated */
};

/* From a request's operation attributes. 0 (also when there is no job-password); -1
 * with ERROR_INPUT and words for a PIN that can't be used: wrong type, too short,
 * unknown or impossible encryption. The octets in the request are wiped. pin_clear it.
 */
int pin_read(ipp_t *request, struct pin *pin, struct error *err);
void pin_clear(struct pin *pin);
/* A job-password-encryption that is supported, "none" too. */
bool pin_knows(const char *encryption);
/* The octets of a PIN in clear for an order whose PIN came as `encryption`. -1 if that
 * can't be computed. */
int pin_as(struct pin *pin, const char *encryption);
/* job-password-encryption-supported */
void pin_add_supported(ipp_t *to);

#endif
