#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "spoold/front/derive.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	int free;
} turn = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, DERIVE_AT_ONCE};

static int
take_turn(struct error *err)
{
	struct timespec end;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += DERIVE_WAIT_S;
	pthread_mutex_lock(&turn.lock);
	while (turn.free == 0 && rc == 0)
		rc = pthread_cond_timedwait(&turn.freed, &turn.lock, &end);
	if (turn.free > 0) {
		turn.free--;
		rc = 0;
	}
	pthread_mutex_unlock(&turn.lock);
	return rc == 0 ? 0
		       : error_set(err, ERROR_LATER,
				   "too many identifications at once; try again");
}

static void
give_turn(void)
{
	pthread_mutex_lock(&turn.lock);
	turn.free++;
	pthread_cond_signal(&turn.freed);
	pthread_mutex_unlock(&turn.lock);
}

int
derive(const char *kdf, const uint8_t blinded[SEAL_KEY_BYTES],
       const uint8_t salt[SEAL_SALT_BYTES], struct seal_key *out, struct error *err)
{
	int rc;

	if (take_turn(err) != 0)
		return -1;
	rc = seal_derive(kdf, blinded, salt, out, err);
	give_turn();
	return rc;
}
