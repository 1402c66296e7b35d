/*
 * messages.h - everything that our processes say to each other, as one table.
 *
 * A message is a struct wire_<name>, made below from its row of fields; wire.h packs
 * and unpacks it by the same row, checking every bound. Fields: F(u8|u32|u64|i32|i64,
 * name)      integers F(uuid, name)  F(key, name)      16 and 32 bytes S(name, size)
 * char name[size], zero-terminated B(name, max)                     struct wire_bytes:
 * at most max bytes, not owned; it points into the received message Behind "->" in the
 * comments: the answer. Any request may be answered by `failed`. Lists come as several
 * messages and an `end`.
 */
#ifndef CC_WIRE_MESSAGES_H
#define CC_WIRE_MESSAGES_H

#include <stdint.h>

#include "lib/base/uuid.h"
#include "lib/order/order.h"
#include "lib/seal/seal.h"

/* Who may send it; keep asks the kernel who a peer is (SO_PEERCRED). */
#define WIRE_FROM_KEEP	  1u
#define WIRE_FROM_FRONT	  2u  /* our own child; still not trusted */
#define WIRE_FROM_FILTER  4u  /* filters and backends: cupsd's user, or root */
#define WIRE_FROM_TOOL	  8u  /* spoolctl: root or keep's user */
#define WIRE_FROM_COURIER 16u /* our own child that talks to cupsd */
#define WIRE_FROM_HERALD  32u /* our own child that talks to Avahi */
#define WIRE_FROM_CRIER	  64u /* our own child that runs the shop's program */

/* fields of a notice */
#define WIRE_NOTICE_INFO     1u
#define WIRE_NOTICE_LOCATION 2u
#define WIRE_NOTICE_MESSAGE  4u
#define WIRE_NOTICE_MAX	     128 /* text(127) + 0 */

#define WIRE_QUEUE_BLOB	 (512 * 1024) /* a cupsd queue's attributes */
#define WIRE_ONLY_MAX	 ((ORDER_DOCUMENTS_MAX + 7) / 8) /* a bit a document */
#define WIRE_READ_CHUNKS 16 /* most chunks one `read` may ask for */
#define WIRE_SLOT_BYTES	 (256 * 1024)
#define WIRE_WINDOW_BYTES                                                              \
	(WIRE_READ_CHUNKS * WIRE_SLOT_BYTES) /* of the memory that `window` brings */

enum wire_how { WIRE_BY_CODE = 1, WIRE_BY_NUMBER, WIRE_BY_USER };
enum wire_action { WIRE_SHOW = 1, WIRE_RELEASE, WIRE_OPEN };
/* What a release makes: what is next, by how the order was handed in and what it made
 * before; a proof; all of it, without a proof. */
enum wire_make { WIRE_MAKE_NEXT = 0, WIRE_MAKE_PROOF, WIRE_MAKE_ALL };
/* Of a stopped order: with AGAIN what stopped is made from its first page on, with REST
 * from the page on that did not come out, as far as the device told. */
enum wire_again { WIRE_ONCE = 0, WIRE_AGAIN, WIRE_REST };
/* Where a document is that is being made. */
enum wire_phase { WIRE_IDLE = 0, WIRE_RENDERING, WIRE_SENDING, WIRE_PRINTING };
/* What the CUPS job is to say of copies: nothing new, 1 (the filter makes them), or as
 * many as were ordered. */
enum wire_copies { WIRE_COPIES_AS_IS = 0, WIRE_COPIES_ONE, WIRE_COPIES_ORDERED };
/* RESTART_HELD: and on hold besides. */
enum wire_verb {
	WIRE_CANCEL = 1,
	WIRE_HOLD,
	WIRE_UNHOLD,
	WIRE_EXPIRE,
	WIRE_EXTEND,
	WIRE_RESTART,
	WIRE_RESTART_HELD,
	WIRE_GO_ON /* it was suspended, and takes its turn again */
};
/* What an operator does to a printer: of RFC 8011 and RFC 3998. */
enum wire_control_verb {
	WIRE_PAUSE = 1,	  /* its queue stops, and what it is doing */
	WIRE_PAUSE_AFTER, /* ... once that is done; nothing is released meanwhile */
	WIRE_RESUME,
	WIRE_REJECT, /* no order is taken in */
	WIRE_ACCEPT,
	WIRE_HOLD_NEW,	  /* orders that come are put on hold besides */
	WIRE_RELEASE_NEW, /* that hold is lifted, of all that have it; each waits on */
	WIRE_CANCEL_CURRENT, /* what it is doing */
	WIRE_PURGE,	     /* all orders: cancelled, and told of no more */
	WIRE_SHUT,	 /* takes nothing and begins nothing; what it does goes on */
	WIRE_START,	 /* ... no more */
	WIRE_START_ANEW, /* that, and its queue goes on and is asked anew */
	WIRE_SUSPEND,	 /* what is next waits; what it is doing can't */
	WIRE_CONTROLS
};
enum wire_event { WIRE_ORDER_MADE = 1, WIRE_ORDER_MOVED };
/* Stored orders are over, too, to who asks for those: nothing more is made of them. */
enum wire_which {
	WIRE_WHICH_ANY = 0,
	WIRE_WHICH_ALIVE,
	WIRE_WHICH_OVER,
	WIRE_WHICH_STORED
};
enum wire_document_verb { WIRE_DOCUMENT_CANCEL = 1, WIRE_DOCUMENT_SET };
enum wire_want { WIRE_JOB_HELD = 1, WIRE_JOB_RELEASED, WIRE_JOB_GONE };
enum wire_of { WIRE_OF_SHOP = 1, WIRE_OF_PRINTER, WIRE_OF_CUSTOMER };
enum wire_secret_verb { WIRE_SECRET_LIST = 1, WIRE_SECRET_NEW, WIRE_SECRET_RETIRE };
enum wire_station_verb { WIRE_STATION_LIST = 1, WIRE_STATION_ADD, WIRE_STATION_REVOKE };
enum wire_result { WIRE_COMPLETED = 1, WIRE_STOPPED, WIRE_CANCELED };
/* What is full: front says it in the customer's language. What can never fit is marked
 * so; all else may fit later. */
