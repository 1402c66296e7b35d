#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "tests/crash/customer.h"

#define ANSWER_MS  8000
#define PAUSE_MS   40 /* at most, between two things that one does */
#define SLOW_EACH  20 /* orders, one goes to the printer that takes its time */
#define PLATE_EACH 8  /* and one is made plates of, where that is done */
#define PROOF_EACH 4  /* pictures, one is to be seen first */
#define STORE_EACH 5  /* orders, one is stored, once it is made */
#define ONLY_EACH  4  /* of those, one is not to be made at all */
#define ANEW_MOST  2  /* times that one hands in the same stored order */

uint64_t
draw(uint64_t *random)
{
	uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned
below(struct customer *c, unsigned n)
{
	return (unsigned)(draw(&c->random) % n);
}

static void
nap_ms(unsigned ms)
{
	const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

void
street_init(struct street *s)
{
	papers_make(s->pictures, PAPER_PICTURE);
	papers_make(s->pages, PAPER_PAGE);
}

void
street_clear(struct street *s)
{
	papers_clear(s->pictures);
	papers_clear(s->pages);
}

/* --- asking --- */

/* A connection that the other side ended meanwhile, after so many requests. */
static bool
is_over(http_t *http)
{
	struct pollfd p = {.fd = httpGetFd(http), .events = POLLIN};

	return poll(&p, 1, 0) != 0; /* nothing is to come before we ask */
}

static http_t *
reach(http_t **http, const char *host, int port)
{
	if (*http != NULL && is_over(*http)) {
		httpClose(*http);
		*http = NULL;
	}
	if (*http == NULL)
		*http = httpConnect2(host, port, NULL, AF_UNSPEC,
				     HTTP_ENCRYPTION_IF_REQUESTED, 1, ANSWER_MS, NULL);
	if (*http != NULL)
		httpSetTimeout(*http, ANSWER_MS / 1000, NULL, NULL);
	return *http;
}

/* Sends the request once, and frees it; the answer is the caller's, if there is one. */
static enum known
ask(http_t **http, const char *host, int port, ipp_t *request,
    const struct paper *paper, ipp_t **answer)
{
	size_t len = ippLength(request) + (paper != NULL ? paper->len : 0);
	enum known heard = KNOWN_PERHAPS;
	http_status_t status;
	int ipp;

	*answer = NULL;
	if (reach(http, host, port) == NULL) {
		ippDelete(request);
		return KNOWN_NO; /* nobody was there to hear it */
	}
	status = cupsSendRequest(*http, request, "/", len);
	if (status == HTTP_STATUS_CONTINUE && paper != NULL)
		status = cupsWriteRequestData(*http, (const char *)paper->data,
					      paper->len);
	if (status == HTTP_STATUS_CONTINUE)
		*answer = cupsGetResponse(*http, "/");
	ipp = *answer != NULL ? (int)ippGetStatusCode(*answer) : 0x500;
	if (ipp < 0x400)
		heard = KNOWN_YES;
	else if (ipp < 0x500)
		heard = KNOWN_NO;
	ippDelete(request);
	if (*answer == NULL) {
		httpClose(*http);
		*http = NULL;
	}
	return heard;
}

static ipp_t *
request_for(const struct customer *c, ipp_op_t op, const char *printer)
{
	ipp_t *request = ippNewRequest(op);
	char uri[128];

	snprintf(uri, sizeof(uri), "ipp://localhost/ipp/print/%s", printer);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name",
		     NULL, c->name);
	return request;
}

static void
add_password(ipp_t *request, const char *secret)
{
	ippAddOctetString(request, IPP_TAG_OPERATION, "job-password", secret,
			  (int)strlen(secret));
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		     "job-password-encryption", NULL, "none");
}

static enum known
at_counter(struct customer *c, ipp_t *request, const struct paper *p, ipp_t **answer)
{
	return ask(&c->counter, c->street->host, c->street->port, request, p, answer);
}

static enum known
at_station(struct customer *c, ipp_t *request)
{
	ipp_t *answer;
	enum known heard =
		ask(&c->station, c->street->station, 0, request, NULL, &answer);

	ippDelete(answer);
	return heard;
}

/* --- handing in --- */

