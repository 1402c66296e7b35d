/*
 * txt.h - a printer as a DNS-SD service: its name and its TXT record (Bonjour Printing
 * Specification 1.2.1 section 9, IPP Everywhere 1.1 (PWG 5100.14) section 4.2.3).
 *
 * Only what is true is told: no print_wfds and no mopria-certified, since nobody has
 * certified us.
 */
#ifndef CC_HERALD_TXT_H
#define CC_HERALD_TXT_H

#include <avahi-common/strlst.h>
#include <stdint.h>

#include "lib/wire/messages.h"

#define TXT_NAME_MAX 64 /* a DNS label and a zero */
#define TXT_HOST_MAX 256

/* The service's name: printer-info without control characters, cut between characters. */
void txt_name(char name[TXT_NAME_MAX], const struct wire_announce *a);
/* host: as Avahi calls this machine, "shop.local". The caller's: avahi_string_list_free. */
AvahiStringList *txt_record(const struct wire_announce *a, const char *host,
			    uint16_t port);
/* Whether AirPrint's clients can print on it: they want URF. */
bool txt_is_universal(const struct wire_announce *a);

#endif
