/*
 * The recovery key's private half as a text that a shop prints or keeps on a stick:
 *
 *   claimcheck recovery key 1
 *   public HEX64
 *   argon2id-256m-3 SALT32
 *   sealed HEX144        (nonce 24, key 32, tag 16: XChaCha20-Poly1305, aad = public)
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/seal/seal.h"

#define RECOVERY_HEAD	"claimcheck recovery key 1\npublic "
#define RECOVERY_KDF	"\nargon2id-256m-3 "
#define RECOVERY_SEALED "\nsealed "
#define RECOVERY_MEMORY ((size_t)256 << 20)
#define RECOVERY_PASSES 3

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

struct recovery {
	uint8_t public_key[SEAL_KEY_BYTES];
	uint8_t salt[SEAL_SALT_BYTES];
	uint8_t sealed[NONCE_BYTES + SEAL_KEY_BYTES + SEAL_TAG_BYTES];
};

static int
derive(const struct recovery *r, const void *passphrase, size_t len,
       struct seal_key *out, struct error *err)
{
	if (crypto_pwhash(out->bytes, sizeof(out->bytes), passphrase, len, r->salt,
			  RECOVERY_PASSES, RECOVERY_MEMORY,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(err, ERROR_SYSTEM,
				 "the recovery key's passphrase wants 256 MiB of "
				 "memory, and there is not enough");
	return 0;
}

static void
write_text(char *text, const struct recovery *r)
{
	char public_hex[2 * sizeof(r->public_key) + 1];
	char salt_hex[2 * sizeof(r->salt) + 1];
	char sealed_hex[2 * sizeof(r->sealed) + 1];

	text_hex(public_hex, r->public_key, sizeof(r->public_key));
	text_hex(salt_hex, r->salt, sizeof(r->salt));
	text_hex(sealed_hex, r->sealed, sizeof(r->sealed));
	snprintf(text, SEAL_RECOVERY_TEXT, "%s%s%s%s%s%s\n", RECOVERY_HEAD, public_hex,
		 RECOVERY_KDF, salt_hex, RECOVERY_SEALED, sealed_hex);
}

int
seal_recovery_create(const void *passphrase, size_t passphrase_len,
		     uint8_t public_key[SEAL_KEY_BYTES], char text[SEAL_RECOVERY_TEXT],
		     struct error *err)
{
	struct seal_key *private_key = seal_key_new(), *wrapping = seal_key_new();
	struct recovery r;
	int rc;

	crypto_box_keypair(r.public_key, private_key->bytes);
	randombytes_buf(r.salt, sizeof(r.salt));
	rc = derive(&r, passphrase, passphrase_len, wrapping, err);
	if (rc == 0) {
		randombytes_buf(r.sealed, NONCE_BYTES);
		crypto_aead_xchacha20poly1305_ietf_encrypt(
			r.sealed + NONCE_BYTES, NULL, private_key->bytes,
			SEAL_KEY_BYTES, r.public_key, sizeof(r.public_key), NULL,
			r.sealed, wrapping->bytes);
		write_text(text, &r);
		memcpy(public_key, r.public_key, SEAL_KEY_BYTES);
	}
	seal_key_free(wrapping);
	seal_key_free(private_key);
	return rc;
}

/* Literal words, then len bytes as hex; where it goes on, or NULL. */
static const char *
read_part(const char *text, const char *words, uint8_t *data, size_t len)
{
	char hex[2 * sizeof(struct recovery) + 1];

	if (text == NULL || strncmp(text, words, strlen(words)) != 0)
		return NULL;
	text += strlen(words);
	if (strnlen(text, 2 * len) != 2 * len)
		return NULL;
	memcpy(hex, text, 2 * len);
	hex[2 * len] = '\0';
	return text_unhex(data, len, hex) == 0 ? text + 2 * len : NULL;
}

static int
read_text(struct recovery *r, const char *text)
{
	text = read_part(text, RECOVERY_HEAD, r->public_key, sizeof(r->public_key));
	text = read_part(text, RECOVERY_KDF, r->salt, sizeof(r->salt));
	text = read_part(text, RECOVERY_SEALED, r->sealed, sizeof(r->sealed));
	return text != NULL && (*text == '\0' || strcmp(text, "\n") == 0) ? 0 : -1;
}

int
seal_recovery_open(const char *text, const void *passphrase, size_t passphrase_len,
		   uint8_t public_key[SEAL_KEY_BYTES], struct seal_key *private_key,
		   struct error *err)
{
	struct seal_key *wrapping;
	struct recovery r;
	int rc;

	if (read_text(&r, text) != 0)
		return error_set(err, ERROR_INPUT, "this is no recovery key");
	wrapping = seal_key_new();
	rc = derive(&r, passphrase, passphrase_len, wrapping, err);
	if (rc == 0 && crypto_aead_xchacha20poly1305_ietf_decrypt(
			       private_key->bytes, NULL, NULL, r.sealed + NONCE_BYTES,
			       SEAL_KEY_BYTES + SEAL_TAG_BYTES, r.public_key,
			       sizeof(r.public_key), r.sealed, wrapping->bytes) != 0) {
		sodium_memzero(private_key, sizeof(*private_key));
		rc = error_set(err, ERROR_REFUSED,
			       "the passphrase does not open the recovery key");
	}
	if (rc == 0)
		memcpy(public_key, r.public_key, SEAL_KEY_BYTES);
	seal_key_free(wrapping);
	return rc;
}