enum wire_full {
	WIRE_FULL_SHOP = 1, /* max-orders, max-bytes */
	WIRE_FULL_PRINTER,
	WIRE_FULL_USER_ORDERS,
	WIRE_FULL_USER_BYTES,
	WIRE_FULL_DOCUMENT,   /* never: max-document-bytes */
	WIRE_FULL_ORDER,      /* never: max-order-bytes */
	WIRE_FULL_DOCUMENTS,  /* never: max-documents */
	WIRE_FULL_ATTRIBUTES, /* never */
	WIRE_FULL_QUOTA, /* never: more than a customer, printer or shop may have */
	WIRE_FULLS
};

/* clang-format off */

/* --- answers of all kinds --- */
#define WIRE_ok(F, S, B)
/* detail: of ERROR_FULL, enum wire_full or 0; else 0 */
#define WIRE_failed(F, S, B) F(u8, kind) F(u8, detail) S(text, ERROR_TEXT_MAX)
#define WIRE_end(F, S, B)

/* --- submission: front -> keep --- */
/* An order being submitted belongs to front, not to a channel: Create-Job and each
 * Send-Document may come over connections of their own, so later messages name it by
 * uuid on any of front's channels. It ends by order_commit, order_abort, incoming-timeout-s
 * without a message, or the end of front's control channel. A body belongs to the channel
 * that asked for it, and is dropped when that channel ends before its document_end. */
/* fetch_until, retain_until, retain_s, proof_copies, storage (enum order_storage): what the
 * customer asked for (order.h); 0: nothing. -> begun */
#define WIRE_order_begin(F, S, B) \
	S(printer, ORDER_QUEUE_MAX) S(user, ORDER_NAME_MAX) \
	S(host, ORDER_NAME_MAX) S(name, ORDER_NAME_MAX) S(language, 64) \
	B(attributes, ORDER_ATTRIBUTES_MAX) \
	F(i64, fetch_until) F(i64, retain_until) F(u32, retain_s) \
	F(u32, proof_copies) F(u8, storage)
#define WIRE_order_begun(F, S, B) F(uuid, order) F(u32, number) F(i64, created)
/* kind: enum seal_kind; text: canonical code or PIN. name: with which a PIN opens it beside
 * its number: the account that the customer gave, "" for the user. -> blinded. Only before
 * commit. */
#define WIRE_identify_new(F, S, B) \
	F(uuid, order) F(u8, kind) S(name, ORDER_NAME_MAX) B(text, SEAL_PIN_MAX)
#define WIRE_blinded(F, S, B)	   F(key, blinded)
/* expected: how many bytes are to come, in clear; 0: that is not known.
 * -> document_begun; the body belongs to the channel that asked for it */
#define WIRE_document_begin(F, S, B) F(uuid, order) F(u64, expected)
#define WIRE_document_begun(F, S, B) F(uuid, body)
/* From front: no answer, as long as all is well. A fault is said by `failed`, at once and
 * once: it is the answer to the document_end that may be on its way, too, or that need
 * not be sent. From keep: answer to read. */
#define WIRE_chunk(F, S, B) F(uuid, body) F(u32, chunk) B(data, SEAL_CHUNK_MAX)
/* -> ok */
#define WIRE_document_end(F, S, B) \
	F(uuid, order) F(uuid, body) F(u64, length) F(u32, chunks) \
	S(format, ORDER_FORMAT_MAX) S(name, ORDER_NAME_MAX) \
	B(attributes, ORDER_ATTRIBUTES_MAX)