static int
number_in(ipp_t *answer)
{
	ipp_attribute_t *id = ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER);

	return id != NULL ? ippGetInteger(id, 0) : 0;
}

static void
note_code(struct claim *claim, ipp_t *answer)
{
	ipp_attribute_t *code =
		ippFindAttribute(answer, "claimcheck-claim-code", IPP_TAG_TEXT);

	if (claim->by_code && code != NULL)
		text_copy(claim->secret, sizeof(claim->secret),
			  ippGetString(code, 0, NULL));
}

static void
add_storage(ipp_t *request, uint8_t storage)
{
	ipp_t *wish = ippNew();

	ippAddString(wish, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "job-storage-access", NULL,
		     "owner");
	ippAddString(wish, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "job-storage-disposition",
		     NULL,
		     storage == ORDER_STORE_ONLY ? "store-only" : "print-and-store");
	ippAddCollection(request, IPP_TAG_OPERATION, "job-storage", wish);
	ippDelete(wish);
}

static ipp_t *
handing(const struct customer *c, ipp_op_t op, const char *printer,
	const struct paper *papers, const struct claim *claim)
{
	ipp_t *request = request_for(c, op, printer);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL,
		     claim->name);
	if (!claim->by_code)
		add_password(request, claim->secret);
	if (op == IPP_OP_PRINT_JOB)
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE,
			     "document-format", NULL, papers->format);
	if (claim->storage != ORDER_STORE_NOT)
		add_storage(request, claim->storage);
	if (claim->proof)
		ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, "proof-copies", 1);
	return request;
}

static enum known
send_documents(struct customer *c, const char *printer, const struct paper *papers,
	       struct claim *claim, int job, unsigned first, ipp_t **answer)
{
	enum known heard = KNOWN_NO;

	for (unsigned n = 1; n <= claim->documents; n++) {
		ipp_t *request = request_for(c, IPP_OP_SEND_DOCUMENT, printer);
		ippDelete(*answer);
		ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id",
			      job);
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE,
			     "document-format", NULL, papers->format);
		ippAddBoolean(request, IPP_TAG_OPERATION, "last-document",
			      n == claim->documents);
		heard = at_counter(c, request, &papers[(first + n) % PAPERS], answer);
		if (heard != KNOWN_YES)
			break;
	}
	return heard;
}

static enum known
hand_over(struct customer *c, struct claim *claim, const char *printer,
	  const struct paper *papers, ipp_t **answer)
{
	unsigned first = below(c, PAPERS);
	enum known heard;

	if (claim->documents == 1)
		return at_counter(c,
				  handing(c, IPP_OP_PRINT_JOB, printer, papers, claim),
				  &papers[first], answer);
	heard = at_counter(c, handing(c, IPP_OP_CREATE_JOB, printer, papers, claim),
			   NULL, answer);
	if (heard != KNOWN_YES)
		return heard;
	return send_documents(c, printer, papers, claim, number_in(*answer), first,
			      answer);
}

static void
remember(struct customer *c, struct claim *claim)
{
	c->mine = realloc(c->mine, (c->mine_count + 1) * sizeof(struct claim *));
	INVARIANT(c->mine != NULL);
	c->mine[c->mine_count++] = claim;
}

/* How many documents an order for that printer has. */
static const char *
choose_printer(struct customer *c, unsigned *documents)
{
	const struct street *s = c->street;
	unsigned printer;

	*documents = 1;
	if (s->plate != NULL && below(c, PLATE_EACH) == 0) {
		*documents += below(c, 4) == 0;
		return s->plate;
	}
	printer = below(c, SLOW_EACH) == 0 ? 0 : 1 + below(c, s->printer_count - 1);
	if (printer > 0 && below(c, 4) == 0)
		*documents = 2 + below(c, 2);
	return s->printers[printer];
}

static uint8_t
choose_storage(struct customer *c)
{
	if (below(c, STORE_EACH) != 0)
		return ORDER_STORE_NOT;
	return below(c, ONLY_EACH) == 0 ? ORDER_STORE_ONLY : ORDER_STORE_MADE;
}

