/*
 * picture.h - what a customer may ask of a picture on a photo printer beside PWG's words:
 * the part of it that is printed, and the same picture several times on a sheet
 * (lib/order/layout.h; claimcheck-ipp(7)).
 */
#ifndef CC_FRONT_PICTURE_H
#define CC_FRONT_PICTURE_H

#include <cups/ipp.h>
#include <stdbool.h>

#include "lib/order/layout.h"

#define PICTURE_CROP   "claimcheck-crop"
#define PICTURE_LAYOUT "claimcheck-layout"

/* claimcheck-crop as 1setOf integer, or as one string with commas, as lp sends it. */
bool picture_crop_read(struct layout_crop *crop, ipp_attribute_t *attr);
/* The same as integers, to the job group. */
void picture_crop_take(ipp_t *to, ipp_attribute_t *attr);

/* Their -default and -supported, to the printer group. */
void picture_add_supported(ipp_t *to);

#endif
