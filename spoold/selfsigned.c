/*
 * selfsigned.c - by libcrypto: libcups (cupsMakeServerCredentials) makes RSA keys only.
 */
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/selfsigned.h"

#define SERIAL_BITS 127	  /* positive, and within RFC 5280's 20 octets */
#define EARLY_S	    86400 /* a client's clock may be slow by so much */
#define NAME_MOST   64	  /* of a common name (RFC 5280, ub-common-name) */
#define NAMES_ROOM  800

/* Each returns 1, as libcrypto does, if it went well. */

static int
add_extension(X509 *to, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	int done;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, to, to, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	done = extension != NULL && X509_add_ext(to, extension, -1);
	X509_EXTENSION_free(extension);
	return done;
}

/* Alternative names count; the common name is for people, and for old clients. */
static int
add_names(X509 *to, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(to);
	char common[NAME_MOST + 1], names[NAMES_ROOM];
	bool has_domain = strchr(name, '.') != NULL;

	text_copy(common, sizeof(common), name);
	if (has_domain || strcmp(name, "localhost") == 0)
		snprintf(names, sizeof(names), "DNS:%s,DNS:localhost", name);
	else
		snprintf(names, sizeof(names), "DNS:%s,DNS:%s.local,DNS:localhost",
			 name, name);
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
					  (const unsigned char *)common, -1, -1, 0) &&
	       X509_set_issuer_name(to, subject) &&
	       add_extension(to, NID_subject_alt_name, names);
}

static int
add_serial(X509 *to)
{
	BIGNUM *serial = BN_new();
	int done = serial != NULL && BN_rand(serial, SERIAL_BITS, 0, 0) &&
		   BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(to)) != NULL;

	BN_free(serial);
	return done;
}

static int
fill(X509 *to, EVP_PKEY *key, const char *name, int days)
{
	return X509_set_version(to, 2) && add_serial(to) && add_names(to, name) &&
	       X509_gmtime_adj(X509_getm_notBefore(to), -EARLY_S) != NULL &&
	       X509_time_adj_ex(X509_getm_notAfter(to), days, 0, NULL) != NULL &&
	       X509_set_pubkey(to, key) &&
	       add_extension(to, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(to, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(to, NID_ext_key_usage, "serverAuth") &&
	       add_extension(to, NID_subject_key_identifier, "hash") &&
	       X509_sign(to, key, EVP_sha256()) > 0;
}

static int
write_out(BIO *pem, const char *path, mode_t mode, struct error *err)
{
	char *text;
	long len = BIO_get_mem_data(pem, &text);

	return fs_write_file(path, mode, text, (size_t)len, err);
}

int
selfsigned_make(const char *key_path, const char *certificate_path, const char *name,
		int days, struct error *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	BIO *key_pem = BIO_new(BIO_s_secmem()), *pem = BIO_new(BIO_s_mem());
	int rc = 0;

	if (key == NULL || certificate == NULL || key_pem == NULL || pem == NULL ||
	    !fill(certificate, key, name, days) ||
	    !PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) ||
	    !PEM_write_bio_X509(pem, certificate))
		rc = error_set(err, ERROR_SYSTEM,
			       "libcrypto makes no certificate for %s", name);
	if (rc == 0 && (write_out(key_pem, key_path, 0600, err) != 0 ||
			write_out(pem, certificate_path, 0644, err) != 0))
		rc = -1;
	BIO_free(pem);
	BIO_free(key_pem);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return rc;
}
