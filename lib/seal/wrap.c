/*
 * Order keys under other keys: nonce (24), sealed key (32), tag (16); a grant has its
 * site secret's number (4, big-endian) before that.
 */
#include <sodium.h>
#include <string.h>

#include "lib/seal/site.h"

#define NONCE_BYTES   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define WRAPPED_BYTES (NONCE_BYTES + SEAL_KEY_BYTES + SEAL_TAG_BYTES)
#define NUMBER_BYTES  4
#define BOX_BYTES     (SEAL_KEY_BYTES + crypto_box_SEALBYTES)

_Static_assert(WRAPPED_BYTES + NUMBER_BYTES <= ORDER_WRAPPED_MAX &&
		       BOX_BYTES <= ORDER_WRAPPED_MAX,
	       "a record has room for each wrapping");

static void
wrap(const uint8_t wrapping[SEAL_KEY_BYTES], const uint8_t order[UUID_BYTES],
     const struct seal_key *key, uint8_t *wrapped)
{
	randombytes_buf(wrapped, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped + NONCE_BYTES, NULL,
						   key->bytes, SEAL_KEY_BYTES, order,
						   UUID_BYTES, NULL, wrapped, wrapping);
}

static int
unwrap(const uint8_t wrapping[SEAL_KEY_BYTES], const uint8_t order[UUID_BYTES],
       const uint8_t *wrapped, size_t wrapped_len, struct seal_key *key,
       struct error *err)
{
	if (wrapped_len == WRAPPED_BYTES &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(
		    key->bytes, NULL, NULL, wrapped + NONCE_BYTES,
		    SEAL_KEY_BYTES + SEAL_TAG_BYTES, order, UUID_BYTES, wrapped,
		    wrapping) == 0)
		return 0;
	sodium_memzero(key, sizeof(*key));
	return error_set(err, ERROR_REFUSED, "that does not open the order");
}

void
seal_wrap(const struct seal_key *wrapping, const uint8_t order[UUID_BYTES],
	  const struct seal_key *key, uint8_t *wrapped, uint16_t *wrapped_len)
{
	wrap(wrapping->bytes, order, key, wrapped);
	*wrapped_len = WRAPPED_BYTES;
}

int
seal_unwrap(const struct seal_key *wrapping, const uint8_t order[UUID_BYTES],
	    const uint8_t *wrapped, size_t wrapped_len, struct seal_key *key,
	    struct error *err)
{
	return unwrap(wrapping->bytes, order, wrapped, wrapped_len, key, err);
}

void
seal_grant_wrap(const struct seal_site *site, const uint8_t order[UUID_BYTES],
		const struct seal_key *key, uint8_t *wrapped, uint16_t *wrapped_len)
{
	const struct site_secret *s = &site->secrets[site->count - 1];

	for (int i = 0; i < NUMBER_BYTES; i++)
		wrapped[i] = (uint8_t)(s->number >> (24 - 8 * i));
	wrap(s->grant, order, key, wrapped + NUMBER_BYTES);
	*wrapped_len = NUMBER_BYTES + WRAPPED_BYTES;
}

int
seal_grant_unwrap(const struct seal_site *site, const uint8_t order[UUID_BYTES],
		  const uint8_t *wrapped, size_t wrapped_len, struct seal_key *key,
		  struct error *err)
{
	const struct site_secret *s;
	uint32_t number = 0;

	sodium_memzero(key, sizeof(*key));
	if (wrapped_len <= NUMBER_BYTES)
		return error_set(err, ERROR_REFUSED, "there is no grant");
	for (int i = 0; i < NUMBER_BYTES; i++)
		number = number << 8 | wrapped[i];
	s = site_find(site, number, err);
	if (s == NULL)
		return -1;
	return unwrap(s->grant, order, wrapped + NUMBER_BYTES,
		      wrapped_len - NUMBER_BYTES, key, err);
}

int
seal_recovery_wrap(const uint8_t public_key[SEAL_KEY_BYTES], const struct seal_key *key,
		   uint8_t *wrapped, uint16_t *wrapped_len, struct error *err)
{
	*wrapped_len = 0;
	if (crypto_box_seal(wrapped, key->bytes, SEAL_KEY_BYTES, public_key) != 0)
		return error_set(err, ERROR_INPUT,
				 "the recovery key is no usable public key");
	*wrapped_len = BOX_BYTES;
	return 0;
}

int
seal_recovery_unwrap(const uint8_t public_key[SEAL_KEY_BYTES],
		     const struct seal_key *private_key, const uint8_t *wrapped,
		     size_t wrapped_len, struct seal_key *key, struct error *err)
{
	if (wrapped_len == BOX_BYTES &&
	    crypto_box_seal_open(key->bytes, wrapped, BOX_BYTES, public_key,
				 private_key->bytes) == 0)
		return 0;
	sodium_memzero(key, sizeof(*key));
	return error_set(err, ERROR_REFUSED,
			 "the order was not sealed to this recovery key");
}