/* Of a document that has ended, from 1, while its order is open. verb: enum
 * wire_document_verb; to set: its name and attributes are then these. -> ok.
 * ERROR_CONFLICT: it was cancelled */
#define WIRE_document_change(F, S, B) \
	F(uuid, order) F(u32, document) F(u8, verb) S(name, ORDER_NAME_MAX) \
	B(attributes, ORDER_ATTRIBUTES_MAX)
/* -> order_info, once it is durable */
#define WIRE_order_commit(F, S, B) \
	F(uuid, order) S(cipher, 32) S(kdf, 32) F(uuid, salt) \
	B(wrapped, ORDER_WRAPPED_MAX) B(recovery, ORDER_WRAPPED_MAX) \
	F(key, commitment) S(warning, ORDER_TEXT_MAX)
/* -> ok */
#define WIRE_order_abort(F, S, B) F(uuid, order)

/* --- identification and release: front -> keep --- */
/* how: enum wire_how. host "": at the station socket. Counts as a try of order, station and
 * host until proven.
 * -> candidate..., end. An unknown identification is answered by one candidate that
 * nothing unwraps, so that time and words are the same. */
#define WIRE_identify(F, S, B) \
	S(station, ORDER_NAME_MAX) S(host, ORDER_NAME_MAX) F(u8, how) \
	F(u32, number) S(user, ORDER_NAME_MAX) B(text, SEAL_PIN_MAX)
#define WIRE_candidate(F, S, B) \
	F(uuid, order) S(kdf, 32) F(uuid, salt) F(key, blinded) \
	B(wrapped, ORDER_WRAPPED_MAX)
/* key: the unwrapped order key, the proof. action: enum wire_action; again: enum
 * wire_again, not 0: the person was told "may print again" and says yes. -> order_info,
 * then as many document_infos as its `documents` says; no end. A stopped order without
 * again, or one that is not there to be released: ERROR_CONFLICT with words; a wrong key:
 * ERROR_REFUSED. Of a release: make: enum wire_make; copies of each document, 0 as ordered; printer: another
 * product line that front found able to make it, "" as it stands; only: a bit a document,
 * the lowest of byte 0 is document 1, empty for all: the others wait for another release.
 * One that was produced is made anew only where it is named. */
#define WIRE_prove(F, S, B) \
	F(uuid, order) F(key, key) F(u8, action) F(u8, again) F(u8, make) \
	S(station, ORDER_NAME_MAX) S(host, ORDER_NAME_MAX) F(u32, copies) \
	S(printer, ORDER_QUEUE_MAX) B(only, WIRE_ONLY_MAX)

/* Is that the key of that remote station? -> ok, ERROR_REFUSED, ERROR_LATER. It counts
 * as a try of the key and of its host. */
#define WIRE_station(F, S, B) \
	S(name, 64) S(host, ORDER_NAME_MAX) B(secret, SEAL_KEY_BYTES)
/* A document of the stored order that was proven with WIRE_OPEN on this channel, for front
 * to seal anew. -> opened; then `read`. chunks 0: it was cancelled. */
#define WIRE_open(F, S, B) F(uuid, order) F(u32, document)
#define WIRE_opened(F, S, B) \
	S(cipher, 32) F(uuid, body) F(u64, length) F(u32, chunks) \
	S(format, ORDER_FORMAT_MAX) S(name, ORDER_NAME_MAX) \
	B(attributes, ORDER_ATTRIBUTES_MAX)

/* --- looking and changing: front, tools -> keep --- */
/* order_info: proof_copies: of the proof that is next, under way, or stopped; 0: it is the
 * order itself. proofs: made so far. restarted: it begins anew, and something of it may have
 * been made before. */
/* number 0 and a zero uuid: all; which: enum wire_which; user, printer "": any.
 * documents 1: each order_info is followed by its document_infos.
 * -> (order_info, document_info...)..., end. A number or uuid that is not there:
 * ERROR_ABSENT. limit 0: all. An order still being submitted is found by number or uuid
 * only. */
#define WIRE_find(F, S, B) \
	F(u32, number) F(uuid, order) S(printer, ORDER_QUEUE_MAX) \
	S(user, ORDER_NAME_MAX) F(u8, which) F(u32, after) F(u32, limit) \
	F(u8, documents)
/* locked_s: after wrong tries nobody can open it for so many seconds */
#define WIRE_order_info(F, S, B) \
	F(uuid, order) F(u32, number) F(u8, state) F(u8, identification) \
	S(printer, ORDER_QUEUE_MAX) S(queue, ORDER_QUEUE_MAX) \
	S(user, ORDER_NAME_MAX) S(host, ORDER_NAME_MAX) S(name, ORDER_NAME_MAX) \
	S(language, 64) S(reason, ORDER_KEYWORD_MAX) S(message, ORDER_TEXT_MAX) \
	F(i64, created) F(i64, changed) F(i64, ended) F(i64, due) \
	F(i32, cups_job) F(u8, attempts) F(u8, held_by_operator) F(u32, locked_s) \
	F(u32, documents) F(u64, bytes) F(u32, impressions) \
	F(u32, proof_copies) F(u8, proofs) F(u8, restarted) \
	S(warning, ORDER_TEXT_MAX) \
	B(attributes, ORDER_ATTRIBUTES_MAX)
