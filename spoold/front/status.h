/*
 * status.h - the one table from our kinds of error to IPP status codes (RFC 8011 B.1).
 */
#ifndef CC_FRONT_STATUS_H
#define CC_FRONT_STATUS_H

#include <cups/ipp.h>

#include "lib/base/error.h"

/* Seconds that a client is asked to wait, by words in status-message. */
#define STATUS_RETRY_S 10

ipp_status_t status_of_error(enum error_kind kind);

#endif
