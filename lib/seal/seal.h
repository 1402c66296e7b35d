/* clang-format off */
/*
 * seal.h - keys, proofs and sealed documents. The one door to libsodium and libcrypto.
 *
 *   site secret S (32 bytes, keep only; numbered, a site may have several)
 *   order key K (32 random bytes, made by front)
 *   identification text I: a claim code in canonical form, or a PIN
 *
 *   identification key   BLAKE2b-256(S', "code" || I)                    finds the order
 *   user key             BLAKE2b-256(S', "user" || user || 0 || I)       finds it by user and PIN
 *   blinded              BLAKE2b-256(S'', kind || uuid || I)             keep answers this to front
 *   wrapping key         kdf(blinded, salt)                              front; Argon2id or BLAKE2b
 *   wrapped              nonce || XChaCha20-Poly1305(wrapping key, K; aad = uuid)
 *   commitment           BLAKE2b-256(K, "commitment" || uuid)            in the record; who shows K has
 *                                                                        identified the order
 *   document key         BLAKE2b-256(K, "document" || body id)           all that a filter ever gets
 *   chunk n              sum || AEAD(document key, nonce = n, aad = uuid || n || last)
 *                        sum = GMAC with an all-zero key of what follows: anyone can tell damage
 *
 * S' and S'' are derived from S with crypto_kdf (contexts "ccindex_", "ccblind_",
 * "ccgrant_"), so that no two uses share a key. A document key seals each chunk number
 * once: the body id is random and new for each upload.
 *
 * Keys live in struct seal_key: allocate with seal_key_new (locked, guarded, no dump),
 * free with seal_key_free (wiped). All functions are thread-safe; a seal_stream or a
 * seal_digest belongs to one thread at a time.
 */
/* clang-format on */
#ifndef CC_SEAL_SEAL_H
#define CC_SEAL_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/uuid.h"
#include "lib/order/order.h"

#define SEAL_KEY_BYTES	32
#define SEAL_SALT_BYTES 16
#define SEAL_TAG_BYTES	16
#define SEAL_SUM_BYTES	16
#define SEAL_OVERHEAD	(SEAL_SUM_BYTES + SEAL_TAG_BYTES) /* of each sealed chunk */
/* A sealed chunk and LMDB's page header fill 256 KiB exactly (doc/store.7). */
#define SEAL_CHUNK_MAX	 (256 * 1024 - 16)		  /* sealed bytes */
#define SEAL_CHUNK_CLEAR (SEAL_CHUNK_MAX - SEAL_OVERHEAD) /* bytes in clear */
#define SEAL_PIN_MAX	 256 /* job-password octetString(255) + 0 */

/* Before all else: libsodium, no core dumps (PR_SET_DUMPABLE, RLIMIT_CORE). */
int seal_start(struct error *err);

struct seal_key {
	uint8_t bytes[SEAL_KEY_BYTES];
};
struct seal_key *seal_key_new(void); /* zeroed; aborts without memory */
struct seal_key *seal_key_random(void);
void seal_key_free(struct seal_key *key);		   /* accepts NULL */
bool seal_equal(const void *a, const void *b, size_t len); /* constant time */
void seal_wipe(void *data, size_t len);

/* The site's secrets: read from path (a regular file of ours, mode 0600). make: if
 * there is no such file, make one with secret 1; say false when the store holds orders
 * already, for a new secret would never find them (ERROR_ABSENT then). The file is
 * text: a line "claimcheck site secrets 1", then "NUMBER HEX" lines; the highest number
 * is used for new orders, older ones for orders that carry their number
 * (order_sealing.secret). */
#define SEAL_SITE_SECRETS 16 /* at most */
struct seal_site;
int seal_site_open(const char *path, bool make, struct seal_site **site,
		   struct error *err);
void seal_site_close(struct seal_site *site); /* accepts NULL */
/* For new orders. */
uint32_t seal_site_current(const struct seal_site *site);
/* The next older secret's number, 0 behind the last: an identification that comes
 * without an order number is looked up under each of them. */
