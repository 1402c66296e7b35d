/*
 * printer_status.h - what a printer uses up and what is wrong with it, in the standards' own
 * words: printer-supply (PWG 5100.13 of the Printer MIB, RFC 3805, prtMarkerSuppliesTable)
 * from what the queue behind it tells as marker-*, and printer-alert (PWG 5100.9,
 * prtAlertTable) from its printer-state-reasons. It moves by itself, so it is no part of a
 * printer's configuration.
 */
#ifndef CC_FRONT_PRINTER_STATUS_H
#define CC_FRONT_PRINTER_STATUS_H

#include <cups/ipp.h>
#include <stdint.h>

#define PRINTER_SUPPLIES_MAX 64 /* that are told */

/* Appends to `to`, printer group. queue: NULL where it has not answered. A queue that tells
 * of no supplies has one of which nothing is known, since both attributes must have a
 * value. */
void printer_supplies(ipp_t *to, ipp_t *queue);
/* reasons: printer-state-reasons, comma between. With nothing wrong there is one alert that
 * says so: a printer is ready, or has been stopped. state: IPP printer-state. */
void printer_alerts(ipp_t *to, const char *reasons, int state);

/* What does not move: software, trays by the names that `to` has already, and bounds of
 * documents. document_bytes: of one, at most. */
void printer_device(ipp_t *to, uint64_t document_bytes);

#endif