/* phase: enum wire_phase; pages: that it has, copies counted, 0 unknown; made: that came
 * out so far, or before it stopped, as far as the device tells */
#define WIRE_document_info(F, S, B) \
	F(uuid, order) F(u32, document) F(u64, length) F(u8, state) \
	F(u8, phase) F(u32, pages) F(u32, made) \
	S(format, ORDER_FORMAT_MAX) S(name, ORDER_NAME_MAX) \
	B(attributes, ORDER_ATTRIBUTES_MAX)
/* verb: enum wire_verb; user: who asks; host: from where, if from elsewhere;
 * until: of an extension; expiring and extending are for tools only; operator 1: the peer vouches for an operator
 * (front: a peer of the local operator group; tools: always). -> order_info */
#define WIRE_change(F, S, B) \
	F(uuid, order) F(u8, verb) F(u8, operator) S(user, ORDER_NAME_MAX) \
	S(host, ORDER_NAME_MAX) F(i64, until)
/* verb: enum wire_control_verb; operator 1: as in change, and nobody else may; number: the
 * order that is to be cancelled, 0: whichever it is; text: of a pause, why. -> ok, when it
 * has been done; ERROR_LATER: cupsd does not answer */
#define WIRE_control(F, S, B) \
	S(printer, ORDER_QUEUE_MAX) F(u8, verb) F(u8, operator) F(u32, number) \
	S(user, ORDER_NAME_MAX) S(text, ORDER_TEXT_MAX)
/* What an operator has a printer say of itself, from now on and after a restart: fields
 * (WIRE_NOTICE_ bits) says which of the texts. "" takes one back; info and location are
 * then those of spoold.conf. -> ok */
#define WIRE_notice(F, S, B) \
	S(printer, ORDER_QUEUE_MAX) F(u8, operator) F(u8, fields) \
	S(user, ORDER_NAME_MAX) S(info, WIRE_NOTICE_MAX) \
	S(location, WIRE_NOTICE_MAX) S(message, WIRE_NOTICE_MAX)
/* -> printer..., end. Keep also pushes `printer` on front's control channel. */
#define WIRE_printers(F, S, B)
/* state: IPP printer-state 3, 4, 5; notice: of an operator, to everybody; attributes: the
 * Get-Printer-Attributes response of the queue behind it, as bytes, empty while cupsd has
 * not answered yet. */
#define WIRE_printer(F, S, B) \
	S(name, ORDER_QUEUE_MAX) S(queue, ORDER_QUEUE_MAX) \
	S(info, ORDER_NAME_MAX) S(location, ORDER_NAME_MAX) F(u8, state) \
	F(u8, accepting) F(u8, is_default) S(reasons, ORDER_TEXT_MAX) \
	S(message, ORDER_TEXT_MAX) S(notice, WIRE_NOTICE_MAX) \
	B(attributes, WIRE_QUEUE_BLOB)
/* On front's control channel, one descriptor with it (SCM_RIGHTS): a new channel. */
#define WIRE_channel(F, S, B)
/* What DNS-SD is to tell of a printer: front says it on its control channel, at its start
 * and at each change; keep passes it on to the herald. info: the service's name, as long as
 * nobody else has it. formats, urf: words with commas. */
#define WIRE_announce(F, S, B) \
	S(printer, ORDER_QUEUE_MAX) F(uuid, uuid) S(info, ORDER_NAME_MAX) \
	S(location, ORDER_NAME_MAX) S(model, ORDER_NAME_MAX) S(formats, 256) \
	S(urf, 256) S(kind, 64) S(paper, 16) F(u8, color) F(u8, duplex) \
	F(u8, copies) F(u8, collate) F(u8, staple) F(u8, punch) F(u8, bind)
/* The name that a printer has in the network now, "" for none: from the herald to keep, and
 * on front's control channel. */
#define WIRE_announced(F, S, B) S(printer, ORDER_QUEUE_MAX) S(name, 64)

/* --- events: front's control channel --- */
/* on 1: order_event from now on, until the channel ends. No answer. */
#define WIRE_watch(F, S, B) F(u8, on)
/* An order was made, or its record has moved. what: enum wire_event; the rest as in
 * order_info. Sent once it is durable; left out while front is slow to read. */
