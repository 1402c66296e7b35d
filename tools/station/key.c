#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/fs.h"
#include "lib/base/text.h"

#include "tools/station/key.h"

#define FILE_MAX 1024

static int
take_line(struct key *key, char *line, struct error *err)
{
	char *word = strsep(&line, " \n"), *name = strsep(&line, " \n");
	char *secret = strsep(&line, " \n"), *certificate = strsep(&line, " \n");
	uint8_t bytes[SEAL_KEY_BYTES];
	bool fine =
		word != NULL && strcmp(word, KEY_WORD) == 0 && certificate != NULL &&
		text_copy(key->name, sizeof(key->name), name) == 0 &&
		text_copy(key->secret, sizeof(key->secret), secret) == 0 &&
		text_copy(key->certificate, sizeof(key->certificate), certificate) ==
			0 &&
		strlen(key->secret) == KEY_HEX - 1 &&
		strlen(key->certificate) == KEY_HEX - 1 &&
		text_unhex(bytes, sizeof(bytes), key->secret) == 0 &&
		text_unhex(bytes, sizeof(bytes), key->certificate) == 0;

	seal_wipe(bytes, sizeof(bytes));
	return fine ? 0
		    : error_set(err, ERROR_INPUT,
				"it is not a line of spoolctl station add");
}

int
key_read(struct key *key, const char *path, struct error *err)
{
	struct stat st;
	struct buf text;
	int rc = -1;

	memset(key, 0, sizeof(*key));
	buf_init(&text, FILE_MAX);
	if (stat(path, &st) != 0)
		error_errno(err, "it cannot be read");
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		error_set(err, ERROR_INPUT, "others may read it; chmod 600");
	else if (fs_read_file(path, &text, err) == 0 &&
		 buf_append(&text, "", 1, err) == 0)
		rc = take_line(key, (char *)text.data, err);
	seal_wipe(text.data, text.len);
	buf_clear(&text);
	return rc == 0 ? 0 : error_prefix(err, "the station's key '%s'", path);
}

void
key_print(const void *der, size_t len, char certificate[KEY_HEX])
{
	uint8_t digest[SEAL_KEY_BYTES];

	INVARIANT(seal_hash("SHA2-256", der, len, digest, sizeof(digest)) == 0);
	text_hex(certificate, digest, sizeof(digest));
}

/* The certificate that the service showed; "" if none. */
static void
shown(http_t *http, char certificate[KEY_HEX])
{
	cups_array_t *chain = NULL;
	const http_credential_t *first;

	certificate[0] = '\0';
	if (httpCopyCredentials(http, &chain) == 0 &&
	    (first = cupsArrayFirst(chain)) != NULL)
		key_print(first->data, first->datalen, certificate);
	httpFreeCredentials(chain);
}

int
key_show(const struct key *key, http_t *http, struct error *err)
{
	char certificate[KEY_HEX], both[KEY_NAME_MAX + KEY_HEX + 1];
	char coded[sizeof(both) * 4 / 3 + 8];

	shown(http, certificate);
	if (httpIsEncrypted(http) == 0 || strcmp(certificate, key->certificate) != 0)
		return error_set(err, ERROR_SYSTEM,
				 "the service shows another certificate (%s) than the "
				 "station's key names: it is not told the key",
				 certificate[0] != '\0' ? certificate : "none");
	snprintf(both, sizeof(both), "%s:%s", key->name, key->secret);
	httpEncode64_2(coded, sizeof(coded), both, (int)strlen(both));
	httpSetAuthString(http, "Basic", coded);
	seal_wipe(both, sizeof(both));
	seal_wipe(coded, sizeof(coded));
	return 0;
}
