/*
 * ipp_override.h - page overrides (PWG 5100.6): which pages of which documents one value of
 * "overrides" is for.
 *
 * A page is named by one value at most: what two of them would make of it no standard tells.
 * So document-copies, which would name the same pages twice, is not had.
 */
#ifndef CC_IPP_OVERRIDE_H
#define CC_IPP_OVERRIDE_H

#include <cups/ipp.h>
#include <stdbool.h>

#define IPP_OVERRIDES	    "overrides"
#define IPP_OVERRIDES_MAX   16 /* of an order, or of a document */
#define IPP_OVERRIDE_RANGES 64 /* of pages, or of documents, in one of them */

struct ipp_ranges {
	unsigned count; /* 0: all */
	struct {
		int first, last;
	} range[IPP_OVERRIDE_RANGES];
};

struct ipp_override {
	struct ipp_ranges pages, documents; /* both count from 1 */
};

/* Whether the member says what it is for, and not what is wanted there: "pages",
 * "document-numbers", and "document-number", as CUPS has it. */
bool ipp_override_selects(const char *member);
/* False: a range that is none, or descends, or too many of them. */
bool ipp_override_read(struct ipp_override *o, ipp_t *value);
/* Whether some page of some document is named by both. */
bool ipp_override_meets(const struct ipp_override *a, const struct ipp_override *b);
bool ipp_override_is_for(const struct ipp_override *o, int document, int page);

#endif
