#include <ctype.h>
#include <string.h>

#include "lib/ipp/ipp_option.h"

static bool
is_of(const char *text, const char *besides)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    strchr(besides, text[i]) == NULL)
			return false;
	return len > 0 && len <= IPP_OPTION_MAX;
}

static bool
has_upper(const char *name)
{
	while (*name != '\0' && !isupper((unsigned char)*name))
		name++;
	return *name != '\0';
}

bool
ipp_option_is_ppd(ipp_attribute_t *attr)
{
	const char *name = ippGetName(attr);

	if (name == NULL || ippGetCount(attr) != 1 || !has_upper(name) ||
	    !is_of(name, "-_"))
		return false;
	switch (ippGetValueTag(attr)) {
	case IPP_TAG_INTEGER:
	case IPP_TAG_BOOLEAN:
		return true;
	case IPP_TAG_KEYWORD:
	case IPP_TAG_NAME:
	case IPP_TAG_TEXT:
		return is_of(ippGetString(attr, 0, NULL), "-_.+:");
	default:
		return false;
	}
}
