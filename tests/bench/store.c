/*
 * store.c - how fast the store is, as multiples of what the disk does in the same run.
 *
 *   bench/store [-j] [-r rounds] [-f folder] [name...]
 *
 * The folder should lie on the disk in question; everything in it is made and removed.
 * Each figure is a median over alternating rounds; trust the ratios. Documents are
 * sealed on other threads, as front does it, and reach the one writer over a bounded
 * queue, as they reach keep; a turn ends when the queue is empty or at 8 MiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"
#include "spoold/store/store.h"
#include "tests/bench/figures.h"

#define BUNDLE_BYTES  ((size_t)20000000)
#define BUNDLES	      24 /* a round */
#define SMALL_BYTES   2048
#define SMALL_CLIENTS 64
#define SMALL_ORDERS  4096 /* a round */
#define TURN_BYTES    ((size_t)8 << 20)
#define QUEUE_MAX     32 /* chunks on the way: 8 MiB */
#define ROUNDS_MAX    99

static char root[256] = "/tmp/claimcheck-bench-XXXXXX";
static int rounds = 5;

static void
open_store(struct store **s)
{
	const struct store_options options = {.engine = "lmdb", .folder = root};
	struct error err;

	if (store_open(&options, s, &err) != 0)
		fail("open", &err);
}

static void
close_store(struct store **s)
{
	store_close(*s);
	*s = NULL;
}

/* --- the disk alone --- */

struct raw_client {
	pthread_t thread;
	int number, bundles;
};

static void *
raw_write(void *context)
{
	const struct raw_client *c = context;
	char *chunk = malloc(SEAL_CHUNK_MAX), path[320];

	memset(chunk, 0x5a, SEAL_CHUNK_MAX);
	for (int b = 0; b < c->bundles; b++) {
		snprintf(path, sizeof(path), "%s/raw-%d-%d", root, c->number, b);
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd < 0)
			fail(path, NULL);
		for (size_t left = BUNDLE_BYTES; left > 0;) {
			size_t n = left < SEAL_CHUNK_MAX ? left : SEAL_CHUNK_MAX;
			if (fs_write_all(fd, chunk, n) != 0)
				fail(path, NULL);
			left -= n;
		}
		if (fdatasync(fd) != 0)
			fail(path, NULL);
		close(fd);
	}
	free(chunk);
	return NULL;
}

/* What the clients write in a round. */
static double
mb_of(int clients)
{
	int bundles = BUNDLES / clients * clients;

	return (double)bundles * (double)BUNDLE_BYTES / 1e6;
}

static double
raw_mb_s(int clients)
{
	struct raw_client c[8];
	double start = now_s(), end;
	char path[320];

	for (int i = 0; i < clients; i++) {
		c[i] = (struct raw_client){.number = i, .bundles = BUNDLES / clients};
		pthread_create(&c[i].thread, NULL, raw_write, &c[i]);
	}
	for (int i = 0; i < clients; i++)
		pthread_join(c[i].thread, NULL);
	end = now_s();
	for (int i = 0; i < clients; i++)
		for (int b = 0; b < c[i].bundles; b++) {
			snprintf(path, sizeof(path), "%s/raw-%d-%d", root, i, b);
			unlink(path);
		}
	return mb_of(clients) / (end - start);
}

/* --- from sealing clients over a queue to the writer --- */

struct chunk {
	struct chunk *next;
	struct client *client;
	uint8_t body[UUID_BYTES];
	uint32_t number;
	bool last;
	size_t len;
	uint8_t data[SEAL_CHUNK_MAX];
};

struct client {
	pthread_t thread;
	struct queue *queue;
	size_t bytes;
	double sent; /* its last byte */
	int bundles;
	bool acknowledged;
	double *latencies;
	size_t latency_count;
};

/* A pool of chunks; clients seal into free ones, the writer takes all that are ready. */
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t ready_some, free_some, acknowledged;
	struct chunk *pool, *free, *ready, **ready_end;
	int clients; /* still at work */
};

static void
queue_init(struct queue *q, int clients)
{
	memset(q, 0, sizeof(*q));
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->ready_some, NULL);
	pthread_cond_init(&q->free_some, NULL);
	pthread_cond_init(&q->acknowledged, NULL);
	q->pool = calloc(QUEUE_MAX, sizeof(*q->pool));
	for (int i = 0; i < QUEUE_MAX; i++) {
		q->pool[i].next = q->free;
		q->free = &q->pool[i];
	}
	q->ready_end = &q->ready;
	q->clients = clients;
}

static struct chunk *
take_free(struct queue *q)
{
	struct chunk *c;

	pthread_mutex_lock(&q->lock);
	while (q->free == NULL)
		pthread_cond_wait(&q->free_some, &q->lock);
	c = q->free;
	q->free = c->next;
	pthread_mutex_unlock(&q->lock);
	return c;
}

