/*
 * plate_make.c - what stands between the renderer's rows and the tar stream.
 *
 * A plate can only be sent when it is whole (tar wants its size first), and all inks of
 * a page become whole together; so a page's plates rest in memory, compressed, and are
 * sent, and forgotten, one after another.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

#include "filters/plates/plate_image.h"
#include "filters/plates/plate_make.h"
#include "filters/plates/plate_rip.h"
#include "filters/plates/plate_set.h"
#include "filters/plates/plate_sheet.h"
#include "filters/plates/plate_tac.h"

#define PIECE	     (1024 * 1024)
#define SNIFF	     1024
#define PROCESS	     4
#define FIT_SLACK_PX 2 /* a page may be this much larger than the plate: rounding */

struct make {
	const struct plate_options *options;
	struct plate_set *set;
	uint32_t page; /* from 1 */
	uint32_t inks;
	struct plate_sheet *sheets[PLATE_INKS_MAX];
	struct plate_tac *tac;
	struct screen *screens[PLATE_INKS_MAX]; /* process inks, then spots in order */
};

int
plate_make_load(int in, int *document, uint64_t *len, struct error *err)
{
	uint8_t *piece = malloc(PIECE);
	int fd = memfd_create("document", MFD_CLOEXEC);
	ssize_t n = -1;

	*len = 0;
	if (fd < 0 || piece == NULL)
		goto out;
	while ((n = fs_read_full(in, piece, PIECE)) > 0) {
		*len += (uint64_t)n;
		if (*len > PLATE_DOCUMENT_MAX) {
			error_set(err, ERROR_INPUT, "the document is too large");
			break;
		}
		if (fs_write_all(fd, piece, (size_t)n) != 0) {
			n = -1;
			break;
		}
	}
out:
	if (n < 0)
		error_errno(err, "the document can't be read");
	free(piece);
	if (n == 0) {
		*document = fd;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* --- a page --- */

/* NULL if the ink has none. */
static const struct curve *
curve_of(const struct plate_options *o, const char *ink)
{
	return o->curves != NULL ? curve_for(o->curves, ink, o->ruling_lpi) : NULL;
}

/* Screens last for the whole document: making one takes longer than a text page. */
static const struct screen *
screen_for(struct make *m, uint32_t ink, const char *name, struct error *err)
{
	const struct plate_options *o = m->options;
	unsigned spot = ink < PROCESS ? 0 : ink - PROCESS;
	const struct curve *curve = curve_of(o, name);
	double area[SCREEN_LEVELS];

	if (curve != NULL)
		curve_levels(curve, area);
	if (m->screens[ink] == NULL)
		screen_make(&m->screens[ink], o->dpi, o->ruling_lpi,
			    plate_options_angle(name, spot), o->dot,
			    curve != NULL ? area : NULL, err);
	return m->screens[ink];
}

/* Where the page lies on the plate: in the middle. */
static int
place_page(const struct plate_options *o, const struct plate_page *page,
	   struct plate_place *place, struct error *err)
{
	double w = round(o->width_pt * o->dpi / 72.0);
	double h = round(o->height_pt * o->dpi / 72.0);
	double side = PLATE_SIDE_MAX_MM / 25.4 * o->dpi + FIT_SLACK_PX;

	place->page_width = place->width = page->width;
	place->page_height = place->height = page->height;
	place->left = place->top = 0;
	if (page->width > side || page->height > side)
		return error_set(err, ERROR_INPUT,
				 "it is %.0f x %.0f mm; the largest plate is %.0f mm",
				 page->width / o->dpi * 25.4,
				 page->height / o->dpi * 25.4, PLATE_SIDE_MAX_MM);
	if (w == 0 || h == 0)
		return 0;
	if (page->width > w + FIT_SLACK_PX || page->height > h + FIT_SLACK_PX)
		return error_set(err, ERROR_INPUT,
				 "the page is %.1f x %.1f mm and does not fit on the "
				 "plate of %.1f x %.1f mm",
				 page->width / o->dpi * 25.4,
				 page->height / o->dpi * 25.4, w / o->dpi * 25.4,
				 h / o->dpi * 25.4);
	place->width = (uint32_t)fmax(w, page->width);
	place->height = (uint32_t)fmax(h, page->height);
	place->left = (place->width - page->width) / 2 / 8 * 8;
	place->top = (place->height - page->height) / 2;
	return 0;
}

static int
begin_page(void *ctx, const struct plate_page *page, struct error *err)
{
	struct make *m = ctx;
	struct plate_place place;

	if (++m->page > PLATE_PAGES_MAX)
		return error_set(err, ERROR_INPUT, "more than %d pages",
				 PLATE_PAGES_MAX);
	if (place_page(m->options, page, &place, err) != 0)
		return error_prefix(err, "page %u", m->page);
	m->inks = page->inks;
	for (uint32_t i = 0; i < page->inks; i++) {
		struct manifest_plate about = {.page = m->page};
		const struct screen *screen = screen_for(m, i, page->ink[i], err);

		manifest_clean_ink(about.ink, page->ink[i]);
		if (curve_of(m->options, page->ink[i]) != NULL)
			text_copy(about.curve, sizeof(about.curve),
				  m->options->curve_name);
		if (screen == NULL || plate_sheet_open(&m->sheets[i], &place, screen,
						       m->options, &about, err) != 0)
			return -1;
	}
	return plate_tac_open(&m->tac, page->width, m->options->tac_percent, err);
}

static int
take_row(void *ctx, uint32_t ink, uint32_t y, const uint8_t *values, struct error *err)
{
	struct make *m = ctx;

	plate_tac_row(m->tac, y, values);
	return plate_sheet_row(m->sheets[ink], values, err);
}

static int
send_plate(struct make *m, struct plate_sheet *sheet, struct error *err)
{
	struct manifest_plate about;
	int fd;

	if (plate_sheet_end(sheet, &fd, &about, err) != 0)
		return -1;
	if (about.blank && !m->options->expose_blank)
		fd = -1;
	log_info("page %u, %s: %.1f %% of the plate%s", about.page, about.ink,
		 100 * about.coverage, fd < 0 ? ", left out" : "");
	return plate_set_add(m->set, fd, &about, err);
}

static int
note_ink(struct make *m, struct error *err)
{
	const struct plate_options *o = m->options;
	struct manifest_page about = {.page = m->page};

	plate_tac_end(m->tac, o->dpi, &about);
	plate_tac_close(m->tac);
	m->tac = NULL;
	log_info("page %u: at most %.0f %% of ink, %.1f mm from the left and %.1f mm "
		 "from the top",
		 about.page, about.tac_percent, about.x_mm, about.y_mm);
	if (about.over > 0 && o->tac_refuse)
		return error_set(err, ERROR_INPUT,
				 "page %u has %.0f %% of ink at %.1f mm from the left "
				 "and %.1f mm from the top, where %.0f %% are allowed; "
				 "%.2f %% of the page is over that",
				 about.page, about.tac_percent, about.x_mm, about.y_mm,
				 o->tac_percent, 100 * about.over);
	if (about.over > 0)
		log_notice("page %u: %.2f %% of it has more ink than %.0f %%",
			   about.page, 100 * about.over, o->tac_percent);
	return plate_set_note_page(m->set, &about, o->tac_percent, err);
}

static int
end_page(void *ctx, struct error *err)
{
	struct make *m = ctx;

	if (note_ink(m, err) != 0)
		return -1;
	for (uint32_t i = 0; i < m->inks; i++) {
		if (send_plate(m, m->sheets[i], err) != 0)
			return -1;
		plate_sheet_close(m->sheets[i]);
		m->sheets[i] = NULL;
	}
	log_line(LOG_LEVEL_INFO, "page %u is on its plates", m->page);
	return 0;
}

/* --- the document --- */

static bool
begins_with(const char *data, size_t len, const char *what, size_t what_len)
{
	return len >= what_len && memcmp(data, what, what_len) == 0;
}

/* 0 with the kind of document that Ghostscript reads; pictures are wrapped first: then
 * *wrapped is a descriptor of the PDF, else -1. */
static int
recognise(int document, const struct plate_options *o, enum plate_kind *kind,
	  int *wrapped, struct error *err)
{
	char head[SNIFF + 1];
	ssize_t got = pread(document, head, SNIFF, 0);
	size_t len = got > 0 ? (size_t)got : 0;

	*wrapped = -1;
	head[len] = '\0';
	*kind = PLATE_PDF;
	if (memmem(head, len, "%PDF-", 5) != NULL)
		return 0;
	if (plate_image_is_jpeg(head, len) || plate_image_is_tiff(head, len))
		return plate_image_wrap(document, o, wrapped, err);
	*kind = PLATE_POSTSCRIPT;
	if (begins_with(head, len, "%!", 2) || begins_with(head, len, "\x04%!", 3) ||
	    begins_with(head, len, "\xc5\xd0\xd3\xc6", 4))
		return 0;
	return error_set(err, ERROR_INPUT,
			 "the document is neither PDF, PostScript, TIFF nor JPEG");
}

static void
make_clear(struct make *m)
{
	for (uint32_t i = 0; i < PLATE_INKS_MAX; i++) {
		plate_sheet_close(m->sheets[i]);
		screen_free(m->screens[i]);
	}
	plate_tac_close(m->tac);
	plate_set_close(m->set);
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

int
plate_make(int document, const struct plate_options *options, int out,
	   struct error *err)
{
	struct make m = {.options = options};
	struct plate_sink sink = {&m, begin_page, take_row, end_page};
	struct plate_rip rip = {
		.document = document, .options = options, .sink = &sink};
	int wrapped, rc = -1;

	if (recognise(document, options, &rip.kind, &wrapped, err) != 0)
		return -1;
	if (wrapped >= 0)
		rip.document = wrapped;
	if (plate_set_open(&m.set, out, name_of(options->profile), err) == 0)
		rc = plate_rip_run(&rip, err);
	if (rc == 0 && m.page == 0)
		rc = error_set(err, ERROR_INPUT, "the document has no pages");
	if (rc == 0)
		rc = plate_set_end(m.set, err);
	make_clear(&m);
	if (wrapped >= 0)
		close(wrapped);
	return rc;
}