uint32_t seal_site_older(const struct seal_site *site, uint32_t secret);
/* Adds a new current secret to the file at path (durably), and to site. */
int seal_site_rotate(struct seal_site *site, const char *path, struct error *err);
/* Takes an old secret out of both, when no order names it any more; never the current.
 */
int seal_site_retire(struct seal_site *site, const char *path, uint32_t secret,
		     struct error *err);

/* For a backup: the file of secrets at path as a text that only the recovery key's private
 * half opens; and back, to a new file (ERROR_CONFLICT if there is one). text: made with
 * SEAL_SITE_BOX_MAX or more. */
#define SEAL_SITE_BOX_MAX 12288
int seal_site_box(const char *path, const uint8_t public_key[SEAL_KEY_BYTES],
		  struct buf *text, struct error *err);
/* ERROR_INPUT for what is no such text, ERROR_REFUSED if it was made for another key. */
int seal_site_unbox(const struct buf *text, const uint8_t public_key[SEAL_KEY_BYTES],
		    const struct seal_key *private_key, const char *path,
		    struct error *err);
/* What tells a secret from another one of the same number, and nothing else. 0, or
 * ERROR_ABSENT. */
int seal_site_print(const struct seal_site *site, uint32_t secret,
		    uint8_t print[SEAL_SALT_BYTES], struct error *err);

enum seal_kind { SEAL_CODE = 1, SEAL_PIN = 2 };

/* secret: seal_site_current() for a new order, else the order's. ERROR_ABSENT (key
 * zeroed) if the site has no secret of that number. */
int seal_code_key(const struct seal_site *site, uint32_t secret, const char *code,
		  uint8_t key[SEAL_KEY_BYTES], struct error *err);
int seal_user_key(const struct seal_site *site, uint32_t secret, const char *user,
		  const void *pin, size_t pin_len, uint8_t key[SEAL_KEY_BYTES],
		  struct error *err);
int seal_blind(const struct seal_site *site, uint32_t secret, enum seal_kind kind,
	       const uint8_t order[UUID_BYTES], const void *text, size_t text_len,
	       uint8_t blinded[SEAL_KEY_BYTES], struct error *err);

/* kdf: "argon2id-8m-2" (8 MiB, 2 passes, about 10 ms) or "blake2b". ERROR_INPUT for an
 * unknown name. */
int seal_derive(const char *kdf, const uint8_t blinded[SEAL_KEY_BYTES],
		const uint8_t salt[SEAL_SALT_BYTES], struct seal_key *out,
		struct error *err);

/* wrapped[ORDER_WRAPPED_MAX]: nonce 24, key 32, tag 16. */
void seal_wrap(const struct seal_key *wrapping, const uint8_t order[UUID_BYTES],
	       const struct seal_key *key, uint8_t *wrapped, uint16_t *wrapped_len);
/* ERROR_REFUSED when the wrapping key is wrong. */
int seal_unwrap(const struct seal_key *wrapping, const uint8_t order[UUID_BYTES],
		const uint8_t *wrapped, size_t wrapped_len, struct seal_key *key,
		struct error *err);
/* The same, under the current site secret (its number stands before the nonce): for the
 * grant, over a restart of keep. */
void seal_grant_wrap(const struct seal_site *site, const uint8_t order[UUID_BYTES],
		     const struct seal_key *key, uint8_t *wrapped,
		     uint16_t *wrapped_len);
int seal_grant_unwrap(const struct seal_site *site, const uint8_t order[UUID_BYTES],
		      const uint8_t *wrapped, size_t wrapped_len, struct seal_key *key,
		      struct error *err);
/* Sealed box to the shop's recovery public key (32 bytes). */
int seal_recovery_wrap(const uint8_t public_key[SEAL_KEY_BYTES],
		       const struct seal_key *key, uint8_t *wrapped,
		       uint16_t *wrapped_len, struct error *err);
/* The recovery key's private half, as it is kept off the machine: text
 * (zero-terminated), opened only by the passphrase (Argon2id, 256 MiB). */
