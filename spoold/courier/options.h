/*
 * options.h - which of a customer's job attributes go into the CUPS job.
 *
 * An allow-list with types: what cupsd and the filters need for the picture and the
 * paper. Nothing that holds, names a person, carries a secret or adds sheets. The bytes
 * come from front, which is not trusted.
 */
#ifndef CC_COURIER_OPTIONS_H
#define CC_COURIER_OPTIONS_H

#include <cups/ipp.h>
#include <stddef.h>

#include "lib/base/error.h"

/* Copies what is allowed from an IPP-encoded message into the request's job group.
 * ERROR_INPUT if the bytes are no bounded IPP message. len 0: nothing to copy. */
int options_copy(ipp_t *request, const void *attributes, size_t len, struct error *err);
/* The copies that an order asks for; 1 where it says nothing. */
int options_copies(const void *attributes, size_t len);

#endif
