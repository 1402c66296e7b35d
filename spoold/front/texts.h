/*
 * texts.h - what front says to people, in their language: one row a text, one column a
 * language (texts.c). %1 and %2 stand for what is put in; a translation may swap them.
 *
 * The language is the request's attributes-natural-language; what we have not is
 * English. Errors that come from keep are English and go through as they are.
 */
#ifndef CC_FRONT_TEXTS_H
#define CC_FRONT_TEXTS_H

#include <stddef.h>

enum texts_language { TEXTS_EN = 0, TEXTS_DE, TEXTS_LANGUAGES };

enum texts_id {
	/* job-state-message */
	TEXTS_COLLECT_CODE, /* %1: the written claim code; only ever said once */
	TEXTS_WAITS_CODE,
	TEXTS_WAITS_PIN, /* %1: the order's number */
	TEXTS_LOCKED,	 /* %1: minutes */
	TEXTS_INCOMING,
	TEXTS_OPERATOR_HOLD,
	TEXTS_SUSPENDED,
	TEXTS_RELEASED,
	TEXTS_PRODUCING,
	TEXTS_STOPPED, /* %1: why */
	TEXTS_COMPLETED,
	TEXTS_CANCELED,
	TEXTS_EXPIRED,
	TEXTS_CORRUPT,
	TEXTS_STORED,
	TEXTS_STORED_CODE, /* %1: the claim code */
	TEXTS_NO_IDENTIFICATION,
	TEXTS_PROOF_NEXT, /* %1: copies */
	TEXTS_PROOF_NOW,  /* %1: copies */
	TEXTS_PROOF_MADE, /* %1: the sentence of its state */
	TEXTS_RESTARTED,
	/* documents: %1 is the format, where there is one */
	TEXTS_DOC_EMPTY,
	TEXTS_DOC_NOT_KNOWN, /* %1: what is taken */
	TEXTS_DOC_CUT_OFF,
	TEXTS_DOC_DAMAGED,
	TEXTS_DOC_TOO_LARGE, /* %1: "60000 x 60000" */
	TEXTS_DOC_ENCRYPTED,
	TEXTS_DOC_OTHER,       /* declared %1, is %2 */
	TEXTS_DOC_FORMAT,      /* %1: a format that is not taken here */
	TEXTS_DOC_BYTES,       /* %1: largest size */
	TEXTS_DOC_COUNT,       /* %1: how many */
	TEXTS_COMPRESSION,     /* %1 */
	TEXTS_BAD_COMPRESSION, /* %1 */
	/* no room */
	TEXTS_FULL,
	TEXTS_FULL_PRINTER,
	TEXTS_FULL_ORDERS, /* of this customer */
	TEXTS_FULL_BYTES,
	TEXTS_TOO_LARGE,
	TEXTS_TOO_LARGE_ORDER,
	TEXTS_TOO_LARGE_QUOTA,
	/* what preflight found: refusals, then warnings; %1: the document */
	TEXTS_DOC_UNCHECKED,
	TEXTS_DOC_FEW_PIXELS, /* %1: pixels an inch, %2: how many are wanted */
	TEXTS_WARN_DOUBTFUL,
	TEXTS_WARN_DAMAGED,
	TEXTS_WARN_ENCRYPTED,
	TEXTS_WARN_UNCHECKED,
	TEXTS_WARN_FEW_PIXELS, /* %1: pixels an inch, %2: how many are wanted */
	/* requests */
	TEXTS_BAD_REQUEST, /* %1: what about it */
	TEXTS_VERSION,
	TEXTS_CHARSET,
	TEXTS_OPERATION,
	TEXTS_NO_TARGET,
	TEXTS_NO_PRINTER, /* %1 */
	TEXTS_NO_JOB,	  /* %1: number */
	TEXTS_NO_JOBS_HERE,
	TEXTS_TOO_MUCH,	  /* %1: which limit */
	TEXTS_ATTRIBUTES, /* some values can't be had */
	TEXTS_NOT_ACCEPTING,
	TEXTS_NOT_YOURS,
	TEXTS_CANCEL_YOURS,
	TEXTS_NOT_OPEN, /* %1: number */
	TEXTS_BUSY_JOB, /* %1: number */
	TEXTS_NO_DOCUMENTS,
	TEXTS_NO_DOCUMENT,	 /* %1: its number */
	TEXTS_DOCUMENT_CANCELED, /* %1: its number */
	TEXTS_DOCUMENT_PLACED,	 /* %1: its number */
	TEXTS_SEALED,		 /* %1: number of the order */
	TEXTS_PASSWORD,		 /* %1: what about it */
	TEXTS_NO_STATION,
	TEXTS_MISTYPED,
	TEXTS_WRONG, /* unknown code and wrong PIN: the same words */
	TEXTS_SEVERAL,
	TEXTS_GUEST_PIN,
	TEXTS_NOT_HELD,
	TEXTS_NOT_SETTABLE,
	TEXTS_NO_MOVE,
	TEXTS_NO_RESTART,   /* %1: number; it is not over yet */
	TEXTS_NOTHING_LEFT, /* %1: number */
	TEXTS_PURGE_ALL,
	TEXTS_NO_PRINTER_CONTROL,
	TEXTS_OPERATORS, /* %1: the station socket */
	TEXTS_NOT_OF_PRINTER,
	TEXTS_NO_LOOK,
	TEXTS_NO_SUBSCRIPTION, /* %1: number */
	TEXTS_SUBSCRIPTIONS,   /* too many, or none of them can be */
	TEXTS_JOB_LEASE,
	/* notify-text */
	TEXTS_EVENT_ORDER,  /* %1: number, %2: job-state-message */
	TEXTS_EVENT_OTHERS, /* %1: number */
	TEXTS_EVENT_IDLE,   /* %1: printer */
	TEXTS_EVENT_BUSY,
	TEXTS_EVENT_STOPPED,
	TEXTS_BUSY,
	TEXTS_INTERNAL,
	/* printer-state-message */
	TEXTS_PRINTER_NOT_READY,
	/* pages */
	TEXTS_PAGE_SERVICE,
	TEXTS_PAGE_PRINTER, /* %1: its info, %2: its location */
	TEXTS_PAGE_ORDER,   /* %1: number */
	TEXTS_PAGE_ANY_ORDER,
	TEXTS_PAGE_CODE,
	TEXTS_PAGE_PIN, /* %1: number */
	TEXTS_PAGE_HOW,
	TEXTS_PAGE_SUPPLIES,
	TEXTS_PAGE_SUPPLY, /* %1: its name, %2: how much is left */
	TEXTS_PAGE_NO_SUPPLIES,
	TEXTS_PAGE_NOT_HERE,
	TEXTS_COUNT
};

/* "de", "de-at", "DE_CH.utf8" are German. NULL is English. */
enum texts_language texts_language(const char *tag);
/* The first language of an Accept-Language field that we have: "fr, de-CH;q=0.9". */
enum texts_language texts_accepted(const char *field);
/* "en" */
const char *texts_tag(enum texts_language language);
/* Writes at most size - 1 bytes of UTF-8, never half a character. Missing values are
 * NULL. Control characters in them are stripped. */
void texts_say(char *to, size_t size, enum texts_language language, enum texts_id id,
	       const char *value1, const char *value2);

#endif
