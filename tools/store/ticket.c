/*
 * ticket.c - spoolctl ticket: a claim ticket for an order that waits.
 *
 * No code is stored, so a ticket can be made by who has the code (it was just handed in), or
 * with a new one. For that the order's key is needed: from the code or PIN's old code, or
 * from the shop's recovery key. The new code is made here, its wrapping key is derived here,
 * and keep gets the order's key, wrapped by it, as from front at submission: from then on the
 * old code or PIN opens nothing, and the audit has who did it and why.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "tools/control/orders.h"
#include "tools/jsontext.h"
#include "tools/station/typed.h"
#include "tools/ticket/ticket.h"

#include "tools/store/opened.h"

#define STATION "spoolctl" /* whose tries they are */
#define COLUMNS 80

struct job {
	const struct control *c;
	struct wire_peer keep;
	struct wire_order_info info;
	int copies;
	bool has_no_price;
	struct seal_key *key; /* the order's */
	struct ticket ticket;
	char user[ORDER_NAME_MAX];
	FILE *pdf;
};

static const char *
clean(char *to, size_t size, const char *from)
{
	text_copy(to, size, from);
	text_strip_controls(to);
	return to;
}

/* --- the order, and what is on the ticket --- */

/* Of IPP attributes as front kept them. 0: there is none. */
static int
number_of(const struct wire_bytes *bytes, const char *name,
	  char text[PRICE_CURRENCY_MAX])
{
	ipp_t *all = NULL;
	ipp_attribute_t *a;
	int number = 0;

	if (bytes->len == 0 || ipp_bounds_decode(&IPP_LIMITS_OWN, bytes->data,
						 bytes->len, &all, NULL) != 0)
		return 0;
	a = ippFindAttribute(all, name, IPP_TAG_INTEGER);
	if (a != NULL)
		number = ippGetInteger(a, 0);
	a = ippFindAttribute(all, "claimcheck-currency", IPP_TAG_NAME);
	if (a != NULL && text != NULL)
		clean(text, PRICE_CURRENCY_MAX, ippGetString(a, 0, NULL));
	ippDelete(all);
	return number;
}

/* An order with a document that has no price has none. */
static void
add_price(struct job *j, const struct wire_document_info *d)
{
	struct ticket *t = &j->ticket;
	int price = number_of(&d->attributes, "claimcheck-price", t->currency);
	int copies = number_of(&d->attributes, "copies", NULL);

	if (price <= 0)
		j->has_no_price = true;
	else
		t->price +=
			(uint64_t)price * (uint64_t)(copies > 0 ? copies : j->copies);
}

static int
read_order(struct job *j, uint32_t number, struct error *err)
{
	struct wire_find find = {.number = number, .documents = 1};
	struct ticket *t = &j->ticket;
	union wire_any item;
	int got, type;

	if (wire_send(&j->keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(&j->keep, WIRE_TYPE_order_info, WIRE_TYPE_document_info,
				&type, &item, err)) > 0) {
		if (type == WIRE_TYPE_order_info) {
			j->info = item.order_info;
			j->copies = number_of(&j->info.attributes, "copies", NULL);
			if (j->copies <= 0)
				j->copies = 1;
			j->info.attributes = (struct wire_bytes){NULL, 0};
			continue;
		}
		if (t->document_count < TICKET_DOCUMENTS)
			clean(t->documents[t->document_count], ORDER_NAME_MAX,
			      item.document_info.name);
		add_price(j, &item.document_info);
		t->document_count++;
	}
	if (j->has_no_price)
		t->price = 0;
	t->number = j->info.number;
	t->due = j->info.due;
	clean(t->language, sizeof(t->language), j->info.language);
	clean(t->name, sizeof(t->name), j->info.name);
	clean(t->printer, sizeof(t->printer), j->info.printer);
	return got;
}

static int
read_printer(struct job *j, struct error *err)
{
	union wire_any item;
	int got;

	if (wire_send(&j->keep, WIRE_TYPE_printers, &(struct wire_printers){}, err) !=
	    0)
		return -1;
	while ((got = wire_next(&j->keep, WIRE_TYPE_printer, 0, NULL, &item, err)) > 0)
		if (strcmp(item.printer.name, j->info.printer) == 0) {
			clean(j->ticket.printer, ORDER_NAME_MAX, item.printer.info);
			clean(j->ticket.location, ORDER_NAME_MAX,
			      item.printer.location);
		}
	return got;
}

/* --- the order's key --- */

