/*
 * lcms.h - what lib/colour's files share of lcms2. Private to lib/colour.
 */
#ifndef CC_COLOUR_LCMS_H
#define CC_COLOUR_LCMS_H

#include <lcms2.h>

#include "lib/colour/colour.h"

/* A context of our own that keeps the first complaint: lcms2 by itself only returns
 * NULL, without words. Aborts without memory. */
cmsContext lcms_context_open(void);
/* The first complaint since the last call, or "for no stated reason". Valid until the
 * next call or close. */
const char *lcms_why(cmsContext context);
void lcms_context_close(cmsContext context); /* accepts NULL */

#endif
