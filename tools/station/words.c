#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

#include "tools/station/words.h"

#define LINE_MAX_BYTES 2048

enum language { ENGLISH, GERMAN, LANGUAGES };

static enum language language = ENGLISH;

/* clang-format off */
static const char *const words[WORDS_COUNT][LANGUAGES] = {
	[WORDS_WELCOME] = {
		"Collect your order: type or scan your claim code, or type your order number,\n"
		"your card or telephone number, or @ and your name. Enter clears the screen.",
		"Auftrag abholen: Abholcode eingeben oder scannen, oder Auftragsnummer eingeben,\n"
		"Karten- oder Telefonnummer, oder @ und Ihren Namen. Enter leert den Schirm."},
	[WORDS_ASK_WHAT] = {"Claim code or number: ", "Abholcode oder Nummer: "},
	[WORDS_ASK_PIN] = {"PIN: ", "PIN: "},
	[WORDS_ASK_CHOICE] = {"Which order? Number, or a for all: ",
		"Welcher Auftrag? Nummer, oder a für alle: "},
	[WORDS_ASK_RELEASE] = {"Produce it now? [y/n] ", "Jetzt produzieren? [j/n] "},
	[WORDS_ASK_AGAIN] = {
		"It stopped in the middle, so parts of it may be produced twice. Produce it again? [y/n] ",
		"Er brach mittendrin ab; Teile können doppelt entstehen. Noch einmal produzieren? [j/n] "},
	[WORDS_ASK_PROOF_AGAIN] = {
		"Its proof stopped in the middle. Produce the proof again, all of it, or nothing? [p/a/n] ",
		"Der Probedruck brach mittendrin ab. Probedruck noch einmal, alles oder nichts produzieren? [p/a/n] "},
	[WORDS_PROOF_LETTERS] = {"pa", "pa"},
	[WORDS_ASK_REST] = {
		"%1 of %2 pages came out. The rest, all of it again, or nothing? [r/a/n] ",
		"%1 von %2 Seiten kamen heraus. Den Rest, alles noch einmal, oder nichts? [r/a/n] "},
	[WORDS_REST] = {"r", "r"},
	[WORDS_ALL] = {"a", "a"},
	[WORDS_ASK_RELEASE_ALL] = {"Produce all %1 orders now? [y/n] ",
		"Alle %1 Aufträge jetzt produzieren? [j/n] "},
	[WORDS_MISTYPED] = {
		"That code is mistyped; please look at it again. (It was not counted as a try.)",
		"Der Code ist vertippt; bitte noch einmal ansehen. (Es zählte nicht als Versuch.)"},
	[WORDS_NO_PIN] = {"No PIN was given.", "Es wurde keine PIN angegeben."},
	[WORDS_SEVERAL] = {"Several orders; name one by its number, or take --all.",
		"Mehrere Aufträge; bitte einen mit seiner Nummer nennen, oder --all."},
	[WORDS_NONE_OF_THESE] = {"None of these.", "Keiner von diesen."},
	[WORDS_NOTHING_WAITS] = {"Nothing waits for this.", "Hierfür wartet nichts."},
	[WORDS_SAY_AGAIN] = {"%1 (--again makes it again, --rest goes on behind what came out.)",
		"%1 (--again macht es noch einmal, --rest fährt hinter dem fort, was herauskam.)"},
	[WORDS_NO_SERVICE] = {"The service cannot be reached; please ask the staff.",
		"Der Dienst ist nicht erreichbar; bitte wenden Sie sich an das Personal."},
	[WORDS_YES] = {"y", "jy"},
	[WORDS_NOT_RELEASED] = {"Nothing was released.", "Nichts wurde freigegeben."},
	[WORDS_CODE_IN_ARGV] = {
		"warning: others can see this code in the list of processes; standard input or --pin-file are safer",
		"Warnung: andere können diesen Code in der Prozessliste sehen; Standardeingabe oder --pin-file sind sicherer"},
	[WORDS_PRINTER_STOPPED] = {
		"The printer '%1' is stopped at present: %2",
		"Der Drucker '%1' steht zurzeit: %2"},
	[WORDS_PRINTER_SAYS] = {"The printer '%1' reports: %2", "Der Drucker '%1' meldet: %2"},
	[WORDS_PRINTER_WELL] = {"The printer '%1' is well again.",
		"Der Drucker '%1' ist wieder bereit."},
	[WORDS_REASON_INK_EMPTY] = {"out of ink, ribbon or toner", "Tinte, Farbband oder Toner fehlt"},
	[WORDS_REASON_INK_LOW] = {"ink, ribbon or toner is low",
		"Tinte, Farbband oder Toner geht zur Neige"},
	[WORDS_REASON_JAM] = {"paper jam", "Papierstau"},
	[WORDS_REASON_NO_PAPER] = {"out of paper", "kein Papier"},
	[WORDS_REASON_OFFLINE] = {"offline", "nicht erreichbar"},
	[WORDS_REASON_OPEN] = {"a cover is open", "eine Klappe ist offen"},
	[WORDS_REASON_OTHER] = {"it needs the staff", "es braucht das Personal"},
	[WORDS_REASON_OUTPUT_FULL] = {"the output tray is full", "das Ausgabefach ist voll"},
	[WORDS_REASON_PAPER_LOW] = {"paper is low", "das Papier geht zur Neige"},
	[WORDS_REASON_SHUT] = {"shut down", "außer Betrieb"},
	[WORDS_REASON_TRAY] = {"a tray is missing", "ein Papierfach fehlt"},
	[WORDS_ORDER_OF] = {"Order %1 of %2", "Auftrag %1 von %2"},
	[WORDS_COPIES] = {"%1 copies", "%1 Exemplare"},
	[WORDS_COPY] = {"1 copy", "1 Exemplar"},
	[WORDS_DOCUMENTS] = {"%1 documents", "%1 Dokumente"},
	[WORDS_DOCUMENT] = {"1 document", "1 Dokument"},
	[WORDS_DOCUMENT_OF] = {"document %1 of %2", "Dokument %1 von %2"},
	[WORDS_MORE_DOCUMENTS] = {"and %1 more", "und %1 weitere"},
	[WORDS_NO_NAME] = {"(no name)", "(ohne Namen)"},
	[WORDS_PRICE] = {"Price: %1", "Preis: %1"},
	[WORDS_DECIMAL_POINT] = {".", ","},
	[WORDS_RELEASED] = {"Order %1 is released.", "Auftrag %1 ist freigegeben."},
	[WORDS_DONE] = {"Order %1 is done.", "Auftrag %1 ist fertig."},
	[WORDS_PROOF_NEXT] = {
		"A proof comes first (copies: %1); then it waits again.",
		"Zuerst kommt ein Probedruck (Exemplare: %1); danach wartet er wieder."},
	[WORDS_PROOF_DONE] = {
		"The proof of order %1 is done. If you like it, release the order again.",
		"Der Probedruck von Auftrag %1 ist fertig. Wenn er Ihnen gefällt, den Auftrag noch einmal freigeben."},
	[WORDS_DONE_IN_PART] = {"Order %1 is done as far as it was released; the rest waits.",
		"Auftrag %1 ist fertig, soweit er freigegeben war; der Rest wartet."},
	[WORDS_STOPPED] = {
		"Order %1: %2 (Please ask the staff.)",
		"Auftrag %1: %2 (Bitte wenden Sie sich an das Personal.)"},
	[WORDS_CANCELED] = {"Order %1 was canceled.", "Auftrag %1 wurde storniert."},
	[WORDS_EXPIRED] = {"Order %1 was not collected in time.",
		"Auftrag %1 wurde nicht rechtzeitig abgeholt."},
	[WORDS_HELD_AGAIN] = {
		"Order %1 waits again: the printer did not begin in time. Please release it once more.",
		"Auftrag %1 wartet wieder: der Drucker begann nicht rechtzeitig. Bitte noch einmal freigeben."},
	[WORDS_AWAY] = {"The service does not answer; the order is safe. Trying again ...",
		"Der Dienst antwortet nicht; der Auftrag ist sicher. Neuer Versuch ..."},
	[WORDS_BACK] = {"The service answers again.", "Der Dienst antwortet wieder."},
	[WORDS_WATCH_ENDED] = {"No longer watching; order %1 goes on.",
		"Nicht mehr beobachtet; Auftrag %1 läuft weiter."},
	[WORDS_STATE_PENDING] = {"waits for the printer", "wartet auf den Drucker"},
	[WORDS_STATE_HELD] = {"waits to be collected", "wartet auf Abholung"},
	[WORDS_STATE_PROCESSING] = {"is being produced", "wird produziert"},
	[WORDS_STATE_STOPPED] = {"stopped", "unterbrochen"},
	[WORDS_STATE_CANCELED] = {"canceled", "storniert"},
	[WORDS_STATE_ABORTED] = {"damaged", "beschädigt"},
	[WORDS_STATE_COMPLETED] = {"done", "fertig"},
	[WORDS_PHASE_RENDERING] = {"is being rendered", "wird aufbereitet"},
	[WORDS_PHASE_SENDING] = {"is on its way to the printer", "wird zum Drucker übertragen"},
	[WORDS_PHASE_PRINTING] = {"is being printed", "wird gedruckt"},
	[WORDS_PAGES] = {"%1 of %2 pages", "%1 von %2 Seiten"},
	[WORDS_PAGES_SO_FAR] = {"%1 pages", "%1 Seiten"},
};
/* clang-format on */

