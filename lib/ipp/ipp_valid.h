/*
 * ipp_valid.h - whether a request's values have the syntax of their types.
 */
#ifndef CC_IPP_VALID_H
#define CC_IPP_VALID_H

#include <cups/ipp.h>
#include <stdbool.h>

/* Answers as ippValidateAttributes does, and leaves libcups' complaint where there is
 * one (cupsLastErrorString). */
bool ipp_valid(ipp_t *ipp);

#endif
