/*
 * certificate.h - front's TLS, by libcups: which versions are spoken, which certificate is
 * shown, and how long it is good.
 */
#ifndef CC_FRONT_CERTIFICATE_H
#define CC_FRONT_CERTIFICATE_H

#include "spoold/front/front.h"

#define CERTIFICATE_WARN_DAYS 30

/* Once, before threads are started. ERROR_SYSTEM if it can't be had as it should be. */
int certificate_start(const struct front_fds *fds, struct error *err);
/* Says in the log if it expires soon; looks once a day, however often it is called. */
void certificate_watch(const struct front_fds *fds);

#endif
