#include <string.h>

#include "spoold/front/action.h"

static const char *const names[] = {[ACTION_PASSWORD] = "job-password",
				    [ACTION_OWNER] = "owner-authorized",
				    [ACTION_NONE] = "none"};

const char *
action_name(enum action action)
{
	return names[action];
}

static bool
is_unattended(const struct settings *settings, const char *printer)
{
	const struct settings_printer *p = settings_printer(settings, printer);

	return p != NULL && p->unattended.is_set && p->unattended.value != 0;
}

/* 0: not supported there. */
static enum action
named(const char *name, const struct settings *settings, const char *printer)
{
	for (int a = ACTION_PASSWORD; a <= ACTION_NONE; a++)
		if (name != NULL && strcmp(names[a], name) == 0)
			return a != ACTION_NONE || is_unattended(settings, printer)
				       ? (enum action)a
				       : 0;
	return 0;
}

static bool
refuse(struct request *r, ipp_status_t status, ipp_attribute_t *asked)
{
	ipp_attribute_t *copy;

	request_answer(r, status, TEXTS_ATTRIBUTES, ACTION_ATTRIBUTE, NULL);
	copy = ippCopyAttribute(r->out, asked, 0);
	if (copy != NULL)
		ippSetGroupTag(r->out, &copy, IPP_TAG_UNSUPPORTED_GROUP);
	return false;
}

bool
action_read(struct request *r, const struct pin *pin, enum action *action)
{
	ipp_attribute_t *asked =
		ippFindAttribute(r->in, ACTION_ATTRIBUTE, IPP_TAG_ZERO);
	const char *name = asked != NULL && ippGetValueTag(asked) == IPP_TAG_KEYWORD &&
					   ippGetCount(asked) == 1
				   ? ippGetString(asked, 0, NULL)
				   : NULL;

	*action = pin->len > 0 ? ACTION_PASSWORD : ACTION_OWNER;
	if (asked == NULL)
		return true;
	*action = named(name, r->client->settings, r->printer->name);
	if (*action == 0)
		return refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, asked);
	if (pin->len > 0 && *action != ACTION_PASSWORD)
		return refuse(r, IPP_STATUS_ERROR_CONFLICTING, asked);
	return true;
}

void
action_add_supported(ipp_t *to, const struct settings *settings, const char *printer)
{
	int count = is_unattended(settings, printer) ? 3 : 2;

	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, ACTION_ATTRIBUTE "-default",
		     NULL, names[ACTION_OWNER]);
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		      ACTION_ATTRIBUTE "-supported", count, NULL,
		      names + ACTION_PASSWORD);
}
