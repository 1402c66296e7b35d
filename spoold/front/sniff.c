/*
 * sniff.c - the table of formats, and what their readers share.
 */
#include <string.h>
#include <strings.h>

#include "lib/base/error.h"
#include "spoold/front/sniff.h"

static const struct format {
	enum sniff_format format;
	const char *mime;
	const char *magic;
	size_t magic_len;
	const struct sniff_reader *reader;
} formats[] = {
	{SNIFF_JPEG, "image/jpeg", "\xff\xd8\xff", 3, &sniff_jpeg},
	{SNIFF_PNG, "image/png", "\x89PNG\r\n\x1a\n", 8, &sniff_png},
	{SNIFF_TIFF, "image/tiff", "II*\0", 4, &sniff_tiff},
	{SNIFF_TIFF, "image/tiff", "MM\0*", 4, &sniff_tiff},
	{SNIFF_TIFF, "image/tiff", "II+\0", 4, &sniff_tiff},
	{SNIFF_TIFF, "image/tiff", "MM\0+", 4, &sniff_tiff},
	{SNIFF_PDF, "application/pdf", "%PDF-", 5, &sniff_pdf},
	{SNIFF_POSTSCRIPT, "application/postscript", "%!", 2, &sniff_postscript},
	{SNIFF_POSTSCRIPT, "application/postscript", "\x04%!", 3, &sniff_postscript},
	{SNIFF_PWG, "image/pwg-raster", "RaS2PwgRaster", 14, &sniff_raster},
	{SNIFF_URF, "image/urf", "UNIRAST", 8, &sniff_raster},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* How a client may call it, too. */
static const struct {
	const char *mime;
	enum sniff_format format;
} aliases[] = {
	{"image/jpg", SNIFF_JPEG},
	{"image/pjpeg", SNIFF_JPEG},
	{"image/x-png", SNIFF_PNG},
	{"application/vnd.cups-postscript", SNIFF_POSTSCRIPT},
	{"application/vnd.cups-pdf", SNIFF_PDF},
};

const char *
sniff_mime(enum sniff_format format)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].format == format)
			return formats[i].mime;
	return NULL;
}

enum sniff_format
sniff_from_mime(const char *mime)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcasecmp(formats[i].mime, mime) == 0)
			return formats[i].format;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcasecmp(aliases[i].mime, mime) == 0)
			return aliases[i].format;
	return SNIFF_UNKNOWN;
}

static const struct sniff_reader *
reader_of(enum sniff_format format)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].format == format)
			return formats[i].reader;
	return NULL;
}

void
sniff_start(struct sniff *s, uint64_t pixels_max)
{
	memset(s, 0, sizeof(*s));
	s->pixels_max = pixels_max;
}

/* By the head that there is. A PDF may have up to 1023 bytes before its header. */
static enum sniff_format
recognise(const struct sniff *s)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (s->head_len >= formats[i].magic_len &&
		    memcmp(s->head, formats[i].magic, formats[i].magic_len) == 0)
			return formats[i].format;
	if (memmem(s->head, s->head_len, "%PDF-", 5) != NULL)
		return SNIFF_PDF;
	return SNIFF_UNKNOWN;
}

static void
feed_reader(struct sniff *s, const uint8_t *data, size_t len)
{
	const struct sniff_reader *reader = reader_of(s->format);

	if (reader != NULL && s->fault == SNIFF_FINE)
		reader->feed(s, data, len);
	s->length += len;
}

/* The head is whole, or the document has ended: choose, and hand on what was kept. */
static void
decide(struct sniff *s)
{
	s->decided = true;
	s->format = recognise(s);
	if (s->format == SNIFF_UNKNOWN)
		s->fault = s->head_len == 0 ? SNIFF_EMPTY : SNIFF_NOT_KNOWN;
	feed_reader(s, s->head, s->head_len);
}

enum sniff_fault
sniff_feed(struct sniff *s, const void *data, size_t len)
{
	const uint8_t *at = data;

	if (!s->decided) {
		size_t n = SNIFF_HEAD - s->head_len;
		if (n > len)
			n = len;
		if (n > 0)
			memcpy(s->head + s->head_len, at, n);
		s->head_len += n;
		at += n;
		len -= n;
		if (s->head_len == SNIFF_HEAD)
			decide(s);
	}
	if (len > 0)
		feed_reader(s, at, len);
	return s->fault;
}

enum sniff_fault
sniff_end(struct sniff *s)
{
	const struct sniff_reader *reader;

	if (!s->decided)
		decide(s);
	reader = reader_of(s->format);
	if (s->fault == SNIFF_FINE && reader != NULL)
		reader->end(s);
	return s->fault;
}

void
sniff_dimensions(struct sniff *s, uint64_t width, uint64_t height)
{
	s->width = width > UINT32_MAX ? UINT32_MAX : (uint32_t)width;
	s->height = height > UINT32_MAX ? UINT32_MAX : (uint32_t)height;
	if (width == 0 || height == 0)
		s->fault = SNIFF_DAMAGED;
	else if (width > SNIFF_SIDE_MAX || height > SNIFF_SIDE_MAX ||
		 width * height > s->pixels_max)
		s->fault = SNIFF_TOO_LARGE;
}

void
sniff_keep_tail(struct sniff *s, const uint8_t *data, size_t len)
{
	uint64_t at = s->length;

	if (len > SNIFF_TAIL) {
		at += len - SNIFF_TAIL;
		data += len - SNIFF_TAIL;
		len = SNIFF_TAIL;
	}
	for (size_t i = 0; i < len; i++)
		s->tail[(at + i) % SNIFF_TAIL] = data[i];
}

bool
sniff_tail_has(const struct sniff *s, const char *mark)
{
	uint8_t last[SNIFF_TAIL];
	size_t len = s->length < SNIFF_TAIL ? (size_t)s->length : SNIFF_TAIL;

	for (size_t i = 0; i < len; i++)
		last[i] = s->tail[(s->length - len + i) % SNIFF_TAIL];
	return memmem(last, len, mark, strlen(mark)) != NULL;
}

void
sniff_capture(struct sniff *s, uint64_t at, size_t want)
{
	INVARIANT(want <= SNIFF_CAPTURE);
	s->capture_at = at;
	s->capture_want = want;
	s->capture_len = 0;
}

bool
sniff_captured(struct sniff *s, uint64_t start, const uint8_t *data, size_t len)
{
	uint64_t next = s->capture_at + s->capture_len;
	size_t n;

	if (s->capture_len < s->capture_want && next >= start && next < start + len) {
		size_t from = (size_t)(next - start);
		n = s->capture_want - s->capture_len;
		if (n > len - from)
			n = len - from;
		memcpy(s->capture + s->capture_len, data + from, n);
		s->capture_len += n;
	}
	return s->capture_want > 0 && s->capture_len == s->capture_want;
}
