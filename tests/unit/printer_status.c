/*
 * printer_status.c - facts about supplies and alerts: what a queue tells of its markers and
 * reasons becomes rows of the standards' tables.
 */
#include <cups/cups.h>
#include <stdio.h>
#include <string.h>

#include "spoold/front/printer_status.h"
#include "tests/tap.h"

/* Values of an octetString, a line each. */
static void
octets(ipp_t *from, const char *name, char *to, size_t size)
{
	ipp_attribute_t *attr = ippFindAttribute(from, name, IPP_TAG_STRING);
	size_t used = 0;

	to[0] = '\0';
	for (int i = 0; i < ippGetCount(attr); i++) {
		int len = 0;
		const char *value = ippGetOctetString(attr, i, &len);

		used += (size_t)snprintf(to + used, size - used, "%.*s\n", len, value);
	}
}

static void
strings(ipp_t *from, const char *name, char *to, size_t size)
{
	ipp_attribute_t *attr = ippFindAttribute(from, name, IPP_TAG_TEXT);
	size_t used = 0;

	to[0] = '\0';
	for (int i = 0; i < ippGetCount(attr); i++)
		used += (size_t)snprintf(to + used, size - used, "%s\n",
					 ippGetString(attr, i, NULL));
}

static void
markers_become_supplies(void)
{
	static const char *const names[] = {"Ribbon", "Cyan & light", "Waste", "Odd"};
	static const char *const types[] = {"ink-ribbon", "ink", "waste-ink",
					    "no-such-thing"};
	static const char *const colors[] = {"#000000", "#00FFFF#80FFFF", "none",
					     "#ffff00"};
	static const int levels[] = {62, -3, 101, -1};
	ipp_t *queue = ippNew(), *to = ippNew();
	char text[2000];

	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_NAME, "marker-names", 4, NULL,
		      names);
	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "marker-types", 4, NULL,
		      types);
	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_NAME, "marker-colors", 4, NULL,
		      colors);
	ippAddIntegers(queue, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "marker-levels", 4,
		       levels);
	printer_supplies(to, queue);
	octets(to, "printer-supply", text, sizeof(text));
	TAP_OK(strcmp(text,
		      "type=inkRibbon;maxcapacity=100;level=62;index=1;"
		      "class=supplyThatIsConsumed;unit=percent;colorantname=black;\n"
		      "type=ink;maxcapacity=100;level=-3;index=2;"
		      "class=supplyThatIsConsumed;unit=percent;colorantname=other;\n"
		      "type=wasteInk;maxcapacity=100;level=100;index=3;"
		      "class=receptacleThatIsFilled;unit=percent;colorantname=unknown;"
		      "\n"
		      "type=other;maxcapacity=100;level=-2;index=4;"
		      "class=supplyThatIsConsumed;unit=percent;colorantname=yellow;"
		      "\n") == 0,
	       "markers are rows of printer-supply");
	strings(to, "printer-supply-description", text, sizeof(text));
	TAP_OK(strcmp(text, "Ribbon\nCyan & light\nWaste\nOdd\n") == 0,
	       "and their names its descriptions");
	TAP_OK(ippGetCount(ippFindAttribute(to, "marker-levels", IPP_TAG_INTEGER)) == 4,
	       "marker-levels go through, for CUPS's own clients");
	ippDelete(queue);
	ippDelete(to);
}

static void
lists_of_different_length_are_read_to_their_ends(void)
{
	static const char *const names[] = {"A", "B"};
	ipp_t *queue = ippNew(), *to = ippNew();
	char text[2000];

	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_NAME, "marker-names", 2, NULL,
		      names);
	ippAddString(queue, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "marker-types", NULL,
		     "toner");
	printer_supplies(to, queue);
	octets(to, "printer-supply", text, sizeof(text));
	TAP_OK(strstr(text, "type=toner;maxcapacity=100;level=-2;index=1;") != NULL &&
		       strstr(text, "type=unknown;maxcapacity=100;level=-2;index=2;") !=
			       NULL,
	       "what is missing is unknown");
	ippDelete(queue);
	ippDelete(to);
}

static void
nothing_told_is_one_unknown_supply(void)
{
	ipp_t *to = ippNew();
	char text[2000];

	printer_supplies(to, NULL);
	octets(to, "printer-supply", text, sizeof(text));
	TAP_OK(strncmp(text, "type=unknown;maxcapacity=-2;level=-2;", 37) == 0 &&
		       strchr(text, '\n')[1] == '\0',
	       "a queue that tells nothing has one supply, unknown");
	ippDelete(to);
}

static void
reasons_become_alerts(void)
{
	static const struct {
		const char *reasons, *alerts, *words;
		int state;
	} rows[] = {
		{"none",
		 "code=printerReadyToPrint;severity=other;group=generalPrinter\n",
		 "ready to print\n", IPP_PSTATE_IDLE},
		{"", "code=subunitTurnedOff;severity=warning;group=generalPrinter\n",
		 "paused\n", IPP_PSTATE_STOPPED},
		{"media-empty-error,marker-supply-low-warning",
		 "code=inputMediaSupplyEmpty;severity=critical;group=input\n"
		 "code=subunitAlmostEmpty;severity=warning;group=markerSupplies\n",
		 "media empty\nmarker supply low\n", IPP_PSTATE_STOPPED},
		{"media-jam", "code=jam;severity=critical;group=mediaPath\n",
		 "media jam\n", IPP_PSTATE_PROCESSING},
		{"com.example-lamp-report", "code=other;severity=other;group=other\n",
		 "com.example lamp\n", IPP_PSTATE_IDLE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ipp_t *to = ippNew();
		char alerts[1000], words[1000];

		printer_alerts(to, rows[i].reasons, rows[i].state);
		octets(to, "printer-alert", alerts, sizeof(alerts));
		strings(to, "printer-alert-description", words, sizeof(words));
		TAP_OK(strcmp(alerts, rows[i].alerts) == 0 &&
			       strcmp(words, rows[i].words) == 0,
		       "the alerts of '%s'", rows[i].reasons);
		ippDelete(to);
	}
}

int
main(void)
{
	markers_become_supplies();
	lists_of_different_length_are_read_to_their_ends();
	nothing_told_is_one_unknown_supply();
	reasons_become_alerts();
	return tap_done();
}
