/*
 * document.h - how far a document of an order is, as IPP attributes (PWG 5100.5):
 *
 *   document-state          pending, processing, completed
 *   document-state-reasons  of one that is being made: transforming, outgoing (to the
 *                           device), printing (the device has all of it)
 *   impressions             pages that it has, copies counted, once the filter knows
 *   impressions-completed   of these, that came out, as far as the device tells
 */
#ifndef CC_FRONT_DOCUMENT_H
#define CC_FRONT_DOCUMENT_H

#include <cups/array.h>
#include <cups/ipp.h>

#include "lib/wire/messages.h"

/* Adds what is wanted (request_wanted; NULL: all) to that group of `to`. */
void document_add_progress(ipp_t *to, ipp_tag_t group,
			   const struct wire_document_info *d, cups_array_t *wanted);

#endif
