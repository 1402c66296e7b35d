/*
 * texts.c - the table.
 */
#include <string.h>
#include <strings.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "spoold/front/texts.h"

/* clang-format off */
static const char *const texts[TEXTS_COUNT][TEXTS_LANGUAGES] = {
	[TEXTS_COLLECT_CODE] = {
		"Your order waits for you. To collect it, give this claim code at the station: %1. It is shown only now.",
		"Ihr Auftrag wartet auf Sie. Zum Abholen diesen Abholcode an der Station eingeben: %1. Er wird nur jetzt gezeigt."},
	[TEXTS_WAITS_CODE] = {
		"Waits until its claim code is given at the station.",
		"Wartet, bis sein Abholcode an der Station eingegeben wird."},
	[TEXTS_WAITS_PIN] = {
		"Waits until order number %1 and its PIN are given at the station.",
		"Wartet, bis Auftragsnummer %1 und PIN an der Station eingegeben werden."},
	[TEXTS_LOCKED] = {
		"After too many wrong tries nobody can open it for %1 minutes.",
		"Nach zu vielen falschen Versuchen kann ihn %1 Minuten lang niemand öffnen."},
	[TEXTS_INCOMING] = {
		"Waits for its documents.",
		"Wartet auf seine Dokumente."},
	[TEXTS_OPERATOR_HOLD] = {
		"Is on hold.",
		"Ist angehalten."},
	[TEXTS_SUSPENDED] = {
		"Is released, and suspended by the staff; it is produced when they let it go on.",
		"Ist freigegeben und vom Personal zurückgestellt; wird produziert, sobald es weitergehen darf."},
	[TEXTS_RELEASED] = {
		"Is released and will be produced next.",
		"Ist freigegeben und wird gleich produziert."},
	[TEXTS_PRODUCING] = {
		"Is being produced.",
		"Wird produziert."},
	[TEXTS_STOPPED] = {
		"Production stopped: %1",
		"Die Produktion wurde unterbrochen: %1"},
	[TEXTS_COMPLETED] = {
		"Is completed.",
		"Ist fertig."},
	[TEXTS_CANCELED] = {
		"Was canceled.",
		"Wurde storniert."},
	[TEXTS_EXPIRED] = {
		"Was not collected in time.",
		"Wurde nicht rechtzeitig abgeholt."},
	[TEXTS_CORRUPT] = {
		"Its stored data is damaged; please ask the staff.",
		"Die gespeicherten Daten sind beschädigt; bitte wenden Sie sich an das Personal."},
	[TEXTS_RESTARTED] = {
		"It begins anew: what was printed of it before will be printed again.",
		"Er beginnt von vorn: Was davon schon gedruckt wurde, wird noch einmal gedruckt."},
	[TEXTS_STORED] = {
		"Is stored. To have it produced (again), hand it in anew with its claim code or PIN (Resubmit-Job).",
		"Ist gespeichert. Um ihn (noch einmal) produzieren zu lassen, mit Abholcode oder PIN neu einreichen (Resubmit-Job)."},
	[TEXTS_STORED_CODE] = {
		"Your order is stored. To have it produced, hand it in anew with this claim code: %1. It is shown only now.",
		"Ihr Auftrag ist gespeichert. Um ihn produzieren zu lassen, mit diesem Abholcode neu einreichen: %1. Er wird nur jetzt gezeigt."},
	[TEXTS_NO_IDENTIFICATION] = {
		"The order's claim code or PIN is needed for this (job-password).",
		"Dafür wird der Abholcode oder die PIN des Auftrags gebraucht (job-password)."},
	[TEXTS_PROOF_NEXT] = {
		"A proof of it (copies: %1) is produced first; then it waits again.",
		"Zuerst wird ein Probedruck produziert (Exemplare: %1); danach wartet er wieder."},
	[TEXTS_PROOF_NOW] = {
		"This is its proof (copies: %1).",
		"Das ist der Probedruck (Exemplare: %1)."},
	[TEXTS_PROOF_MADE] = {
		"Its proof was produced; if you like it, release the order again. %1",
		"Der Probedruck ist fertig; wenn er Ihnen gefällt, geben Sie den Auftrag noch einmal frei. %1"},
	[TEXTS_DOC_EMPTY] = {
		"The document is empty (0 bytes). Please send it again.",
		"Das Dokument ist leer (0 Bytes). Bitte noch einmal senden."},
	[TEXTS_DOC_NOT_KNOWN] = {
		"This is not a picture or document that can be produced here. Please send one of: %1.",
		"Das ist kein Bild oder Dokument, das hier produziert werden kann. Bitte senden Sie eines von: %1."},
	[TEXTS_DOC_CUT_OFF] = {
		"The document (%1) ends in the middle. Please send it again.",
		"Das Dokument (%1) bricht mittendrin ab. Bitte noch einmal senden."},
	[TEXTS_DOC_DAMAGED] = {
		"The document (%1) is damaged.",
		"Das Dokument (%1) ist beschädigt."},
	[TEXTS_DOC_TOO_LARGE] = {
		"The picture has too many pixels (%1). Please send a smaller one.",
		"Das Bild hat zu viele Pixel (%1). Bitte senden Sie ein kleineres."},
	[TEXTS_DOC_ENCRYPTED] = {
		"The document is encrypted. Please remove its password and send it again.",
		"Das Dokument ist verschlüsselt. Bitte entfernen Sie das Kennwort und senden Sie es noch einmal."},
	[TEXTS_DOC_OTHER] = {
		"The document was announced as %1 but is %2.",
		"Das Dokument wurde als %1 angekündigt, ist aber %2."},
	[TEXTS_DOC_FORMAT] = {
		"Documents of type %1 are not taken here.",
		"Dokumente vom Typ %1 werden hier nicht angenommen."},
	[TEXTS_DOC_BYTES] = {
		"The document is larger than %1 bytes.",
		"Das Dokument ist größer als %1 Bytes."},
	[TEXTS_DOC_COUNT] = {
		"An order may have at most %1 documents.",
		"Ein Auftrag darf höchstens %1 Dokumente haben."},
	[TEXTS_COMPRESSION] = {
		"Compression '%1' is not supported.",
		"Die Kompression '%1' wird nicht unterstützt."},
	[TEXTS_BAD_COMPRESSION] = {
		"The document is damaged: it is not whole %1 data.",
		"Das Dokument ist beschädigt: es besteht nicht aus vollständigen %1-Daten."},
	[TEXTS_FULL] = {
		"There is no room for further orders at present. Please try again later, or ask the staff.",
		"Zurzeit ist kein Platz für weitere Aufträge. Bitte später noch einmal versuchen oder das Personal fragen."},
	[TEXTS_FULL_PRINTER] = {
		"So much waits for this printer that it takes no more at present. Please try again later, or ask the staff.",
		"Für diesen Drucker wartet so viel, dass er zurzeit nichts mehr annimmt. Bitte später noch einmal versuchen oder das Personal fragen."},
	[TEXTS_FULL_ORDERS] = {
		"As many of your orders wait here as one customer may have. Please fetch or cancel one, then send this one again.",
		"Von Ihnen warten hier so viele Aufträge, wie ein Kunde haben darf. Bitte einen abholen oder stornieren und diesen dann noch einmal senden."},
	[TEXTS_FULL_BYTES] = {
		"Your waiting orders and this one are larger than one customer may have. Please fetch or cancel one, then send this one again.",
		"Ihre wartenden Aufträge und dieser sind zusammen größer, als ein Kunde haben darf. Bitte einen abholen oder stornieren und diesen dann noch einmal senden."},
	[TEXTS_TOO_LARGE] = {
		"The document is larger than is taken here. Please send a smaller one.",
		"Das Dokument ist größer, als hier angenommen wird. Bitte senden Sie ein kleineres."},
	[TEXTS_TOO_LARGE_ORDER] = {
		"The order is larger than is taken here. Please send it in several orders.",
		"Der Auftrag ist größer, als hier angenommen wird. Bitte teilen Sie ihn in mehrere Aufträge."},
	[TEXTS_TOO_LARGE_QUOTA] = {
		"The order alone is larger than one customer may have here. Please make it smaller, or ask the staff.",
		"Der Auftrag allein ist größer, als ein Kunde hier haben darf. Bitte verkleinern Sie ihn oder fragen Sie das Personal."},
	[TEXTS_DOC_UNCHECKED] = {
		"The document (%1) could not be checked: it is too large, or too many others are being checked.",
		"Das Dokument (%1) konnte nicht geprüft werden: Es ist zu groß, oder es werden gerade zu viele andere geprüft."},
	[TEXTS_DOC_FEW_PIXELS] = {
		"The picture has too few pixels for the size ordered: %1 an inch, and %2 are needed. Please order it smaller or send a larger picture.",
		"Das Bild hat zu wenige Pixel für die bestellte Größe: %1 pro Zoll, nötig sind %2. Bitte kleiner bestellen oder ein größeres Bild senden."},
	[TEXTS_WARN_DOUBTFUL] = {
		"Please note: '%1' has faults in its structure and may not come out as you mean it.",
		"Bitte beachten: '%1' hat Fehler im Aufbau und wird vielleicht nicht so, wie Sie es meinen."},
	[TEXTS_WARN_DAMAGED] = {
		"Please note: '%1' is damaged or cut off; it will probably not be produced.",
		"Bitte beachten: '%1' ist beschädigt oder abgeschnitten und wird wahrscheinlich nicht produziert."},
	[TEXTS_WARN_ENCRYPTED] = {
		"Please note: '%1' is encrypted; it can't be produced with its password.",
		"Bitte beachten: '%1' ist verschlüsselt und kann mit dem Kennwort nicht produziert werden."},
	[TEXTS_WARN_UNCHECKED] = {
		"Please note: '%1' could not be checked.",
		"Bitte beachten: '%1' konnte nicht geprüft werden."},
	[TEXTS_WARN_FEW_PIXELS] = {
		"Please note: the picture has only %1 pixels an inch at the size ordered (%2 are advised) and may look blurred.",
		"Bitte beachten: Das Bild hat bei der bestellten Größe nur %1 Pixel pro Zoll (empfohlen: %2) und kann unscharf wirken."},
	[TEXTS_BAD_REQUEST] = {
		"The request is not well formed: %1",
		"Die Anfrage ist nicht wohlgeformt: %1"},
	[TEXTS_VERSION] = {
		"This IPP version is not supported.",
		"Diese IPP-Version wird nicht unterstützt."},
	[TEXTS_CHARSET] = {
		"This character set is not supported; use utf-8.",
		"Dieser Zeichensatz wird nicht unterstützt; bitte utf-8 verwenden."},
	[TEXTS_OPERATION] = {
		"This operation is not supported.",
		"Diese Operation wird nicht unterstützt."},
	[TEXTS_NO_TARGET] = {
		"The request names no printer and no job.",
		"Die Anfrage nennt weder Drucker noch Auftrag."},
	[TEXTS_NO_PRINTER] = {
		"There is no printer '%1'.",
		"Es gibt keinen Drucker '%1'."},
	[TEXTS_NO_JOB] = {
		"There is no order %1.",
		"Es gibt keinen Auftrag %1."},
	[TEXTS_NO_JOBS_HERE] = {
		"This address is not one of a printer or an order.",
		"Diese Adresse gehört zu keinem Drucker und keinem Auftrag."},
	[TEXTS_TOO_MUCH] = {
		"The request is too large: %1",
		"Die Anfrage ist zu groß: %1"},
	[TEXTS_ATTRIBUTES] = {
		"This printer can't do all that was ordered: %1.",
		"Dieser Drucker kann nicht alles, was bestellt wurde: %1."},
	[TEXTS_NOT_ACCEPTING] = {
		"The printer takes no orders at present.",
		"Der Drucker nimmt zurzeit keine Aufträge an."},
	[TEXTS_NOT_YOURS] = {
		"This is somebody else's order.",
		"Das ist der Auftrag von jemand anderem."},
	[TEXTS_CANCEL_YOURS] = {
		"Only operators cancel everybody's orders, over the station socket. Your own: cancel -u NAME -a",
		"Alle Aufträge bricht nur das Personal ab, über den Socket der Station. Die eigenen: cancel -u NAME -a"},
	[TEXTS_NOT_OPEN] = {
		"Order %1 takes no more documents.",
		"Auftrag %1 nimmt keine Dokumente mehr an."},
	[TEXTS_BUSY_JOB] = {
		"A document of order %1 is still arriving. Please try again shortly.",
		"Ein Dokument von Auftrag %1 trifft gerade noch ein. Bitte gleich noch einmal versuchen."},
	[TEXTS_NO_DOCUMENT] = {
		"The order has no document %1.",
		"Der Auftrag hat kein Dokument %1."},
	[TEXTS_DOCUMENT_CANCELED] = {
		"Document %1 was cancelled.",
		"Dokument %1 wurde abgebrochen."},
	[TEXTS_DOCUMENT_PLACED] = {
		"Document %1 was checked for its paper, scaling and crop when it came; to change those, cancel it and send it again.",
		"Dokument %1 wurde beim Eintreffen für Papier, Skalierung und Ausschnitt geprüft; um diese zu ändern, brechen Sie es ab und senden es noch einmal."},
	[TEXTS_SEALED] = {
		"Order %1 is complete, and its documents are as they were acknowledged; cancel it and hand in another one.",
		"Auftrag %1 ist vollständig, und seine Dokumente bleiben, wie sie bestätigt wurden; brechen Sie ihn ab und reichen Sie einen neuen ein."},
	[TEXTS_NO_DOCUMENTS] = {
		"The order has no documents.",
		"Der Auftrag hat keine Dokumente."},
	[TEXTS_PASSWORD] = {
		"This PIN can't be used: %1.",
		"Diese PIN kann nicht verwendet werden: %1."},
	[TEXTS_NO_STATION] = {
		"Orders are released at a station only.",
		"Aufträge werden nur an einer Station freigegeben."},
	[TEXTS_MISTYPED] = {
		"The claim code is mistyped. Please compare it with your slip.",
		"Der Abholcode enthält einen Tippfehler. Bitte mit Ihrem Beleg vergleichen."},
	[TEXTS_WRONG] = {
		"No order waits for this claim code or PIN.",
		"Auf diesen Abholcode oder diese PIN wartet kein Auftrag."},
	[TEXTS_SEVERAL] = {
		"Several orders wait for this PIN. Please choose one by its number.",
		"Auf diese PIN warten mehrere Aufträge. Bitte einen über seine Nummer wählen."},
	[TEXTS_GUEST_PIN] = {
		"A PIN alone does not say whose order it is. Please give the order's number, or its customer's name, with it.",
		"Eine PIN allein sagt nicht, wessen Auftrag es ist. Bitte Auftragsnummer oder Namen des Kunden dazu angeben."},
	[TEXTS_NOT_HELD] = {
		"The order is not on hold; it waits for its identification at the station.",
		"Der Auftrag ist nicht angehalten; er wartet auf seine Identifikation an der Station."},
	[TEXTS_NOT_SETTABLE] = {
		"Of an order that was handed in only the hold can be changed (job-hold-until).",
		"An einem angenommenen Auftrag lässt sich nur das Anhalten ändern (job-hold-until)."},
	[TEXTS_NO_MOVE] = {
		"Orders are not moved here. Move the order's job in the CUPS scheduler to another production queue.",
		"Aufträge werden nicht hier verschoben. Verschieben Sie den Job des Auftrags im CUPS-Scheduler auf eine andere Produktionswarteschlange."},
	[TEXTS_NO_RESTART] = {
		"Order %1 is not over: only an order that stopped, or is stored, can be restarted.",
		"Auftrag %1 ist noch nicht zu Ende: Nur ein angehaltener oder gespeicherter Auftrag lässt sich neu beginnen."},
	[TEXTS_NOTHING_LEFT] = {
		"Order %1 is over and its documents are gone; only what is stored (job-storage) is kept to be produced again.",
		"Auftrag %1 ist zu Ende, seine Dokumente sind gelöscht; nur Gespeichertes (job-storage) bleibt, um noch einmal produziert zu werden."},
	[TEXTS_PURGE_ALL] = {
		"Purge-Jobs takes all orders of a printer; to cancel some of them use Cancel-Jobs.",
		"Purge-Jobs nimmt alle Aufträge eines Druckers; um einige abzubrechen, Cancel-Jobs verwenden."},
	[TEXTS_NO_PRINTER_CONTROL] = {
		"Printers are managed in the CUPS scheduler behind this service: use the command without -h.",
		"Drucker werden im CUPS-Scheduler hinter diesem Dienst verwaltet: den Befehl ohne -h verwenden."},
	[TEXTS_OPERATORS] = {
		"Only operators may do that: on this machine, over the station socket (-h %1).",
		"Das dürfen nur Bediener: auf diesem Rechner, über den Stations-Socket (-h %1)."},
	[TEXTS_NOT_OF_PRINTER] = {
		"Of a printer, only printer-info, printer-location and printer-message-from-operator can be set.",
		"An einem Drucker lassen sich nur printer-info, printer-location und printer-message-from-operator setzen."},
	[TEXTS_NO_LOOK] = {
		"Documents are sealed; nobody can look into them here.",
		"Dokumente sind versiegelt; niemand kann hier hineinsehen."},
	[TEXTS_NO_SUBSCRIPTION] = {
		"There is no subscription %1.",
		"Es gibt kein Abonnement %1."},
	[TEXTS_SUBSCRIPTIONS] = {
		"Not every subscription can be had; notify-status-code says why.",
		"Nicht jedes Abonnement ist möglich; notify-status-code sagt, warum."},
	[TEXTS_JOB_LEASE] = {
		"The subscription lasts as long as its order and can't be renewed.",
		"Das Abonnement gilt so lange wie sein Auftrag und lässt sich nicht verlängern."},
	[TEXTS_EVENT_ORDER] = {
		"Order %1: %2",
		"Auftrag %1: %2"},
	[TEXTS_EVENT_OTHERS] = {
		"Order %1 has changed.",
		"Auftrag %1 hat sich geändert."},
	[TEXTS_EVENT_IDLE] = {
		"Printer %1 is idle.",
		"Drucker %1 ist frei."},
	[TEXTS_EVENT_BUSY] = {
		"Printer %1 is at work.",
		"Drucker %1 arbeitet."},
	[TEXTS_EVENT_STOPPED] = {
		"Printer %1 is stopped.",
		"Drucker %1 ist angehalten."},
	[TEXTS_BUSY] = {
		"The service is busy. Please try again shortly.",
		"Der Dienst ist ausgelastet. Bitte gleich noch einmal versuchen."},
	[TEXTS_INTERNAL] = {
		"Something went wrong here; it is in the log.",
		"Hier ist etwas schiefgegangen; es steht im Protokoll."},
	[TEXTS_PRINTER_NOT_READY] = {
		"The queue behind this printer does not answer; orders are taken all the same.",
		"Die Warteschlange hinter diesem Drucker antwortet nicht; Aufträge werden trotzdem angenommen."},
	[TEXTS_PAGE_SERVICE] = {
		"This is a print service: send it your pictures with any IPP client; they wait, sealed, until you collect them at the station.",
		"Das ist ein Druckdienst: Senden Sie Ihre Bilder mit einem beliebigen IPP-Programm; sie warten versiegelt, bis Sie sie an der Station abholen."},
	[TEXTS_PAGE_PRINTER] = {
		"%1 (%2)",
		"%1 (%2)"},
	[TEXTS_PAGE_ORDER] = {
		"Order %1",
		"Auftrag %1"},
	[TEXTS_PAGE_ANY_ORDER] = {
		"Your order",
		"Ihr Auftrag"},
	[TEXTS_PAGE_CODE] = {
		"To collect it, give your claim code at the station. It was shown once, when the order was taken.",
		"Zum Abholen geben Sie Ihren Abholcode an der Station ein. Er wurde einmal gezeigt, als der Auftrag angenommen wurde."},
	[TEXTS_PAGE_PIN] = {
		"To collect it, give order number %1 and the PIN that you chose at the station.",
		"Zum Abholen geben Sie die Auftragsnummer %1 und die PIN, die Sie gewählt haben, an der Station ein."},
	[TEXTS_PAGE_HOW] = {
		"To collect an order, give at the station either its claim code, or its number and the PIN that you chose. Only its own page, whose address your printing program was told, says more.",
		"Zum Abholen eines Auftrags geben Sie an der Station entweder seinen Abholcode ein oder seine Nummer und die PIN, die Sie gewählt haben. Mehr sagt nur seine eigene Seite, deren Adresse Ihr Druckprogramm erhalten hat."},
	[TEXTS_PAGE_SUPPLIES] = {
		"Supplies",
		"Verbrauchsmaterial"},
	[TEXTS_PAGE_SUPPLY] = {
		"%1: %2",
		"%1: %2"},
	[TEXTS_PAGE_NO_SUPPLIES] = {
		"The printer does not tell of its supplies.",
		"Der Drucker sagt nichts über sein Verbrauchsmaterial."},
	[TEXTS_PAGE_NOT_HERE] = {
		"There is no such page.",
		"Diese Seite gibt es nicht."},
};
/* clang-format on */

