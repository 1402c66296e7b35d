#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/action.h"
#include "spoold/front/findings.h"
#include "spoold/front/storage.h"
#include "spoold/front/template.h"
#include "spoold/front/wish.h"

#define DOCUMENTS "claimcheck-release-documents"
#define COPIES	  "claimcheck-release-copies"
#define PRINTER	  "claimcheck-release-printer"

static bool
refuse_attribute(struct request *r, const char *name)
{
	request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, TEXTS_ATTRIBUTES, name,
		       NULL);
	ippAddOutOfBand(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_UNSUPPORTED_VALUE,
			name);
	return false;
}

static bool
read_documents(struct request *r, struct wish *wish)
{
	ipp_attribute_t *attr = ippFindAttribute(r->in, DOCUMENTS, IPP_TAG_ZERO);

	if (attr == NULL)
		return true;
	if (ippGetValueTag(attr) != IPP_TAG_INTEGER ||
	    ippGetCount(attr) > ORDER_DOCUMENTS_MAX)
		return refuse_attribute(r, DOCUMENTS);
	for (int i = 0; i < ippGetCount(attr); i++) {
		int index = ippGetInteger(attr, i) - 1;

		if (index < 0 || index >= ORDER_DOCUMENTS_MAX)
			return refuse_attribute(r, DOCUMENTS);
		wish->only[index / 8] |= (uint8_t)(1u << index % 8);
		if (wish->only_len <= (uint32_t)index / 8)
			wish->only_len = (uint32_t)index / 8 + 1;
	}
	return true;
}

static bool
read_copies(struct request *r, struct wish *wish)
{
	ipp_attribute_t *attr = ippFindAttribute(r->in, COPIES, IPP_TAG_ZERO);
	int copies = attr != NULL ? ippGetInteger(attr, 0) : 0;

	if (attr == NULL)
		return true;
	if (ippGetValueTag(attr) != IPP_TAG_INTEGER || ippGetCount(attr) != 1 ||
	    copies < 1 || copies > TEMPLATE_COPIES_MAX)
		return refuse_attribute(r, COPIES);
	wish->copies = (uint32_t)copies;
	return true;
}

static bool
read_printer(struct request *r, struct wish *wish)
{
	const char *name = request_string(r, PRINTER, IPP_TAG_NAME);
	struct printer *p;

	if (ippFindAttribute(r->in, PRINTER, IPP_TAG_ZERO) == NULL)
		return true;
	if (name == NULL || name[0] == '\0' ||
	    text_copy(wish->printer, sizeof(wish->printer), name) != 0)
		return refuse_attribute(r, PRINTER);
	p = printers_get(name);
	if (p == NULL || !p->known) {
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_PRINTER, name,
			       NULL);
		printers_put(p);
		return false;
	}
	printers_put(p);
	return true;
}

static enum wire_make
make_of(const struct request *r)
{
	ipp_attribute_t *attr =
		ippFindAttribute(r->in, "claimcheck-release-proof", IPP_TAG_BOOLEAN);

	if (attr == NULL)
		return WIRE_MAKE_NEXT;
	return ippGetBoolean(attr, 0) ? WIRE_MAKE_PROOF : WIRE_MAKE_ALL;
}

bool
wish_read(struct request *r, struct wish *wish)
{
	*wish = (struct wish){.again = WIRE_ONCE, .make = (uint8_t)make_of(r)};
	if (request_bool(r, "claimcheck-release-rest", false))
		wish->again = WIRE_REST;
	else if (request_bool(r, "claimcheck-release-again", false))
		wish->again = WIRE_AGAIN;
	return read_documents(r, wish) && read_copies(r, wish) && read_printer(r, wish);
}

void
wish_fill(const struct wish *wish, struct wire_prove *prove)
{
	prove->again = wish->again;
	prove->make = wish->make;
	prove->copies = wish->copies;
	text_copy(prove->printer, sizeof(prove->printer), wish->printer);
	prove->only = (struct wire_bytes){wish->only, wish->only_len};
}

/* What front itself put into an order's attributes is no wish of the customer's. */
static void
drop_own(ipp_t *attributes)
{
	static const char *const own[] = {
		ACTION_ATTRIBUTE, PIN_ATTRIBUTE,     STORAGE_ATTRIBUTE,
		"parent-job-id",  "parent-job-uuid", FOUND_PPI,
		FOUND_WARNING,	  FOUND_PRICE,	     FOUND_CURRENCY};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		ippDeleteAttribute(attributes,
				   ippFindAttribute(attributes, own[i], IPP_TAG_ZERO));
}

static bool
tell(struct request *r, const struct template_result *result)
{
	if (result->names[0] == '\0')
		return true;
	request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, TEXTS_ATTRIBUTES,
		       result->names, NULL);
	ippCopyAttributes(r->out, result->unsupported, 0, NULL, NULL);
	return false;
}

/* The judgement of a submission, of attributes that came then. */
static bool
judge(struct request *r, const char *printer, const struct wire_bytes *bytes,
      ipp_tag_t group)
{
	struct template_result result = {0};
	struct printer *p = printers_get(printer);
	ipp_t *own = NULL;
	bool fits = true;

	if (p == NULL || bytes->len == 0 ||
	    ipp_bounds_decode(&IPP_LIMITS_OWN, bytes->data, bytes->len, &own, NULL) !=
		    0) {
		printers_put(p);
		return p != NULL;
	}
	drop_own(own);
	for (ipp_attribute_t *a = ippFirstAttribute(own); a != NULL;
	     a = ippNextAttribute(own))
		if (ippGetName(a) != NULL)
			ippSetGroupTag(own, &a, group);
	if (group == IPP_TAG_DOCUMENT)
		template_judge_document(own, p, &result);
	else
		template_judge(own, p, &result);
	fits = tell(r, &result);
	template_result_clear(&result);
	ippDelete(own);
	printers_put(p);
	return fits;
}

/* A plate set is one: there are no copies of it. */
static bool
takes_copies(struct request *r, const struct wish *wish, const char *printer)
{
	struct printer *p =
		printers_get(wish->printer[0] != '\0' ? wish->printer : printer);
	bool plates = p != NULL && p->plates;

	printers_put(p);
	return wish->copies == 0 || !plates || refuse_attribute(r, "copies");
}

bool
wish_fits_order(struct request *r, const struct wish *wish,
		const struct wire_order_info *info)
{
	struct printer *p;
	bool accepting;

	if (!takes_copies(r, wish, info->printer))
		return false;
	if (wish->printer[0] == '\0')
		return true;
	p = printers_get(wish->printer);
	accepting = p != NULL && p->accepting;
	printers_put(p);
	if (!accepting) {
		request_answer(r, IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS,
			       TEXTS_NOT_ACCEPTING, NULL, NULL);
		return false;
	}
	return judge(r, wish->printer, &info->attributes, IPP_TAG_JOB);
}

bool
wish_fits_document(struct request *r, const struct wish *wish,
		   const struct wire_document_info *document)
{
	struct printer *p;
	bool takes;

	if (wish->printer[0] == '\0')
		return true;
	p = printers_get(wish->printer);
	takes = p != NULL && printer_takes(p, sniff_from_mime(document->format));
	printers_put(p);
	if (!takes) {
		request_answer(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
			       TEXTS_DOC_FORMAT, document->format, NULL);
		return false;
	}
	return judge(r, wish->printer, &document->attributes, IPP_TAG_DOCUMENT);
}
