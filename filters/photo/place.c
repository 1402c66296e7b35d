#include <math.h>
#include <string.h>

#include "filters/photo/place.h"

/* One direction of the page. */
struct axis {
	double size;  /* of the picture, device pixels at its own size */
	double cells; /* picture pixels */
	uint32_t page;
	double position; /* 0..1 */
	/* results */
	double from, length; /* picture pixels shown */
	uint32_t at, out;    /* device pixels */
};

struct turn
turn_from_exif(unsigned orientation)
{
	static const struct turn turns[9] = {
		[2] = {.flip_x = true},
		[3] = {.flip_x = true, .flip_y = true},
		[4] = {.flip_y = true},
		[5] = {.swap = true},
		[6] = {.swap = true, .flip_x = true},
		[7] = {.swap = true, .flip_x = true, .flip_y = true},
		[8] = {.swap = true, .flip_y = true},
	};

	return turns[orientation <= 8 ? orientation : 1];
}

struct turn
turn_clockwise(struct turn t, unsigned quarters)
{
	for (; quarters % 4 != 0; quarters--)
		t = (struct turn){
			.swap = !t.swap, .flip_x = !t.flip_y, .flip_y = t.flip_x};
	return t;
}

static uint32_t
at_least_one(double v)
{
	return v < 1 ? 1 : (uint32_t)v;
}

/* Scales by `factor`; what is wider than the page is cut by the page. */
static void
lay(struct axis *a, double factor)
{
	double full = a->size * factor;

	if (full > a->page + 0.5) { /* a rounding error is no reason to cut */
		a->out = a->page;
		a->length = a->cells * a->page / full;
		a->from = (a->cells - a->length) * a->position;
		if (fabs(full - a->cells) < 1e-6) /* pixel for pixel: stay on pixels */
			a->from = floor(a->from);
	} else {
		a->out = at_least_one(round(full));
		if (a->out > a->page)
			a->out = a->page;
		a->length = a->cells;
		a->from = 0;
	}
	a->at = (uint32_t)floor((a->page - a->out) * a->position);
}

static bool
too_large(const struct axis *x, const struct axis *y)
{
	return x->size > x->page + 0.5 || y->size > y->page + 0.5;
}

static enum place_scaling
settle(enum place_scaling scaling, bool borderless, bool sized, const struct axis *x,
       const struct axis *y)
{
	switch (scaling) {
	case PLACE_DEFAULT:
		return borderless ? PLACE_FILL : PLACE_FIT;
	case PLACE_AUTO:
		if (sized && !too_large(x, y))
			return PLACE_NONE;
		return borderless ? PLACE_FILL : PLACE_FIT;
	case PLACE_AUTO_FIT:
		return sized && !too_large(x, y) ? PLACE_NONE : PLACE_FIT;
	default:
		return scaling;
	}
}

static struct turn
choose_turn(const struct place_picture *picture, const struct place_page *page,
	    const struct place_wish *wish, double aspect)
{
	struct turn t = turn_from_exif(picture->orientation);
	double paper = (page->width / page->dpi_x) / (page->height / page->dpi_y);

	if (t.swap)
		aspect = 1 / aspect;
	if (wish->quarters != PLACE_TURN_AUTO)
		t = turn_clockwise(t, (unsigned)wish->quarters);
	else if ((aspect > 1 && paper < 1) || (aspect < 1 && paper > 1))
		t = turn_clockwise(t, 3);
	if (wish->mirror)
		t.flip_x = !t.flip_x;
	return t;
}

static void
finish(struct place *place, const struct turn *t, struct axis x, struct axis y)
{
	place->turn = *t;
	place->x = x.at;
	place->y = y.at;
	place->width = x.out;
	place->height = y.out;
	if (t->flip_x)
		x.from = x.cells - x.from - x.length;
	if (t->flip_y)
		y.from = y.cells - y.from - y.length;
	place->from_x = t->swap ? y.from : x.from;
	place->from_y = t->swap ? x.from : y.from;
	place->from_width = t->swap ? y.length : x.length;
	place->from_height = t->swap ? x.length : y.length;
	place->scaled_width = t->swap ? y.out : x.out;
	place->scaled_height = t->swap ? x.out : y.out;
}

