/*
 * certificate.c - libcups takes its TLS versions from client.conf alone (client.conf(5),
 * SSLOptions), reads it again in each thread, and without one speaks TLS 1.0. So the
 * supervisor puts one beside the key (credentials.c), we point libcups there, and don't
 * start without it.
 */
#include <cups/cups.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/log.h"
#include "spoold/front/certificate.h"

#define DAY_S 86400

int
certificate_start(const struct front_fds *fds, struct error *err)
{
	struct stat st;
	char path[sizeof(fds->tls_folder) + 16];

	if (fds->tls_folder[0] == '\0')
		return 0;
	snprintf(path, sizeof(path), "%s/" FRONT_TLS_CONF, fds->tls_folder);
	if (stat(path, &st) != 0 || st.st_size == 0)
		return error_errno(err, "'%s' must say which TLS is spoken", path);
	/* nobody else's client.conf, nobody's home */
	if (setenv("CUPS_SERVERROOT", fds->tls_folder, 1) != 0 || unsetenv("HOME") != 0)
		return error_errno(err, "cannot set the environment");
	if (!cupsSetServerCredentials(fds->tls_folder, fds->tls_name, 0))
		return error_set(err, ERROR_SYSTEM,
				 "TLS cannot be set up with '%s' in %s: %s",
				 fds->tls_name, fds->tls_folder, cupsLastErrorString());
	certificate_watch(fds);
	return 0;
}

static void
say(const char *name, int64_t left_s)
{
	static const char how[] = "put a new %s.key and %s.crt in its place, or remove "
				  "both to have them made, and send spoold SIGHUP";
	char words[256];

	snprintf(words, sizeof(words), how, name, name);
	if (left_s <= 0)
		log_error("the TLS certificate of %s has expired: %s", name, words);
	else if (left_s < (int64_t)CERTIFICATE_WARN_DAYS * DAY_S)
		log_notice("the TLS certificate of %s expires in %d days: %s", name,
			   (int)(left_s / DAY_S), words);
}

void
certificate_watch(const struct front_fds *fds)
{
	static int64_t looked; /* the main thread's */
	cups_array_t *chain = NULL;
	int64_t now = time(NULL);

	if (fds->tls_folder[0] == '\0' || now - looked < DAY_S)
		return;
	looked = now;
	if (httpLoadCredentials(fds->tls_folder, &chain, fds->tls_name) == 0)
		say(fds->tls_name, httpCredentialsGetExpiration(chain) - now);
	httpFreeCredentials(chain);
}
