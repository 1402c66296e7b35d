/*
 * sniff.c - facts about what front sees in a document before anything decodes it. The
 * documents are made here, byte by byte; each is fed whole and a byte at a time, and
 * both must end with the same word.
 */
#include <string.h>

#include "lib/base/buf.h"
#include "spoold/front/sniff.h"
#include "tests/tap.h"

#define PIXELS_MAX (500u * 1000 * 1000)

static struct buf doc;

static void
start(void)
{
	buf_clear(&doc);
	buf_init(&doc, 1024 * 1024);
}

static void
put(const void *data, size_t len)
{
	INVARIANT(buf_append(&doc, data, len, NULL) == 0);
}

#define PUT(literal) put(literal, sizeof(literal) - 1)

static void
put_u32(uint32_t v)
{
	const uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
			      (uint8_t)v};
	put(b, 4);
}

static struct sniff
look(void)
{
	struct sniff whole, drops;

	sniff_start(&whole, PIXELS_MAX);
	sniff_feed(&whole, doc.data, doc.len);
	sniff_end(&whole);
	sniff_start(&drops, PIXELS_MAX);
	for (size_t i = 0; i < doc.len; i++)
		sniff_feed(&drops, doc.data + i, 1);
	sniff_end(&drops);
	TAP_OK(whole.fault == drops.fault && whole.width == drops.width &&
		       whole.format == drops.format && whole.doubtful == drops.doubtful,
	       "whole or in drops, the word is the same (%d, %d)", whole.fault,
	       drops.fault);
	return whole;
}

/* A JPEG's skeleton, with a thumbnail (SOI, EOI) inside its Exif segment. */
static void
make_jpeg(uint16_t width, uint16_t height)
{
	const uint8_t frame[] = {0xff,
				 0xc0,
				 0,
				 11,
				 8,
				 (uint8_t)(height >> 8),
				 (uint8_t)height,
				 (uint8_t)(width >> 8),
				 (uint8_t)width,
				 1,
				 1,
				 0x11,
				 0};

	start();
	PUT("\xff\xd8\xff\xe1\x00\x0c"
	    "Exif\xff\xd8\xff\xd9\0\0");
	PUT("\xff\xff\xdb\x00\x03\x00"); /* a fill byte before a table */
	put(frame, sizeof(frame));
	PUT("\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00");
	PUT("data\xff\x00more\xff\xd3 and more");
	PUT("\xff\xc4\x00\x03\x00"); /* a table between scans */
	PUT("\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00 last scan");
	PUT("\xff\xd9");
}

static void
make_png(uint32_t width, uint32_t height)
{
	start();
	PUT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
	put_u32(width);
	put_u32(height);
	PUT("\x08\x02\0\0\0crc.");
	PUT("\0\0\0\x05IDATIEND.crc.");
	PUT("\0\0\0\0IENDcrc.");
}

/* Little-endian, its directory behind 2000 bytes of the one strip. */
static void
make_tiff(uint16_t width, uint16_t height)
{
	static const uint8_t strip[2000];
	const uint8_t dir[] = {4, 0,
			       /* width, height: SHORT */
			       0, 1, 3, 0, 1, 0, 0, 0, (uint8_t)width,
			       (uint8_t)(width >> 8), 0, 0, 1, 1, 3, 0, 1, 0, 0, 0,
			       (uint8_t)height, (uint8_t)(height >> 8), 0, 0,
			       /* StripOffsets 8, StripByteCounts 2000: LONG */
			       0x11, 1, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0x17, 1, 4, 0, 1,
			       0, 0, 0, 0xd0, 7, 0, 0};

	start();
	PUT("II*\0\xd8\x07\0\0");
	put(strip, sizeof(strip));
	put(dir, sizeof(dir));
}

static void
make_pdf(const char *trailer)
{
	start();
	PUT("%PDF-1.7\n1 0 obj <</Type /Catalog /EncryptMetadata true>> endobj\n");
	put(trailer, strlen(trailer));
	PUT("startxref 0\n%%EOF\n");
}

