/*
 * ipp.c - facts about lib/ipp: refusals first. The messages are made byte by byte, as a
 * stranger makes them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/ipp/ipp_bounds.h"
#include "lib/ipp/ipp_option.h"
#include "lib/ipp/ipp_override.h"
#include "lib/ipp/ipp_valid.h"
#include "tests/tap.h"

#define MESSAGE_MAX (2 * 1024 * 1024)

static struct buf message;

static void
put(const void *data, size_t len)
{
	INVARIANT(buf_append(&message, data, len, NULL) == 0);
}

static void
put_element(uint8_t tag, const char *name, const void *value, size_t len)
{
	size_t name_len = strlen(name);
	const uint8_t head[3] = {tag, (uint8_t)(name_len >> 8), (uint8_t)name_len};
	const uint8_t mid[2] = {(uint8_t)(len >> 8), (uint8_t)len};

	put(head, 3);
	put(name, name_len);
	put(mid, 2);
	put(value, len);
}

/* version 2.0, Get-Printer-Attributes, request-id 1, the operation group begins */
static void
begin(void)
{
	buf_clear(&message);
	buf_init(&message, MESSAGE_MAX);
	put("\x02\x00\x00\x0b\x00\x00\x00\x01\x01", 9);
	put_element(0x47, "attributes-charset", "utf-8", 5);
	put_element(0x48, "attributes-natural-language", "en", 2);
}

static int
decode(struct error *err)
{
	ipp_t *ipp = NULL;
	int rc;

	error_clear(err);
	rc = ipp_bounds_decode(&IPP_LIMITS_REQUEST(1024 * 1024), message.data,
			       message.len, &ipp, err);
	INVARIANT((rc == 0) == (ipp != NULL));
	ippDelete(ipp);
	return rc;
}

static void
nest(int depth)
{
	put_element(0x34, "media-col", "", 0);
	for (int i = 1; i < depth; i++) {
		put_element(0x4a, "", "m", 1);
		put_element(0x34, "", "", 0);
	}
	for (int i = 0; i < depth; i++)
		put_element(0x37, "", "", 0);
}

static void
collections_nested_deep_are_refused_before_libcups_sees_them(void)
{
	struct error err;

	begin();
	nest(20000);
	put("\x03", 1);
	TAP_OK(decode(&err) == -1 && err.kind == ERROR_INPUT, "20,000 deep: %s",
	       err.text);
	begin();
	nest(IPP_BOUNDS_DEPTH + 1);
	put("\x03", 1);
	TAP_OK(decode(&err) == -1, "one deeper than allowed: %s", err.text);
	begin();
	nest(IPP_BOUNDS_DEPTH);
	put("\x03", 1);
	TAP_OK(decode(&err) == 0, "exactly as deep as allowed passes: %s", err.text);
}

static void
what_is_not_well_formed_is_refused(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *sentence;
	} rows[] = {
		{"\x37\x00\x00\x00\x00\x03", 6, "an end without a begin"},
		{"\x34\x00\x01"
		 "a\x00\x00\x03",
		 7, "the end of the message inside a collection"},
		{"\x34\x00\x01"
		 "a\x00\x00\x02\x37\x00\x00\x00\x00\x03",
		 13, "a delimiter inside a collection"},
		{"\x00\x03", 2, "a zero delimiter"},
		{"\x7f\x00\x01"
		 "a\x00\x04\x00\x00\x00\x21\x03",
		 11, "an extension tag"},
		{"\x44\xff\xff", 3, "a name of 65,535 bytes"},
		{"\x44\x00\x01"
		 "a\xff\xff",
		 6, "a value of 65,535 bytes"},
		{"\x44\x00\x02"
		 "a\x00\x00\x00\x03",
		 8, "a zero in a name"},
		{"\x34\x00\x01"
		 "a\x00\x00\x4a\x00\x00\x00\x02"
		 "b\n\x21\x00\x00\x00\x00\x37\x00\x00\x00\x00\x03",
		 24, "a newline in a member's name"},
		{"\x34\x00\x01"
		 "a\x00\x00\x4a\x00\x00\x00\x01"
		 "b\x37\x00\x00\x00\x00\x03",
		 18, "a member without a value"},
		{"\x44\x00\x05"
		 "abc",
		 6, "a name that is cut off"},
		{"", 0, "a message that does not end"},
		{"\x03junk", 5, "bytes left over"},
		{"\x21\x00\x01"
		 "a\x00\x02\x00\x01\x03",
		 9, "an integer of two bytes"},
	};
	struct error err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		put(rows[i].bytes, rows[i].len);
		TAP_OK(decode(&err) == -1 && err.kind == ERROR_INPUT, "%s: %s",
		       rows[i].sentence, err.text);
	}
}

