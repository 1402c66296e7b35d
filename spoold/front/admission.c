/*
 * admission.c - slots in one array under one lock: a few hundred entries, looked
 * through five times a second and at each connection.
 *
 * How much of a header was read is asked of the kernel (TCP_INFO), since over TLS
 * nobody else can tell before libcups has stored it all.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "spoold/front/admission.h"
#include "spoold/front/taken.h"

struct admission {
	int fd; /* -1: free */
	bool station, expired;
	uint8_t address[16]; /* IPv4 mapped into IPv6; an IPv6 peer counts by its /64 */
	int64_t deadline;    /* clock_mono_ms */
	bool in_header;
	uint64_t header_start; /* bytes taken when the header began */
};

static struct {
	pthread_mutex_t lock;
	struct admission *slots;
	size_t count, taken, per_address, header_bytes;
	int stop_fd;
	pthread_t watchdog;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER, .stop_fd = -1};

static void
expire(struct admission *slot)
{
	slot->expired = true;
	shutdown(slot->fd, SHUT_RDWR);
}

static void
watch(struct admission *slot, int64_t now)
{
	if (slot->fd < 0 || slot->expired)
		return;
	if (now >= slot->deadline ||
	    (slot->in_header &&
	     taken_bytes(slot->fd) > slot->header_start + all.header_bytes))
		expire(slot);
}

static void *
watchdog(void *unused)
{
	struct pollfd stop = {.fd = all.stop_fd, .events = POLLIN};

	(void)unused;
	while (poll(&stop, 1, ADMISSION_TICK_MS) <= 0) {
		int64_t now = clock_mono_ms();
		pthread_mutex_lock(&all.lock);
		for (size_t i = 0; i < all.count; i++)
			watch(&all.slots[i], now);
		pthread_mutex_unlock(&all.lock);
	}
	return NULL;
}

int
admission_start(const struct settings *settings, struct error *err)
{
	all.count = settings->max_connections + ADMISSION_STATIONS;
	all.per_address = settings->max_connections_per_address;
	all.header_bytes = settings->max_header_bytes;
	all.slots = calloc(all.count, sizeof(all.slots[0]));
	all.stop_fd = eventfd(0, EFD_CLOEXEC);
	if (all.slots == NULL || all.stop_fd < 0)
		return error_errno(err, "cannot make %zu connection slots", all.count);
	for (size_t i = 0; i < all.count; i++)
		all.slots[i].fd = -1;
	errno = pthread_create(&all.watchdog, NULL, watchdog, NULL);
	return errno == 0 ? 0 : error_errno(err, "cannot start the watchdog");
}

static size_t
taken_now(void)
{
	size_t n;

	pthread_mutex_lock(&all.lock);
	n = all.taken;
	pthread_mutex_unlock(&all.lock);
	return n;
}

void
admission_stop(int wait_ms)
{
	int64_t end = clock_mono_ms() + wait_ms;
	const uint64_t one = 1;

	while (taken_now() > 0 && clock_mono_ms() < end)
		poll(NULL, 0, 20);
	if (fs_write_all(all.stop_fd, &one, sizeof(one)) == 0)
		pthread_join(all.watchdog, NULL);
}

void
admission_expire_all(void)
{
	pthread_mutex_lock(&all.lock);
	for (size_t i = 0; i < all.count; i++)
		if (all.slots[i].fd >= 0)
			expire(&all.slots[i]);
	pthread_mutex_unlock(&all.lock);
}

static void
address_of(const http_addr_t *from, uint8_t address[16])
{
	memset(address, 0, 16);
	if (from->addr.sa_family == AF_INET) {
		memcpy(address + 12, &from->ipv4.sin_addr, 4);
		address[10] = address[11] = 0xff;
	} else if (from->addr.sa_family == AF_INET6) {
		const uint8_t *ip = from->ipv6.sin6_addr.s6_addr;
		bool mapped = IN6_IS_ADDR_V4MAPPED(&from->ipv6.sin6_addr);
		memcpy(address, ip, mapped ? 16 : 8);
	}
}

/* A free slot for such a peer, or NULL with *why. */
static struct admission *
find_slot(const uint8_t address[16], bool station, const char **why)
{
	struct admission *found = NULL;
	size_t strangers = 0, same = 0;

	for (size_t i = 0; i < all.count; i++) {
		struct admission *slot = &all.slots[i];
		if (slot->fd < 0) {
			found = slot;
			continue;
		}
		strangers += !slot->station;
		same += !slot->station && memcmp(slot->address, address, 16) == 0;
	}
	if (!station && same >= all.per_address) {
		*why = "from this address";
		return NULL;
	}
	if (found == NULL ||
	    (!station && strangers >= all.count - ADMISSION_STATIONS)) {
		*why = "in all";
		return NULL;
	}
	return found;
}

struct admission *
admission_enter(int fd, const http_addr_t *from, bool station, const char **why)
{
	uint8_t address[16];
	struct admission *slot;

	address_of(from, address);
	pthread_mutex_lock(&all.lock);
	slot = find_slot(address, station, why);
	if (slot != NULL) {
		*slot = (struct admission){
			.fd = fd, .station = station, .deadline = INT64_MAX};
		memcpy(slot->address, address, 16);
		all.taken++;
	}
	pthread_mutex_unlock(&all.lock);
	return slot;
}

void
admission_leave(struct admission *slot)
{
	pthread_mutex_lock(&all.lock);
	slot->fd = -1;
	all.taken--;
	pthread_mutex_unlock(&all.lock);
}

void
admission_deadline(struct admission *slot, int64_t ms)
{
	pthread_mutex_lock(&all.lock);
	slot->deadline = clock_mono_ms() + ms;
	pthread_mutex_unlock(&all.lock);
}

int64_t
admission_document_ms(const struct settings *settings, int64_t spent_ms,
		      uint64_t received)
{
	return (int64_t)settings->request_timeout_s * 1000 +
	       (int64_t)(received * 1000 / settings->min_upload_rate) - spent_ms;
}

void
admission_header_begin(struct admission *slot)
{
	uint64_t start = slot->station ? 0 : taken_bytes(slot->fd);

	pthread_mutex_lock(&all.lock);
	slot->header_start = start;
	slot->in_header = !slot->station;
	pthread_mutex_unlock(&all.lock);
}

void
admission_header_end(struct admission *slot)
{
	pthread_mutex_lock(&all.lock);
	slot->in_header = false;
	pthread_mutex_unlock(&all.lock);
}

bool
admission_expired(struct admission *slot)
{
	bool expired;

	pthread_mutex_lock(&all.lock);
	expired = slot->expired;
	pthread_mutex_unlock(&all.lock);
	return expired;
}