static int
ask_code(const struct control *c, struct typed *line, struct error *err)
{
	int rc;

	if (c->code_fd >= 0)
		rc = typed_line(c->code_fd, line, err);
	else if (isatty(STDIN_FILENO))
		rc = typed_ask(STDIN_FILENO, "Claim code: ", true, line, err);
	else
		return error_set(err, ERROR_INPUT,
				 "the order's code is needed (--code-file FD), or the "
				 "recovery key (--recovery-key FILE)");
	return rc == 1	 ? 0
	       : rc == 0 ? error_set(err, ERROR_INPUT, "a claim code is needed")
			 : -1;
}

static int
try_candidate(struct job *j, const struct wire_candidate *c, struct error *err)
{
	struct seal_key *wrapping = seal_key_new();
	int rc = seal_derive(c->kdf, c->blinded.bytes, c->salt.bytes, wrapping, err);

	if (rc == 0)
		rc = seal_unwrap(wrapping, c->order.bytes, c->wrapped.data,
				 c->wrapped.len, j->key, err);
	seal_key_free(wrapping);
	return rc;
}

/* As a station does it; a wrong code is a try. */
static int
open_by_code(struct job *j, struct error *err)
{
	struct wire_identify ask = {
		.station = STATION, .host = "localhost", .how = WIRE_BY_CODE};
	union wire_any item;
	bool opened = false;
	int got;

	ask.text.data = (const uint8_t *)j->ticket.canonical;
	ask.text.len = (uint32_t)strlen(j->ticket.canonical);
	j->key = seal_key_new();
	if (wire_send(&j->keep, WIRE_TYPE_identify, &ask, err) != 0)
		return -1;
	while ((got = wire_next(&j->keep, WIRE_TYPE_candidate, 0, NULL, &item, err)) >
	       0)
		opened |= memcmp(item.candidate.order.bytes, j->info.order.bytes,
				 UUID_BYTES) == 0 &&
			  try_candidate(j, &item.candidate, err) == 0;
	if (got < 0 || opened)
		return got;
	return error_set(err, ERROR_REFUSED, "that is not the code of order %u",
			 j->info.number);
}

static int
read_code(struct job *j, struct error *err)
{
	struct typed line = {.len = 0};
	int rc = ask_code(j->c, &line, err);

	if (rc == 0)
		rc = code_read(j->ticket.canonical, line.text, err);
	typed_wipe(&line);
	return rc == 0 ? open_by_code(j, err) : rc;
}

/* --- the code that goes on it --- */