static void
counts_and_sizes_have_limits(void)
{
	char name[8];
	struct error err;

	begin();
	for (int i = 0; i <= IPP_BOUNDS_ATTRIBUTES; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		put_element(0x44, name, "v", 1);
	}
	put("\x03", 1);
	TAP_OK(decode(&err) == -1 && err.kind == ERROR_FULL, "attributes: %s",
	       err.text);
	begin();
	put_element(0x44, "a", "v", 1);
	for (int i = 0; i <= IPP_BOUNDS_VALUES; i++)
		put_element(0x44, "", "v", 1);
	put("\x03", 1);
	TAP_OK(decode(&err) == -1 && err.kind == ERROR_FULL, "values: %s", err.text);
	begin();
	for (int i = 0; i < 33; i++) {
		static const char big[IPP_BOUNDS_VALUE];
		put_element(0x30, "octets", big, sizeof(big));
	}
	put("\x03", 1);
	TAP_OK(decode(&err) == -1 && err.kind == ERROR_FULL, "bytes: %s", err.text);
}

/* hands out one byte at a time, then fails */
struct drip {
	const struct buf *from;
	size_t at;
};

static ssize_t
drip(void *source, void *data, size_t len)
{
	struct drip *d = source;

	INVARIANT(len > 0);
	if (d->at == d->from->len) {
		errno = ETIMEDOUT;
		return -1;
	}
	*(uint8_t *)data = d->from->data[d->at++];
	return 1;
}

static void
a_source_is_read_to_the_end_tag_and_no_further(void)
{
	struct drip d = {.from = &message};
	struct error err = {0};
	ipp_t *ipp;
	size_t end;

	begin();
	put("\x03", 1);
	end = message.len;
	put("document", 8);
	TAP_OK(ipp_bounds_read(&IPP_LIMITS_REQUEST(4096), drip, &d, &ipp, &err) == 0 &&
		       d.at == end,
	       "the document behind the attributes is left where it is");
	TAP_OK(ippGetOperation(ipp) == IPP_OP_GET_PRINTER_ATTRIBUTES &&
		       ippGetRequestId(ipp) == 1 &&
		       ippFindAttribute(ipp, "attributes-charset", IPP_TAG_CHARSET),
	       "and the attributes are those of the message");
	ippDelete(ipp);
	message.len = end - 3;
	d.at = 0;
	TAP_OK(ipp_bounds_read(&IPP_LIMITS_REQUEST(4096), drip, &d, &ipp, &err) == -1 &&
		       err.kind == ERROR_LATER && ipp == NULL,
	       "a source that fails is said with its errno: %s", err.text);
}

