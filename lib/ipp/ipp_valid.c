/*
 * libcups compiles a regular expression anew for each language and each MIME type, which
 * was more than half of all that a small order cost. Every request has both, and they
 * are plain words nearly always; only one that is not is left to libcups to judge.
 */
#include <string.h>

#include "lib/ipp/ipp_valid.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

/* RFC 8011 5.1.4, as libcups has it: what attributes are called here. */
static bool
is_plain_name(const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;

	return len > 0 && len < IPP_MAX_NAME && strspn(name, LETTERS DIGITS "-") == len;
}

/* RFC 5646: "en", "de-ch"; nothing with more subtags. */
static bool
is_plain_language(const char *text)
{
	size_t language = strspn(text, LETTERS), region;

	if (language < 2 || language > 3)
		return false;
	if (text[language] == '\0')
		return true;
	region = strspn(text + language + 1, LETTERS);
	return text[language] == '-' && region == 2 &&
	       text[language + 1 + region] == '\0';
}

/* RFC 6838 4.2 without parameters: "image/jpeg", "application/vnd.cups-raw". */
static bool
is_plain_mime(const char *text)
{
	static const char first[] = LETTERS DIGITS, more[] = LETTERS DIGITS ".+-";
	size_t type = strspn(text, more), subtype;

	if (strchr(first, text[0]) == NULL || type < 1 || type > 100 ||
	    text[type] != '/' || text[type + 1] == '\0' ||
	    strchr(first, text[type + 1]) == NULL)
		return false;
	subtype = strspn(text + type + 1, more);
	return subtype <= 100 && text[type + 1 + subtype] == '\0';
}

static bool
is_plain(ipp_attribute_t *attr)
{
	ipp_tag_t tag = ippGetValueTag(attr);
	const char *text;

	if ((tag != IPP_TAG_LANGUAGE && tag != IPP_TAG_MIMETYPE) ||
	    !is_plain_name(ippGetName(attr)))
		return false;
	for (int i = 0; i < ippGetCount(attr); i++) {
		text = ippGetString(attr, i, NULL);
		if (text == NULL || text[0] == '\0' ||
		    !(tag == IPP_TAG_LANGUAGE ? is_plain_language(text)
					      : is_plain_mime(text)))
			return false;
	}
	return true;
}

bool
ipp_valid(ipp_t *ipp)
{
	for (ipp_attribute_t *a = ippFirstAttribute(ipp); a != NULL;
	     a = ippNextAttribute(ipp))
		if (!is_plain(a) && !ippValidateAttribute(a))
			return false;
	return true;
}
