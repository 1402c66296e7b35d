/*
 * printer_media.h - sizes of paper as a printer tells them: cupsd's words for its queue,
 * mended where they are no words of PWG 5101.1 or say a thing twice.
 */
#ifndef CC_FRONT_PRINTER_MEDIA_H
#define CC_FRONT_PRINTER_MEDIA_H

#include <cups/ipp.h>

/* Appends media-default, -ready, -supported, media-size-supported, media-col-ready and
 * media-col-supported to the printer group `to`. What cupsd takes for ready is a guess by
 * the machine's paper (CUPS 2.4.2), so what an order gets that names no paper comes
 * first in it. */
void printer_media(ipp_t *to, ipp_t *queue);

#endif
