#include <stdlib.h>

#include "lib/colour/lcms.h"

static void
keep_first(cmsContext context, cmsUInt32Number code, const char *text)
{
	struct error *err = cmsGetContextUserData(context);

	(void)code;
	if (err->kind == ERROR_NONE)
		error_set(err, ERROR_INPUT, "%s", text);
}

cmsContext
lcms_context_open(void)
{
	struct error *err = calloc(1, sizeof(*err));
	cmsContext context;

	INVARIANT(err != NULL);
	context = cmsCreateContext(NULL, err);
	INVARIANT(context != NULL);
	cmsSetLogErrorHandlerTHR(context, keep_first);
	return context;
}

const char *
lcms_why(cmsContext context)
{
	struct error *err = cmsGetContextUserData(context);

	if (err->kind == ERROR_NONE)
		return "for no stated reason";
	err->kind = ERROR_NONE; /* the text stays; the next complaint may replace it */
	return err->text;
}

void
lcms_context_close(cmsContext context)
{
	struct error *err;

	if (context == NULL)
		return;
	err = cmsGetContextUserData(context);
	cmsDeleteContext(context);
	free(err);
}
