/*
 * keep_wire.c - what peers can say to keep: any bytes from a front, a filter, a courier
 * and a tool, in turns.
 *
 * Input: pieces of u8 peer (0 front, 1 filter, 2 courier, 3 tool), u16 length, bytes.
 * Two words in the bytes are replaced, so that an input can speak of what is there:
 * "the-order-number" by the uuid of an order that is held, "an-order-to-come!" (16 of
 * its bytes) by that of one that is being handed in.
 *
 * Beside not crashing, whatever was said: the held order is never released, nobody is
 * told that it is, and neither its key nor a byte of its document is handed out.
 */
#include <string.h>

#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/keep.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/keep-help.h"

#define PEERS	   4
#define HELD_WORD  "the-order-number"
#define COMES_WORD "an-order-to-come"

static struct bench b;
static struct client front;
static struct handed held, coming;

static void
prepare(void)
{
	struct error err;

	if (b.k == NULL) {
		bench_open(&b, "ram");
		bench_channel(&b, &front);
	}
	b.clock.skew_s += 100000; /* locks and delays of the last input are over */
	if (held.key == NULL || state_of(&b, &held) != ORDER_HELD) {
		handed_clear(&held);
		hand_in(&b, &front, &(struct wish){0}, &held, &err);
	}
	if (coming.key == NULL || intake_find(b.k, coming.uuid, 0) == NULL) {
		handed_clear(&coming);
		hand_begin(&b, &front, &(struct wish){0}, &coming, &err);
	}
}

static void
replace(uint8_t *bytes, size_t len, const char *word, const uint8_t uuid[UUID_BYTES])
{
	for (size_t i = 0; i + UUID_BYTES <= len; i++)
		if (memcmp(bytes + i, word, UUID_BYTES) == 0)
			memcpy(bytes + i, uuid, UUID_BYTES);
}

static bool
is(const wire_c_uuid *said, const uint8_t uuid[UUID_BYTES])
{
	return memcmp(said->bytes, uuid, UUID_BYTES) == 0;
}

/* An order of the peer's own making it may well release and read: not the held one. */
static void
check_said(int type, const union wire_any *m)
{
	switch (type) {
	case WIRE_TYPE_granted:
		INVARIANT(!is(&m->granted.body, held.body[0]));
		break;
	case WIRE_TYPE_chunk:
		INVARIANT(!is(&m->chunk.body, held.body[0]));
		break;
	case WIRE_TYPE_producing:
		INVARIANT(!is(&m->producing.order, held.uuid));
		break;
	case WIRE_TYPE_order_info:
		INVARIANT(!is(&m->order_info.order, held.uuid) ||
			  (m->order_info.state != ORDER_RELEASED &&
			   m->order_info.state != ORDER_PRODUCING));
		break;
	}
}

static void
drain(struct client *c)
{
	union wire_any m;
	int type;

	while ((type = client_poll(c, &m)) > 0)
		check_said(type, &m);
}

static void
say(struct client *c, const uint8_t *data, size_t len)
{
	static uint8_t bytes[UINT16_MAX];

	memcpy(bytes, data, len);
	replace(bytes, len, HELD_WORD, held.uuid);
	replace(bytes, len, COMES_WORD, coming.uuid);
	client_send_bytes(&b, c, bytes, len);
	bench_turn(&b);
	drain(c);
}

static void
check_held(void)
{
	int state = state_of(&b, &held);

	/* cancelled it may be, by a tool or because a courier says so; or come due */
	INVARIANT(state == ORDER_HELD || state == ORDER_CANCELED ||
		  state == ORDER_EXPIRED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned roles[PEERS] = {WIRE_FROM_FRONT, WIRE_FROM_FILTER,
					      WIRE_FROM_COURIER, WIRE_FROM_TOOL};
	struct client peers[PEERS];

	prepare();
	for (int i = 0; i < PEERS; i++) {
		bench_peer(&b, &peers[i], roles[i], 100 + i);
		if (roles[i] == WIRE_FROM_COURIER)
			jobs_set_courier(b.k, TAILQ_LAST(&b.k->peers, peer_list));
	}
	while (size >= 3) {
		size_t len = (size_t)data[1] << 8 | data[2];
		struct client *c = &peers[data[0] % PEERS];

		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		say(c, data, len);
		data += len;
		size -= len;
	}
	check_held();
	for (int i = 0; i < PEERS; i++)
		client_close(&peers[i]);
	bench_turn(&b);
	bench_turn(&b);
	check_held();
	return 0;
}
