/*
 * control.h - what spoolctl's commands have in common: keep's socket, and two ways of
 * saying things, for people and as JSON.
 */
#ifndef CC_TOOLS_CONTROL_H
#define CC_TOOLS_CONTROL_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/wire/wire.h"

/* Exit statuses; the manual lists them. */
enum control_exit {
	CONTROL_OK = 0,
	CONTROL_USAGE = 1,
	CONTROL_FAULTS = 2,  /* check found something */
	CONTROL_AWAY = 3,    /* spoold, or cupsd, does not answer */
	CONTROL_ABSENT = 4,  /* no such order */
	CONTROL_REFUSED = 5, /* not allowed, or not now */
	CONTROL_FAILED = 6   /* anything else */
};

/* NULL: any, or none; of a descriptor -1: the terminal. */
struct control {
	const char *socket; /* keep's */
	const char *config; /* spoold's */
	/* orders */
	const char *printer, *user;
	const char *older, *younger, *due; /* spans of time */
	int state;			   /* enum order_state, 0: any */
	/* authorise, ticket */
	int code_fd;
	const char *why, *pdf;
	/* audit, stats */
	const char *since, *until, *event, *head;
	const char *svg; /* a file for the plot */
	/* setup */
	const char *cups_server; /* socket or host:port; NULL: libcups's own */
	const char *spoold_user;
	const char *policy_file;
	const char *info, *location;
	/* backup, restore, recovery-key */
	const char *secrets_file, *recovery_file;
	int passphrase_fd;

	bool json;
	bool all;	     /* orders: with those that are over */
	bool again, reissue; /* authorise, ticket */
	bool verify;	     /* audit */
	bool bars;	     /* stats */
	bool dry_run;	     /* setup */
	bool repair;	     /* check */
	bool with_secrets;   /* backup, restore, recovery-key */
};

/* argv: what stands behind the command. */
int control_status(const struct control *c, int argc, char *argv[]);
int control_orders(const struct control *c, int argc, char *argv[]);
int control_show(const struct control *c, int argc, char *argv[]);
int control_cancel(const struct control *c, int argc, char *argv[]);
int control_expire(const struct control *c, int argc, char *argv[]);
int control_extend(const struct control *c, int argc, char *argv[]);
int control_site_secret(const struct control *c, int argc, char *argv[]);
int control_setup(const struct control *c, int argc, char *argv[]);

/* Of plates (tools/curve). */
int control_curve(const struct control *c, int argc, char *argv[]);

/* Of the store itself, by a room that may know it (tools/store). */
int control_authorise(const struct control *c, int argc, char *argv[]);
int control_stats(const struct control *c, int argc, char *argv[]);
int control_doctor(const struct control *c, int argc, char *argv[]);
int control_ticket(const struct control *c, int argc, char *argv[]);
int control_audit(const struct control *c, int argc, char *argv[]);
int control_check(const struct control *c, int argc, char *argv[]);
int control_backup(const struct control *c, int argc, char *argv[]);
int control_restore(const struct control *c, int argc, char *argv[]);
int control_compact(const struct control *c, int argc, char *argv[]);
int control_station(const struct control *c, int argc, char *argv[]);
int control_recovery_key(const struct control *c, int argc, char *argv[]);

/* Says the error once, on standard error; which exit status it is. */
int control_fault(const struct error *err);
int control_connect(const struct control *c, struct wire_peer *keep, struct error *err);
/* Who asks, by name; the kernel tells keep the number. */
void control_user(char name[ORDER_NAME_MAX]);
/* ERROR_ABSENT: there is no such order. */
int control_find(struct wire_peer *keep, uint32_t number, struct wire_order_info *info,
		 struct error *err);
/* "2026-11-23 19:42", or "-" for 0; local time. */
void control_date(char text[32], int64_t seconds);

#endif
