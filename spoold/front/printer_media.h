/*
 * printer_media.h - sizes of paper as a printer tells them: cupsd's words for its queue,
 * mended where they are no words of PWG 5101.1 or say a thing twice.
 */
#ifndef CC_FRONT_PRINTER_MEDIA_H
#define CC_FRONT_PRINTER_MEDIA_H

#include <cups/ipp.h>

/* Appends media-default, -ready, -supported, media-size-supported and media-col-ready to
 * the printer group `to`. What cupsd takes for ready is a guess by
 * the machine's paper (CUPS 2.4.2), so what an order gets that names no paper comes
 * first in it. */
void printer_media(ipp_t *to, ipp_t *queue);
/* Where `to` has no source or no type of media there is one, and the printer takes it:
 * "auto" (PWG 5100.7), also in the media that `to` has. And media-col-supported, of all
 * that there is then. The media are shared with the queue's attributes, which change. */
void printer_media_one(ipp_t *to);

#endif
