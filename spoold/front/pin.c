#include <cups/cups.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/front/pin.h"

/* IANA's names, libcrypto's, digest sizes in bytes. Of IANA's shake-128 and shake-256
 * nobody says how long they are. */
static const struct digest {
	const char *name, *libcrypto;
	size_t len;
} digests[] = {
	{"sha2-224", "SHA2-224", 28},	      {"sha2-256", "SHA2-256", 32},
	{"sha2-384", "SHA2-384", 48},	      {"sha2-512", "SHA2-512", 64},
	{"sha2-512_224", "SHA2-512/224", 28}, {"sha2-512_256", "SHA2-512/256", 32},
	{"sha3-224", "SHA3-224", 28},	      {"sha3-256", "SHA3-256", 32},
	{"sha3-384", "SHA3-384", 48},	      {"sha3-512", "SHA3-512", 64},
};
#define DIGESTS (sizeof(digests) / sizeof(digests[0]))

static const struct digest *
digest_named(const char *name)
{
	for (size_t i = 0; i < DIGESTS; i++)
		if (strcmp(digests[i].name, name) == 0)
			return &digests[i];
	return NULL;
}

bool
pin_knows(const char *encryption)
{
	return strcmp(encryption, "none") == 0 || digest_named(encryption) != NULL;
}

void
pin_clear(struct pin *pin)
{
	seal_wipe(pin, sizeof(*pin));
}

int
pin_as(struct pin *pin, const char *encryption)
{
	const struct digest *digest = digest_named(encryption);

	if (digest == NULL ||
	    seal_hash(digest->libcrypto, pin->clear, strlen((char *)pin->clear),
		      pin->octets, digest->len) != 0)
		return -1;
	pin->len = digest->len;
	return 0;
}

static int
take_clear(struct pin *pin, const uint8_t *octets, size_t len, struct error *err)
{
	if (len < PIN_MIN)
		return error_set(err, ERROR_INPUT, "at least %d characters", PIN_MIN);
	if (memchr(octets, 0, len) != NULL)
		return error_set(err, ERROR_INPUT, "it has a zero byte in it");
	memcpy(pin->clear, octets, len);
	if (pin_as(pin, PIN_STANDARD) != 0)
		return error_set(err, ERROR_INPUT, "%s is not available", PIN_STANDARD);
	return 0;
}

static int
take_digest(struct pin *pin, const uint8_t *octets, size_t len, struct error *err)
{
	const struct digest *digest = digest_named(pin->encryption);

	if (digest == NULL)
		return error_set(err, ERROR_INPUT,
				 "job-password-encryption '%s' is not supported",
				 pin->encryption);
	if (len != digest->len)
		return error_set(err, ERROR_INPUT, "a %s digest has %zu bytes, not %zu",
				 digest->name, digest->len, len);
	memcpy(pin->octets, octets, len);
	pin->len = len;
	return 0;
}

/* What libcups holds of it would otherwise lie about in freed memory. */
static void
wipe_value(const void *octets, size_t len)
{
	union {
		const void *from_cups;
		void *ours;
	} p = {.from_cups = octets};

	seal_wipe(p.ours, len);
}

int
pin_read(ipp_t *request, struct pin *pin, struct error *err)
{
	ipp_attribute_t *password =
		ippFindAttribute(request, "job-password", IPP_TAG_ZERO);
	ipp_attribute_t *encryption =
		ippFindAttribute(request, "job-password-encryption", IPP_TAG_KEYWORD);
	const void *octets;
	int len = 0, rc;

	memset(pin, 0, sizeof(*pin));
	if (password == NULL)
		return 0;
	octets = ippGetOctetString(password, 0, &len);
	if (ippGetValueTag(password) != IPP_TAG_STRING || ippGetCount(password) != 1 ||
	    octets == NULL || len > PIN_MAX)
		return error_set(err, ERROR_INPUT,
				 "job-password is one octetString of at most %d bytes",
				 PIN_MAX);
	text_copy(pin->encryption, sizeof(pin->encryption),
		  encryption != NULL ? ippGetString(encryption, 0, NULL) : "none");
	if (strcmp(pin->encryption, "none") == 0)
		rc = take_clear(pin, octets, (size_t)len, err);
	else
		rc = take_digest(pin, octets, (size_t)len, err);
	wipe_value(octets, (size_t)len);
	return rc;
}

void
pin_add_supported(ipp_t *to)
{
	ipp_attribute_t *attr =
		ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
			     "job-password-encryption-supported", NULL, "none");

	for (size_t i = 0; i < DIGESTS; i++)
		ippSetString(to, &attr, ippGetCount(attr), digests[i].name);
}
