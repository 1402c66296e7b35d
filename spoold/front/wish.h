/*
 * wish.h - what a station asks of a release (Release-Job with a job-password), other than
 * "all of it, as it was ordered":
 *
 *   claimcheck-release-again      boolean: it stopped, and may be printed twice
 *   claimcheck-release-rest       boolean: it stopped, and goes on behind what came out
 *   claimcheck-release-proof      boolean: a proof, and the order waits again; false: all of
 *                                 it, though a proof was ordered
 *   claimcheck-release-documents  1setOf integer: these; the others wait
 *   claimcheck-release-copies     integer: of each document, in place of what was ordered
 *   claimcheck-release-printer    name: another printer of ours, which must be able to make
 *                                 it: the order is judged as it was when it was handed in
 */
#ifndef CC_FRONT_WISH_H
#define CC_FRONT_WISH_H

#include "spoold/front/request.h"

struct wish {
	uint8_t again;	 /* enum wire_again */
	uint8_t make;	 /* enum wire_make */
	uint32_t copies; /* 0: as ordered */
	char printer[ORDER_QUEUE_MAX];
	uint8_t only[WIRE_ONLY_MAX]; /* as messages.h has it */
	uint32_t only_len;
};

/* False after the request was answered: a value that can't be. */
bool wish_read(struct request *r, struct wish *wish);
/* Into the message; the wish stays where it is. */
void wish_fill(const struct wish *wish, struct wire_prove *prove);
/* Whether wish->printer can make this order, one document at a time; false after the
 * request was answered: which attribute or format it can't do. True where no printer is
 * wished. */
bool wish_fits_order(struct request *r, const struct wish *wish,
		     const struct wire_order_info *info);
bool wish_fits_document(struct request *r, const struct wish *wish,
			const struct wire_document_info *document);

#endif