#define WIRE_order_event(F, S, B) \
	F(uuid, order) F(u32, number) F(u8, what) F(u8, state) F(u8, identification) \
	F(u8, held_by_operator) S(printer, ORDER_QUEUE_MAX) S(user, ORDER_NAME_MAX) \
	S(host, ORDER_NAME_MAX) S(name, ORDER_NAME_MAX) S(reason, ORDER_KEYWORD_MAX) \
	S(message, ORDER_TEXT_MAX) F(u32, impressions) F(i64, created) F(i64, changed) \
	F(i64, ended)

/* --- the gate: filters and backends -> keep --- */
/* -> granted, once; FAILED/refused when there is no unspent grant for it */
#define WIRE_spend(F, S, B) \
	F(uuid, order) F(u32, document) F(i32, cups_job) \
	S(queue, ORDER_QUEUE_MAX)
#define WIRE_granted(F, S, B) \
	F(key, document_key) S(cipher, 32) F(uuid, body) F(u64, length) \
	F(u32, chunks) S(format, ORDER_FORMAT_MAX)
/* only on the channel that spent the grant, or that was opened a stored document.
 * -> chunk, count times; piece after a window */
#define WIRE_read(F, S, B) F(uuid, body) F(u32, first) F(u32, count)
/* With one descriptor (SCM_RIGHTS): memory of WIRE_WINDOW_BYTES that can neither shrink nor
 * grow (memfd_create). keep writes chunk n to slot n % WIRE_READ_CHUNKS of it, and who reads
 * asks for no chunk whose slot it still needs. -> ok */
#define WIRE_window(F, S, B)
#define WIRE_piece(F, S, B) F(uuid, body) F(u32, chunk) F(u32, length)
/* A piece could not be unsealed: is it damaged in the store? -> ok if not; FAILED/corrupt, and
 * the order is set aside. Of a piece, only its reader looks whether it is sound. */
#define WIRE_doubt(F, S, B) F(uuid, body) F(u32, chunk)
/* a filter's word, before it closes its output: what I wrote is whole. The last
 * filter's word counts. -> ok. A chain of custody: the first word about a document must be
 * as long as the document (tickettodoc's); each further one needs a word before it (else
 * whoever wrote its input was killed), and where it says what it read itself, in_length
 * not 0, that must be what the word before it says. ERROR_REFUSED otherwise. */
#define WIRE_stream(F, S, B) \
	F(i32, cups_job) S(queue, ORDER_QUEUE_MAX) S(filter, 64) F(u64, length) \
	F(key, digest) F(u64, in_length) F(key, in_digest)
/* a filter's word that it can't go on, and why: `verify` is refused with its text, and the
 * outcome `stopped` that the backend then reports gets its reason and text. -> ok */
#define WIRE_give_up(F, S, B) \
	F(i32, cups_job) S(queue, ORDER_QUEUE_MAX) S(filter, 64) \
	S(reason, ORDER_KEYWORD_MAX) S(text, ORDER_TEXT_MAX)
/* what the document that this job is producing asks for, other than its order: the job
 * attributes of it alone, as front took them. -> wished. ERROR_REFUSED: no grant was
 * spent for this job. A filter asks once its input has begun: it was spent by then. */
#define WIRE_wishes(F, S, B) F(i32, cups_job) S(queue, ORDER_QUEUE_MAX)
/* copies: of this release, before all else, 0 as ordered; skip: so many pages from the
 * first on are not to be written, copies counted as pages; order: its job attributes, for
 * the page overrides among them */
#define WIRE_wished(F, S, B) \
	F(u32, document) F(u32, copies) F(u32, skip) \
	B(attributes, ORDER_ATTRIBUTES_MAX) B(order, ORDER_ATTRIBUTES_MAX)
/* from a filter that knows it: so many pages the document has, copies counted, skipped
 * ones, too. -> ok */
#define WIRE_pages(F, S, B) F(i32, cups_job) S(queue, ORDER_QUEUE_MAX) F(u32, pages)
/* a backend asks whether it may send anything. -> producing. ERROR_ABSENT: no filter of
 * this job has come. ERROR_REFUSED: no grant was spent for it; the text is its order's
 * sentence, as in recorded. ERROR_CONFLICT: nothing to send and nothing wrong, the backend
 * ends with status 0: this document was produced before (an orphan of a killed cupsd, or
 * an order released again), or its spend was refused and it is not its order's last. cupsd
 * aborts a job of several files when the backend of any but the last fails; after status 0
 * it goes on with the next file, and the last one's refusal holds the job. */
#define WIRE_produce(F, S, B) F(i32, cups_job) S(queue, ORDER_QUEUE_MAX)
#define WIRE_producing(F, S, B) \
	F(uuid, order) F(u32, number) F(u32, document) F(u32, documents) \
	S(printer, ORDER_QUEUE_MAX) S(name, ORDER_NAME_MAX) \
	S(user, ORDER_NAME_MAX) S(document_name, ORDER_NAME_MAX)
/* is what I received that order's, and whole? -> ok. Must come before a completed
 * outcome, once for each document. */
