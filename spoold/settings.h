/*
 * settings.h - what spoold.conf says, as a plain struct.
 *
 * One table in settings.c holds name, type, default, least, most, unit and help of each
 * setting; the parser, `spoold --settings` and the check of spoold.conf(5) all read it.
 * Every number here is within its row's bounds: who reads a setting need not check it
 * again. The field's name is the setting's name with underscores.
 */
#ifndef CC_SPOOLD_SETTINGS_H
#define CC_SPOOLD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/order/order.h"
#include "lib/order/price.h"

#define SETTINGS_PATH_MAX      512
#define SETTINGS_USER_MAX      64
#define SETTINGS_LISTEN_MAX    8 /* addresses in `listen` */
#define SETTINGS_PPI_MAX       10000
#define SETTINGS_PRINTERS_MAX  64  /* `printer` sections */
#define SETTINGS_CUSTOMERS_MAX 256 /* `customer` sections */
#define SETTINGS_BYTES_MAX     (UINT64_C(1) << 60)
/* Bytes of a folder that holds our sockets: sun_path is 108 with its zero, the longest
 * name in it is "/station.sock". */
#define SETTINGS_RUN_MAX 94
#define SETTINGS_FILE	 CC_SYSCONFDIR "/spoold.conf"

/* What a section may say otherwise than the file. */
struct settings_term {
	uint64_t value;
	bool is_set;
};
struct settings_terms {
	struct settings_term due_days, retention_days, warning_days;
	struct settings_term max_orders, max_bytes; /* 0: no bound */
};

/* A product line: an IPP printer of ours, and the CUPS queue behind it. */
struct settings_printer {
	char name[ORDER_QUEUE_MAX]; /* printer-name, [A-Za-z0-9_.-] */
	char queue[ORDER_QUEUE_MAX];
	char info[ORDER_NAME_MAX];	 /* printer-info */
	char location[ORDER_NAME_MAX];	 /* printer-location */
	char geo_location[128];		 /* printer-geo-location, "geo:52.5,13.4"; "" */
	struct settings_term unattended; /* 1: job-release-action none is taken */
	struct settings_terms terms;
	struct settings_term min_ppi;
	char prices[PRICE_LIST_MAX]; /* well formed; "": none */
};

/* A customer with terms of their own. */
struct settings_customer {
	char name[ORDER_NAME_MAX]; /* requesting-user-name */
	char host[ORDER_NAME_MAX]; /* as job-originating-host-name; "": any */
	struct settings_terms terms;
};

/* What holds for an order of a customer for a printer: the customer's own terms before
 * the printer's, these before the file's. 0 of a bound: none. */
struct settings_limits {
	uint32_t due_days, retention_days, warning_days;
	uint64_t user_orders, user_bytes, printer_orders, printer_bytes;
};

struct settings {
	/* folders and people */
	char state_directory[SETTINGS_PATH_MAX];
	char run_directory[SETTINGS_RUN_MAX + 1];
	enum log_level log_level;
	char user[SETTINGS_USER_MAX];	    /* of keep and courier */
	char front_user[SETTINGS_USER_MAX]; /* of front */
	char filter_user[SETTINGS_USER_MAX];
	char station_group[SETTINGS_USER_MAX];
	char organization[128], organizational_unit[128]; /* text(MAX 127); "" */
	/* the outside */
	char listen[SETTINGS_LISTEN_MAX][SETTINGS_PATH_MAX]; /* host:port, *:port */
	uint32_t listen_count;
	bool release_over_tcp;		     /* loopback peers only; for tests */
	bool announce;			     /* by the herald */
	bool clear_text;		     /* HTTP beyond loopback */
	char cups_server[SETTINGS_PATH_MAX]; /* socket path (<= 107) or host:port */
	uint32_t reconcile_s;
	uint32_t hold_rate; /* held jobs made in cupsd, a second */
	/* identification */
	uint32_t code_length;	 /* 12, 16, 20 or 24 */
	char key_derivation[32]; /* "argon2id-8m-2" or "blake2b" */
	uint32_t tries_per_order;
	uint32_t tries_per_station;
	uint32_t lockout_s;
	bool has_recovery_key;
	uint8_t recovery_key[ORDER_KEY_BYTES]; /* public half */
	/* times */
	uint32_t incoming_timeout_s;
	uint32_t grant_timeout_s;
	uint32_t due_days;
	uint32_t retention_days;
	uint32_t stored_days;		      /* 0: nothing is stored */
	uint32_t warning_days;		      /* 0: nobody is warned */
	char warning_hook[SETTINGS_PATH_MAX]; /* "": none */
	char hook_user[SETTINGS_USER_MAX];
	uint32_t hook_timeout_s;
	uint32_t audit_days;
	uint32_t clock_doubt_h;
	uint32_t scrub_days;
	uint32_t request_timeout_s, header_timeout_s, idle_timeout_s;
	/* bounds */
	uint32_t max_connections;
	uint32_t max_connections_per_address;
	uint32_t max_header_bytes; /* of HTTP */
	uint32_t max_attributes, max_values, max_collection_depth;
	uint32_t max_attributes_bytes; /* of one IPP request, documents not counted */
	uint64_t max_document_bytes;
	uint32_t max_pixels;
	uint32_t min_upload_rate; /* bytes a second */
	uint32_t max_documents;	  /* an order */
	uint64_t max_order_bytes;
	uint32_t max_orders;		 /* alive at once */
	uint32_t max_orders_per_user;	 /* 0: no bound */
	uint32_t max_orders_per_printer; /* 0: no bound */
	uint64_t max_bytes, max_bytes_per_user, max_bytes_per_printer; /* 0: no bound */
	uint32_t disk_reserve_mb;
	uint32_t map_gb;
	/* what is found in documents: "refuse", "warn" or "off" */
	char preflight[8];
	char preflight_unchecked[8];
	char few_pixels[8];
	uint32_t min_ppi;
	uint32_t preflight_at_once;
	uint32_t preflight_timeout_s;
	uint64_t preflight_memory;	   /* bytes, of one checker */
	char currency[PRICE_CURRENCY_MAX]; /* of all prices */
	/* product lines; the first one is the default printer; there is at least one */
	struct settings_printer printers[SETTINGS_PRINTERS_MAX];
	uint32_t printer_count;
	struct settings_customer customers[SETTINGS_CUSTOMERS_MAX];
	uint32_t customer_count;
};

/* Every setting at its default, no printer. */
void settings_defaults(struct settings *s);
/* Reads and checks a file. ERROR_INPUT says "file:line: what is wrong; what to do". */
int settings_read(struct settings *s, const char *path, struct error *err);
/* The table as text: a line a setting "name|type|default|least|most|unit|help". */
void settings_print(FILE *to);
/* The row of printers, or NULL. */
const struct settings_printer *settings_printer(const struct settings *s,
						const char *name);
void settings_limits(const struct settings *s, const char *printer, const char *user,
		     const char *host, struct settings_limits *limits);

#endif
