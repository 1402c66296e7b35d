/*
 * doctor.h - one finding: what was looked at, how it is, and how to mend it.
 */
#ifndef CC_TOOLS_STORE_DOCTOR_H
#define CC_TOOLS_STORE_DOCTOR_H

#include <jansson.h>

#include "tools/store/shop.h"

enum doctor_verdict { DOCTOR_WELL, DOCTOR_WARNING, DOCTOR_FAULT };

struct doctor {
	const struct control *c;
	const struct shop *shop;
	json_t *findings; /* where json is wanted */
	unsigned faults, warnings;
};

/* what: "queue photo"; how: a sentence; mend: what to do, NULL where all is well. */
void doctor_say(struct doctor *d, enum doctor_verdict verdict, const char *what,
		const char *mend, const char *how, ...)
	__attribute__((format(printf, 5, 6)));

/* cupsd: that it answers, its version, its bounds, the policy, each queue and its
 * profiles. */
void doctor_cupsd(struct doctor *d);

#endif