#define SEAL_RECOVERY_TEXT 512
int seal_recovery_create(const void *passphrase, size_t passphrase_len,
			 uint8_t public_key[SEAL_KEY_BYTES],
			 char text[SEAL_RECOVERY_TEXT], struct error *err);
/* ERROR_REFUSED for a wrong passphrase, ERROR_INPUT for what is no such text. */
int seal_recovery_open(const char *text, const void *passphrase, size_t passphrase_len,
		       uint8_t public_key[SEAL_KEY_BYTES], struct seal_key *private_key,
		       struct error *err);
/* ERROR_REFUSED if it was wrapped for another key. Compare seal_commitment of what
 * comes out with the record's: a sealed box does not say whose order it was. */
int seal_recovery_unwrap(const uint8_t public_key[SEAL_KEY_BYTES],
			 const struct seal_key *private_key, const uint8_t *wrapped,
			 size_t wrapped_len, struct seal_key *key, struct error *err);

void seal_commitment(const struct seal_key *key, const uint8_t order[UUID_BYTES],
		     uint8_t commitment[SEAL_KEY_BYTES]);
void seal_document_key(const struct seal_key *key, const uint8_t body[UUID_BYTES],
		       struct seal_key *document_key);

/* "aes-256-gcm" where the CPU has AES, else "chacha20-poly1305". */
const char *seal_best_cipher(void);

/* Sealing and opening one document, chunk by chunk, in order from 0. Opening notices a
 * chunk that is damaged, moved, missing at the end, or of another order: ERROR_CORRUPT.
 * A document has at least one chunk: an empty one is one empty chunk, the last. */
struct seal_stream;
int seal_stream_open(const char *cipher, const struct seal_key *document_key,
		     const uint8_t order[UUID_BYTES], struct seal_stream **s,
		     struct error *err);
void seal_stream_close(struct seal_stream *s);
/* sealed[len + SEAL_OVERHEAD]; len <= SEAL_CHUNK_CLEAR; last only for the last one. */
int seal_stream_seal(struct seal_stream *s, bool last, const void *clear, size_t len,
		     void *sealed, struct error *err);
/* len: of the sealed chunk; clear[len - SEAL_OVERHEAD]. The tag is what
 * counts; the sum is not looked at. */
int seal_stream_unseal(struct seal_stream *s, bool last, const void *sealed, size_t len,
		       void *clear, struct error *err);
/* Whether a sealed chunk is as it was written, by its sum alone: no key needed. Damage,
 * not malice. */
bool seal_chunk_sound(const void *sealed, size_t len);

/* BLAKE2b-128: tells damage, not malice. */
void seal_checksum(const void *data, size_t len, uint8_t sum[16]);

/* The audit's chain: BLAKE2b-256 of the link before, the entry's number (8 bytes) and the
 * entry. Anybody can follow it; nobody can change an entry and keep the links behind it. */
void seal_audit_link(const uint8_t before[SEAL_KEY_BYTES], uint64_t number,
		     const void *entry, size_t len, uint8_t link[SEAL_KEY_BYTES]);
/* ... and its head under the site's secret (BLAKE2b-256 keyed with "ccaudit_"): only keep
 * can say where the chain ends. ERROR_ABSENT (mac zeroed) without that secret. */
int seal_audit_mac(const struct seal_site *site, uint32_t secret, const void *head,
		   size_t len, uint8_t mac[SEAL_KEY_BYTES], struct error *err);

/* A digest by its name in libcrypto ("SHA3-256"), of exactly len bytes; -1 if there is none
 * such. */
int seal_hash(const char *name, const void *data, size_t data_len, uint8_t *digest,
	      size_t len);

/* Digest of a stream between filter and backend: BLAKE2b-256. */
struct seal_digest;
struct seal_digest *seal_digest_new(void);
void seal_digest_add(struct seal_digest *d, const void *data, size_t len);
/* Gives the digest and frees d. */
void seal_digest_end(struct seal_digest *d, uint8_t digest[SEAL_KEY_BYTES]);

#endif
