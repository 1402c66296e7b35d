/*
 * template_media.h - media and media-col against what a printer has.
 */
#ifndef CC_FRONT_TEMPLATE_MEDIA_H
#define CC_FRONT_TEMPLATE_MEDIA_H

#include <cups/ipp.h>
#include <stdbool.h>

/* A size's PWG name, or an older one ("A4", "4x6", "Custom.100x150mm"), whose size is
 * in the list (NULL: not known, anything well formed passes). */
bool template_media_name(ipp_attribute_t *attr, ipp_attribute_t *list);
/* Adds media with its PWG name; attr must have passed template_media_name. */
void template_take_media(ipp_t *to, ipp_attribute_t *attr);
/* media-size, media-type, media-source, margins, each as far as the printer lists
 * them; no other members. A size with margins must be in media-col-database as such. */
bool template_media_col(ipp_attribute_t *attr, ipp_t *printer);

/* A member of media-col that came by itself, as `lp -o media-type=...` sends it: cupsd
 * looks for it in media-col only. _take_ puts it there, unless media-col has one. */
bool template_media_member(ipp_attribute_t *attr, ipp_t *printer);
void template_take_member(ipp_t *to, ipp_attribute_t *member);

#endif