static void
what_is_no_document_is_named(void)
{
	static const uint8_t zeros[5000];

	start();
	TAP_OK(look().fault == SNIFF_EMPTY, "0 bytes");
	PUT("GIF89a is not ours");
	TAP_OK(look().fault == SNIFF_NOT_KNOWN, "a format that is not ours");
	start();
	put(zeros, sizeof(zeros));
	TAP_OK(look().fault == SNIFF_NOT_KNOWN, "5000 zero bytes");
	start();
	PUT("\xff\xd8\xff");
	TAP_OK(look().fault == SNIFF_CUT_OFF, "the first three bytes of a JPEG");
}

static void
whole_pictures_pass_with_their_dimensions(void)
{
	struct sniff s;

	make_jpeg(4000, 3000);
	s = look();
	TAP_OK(s.fault == SNIFF_FINE && s.format == SNIFF_JPEG && s.width == 4000 &&
		       s.height == 3000,
	       "JPEG: fault %d, %u x %u", s.fault, s.width, s.height);
	PUT("trailer of a telephone");
	TAP_OK(look().fault == SNIFF_FINE, "JPEG with something behind its end");
	make_png(4000, 3000);
	s = look();
	TAP_OK(s.fault == SNIFF_FINE && s.format == SNIFF_PNG && s.width == 4000,
	       "PNG: fault %d, %u x %u", s.fault, s.width, s.height);
	make_tiff(4000, 3000);
	s = look();
	TAP_OK(s.fault == SNIFF_FINE && s.format == SNIFF_TIFF && s.height == 3000,
	       "TIFF: fault %d, %u x %u", s.fault, s.width, s.height);
	make_pdf("trailer <</Root 1 0 R>>\n");
	s = look();
	TAP_OK(s.fault == SNIFF_FINE && s.format == SNIFF_PDF, "PDF: fault %d",
	       s.fault);
}

/* Cut at every length, a document is refused; whole, it passes. */
static void
cut_at_any_byte(const char *what)
{
	size_t len = doc.len, passed = 0;

	for (size_t cut = 0; cut < len; cut++) {
		struct sniff s;
		sniff_start(&s, PIXELS_MAX);
		sniff_feed(&s, doc.data, cut);
		passed += sniff_end(&s) == SNIFF_FINE;
	}
	TAP_OK(passed == 0, "%s: %zu of %zu cut ones pass", what, passed, len);
}

static void
what_is_cut_off_is_refused(void)
{
	make_jpeg(100, 100);
	cut_at_any_byte("JPEG");
	make_png(100, 100);
	cut_at_any_byte("PNG");
	make_tiff(100, 100);
	cut_at_any_byte("TIFF");
	make_pdf("trailer <</Root 1 0 R>>\n");
	doc.len--; /* the newline behind %%EOF may be missing */
	cut_at_any_byte("PDF");
}

static void
pictures_too_large_for_anybody_are_refused(void)
{
	struct sniff s;

	make_jpeg(60000, 60000);
	s = look();
	TAP_OK(s.fault == SNIFF_TOO_LARGE && s.width == 60000 && doc.len < 2048,
	       "JPEG of 60,000 x 60,000 in %zu bytes", doc.len);
	make_png(60000, 60000);
	TAP_OK(look().fault == SNIFF_TOO_LARGE, "PNG of 60,000 x 60,000");
	make_png(0x7fffffff, 1);
	TAP_OK(look().fault == SNIFF_TOO_LARGE, "PNG of 2,147,483,647 x 1");
	make_tiff(60000, 60000);
	TAP_OK(look().fault == SNIFF_TOO_LARGE, "TIFF of 60,000 x 60,000");
	start();
	PUT("UNIRAST\0\0\0\0\x01\x18\x01\x01\x04\0\0\0\0\0\0\0\0");
	put_u32(60000);
	put_u32(60000);
	PUT("\0\0\x01\x2c\0\0\0\0\0\0\0\0 lines");
	TAP_OK(look().fault == SNIFF_TOO_LARGE, "URF of 60,000 x 60,000");
	make_png(0, 100);
	TAP_OK(look().fault == SNIFF_DAMAGED, "no width at all");
	make_jpeg(100, 0);
	TAP_OK(look().fault == SNIFF_DAMAGED, "no height at all");
}

