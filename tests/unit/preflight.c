/*
 * preflight.c - front's places and lines against the real server and its checkers, in a
 * process of its own; and how many pixels an inch a picture has on its paper.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cups/raster.h>
#include <png.h>

#include "lib/base/buf.h"
#include "lib/base/fs.h"
#include "spoold/front/paper.h"
#include "spoold/front/preflight.h"
#include "spoold/preflight/preflight.h"
#include "tests/tap.h"

#define PIECE (256 * 1024)

static struct settings settings;
static pid_t server;
static int lines[2];

/* --- documents --- */

static void
png_to_buf(png_structp png, png_bytep data, size_t len)
{
	INVARIANT(buf_append(png_get_io_ptr(png), data, len, NULL) == 0);
}

/* Noise of `side` x `side`, which does not compress. */
static void
make_png(struct buf *to, unsigned side)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	uint8_t *row = malloc(side);

	buf_init(to, 64 * 1024 * 1024);
	png_set_write_fn(png, to, png_to_buf, NULL);
	png_set_IHDR(png, info, side, side, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (unsigned y = 0; y < side; y++) {
		for (unsigned x = 0; x < side; x++)
			row[x] = (uint8_t)rand();
		png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
}

/* Gives a document to a line as upload.c does; `end` 0: stops before its last piece. */
static void
feed(struct preflight *p, enum sniff_format format, const struct buf *document,
     bool end)
{
	size_t at = 0;

	preflight_begin(p);
	while (at + PIECE < document->len) {
		preflight_feed(p, format, document->data + at, PIECE, false);
		at += PIECE;
	}
	if (end)
		preflight_feed(p, format, document->data + at, document->len - at,
			       true);
}

static struct preflight_answer
check_as(struct preflight *p, enum sniff_format format, const struct buf *document)
{
	struct preflight_answer answer = {0};

	feed(p, format, document, true);
	preflight_end(p, &answer);
	return answer;
}

static struct preflight_answer
check(struct preflight *p, const struct buf *document)
{
	return check_as(p, SNIFF_PNG, document);
}

#define PIDS_ROOM 4096

/* Checkers that are alive, "pid pid ": the server's children. */
static void
list_checkers(char text[PIDS_ROOM])
{
	char path[64];
	FILE *from;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)server,
		 (int)server);
	text[0] = '\0';
	from = fopen(path, "r");
	if (from == NULL)
		return;
	if (fgets(text, PIDS_ROOM, from) == NULL)
		text[0] = '\0';
	fclose(from);
}

static int
count_checkers(void)
{
	char text[PIDS_ROOM];
	int n = 0;

	list_checkers(text);
	for (char *at = text; (at = strchr(at, ' ')) != NULL; at++)
		n++;
	return n;
}

static bool
come_to(int want)
{
	for (int i = 0; i < 200 && count_checkers() != want; i++)
		poll(NULL, 0, 20);
	return count_checkers() == want;
}

/* --- facts --- */

static void
documents_are_judged(const struct buf *small, const struct buf *large)
{
	struct preflight *p = preflight_open();
	struct preflight_answer a = check(p, small);
	struct buf hole;

	TAP_OK(a.verdict == PREFLIGHT_SOUND && a.pages == 1 && a.width == 50 &&
		       a.height == 50,
	       "a small picture is sound: %u x %u", a.width, a.height);
	TAP_OK(count_checkers() == 1, "its checker waits for the connection's next");
	a = check(p, small);
	TAP_OK(a.verdict == PREFLIGHT_SOUND && count_checkers() == 1,
	       "which the same one looks at");
	for (int i = 0;
	     i < 3 * PREFLIGHT_LINE_DOCUMENTS && a.verdict == PREFLIGHT_SOUND; i++)
		a = check(p, small);
	TAP_OK(a.verdict == PREFLIGHT_SOUND, "and so on, checker after checker: %s",
	       a.detail);
	a = check(p, large);
	TAP_OK(a.verdict == PREFLIGHT_SOUND && a.width == 1000, "a large one is sound");
	TAP_OK(come_to(0), "after it the checker ends");
	buf_init(&hole, large->len);
	INVARIANT(buf_append(&hole, large->data, large->len, NULL) == 0);
	memset(hole.data + hole.len / 2, 0, 1000);
	a = check(p, &hole);
	TAP_OK(a.verdict == PREFLIGHT_DAMAGED, "one with a hole is damaged: %s",
	       a.detail);
	hole.len /= 2;
	a = check(p, &hole);
	TAP_OK(a.verdict == PREFLIGHT_CUT_OFF, "half of one is cut off: %s", a.detail);
	buf_clear(&hole);
	a = check(p, small);
	TAP_OK(a.verdict == PREFLIGHT_SOUND,
	       "the next one is looked at as if nothing was");
	preflight_close(p);
	TAP_OK(come_to(0), "a connection's end is its checker's end");
}

