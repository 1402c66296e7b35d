/*
 * ipp_option.h - options of a queue's PPD among job attributes, as `lp -o Name=Choice`
 * sends them.
 *
 * No IPP name has an upper-case letter (RFC 8011 5.1.4), most PPD keywords have one:
 * that tells them apart. Name and choice go from a stranger into a filter's options
 * string, so they are short and of harmless characters only.
 */
#ifndef CC_IPP_OPTION_H
#define CC_IPP_OPTION_H

#include <cups/ipp.h>
#include <stdbool.h>

#define IPP_OPTION_MAX	80 /* bytes of a name or of a value */
#define IPP_OPTIONS_MAX 64 /* in one order */

/* A name of letters, digits, '-' and '_' with an upper-case letter in it; one value: a
 * number, a boolean, or a word of letters, digits and "-_.+:". */
bool ipp_option_is_ppd(ipp_attribute_t *attr);

#endif