static void
place_whole(struct place *place, const struct place_picture *picture,
	    const struct place_page *page, const struct place_wish *wish)
{
	bool sized = wish->ppi > 0 || (picture->ppi_x > 0 && picture->ppi_y > 0);
	double ppi_x = wish->ppi > 0 ? wish->ppi : sized ? picture->ppi_x : page->dpi_x;
	double ppi_y = wish->ppi > 0 ? wish->ppi : sized ? picture->ppi_y : page->dpi_x;
	double inch_w = picture->width / ppi_x, inch_h = picture->height / ppi_y;
	struct turn t = choose_turn(picture, page, wish, inch_w / inch_h);
	struct axis x = {.page = page->width, .position = wish->x};
	struct axis y = {.page = page->height, .position = wish->y};
	double sx, sy;

	x.cells = t.swap ? picture->height : picture->width;
	y.cells = t.swap ? picture->width : picture->height;
	x.size = (t.swap ? inch_h : inch_w) * page->dpi_x;
	y.size = (t.swap ? inch_w : inch_h) * page->dpi_y;
	sx = x.page / x.size;
	sy = y.page / y.size;
	switch (settle(wish->scaling, page->borderless, sized, &x, &y)) {
	case PLACE_FILL:
		lay(&x, fmax(sx, sy));
		lay(&y, fmax(sx, sy));
		x.out = x.page; /* whatever rounding said */
		y.out = y.page;
		x.at = y.at = 0;
		break;
	case PLACE_FIT:
		lay(&x, fmin(sx, sy));
		lay(&y, fmin(sx, sy));
		break;
	default:
		lay(&x, 1);
		lay(&y, 1);
		break;
	}
	finish(place, &t, x, y);
}

/* The part chosen, of the picture as it is stored: whole pixels, one at least. */
struct part {
	uint32_t x, y, width, height;
};

static void
cut_side(double at, double share, bool flip, uint32_t side, uint32_t *first,
	 uint32_t *length)
{
	double from = fmin(fmax(flip ? 1 - at - share : at, 0), 1);

	*first = (uint32_t)fmin(round(from * side), side - 1);
	*length = at_least_one(fmin(round(share * side), side - *first));
}

static struct part
part_of(const struct place_picture *picture, const struct place_crop *crop)
{
	struct turn t = turn_from_exif(picture->orientation);
	struct place_crop c = *crop;
	bool flip_x = t.swap ? t.flip_y : t.flip_x,
	     flip_y = t.swap ? t.flip_x : t.flip_y;
	struct part part;

	if (t.swap)
		c = (struct place_crop){crop->y, crop->x, crop->height, crop->width};
	cut_side(c.x, c.width, flip_x, picture->width, &part.x, &part.width);
	cut_side(c.y, c.height, flip_y, picture->height, &part.y, &part.height);
	return part;
}

void
place_picture(struct place *place, const struct place_picture *picture,
	      const struct place_page *page, const struct place_wish *wish)
{
	struct place_picture shown = *picture;
	struct part part;

	if (wish->crop.width <= 0) {
		place_whole(place, picture, page, wish);
		return;
	}
	part = part_of(picture, &wish->crop);
	shown.width = part.width;
	shown.height = part.height;
	place_whole(place, &shown, page, wish);
	place->from_x += part.x;
	place->from_y += part.y;
}

static const char *const scalings[] = {
	[PLACE_DEFAULT] = "default",   [PLACE_AUTO] = "auto",
	[PLACE_AUTO_FIT] = "auto-fit", [PLACE_FILL] = "fill",
	[PLACE_FIT] = "fit",	       [PLACE_NONE] = "none",
};

int
place_scaling_read(enum place_scaling *scaling, const char *word)
{
	for (unsigned i = PLACE_AUTO; i <= PLACE_NONE; i++) {
		if (strcmp(word, scalings[i]) == 0) {
			*scaling = i;
			return 0;
		}
	}
	return -1;
}

const char *
place_scaling_name(enum place_scaling scaling)
{
	return scalings[scaling];
}
