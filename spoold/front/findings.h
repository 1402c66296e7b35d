/*
 * findings.h - what preflight found, judged by the shop's settings: the document is taken,
 * taken with a warning, or refused while its customer is there.
 */
#ifndef CC_FRONT_FINDINGS_H
#define CC_FRONT_FINDINGS_H

#include "spoold/front/intake.h"
#include "spoold/front/request.h"
#include "spoold/front/upload.h"

/* What is kept beside a document, for who looks at its order. */
#define FOUND_PPI      "claimcheck-ppi"
#define FOUND_WARNING  "claimcheck-warning"
#define FOUND_PRICE    "claimcheck-price"
#define FOUND_CURRENCY "claimcheck-currency"

struct findings {
	uint32_t ppi;	/* pixels an inch on its sheet; 0: none, or not known */
	uint32_t price; /* of a copy, thousandths of the currency; 0: not known */
	char warning[ORDER_TEXT_MAX]; /* in the customer's language */
};

/* paper: that this document is meant for. True: taken; a warning has been added to
 * in->warning, too. False: the request was answered. */
bool findings_judge(struct request *r, struct intake *in, const struct paper *paper,
		    const struct upload *u, struct findings *found);
/* Adds them to a document's own attributes, as IPP bytes. */
int findings_add(const struct findings *found, const struct settings *settings,
		 struct buf *own, struct error *err);
/* Takes them away: they were of another order. */
int findings_drop(struct buf *own, struct error *err);
/* Of a document, those that there are, and its copies: into a collection. */
void findings_show(ipp_t *to, const struct wire_bytes *own);

#endif