static void
make_ready(struct queue *q, struct chunk *c)
{
	pthread_mutex_lock(&q->lock);
	c->next = NULL;
	*q->ready_end = c;
	q->ready_end = &c->next;
	c->client->sent = now_s();
	pthread_cond_signal(&q->ready_some);
	pthread_mutex_unlock(&q->lock);
}

/* All that is ready; NULL when no client will send any more. */
static struct chunk *
take_ready(struct queue *q)
{
	struct chunk *list;

	pthread_mutex_lock(&q->lock);
	while (q->ready == NULL && q->clients > 0)
		pthread_cond_wait(&q->ready_some, &q->lock);
	list = q->ready;
	q->ready = NULL;
	q->ready_end = &q->ready;
	pthread_mutex_unlock(&q->lock);
	return list;
}

static void
give_back(struct queue *q, struct chunk *c)
{
	pthread_mutex_lock(&q->lock);
	c->next = q->free;
	q->free = c;
	pthread_cond_signal(&q->free_some);
	pthread_mutex_unlock(&q->lock);
}

static void
send_bundle(struct client *c, struct seal_key *key, const uint8_t *white)
{
	struct seal_stream *s;
	size_t left = c->bytes;
	uint8_t body[UUID_BYTES];

	uuid_make_later(body);
	seal_stream_open(seal_best_cipher(), key, body, &s, NULL);
	for (uint32_t number = 0; left > 0; number++) {
		size_t n = left < SEAL_CHUNK_CLEAR ? left : SEAL_CHUNK_CLEAR;
		struct chunk *to = take_free(c->queue);
		left -= n;
		seal_stream_seal(s, left == 0, white, n, to->data, NULL);
		memcpy(to->body, body, UUID_BYTES);
		to->client = c;
		to->number = number;
		to->len = n + SEAL_OVERHEAD;
		to->last = left == 0;
		make_ready(c->queue, to);
	}
	seal_stream_close(s);
}

static void *
client_work(void *context)
{
	struct client *c = context;
	struct queue *q = c->queue;
	struct seal_key *key = seal_key_random();
	uint8_t *white = calloc(1, SEAL_CHUNK_CLEAR);

	for (int b = 0; b < c->bundles; b++) {
		c->acknowledged = false;
		send_bundle(c, key, white);
		pthread_mutex_lock(&q->lock);
		while (!c->acknowledged)
			pthread_cond_wait(&q->acknowledged, &q->lock);
		pthread_mutex_unlock(&q->lock);
		if (c->latencies != NULL)
			c->latencies[c->latency_count++] = now_s() - c->sent;
	}
	pthread_mutex_lock(&q->lock);
	q->clients--;
	pthread_cond_signal(&q->ready_some);
	pthread_mutex_unlock(&q->lock);
	free(white);
	seal_key_free(key);
	return NULL;
}

static void
insert(struct store *s, const uint8_t body[UUID_BYTES], uint64_t bytes, uint32_t chunks)
{
	struct order_document *d;
	struct error err;
	struct order o;

	order_init(&o);
	uuid_make(o.uuid);
	uuid_make(o.key);
	uuid_make(o.key + UUID_BYTES);
	o.state = ORDER_HELD;
	o.due = 2000000000;
	snprintf(o.user, sizeof(o.user), "customer");
	snprintf(o.name, sizeof(o.name), "holiday pictures");
	d = order_add_document(&o);
	memcpy(d->body, body, UUID_BYTES);
	d->length = bytes;
	d->chunks = chunks;
	if (store_next_number(s, &o.number, &err) != 0 ||
	    store_insert(s, &o, &err) != 0)
		fail("insert", &err);
	order_clear(&o);
}

static void
flush(struct store *s)
{
	struct error err;

	if (store_flush(s, &err) != 0)
		fail("flush", &err);
}

static void
acknowledge(struct queue *q, struct client **done, int count)
{
	pthread_mutex_lock(&q->lock);
	for (int i = 0; i < count; i++)
		done[i]->acknowledged = true;
	pthread_cond_broadcast(&q->acknowledged);
	pthread_mutex_unlock(&q->lock);
}

/* Flushes and acknowledges those whose last chunk is in. */
static void
end_turn(struct store *s, struct queue *q, struct client **done, int *count)
{
	flush(s);
	acknowledge(q, done, *count);
	*count = 0;
}

/* One turn: what is ready, then flush and acknowledge, as soon as somebody waits for it
 * or 8 MiB are there; as keep does it. 0 when all clients are done. */
