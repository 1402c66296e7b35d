#include <string.h>

#include "spoold/front/storage.h"

#define ACCESS	    STORAGE_ATTRIBUTE "-access"
#define DISPOSITION STORAGE_ATTRIBUTE "-disposition"

static const char *const dispositions[] = {[ORDER_STORE_NOT] = "none",
					   [ORDER_STORE_MADE] = "print-and-store",
					   [ORDER_STORE_ONLY] = "store-only"};
#define DISPOSITIONS (int)(sizeof(dispositions) / sizeof(dispositions[0]))

static bool
refuse(struct request *r, ipp_attribute_t *asked)
{
	ipp_attribute_t *copy;

	request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, TEXTS_ATTRIBUTES,
		       STORAGE_ATTRIBUTE, NULL);
	copy = ippCopyAttribute(r->out, asked, 0);
	if (copy != NULL)
		ippSetGroupTag(r->out, &copy, IPP_TAG_UNSUPPORTED_GROUP);
	return false;
}

/* -1: it is none. */
static int
disposition_named(const char *name)
{
	for (int i = 0; i < DISPOSITIONS; i++)
		if (strcmp(dispositions[i], name) == 0)
			return i;
	return -1;
}

static bool
read_member(ipp_attribute_t *member, enum order_storage *storage)
{
	const char *name = ippGetName(member);
	const char *value =
		ippGetValueTag(member) == IPP_TAG_KEYWORD && ippGetCount(member) == 1
			? ippGetString(member, 0, NULL)
			: NULL;
	int found;

	if (name == NULL || value == NULL)
		return false;
	if (strcmp(name, ACCESS) == 0)
		return strcmp(value, "owner") == 0;
	found = strcmp(name, DISPOSITION) == 0 ? disposition_named(value) : -1;
	if (found >= 0)
		*storage = (enum order_storage)found;
	return found >= 0;
}

bool
storage_read(struct request *r, enum order_storage *storage)
{
	ipp_attribute_t *asked =
		ippFindAttribute(r->in, STORAGE_ATTRIBUTE, IPP_TAG_ZERO);
	ipp_t *col;

	*storage = ORDER_STORE_NOT;
	if (asked == NULL)
		return true;
	if (r->client->settings->stored_days == 0 ||
	    ippGetValueTag(asked) != IPP_TAG_BEGIN_COLLECTION ||
	    ippGetCount(asked) != 1)
		return refuse(r, asked);
	col = ippGetCollection(asked, 0);
	for (ipp_attribute_t *m = ippFirstAttribute(col); m != NULL;
	     m = ippNextAttribute(col))
		if (!read_member(m, storage))
			return refuse(r, asked);
	return true;
}

void
storage_add(ipp_t *to, enum order_storage storage)
{
	ipp_t *col;

	if (storage == ORDER_STORE_NOT)
		return;
	col = ippNew();
	ippAddString(col, IPP_TAG_ZERO, IPP_TAG_KEYWORD, ACCESS, NULL, "owner");
	ippAddString(col, IPP_TAG_ZERO, IPP_TAG_KEYWORD, DISPOSITION, NULL,
		     dispositions[storage]);
	ippAddCollection(to, IPP_TAG_JOB, STORAGE_ATTRIBUTE, col);
	ippDelete(col);
}

void
storage_add_supported(ipp_t *to, const struct settings *settings)
{
	static const char *const members[] = {ACCESS, DISPOSITION};
	ipp_attribute_t *features =
		ippFindAttribute(to, "ipp-features-supported", IPP_TAG_KEYWORD);

	if (settings->stored_days == 0)
		return;
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		      STORAGE_ATTRIBUTE "-supported", 2, NULL, members);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, ACCESS "-supported", NULL,
		     "owner");
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, DISPOSITION "-supported",
		      DISPOSITIONS, NULL, dispositions);
	if (features != NULL)
		ippSetString(to, &features, ippGetCount(features), "job-storage");
}
