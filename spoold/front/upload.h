/*
 * upload.h - a document on its way in: read from the client, looked at (sniff.h), passed
 * to preflight, sealed chunk by chunk on this thread, sent to keep. Never whole in memory.
 */
#ifndef CC_FRONT_UPLOAD_H
#define CC_FRONT_UPLOAD_H

#include "spoold/front/client.h"
#include "spoold/front/intake.h"
#include "spoold/front/preflight.h"
#include "spoold/front/sniff.h"

enum upload_end {
	UPLOAD_WHOLE,
	UPLOAD_REFUSED,	  /* sniff.fault says why; the body is not read to its end */
	UPLOAD_TOO_LARGE, /* more than max-document-bytes */
	UPLOAD_GONE,	  /* the client went away or was too slow */
	UPLOAD_BAD_COMPRESSION, /* what was to be gzip or deflate is not, or is cut off */
	UPLOAD_FAILED		/* keep or this machine: *err */
};

struct upload {
	uint8_t body[UUID_BYTES];
	uint64_t length;
	uint32_t chunks;
	struct sniff sniff;
	bool checked; /* preflight was asked: answer */
	struct preflight_answer answer;
	bool more; /* the body had not ended when the upload did */
};

/* compression: NULL for none, "gzip", "deflate". Whether the printer takes the format is
 * the caller's business, once `u->sniff.format` is known. */
enum upload_end upload_run(struct client *c, struct wire_peer *keep,
			   const struct intake *in, const char *compression,
			   struct upload *u, struct error *err);

#endif