static int
turn(struct store *s, struct queue *q)
{
	struct client *done[QUEUE_MAX];
	struct chunk *list = take_ready(q), *next;
	struct error err;
	int count = 0;

	if (list == NULL)
		return 0;
	for (struct chunk *c = list; c != NULL; c = next) {
		next = c->next;
		if (store_append(s, c->body, c->number, c->data, c->len, &err) != 0)
			fail("append", &err);
		if (c->last) {
			insert(s, c->body, c->client->bytes, c->number + 1);
			done[count++] = c->client;
		}
		give_back(q, c);
		if (store_unflushed(s) >= TURN_BYTES)
			end_turn(s, q, done, &count);
	}
	if (count > 0)
		end_turn(s, q, done, &count);
	return 1;
}

struct figures {
	double mb_s;
	double ack_ms; /* median from last byte to acknowledge */
};

static struct figures
store_bundles(struct store *s, int clients)
{
	struct client c[8];
	struct queue q;
	double latencies[8][BUNDLES], all[BUNDLES], start;
	struct figures f;
	size_t n = 0;

	queue_init(&q, clients);
	start = now_s();
	for (int i = 0; i < clients; i++) {
		c[i] = (struct client){.queue = &q,
				       .bundles = BUNDLES / clients,
				       .bytes = BUNDLE_BYTES,
				       .latencies = latencies[i]};
		pthread_create(&c[i].thread, NULL, client_work, &c[i]);
	}
	while (turn(s, &q))
		;
	for (int i = 0; i < clients; i++)
		pthread_join(c[i].thread, NULL);
	f.mb_s = mb_of(clients) / (now_s() - start);
	for (int i = 0; i < clients; i++)
		for (size_t j = 0; j < c[i].latency_count; j++)
			all[n++] = latencies[i][j];
	f.ack_ms = quantile(all, n, 0.5) * 1e3;
	free(q.pool);
	return f;
}

/* Ends all orders and tidies, so that the next round finds free pages as in life. */
static int
cancel(const struct order *o, void *context)
{
	struct order **list = context;

	order_copy((*list)++, o, NULL);
	return 0;
}

static void
empty(struct store *s)
{
	struct order *orders = calloc(SMALL_ORDERS, sizeof(*orders)), *end;
	struct error err;
	bool more = true;

	do {
		end = orders;
		store_scan(s, 0, 0, SMALL_ORDERS, cancel, &end, &err);
		for (struct order *o = orders; o < end; o++) {
			if (store_remove(s, o->uuid, &err) != 0)
				fail("remove", &err);
			order_clear(o);
		}
		flush(s);
	} while (end > orders);
	while (more) {
		if (store_tidy(s, &more, &err) != 0)
			fail("tidy", &err);
		flush(s);
	}
	free(orders);
}

/* --- small orders --- */

struct small {
	double rate, p99_ms;
};

/* 64 clients that each have one order on the way: `together` a turn commits what all of
 * them sent, else each order has a transaction of its own. */
static struct small
small_orders(struct store *s, int orders, bool together)
{
	uint8_t clear[SMALL_BYTES] = {0}, sealed[SMALL_BYTES + SEAL_OVERHEAD];
	double *latency = calloc((size_t)orders, sizeof(*latency));
	double sent[SMALL_CLIENTS], start, t;
	struct seal_key *key = seal_key_random();
	uint8_t body[UUID_BYTES];
	struct seal_stream *stream;
	struct small f;
	struct error err;
	int acknowledged = 0, pending = 0;

	uuid_make_later(body);
	seal_stream_open(seal_best_cipher(), key, body, &stream, NULL);
	seal_stream_seal(stream, true, clear, sizeof(clear), sealed, NULL);
	start = now_s();
	for (int i = 0; i < SMALL_CLIENTS; i++)
		sent[i] = start;
	for (int i = 0; acknowledged < orders; i = (i + 1) % SMALL_CLIENTS) {
		uuid_make_later(body);
		if (store_append(s, body, 0, sealed, sizeof(sealed), &err) != 0)
			fail("append", &err);
		insert(s, body, SMALL_BYTES, 1);
		pending++;
		if (together && i + 1 < SMALL_CLIENTS)
			continue;
		flush(s);
		t = now_s();
		for (int c = i - pending + 1; c <= i && acknowledged < orders; c++) {
			latency[acknowledged++] = t - sent[c];
			sent[c] = t;
		}
		pending = 0;
	}
	f.rate = (double)acknowledged / (now_s() - start);
	f.p99_ms = quantile(latency, (size_t)acknowledged, 0.99) * 1e3;
	free(latency);
	seal_stream_close(stream);
	seal_key_free(key);
	return f;
}

