#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/front/document_fault.h"

static void
list_formats(const struct printer *p, char *to, size_t size)
{
	to[0] = '\0';
	for (int f = SNIFF_UNKNOWN + 1; f < SNIFF_FORMATS; f++) {
		size_t used = strlen(to);
		if (printer_takes(p, (enum sniff_format)f))
			snprintf(to + used, size - used, "%s%s", used > 0 ? ", " : "",
				 sniff_mime((enum sniff_format)f));
	}
}

/* In words what is wrong with a document. */
static void
answer_fault(struct request *r, const struct printer *p, const struct sniff *s)
{
	static const enum texts_id texts[] = {
		[SNIFF_EMPTY] = TEXTS_DOC_EMPTY,
		[SNIFF_NOT_KNOWN] = TEXTS_DOC_NOT_KNOWN,
		[SNIFF_CUT_OFF] = TEXTS_DOC_CUT_OFF,
		[SNIFF_DAMAGED] = TEXTS_DOC_DAMAGED,
		[SNIFF_TOO_LARGE] = TEXTS_DOC_TOO_LARGE,
		[SNIFF_ENCRYPTED] = TEXTS_DOC_ENCRYPTED,
	};
	char value[256];

	text_copy(value, sizeof(value),
		  s->format != SNIFF_UNKNOWN ? sniff_mime(s->format) : "");
	if (s->fault == SNIFF_NOT_KNOWN)
		list_formats(p, value, sizeof(value));
	if (s->fault == SNIFF_TOO_LARGE)
		snprintf(value, sizeof(value), "%u x %u", s->width, s->height);
	request_answer(r,
		       s->fault == SNIFF_ENCRYPTED
			       ? IPP_STATUS_ERROR_DOCUMENT_PASSWORD
			       : IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR,
		       texts[s->fault], value, NULL);
}

/* Announced as one thing, but another; or a thing that is not taken here. */
static bool
check_sniffed(struct request *r, const struct printer *p, enum sniff_format is)
{
	const char *declared = request_string(r, "document-format", IPP_TAG_MIMETYPE);

	if (!printer_takes(p, is)) {
		request_answer(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
			       TEXTS_DOC_FORMAT, sniff_mime(is), NULL);
		return false;
	}
	if (declared == NULL || strcasecmp(declared, "application/octet-stream") == 0 ||
	    sniff_from_mime(declared) == is)
		return true;
	request_answer(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR, TEXTS_DOC_OTHER,
		       declared, sniff_mime(is));
	return false;
}

bool
document_fault_answer(struct request *r, const struct printer *p,
		      const struct upload *u, enum upload_end end,
		      const struct error *err)
{
	char bytes[32];

	switch (end) {
	case UPLOAD_WHOLE:
		return check_sniffed(r, p, u->sniff.format);
	case UPLOAD_REFUSED:
		answer_fault(r, p, &u->sniff);
		return false;
	case UPLOAD_TOO_LARGE:
		snprintf(bytes, sizeof(bytes), "%llu",
			 (unsigned long long)r->client->settings->max_document_bytes);
		request_answer(r, IPP_STATUS_ERROR_REQUEST_ENTITY, TEXTS_DOC_BYTES,
			       bytes, NULL);
		return false;
	case UPLOAD_BAD_COMPRESSION:
		request_answer(r, IPP_STATUS_ERROR_COMPRESSION_ERROR,
			       TEXTS_BAD_COMPRESSION,
			       request_string(r, "compression", IPP_TAG_KEYWORD), NULL);
		return false;
	case UPLOAD_GONE:
		request_answer(r, IPP_STATUS_ERROR_TIMEOUT, TEXTS_BUSY, NULL, NULL);
		return false;
	default:
		request_answer_error(r, err);
		return false;
	}
}
