#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/derive.h"
#include "spoold/front/intake.h"

static struct {
	pthread_mutex_t lock;
	struct intake *first;
	size_t count;
} parked = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	seal_key_free(in->key);
	seal_key_free(in->blinded);
	seal_wipe(in, sizeof(*in));
	free(in);
}

static int
begin_in_keep(struct wire_peer *keep, const struct intake_wish *wish, struct intake *in,
	      struct error *err)
{
	struct wire_order_begin begin = {0};
	union wire_any answer;

	text_copy(begin.printer, sizeof(begin.printer), wish->printer);
	text_copy(begin.user, sizeof(begin.user), wish->user);
	text_copy(begin.host, sizeof(begin.host), wish->host);
	text_copy(begin.name, sizeof(begin.name), wish->name);
	text_copy(begin.language, sizeof(begin.language), wish->language);
	begin.fetch_until = wish->terms.fetch_until;
	begin.retain_until = wish->terms.retain_until;
	begin.retain_s = wish->terms.retain_s;
	begin.proof_copies = wish->terms.proof_copies;
	begin.storage = (uint8_t)wish->storage;
	begin.attributes.data = wish->attributes->data;
	begin.attributes.len = (uint32_t)wish->attributes->len;
	if (wire_call(keep, WIRE_TYPE_order_begin, &begin, WIRE_TYPE_order_begun,
		      &answer, err) != 0)
		return -1;
	memcpy(in->order, answer.order_begun.order.bytes, UUID_BYTES);
	in->number = answer.order_begun.number;
	in->created = answer.order_begun.created;
	text_copy(in->printer, sizeof(in->printer), wish->printer);
	text_copy(in->user, sizeof(in->user), wish->user);
	text_copy(in->host, sizeof(in->host), wish->host);
	in->hold = wish->hold && wish->storage != ORDER_STORE_ONLY;
	in->paper = wish->paper;
	in->at_once = wish->at_once && wish->storage != ORDER_STORE_ONLY;
	return 0;
}

/* Sends the identification, once, and gets its keyed hash. */
static int
blind(struct wire_peer *keep, const struct intake *in, enum seal_kind kind,
      const char *name, const void *text, size_t len, uint8_t blinded[SEAL_KEY_BYTES],
      struct error *err)
{
	struct wire_identify_new identify = {.kind = (uint8_t)kind};
	union wire_any answer;

	memcpy(identify.order.bytes, in->order, UUID_BYTES);
	text_copy(identify.name, sizeof(identify.name), name);
	identify.text.data = text;
	identify.text.len = (uint32_t)len;
	if (wire_call(keep, WIRE_TYPE_identify_new, &identify, WIRE_TYPE_blinded,
		      &answer, err) != 0)
		return -1;
	memcpy(blinded, answer.blinded.blinded.bytes, SEAL_KEY_BYTES);
	seal_wipe(&answer.blinded, sizeof(answer.blinded));
	return 0;
}

static int
identify(struct wire_peer *keep, const struct settings *settings,
	 const struct intake_wish *wish, struct intake *in,
	 uint8_t blinded[SEAL_KEY_BYTES], struct error *err)
{
	char canonical[CODE_SYMBOLS_MAX + 1];
	int rc;

	if (wish->pin->len > 0)
		return blind(keep, in, SEAL_PIN, wish->account, wish->pin->octets,
			     wish->pin->len, blinded, err);
	code_make(in->code, settings->code_length);
	INVARIANT(code_read(canonical, in->code, err) == 0);
	rc = blind(keep, in, SEAL_CODE, "", canonical, strlen(canonical), blinded, err);
	seal_wipe(canonical, sizeof(canonical));
	return rc;
}

/* The order's key, wrapped by what the identification derives, and for the shop. */
static int
wrap(const struct settings *settings, struct intake *in,
     const uint8_t blinded[SEAL_KEY_BYTES], struct error *err)
{
	struct seal_key *wrapping = seal_key_new(), *salt = seal_key_random();
	int rc;

	memcpy(in->salt, salt->bytes, SEAL_SALT_BYTES);
	seal_key_free(salt);
	text_copy(in->kdf, sizeof(in->kdf), settings->key_derivation);
	rc = derive(in->kdf, blinded, in->salt, wrapping, err);
	if (rc == 0)
		seal_wrap(wrapping, in->order, in->key, in->wrapped, &in->wrapped_len);
	seal_key_free(wrapping);
	if (rc == 0 && settings->has_recovery_key)
		rc = seal_recovery_wrap(settings->recovery_key, in->key, in->recovery,
					&in->recovery_len, err);
	return rc;
}

int
intake_begin(struct wire_peer *keep, const struct settings *settings,
	     const struct intake_wish *wish, struct intake **made, struct error *err)
{
	struct intake *in = calloc(1, sizeof(*in));

	INVARIANT(in != NULL);
	*made = NULL;
	if (begin_in_keep(keep, wish, in, err) != 0) {
		intake_free(in);
		return -1;
	}
	in->key = seal_key_random();
	in->blinded = seal_key_new();
	if (identify(keep, settings, wish, in, in->blinded->bytes, err) == 0) {
		*made = in;
		return 0;
	}
	intake_abort(keep, in);
	intake_free(in);
	return -1;
}

