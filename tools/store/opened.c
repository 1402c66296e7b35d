#include <string.h>

#include "tools/store/opened.h"
#include "tools/store/recovery.h"

static int
unwrap(const struct order *o, const uint8_t public_key[SEAL_KEY_BYTES],
       const struct seal_key *private_key, struct seal_key *key, struct error *err)
{
	uint8_t commitment[SEAL_KEY_BYTES];

	if (o->sealing.recovery_len == 0)
		return error_set(err, ERROR_REFUSED,
				 "order %u was taken in without a recovery key",
				 o->number);
	if (seal_recovery_unwrap(public_key, private_key, o->sealing.recovery,
				 o->sealing.recovery_len, key, err) != 0)
		return error_prefix(err, "order %u", o->number);
	seal_commitment(key, o->uuid, commitment);
	if (seal_equal(commitment, o->sealing.commitment, sizeof(commitment)))
		return 0;
	return error_set(err, ERROR_CORRUPT,
			 "order %u: what the recovery key opened is not its key",
			 o->number);
}

static int
read_order(const struct shop *shop, uint32_t number, struct order *o, struct error *err)
{
	struct store_options look = shop_options(shop);
	struct store *s;
	int rc;

	look.read_only = true;
	if (store_open(&look, &s, err) != 0)
		return -1;
	rc = store_get_number(s, number, o, err);
	store_close(s);
	return rc;
}

int
opened_by_recovery(const struct control *c, struct shop *shop, uint32_t number,
		   struct seal_key **key, struct error *err)
{
	uint8_t public_key[SEAL_KEY_BYTES];
	struct seal_key *private_key = NULL;
	struct buf text;
	struct order o;
	int rc;

	*key = NULL;
	if (c->recovery_file == NULL)
		return error_set(
			err, ERROR_INPUT,
			"the recovery key's text is needed: --recovery-key FILE");
	buf_init(&text, SEAL_RECOVERY_TEXT);
	rc = shop_open(shop, c, err);
	if (rc == 0)
		rc = recovery_read(c->recovery_file, &text, err);
	if (rc == 0)
		rc = recovery_open(c, &text, public_key, &private_key, err);
	buf_clear(&text);
	if (rc == 0)
		rc = shop_become_user(shop, err);
	if (rc == 0)
		rc = read_order(shop, number, &o, err);
	if (rc == 0) {
		*key = seal_key_new();
		rc = unwrap(&o, public_key, private_key, *key, err);
		order_clear(&o);
	}
	seal_key_free(private_key);
	if (rc != 0) {
		seal_key_free(*key);
		*key = NULL;
	}
	return rc;
}