/* Groups of four, as people read them. */
static void
write_code(struct ticket *t)
{
	size_t at = 0;

	for (size_t i = 0; t->canonical[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			t->code[at++] = '-';
		t->code[at++] = t->canonical[i];
	}
	t->code[at] = '\0';
}

/* What the order's key is to be wrapped under; also the proof that the key is right. */
static int
ask_blinded(struct job *j, uint8_t blinded[SEAL_KEY_BYTES], struct error *err)
{
	struct wire_renew ask = {.order = j->info.order};
	union wire_any answer;
	int rc;

	memcpy(ask.key.bytes, j->key->bytes, SEAL_KEY_BYTES);
	ask.text.data = (const uint8_t *)j->ticket.canonical;
	ask.text.len = (uint32_t)strlen(j->ticket.canonical);
	rc = wire_call(&j->keep, WIRE_TYPE_renew, &ask, WIRE_TYPE_blinded, &answer,
		       err);
	if (rc == 0)
		memcpy(blinded, answer.blinded.blinded.bytes, SEAL_KEY_BYTES);
	seal_wipe(&ask, sizeof(ask));
	seal_wipe(&answer.blinded, sizeof(answer.blinded));
	return rc;
}

static int
send_reissue(struct job *j, const uint8_t blinded[SEAL_KEY_BYTES], struct error *err)
{
	struct wire_reissue ask = {.order = j->info.order};
	struct seal_key *wrapping = seal_key_new(), *salt = seal_key_random();
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	uint16_t wrapped_len = 0;
	union wire_any answer;
	int rc;

	memcpy(ask.salt.bytes, salt->bytes, sizeof(ask.salt.bytes));
	text_copy(ask.kdf, sizeof(ask.kdf), "argon2id-8m-2");
	rc = seal_derive(ask.kdf, blinded, ask.salt.bytes, wrapping, err);
	if (rc == 0) {
		seal_wrap(wrapping, j->info.order.bytes, j->key, wrapped, &wrapped_len);
		memcpy(ask.key.bytes, j->key->bytes, SEAL_KEY_BYTES);
		ask.text.data = (const uint8_t *)j->ticket.canonical;
		ask.text.len = (uint32_t)strlen(j->ticket.canonical);
		ask.wrapped = (struct wire_bytes){wrapped, wrapped_len};
		text_copy(ask.user, sizeof(ask.user), j->user);
		clean(ask.why, sizeof(ask.why),
		      j->c->why != NULL ? j->c->why : "by its code");
		rc = wire_call(&j->keep, WIRE_TYPE_reissue, &ask, WIRE_TYPE_order_info,
			       &answer, err);
	}
	if (rc == 0)
		j->ticket.due = answer.order_info.due;
	seal_wipe(&ask, sizeof(ask));
	seal_key_free(wrapping);
	seal_key_free(salt);
	return rc;
}

static int
make_code(struct job *j, size_t symbols, struct error *err)
{
	uint8_t blinded[SEAL_KEY_BYTES];
	int rc;

	code_make(j->ticket.code, symbols);
	rc = code_read(j->ticket.canonical, j->ticket.code, err);
	if (rc == 0)
		rc = ask_blinded(j, blinded, err);
	if (rc == 0)
		rc = send_reissue(j, blinded, err);
	seal_wipe(blinded, sizeof(blinded));
	return rc;
}

/* --- all of it --- */

/* Whose it is nobody else's: a ticket is a secret. Opened before we give up root. */
static int
open_pdf(struct job *j, struct error *err)
{
	int fd;

	if (j->c->pdf == NULL)
		return 0;
	fd = open(j->c->pdf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return error_errno(err, "cannot make '%s'", j->c->pdf);
	j->pdf = fdopen(fd, "w");
	INVARIANT(j->pdf != NULL);
	return 0;
}

static int
say_ticket(struct job *j, struct error *err)
{
	struct winsize size = {.ws_col = 0};
	const bool terminal = isatty(STDOUT_FILENO);
	int rc = 0;

	if (j->pdf != NULL) {
		rc = ticket_pdf(j->pdf, &j->ticket, err);
		if (fclose(j->pdf) != 0 && rc == 0)
			rc = error_errno(err, "cannot write '%s'", j->c->pdf);
		j->pdf = NULL;
		if (rc == 0)
			printf("The ticket of order %u is in '%s'.\n", j->ticket.number,
			       j->c->pdf);
		return rc;
	}
	if (terminal)
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return ticket_print(stdout, &j->ticket,
			    size.ws_col != 0 ? size.ws_col : COLUMNS, terminal, err);
}

static int
make_ticket(struct job *j, uint32_t number, struct error *err)
{
	static struct shop shop;
	const struct control *c = j->c;
	const bool by_key = c->recovery_file != NULL;
	uint8_t unused[SEAL_KEY_BYTES];
	size_t symbols;
	int rc;

	if (read_order(j, number, err) != 0 || read_printer(j, err) != 0 ||
	    open_pdf(j, err) != 0)
		return -1;
	if (by_key)
		rc = opened_by_recovery(c, &shop, number, &j->key, err);
	else
		rc = read_code(j, err);
	symbols = by_key ? shop.settings.code_length : strlen(j->ticket.canonical);
	if (rc == 0)
		rc = by_key || c->reissue ? make_code(j, symbols, err)
					  : ask_blinded(j, unused, err);
	if (rc != 0)
		return -1;
	write_code(&j->ticket);
	return say_ticket(j, err);
}

int
control_ticket(const struct control *c, int argc, char *argv[])
{
	struct job *j = calloc(1, sizeof(*j));
	struct error err = {0};
	uint32_t number = 0;
	int rc = orders_number(argc, argv, &number, &err);

	INVARIANT(j != NULL);
	j->c = c;
	j->keep.fd = -1;
	control_user(j->user);
	if (rc == 0 && c->recovery_file != NULL && c->why == NULL)
		rc = error_set(&err, ERROR_INPUT,
			       "the old code becomes void: say why, for the audit: "
			       "--why 'lost her telephone'");
	if (rc == 0)
		rc = typed_start(&err);
	if (rc == 0)
		rc = control_connect(c, &j->keep, &err);
	if (rc == 0)
		rc = make_ticket(j, number, &err);
	if (j->pdf != NULL) { /* nothing good is in it */
		fclose(j->pdf);
		unlink(c->pdf);
	}
	wire_peer_close(&j->keep);
	seal_key_free(j->key);
	seal_wipe(j, sizeof(*j));
	free(j);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
