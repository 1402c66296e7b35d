/*
 * ipp_bounds.c - the scan walks the encoding of RFC 8010 3.1 element by element: tag,
 * name length, name, value length, value. It keeps no more state than the depth and
 * the counts; libcups judges types and values.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/ipp/ipp_bounds.h"

#define TAG_BEGIN_COLLECTION 0x34
#define TAG_END_COLLECTION   0x37
#define TAG_MEMBER_NAME	     0x4a
#define TAG_EXTENSION	     0x7f
#define TAG_FIRST_VALUE	     0x10 /* below: delimiters */
#define TAG_END		     0x03

struct scan {
	const struct ipp_limits *limits;
	ipp_bounds_source_fn *read;
	void *source;
	struct buf message;
	unsigned depth, attributes, values;
	bool member; /* its name was read, its value not yet */
};

/* Appends exactly len bytes of the source to the message; returns where they are, or
 * NULL. The pointer is good until the next call. */
static const uint8_t *
take(struct scan *s, size_t len, struct error *err)
{
	size_t start = s->message.len;

	if (buf_reserve(&s->message, len, err) != 0) {
		error_prefix(err, "the request's attributes");
		return NULL;
	}
	while (s->message.len < start + len) {
		ssize_t n = s->read(s->source, s->message.data + s->message.len,
				    start + len - s->message.len);
		if (n == 0) {
			error_set(err, ERROR_INPUT,
				  "the message ends inside its attributes");
			return NULL;
		}
		if (n < 0) {
			error_errno(err, "cannot read the message");
			if (err != NULL)
				err->kind = ERROR_LATER;
			return NULL;
		}
		s->message.len += (size_t)n;
	}
	return s->message.data + start;
}

/* A 16-bit length and that many bytes; -1, or the length. */
static int
take_counted(struct scan *s, int most, const char *what, struct error *err)
{
	const uint8_t *head = take(s, 2, err);
	int len;

	if (head == NULL)
		return -1;
	len = head[0] << 8 | head[1];
	if (len > most)
		return error_set(err, ERROR_INPUT,
				 "%s of %d bytes where %d are allowed", what, len,
				 most);
	if (len > 0 && take(s, (size_t)len, err) == NULL)
		return -1;
	return len;
}

static int
change_depth(struct scan *s, uint8_t tag, struct error *err)
{
	if (tag == TAG_BEGIN_COLLECTION && ++s->depth > s->limits->depth)
		return error_set(err, ERROR_INPUT,
				 "collections are nested more than %u deep",
				 s->limits->depth);
	if (tag == TAG_END_COLLECTION && s->depth-- == 0)
		return error_set(err, ERROR_INPUT,
				 "a collection ends that was not begun");
	return 0;
}

static int
count(struct scan *s, bool named, struct error *err)
{
	if (named && ++s->attributes > s->limits->attributes)
		return error_set(err, ERROR_FULL, "more than %u attributes",
				 s->limits->attributes);
	if (++s->values > s->limits->values)
		return error_set(err, ERROR_FULL, "more than %u attribute values",
				 s->limits->values);
	return 0;
}

/* What was taken last is a name. A zero in it would end it for libcups, which would then
 * write what it cannot read: an attribute without a name. */
static int
check_name(const struct scan *s, int len, struct error *err)
{
	const uint8_t *name = s->message.data + s->message.len - len;

	for (int i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] >= 0x7f)
			return error_set(err, ERROR_INPUT,
					 "a name with a byte 0x%02x in it", name[i]);
	return 0;
}

/* A member's name without a value: libcups makes an attribute without values of it, which
 * it writes as what it cannot read. */
static int
check_member(struct scan *s, uint8_t tag, struct error *err)
{
	if (s->member && (tag == TAG_MEMBER_NAME || tag == TAG_END_COLLECTION))
		return error_set(err, ERROR_INPUT, "a member without a value");
	s->member = tag == TAG_MEMBER_NAME;
	return 0;
}

static int
scan_value(struct scan *s, uint8_t tag, struct error *err)
{
	int name_len, value_len;

	if (tag == TAG_EXTENSION)
		return error_set(err, ERROR_INPUT, "extension tags are not supported");
	if (check_member(s, tag, err) != 0)
		return -1;
	name_len = take_counted(s, IPP_BOUNDS_NAME, "an attribute name", err);
	if (name_len < 0 || check_name(s, name_len, err) != 0 ||
	    count(s, name_len > 0 || tag == TAG_MEMBER_NAME, err) != 0)
		return -1;
	value_len = take_counted(s, IPP_BOUNDS_VALUE, "an attribute value", err);
	if (value_len < 0 ||
	    (tag == TAG_MEMBER_NAME && check_name(s, value_len, err) != 0))
		return -1;
	return change_depth(s, tag, err);
}

