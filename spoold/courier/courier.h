/*
 * courier.h - the conversation with cupsd, in a process of its own.
 *
 * libcups blocks, and a stalled cupsd must never stall keep; so the courier takes
 * keep's wishes (messages.h: job_want, jobs, queue_watch), makes cupsd agree, and says
 * what became of it (job_done, job_seen, queue, cupsd). It runs as the setting `user`,
 * whom cupsd knows by its peer credentials, and holds no secret.
 */
#ifndef CC_COURIER_COURIER_H
#define CC_COURIER_COURIER_H

#include "spoold/settings.h"

/* Until SIGTERM or the end of keep_fd. Returns the exit status. */
int courier_run(const struct settings *settings, int keep_fd);

#endif
