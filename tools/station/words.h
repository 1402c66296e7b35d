/*
 * words.h - what the release station says, in the languages that it speaks. %1 to %3
 * stand for values. What the service says (status-message) comes in the customer's
 * language already and is shown as it is.
 */
#ifndef CC_TOOLS_WORDS_H
#define CC_TOOLS_WORDS_H

#include <stddef.h>

enum words_id {
	WORDS_WELCOME,
	WORDS_ASK_WHAT,
	WORDS_ASK_PIN,
	WORDS_ASK_CHOICE,
	WORDS_ASK_RELEASE,
	WORDS_ASK_AGAIN,
	WORDS_ASK_PROOF_AGAIN,
	WORDS_PROOF_LETTERS, /* for the proof, then for all: lower case */
	WORDS_ASK_REST,	     /* pages that came out, of all */
	WORDS_REST,	     /* letters that mean it, lower case */
	WORDS_ALL,
	WORDS_ASK_RELEASE_ALL, /* orders */
	WORDS_MISTYPED,
	WORDS_NO_PIN,
	WORDS_SEVERAL,
	WORDS_NONE_OF_THESE,
	WORDS_NOTHING_WAITS,
	WORDS_SAY_AGAIN, /* why it stopped */
	WORDS_NO_SERVICE,
	WORDS_YES, /* letters that mean it, lower case */
	WORDS_NOT_RELEASED,
	WORDS_CODE_IN_ARGV,
	WORDS_PRINTER_STOPPED,
	WORDS_PRINTER_SAYS,
	WORDS_PRINTER_WELL,
	WORDS_REASON_INK_EMPTY,
	WORDS_REASON_INK_LOW,
	WORDS_REASON_JAM,
	WORDS_REASON_NO_PAPER,
	WORDS_REASON_OFFLINE,
	WORDS_REASON_OPEN,
	WORDS_REASON_OTHER,
	WORDS_REASON_OUTPUT_FULL,
	WORDS_REASON_PAPER_LOW,
	WORDS_REASON_SHUT,
	WORDS_REASON_TRAY,
	WORDS_ORDER_OF, /* order, customer */
	WORDS_COPIES,
	WORDS_COPY,
	WORDS_DOCUMENTS,
	WORDS_DOCUMENT,
	WORDS_DOCUMENT_OF, /* number, of all */
	WORDS_MORE_DOCUMENTS,
	WORDS_NO_NAME,
	WORDS_PRICE,
	WORDS_DECIMAL_POINT,
	WORDS_RELEASED,
	WORDS_DONE,
	WORDS_PROOF_NEXT, /* copies */
	WORDS_PROOF_DONE, /* order */
	WORDS_DONE_IN_PART,
	WORDS_STOPPED, /* message */
	WORDS_CANCELED,
	WORDS_EXPIRED,
	WORDS_HELD_AGAIN,
	WORDS_AWAY,
	WORDS_BACK,
	WORDS_WATCH_ENDED,
	WORDS_STATE_PENDING,
	WORDS_STATE_HELD,
	WORDS_STATE_PROCESSING,
	WORDS_STATE_STOPPED,
	WORDS_STATE_CANCELED,
	WORDS_STATE_ABORTED,
	WORDS_STATE_COMPLETED,
	WORDS_PHASE_RENDERING,
	WORDS_PHASE_SENDING,
	WORDS_PHASE_PRINTING,
	WORDS_PAGES, /* made, of all */
	WORDS_PAGES_SO_FAR,
	WORDS_COUNT
};

/* From LC_ALL, LC_MESSAGES, LANG. */
void words_open(void);
/* Never fails: cuts what does not fit, never within a character. */
void words_say(char *to, size_t size, enum words_id id, const char *value1,
	       const char *value2);
/* Without values. */
const char *words_plain(enum words_id id);
/* The sentence and a newline to standard output or standard error. */
void words_out(enum words_id id, const char *value1, const char *value2);
void words_err(enum words_id id, const char *value1, const char *value2);

#endif
