/*
 * plate_set.h - the tar stream: plate files as they become ready, the manifest last.
 */
#ifndef CC_FILTERS_PLATE_SET_H
#define CC_FILTERS_PLATE_SET_H

#include "lib/plate/manifest.h"

struct plate_set;

/* fd: where the stream goes; not taken over. profile: described in the manifest. */
int plate_set_open(struct plate_set **out, int fd, const char *profile,
		   struct error *err);
/* Sends the file in fd (all of it), under a free name made of page and ink, and notes
 * it in the manifest, digest and size added; fd -1: it is only noted (a blank plate).
 */
int plate_set_add(struct plate_set *s, int fd, const struct manifest_plate *about,
		  struct error *err);
/* Notes a page's ink in the manifest. limit_percent: 0 for none. */
int plate_set_note_page(struct plate_set *s, const struct manifest_page *about,
			double limit_percent, struct error *err);
/* Sends the manifest and the end of the tar stream. Without it no set is complete. */
int plate_set_end(struct plate_set *s, struct error *err);
void plate_set_close(struct plate_set *s); /* accepts NULL */

/* Plates noted so far, and pages begun. */
const struct manifest *plate_set_manifest(const struct plate_set *s);

#endif
