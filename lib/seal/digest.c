#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seal/seal.h"

struct seal_digest {
	crypto_generichash_state state;
};

void
seal_checksum(const void *data, size_t len, uint8_t sum[16])
{
	crypto_generichash(sum, 16, data, len, NULL, 0);
}

void
seal_audit_link(const uint8_t before[SEAL_KEY_BYTES], uint64_t number,
		const void *entry, size_t len, uint8_t link[SEAL_KEY_BYTES])
{
	crypto_generichash_state state;
	uint8_t place[8];

	for (unsigned i = 0; i < sizeof(place); i++)
		place[i] = (uint8_t)(number >> (56 - 8 * i));
	crypto_generichash_init(&state, NULL, 0, SEAL_KEY_BYTES);
	crypto_generichash_update(&state, before, SEAL_KEY_BYTES);
	crypto_generichash_update(&state, place, sizeof(place));
	crypto_generichash_update(&state, entry, len);
	crypto_generichash_final(&state, link, SEAL_KEY_BYTES);
}

int
seal_hash(const char *name, const void *data, size_t data_len, uint8_t *digest,
	  size_t len)
{
	uint8_t whole[EVP_MAX_MD_SIZE];
	size_t whole_len = 0;
	int rc = -1;

	if (EVP_Q_digest(NULL, name, NULL, data, data_len, whole, &whole_len) == 1 &&
	    whole_len == len) {
		memcpy(digest, whole, len);
		rc = 0;
	}
	seal_wipe(whole, sizeof(whole));
	return rc;
}

struct seal_digest *
seal_digest_new(void)
{
	/* the state wants 64-byte alignment, which malloc does not promise */
	struct seal_digest *d = aligned_alloc(64, (sizeof(*d) + 63) / 64 * 64);

	INVARIANT(d != NULL);
	crypto_generichash_init(&d->state, NULL, 0, SEAL_KEY_BYTES);
	return d;
}

void
seal_digest_add(struct seal_digest *d, const void *data, size_t len)
{
	crypto_generichash_update(&d->state, data, len);
}

void
seal_digest_end(struct seal_digest *d, uint8_t digest[SEAL_KEY_BYTES])
{
	crypto_generichash_final(&d->state, digest, SEAL_KEY_BYTES);
	free(d);
}
