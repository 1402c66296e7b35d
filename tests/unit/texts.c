/*
 * texts.c - the table of what front says is whole, and languages are found.
 */
#include <string.h>

#include "spoold/front/texts.h"
#include "tests/tap.h"

static void
every_text_has_every_language(void)
{
	char english[2000], other[2000];

	for (int id = 0; id < TEXTS_COUNT; id++)
		for (int l = 0; l < TEXTS_LANGUAGES; l++) {
			texts_say(english, sizeof(english), TEXTS_EN, (enum texts_id)id,
				  "<1>", "<2>");
			texts_say(other, sizeof(other), (enum texts_language)l,
				  (enum texts_id)id, "<1>", "<2>");
			if (other[0] != '\0' &&
			    (strstr(english, "<1>") != NULL) ==
				    (strstr(other, "<1>") != NULL) &&
			    (strstr(english, "<2>") != NULL) ==
				    (strstr(other, "<2>") != NULL))
				continue;
			TAP_OK(false, "text %d in %s: '%s'", id,
			       texts_tag((enum texts_language)l), other);
		}
	TAP_OK(true, "every text says the same values in every language");
}

static void
tags_lead_to_languages(void)
{
	static const struct {
		const char *tag;
		enum texts_language language;
	} rows[] = {
		{"de", TEXTS_DE},	  {"de-DE", TEXTS_DE}, {"de-at", TEXTS_DE},
		{"DE_ch.utf8", TEXTS_DE}, {"en", TEXTS_EN},    {"en-us", TEXTS_EN},
		{"den", TEXTS_EN},	  {"fr", TEXTS_EN},    {"", TEXTS_EN},
		{"d", TEXTS_EN},	  {NULL, TEXTS_EN},    {"nl-de", TEXTS_EN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TAP_OK(texts_language(rows[i].tag) == rows[i].language, "'%s' is %s",
		       rows[i].tag != NULL ? rows[i].tag : "nothing",
		       texts_tag(rows[i].language));
}

static void
browsers_get_the_first_language_we_have(void)
{
	static const struct {
		const char *field;
		enum texts_language language;
	} rows[] = {
		{"de-DE,de;q=0.9,en;q=0.8", TEXTS_DE},
		{"fr, de-CH;q=0.9, en", TEXTS_DE},
		{"en-GB,de", TEXTS_EN},
		{"fr", TEXTS_EN},
		{"", TEXTS_EN},
		{",,;q=1,\tde", TEXTS_DE},
		{"deutsch, en", TEXTS_EN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TAP_OK(texts_accepted(rows[i].field) == rows[i].language, "'%s' is %s",
		       rows[i].field, texts_tag(rows[i].language));
}

int
main(void)
{
	every_text_has_every_language();
	tags_lead_to_languages();
	browsers_get_the_first_language_we_have();
	return tap_done();
}