/* A fork costs more than a small document: customers who stay have checkers that stay. */
static void
checkers_stay_with_their_connections(const struct buf *small)
{
	enum { CUSTOMERS = 64 };
	struct preflight *of[CUSTOMERS], *more[PREFLIGHT_IDLE_MAX];
	char before[PIDS_ROOM], after[PIDS_ROOM];
	int64_t began = clock_mono_ms();
	int sound = 0;

	for (int i = 0; i < CUSTOMERS; i++) {
		of[i] = preflight_open();
		sound += check(of[i], small).verdict == PREFLIGHT_SOUND;
	}
	list_checkers(before);
	for (int i = 0; i < 2 * CUSTOMERS; i++)
		sound += check(of[i % CUSTOMERS], small).verdict == PREFLIGHT_SOUND;
	list_checkers(after);
	TAP_OK(sound == 3 * CUSTOMERS && strcmp(before, after) == 0,
	       "64 customers who hand in in turns keep their 64 checkers");
	for (int i = 0; i < PREFLIGHT_IDLE_MAX; i++) {
		more[i] = preflight_open();
		sound += check(more[i], small).verdict == PREFLIGHT_SOUND;
	}
	TAP_OK(sound == 3 * CUSTOMERS + PREFLIGHT_IDLE_MAX &&
		       come_to(PREFLIGHT_IDLE_MAX),
	       "no more than %d wait", PREFLIGHT_IDLE_MAX);
	preflight_sweep(began + PREFLIGHT_IDLE_MS - 1);
	TAP_OK(count_checkers() == PREFLIGHT_IDLE_MAX,
	       "not before their time ends them");
	preflight_sweep(clock_mono_ms() + 2 * PREFLIGHT_IDLE_MS);
	TAP_OK(come_to(0), "which does");
	TAP_OK(check(of[0], small).verdict == PREFLIGHT_SOUND,
	       "the next document gets a new one");
	for (int i = 0; i < CUSTOMERS; i++)
		preflight_close(of[i]);
	for (int i = 0; i < PREFLIGHT_IDLE_MAX; i++)
		preflight_close(more[i]);
	TAP_OK(come_to(0), "none outlives its connection");
}

/* As a decoder dies of a document that it can't bear. */
static void
a_dead_checker_disturbs_nobody(const struct buf *small, const struct buf *large)
{
	struct preflight *p = preflight_open(), *other = preflight_open();
	struct preflight_answer a, others;
	char pids[PIDS_ROOM];

	feed(p, SNIFF_PNG, large, false);
	list_checkers(pids);
	others = check(other, small);
	TAP_OK(kill(atoi(pids), SIGSEGV) == 0, "a decoder breaks down in a document");
	preflight_feed(p, SNIFF_PNG, large->data, 1000, true);
	preflight_end(p, &a);
	TAP_OK(a.verdict == PREFLIGHT_DAMAGED, "which is said: %s", a.detail);
	TAP_OK(others.verdict == PREFLIGHT_SOUND &&
		       check(other, small).verdict == PREFLIGHT_SOUND,
	       "another connection's checker does not notice");
	TAP_OK(check(p, small).verdict == PREFLIGHT_SOUND,
	       "its own gets a new one for the next document");
	preflight_close(p);
	preflight_close(other);
	TAP_OK(come_to(0), "and none is left over");
}