int
intake_commit(struct wire_peer *keep, const struct settings *settings,
	      struct intake *in, union wire_any *info, struct error *err)
{
	struct wire_order_commit commit = {0};

	if (wrap(settings, in, in->blinded->bytes, err) != 0)
		return -1;
	memcpy(commit.order.bytes, in->order, UUID_BYTES);
	text_copy(commit.cipher, sizeof(commit.cipher), seal_best_cipher());
	text_copy(commit.kdf, sizeof(commit.kdf), in->kdf);
	memcpy(commit.salt.bytes, in->salt, SEAL_SALT_BYTES);
	commit.wrapped.data = in->wrapped;
	commit.wrapped.len = in->wrapped_len;
	commit.recovery.data = in->recovery;
	commit.recovery.len = in->recovery_len;
	seal_commitment(in->key, in->order, commit.commitment.bytes);
	text_copy(commit.warning, sizeof(commit.warning), in->warning);
	return wire_call(keep, WIRE_TYPE_order_commit, &commit, WIRE_TYPE_order_info,
			 info, err);
}

int
intake_release(struct wire_peer *keep, const struct intake *in, const char *where,
	       uint8_t *state, struct error *err)
{
	struct wire_prove prove = {.action = WIRE_RELEASE};
	union wire_any answer;
	uint32_t documents;

	memcpy(prove.order.bytes, in->order, UUID_BYTES);
	memcpy(prove.key.bytes, in->key->bytes, SEAL_KEY_BYTES);
	text_copy(prove.station, sizeof(prove.station), where);
	text_copy(prove.host, sizeof(prove.host), in->host);
	documents = wire_call(keep, WIRE_TYPE_prove, &prove, WIRE_TYPE_order_info,
			      &answer, err) == 0
			    ? answer.order_info.documents
			    : 0;
	seal_wipe(&prove, sizeof(prove));
	if (documents == 0)
		return -1;
	*state = answer.order_info.state;
	for (uint32_t i = 0; i < documents; i++)
		if (wire_next(keep, WIRE_TYPE_document_info, 0, NULL, &answer, err) !=
		    1)
			return -1;
	return 0;
}

void
intake_abort(struct wire_peer *keep, struct intake *in)
{
	struct wire_order_abort abort_it;
	struct error err;

	memcpy(abort_it.order.bytes, in->order, UUID_BYTES);
	if (wire_call(keep, WIRE_TYPE_order_abort, &abort_it, WIRE_TYPE_ok, NULL,
		      &err) != 0)
		log_info("order %u: cannot abort: %s", in->number, err.text);
}

/* --- the table --- */

int
intake_park(struct intake *in, struct error *err)
{
	bool full;

	in->busy = false;
	in->touched = clock_mono_ms();
	pthread_mutex_lock(&parked.lock);
	full = parked.count >= INTAKE_PARKED_MAX;
	if (!full) {
		in->next = parked.first;
		parked.first = in;
		parked.count++;
	}
	pthread_mutex_unlock(&parked.lock);
	return full ? error_set(err, ERROR_FULL, "too many orders wait for documents")
		    : 0;
}

struct intake *
intake_take(uint32_t number, struct error *err)
{
	struct intake *in;

	pthread_mutex_lock(&parked.lock);
	for (in = parked.first; in != NULL && in->number != number; in = in->next)
		continue;
	if (in == NULL) {
		error_set(err, ERROR_ABSENT, "order %u takes no documents", number);
	} else if (in->busy) {
		error_set(err, ERROR_LATER, "order %u is busy", number);
		in = NULL;
	} else {
		in->busy = true;
	}
	pthread_mutex_unlock(&parked.lock);
	return in;
}

void
intake_park_again(struct intake *in)
{
	pthread_mutex_lock(&parked.lock);
	in->busy = false;
	in->touched = clock_mono_ms();
	pthread_mutex_unlock(&parked.lock);
}

/* Takes *at out of the list; the lock is held. */
static struct intake *
unlink_at(struct intake **at)
{
	struct intake *in = *at;

	*at = in->next;
	parked.count--;
	return in;
}

void
intake_drop(struct intake *in)
{
	struct intake **at;

	pthread_mutex_lock(&parked.lock);
	for (at = &parked.first; *at != NULL && *at != in; at = &(*at)->next)
		continue;
	if (*at != NULL)
		unlink_at(at);
	pthread_mutex_unlock(&parked.lock);
	intake_free(in);
}

void
intake_sweep(int64_t timeout_ms)
{
	int64_t now = clock_mono_ms();
	struct intake **at = &parked.first;

	pthread_mutex_lock(&parked.lock);
	while (*at != NULL)
		if (!(*at)->busy && now - (*at)->touched > timeout_ms)
			intake_free(unlink_at(at));
		else
			at = &(*at)->next;
	pthread_mutex_unlock(&parked.lock);
}