#define WIRE_verify(F, S, B) \
	F(i32, cups_job) S(queue, ORDER_QUEUE_MAX) F(u64, length) F(key, digest)
/* no answer; percent 255: unknown */
#define WIRE_progress(F, S, B) \
	F(i32, cups_job) S(queue, ORDER_QUEUE_MAX) F(u32, impressions) \
	F(u8, percent) S(text, ORDER_NAME_MAX)
/* result: enum wire_result, of the document that is being produced; completed is for one
 * document, stopped and canceled end the order's production. -> recorded, once it is
 * durable.
 * A backend that goes away after `produce` without an outcome leaves the order stopped. */
#define WIRE_outcome(F, S, B) \
	F(i32, cups_job) S(queue, ORDER_QUEUE_MAX) F(u8, result) \
	S(reason, ORDER_KEYWORD_MAX) S(text, ORDER_TEXT_MAX)
/* sentence: what the order's job in cupsd is to say, if it waits: why, and what to do */
#define WIRE_recorded(F, S, B) S(sentence, ORDER_TEXT_MAX)

/* --- tools -> keep --- */
/* -> status_info. Texts are sentences for the operator, "" where there is nothing to say:
 * queues that cupsd lacks, what was mended last in cupsd, what is wrong with the clock,
 * when the store was read through last. */
#define WIRE_status(F, S, B)
#define WIRE_status_info(F, S, B) \
	F(u64, held) F(u64, released) F(u64, producing) F(u64, stopped) \
	F(u64, over) F(u64, corrupt) F(u64, stored) F(u64, bodies) F(u64, bytes) F(u64, outbox) \
	F(u64, room) F(u8, cupsd) S(cupsd_text, ORDER_TEXT_MAX) F(i64, started) \
	F(u32, front_starts) F(i64, compared) \
	S(queues_text, ORDER_TEXT_MAX) S(mended_text, ORDER_TEXT_MAX) \
	S(clock_text, ORDER_TEXT_MAX) S(scrub_text, ORDER_TEXT_MAX)
/* Who has how much alive: all, each printer, then the `customers` who have most.
 * -> usage_info..., end */
#define WIRE_usage(F, S, B) F(u32, customers)
/* The order's key, which only the shop's recovery key or the old code opens, stands for the
 * customer. why: the operator's words, for the audit. authorise: as a release by its owner;
 * again as in prove. -> order_info. ERROR_REFUSED for a wrong key. */
#define WIRE_authorise(F, S, B) \
	F(uuid, order) F(key, key) F(u8, again) S(user, ORDER_NAME_MAX) \
	S(why, ORDER_NAME_MAX)
/* A new claim code for an order that waits, in two steps: what its key is to be wrapped
 * under (-> blinded), then the order's key so wrapped (-> order_info): from then on the old
 * code or PIN opens nothing. text: the new code in canonical form. */
#define WIRE_renew(F, S, B) F(uuid, order) F(key, key) B(text, SEAL_PIN_MAX)
#define WIRE_reissue(F, S, B) \
	F(uuid, order) F(key, key) B(text, SEAL_PIN_MAX) S(kdf, 32) F(uuid, salt) \
	B(wrapped, ORDER_WRAPPED_MAX) S(user, ORDER_NAME_MAX) S(why, ORDER_NAME_MAX)
/* of: enum wire_of; name, host: of a printer, of a customer. bound 0: none. */
#define WIRE_usage_info(F, S, B) \
	F(u8, of) S(name, ORDER_NAME_MAX) S(host, ORDER_NAME_MAX) F(u64, orders) \
	F(u64, bytes) F(u64, max_orders) F(u64, max_bytes)
/* verb: enum wire_secret_verb; number: which to retire. -> secret..., end: all that there
 * are then. ERROR_CONFLICT: an order names it, or it is the one in use. */
#define WIRE_secrets(F, S, B) F(u8, verb) F(u32, number)
/* orders: that name it */
#define WIRE_secret(F, S, B) F(u32, number) F(u8, current) F(u64, orders)

/* Remote stations. verb: enum wire_station_verb. -> station_info..., end: all of them, or
 * the one that was added, with its key, which nobody tells again. seen: 0 not since keep's
 * start. ERROR_CONFLICT: there is one of that name; ERROR_ABSENT: there is none. */
#define WIRE_stations(F, S, B) F(u8, verb) S(name, 64)
#define WIRE_station_info(F, S, B) \
	S(name, 64) F(i64, created) F(i64, seen) B(secret, SEAL_KEY_BYTES)

/* --- keep <-> courier --- */
/* keep -> courier: make cupsd agree: held, released or gone. A job that is to be released
 * is moved to `queue` first where it is in another one. copies: enum wire_copies. -> job */
#define WIRE_job_want(F, S, B) \
	F(uuid, order) F(u64, revision) F(u8, want) F(i32, cups_job) \
	F(u32, number) S(queue, ORDER_QUEUE_MAX) F(u32, documents) F(u8, copies) \
	S(message, ORDER_TEXT_MAX) B(attributes, ORDER_ATTRIBUTES_MAX)
