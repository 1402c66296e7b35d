/*
 * document_fault.h - in words what is wrong with a document that came, or how it came.
 */
#ifndef CC_FRONT_DOCUMENT_FAULT_H
#define CC_FRONT_DOCUMENT_FAULT_H

#include "spoold/front/request.h"
#include "spoold/front/upload.h"

/* True if nothing is; else false after the request was answered. err: where end is
 * UPLOAD_FAILED. */
bool document_fault_answer(struct request *r, const struct printer *p,
			   const struct upload *u, enum upload_end end,
			   const struct error *err);

#endif
