/*
 * Secrets live in sodium_malloc memory: locked where RLIMIT_MEMLOCK allows it, between
 * guard pages, left out of core dumps, wiped when freed.
 */
#include <sodium.h>
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

struct seal_key *
seal_key_new(void)
{
	struct seal_key *key = sodium_malloc(sizeof(*key));

	INVARIANT(key != NULL);
	sodium_memzero(key, sizeof(*key));
	return key;
}

struct seal_key *
seal_key_random(void)
{
	struct seal_key *key = seal_key_new();

	randombytes_buf(key->bytes, sizeof(key->bytes));
	return key;
}

void
seal_key_free(struct seal_key *key)
{
	sodium_free(key);
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