/* courier -> keep: done (kind 0) or why not. cups_job: the order's job now, 0 = none;
 * state: its IPP job-state in cupsd, 0 = cupsd knows none. The courier makes a job only
 * for WIRE_JOB_HELD, and only if want.cups_job is 0 or cupsd does not know that job as
 * this order's. If cupsd has it but it has ended (7 canceled, 8 aborted, 9 completed), it
 * makes none: kind ERROR_CONFLICT and the state, so that an operator's cancel is told from
 * a lost spool. WIRE_JOB_RELEASED without a job in cupsd: kind ERROR_ABSENT, none is made.
 * No such queue: ERROR_INPUT. cupsd does not answer: ERROR_LATER. */
#define WIRE_job_done(F, S, B) \
	F(uuid, order) F(u64, revision) F(u8, want) F(i32, cups_job) F(u8, state) \
	F(u8, kind) S(text, ERROR_TEXT_MAX)
/* keep -> courier: list our jobs in cupsd that have not ended. -> job_seen..., jobs_end */
#define WIRE_jobs(F, S, B) F(u32, round)
/* state: IPP job-state in cupsd */
#define WIRE_job_seen(F, S, B) \
	F(uuid, order) F(u32, round) F(i32, cups_job) F(u8, state) \
	S(queue, ORDER_QUEUE_MAX)
/* complete 0: cupsd did not answer to the end; draw no conclusions */
#define WIRE_jobs_end(F, S, B) F(u32, round) F(u8, complete) S(text, ERROR_TEXT_MAX)
/* keep -> courier: report this queue now and whenever it changes */
#define WIRE_queue_watch(F, S, B) S(queue, ORDER_QUEUE_MAX)
/* courier -> keep: a queue as cupsd shows it; known 0: cupsd has no such queue */
#define WIRE_queue(F, S, B) \
	S(queue, ORDER_QUEUE_MAX) F(u8, known) F(u8, state) F(u8, accepting) \
	S(reasons, ORDER_TEXT_MAX) S(message, ORDER_TEXT_MAX) \
	B(attributes, WIRE_QUEUE_BLOB)
/* keep -> courier: stop this queue or let it go on: WIRE_PAUSE, with why, or WIRE_RESUME.
 * -> queue, as it is then, and queue_controlled */
#define WIRE_queue_control(F, S, B) \
	F(u32, id) S(queue, ORDER_QUEUE_MAX) F(u8, verb) S(text, ORDER_TEXT_MAX)
#define WIRE_queue_controlled(F, S, B) F(u32, id) F(u8, kind) S(text, ERROR_TEXT_MAX)
/* courier -> keep: cupsd answers (1) or not (0) */
#define WIRE_cupsd(F, S, B) F(u8, up) S(text, ERROR_TEXT_MAX)

/* --- keep <-> crier --- */
/* An order that expires at `due`: -> warned. */
#define WIRE_warn(F, S, B) \
	F(uuid, order) F(u32, number) S(printer, ORDER_QUEUE_MAX) \
	S(user, ORDER_NAME_MAX) S(host, ORDER_NAME_MAX) S(language, 64) F(i64, due)
/* well 0: text says why not */
#define WIRE_warned(F, S, B) F(uuid, order) F(i64, due) F(u8, well) S(text, 256)

/* M(name, number, who may send it): numbers are never used again for another meaning.
 * 82 and 83 were check and fault. */
