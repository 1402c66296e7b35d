/*
 * pages.h - the few things that a browser may GET here: what this is (/), a printer's page
 * (printer-more-info), an order's (job-more-info), an icon. Nothing comes from the file
 * system.
 */
#ifndef CC_FRONT_PAGES_H
#define CC_FRONT_PAGES_H

#include "spoold/front/client.h"

#define PAGES_ICON "/icon.png"

/* Answers GET or HEAD of a path. False: the connection is of no more use. */
bool pages_serve(struct client *c, bool head_only, const char *path);

#endif
