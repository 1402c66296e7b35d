#include <cups/cups.h>
#include <cups/pwg.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "filters/photo/page.h"

static const struct {
	cups_cspace_t space;
	enum page_ink ink;
	unsigned channels;
	const char *pwg; /* PWG 5102.4 type, without its bits */
} spaces[] = {
	{CUPS_CSPACE_W, PAGE_GREY, 1, "sgray"},
	{CUPS_CSPACE_SW, PAGE_GREY, 1, "sgray"},
	{CUPS_CSPACE_K, PAGE_BLACK, 1, "black"},
	{CUPS_CSPACE_RGB, PAGE_RGB, 3, "srgb"},
	{CUPS_CSPACE_SRGB, PAGE_RGB, 3, "srgb"},
	{CUPS_CSPACE_ADOBERGB, PAGE_RGB, 3, "adobe-rgb"},
	{CUPS_CSPACE_CMYK, PAGE_CMYK, 4, "cmyk"},
};

static int
find_space(struct page *page, const char **pwg, struct error *err)
{
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		if (spaces[i].space != page->header.cupsColorSpace)
			continue;
		page->ink = spaces[i].ink;
		page->channels = spaces[i].channels;
		*pwg = spaces[i].pwg;
		return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "the PPD asks for raster colour space %d, which is none of "
			 "grey, RGB and CMYK",
			 (int)page->header.cupsColorSpace);
}

static int
check_header(struct page *page, struct error *err)
{
	const cups_page_header2_t *h = &page->header;

	if (h->HWResolution[0] == 0 || h->HWResolution[1] == 0 ||
	    h->HWResolution[0] > 9600 || h->HWResolution[1] > 9600)
		return error_set(err, ERROR_INPUT,
				 "a resolution of %u x %u dpi makes no sense",
				 h->HWResolution[0], h->HWResolution[1]);
	if (h->cupsColorOrder != CUPS_ORDER_CHUNKED)
		return error_set(err, ERROR_INPUT,
				 "the PPD asks for raster in planes or bands; "
				 "only chunked pixels are made here");
	if (h->cupsBitsPerColor != 8 && h->cupsBitsPerColor != 16)
		return error_set(err, ERROR_INPUT,
				 "the PPD asks for %u bits a colour; "
				 "only 8 and 16 are made here",
				 h->cupsBitsPerColor);
	page->bits = h->cupsBitsPerColor;
	return 0;
}

static int
check_bitmap(const struct page *page, struct error *err)
{
	const cups_page_header2_t *h = &page->header;

	if (page->width == 0 || page->height == 0 || h->cupsWidth == 0 ||
	    h->cupsHeight == 0 || h->cupsWidth > PAGE_SIDE_MAX ||
	    h->cupsHeight > PAGE_SIDE_MAX ||
	    (uint64_t)h->cupsBytesPerLine * h->cupsHeight > PAGE_BYTES_MAX)
		return error_set(err, ERROR_INPUT,
				 "a page of %u x %u device pixels is empty or past the "
				 "limit of %u bytes",
				 h->cupsWidth, h->cupsHeight, PAGE_BYTES_MAX);
	return 0;
}

/* Points to device pixels: to the nearest, so that 100 mm at 300 dpi are 1181. */
static uint32_t
pixels(double points, unsigned dpi)
{
	double v = round(points * dpi / 72);

	return v < 0 ? 0 : (uint32_t)v;
}

/* A PPD's margins may lie outside of its page by a hair. */
static double
share(double one, double other)
{
	one = fmax(one, 0);
	other = fmax(other, 0);
	return one + other > 0 ? one / (one + other) : 0.5;
}

static void
measure_sheet(struct page *page, const ppd_size_t *size)
{
	page->sheet_width = (double)size->width * page->header.HWResolution[0] / 72;
	page->sheet_height = (double)size->length * page->header.HWResolution[1] / 72;
	page->margin_left =
		share((double)size->left, (double)size->width - (double)size->right);
	page->margin_top =
		share((double)size->length - (double)size->top, (double)size->bottom);
}

/* In CUPS raster libcups has computed the bitmap, and drivers expect its numbers; in
 * PWG raster the bitmap is the sheet, and the margins are left white in it. */
static void
lay_out(struct page *page, const ppd_size_t *size)
{
	cups_page_header2_t *h = &page->header;
	uint32_t right, bottom;

	page->borderless = size->left <= 0 && size->bottom <= 0 &&
			   size->right >= size->width && size->top >= size->length;
	page->width = h->cupsWidth;
	page->height = h->cupsHeight;
	if (!page->pwg)
		return;
	h->cupsWidth = pixels(size->width, h->HWResolution[0]);
	h->cupsHeight = pixels(size->length, h->HWResolution[1]);
	page->left = pixels(size->left, h->HWResolution[0]);
	page->top = pixels(size->length - size->top, h->HWResolution[1]);
	right = pixels(size->width - size->right, h->HWResolution[0]);
	bottom = pixels(size->bottom, h->HWResolution[1]);
	page->width = h->cupsWidth > page->left + right
			      ? h->cupsWidth - page->left - right
			      : 0;
	page->height = h->cupsHeight > page->top + bottom
			       ? h->cupsHeight - page->top - bottom
			       : 0;
}

/* A PWG header has its own fields; what the PPD said of media type and quality stays.
 */
static int
make_pwg(struct page *page, const char *type, struct error *err)
{
	cups_page_header2_t old = page->header, *h = &page->header;
	pwg_media_t *media =
		pwgMediaForSize((int)lroundf(old.cupsPageSize[0] * 2540 / 72),
				(int)lroundf(old.cupsPageSize[1] * 2540 / 72));
	char name[32];

	snprintf(name, sizeof(name), "%s_%u", type, page->bits);
	if (media == NULL ||
	    !cupsRasterInitPWGHeader(h, media, name, (int)old.HWResolution[0],
				     (int)old.HWResolution[1], "one-sided", NULL))
		return error_set(err, ERROR_INPUT, "no PWG raster of type %s: %s", name,
				 cupsLastErrorString());
	memcpy(h->MediaType, old.MediaType, sizeof(h->MediaType));
	memcpy(h->OutputType, old.OutputType, sizeof(h->OutputType));
	memcpy(h->cupsPageSize, old.cupsPageSize, sizeof(h->cupsPageSize));
	h->cupsWidth = old.cupsWidth;
	h->cupsHeight = old.cupsHeight;
	return 0;
}

int
page_from_ppd(struct page *page, ppd_file_t *ppd, int num_options,
	      cups_option_t *options, bool pwg, struct error *err)
{
	cups_page_header2_t *h = &page->header;
	ppd_size_t *size = ppdPageSize(ppd, NULL);
	const char *type = NULL;

	memset(page, 0, sizeof(*page));
	page->pwg = pwg;
	if (size == NULL)
		return error_set(err, ERROR_INPUT, "the PPD has no such page size");
	if (cupsRasterInterpretPPD(h, ppd, num_options, options, NULL) != 0)
		return error_set(err, ERROR_INPUT, "the PPD's page is not usable: %s",
				 cupsRasterErrorString());
	if (check_header(page, err) != 0 || find_space(page, &type, err) != 0)
		return -1;
	measure_sheet(page, size);
	lay_out(page, size);
	if (pwg && make_pwg(page, type, err) != 0)
		return -1;
	h->cupsNumColors = page->channels;
	h->cupsBitsPerPixel = page->channels * page->bits;
	h->cupsBytesPerLine = h->cupsWidth * (h->cupsBitsPerPixel / 8);
	h->NumCopies = 1;
	return check_bitmap(page, err);
}
