/*
 * Secrets live in sodium_malloc memory: locked where RLIMIT_MEMLOCK allows it, between
 * guard pages, left out of core dumps, wiped when freed. Keys that are made before a
 * fork are not locked in the child: make them after it.
 */
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "lib/seal/seal.h"

/* LeakSanitizer attaches to its own process, which a process that is not dumpable
 * forbids. */
#if defined(__SANITIZE_ADDRESS__)
#define MAY_BE_DUMPED 1
#else
#define MAY_BE_DUMPED 0
#endif

#define SLAB_KEYS 126 /* with sodium's canary of 16 bytes: a page */

int
seal_start(struct error *err)
{
	const struct rlimit none = {0, 0};

	if (sodium_init() < 0)
		return error_set(err, ERROR_SYSTEM, "libsodium does not start");
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return error_errno(err, "cannot forbid core dumps");
	if (prctl(PR_SET_DUMPABLE, MAY_BE_DUMPED) != 0)
		return error_errno(err, "cannot forbid core dumps");
	return 0;
}

/* A page of keys. sodium_malloc for each of them would cost seven system calls; a small
 * order needs half a dozen keys. */
struct slab {
	struct slab *next;
	struct seal_key *keys; /* [SLAB_KEYS], locked and guarded; free ones are zero */
	uint64_t used[SLAB_KEYS / 64 + 1];
};

static pthread_mutex_t slabs_lock = PTHREAD_MUTEX_INITIALIZER;
static struct slab *slabs;

static struct slab *
add_slab(void)
{
	struct slab *s = calloc(1, sizeof(*s));

	INVARIANT(s != NULL);
	s->keys = sodium_allocarray(SLAB_KEYS, sizeof(*s->keys));
	INVARIANT(s->keys != NULL);
	sodium_memzero(s->keys, SLAB_KEYS * sizeof(*s->keys));
	s->next = slabs;
	slabs = s;
	return s;
}

static struct seal_key *
take_key(struct slab *s)
{
	for (size_t i = 0; s != NULL && i < SLAB_KEYS; i++) {
		if (i % 64 == 0 && s->used[i / 64] == UINT64_MAX) {
			i += 63;
			continue;
		}
		if ((s->used[i / 64] & 1ull << i % 64) == 0) {
			s->used[i / 64] |= 1ull << i % 64;
			return &s->keys[i];
		}
	}
	return NULL;
}

struct seal_key *
seal_key_new(void)
{
	struct seal_key *key = NULL;

	pthread_mutex_lock(&slabs_lock);
	for (struct slab *s = slabs; s != NULL && key == NULL; s = s->next)
		key = take_key(s);
	if (key == NULL)
		key = take_key(add_slab());
	pthread_mutex_unlock(&slabs_lock);
	return key;
}

struct seal_key *
seal_key_random(void)
{
	struct seal_key *key = seal_key_new();

	randombytes_buf(key->bytes, sizeof(key->bytes));
	return key;
}

/* The slab of a key; a pointer that seal_key_new did not give, or gave back already, is
 * our own fault. */
static struct slab *
slab_of(const struct seal_key *key)
{
	struct slab *s = slabs;

	while (s != NULL && (key < s->keys || key >= s->keys + SLAB_KEYS))
		s = s->next;
	return s;
}

void
seal_key_free(struct seal_key *key)
{
	struct slab *s;
	size_t i;

	if (key == NULL)
		return;
	sodium_memzero(key, sizeof(*key));
	pthread_mutex_lock(&slabs_lock);
	s = slab_of(key);
	INVARIANT(s != NULL);
	i = (size_t)(key - s->keys);
	INVARIANT((s->used[i / 64] & 1ull << i % 64) != 0);
	s->used[i / 64] &= ~(1ull << i % 64);
	pthread_mutex_unlock(&slabs_lock);
}

bool
seal_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void
seal_wipe(void *data, size_t len)
{
	sodium_memzero(data, len);
}
