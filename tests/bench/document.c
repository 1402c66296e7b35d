/*
 * document.c - how fast a sealed document comes from the store to a filter that unseals
 * it, beside a plain read of files as large.
 *
 *   bench/document [-j] [-r rounds] [-f folder]
 *
 * The way is the real one: a keep process of its own reads its store and puts pieces into
 * this process's window; this one asks for them as tickettodoc does (filters/opening.h)
 * and unseals. Cold means that neither file nor store is in the page cache. As root, whom keep
 * takes for a filter; the folder should lie on the disk in question.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filters/opening.h"
#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/bench/figures.h"
#include "tests/unit/keep-help.h"

#define DOCUMENTS      10
#define DOCUMENT_BYTES ((size_t)20000000)
#define PIECE	       ((size_t)128 << 10) /* of plain files: no other was faster */
#define ROUNDS_MAX     99

struct shop {
	struct bench bench;
	struct client front;
	struct handed handed[DOCUMENTS];
	struct opening filter[DOCUMENTS];
	struct wire_granted granted[DOCUMENTS];
};

static int rounds = 5;

/* --- files --- */

static void
raw_path(const struct shop *s, char path[192], int i)
{
	snprintf(path, 192, "%s/raw-%d", s->bench.folder, i);
}

static void
write_raw(const struct shop *s)
{
	char *piece = malloc(PIECE), path[192];

	memset(piece, 0x5a, PIECE);
	for (int i = 0; i < DOCUMENTS; i++) {
		int fd;

		raw_path(s, path, i);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		for (size_t left = DOCUMENT_BYTES, n; left > 0; left -= n) {
			n = left < PIECE ? left : PIECE;
			if (fd < 0 || fs_write_all(fd, piece, n) != 0)
				fail(path, NULL);
		}
		close(fd);
	}
	free(piece);
}

static void
forget(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fdatasync(fd) != 0 ||
	    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		fail(path, NULL);
	close(fd);
}

static double
mb_s(double seconds)
{
	return DOCUMENTS * (double)DOCUMENT_BYTES / 1e6 / seconds;
}

