/*
 * audit.h - the entries of the audit, for who counts them.
 */
#ifndef CC_TOOLS_STORE_AUDIT_H
#define CC_TOOLS_STORE_AUDIT_H

#include "lib/order/audit.h"
#include "tools/control/control.h"

/* Each entry, oldest first, its texts without control characters; until visit returns
 * non-zero. Becomes spoold's user, for ever. */
typedef int audit_visit_fn(uint64_t number, const struct audit_entry *e, void *context);
int audit_read(const struct control *c, audit_visit_fn *visit, void *context,
	       struct error *err);

#endif