#define WIRE_MESSAGES(M) \
	M(ok, 1, WIRE_FROM_KEEP) \
	M(failed, 2, WIRE_FROM_KEEP) \
	M(end, 3, WIRE_FROM_KEEP) \
	M(order_begin, 10, WIRE_FROM_FRONT) \
	M(order_begun, 11, WIRE_FROM_KEEP) \
	M(identify_new, 12, WIRE_FROM_FRONT) \
	M(blinded, 13, WIRE_FROM_KEEP) \
	M(document_begin, 14, WIRE_FROM_FRONT) \
	M(document_begun, 15, WIRE_FROM_KEEP) \
	M(chunk, 16, WIRE_FROM_FRONT | WIRE_FROM_KEEP) \
	M(document_end, 17, WIRE_FROM_FRONT) \
	M(order_commit, 18, WIRE_FROM_FRONT) \
	M(order_abort, 19, WIRE_FROM_FRONT) \
	M(document_change, 20, WIRE_FROM_FRONT) \
	M(identify, 30, WIRE_FROM_FRONT | WIRE_FROM_TOOL) \
	M(candidate, 31, WIRE_FROM_KEEP) \
	M(prove, 32, WIRE_FROM_FRONT) \
	M(station, 33, WIRE_FROM_FRONT) \
	M(open, 34, WIRE_FROM_FRONT) \
	M(opened, 35, WIRE_FROM_KEEP) \
	M(find, 40, WIRE_FROM_FRONT | WIRE_FROM_TOOL) \
	M(order_info, 41, WIRE_FROM_KEEP) \
	M(document_info, 42, WIRE_FROM_KEEP) \
	M(change, 43, WIRE_FROM_FRONT | WIRE_FROM_TOOL) \
	M(printers, 44, WIRE_FROM_FRONT | WIRE_FROM_TOOL) \
	M(printer, 45, WIRE_FROM_KEEP) \
	M(channel, 46, WIRE_FROM_FRONT) \
	M(announce, 47, WIRE_FROM_FRONT | WIRE_FROM_KEEP) \
	M(announced, 48, WIRE_FROM_HERALD | WIRE_FROM_KEEP) \
	M(watch, 49, WIRE_FROM_FRONT) \
	M(order_event, 50, WIRE_FROM_KEEP) \
	M(control, 52, WIRE_FROM_FRONT | WIRE_FROM_TOOL) \
	M(notice, 53, WIRE_FROM_FRONT | WIRE_FROM_TOOL) \
	M(spend, 60, WIRE_FROM_FILTER) \
	M(granted, 61, WIRE_FROM_KEEP) \
	M(read, 62, WIRE_FROM_FILTER | WIRE_FROM_FRONT) \
	M(stream, 63, WIRE_FROM_FILTER) \
	M(produce, 64, WIRE_FROM_FILTER) \
	M(producing, 65, WIRE_FROM_KEEP) \
	M(verify, 66, WIRE_FROM_FILTER) \
	M(progress, 67, WIRE_FROM_FILTER) \
	M(outcome, 68, WIRE_FROM_FILTER) \
	M(give_up, 69, WIRE_FROM_FILTER) \
	M(wishes, 70, WIRE_FROM_FILTER) \
	M(wished, 71, WIRE_FROM_KEEP) \
	M(pages, 72, WIRE_FROM_FILTER) \
	M(recorded, 73, WIRE_FROM_KEEP) \
	M(window, 74, WIRE_FROM_FILTER) \
	M(piece, 75, WIRE_FROM_KEEP) \
	M(doubt, 76, WIRE_FROM_FILTER) \
	M(status, 80, WIRE_FROM_TOOL) \
	M(status_info, 81, WIRE_FROM_KEEP) \
	M(secrets, 84, WIRE_FROM_TOOL) \
	M(secret, 85, WIRE_FROM_KEEP) \
	M(stations, 86, WIRE_FROM_TOOL) \
	M(station_info, 87, WIRE_FROM_KEEP) \
	M(usage, 88, WIRE_FROM_TOOL) \
	M(usage_info, 89, WIRE_FROM_KEEP) \
	M(authorise, 90, WIRE_FROM_TOOL) \
	M(renew, 91, WIRE_FROM_TOOL) \
	M(reissue, 92, WIRE_FROM_TOOL) \
	M(job_want, 100, WIRE_FROM_KEEP) \
	M(job_done, 101, WIRE_FROM_COURIER) \
	M(jobs, 102, WIRE_FROM_KEEP) \
	M(job_seen, 103, WIRE_FROM_COURIER) \
	M(jobs_end, 104, WIRE_FROM_COURIER) \
	M(queue_watch, 105, WIRE_FROM_KEEP) \
	M(queue, 106, WIRE_FROM_COURIER) \
	M(cupsd, 107, WIRE_FROM_COURIER) \
	M(queue_control, 108, WIRE_FROM_KEEP) \
	M(queue_controlled, 109, WIRE_FROM_COURIER) \
	M(warn, 110, WIRE_FROM_KEEP) \
	M(warned, 111, WIRE_FROM_CRIER)

/* clang-format on */

struct wire_bytes {
	const uint8_t *data;
	uint32_t len;
};

typedef uint8_t wire_c_u8;
typedef uint32_t wire_c_u32;
typedef uint64_t wire_c_u64;
typedef int32_t wire_c_i32;
typedef int64_t wire_c_i64;
typedef struct wire_c_uuid {
	uint8_t bytes[UUID_BYTES];
} wire_c_uuid;
typedef struct wire_c_key {
	uint8_t bytes[SEAL_KEY_BYTES];
} wire_c_key;

#define WIRE_F(type, name) wire_c_##type name;
#define WIRE_S(name, size) char name[size];
#define WIRE_B(name, max)  struct wire_bytes name;
#define WIRE_STRUCT(message, number, from)                                             \
	struct wire_##message {                                                        \
		WIRE_##message(WIRE_F, WIRE_S, WIRE_B)                                 \
	};
#define WIRE_ENUM(message, number, from) WIRE_TYPE_##message = number,

WIRE_MESSAGES(WIRE_STRUCT)
enum wire_type { WIRE_MESSAGES(WIRE_ENUM) };

#endif
