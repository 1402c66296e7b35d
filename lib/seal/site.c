/*
 * The file of the site's secrets. It is read and written whole; a new secret goes into
 * a copy, the copy to the disk, and only then into use.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/seal/site.h"

#define SITE_HEAD "claimcheck site secrets 1"

static void
derive_keys(struct site_secret *s)
{
	crypto_kdf_derive_from_key(s->index, sizeof(s->index), 1, "ccindex_",
				   s->master);
	crypto_kdf_derive_from_key(s->blind, sizeof(s->blind), 1, "ccblind_",
				   s->master);
	crypto_kdf_derive_from_key(s->grant, sizeof(s->grant), 1, "ccgrant_",
				   s->master);
	crypto_kdf_derive_from_key(s->audit, sizeof(s->audit), 1, "ccaudit_",
				   s->master);
}

static int
add_random(struct seal_site *site, struct error *err)
{
	struct site_secret *s = &site->secrets[site->count];

	if (site->count == SEAL_SITE_SECRETS)
		return error_set(err, ERROR_FULL,
				 "there are %d site secrets already; retire one that "
				 "no waiting order needs",
				 SEAL_SITE_SECRETS);
	s->number = site->count == 0 ? 1 : s[-1].number + 1;
	randombytes_buf(s->master, sizeof(s->master));
	derive_keys(s);
	site->count++;
	return 0;
}

static int
write_site(const struct seal_site *site, const char *path, struct error *err)
{
	char *text = sodium_malloc(SITE_FILE_MAX);
	char hex[2 * SEAL_KEY_BYTES + 1];
	size_t len;
	int rc;

	INVARIANT(text != NULL);
	len = (size_t)snprintf(text, SITE_FILE_MAX, "%s\n", SITE_HEAD);
	for (size_t i = 0; i < site->count; i++) {
		text_hex(hex, site->secrets[i].master, SEAL_KEY_BYTES);
		len += (size_t)snprintf(text + len, SITE_FILE_MAX - len, "%u %s\n",
					(unsigned)site->secrets[i].number, hex);
	}
	rc = fs_write_file(path, 0600, text, len, err);
	sodium_memzero(hex, sizeof(hex));
	sodium_free(text);
	return rc;
}

/* One "NUMBER HEX" line. */
static int
read_secret(struct seal_site *site, char *line)
{
	struct site_secret *s = &site->secrets[site->count];
	char *hex = strchr(line, ' ');
	int64_t number;

	if (hex == NULL || site->count == SEAL_SITE_SECRETS)
		return -1;
	*hex++ = '\0';
	if (text_number(line, 1, UINT32_MAX, &number) != 0 ||
	    (site->count > 0 && number <= s[-1].number) ||
	    text_unhex(s->master, SEAL_KEY_BYTES, hex) != 0)
		return -1;
	s->number = (uint32_t)number;
	derive_keys(s);
	site->count++;
	return 0;
}

static int
read_lines(struct seal_site *site, char *text)
{
	char *line = strsep(&text, "\n");

	if (line == NULL || strcmp(line, SITE_HEAD) != 0)
		return -1;
	while ((line = strsep(&text, "\n")) != NULL) {
		if (*line == '\0' && text == NULL)
			break; /* behind the last newline */
		if (read_secret(site, line) != 0)
			return -1;
	}
	return site->count > 0 ? 0 : -1;
}

static int
check_file(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return error_errno(err, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode) || st.st_size >= SITE_FILE_MAX)
		return error_set(err, ERROR_REFUSED, "'%s' is no file of site secrets",
				 path);
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return error_set(err, ERROR_REFUSED,
				 "'%s' must belong to this program's user, with mode "
				 "0600: others could read the site secrets",
				 path);
	return 0;
}

static int
read_site(struct seal_site *site, int fd, const char *path, struct error *err)
{
	char *text;
	ssize_t n;
	int rc = -1;

	text = sodium_malloc(SITE_FILE_MAX);
	INVARIANT(text != NULL);
	n = fs_read_full(fd, text, SITE_FILE_MAX - 1);
	if (n < 0) {
		error_errno(err, "cannot read '%s'", path);
	} else {
		text[n] = '\0';
		rc = read_lines(site, text);
		if (rc != 0)
			error_set(err, ERROR_CORRUPT,
				  "'%s' is damaged: it must be '%s', then lines of "
				  "a rising number and 64 hex digits",
				  path, SITE_HEAD);
	}
	sodium_free(text);
	return rc;
}

