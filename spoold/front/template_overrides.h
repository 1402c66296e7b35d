/*
 * template_overrides.h - page overrides (PWG 5100.6): what single pages may want otherwise.
 */
#ifndef CC_FRONT_TEMPLATE_OVERRIDES_H
#define CC_FRONT_TEMPLATE_OVERRIDES_H

#include "spoold/front/template.h"

/* Judges a request's "overrides": what of each value can be had is taken, the rest is told
 * as unsupported; one whose pages can't be told, or are another's too, or that is one too
 * many, is unsupported as a whole. */
void template_overrides(ipp_attribute_t *attr, struct printer *printer,
			struct template_result *result);
/* overrides-supported */
void template_overrides_add_supported(ipp_t *to);

#endif
