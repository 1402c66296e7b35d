/*
 * The file of site secrets in a sealed box, for a backup:
 *
 *   claimcheck sealed site secrets 1
 *   public HEX64
 *   HEX...               (libsodium's crypto_box_seal of the file's bytes)
 */
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/seal/site.h"

#define BOX_HEAD  "claimcheck sealed site secrets 1\npublic "
#define BOX_MAX	  (SITE_FILE_MAX + crypto_box_SEALBYTES)
#define PUBLIC_AT (sizeof(BOX_HEAD) - 1)
#define SEALED_AT (PUBLIC_AT + 2 * (size_t)SEAL_KEY_BYTES + 1)

_Static_assert(SEALED_AT + 2 * BOX_MAX + 2 <= SEAL_SITE_BOX_MAX, "a full file fits");

static int
append_hex(struct buf *text, const uint8_t *data, size_t len, struct error *err)
{
	char hex[2 * BOX_MAX + 1];

	text_hex(hex, data, len);
	hex[2 * len] = '\n';
	return buf_append(text, hex, 2 * len + 1, err);
}

static int
write_box(struct buf *text, const uint8_t public_key[SEAL_KEY_BYTES],
	  const uint8_t *box, size_t len, struct error *err)
{
	if (buf_append(text, BOX_HEAD, PUBLIC_AT, err) != 0 ||
	    append_hex(text, public_key, SEAL_KEY_BYTES, err) != 0)
		return -1;
	return append_hex(text, box, len, err);
}

int
seal_site_box(const char *path, const uint8_t public_key[SEAL_KEY_BYTES],
	      struct buf *text, struct error *err)
{
	uint8_t *clear, box[BOX_MAX];
	int fd = site_open_file(path, err), rc = -1;
	ssize_t n;

	if (fd < 0)
		return -1;
	clear = sodium_malloc(SITE_FILE_MAX);
	INVARIANT(clear != NULL);
	n = fs_read_full(fd, clear, SITE_FILE_MAX);
	if (n < 0)
		error_errno(err, "cannot read '%s'", path);
	else if (crypto_box_seal(box, clear, (size_t)n, public_key) != 0)
		error_set(err, ERROR_INPUT, "the recovery key is no usable public key");
	else
		rc = write_box(text, public_key, box, (size_t)n + crypto_box_SEALBYTES,
			       err);
	sodium_free(clear);
	close(fd);
	return rc;
}

/* The box's bytes, or -1 for what is no such text. */
static ssize_t
read_box(const struct buf *text, uint8_t public_key[SEAL_KEY_BYTES],
	 uint8_t box[BOX_MAX])
{
	char copy[SEAL_SITE_BOX_MAX + 1];
	size_t len;

	if (text->len >= sizeof(copy) || text->len < SEALED_AT)
		return -1;
	memcpy(copy, text->data, text->len);
	copy[text->len] = '\0';
	if (strncmp(copy, BOX_HEAD, PUBLIC_AT) != 0 || copy[SEALED_AT - 1] != '\n')
		return -1;
	copy[SEALED_AT - 1] = '\0';
	copy[SEALED_AT + strcspn(copy + SEALED_AT, "\n")] = '\0';
	len = strlen(copy + SEALED_AT) / 2;
	if (len <= crypto_box_SEALBYTES || len > BOX_MAX ||
	    text_unhex(public_key, SEAL_KEY_BYTES, copy + PUBLIC_AT) != 0 ||
	    text_unhex(box, len, copy + SEALED_AT) != 0)
		return -1;
	return (ssize_t)len;
}

static int
write_new(const char *path, const uint8_t *clear, size_t len, struct error *err)
{
	if (access(path, F_OK) == 0)
		return error_set(err, ERROR_CONFLICT, "there is a file '%s' already",
				 path);
	return fs_write_file(path, 0600, clear, len, err);
}

int
seal_site_unbox(const struct buf *text, const uint8_t public_key[SEAL_KEY_BYTES],
		const struct seal_key *private_key, const char *path, struct error *err)
{
	uint8_t public_there[SEAL_KEY_BYTES], box[BOX_MAX], *clear;
	ssize_t len = read_box(text, public_there, box);
	int rc;

	if (len < 0)
		return error_set(err, ERROR_INPUT, "these are no sealed site secrets");
	clear = sodium_malloc(SITE_FILE_MAX);
	INVARIANT(clear != NULL);
	if (!seal_equal(public_there, public_key, SEAL_KEY_BYTES) ||
	    crypto_box_seal_open(clear, box, (size_t)len, public_key,
				 private_key->bytes) != 0)
		rc = error_set(err, ERROR_REFUSED,
			       "the site secrets were sealed to another recovery key");
	else
		rc = write_new(path, clear, (size_t)len - crypto_box_SEALBYTES, err);
	sodium_free(clear);
	return rc;
}