/* What he was told of a new order. */
static void
note_answer(struct customer *c, struct claim *claim, enum known heard, ipp_t *answer)
{
	pthread_mutex_lock(&c->street->ledger->lock);
	claim->submitted = heard;
	if (heard == KNOWN_YES) {
		claim->number = (uint32_t)number_in(answer);
		note_code(claim, answer);
	}
	pthread_mutex_unlock(&c->street->ledger->lock);
	ippDelete(answer);
}

struct claim *
customer_hand_in(struct customer *c)
{
	struct street *s = c->street;
	struct claim *claim = ledger_add(s->ledger, c->name, ++c->orders);
	ipp_t *answer = NULL;
	const char *printer;
	enum known heard;

	pthread_mutex_lock(&s->ledger->lock);
	claim->submitted = KNOWN_PERHAPS;
	claim->by_code = below(c, 2) == 0;
	printer = choose_printer(c, &claim->documents);
	claim->proof = s->wishes && printer != s->plate && below(c, PROOF_EACH) == 0;
	claim->storage = s->wishes ? choose_storage(c) : ORDER_STORE_NOT;
	if (!claim->by_code)
		snprintf(claim->secret, sizeof(claim->secret), "%06u",
			 below(c, 1000000));
	pthread_mutex_unlock(&s->ledger->lock);
	heard = hand_over(c, claim, printer,
			  printer == s->plate ? s->pages : s->pictures, &answer);
	note_answer(c, claim, heard, answer);
	return claim;
}

static void
hand_in(struct customer *c)
{
	struct claim *claim = customer_hand_in(c);

	if (claim->submitted != KNOWN_NO)
		remember(c, claim);
}

static ipp_t *about(const struct customer *c, ipp_op_t op, uint32_t number);

/* A new order of a stored one: by what opens that, and with its wish for a
 * proof. */
static void
hand_in_anew(struct customer *c, struct claim *stored)
{
	struct street *s = c->street;
	struct claim *claim = ledger_add(s->ledger, c->name, ++c->orders);
	ipp_t *request, *answer = NULL;
	enum known heard;

	pthread_mutex_lock(&s->ledger->lock);
	stored->anew++;
	claim->submitted = KNOWN_PERHAPS;
	claim->by_code = stored->by_code;
	claim->proof = stored->proof;
	claim->documents = stored->documents;
	if (!claim->by_code)
		text_copy(claim->secret, sizeof(claim->secret), stored->secret);
	request = about(c, IPP_OP_RESUBMIT_JOB, stored->number);
	add_password(request, stored->secret);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL,
		     claim->name);
	pthread_mutex_unlock(&s->ledger->lock);
	heard = at_counter(c, request, NULL, &answer);
	note_answer(c, claim, heard, answer);
	if (heard != KNOWN_NO)
		remember(c, claim);
}

/* --- fetching, and changing one's mind --- */

static ipp_t *
about(const struct customer *c, ipp_op_t op, uint32_t number)
{
	ipp_t *request = request_for(c, op, c->street->printers[0]);

	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id",
		      (int)number);
	return request;
}

enum known
customer_fetch(struct customer *c, struct claim *claim)
{
	struct ledger *l = c->street->ledger;
	enum known heard;
	ipp_t *request;

	pthread_mutex_lock(&l->lock);
	request = about(c, IPP_OP_RELEASE_JOB, claim->number);
	add_password(request, claim->secret);
	claim->asked++; /* before it can be heard */
	pthread_mutex_unlock(&l->lock);
	ippAddBoolean(request, IPP_TAG_OPERATION, "claimcheck-release-again", 1);
	heard = at_station(c, request);
	pthread_mutex_lock(&l->lock);
	claim->asked -= heard == KNOWN_NO;
	pthread_mutex_unlock(&l->lock);
	return heard;
}

static void
mistype(struct customer *c, struct claim *claim)
{
	ipp_t *request = about(c, IPP_OP_RELEASE_JOB, claim->number);

	add_password(request, claim->by_code ? "0000-0000-0000" : "guess77");
	at_station(c, request); /* if it opened something, nobody has asked for it */
}

