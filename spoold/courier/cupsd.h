/*
 * cupsd.h - one connection to cupsd: requests with an end in time, errors of our kinds.
 *
 * Over cupsd's unix socket we are known by peer credentials, as the user who runs this
 * process; libcups answers cupsd's question (401, PeerCred) by itself. cupsd serves one
 * request at a time and may stall for 20 s and more while it writes its job cache, so
 * that long is patience, not a fault.
 */
#ifndef CC_COURIER_CUPSD_H
#define CC_COURIER_CUPSD_H

#include <cups/cups.h>
#include <stdbool.h>

#include "lib/base/error.h"
#include "spoold/settings.h"

#define CUPSD_CONNECT_MS 5000
#define CUPSD_ANSWER_S	 60

struct cupsd {
	char host[SETTINGS_PATH_MAX]; /* or the socket's path */
	int port;
	char user[SETTINGS_USER_MAX]; /* requesting-user-name: who we are */
	http_t *http;		      /* NULL: not connected */
	unsigned lost;		      /* counts connections that ended in a fault */
};

/* For a handler of SIGTERM: libcups waits for cupsd, for up to CUPSD_ANSWER_S, and would
 * reconnect if it were disturbed. */
bool cupsd_is_waiting(void);

/* Makes no connection yet. */
int cupsd_open(struct cupsd *c, const char *server, struct error *err);
void cupsd_close(struct cupsd *c);
/* Connects if there is no connection. ERROR_LATER. */
int cupsd_connect(struct cupsd *c, struct error *err);

/* A request about a queue ("" for all), or about a job. The caller's until cupsd_ask.
 */
ipp_t *cupsd_queue_request(const struct cupsd *c, ipp_op_t op, const char *queue);
ipp_t *cupsd_job_request(const struct cupsd *c, ipp_op_t op, int job);
/* requested-attributes, in the operation group. */
void cupsd_want(ipp_t *request, const char *const *names, int count);

/* Sends (and frees) the request, with a document behind it where document is not NULL.
 * 0: an answer of a successful status, *answer (may be NULL) is the caller's. Errors:
 * ERROR_LATER cupsd does not answer (the connection is closed; it is not known whether
 * the request was carried out), or is too busy; ERROR_ABSENT no such queue or job;
 * ERROR_CONFLICT the job's state forbids it; ERROR_REFUSED we may not; ERROR_INPUT an
 * attribute is wrong; ERROR_SYSTEM anything else. */
int cupsd_ask(struct cupsd *c, ipp_t *request, const char *document, ipp_t **answer,
	      struct error *err);

#endif