/* As cat does it: the kernel reads ahead. */
static void
read_file(const char *path)
{
	static char piece[PIECE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(path, NULL);
	while (read(fd, piece, PIECE) > 0)
		continue;
	close(fd);
}

static double
raw_cold(const struct shop *s)
{
	char path[192];
	double start;

	for (int i = 0; i < DOCUMENTS; i++) {
		raw_path(s, path, i);
		forget(path);
	}
	start = now_s();
	for (int i = 0; i < DOCUMENTS; i++) {
		raw_path(s, path, i);
		read_file(path);
	}
	return mb_s(now_s() - start);
}

/* --- documents --- */

static int
count(void *context, const void *clear, size_t len, struct error *err)
{
	(void)clear;
	(void)err;
	*(size_t *)context += len;
	return 0;
}

static double
read_all(struct shop *s)
{
	double start = now_s();
	struct error err;

	for (int i = 0; i < DOCUMENTS; i++) {
		struct opening *o = &s->filter[i];
		size_t bytes = 0;

		o->grant = s->granted[i];
		o->length = 0;
		o->asked = 0;
		seal_stream_close(o->seal);
		if (opening_copy(o, count, &bytes, &err) != 0 ||
		    bytes != DOCUMENT_BYTES)
			fail("read", &err);
	}
	return mb_s(now_s() - start);
}

static void
store_path(const struct shop *s, char path[192])
{
	snprintf(path, 192, "%s/" KEEP_STORE_FOLDER "/data.mdb", s->bench.folder);
}

static double
ours_cold(struct shop *s)
{
	char path[192];

	store_path(s, path);
	forget(path);
	return read_all(s);
}

static double
ours_warm(struct shop *s)
{
	char path[192];

	store_path(s, path);
	read_file(path);
	return read_all(s);
}

/* --- the shop --- */

static int32_t
job_in_record(struct shop *s, const struct handed *h)
{
	struct wire_find find = {.number = 0};
	union wire_any m, end;
	struct error err;

	memcpy(find.order.bytes, h->uuid, UUID_BYTES);
	if (client_ask(&s->bench, &s->front, WIRE_TYPE_find, &find,
		       WIRE_TYPE_order_info, &m, &err) != 0)
		return 0;
	client_next(&s->bench, &s->front, &end);
	return m.order_info.cups_job;
}

static void
hand_over(struct shop *s, int i)
{
	struct handed *h = &s->handed[i];
	struct opening *o = &s->filter[i];
	struct error err = {.text = "no job"};

	if (hand_in(&s->bench, &s->front, &(struct wish){.bytes = DOCUMENT_BYTES}, h,
		    &err) != 0)
		fail("hand in", &err);
	while ((h->job = job_in_record(s, h)) == 0)
		bench_turn(&s->bench);
	if (release(&s->bench, &s->front, h, h->text, 0, &err) != 0)
		fail("release", &err);
	o->keep.fd = -1;
	o->request.document = 1;
	o->request.cups_job = h->job;
	text_copy(o->request.queue, sizeof(o->request.queue), "photo-queue");
	memcpy(o->request.order.bytes, h->uuid, UUID_BYTES);
	if (opening_spend(o, &err) != 0)
		fail("spend", &err);
	s->granted[i] = o->grant;
}

static void
open_shop(struct shop *s)
{
	char path[192];

	bench_fork(&s->bench);
	snprintf(path, sizeof(path), "%s/keep.sock", s->bench.folder);
	setenv("CLAIMCHECK_SOCKET", path, 1);
	bench_channel(&s->bench, &s->front);
	for (int i = 0; i < DOCUMENTS; i++)
		hand_over(s, i);
}

static void
close_shop(struct shop *s)
{
	seal_wipe(s->granted, sizeof(s->granted));
	for (int i = 0; i < DOCUMENTS; i++) {
		opening_clear(&s->filter[i]);
		handed_clear(&s->handed[i]);
	}
	for (int i = 0; i < DOCUMENTS; i++) {
		char path[192];

		raw_path(s, path, i);
		unlink(path);
	}
	client_close(&s->front);
	bench_close(&s->bench);
}

static void
measure(struct shop *s)
{
	double raw[ROUNDS_MAX], cold[ROUNDS_MAX], ratio[ROUNDS_MAX], warm[ROUNDS_MAX];
	size_t n = (size_t)rounds;

	for (int r = 0; r < rounds; r++) {
		raw[r] = raw_cold(s);
		cold[r] = ours_cold(s);
		ratio[r] = cold[r] / raw[r];
		warm[r] = ours_warm(s);
		bench_turn(&s->bench);
	}
	figure("20 MB document, store to filter, warm", quantile(warm, n, 0.5), "MB/s",
	       ">= 1000");
	figure("20 MB files, cold: raw read", quantile(raw, n, 0.5), "MB/s", "");
	figure("    20 MB documents, store to filter, cold", quantile(cold, n, 0.5),
	       "MB/s", "");
	figure("    as a multiple of raw", quantile(ratio, n, 0.5), "x", ">= 0.95");
}

int
main(int argc, char **argv)
{
	static struct shop s;
	struct error err;
	bool json = false;
	int c;

	while ((c = getopt(argc, argv, "jr:f:")) != -1)
		if (c == 'j')
			json = true;
		else if (c == 'r')
			rounds = (int)strtol(optarg, NULL, 10);
		else if (c == 'f')
			setenv("TMPDIR", optarg, 1);
		else
			return 2;
	if (rounds < 1 || rounds > ROUNDS_MAX || seal_start(&err) != 0)
		return 2;
	if (geteuid() != 0) {
		fprintf(stderr, "bench: as root, whom keep takes for a filter\n");
		return 2;
	}
	figures_begin(json);
	open_shop(&s);
	write_raw(&s);
	measure(&s);
	close_shop(&s);
	return figures_missed() == 0 ? 0 : 1;
}