static void
a_group_survives_encoding_and_decoding(void)
{
	ipp_t *from = ippNewRequest(IPP_OP_CREATE_JOB), *group, *back = NULL;
	ipp_t *col = ippNew();
	struct buf out;
	struct error err = {0};

	ippAddString(from, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, "no");
	ippAddInteger(from, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", 2);
	ippAddString(col, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-type", NULL, "glossy");
	ippAddCollection(from, IPP_TAG_JOB, "media-col", col);
	ippDelete(col);
	group = ipp_bounds_group(from, IPP_TAG_JOB);
	buf_init(&out, 4096);
	TAP_OK(ipp_bounds_encode(group, &out, &err) == 0, "encoded: %s", err.text);
	TAP_OK(ipp_bounds_decode(&IPP_LIMITS_OWN, out.data, out.len, &back, &err) == 0,
	       "decoded: %s", err.text);
	TAP_OK(back != NULL && ippFindAttribute(back, "job-name", IPP_TAG_ZERO) == NULL,
	       "other groups are left out");
	TAP_OK(back != NULL &&
		       ippGetInteger(ippFindAttribute(back, "copies", IPP_TAG_INTEGER),
				     0) == 2 &&
		       ippFindAttribute(back, "media-col/media-type",
					IPP_TAG_KEYWORD) != NULL,
	       "values and members are there");
	ippDelete(back);
	buf_clear(&out);
	buf_init(&out, 20);
	TAP_OK(ipp_bounds_encode(group, &out, &err) == -1 && err.kind == ERROR_FULL &&
		       out.len == 0,
	       "a full buffer is ERROR_FULL and unchanged: %s", err.text);
	buf_clear(&out);
	ippDelete(group);
	ippDelete(from);
}

static void
options_of_a_ppd_are_told_by_their_name_and_are_harmless(void)
{
	static const struct {
		const char *name, *value;
		bool is;
	} rows[] = {
		{"media", "iso_a4", false},
		{"raw", "true", false},
		{"CcRuling", "150lpi", true},
		{"MediaType", "Glossy", true},
		{"Bad Name", "x", false},
		{"Name=x", "y", false},
		{"CcProfile", "../x", false},
		{"CcDot", "a b", false},
		{"CcDot", "", false},
		{"CcDot", "a\nATTR: x", false},
		{"CcDot", "'$(reboot)'", false},
	};
	ipp_t *job = ippNew();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TAP_OK(ipp_option_is_ppd(ippAddString(job, IPP_TAG_JOB, IPP_TAG_NAME,
						      rows[i].name, NULL,
						      rows[i].value)) == rows[i].is,
		       "option %zu of the table", i);
	ippDelete(job);
}

static void
values_are_judged_as_libcups_judges_them(void)
{
	static const char *const texts[] = {
		"",
		"e",
		"en",
		"EN",
		"en-us",
		"de-CH-1996",
		"zh-Hant-TW",
		"en-",
		"en_us",
		"-en",
		"x-klingon",
		"engl",
		"english",
		"en-u",
		"e1",
		"image/jpeg",
		"image/",
		"/jpeg",
		"image",
		"a/b",
		"image/a b",
		"image/jp\neg",
		"text/plain; charset=utf-8",
		"application/vnd.cups-raster",
		"image//jpeg",
		".x/y",
		"x/.y",
		"-a/b",
		"a/-b",
		"image/jpeg;",
		"a+b/c+d",
		"\xff/x",
		"image/*",
		"en\n",
		"application/x_y",
	};
	static const char *const names[] = {"document-format", "bad name", "x_y", ""};
	static const ipp_tag_t tags[] = {IPP_TAG_LANGUAGE, IPP_TAG_MIMETYPE};
	char said[64];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
			for (size_t t = 0; t < 2; t++) {
				ipp_t *ipp = ippNew();
				bool want;
				ippAddString(ipp, IPP_TAG_OPERATION, tags[t], names[n],
					     NULL, texts[i]);
				want = ippValidateAttributes(ipp) != 0;
				snprintf(said, sizeof(said), "%s", texts[i]);
				for (char *c = said; *c != '\0'; c++)
					*c = *c < ' ' ? '?' : *c;
				TAP_OK(ipp_valid(ipp) == want,
				       "'%s' as type %zu of '%s': %s", said, t,
				       names[n], want ? "yes" : "no");
				ippDelete(ipp);
			}
}

/* --- page overrides --- */

static ipp_t *
pages(int first, int last, const char *documents, int first_document, int last_document)
{
	ipp_t *value = ippNew();

	ippAddRange(value, IPP_TAG_ZERO, "pages", first, last);
	if (documents != NULL)
		ippAddRange(value, IPP_TAG_ZERO, documents, first_document,
			    last_document);
	return value;
}

static bool
read_pages(struct ipp_override *o, ipp_t *value)
{
	bool fine = ipp_override_read(o, value);

	ippDelete(value);
	return fine;
}

static void
an_override_is_for_pages_that_can_be_told(void)
{
	struct ipp_override a, b;
	ipp_t *many = ippNew(), *twice = pages(1, 2, NULL, 0, 0);
	ipp_attribute_t *attr;

	TAP_OK(!read_pages(&a, pages(0, 2, NULL, 0, 0)), "pages count from 1");
	TAP_OK(!read_pages(&a, pages(3, 2, NULL, 0, 0)), "and up");
	TAP_OK(!read_pages(&a, pages(1, 2, "document-numbers", 0, 1)),
	       "so do documents");
	attr = ippFindAttribute(twice, "pages", IPP_TAG_ZERO);
	ippSetRange(twice, &attr, 1, 2, 3);
	TAP_OK(!read_pages(&a, twice), "a page once");
	attr = ippAddRange(many, IPP_TAG_ZERO, "pages", 1, 1);
	for (int i = 1; i < IPP_OVERRIDE_RANGES; i++)
		ippSetRange(many, &attr, i, 2 * i + 1, 2 * i + 1);
	TAP_OK(ipp_override_read(&a, many), "%d ranges", IPP_OVERRIDE_RANGES);
	ippSetRange(many, &attr, IPP_OVERRIDE_RANGES, 1000, 1000);
	TAP_OK(!read_pages(&a, many), "and no more");

	INVARIANT(read_pages(&a, pages(2, 3, "document-number", 2, 2)));
	TAP_OK(ipp_override_is_for(&a, 2, 3) && !ipp_override_is_for(&a, 2, 4) &&
		       !ipp_override_is_for(&a, 1, 3),
	       "pages of a document");
	INVARIANT(read_pages(&b, pages(3, 9, "document-numbers", 1, 1)));
	TAP_OK(!ipp_override_meets(&a, &b), "the same ones of another are others");
	INVARIANT(read_pages(&b, pages(3, 9, NULL, 0, 0)));
	TAP_OK(ipp_override_meets(&a, &b) && ipp_override_is_for(&b, 7, 9),
	       "without a document: of all");
	INVARIANT(read_pages(&b, ippNew()));
	TAP_OK(ipp_override_meets(&a, &b), "without pages: all");
}

int
main(void)
{
	an_override_is_for_pages_that_can_be_told();
	values_are_judged_as_libcups_judges_them();
	options_of_a_ppd_are_told_by_their_name_and_are_harmless();
	collections_nested_deep_are_refused_before_libcups_sees_them();
	what_is_not_well_formed_is_refused();
	counts_and_sizes_have_limits();
	a_source_is_read_to_the_end_tag_and_no_further();
	a_group_survives_encoding_and_decoding();
	buf_clear(&message);
	return tap_done();
}
