/*
 * sections.h - inside the settings only: `printer "NAME" { ... }` and
 * `customer "NAME" { ... }`, two tables of rows, each a text or a number.
 */
#ifndef CC_SPOOLD_SECTIONS_H
#define CC_SPOOLD_SECTIONS_H

#include <confuse.h>

#include "spoold/settings.h"

#define SECTIONS_ROWS_MAX 16

/* libconfuse's options of the two sections, the end among them. */
void sections_options(cfg_opt_t printer[SECTIONS_ROWS_MAX],
		      cfg_opt_t customer[SECTIONS_ROWS_MAX]);
/* A section that libconfuse has just read to its end: into *s, or ERROR_INPUT. */
int sections_add_printer(struct settings *s, cfg_t *section, struct error *err);
int sections_add_customer(struct settings *s, cfg_t *section, struct error *err);
/* Lines as settings_print's, named "printer/queue". */
void sections_print(FILE *to);

/* settings.c: "20", with bytes "20K"; ERROR_INPUT says name and bounds. */
int settings_number(const char *name, const char *text, bool bytes, uint64_t least,
		    uint64_t most, const char *unit, uint64_t *value,
		    struct error *err);

#endif