static void
encrypted_documents_are_refused(void)
{
	static const struct {
		const char *trailer;
		bool encrypted;
	} rows[] = {
		{"trailer <</Root 1 0 R /Encrypt 5 0 R>>\n", true},
		{"trailer <</Root 1 0 R /Encrypt\r\n12  0\nR>>\n", true},
		{"trailer <</Encrypt<</Filter /Standard>>>>\n", true},
		{"trailer <</Info (see /Encrypt) >>\n", false},
		{"trailer <</Info (/Encrypt 5 of 0)>>\n", false},
		{"trailer <</Encryption 5 0 R>>\n", false},
		{"trailer <<//Encrypt 5 0 R>>\n", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_pdf(rows[i].trailer);
		TAP_OK((look().fault == SNIFF_ENCRYPTED) == rows[i].encrypted,
		       "trailer %zu of the table", i);
	}
}

static void
types_have_one_name_and_some_aliases(void)
{
	TAP_OK(sniff_from_mime("image/JPEG") == SNIFF_JPEG &&
		       sniff_from_mime("image/jpg") == SNIFF_JPEG,
	       "case and aliases");
	TAP_OK(sniff_from_mime("application/octet-stream") == SNIFF_UNKNOWN,
	       "octets are no type");
	for (int f = SNIFF_UNKNOWN + 1; f < SNIFF_FORMATS; f++)
		TAP_OK(sniff_from_mime(sniff_mime((enum sniff_format)f)) ==
			       (enum sniff_format)f,
		       "%s", sniff_mime((enum sniff_format)f));
}

/* Of a program nothing is known but what it says of itself. */
static void
postscript_without_its_end_is_doubtful(void)
{
	static const struct {
		const char *begins, *ends;
		bool doubtful;
		const char *what;
	} rows[] = {
		{"%!PS-Adobe-3.0\n%%Pages: 1\n", "showpage\n%%EOF\n", false,
		 "structured, whole"},
		{"%!PS-Adobe-3.0\n%%Pages: 1\n", "showpage\n%%EOF\n\x04", false,
		 "with a ^D behind its end"},
		{"%!PS-Adobe-3.0\n%%Pages: 1\n", "show", true, "structured, cut off"},
		{"\x04%!PS-Adobe-3.0\n", "show", true, "with a ^D before, cut off"},
		{"%!\n", "show", false, "which claims no structure"},
		{"%!PS\n", "showpage\n", false, "nor this"},
	};
	static const char text[5000] = {'%'};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sniff s;
		start();
		put(rows[i].begins, strlen(rows[i].begins));
		put(text, sizeof(text));
		put(rows[i].ends, strlen(rows[i].ends));
		s = look();
		TAP_OK(s.format == SNIFF_POSTSCRIPT && s.fault == SNIFF_FINE &&
			       s.doubtful == rows[i].doubtful,
		       "PostScript, %s: %s", rows[i].what,
		       s.doubtful ? "doubtful" : "no doubt");
	}
}

int
main(void)
{
	what_is_no_document_is_named();
	whole_pictures_pass_with_their_dimensions();
	what_is_cut_off_is_refused();
	pictures_too_large_for_anybody_are_refused();
	encrypted_documents_are_refused();
	postscript_without_its_end_is_doubtful();
	types_have_one_name_and_some_aliases();
	buf_clear(&doc);
	return tap_done();
}