int
site_open_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return error_errno(err, "cannot open the site secrets '%s'", path);
	if (check_file(fd, path, err) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
open_or_make(struct seal_site *site, const char *path, bool make, struct error *err)
{
	int fd = site_open_file(path, err);
	int rc = -1;

	if (fd >= 0) {
		rc = read_site(site, fd, path, err);
		close(fd);
		return rc;
	}
	if (err->kind != ERROR_ABSENT || !make)
		return rc;
	error_clear(err);
	return add_random(site, err) == 0 ? write_site(site, path, err) : -1;
}

int
seal_site_open(const char *path, bool make, struct seal_site **site, struct error *err)
{
	struct seal_site *s = sodium_malloc(sizeof(*s));
	struct error own;

	INVARIANT(s != NULL);
	sodium_memzero(s, sizeof(*s));
	*site = NULL;
	if (open_or_make(s, path, make, &own) != 0) {
		sodium_free(s);
		if (err != NULL)
			*err = own;
		return -1;
	}
	*site = s;
	return 0;
}

void
seal_site_close(struct seal_site *site)
{
	sodium_free(site);
}

uint32_t
seal_site_current(const struct seal_site *site)
{
	return site->secrets[site->count - 1].number;
}

uint32_t
seal_site_older(const struct seal_site *site, uint32_t secret)
{
	for (size_t i = site->count; i-- > 0;)
		if (site->secrets[i].number < secret)
			return site->secrets[i].number;
	return 0;
}

const struct site_secret *
site_find(const struct seal_site *site, uint32_t secret, struct error *err)
{
	for (size_t i = 0; i < site->count; i++)
		if (site->secrets[i].number == secret)
			return &site->secrets[i];
	error_set(err, ERROR_ABSENT, "the site has no secret %u (any more)",
		  (unsigned)secret);
	return NULL;
}

int
seal_site_print(const struct seal_site *site, uint32_t secret,
		uint8_t print[SEAL_SALT_BYTES], struct error *err)
{
	const struct site_secret *s = site_find(site, secret, err);

	sodium_memzero(print, SEAL_SALT_BYTES);
	if (s == NULL)
		return -1;
	crypto_generichash(print, SEAL_SALT_BYTES, (const uint8_t *)"print", 5,
			   s->index, sizeof(s->index));
	return 0;
}

int
seal_audit_mac(const struct seal_site *site, uint32_t secret, const void *head,
	       size_t len, uint8_t mac[SEAL_KEY_BYTES], struct error *err)
{
	const struct site_secret *s = site_find(site, secret, err);

	sodium_memzero(mac, SEAL_KEY_BYTES);
	if (s == NULL)
		return -1;
	crypto_generichash(mac, SEAL_KEY_BYTES, head, len, s->audit, sizeof(s->audit));
	return 0;
}

/* Puts the changed copy on the disk and then into use. */
static int
replace(struct seal_site *site, const struct seal_site *changed, const char *path,
	struct error *err)
{
	if (write_site(changed, path, err) != 0)
		return -1;
	memcpy(site, changed, sizeof(*site));
	return 0;
}

int
seal_site_rotate(struct seal_site *site, const char *path, struct error *err)
{
	struct seal_site *copy = sodium_malloc(sizeof(*copy));
	int rc;

	INVARIANT(copy != NULL);
	memcpy(copy, site, sizeof(*copy));
	rc = add_random(copy, err);
	if (rc == 0)
		rc = replace(site, copy, path, err);
	sodium_free(copy);
	return rc;
}

static void
take_out(struct seal_site *site, const struct site_secret *s)
{
	size_t at = (size_t)(s - site->secrets);

	memmove(&site->secrets[at], &site->secrets[at + 1],
		(site->count - at - 1) * sizeof(*s));
	site->count--;
	sodium_memzero(&site->secrets[site->count], sizeof(*s));
}

int
seal_site_retire(struct seal_site *site, const char *path, uint32_t secret,
		 struct error *err)
{
	const struct site_secret *s;
	struct seal_site *copy;
	int rc;

	if (secret == seal_site_current(site))
		return error_set(err, ERROR_REFUSED,
				 "site secret %u is the one in use; make a new one "
				 "first",
				 (unsigned)secret);
	copy = sodium_malloc(sizeof(*copy));
	INVARIANT(copy != NULL);
	memcpy(copy, site, sizeof(*copy));
	s = site_find(copy, secret, err);
	rc = s != NULL ? 0 : -1;
	if (rc == 0) {
		take_out(copy, s);
		rc = replace(site, copy, path, err);
	}
	sodium_free(copy);
	return rc;
}