/* As setlocale(3) looks for LC_MESSAGES; but a station speaks German also where the
 * machine has no German locale. */
void
words_open(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *value = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (value == NULL || *value == '\0')
			value = getenv(names[i]);
	language = value != NULL && strncmp(value, "de", 2) == 0 ? GERMAN : ENGLISH;
}

const char *
words_plain(enum words_id id)
{
	return words[id][language];
}

void
words_say(char *to, size_t size, enum words_id id, const char *value1,
	  const char *value2)
{
	char whole[LINE_MAX_BYTES];
	const char *at = words_plain(id);
	size_t used = 0;

	while (*at != '\0' && used < sizeof(whole) - 1) {
		const char *value = at[0] != '%'   ? NULL
				    : at[1] == '1' ? value1
						   : value2;
		size_t room = sizeof(whole) - 1 - used;

		if (*at != '%') {
			whole[used++] = *at++;
			continue;
		}
		at += 2;
		if (value != NULL && strlen(value) < room)
			room = strlen(value);
		if (value != NULL) {
			memcpy(whole + used, value, room);
			used += room;
		}
	}
	whole[used] = '\0';
	text_copy(to, size, whole);
}

static void
line(FILE *to, enum words_id id, const char *value1, const char *value2)
{
	char text[LINE_MAX_BYTES];

	words_say(text, sizeof(text), id, value1, value2);
	fprintf(to, "%s\n", text);
	fflush(to);
}

void
words_out(enum words_id id, const char *value1, const char *value2)
{
	line(stdout, id, value1, value2);
}

void
words_err(enum words_id id, const char *value1, const char *value2)
{
	line(stderr, id, value1, value2);
}
