#include <string.h>

#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/derive.h"
#include "tests/fuzz/stranger.h"

static const uint8_t order_uuid[UUID_BYTES] = "the-order-number";

/* What the queue behind the printer says: a few sizes and qualities. */
static struct buf *
queue_attributes(void)
{
	static struct buf bytes;
	static const char *const media[] = {"iso_a4_210x297mm", "na_index-4x6_4x6in",
					    "custom_min_50x50mm",
					    "custom_max_300x400mm"};
	static const char *const types[] = {"photographic", "stationery"};
	ipp_t *queue, *size;

	if (bytes.len > 0)
		return &bytes;
	buf_init(&bytes, WIRE_QUEUE_BLOB);
	queue = ippNew();
	ippSetStatusCode(queue, IPP_STATUS_OK);
	size = ippNew();
	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-supported", 4,
		      NULL, media);
	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-type-supported",
		      2, NULL, types);
	ippAddString(queue, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-default", NULL,
		     media[0]);
	ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", 21000);
	ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", 29700);
	ippAddCollection(queue, IPP_TAG_PRINTER, "media-size-supported", size);
	ippDelete(size);
	ippAddResolution(queue, IPP_TAG_PRINTER, "printer-resolution-supported",
			 IPP_RES_PER_INCH, 300, 300);
	ippAddString(queue, IPP_TAG_PRINTER, IPP_TAG_URI, "device-uri", NULL,
		     "claimcheck:file:/dev/null");
	INVARIANT(ipp_bounds_encode(queue, &bytes, NULL) == 0);
	ippDelete(queue);
	return &bytes;
}

void
stranger_printer(struct wire_printer *to)
{
	const struct buf *attributes = queue_attributes();

	*to = (struct wire_printer){.state = 3, .accepting = 1, .is_default = 1};
	text_copy(to->name, sizeof(to->name), STRANGER_PRINTER);
	text_copy(to->queue, sizeof(to->queue), STRANGER_PRINTER);
	text_copy(to->info, sizeof(to->info), "Photographs");
	text_copy(to->reasons, sizeof(to->reasons), "none");
	to->attributes.data = attributes->data;
	to->attributes.len = (uint32_t)attributes->len;
}

static void
say(struct wire_peer *front, enum wire_type type, const void *message)
{
	struct error err;

	wire_send(front, type, message, &err); /* front may be gone: all the same */
}

static void
say_printer(struct wire_peer *front)
{
	struct wire_printer printer;

	stranger_printer(&printer);
	say(front, WIRE_TYPE_printer, &printer);
}

static void
say_order(struct wire_peer *front, uint8_t state)
{
	struct wire_order_info info = {.number = STRANGER_NUMBER,
				       .state = state,
				       .identification = 2,
				       .created = 1700000000,
				       .documents = 1,
				       .bytes = 1000};

	memcpy(info.order.bytes, order_uuid, UUID_BYTES);
	text_copy(info.printer, sizeof(info.printer), STRANGER_PRINTER);
	text_copy(info.user, sizeof(info.user), "ada");
	text_copy(info.host, sizeof(info.host), "localhost");
	text_copy(info.name, sizeof(info.name), "holiday.jpg");
	say(front, WIRE_TYPE_order_info, &info);
}

static void
say_document(struct wire_peer *front)
{
	struct wire_document_info info = {.document = 1, .length = 1000};

	memcpy(info.order.bytes, order_uuid, UUID_BYTES);
	text_copy(info.format, sizeof(info.format), "image/jpeg");
	say(front, WIRE_TYPE_document_info, &info);
}

static void
say_candidate(struct wire_peer *front)
{
	struct wire_candidate c = {0};
	struct seal_key *wrapping = seal_key_new(), *key = seal_key_new();
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	uint16_t len;

	memcpy(c.order.bytes, order_uuid, UUID_BYTES);
	text_copy(c.kdf, sizeof(c.kdf), "blake2b");
	memset(key->bytes, 7, SEAL_KEY_BYTES);
	/* of what `blinded` says: whatever was typed opens it */
	INVARIANT(derive(c.kdf, c.blinded.bytes, c.salt.bytes, wrapping, NULL) == 0);
	seal_wrap(wrapping, c.order.bytes, key, wrapped, &len);
	c.wrapped = (struct wire_bytes){wrapped, len};
	say(front, WIRE_TYPE_candidate, &c);
	seal_key_free(wrapping);
	seal_key_free(key);
}

static void
say_begun(struct wire_peer *front)
{
	struct wire_order_begun begun = {.number = STRANGER_NUMBER,
					 .created = 1700000000};

	memcpy(begun.order.bytes, order_uuid, UUID_BYTES);
	say(front, WIRE_TYPE_order_begun, &begun);
}

static void
say_failed(struct wire_peer *front)
{
	struct wire_failed failed = {.kind = ERROR_ABSENT};

	text_copy(failed.text, sizeof(failed.text), "it is not there");
	say(front, WIRE_TYPE_failed, &failed);
}

static void
answer(struct wire_peer *front, int type, const union wire_any *m)
{
	static const union wire_any nothing;

	switch (type) {
	case WIRE_TYPE_chunk: /* without an answer */
		return;
	case WIRE_TYPE_order_begin:
		say_begun(front);
		return;
	case WIRE_TYPE_identify_new:
		say(front, WIRE_TYPE_blinded, &nothing);
		return;
	case WIRE_TYPE_document_begin:
		say(front, WIRE_TYPE_document_begun, &nothing);
		return;
	case WIRE_TYPE_document_end:
	case WIRE_TYPE_order_abort:
		say(front, WIRE_TYPE_ok, &nothing);
		return;
	case WIRE_TYPE_order_commit:
	case WIRE_TYPE_change:
		say_order(front, ORDER_HELD);
		return;
	case WIRE_TYPE_prove:
		say_order(front, ORDER_RELEASED);
		say_document(front);
		return;
	case WIRE_TYPE_printers:
		say_printer(front);
		break;
	case WIRE_TYPE_find:
		say_order(front, ORDER_HELD);
		if (m->find.documents)
			say_document(front);
		break;
	case WIRE_TYPE_identify:
		say_candidate(front);
		break;
	default:
		say_failed(front);
		return;
	}
	say(front, WIRE_TYPE_end, &nothing);
}

void
stranger_friendly_keep(struct wire_peer *front, struct settings *settings)
{
	union wire_any message;
	struct error err;
	int type;

	(void)settings;
	while ((type = wire_receive(front, &message, &err)) > 0)
		answer(front, type, &message);
}
