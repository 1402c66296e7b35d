#include <string.h>
#include <time.h>

#include "spoold/front/terms.h"

#define DAY_S 86400

/* The beginning of the day, week or month behind this one: mktime puts a day that there is
 * not where it belongs, and knows of summer time. */
static int64_t
begins_next(int64_t now, int days, int months)
{
	time_t at = (time_t)now;
	struct tm tm;

	localtime_r(&at, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mon += months;
	tm.tm_mday = months > 0 ? 1 : tm.tm_mday + days;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

/* Days from today to next Monday, at least one. */
static int
days_of_week(int64_t now)
{
	time_t at = (time_t)now;
	struct tm tm;

	localtime_r(&at, &tm);
	return tm.tm_wday == 0 ? 1 : 8 - tm.tm_wday;
}

static void
read_keyword(const char *until, int64_t now, struct terms *terms)
{
	if (strcmp(until, "none") == 0)
		terms->retain_s = 1;
	else if (strcmp(until, "end-of-day") == 0)
		terms->retain_until = begins_next(now, 1, 0);
	else if (strcmp(until, "end-of-week") == 0)
		terms->retain_until = begins_next(now, days_of_week(now), 0);
	else if (strcmp(until, "end-of-month") == 0)
		terms->retain_until = begins_next(now, 0, 1);
}

void
terms_read(ipp_t *taken, int64_t now, struct terms *terms)
{
	ipp_attribute_t *cancel =
		ippFindAttribute(taken, "job-cancel-after", IPP_TAG_INTEGER);
	ipp_attribute_t *until =
		ippFindAttribute(taken, "job-retain-until", IPP_TAG_KEYWORD);
	ipp_attribute_t *interval =
		ippFindAttribute(taken, "job-retain-until-interval", IPP_TAG_INTEGER);
	ipp_attribute_t *proof =
		ippFindAttribute(taken, "proof-copies", IPP_TAG_INTEGER);

	*terms = (struct terms){0};
	if (cancel != NULL)
		terms->fetch_until = now + ippGetInteger(cancel, 0);
	if (until != NULL)
		read_keyword(ippGetString(until, 0, NULL), now, terms);
	if (interval != NULL)
		terms->retain_s = ippGetInteger(interval, 0) > 0
					  ? (uint32_t)ippGetInteger(interval, 0)
					  : 1;
	if (proof != NULL && ippGetInteger(proof, 0) > 0)
		terms->proof_copies = (uint32_t)ippGetInteger(proof, 0);
}

void
terms_add_supported(ipp_t *to, const struct settings *settings, const char *printer)
{
	static const char *const until[] = {"none", "end-of-day", "end-of-week",
					    "end-of-month", "indefinite"};
	struct settings_limits l;

	settings_limits(settings, printer, "", "", &l);
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "job-cancel-after-default",
		      (int)l.due_days * DAY_S);
	ippAddRange(to, IPP_TAG_PRINTER, "job-cancel-after-supported", 1,
		    (int)l.due_days * DAY_S);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "job-retain-until-default",
		     NULL, "indefinite");
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		      "job-retain-until-supported", sizeof(until) / sizeof(until[0]),
		      NULL, until);
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER,
		      "job-retain-until-interval-default",
		      (int)l.retention_days * DAY_S);
	ippAddRange(to, IPP_TAG_PRINTER, "job-retain-until-interval-supported", 0,
		    (int)l.retention_days * DAY_S);
}
