/*
 * request.h - one IPP request and its answer.
 */
#ifndef CC_FRONT_REQUEST_H
#define CC_FRONT_REQUEST_H

#include <cups/array.h>
#include <cups/ipp.h>

#include "spoold/front/client.h"
#include "spoold/front/printers.h"
#include "spoold/front/texts.h"

#define REQUEST_AUTHORITY_MAX 300
#define REQUEST_URI_MAX	      1024 /* uri(1023) + 0 */

struct request {
	struct client *client;
	ipp_t *in;  /* owned */
	ipp_t *out; /* owned; NULL once it is on its way */
	enum texts_language language;
	char user[ORDER_NAME_MAX]; /* requesting-user-name: a claim, not a proof */
	bool is_operator;	   /* over the station socket */
	struct printer *printer;   /* the target; NULL: "/", or a job's uri */
	uint32_t job;		   /* the target's job-id; 0: none */
	bool knows_order;	   /* the target was named by its uuid: */
	uint8_t order[UUID_BYTES];
	char authority[REQUEST_AUTHORITY_MAX]; /* "host:port" of our uris */
	bool sent;			       /* the answer was streamed already */
};

/* Reads the request's attributes, runs its operation and writes the answer. The body's
 * rest, if any, is left unread. False: the connection is of no more use. */
bool request_serve(struct client *c);

/* --- for operations --- */

/* Status and words of the answer; whatever was added to it before is dropped. */
void request_answer(struct request *r, ipp_status_t status, enum texts_id id,
		    const char *value1, const char *value2);
/* The same for an error, by the one table (status.h); ERROR_LATER and ERROR_SYSTEM keep
 * their details in the log. */
void request_answer_error(struct request *r, const struct error *err);
/* "%u" in a buffer of the caller. */
const char *request_number(char text[16], uint32_t number);

/* A fresh answer with charset and language, status successful-ok. */
ipp_t *request_new_answer(const struct request *r);
/* An operation attribute's one value, or NULL / otherwise. */
const char *request_string(const struct request *r, const char *name, ipp_tag_t tag);
bool request_bool(const struct request *r, const char *name, bool otherwise);
int request_int(const struct request *r, const char *name, int otherwise);
/* requested-attributes; NULL means all. The caller's: cupsArrayDelete. */
cups_array_t *request_wanted(const struct request *r);
bool request_wants(cups_array_t *wanted, const char *name);

void request_printer_uri(const struct request *r, const char *scheme,
			 const char *printer, char uri[REQUEST_URI_MAX]);
void request_job_uri(const struct request *r, uint32_t number,
		     char uri[REQUEST_URI_MAX]);
/* The same by its uuid, for its owner only; scheme "ipps", "https", ... */
void request_order_uri(const struct request *r, const char *scheme,
		       const uint8_t order[UUID_BYTES], char uri[REQUEST_URI_MAX]);
/* "ipp", or "ipps" over TLS */
const char *request_scheme(const struct request *r);

/* Streams the answer: head (operation group), pieces, end. Each -1 when the client is
 * gone. A piece is a message of which only the groups are sent. */
int request_stream_begin(struct request *r);
int request_stream(struct request *r, ipp_t *piece);
int request_stream_bytes(struct request *r, const void *groups, size_t len);
int request_stream_end(struct request *r);

#endif
