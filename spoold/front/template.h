/*
 * template.h - what may be ordered: the job template attributes (RFC 8011 5.2, PWG
 * 5100.x) as one table, and their judgement against what a printer supports.
 *
 * An attribute that is known, well formed and supported is taken into the order; all
 * others go back to the client in the unsupported-attributes group: as they came where
 * the value is the matter, as out-of-band `unsupported` where the attribute is (RFC
 * 8011 4.1.7). Options of the queue's PPD (lib/ipp/ipp_option.h) are taken as they
 * are.
 */
#ifndef CC_FRONT_TEMPLATE_H
#define CC_FRONT_TEMPLATE_H

#include <cups/ipp.h>
#include <stdbool.h>

#include "spoold/front/printers.h"

#define TEMPLATE_COPIES_MAX 9999

struct template_result {
	ipp_t *taken;	    /* job group: goes into the order; ippDelete */
	ipp_t *unsupported; /* unsupported group; ippDelete */
	bool refuse;	    /* a value without which the order makes no sense (media) */
	bool hold;	    /* job-hold-until=indefinite */
	int ppd_options;
	char names[256]; /* of what is unsupported, for people */
};

/* Judges all attributes of the request's job group. template_result_clear it. */
void template_judge(ipp_t *request, struct printer *printer,
		    struct template_result *result);
/* The same for a document (its document group), which may differ from its order in what
 * the filters can do for each: all else is unsupported. Nothing of it is vital. */
void template_judge_document(ipp_t *request, struct printer *printer,
			     struct template_result *result);
/* One attribute of either, and how one is refused: for template_overrides.c. The printer is
 * locked. */
void template_judge_one(ipp_attribute_t *attr, struct printer *printer,
			struct template_result *result);
void template_refuse(struct template_result *result, const char *name);
void template_refuse_value(struct template_result *result, ipp_attribute_t *attr);
/* Among the names for people. */
void template_name(struct template_result *result, const char *name);
/* What was taken stands for this one: by name, or as a size by name and one by a collection
 * stand for each other. */
bool template_is_replaced(ipp_t *taken, const char *name);
void template_result_clear(struct template_result *result);

/* job-creation-attributes-supported and document-creation-attributes-supported, from the table and what `to` supports already. */
void template_add_supported(ipp_t *to, const struct printer *p);

#endif