/* Small orders of four clients beside a stream of bundles at full speed. */
static double
small_beside_stream_p99_ms(struct store *s)
{
	enum { SMALL = 400 };
	static double latencies[4 * SMALL];
	struct client big, small[4];
	struct queue q;
	double all[4 * SMALL];
	size_t n = 0;

	queue_init(&q, 5);
	big = (struct client){.queue = &q, .bundles = BUNDLES, .bytes = BUNDLE_BYTES};
	pthread_create(&big.thread, NULL, client_work, &big);
	for (int i = 0; i < 4; i++) {
		small[i] = (struct client){.queue = &q,
					   .bundles = SMALL / 4,
					   .bytes = SMALL_BYTES,
					   .latencies = latencies + i * SMALL};
		pthread_create(&small[i].thread, NULL, client_work, &small[i]);
	}
	while (turn(s, &q))
		;
	pthread_join(big.thread, NULL);
	for (int i = 0; i < 4; i++) {
		pthread_join(small[i].thread, NULL);
		for (size_t j = 0; j < small[i].latency_count; j++)
			all[n++] = small[i].latencies[j];
	}
	free(q.pool);
	return quantile(all, n, 0.99) * 1e3;
}

/* --- the report --- */

static void
bench_bundles(struct store *s, int clients, const char *target)
{
	double raw[ROUNDS_MAX], ours[ROUNDS_MAX], ack[ROUNDS_MAX], ratio[ROUNDS_MAX];
	char what[80];

	for (int r = 0; r < rounds; r++) {
		raw[r] = raw_mb_s(clients);
		struct figures f = store_bundles(s, clients);
		ours[r] = f.mb_s;
		ack[r] = f.ack_ms;
		ratio[r] = f.mb_s / raw[r];
		empty(s);
	}
	snprintf(what, sizeof(what), "20 MB bundles, %d client%s: raw write+fdatasync",
		 clients, clients == 1 ? "" : "s");
	figure(what, quantile(raw, (size_t)rounds, 0.5), "MB/s", "");
	figure("    the store, sealed, durable", quantile(ours, (size_t)rounds, 0.5),
	       "MB/s", "");
	figure("    the store as a multiple of raw",
	       quantile(ratio, (size_t)rounds, 0.5), "x", target);
	figure("    last byte to acknowledge, median",
	       quantile(ack, (size_t)rounds, 0.5), "ms", clients == 1 ? "<= 10" : "");
}

static void
bench_small(struct store *s)
{
	double one[ROUNDS_MAX], all[ROUNDS_MAX], ratio[ROUNDS_MAX], p99[ROUNDS_MAX];

	for (int r = 0; r < rounds; r++) {
		one[r] = small_orders(s, SMALL_ORDERS / 4, false).rate;
		struct small f = small_orders(s, SMALL_ORDERS, true);
		all[r] = f.rate;
		p99[r] = f.p99_ms;
		ratio[r] = f.rate / one[r];
		empty(s);
	}
	figure("2 KB orders, a transaction each", quantile(one, (size_t)rounds, 0.5),
	       "/s", "");
	figure("    64 clients, a transaction a turn",
	       quantile(all, (size_t)rounds, 0.5), "/s", "");
	figure("    as a multiple of one each", quantile(ratio, (size_t)rounds, 0.5),
	       "x", ">= 8");
	figure("    99 of 100 are acknowledged within",
	       quantile(p99, (size_t)rounds, 0.5), "ms", "< 15");
}

static void
bench_beside(struct store *s)
{
	double p99[ROUNDS_MAX];

	for (int r = 0; r < rounds; r++) {
		p99[r] = small_beside_stream_p99_ms(s);
		empty(s);
	}
	figure("2 KB orders beside a stream: 99 of 100 within",
	       quantile(p99, (size_t)rounds, 0.5), "ms", "<= 35");
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static bool
wanted(char **names, const char *name)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	struct store *s;
	struct error err;
	bool json = false;
	int c;

	while ((c = getopt(argc, argv, "jr:f:")) != -1)
		if (c == 'j')
			json = true;
		else if (c == 'r')
			rounds = (int)strtol(optarg, NULL, 10);
		else if (c == 'f')
			snprintf(root, sizeof(root), "%s/bench-XXXXXX", optarg);
		else
			return 2;
	if (rounds < 1 || rounds > ROUNDS_MAX || seal_start(&err) != 0)
		return 2;
	if (mkdtemp(root) == NULL)
		fail(root, NULL);
	figures_begin(json);
	open_store(&s);
	if (wanted(argv + optind, "bundles")) {
		bench_bundles(s, 1, ">= 0.65");
		bench_bundles(s, 8, ">= 0.55");
	}
	if (wanted(argv + optind, "small"))
		bench_small(s);
	if (wanted(argv + optind, "beside"))
		bench_beside(s);
	close_store(&s);
	nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	return figures_missed() == 0 ? 0 : 1;
}
