#include <ctype.h>
#include <string.h>

#include "spoold/front/account.h"

#define MARK "account " /* no user has a blank and lower case only by chance */

bool
account_name(ipp_t *message, char name[ORDER_NAME_MAX])
{
	ipp_attribute_t *attr =
		ippFindAttribute(message, "job-account-id", IPP_TAG_ZERO);
	const char *from = attr != NULL ? ippGetString(attr, 0, NULL) : NULL;
	size_t used = strlen(MARK);

	memcpy(name, MARK, used);
	for (; from != NULL && *from != '\0' && used + 1 < ORDER_NAME_MAX; from++)
		if (isalnum((unsigned char)*from) || (unsigned char)*from >= 0x80 ||
		    (*from == '+' && used == strlen(MARK)))
			name[used++] = (char)tolower((unsigned char)*from);
	name[used] = '\0';
	return used > strlen(MARK);
}
