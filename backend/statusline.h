/*
 * statusline.h - what a filter or a device backend says on its standard error
 * (filter(7)), read line by line, so that it can be passed on to cupsd.
 *
 * Only well-formed lines pass as they are; cupsd acts on them. An ERROR: and what is worse
 * becomes a NOTICE:, since cupsd shows the first ERROR: of a job (job-printer-state-message)
 * to its end, and that is for us to say, who know how much came out and what to do. Everything else (an
 * unknown prefix, a control character, STATE or ATTR or PAGE of another shape) becomes
 * a DEBUG: line with its control characters replaced. An overlong line is cut.
 */
#ifndef CC_BACKEND_STATUSLINE_H
#define CC_BACKEND_STATUSLINE_H

#include <stddef.h>
#include <stdint.h>

#define STATUSLINE_MAX 2048 /* with its zero */

enum statusline_kind {
	STATUSLINE_OTHER, /* DEBUG and all that was not well-formed */
	STATUSLINE_INFO,  /* INFO, NOTICE, WARNING */
	STATUSLINE_ERROR, /* ERROR, ALERT, CRIT, EMERG */
	STATUSLINE_PAGE,  /* pages: how many more, or in all if total */
	STATUSLINE_STATE, /* printer-state-reasons */
	STATUSLINE_ATTR	  /* ATTR, PPD, JOBSTATE */
};

struct statusline {
	enum statusline_kind kind;
	char line[STATUSLINE_MAX]; /* as it goes to cupsd, without its newline */
	const char *text;	   /* in line: what stands behind the prefix */
	uint32_t pages;
	int total;
};

/* raw: one line without its newline, of any length and content. */
void statusline_read(struct statusline *out, const char *raw, size_t len);

/* Cuts a stream of bytes into lines. */
struct statusline_reader {
	char raw[STATUSLINE_MAX];
	size_t len; /* what does not fit is dropped, and makes the line too long */
};

/* Feeds bytes; calls visit for each line that is complete. */
typedef void statusline_visit_fn(void *context, const struct statusline *line);
void statusline_feed(struct statusline_reader *r, const char *data, size_t len,
		     statusline_visit_fn *visit, void *context);
/* The last line, if it had no newline. */
void statusline_flush(struct statusline_reader *r, statusline_visit_fn *visit,
		      void *context);

#endif