/* Two pages of PWG raster, 300 x 200 at 100 dpi, noise. */
static void
make_pwg(struct buf *to)
{
	cups_page_header2_t header = {.MediaClass = "PwgRaster",
				      .HWResolution = {100, 100},
				      .PageSize = {216, 144},
				      .cupsWidth = 300,
				      .cupsHeight = 200,
				      .cupsBitsPerColor = 8,
				      .cupsBitsPerPixel = 8,
				      .cupsBytesPerLine = 300,
				      .cupsColorSpace = CUPS_CSPACE_SW,
				      .cupsNumColors = 1};
	unsigned char line[300];
	char path[] = "/tmp/claimcheck-preflight-XXXXXX";
	int fd = mkstemp(path);
	cups_raster_t *raster = cupsRasterOpen(fd, CUPS_RASTER_WRITE_PWG);

	for (int page = 0; page < 2; page++) {
		cupsRasterWriteHeader2(raster, &header);
		for (int y = 0; y < 200; y++) {
			for (size_t x = 0; x < sizeof(line); x++)
				line[x] = (unsigned char)rand();
			cupsRasterWritePixels(raster, line, sizeof(line));
		}
	}
	cupsRasterClose(raster);
	close(fd);
	buf_init(to, 1024 * 1024);
	INVARIANT(fs_read_file(path, to, NULL) == 0);
	unlink(path);
}

static void
raster_is_read_line_by_line(void)
{
	struct preflight *p = preflight_open();
	struct preflight_answer a;
	struct buf pwg;

	make_pwg(&pwg);
	a = check_as(p, SNIFF_PWG, &pwg);
	TAP_OK(a.verdict == PREFLIGHT_SOUND && a.pages == 2 && a.width == 300 &&
		       a.ppi_x == 100,
	       "two pages of raster are sound: %u of %u pixels", a.pages, a.width);
	pwg.len -= 1000;
	a = check_as(p, SNIFF_PWG, &pwg);
	TAP_OK(a.verdict == PREFLIGHT_CUT_OFF, "without its end it is cut off: %s",
	       a.detail);
	/* cupsWidth, big-endian, at 4 + 372 (PWG 5102.4 table 1) */
	memset(pwg.data + 4 + 372, 0xff, 4);
	a = check_as(p, SNIFF_PWG, &pwg);
	TAP_OK(a.verdict == PREFLIGHT_DAMAGED, "a width of 4 billion is not: %s",
	       a.detail);
	buf_clear(&pwg);
	preflight_close(p);
}

static void
pdf_is_walked(void)
{
	static const char text[] =
		"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
		"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]>>\nendobj\n"
		"trailer\n<</Root 1 0 R>>\n%%EOF\n";
	struct preflight *p = preflight_open();
	struct preflight_answer a;
	struct buf pdf;
	uint8_t *kids;

	buf_init(&pdf, sizeof(text));
	INVARIANT(buf_append(&pdf, text, sizeof(text) - 1, NULL) == 0);
	a = check_as(p, SNIFF_PDF, &pdf);
	TAP_OK(a.verdict == PREFLIGHT_DOUBTFUL && a.pages == 1,
	       "a PDF without its cross references is doubtful: %s", a.detail);
	kids = memmem(pdf.data, pdf.len, "Kids", 4);
	memcpy(kids, "Bids", 4);
	a = check_as(p, SNIFF_PDF, &pdf);
	TAP_OK(a.verdict == PREFLIGHT_DAMAGED, "one without pages is damaged: %s",
	       a.detail);
	buf_clear(&pdf);
	preflight_close(p);
}

static void
pixels_are_bounded(void)
{
	struct preflight *p = preflight_open();
	struct preflight_answer a;
	struct buf wide;

	make_png(&wide, 1001);
	settings.max_pixels = 1000 * 1000;
	a = check(p, &wide);
	settings.max_pixels = 400000000;
	TAP_OK(a.verdict == PREFLIGHT_DAMAGED, "more pixels than allowed are said: %s",
	       a.detail);
	buf_clear(&wide);
	preflight_close(p);
}

static void
places_are_few_and_go_to_who_sends(const struct buf *small, const struct buf *large)
{
	struct preflight *slow = preflight_open(), *p = preflight_open();
	struct preflight_answer a;
	int64_t began;

	settings.preflight_at_once = 1;
	feed(slow, SNIFF_PNG, large, false);
	began = clock_mono_ms();
	a = check(p, small);
	TAP_OK(a.verdict == PREFLIGHT_SOUND, "a document waits for a place: %d ms",
	       (int)(clock_mono_ms() - began));
	TAP_OK(clock_mono_ms() - began >= PREFLIGHT_SILENCE_MS,
	       "which a silent one gives up, not at once");
	preflight_feed(slow, SNIFF_PNG, large->data, 1, true);
	preflight_end(slow, &a);
	TAP_OK(a.verdict == PREFLIGHT_UNCHECKED, "and is not checked itself: %s",
	       a.detail);
	a = check(slow, small);
	TAP_OK(a.verdict == PREFLIGHT_SOUND, "its connection's next document is");
	settings.preflight_at_once = 4;
	preflight_close(slow);
	preflight_close(p);
}