enum known
customer_cancel(struct customer *c, struct claim *claim, bool as_operator)
{
	struct ledger *l = c->street->ledger;
	enum known heard, before;
	ipp_t *request = about(c, IPP_OP_CANCEL_JOB, claim->number), *answer = NULL;

	pthread_mutex_lock(&l->lock);
	before = claim->canceled;
	claim->canceled = KNOWN_PERHAPS;
	pthread_mutex_unlock(&l->lock);
	heard = as_operator ? at_station(c, request)
			    : at_counter(c, request, NULL, &answer);
	ippDelete(answer);
	pthread_mutex_lock(&l->lock);
	claim->canceled = heard > before ? heard : before;
	pthread_mutex_unlock(&l->lock);
	return heard;
}

static void
look(struct customer *c, const struct claim *claim)
{
	ipp_t *answer;

	at_counter(c, about(c, IPP_OP_GET_JOB_ATTRIBUTES, claim->number), NULL,
		   &answer);
	ippDelete(answer);
}

/* --- living --- */

static bool
is_settled(const struct customer *c, const struct claim *claim)
{
	bool settled;

	pthread_mutex_lock(&c->street->ledger->lock);
	settled = claim->gone || claim->canceled == KNOWN_YES ||
		  (claim->state != 0 && order_is_over((enum order_state)claim->state));
	pthread_mutex_unlock(&c->street->ledger->lock);
	return settled;
}

static bool
is_stored(const struct customer *c, const struct claim *claim)
{
	bool stored;

	pthread_mutex_lock(&c->street->ledger->lock);
	stored = claim->state == ORDER_STORED;
	pthread_mutex_unlock(&c->street->ledger->lock);
	return stored;
}

static void
forget_settled(struct customer *c)
{
	for (unsigned i = 0; i < c->mine_count; i++)
		if (is_settled(c, c->mine[i]))
			c->mine[i--] = c->mine[--c->mine_count];
}

/* An order whose number is not known yet can't be asked for. */
static struct claim *
one_of_mine(struct customer *c)
{
	struct claim *claim =
		c->mine_count > 0 ? c->mine[below(c, c->mine_count)] : NULL;
	bool known;

	if (claim == NULL)
		return NULL;
	pthread_mutex_lock(&c->street->ledger->lock);
	known = claim->number != 0;
	pthread_mutex_unlock(&c->street->ledger->lock);
	return known ? claim : NULL;
}

/* Only its owner has it, and he can do without it, too. */
static void
use_stored(struct customer *c, struct claim *claim)
{
	if (claim->secret[0] != '\0' && claim->anew < ANEW_MOST)
		hand_in_anew(c, claim);
	else
		customer_cancel(c, claim, false);
}

static void
fetch(struct customer *c, struct claim *claim)
{
	if (claim->storage == ORDER_STORE_ONLY || claim->secret[0] == '\0' ||
	    atomic_load(&c->street->queue) >= STREET_QUEUE)
		return;
	if (customer_fetch(c, claim) == KNOWN_YES)
		atomic_fetch_add(&c->street->queue, 1);
}

static void
do_something(struct customer *c)
{
	unsigned what = below(c, 100);
	struct claim *claim = one_of_mine(c);

	if (claim == NULL || (what < 40 && c->mine_count < CUSTOMER_ORDERS))
		hand_in(c);
	else if (is_stored(c, claim) && what < 70)
		use_stored(c, claim);
	else if (what < 75)
		fetch(c, claim);
	else if (what < 85)
		mistype(c, claim);
	else if (what < 92)
		customer_cancel(c, claim, below(c, 2) == 0);
	else
		look(c, claim);
}

void *
customer_live(void *context)
{
	struct customer *c = context;
	struct street *s = c->street;

	while (!atomic_load(&s->closed)) {
		atomic_fetch_add(&s->busy, 1);
		if (!atomic_load(&s->paused)) {
			forget_settled(c);
			do_something(c);
		}
		atomic_fetch_sub(&s->busy, 1);
		nap_ms(below(c, PAUSE_MS));
	}
	return NULL;
}

void
customer_init(struct customer *c, struct street *s, const char *name, uint64_t seed)
{
	*c = (struct customer){.street = s, .random = seed};
	text_copy(c->name, sizeof(c->name), name);
}

void
customer_clear(struct customer *c)
{
	httpClose(c->counter);
	httpClose(c->station);
	free(c->mine);
}
