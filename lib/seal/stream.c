/*
 * A document as a row of sealed chunks: sum (16), ciphertext, tag (16).
 *
 * nonce = 0 (8 bytes) || n (4, big-endian); aad = order uuid || n (4) || last (1). Both
 * ciphers come from libcrypto, which is twice as fast as libsodium at this size.
 */
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seal/seal.h"

#define NONCE_BYTES 12
#define AAD_BYTES   (UUID_BYTES + 4 + 1)

struct seal_stream {
	EVP_CIPHER_CTX *cipher; /* has the key; libcrypto wipes it */
	EVP_CIPHER_CTX *sum;
	uint8_t order[UUID_BYTES];
	uint32_t next; /* chunk */
	bool ended;
};

const char *
seal_best_cipher(void)
{
	return crypto_aead_aes256gcm_is_available() ? "aes-256-gcm"
						    : "chacha20-poly1305";
}

static const EVP_CIPHER *
cipher_by_name(const char *name)
{
	if (strcmp(name, "aes-256-gcm") == 0)
		return EVP_aes_256_gcm();
	if (strcmp(name, "chacha20-poly1305") == 0)
		return EVP_chacha20_poly1305();
	return NULL;
}

/* GMAC is GCM with nothing but additional data. Key and nonce are zero: it is a sum. */
static EVP_CIPHER_CTX *
sum_new(void)
{
	static const uint8_t zero[SEAL_KEY_BYTES];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	INVARIANT(ctx != NULL);
	INVARIANT(EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, zero, zero) == 1);
	return ctx;
}

static void
sum_of(EVP_CIPHER_CTX *ctx, const void *data, size_t len, uint8_t sum[SEAL_SUM_BYTES])
{
	static const uint8_t zero[NONCE_BYTES];
	uint8_t none[SEAL_TAG_BYTES];
	int n;

	INVARIANT(EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, zero) == 1 &&
		  EVP_EncryptUpdate(ctx, NULL, &n, data, (int)len) == 1 &&
		  EVP_EncryptFinal_ex(ctx, none, &n) == 1 &&
		  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_SUM_BYTES,
				      sum) == 1);
}

bool
seal_chunk_sound(const void *sealed, size_t len)
{
	const uint8_t *at = sealed;
	uint8_t sum[SEAL_SUM_BYTES];
	EVP_CIPHER_CTX *ctx;

	if (len < SEAL_OVERHEAD || len > SEAL_CHUNK_MAX)
		return false;
	ctx = sum_new();
	sum_of(ctx, at + SEAL_SUM_BYTES, len - SEAL_SUM_BYTES, sum);
	EVP_CIPHER_CTX_free(ctx);
	return memcmp(sum, at, SEAL_SUM_BYTES) == 0;
}

int
seal_stream_open(const char *cipher, const struct seal_key *document_key,
		 const uint8_t order[UUID_BYTES], struct seal_stream **s,
		 struct error *err)
{
	const EVP_CIPHER *type = cipher_by_name(cipher);
	struct seal_stream *new;

	*s = NULL;
	if (type == NULL)
		return error_set(err, ERROR_INPUT, "there is no cipher '%s'", cipher);
	new = calloc(1, sizeof(*new));
	INVARIANT(new != NULL);
	new->cipher = EVP_CIPHER_CTX_new();
	INVARIANT(new->cipher != NULL);
	/* the direction is set with each chunk's nonce */
	if (EVP_CipherInit_ex(new->cipher, type, NULL, document_key->bytes, NULL, 1) !=
	    1) {
		seal_stream_close(new);
		return error_set(err, ERROR_SYSTEM, "libcrypto has no %s", cipher);
	}
	new->sum = sum_new();
	memcpy(new->order, order, UUID_BYTES);
	*s = new;
	return 0;
}

void
seal_stream_close(struct seal_stream *s)
{
	if (s == NULL)
		return;
	EVP_CIPHER_CTX_free(s->cipher);
	EVP_CIPHER_CTX_free(s->sum);
	free(s);
}

/* Nonce and additional data of the next chunk. */
static int
begin_chunk(struct seal_stream *s, bool last, int sealing)
{
	uint8_t nonce[NONCE_BYTES] = {0}, aad[AAD_BYTES];
	int n;

	memcpy(aad, s->order, UUID_BYTES);
	for (int i = 0; i < 4; i++)
		nonce[8 + i] = aad[UUID_BYTES + i] = (uint8_t)(s->next >> (24 - 8 * i));
	aad[UUID_BYTES + 4] = last;
	return EVP_CipherInit_ex(s->cipher, NULL, NULL, NULL, nonce, sealing) == 1 &&
			       EVP_CipherUpdate(s->cipher, NULL, &n, aad,
						sizeof(aad)) == 1
		       ? 0
		       : -1;
}

static void
end_chunk(struct seal_stream *s, bool last)
{
	s->next++;
	s->ended = last;
}

int
seal_stream_seal(struct seal_stream *s, bool last, const void *clear, size_t len,
		 void *sealed, struct error *err)
{
	uint8_t *text = (uint8_t *)sealed + SEAL_SUM_BYTES;
	int n = 0, rest = 0;

	INVARIANT(len <= SEAL_CHUNK_CLEAR && !s->ended);
	if (s->next == UINT32_MAX)
		return error_set(err, ERROR_FULL, "the document has too many chunks");
	if (begin_chunk(s, last, 1) != 0 ||
	    (len != 0 && EVP_CipherUpdate(s->cipher, text, &n, clear, (int)len) != 1) ||
	    EVP_CipherFinal_ex(s->cipher, text + n, &rest) != 1 ||
	    EVP_CIPHER_CTX_ctrl(s->cipher, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES,
				text + len) != 1)
		return error_set(err, ERROR_SYSTEM, "libcrypto cannot seal");
	sum_of(s->sum, text, len + SEAL_TAG_BYTES, sealed);
	end_chunk(s, last);
	return 0;
}

int
seal_stream_unseal(struct seal_stream *s, bool last, const void *sealed, size_t len,
		   void *clear, struct error *err)
{
	const uint8_t *text = (const uint8_t *)sealed + SEAL_SUM_BYTES;
	size_t clear_len = len - SEAL_OVERHEAD;
	uint8_t tag[SEAL_TAG_BYTES], none[SEAL_TAG_BYTES];
	int n = 0, rest = 0;

	if (s->ended || len < SEAL_OVERHEAD || len > SEAL_CHUNK_MAX)
		return error_set(err, ERROR_CORRUPT,
				 "chunk %u of the document has no right length",
				 (unsigned)s->next);
	memcpy(tag, text + clear_len, sizeof(tag));
	if (begin_chunk(s, last, 0) != 0 ||
	    (clear_len != 0 &&
	     EVP_CipherUpdate(s->cipher, clear, &n, text, (int)clear_len) != 1) ||
	    EVP_CIPHER_CTX_ctrl(s->cipher, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG_BYTES,
				tag) != 1 ||
	    EVP_CipherFinal_ex(s->cipher, none, &rest) != 1) {
		sodium_memzero(clear, clear_len);
		return error_set(err, ERROR_CORRUPT,
				 "chunk %u of the document is damaged, or not its own",
				 (unsigned)s->next);
	}
	end_chunk(s, last);
	return 0;
}