static int
scan_message(struct scan *s, struct error *err)
{
	if (take(s, IPP_BOUNDS_HEAD, err) == NULL)
		return -1;
	for (;;) {
		const uint8_t *at = take(s, 1, err);
		uint8_t tag;

		if (at == NULL)
			return -1;
		tag = *at;
		if (tag < TAG_FIRST_VALUE && (s->depth != 0 || tag == 0))
			return error_set(err, ERROR_INPUT,
					 "a misplaced delimiter tag 0x%02x", tag);
		if (tag == TAG_END)
			return 0;
		if (tag >= TAG_FIRST_VALUE && scan_value(s, tag, err) != 0)
			return -1;
	}
}

struct memory {
	const uint8_t *data;
	size_t len, at;
};

static ssize_t
read_memory(void *source, void *data, size_t len)
{
	struct memory *m = source;

	if (len > m->len - m->at)
		len = m->len - m->at;
	if (len != 0)
		memcpy(data, m->data + m->at, len);
	m->at += len;
	return (ssize_t)len;
}

static ssize_t
read_cups(void *source, ipp_uchar_t *data, size_t len)
{
	return read_memory(source, data, len);
}

static int
parse(const struct buf *message, ipp_t **ipp, struct error *err)
{
	struct memory m = {.data = message->data, .len = message->len};
	ipp_t *made = ippNew();

	if (ippReadIO(&m, read_cups, 1, NULL, made) != IPP_STATE_DATA ||
	    m.at != m.len) {
		ippDelete(made);
		return error_set(err, ERROR_INPUT, "malformed IPP attributes");
	}
	*ipp = made;
	return 0;
}

int
ipp_bounds_read(const struct ipp_limits *limits, ipp_bounds_source_fn *read,
		void *source, ipp_t **ipp, struct error *err)
{
	struct scan s = {.limits = limits, .read = read, .source = source};
	int rc;

	*ipp = NULL;
	buf_init(&s.message, limits->bytes);
	rc = scan_message(&s, err);
	if (rc == 0)
		rc = parse(&s.message, ipp, err);
	buf_clear(&s.message); /* it may carry a job-password: wiped */
	return rc;
}

int
ipp_bounds_decode(const struct ipp_limits *limits, const void *data, size_t len,
		  ipp_t **ipp, struct error *err)
{
	struct memory m = {.data = data, .len = len};

	if (ipp_bounds_read(limits, read_memory, &m, ipp, err) != 0)
		return -1;
	if (m.at == m.len)
		return 0;
	ippDelete(*ipp);
	*ipp = NULL;
	return error_set(err, ERROR_INPUT, "%zu bytes are left over behind a message",
			 m.len - m.at);
}

struct sink {
	struct buf *out;
	struct error *err;
};

static ssize_t
write_buf(void *sink, ipp_uchar_t *data, size_t len)
{
	struct sink *s = sink;

	return buf_append(s->out, data, len, s->err) == 0 ? (ssize_t)len : -1;
}

int
ipp_bounds_encode(ipp_t *ipp, struct buf *out, struct error *err)
{
	struct sink sink = {.out = out, .err = err};
	size_t start = out->len;

	error_clear(err);
	ippSetState(ipp, IPP_STATE_IDLE);
	if (ippWriteIO(&sink, write_buf, 1, NULL, ipp) == IPP_STATE_DATA)
		return 0;
	out->len = start;
	if (err == NULL || err->kind != ERROR_NONE)
		return -1;
	return error_set(err, ERROR_SYSTEM, "cannot encode IPP attributes");
}

ipp_t *
ipp_bounds_group(ipp_t *from, ipp_tag_t group)
{
	ipp_t *to = ippNew();

	for (ipp_attribute_t *a = ippFirstAttribute(from); a != NULL;
	     a = ippNextAttribute(from))
		if (ippGetGroupTag(a) == group && ippGetName(a) != NULL)
			ippCopyAttribute(to, a, 0);
	return to;
}
