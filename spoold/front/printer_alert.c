/*
 * printer_alert.c - the alerts of the Printer MIB that printer-state-reasons stand for (PWG
 * 5100.9 has both lists). A reason without a row is an alert of code other: its words are in
 * the description.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/order.h"
#include "spoold/front/printer_status.h"

#define REASON_MAX 256
#define ALERTS_MAX 32
#define ALERT_MAX  160 /* bytes of one printer-alert */

/* clang-format off */
static const struct row {
	const char *reason, *code, *group;
} rows[] = {
	{"connecting-to-device",		"subunitOffline",	"channel"},
	{"cover-open",				"coverOpen",		"cover"},
	{"developer-empty",			"markerDeveloperEmpty",	"markerSupplies"},
	{"developer-low",			"markerDeveloperAlmostEmpty", "markerSupplies"},
	{"door-open",				"doorOpen",		"cover"},
	{"fuser-over-temp",			"markerFuserOverTemperature", "marker"},
	{"fuser-under-temp",			"markerFuserUnderTemperature", "marker"},
	{"input-tray-missing",			"inputMediaTrayMissing", "input"},
	{"interlock-open",			"interlockOpen",	"cover"},
	{"interpreter-resource-unavailable",	"interpreterResourceUnavailable", "interpreter"},
	{"marker-supply-empty",			"subunitEmpty",		"markerSupplies"},
	{"marker-supply-low",			"subunitAlmostEmpty",	"markerSupplies"},
	{"marker-waste-almost-full",		"subunitAlmostFull",	"markerSupplies"},
	{"marker-waste-full",			"subunitFull",		"markerSupplies"},
	{"media-empty",				"inputMediaSupplyEmpty", "input"},
	{"media-jam",				"jam",			"mediaPath"},
	{"media-low",				"inputMediaSupplyLow",	"input"},
	{"media-needed",			"inputMediaChangeRequest", "input"},
	{"opc-life-over",			"markerOpcLifeOver",	"marker"},
	{"opc-near-eol",			"markerOpcLifeAlmostOver", "marker"},
	{"output-area-almost-full",		"outputMediaTrayAlmostFull", "output"},
	{"output-area-full",			"outputMediaTrayFull",	"output"},
	{"output-tray-missing",			"outputMediaTrayMissing", "output"},
	{"paused",				"subunitTurnedOff",	"generalPrinter"},
	{"shutdown",				"powerDown",		"generalPrinter"},
	{"spool-area-full",			"subunitMemoryExhausted", "generalPrinter"},
	{"timed-out",				"subunitOffline",	"channel"},
	{"toner-empty",				"markerTonerEmpty",	"markerSupplies"},
	{"toner-low",				"markerTonerAlmostEmpty", "markerSupplies"},
};
static const struct {
	const char *suffix, *severity;
} severities[] = {
	{"-report", "other"}, {"-warning", "warning"}, {"-error", "critical"},
};
/* clang-format on */

struct table {
	ipp_t *to;
	ipp_attribute_t *alerts, *descriptions;
};

static void
add(struct table *t, const char *code, const char *severity, const char *group,
    const char *description)
{
	char alert[ALERT_MAX];
	int len = snprintf(alert, sizeof(alert), "code=%s;severity=%s;group=%s", code,
			   severity, group);

	if (t->alerts == NULL) {
		t->alerts = ippAddOctetString(t->to, IPP_TAG_PRINTER, "printer-alert",
					      alert, len);
		t->descriptions =
			ippAddString(t->to, IPP_TAG_PRINTER, IPP_TAG_TEXT,
				     "printer-alert-description", NULL, description);
		return;
	}
	ippSetOctetString(t->to, &t->alerts, ippGetCount(t->alerts), alert, len);
	ippSetString(t->to, &t->descriptions, ippGetCount(t->descriptions),
		     description);
}

/* Cuts the suffix off. Without one a reason is an error (RFC 8011 5.4.12), but for those
 * that somebody wanted. */
static const char *
take_severity(char *reason)
{
	size_t len = strlen(reason);

	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
		size_t tail = strlen(severities[i].suffix);

		if (len > tail &&
		    strcmp(reason + len - tail, severities[i].suffix) == 0) {
			reason[len - tail] = '\0';
			return severities[i].severity;
		}
	}
	return strcmp(reason, "paused") == 0 || strcmp(reason, "shutdown") == 0
		       ? "warning"
		       : "critical";
}

static void
add_reason(struct table *t, const char *one)
{
	static const struct row unlisted = {.code = "other", .group = "other"};
	const struct row *row = &unlisted;
	char reason[REASON_MAX];
	const char *severity;

	if (text_copy(reason, sizeof(reason), one) != 0)
		return;
	severity = take_severity(reason);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].reason, reason) == 0)
			row = &rows[i];
	for (char *at = reason; *at != '\0'; at++)
		if (*at == '-')
			*at = ' ';
	add(t, row->code, severity, row->group, reason);
}

void
printer_alerts(ipp_t *to, const char *reasons, int state)
{
	struct table table = {.to = to};
	char list[ORDER_TEXT_MAX], *save = NULL;
	int count = 0;

	text_copy(list, sizeof(list), reasons);
	for (char *one = strtok_r(list, ", ", &save); one != NULL && count < ALERTS_MAX;
	     one = strtok_r(NULL, ", ", &save))
		if (strcmp(one, "none") != 0) {
			add_reason(&table, one);
			count++;
		}
	if (table.alerts == NULL && state == IPP_PSTATE_STOPPED)
		add_reason(&table, "paused");
	else if (table.alerts == NULL)
		add(&table, "printerReadyToPrint", "other", "generalPrinter",
		    "ready to print");
}
