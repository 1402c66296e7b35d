/*
 * From what a customer says to the key that opens the order, and the proof of it.
 */
#include <sodium.h>
#include <string.h>

#include "lib/seal/site.h"

struct part {
	const void *data;
	size_t len;
};

/* BLAKE2b-256 keyed with `key` over the parts, one behind the other. */
static void
keyed_hash(uint8_t out[SEAL_KEY_BYTES], const uint8_t key[SEAL_KEY_BYTES],
	   const struct part *parts, size_t count)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, SEAL_KEY_BYTES, SEAL_KEY_BYTES);
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(&state, parts[i].data, parts[i].len);
	crypto_generichash_final(&state, out, SEAL_KEY_BYTES);
	sodium_memzero(&state, sizeof(state));
}

int
seal_code_key(const struct seal_site *site, uint32_t secret, const char *code,
	      uint8_t key[SEAL_KEY_BYTES], struct error *err)
{
	const struct site_secret *s = site_find(site, secret, err);
	const struct part parts[] = {{"code", 4}, {code, strlen(code)}};

	memset(key, 0, SEAL_KEY_BYTES);
	if (s == NULL)
		return -1;
	keyed_hash(key, s->index, parts, 2);
	return 0;
}

int
seal_user_key(const struct seal_site *site, uint32_t secret, const char *user,
	      const void *pin, size_t pin_len, uint8_t key[SEAL_KEY_BYTES],
	      struct error *err)
{
	const struct site_secret *s = site_find(site, secret, err);
	const struct part parts[] = {
		{"user", 4}, {user, strlen(user) + 1}, {pin, pin_len}};

	memset(key, 0, SEAL_KEY_BYTES);
	if (s == NULL)
		return -1;
	keyed_hash(key, s->index, parts, 3);
	return 0;
}

int
seal_blind(const struct seal_site *site, uint32_t secret, enum seal_kind kind,
	   const uint8_t order[UUID_BYTES], const void *text, size_t text_len,
	   uint8_t blinded[SEAL_KEY_BYTES], struct error *err)
{
	const struct site_secret *s = site_find(site, secret, err);
	const uint8_t kind_byte = (uint8_t)kind;
	const struct part parts[] = {
		{&kind_byte, 1}, {order, UUID_BYTES}, {text, text_len}};

	memset(blinded, 0, SEAL_KEY_BYTES);
	if (s == NULL)
		return -1;
	keyed_hash(blinded, s->blind, parts, 3);
	return 0;
}

/* Only these names: a record must not be able to ask for a gigabyte. */
static const struct {
	const char *name;
	size_t memory; /* 0: BLAKE2b */
	unsigned long long passes;
} derivations[] = {
	{"argon2id-8m-2", (size_t)8 << 20, 2},
	{"argon2id-64m-2", (size_t)64 << 20, 2},
	{"blake2b", 0, 0},
};

static int
derive_argon2id(size_t memory, unsigned long long passes,
		const uint8_t blinded[SEAL_KEY_BYTES],
		const uint8_t salt[SEAL_SALT_BYTES], struct seal_key *out,
		struct error *err)
{
	char password[SEAL_KEY_BYTES];
	int rc;

	memcpy(password, blinded, sizeof(password));
	rc = crypto_pwhash(out->bytes, sizeof(out->bytes), password, sizeof(password),
			   salt, passes, memory, crypto_pwhash_ALG_ARGON2ID13);
	sodium_memzero(password, sizeof(password));
	if (rc != 0)
		return error_set(err, ERROR_LATER,
				 "not enough memory to derive a key now");
	return 0;
}

int
seal_derive(const char *kdf, const uint8_t blinded[SEAL_KEY_BYTES],
	    const uint8_t salt[SEAL_SALT_BYTES], struct seal_key *out,
	    struct error *err)
{
	const struct part parts[] = {{"wrapping", 8}, {salt, SEAL_SALT_BYTES}};

	for (size_t i = 0; i < sizeof(derivations) / sizeof(derivations[0]); i++) {
		if (strcmp(kdf, derivations[i].name) != 0)
			continue;
		if (derivations[i].memory != 0)
			return derive_argon2id(derivations[i].memory,
					       derivations[i].passes, blinded, salt,
					       out, err);
		keyed_hash(out->bytes, blinded, parts, 2);
		return 0;
	}
	return error_set(err, ERROR_INPUT, "there is no key derivation '%s'", kdf);
}

void
seal_commitment(const struct seal_key *key, const uint8_t order[UUID_BYTES],
		uint8_t commitment[SEAL_KEY_BYTES])
{
	const struct part parts[] = {{"commitment", 10}, {order, UUID_BYTES}};

	keyed_hash(commitment, key->bytes, parts, 2);
}

void
seal_document_key(const struct seal_key *key, const uint8_t body[UUID_BYTES],
		  struct seal_key *document_key)
{
	const struct part parts[] = {{"document", 8}, {body, UUID_BYTES}};

	keyed_hash(document_key->bytes, key->bytes, parts, 2);
}
