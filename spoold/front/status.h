/*
 * status.h - the one table from our kinds of error to IPP status codes (RFC 8011 B.1).
 */
#ifndef CC_FRONT_STATUS_H
#define CC_FRONT_STATUS_H

#include <cups/ipp.h>

#include "lib/base/error.h"
#include "spoold/front/texts.h"

/* Seconds that a client is asked to wait, by words in status-message. */
#define STATUS_RETRY_S 10

ipp_status_t status_of_error(enum error_kind kind);
/* Of ERROR_FULL, by its detail (enum wire_full; 0 or an unknown one: no room): what can
 * never fit is client-error-request-entity-too-large, all else
 * server-error-temporary-error. *id: the words, which take no value. */
ipp_status_t status_of_full(unsigned char detail, enum texts_id *id);

#endif
