/*
 * printers.h - the product lines as front knows them: what keep pushed last.
 *
 * A struct printer never changes once it is in the table; a push puts a new one in its
 * place, and whoever holds the old one keeps it until printers_put. Two things in it are
 * not for reading freely: `attributes` and `status`, since even looking an attribute up
 * writes to an ipp_t. Hold printer_lock around every use of them.
 */
#ifndef CC_FRONT_PRINTERS_H
#define CC_FRONT_PRINTERS_H

#include <cups/ipp.h>
#include <pthread.h>
#include <stdbool.h>

#include "lib/wire/messages.h"
#include "spoold/front/sniff.h"
#include "spoold/settings.h"

struct printer {
	char name[ORDER_QUEUE_MAX];
	char info[ORDER_NAME_MAX];
	char location[ORDER_NAME_MAX];
	char uuid[UUID_TEXT + 9]; /* "urn:uuid:..." */
	int state;		  /* IPP printer-state */
	bool accepting, is_default;
	bool known;  /* the queue behind it has answered */
	bool plates; /* its queue leads to a plate-setter, else to a photo printer */
	char reasons[ORDER_TEXT_MAX]; /* printer-state-reasons, comma between */
	char message[ORDER_TEXT_MAX];
	char notice[WIRE_NOTICE_MAX];	       /* printer-message-from-operator */
	int64_t state_changed, config_changed; /* unix seconds */
	uint8_t config[32]; /* a hash of attributes: what can be had */
	int order;	    /* place in the configuration */
	ipp_t *attributes;  /* printer group: what does not depend on who asks */
	ipp_t *status;	    /* printer group: supplies and alerts (printer_status.h) */
	/* printers.c's own */
	pthread_mutex_t lock;
	unsigned users;
};

/* settings: kept. host: this machine's name, for uuids. */
void printers_start(const struct settings *settings, const char *host);
/* From keep. A bad one is logged and left out. */
void printers_take(const struct wire_printer *pushed);

/* NULL if there is none; "" is the default printer. */
struct printer *printers_get(const char *name);
/* In the order of the configuration; returns how many. */
size_t printers_all(struct printer *all[SETTINGS_PRINTERS_MAX]);
/* Accepts NULL. */
void printers_put(struct printer *p);

/* Whether the filters behind it can make something of such a document. */
bool printer_takes(const struct printer *p, enum sniff_format format);

void printer_lock(struct printer *p);
void printer_unlock(struct printer *p);

/* Appends to `to` (printer group) what a printer of this configuration can do: the
 * queue's own attributes (NULL: not known yet), overlaid by ours. printer_attributes.c
 */
void printer_attributes(ipp_t *to, ipp_t *queue, const struct printer *p,
			const struct settings *settings);

#endif
