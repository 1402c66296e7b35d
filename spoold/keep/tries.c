#include <stdlib.h>
#include <string.h>

#include "spoold/keep/tries.h"

/* Levels are thousandths of a try, so that forgetting is smooth. */
#define ONE_TRY 1000

struct slot {
	int64_t at_ms;	   /* of the level */
	int64_t last_ms;   /* of the last try */
	int64_t locked_ms; /* locked until */
	uint32_t level;
	uint16_t locks; /* in a row */
};

struct tries {
	uint8_t key[SEAL_KEY_BYTES];
	struct slot slots[TRIES_KINDS][TRIES_SLOTS];
};

int
tries_open(struct keep *k, struct error *err)
{
	struct seal_key *random = seal_key_random();

	k->tries = calloc(1, sizeof(*k->tries));
	if (k->tries != NULL)
		memcpy(k->tries->key, random->bytes, sizeof(k->tries->key));
	seal_key_free(random);
	return k->tries != NULL ? 0 : error_errno(err, "cannot count tries");
}

void
tries_close(struct keep *k)
{
	free(k->tries);
	k->tries = NULL;
}

static struct slot *
slot_of(struct keep *k, enum tries_kind kind, const char *name)
{
	uint8_t row[SEAL_KEY_BYTES + ORDER_NAME_MAX], sum[16];
	size_t len = strnlen(name, ORDER_NAME_MAX);

	memcpy(row, k->tries->key, SEAL_KEY_BYTES);
	memcpy(row + SEAL_KEY_BYTES, name, len);
	seal_checksum(row, SEAL_KEY_BYTES + len, sum);
	return &k->tries->slots[kind][(unsigned)sum[0] << 8 | sum[1]];
}

static bool
is_place(enum tries_kind kind)
{
	return kind == TRIES_STATION || kind == TRIES_HOST;
}

static uint32_t
allowed(const struct keep *k, enum tries_kind kind)
{
	return is_place(kind) ? k->settings->tries_per_station
			      : k->settings->tries_per_order;
}

static int64_t
lockout_ms(const struct keep *k)
{
	return INT64_C(1000) * k->settings->lockout_s;
}

/* In which all allowed tries are forgotten. */
static int64_t
memory_ms(const struct keep *k, enum tries_kind kind)
{
	return is_place(kind) ? lockout_ms(k) : INT64_C(1000) * TRIES_LOCK_MAX_S;
}

/* Brings the level to what is left of it now. */
static void
forget(struct keep *k, enum tries_kind kind, struct slot *s)
{
	int64_t now = keep_mono_ms(k), passed = now - s->at_ms;
	int64_t all = memory_ms(k, kind);
	int64_t lost =
		passed < all ? passed * ONE_TRY * allowed(k, kind) / all : INT64_MAX;

	if (passed <= 0 || lost == 0)
		return;
	s->level = (int64_t)s->level > lost ? s->level - (uint32_t)lost : 0;
	if (now - s->last_ms > TRIES_LOCK_MAX_S * INT64_C(1000))
		s->locks = 0;
	s->at_ms = now;
}

int64_t
tries_wait_ms(struct keep *k, enum tries_kind kind, const char *name)
{
	struct slot *s = slot_of(k, kind, name);
	int64_t now = keep_mono_ms(k), delay;
	uint32_t unpaid = (allowed(k, kind) + 1) / 2, count;

	if (s->locked_ms > now)
		return s->locked_ms - now;
	forget(k, kind, s);
	count = (s->level + ONE_TRY - 1) / ONE_TRY;
	if (count <= unpaid)
		return 0;
	delay = count - unpaid < 16 ? INT64_C(500) << (count - unpaid) : 32768000;
	if (delay > lockout_ms(k))
		delay = lockout_ms(k);
	return s->last_ms + delay > now ? s->last_ms + delay - now : 0;
}

static int64_t
lock_length_ms(const struct keep *k, enum tries_kind kind, const struct slot *s)
{
	int64_t length = lockout_ms(k);

	for (unsigned i = 0; i < s->locks && !is_place(kind); i++)
		if (length < TRIES_LOCK_MAX_S * INT64_C(1000))
			length *= 2;
	return length;
}

bool
tries_take(struct keep *k, enum tries_kind kind, const char *name)
{
	struct slot *s = slot_of(k, kind, name);

	forget(k, kind, s);
	if (s->level == 0)
		s->at_ms = keep_mono_ms(k);
	s->last_ms = keep_mono_ms(k);
	s->level += ONE_TRY;
	if (s->level <= ONE_TRY * (allowed(k, kind) - 1))
		return false;
	s->locked_ms = s->last_ms + lock_length_ms(k, kind, s);
	s->level = 0;
	if (s->locks < UINT16_MAX)
		s->locks++;
	return true;
}

void
tries_give_back(struct keep *k, enum tries_kind kind, const char *name, bool locked)
{
	struct slot *s = slot_of(k, kind, name);

	if (locked) {
		s->locked_ms = 0;
		s->locks--;
		s->level = ONE_TRY * allowed(k, kind);
	}
	s->level = s->level > ONE_TRY ? s->level - ONE_TRY : 0;
	if (!is_place(kind))
		s->locks = 0;
	if (kind == TRIES_ORDER)
		s->level = 0;
}