static const char *const tags[TEXTS_LANGUAGES] = {"en", "de"};

enum texts_language
texts_language(const char *tag)
{
	if (tag == NULL)
		return TEXTS_EN;
	for (int i = 0; i < TEXTS_LANGUAGES; i++) {
		char behind = strncasecmp(tag, tags[i], 2) == 0 ? tag[2] : 'x';
		if (behind == '\0' || behind == '-' || behind == '_')
			return (enum texts_language)i;
	}
	return TEXTS_EN;
}

enum texts_language
texts_accepted(const char *field)
{
	while (*field != '\0') {
		size_t len;
		field += strspn(field, ", \t");
		len = strcspn(field, ",; \t");
		for (int i = 0; i < TEXTS_LANGUAGES; i++)
			if (len >= 2 && strncasecmp(field, tags[i], 2) == 0 &&
			    (len == 2 || field[2] == '-'))
				return (enum texts_language)i;
		field += strcspn(field, ",");
	}
	return TEXTS_EN;
}

const char *
texts_tag(enum texts_language language)
{
	return tags[language];
}

/* Appends as much of a piece as there is room for. */
static void
add(char *to, size_t size, const char *piece, size_t len)
{
	size_t used = strlen(to);

	if (len > size - used - 1)
		len = size - used - 1;
	memcpy(to + used, piece, len);
	to[used + len] = '\0';
}

/* A cut may have left half a character at the end. */
static void
drop_half_character(char *to)
{
	size_t len = strlen(to), at = len, want;

	while (at > 0 && ((uint8_t)to[at - 1] & 0xc0) == 0x80)
		at--;
	if (at == 0 || ((uint8_t)to[at - 1] & 0xc0) != 0xc0)
		return;
	want = (uint8_t)to[at - 1] >= 0xf0 ? 4 : (uint8_t)to[at - 1] >= 0xe0 ? 3 : 2;
	if (len - (at - 1) < want)
		to[at - 1] = '\0';
}

void
texts_say(char *to, size_t size, enum texts_language language, enum texts_id id,
	  const char *value1, const char *value2)
{
	const char *at = texts[id][language];

	INVARIANT(size > 0 && at != NULL);
	to[0] = '\0';
	while (*at != '\0') {
		size_t plain = strcspn(at, "%");
		add(to, size, at, plain);
		at += plain;
		if (*at == '\0')
			break;
		const char *value = at[1] == '1' ? value1 : value2;
		if (value != NULL)
			add(to, size, value, strlen(value));
		at += 2;
	}
	drop_half_character(to);
	text_strip_controls(to);
}
