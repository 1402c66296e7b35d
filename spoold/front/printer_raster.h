/*
 * printer_raster.h - pwg-raster-document-* and urf-supported.
 */
#ifndef CC_FRONT_PRINTER_RASTER_H
#define CC_FRONT_PRINTER_RASTER_H

#include <cups/ipp.h>

/* Appends to the printer group `to`, which has the printer's resolutions already. For a
 * printer that takes raster. */
void printer_raster(ipp_t *to);

#endif