static void
a_server_that_is_not_there_costs_little(const struct buf *small)
{
	struct preflight *p = preflight_open();
	struct preflight_answer a;
	int64_t began;

	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	began = clock_mono_ms();
	a = check(p, small);
	TAP_OK(a.verdict == PREFLIGHT_UNCHECKED, "without a server: %s", a.detail);
	a = check(p, small);
	TAP_OK(a.verdict == PREFLIGHT_UNCHECKED && clock_mono_ms() - began < 4000,
	       "which is waited for once: %d ms", (int)(clock_mono_ms() - began));
	preflight_close(p);
}

#define SHEET(w, h, bare, how)                                                         \
	{                                                                              \
		.width_in = (w), .height_in = (h), .borderless = (bare),               \
		.scaling = (how)                                                       \
	}

static void
pixels_are_counted_on_the_paper(void)
{
	static const struct {
		struct paper paper;
		struct paper_picture picture;
		uint32_t ppi;
		const char *what;
	} rows[] = {
		{SHEET(4, 6, false, PAPER_FIT), {400, 600, 0, 0}, 100, "fit, as it is"},
		{SHEET(4, 6, false, PAPER_FIT), {600, 400, 0, 0}, 100, "fit, turned"},
		{SHEET(4, 6, false, PAPER_FIT), {400, 400, 0, 0}, 100, "fit, a square"},
		{SHEET(4, 6, false, PAPER_FILL),
		 {400, 400, 0, 0},
		 66,
		 "fill, a square"},
		{SHEET(4, 6, true, PAPER_DEFAULT),
		 {400, 400, 0, 0},
		 66,
		 "borderless is filled"},
		{SHEET(4, 6, false, PAPER_DEFAULT),
		 {400, 400, 0, 0},
		 100,
		 "others are not"},
		{SHEET(4, 6, false, PAPER_NONE),
		 {400, 400, 300, 300},
		 300,
		 "its own size"},
		{SHEET(4, 6, false, PAPER_NONE),
		 {400, 400, 0, 0},
		 0,
		 "which it does not say"},
		{SHEET(4, 6, false, PAPER_AUTO),
		 {400, 400, 300, 300},
		 300,
		 "auto: small, as it is"},
		{SHEET(4, 6, false, PAPER_AUTO),
		 {400, 600, 72, 72},
		 100,
		 "auto: large, fit"},
		{SHEET(4, 6, true, PAPER_AUTO_FIT),
		 {400, 400, 72, 72},
		 100,
		 "auto-fit never fills"},
		{SHEET(0, 0, false, PAPER_FIT), {400, 400, 0, 0}, 0, "no paper"},
		{SHEET(4, 6, false, PAPER_FIT), {0, 0, 0, 0}, 0, "no picture"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t got = paper_ppi(&rows[i].paper, &rows[i].picture);
		TAP_OK(got == rows[i].ppi, "%s: %u pixels an inch", rows[i].what, got);
	}
}

int
main(void)
{
	struct buf small, large;

	pixels_are_counted_on_the_paper();
	make_png(&small, 50);
	make_png(&large, 1000);
	settings_defaults(&settings);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, lines) != 0)
		return 1;
	server = fork();
	if (server == 0) {
		close(lines[1]);
		_exit(preflight_run(lines[0]));
	}
	preflight_start(&settings, lines[1]);
	documents_are_judged(&small, &large);
	checkers_stay_with_their_connections(&small);
	a_dead_checker_disturbs_nobody(&small, &large);
	raster_is_read_line_by_line();
	pdf_is_walked();
	pixels_are_bounded();
	places_are_few_and_go_to_who_sends(&small, &large);
	a_server_that_is_not_there_costs_little(&small);
	buf_clear(&small);
	buf_clear(&large);
	return tap_done();
}
