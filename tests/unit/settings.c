/*
 * settings.c - facts about spoold.conf: what is wrong is refused with file and line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spoold/settings.h"
#include "tests/tap.h"

#define PRINTER "printer \"photo\" { queue = \"photo\" }\n"

static char path[] = "/tmp/claimcheck-settings-XXXXXX";
static struct settings s;
static struct error err;

static int
read_text(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	error_clear(&err);
	return settings_read(&s, path, &err);
}

struct refusal {
	const char *text;
	int line; /* 0: none is said */
	const char *words;
};

static const struct refusal refusals[] = {
	{"", 0, "there is no printer"},
	{"code-lenght = 12\n" PRINTER, 1, "code-lenght"},
	{"# a\n\n# b\nlog-level = loud\n" PRINTER, 4, "debug info notice error"},
	{"/* a\n b */ log-level = loud\n" PRINTER, 2, "debug info notice error"},
	{"code-length = 11\n" PRINTER, 1, "from 12 to 24"},
	{"code-length = 25\n" PRINTER, 1, "from 12 to 24"},
	{"code-length = 13\n" PRINTER, 0, "12, 16, 20 or 24"},
	{"code-length = twelve\n" PRINTER, 1, "no whole number"},
	{"code-length = 012x\n" PRINTER, 1, "no whole number"},
	{"max-document-bytes = 1.5G\n" PRINTER, 1, "no whole number"},
	{"max-document-bytes = 99999999999999999999T\n" PRINTER, 1, "no whole number"},
	{"max-document-bytes = 9223372036854775807T\n" PRINTER, 1, "no whole number"},
	{"max-document-bytes = 9G\n" PRINTER, 0, "max-order-bytes is less"},
	{"max-connections = -1\n" PRINTER, 1, "no whole number"},
	{"state-directory = here\n" PRINTER, 1, "begin it with '/'"},
	{"user = \"\"\n" PRINTER, 1, "0 characters"},
	{"release-over-tcp = maybe\n" PRINTER, 1, "neither true nor false"},
	{"recovery-key = abc\n" PRINTER, 1, "64 hex digits"},
	{"listen = {\"a:1\",\n\"b\"}\n" PRINTER, 2, "not host:port"},
	{"listen = {\"a:65536\"}\n" PRINTER, 1, "not host:port"},
	{"listen = {\":1\"}\n" PRINTER, 1, "not host:port"},
	{"listen = {a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1}\n" PRINTER, 1, "more than 8"},
	{"cups-server = cupsd\n" PRINTER, 0, "neither a path nor host:port"},
	{"key-derivation = blake2b\n" PRINTER, 0, "code-length to 16"},
	{"\nprinter \"a b\" { }\n", 2, "no printer name"},
	{PRINTER "printer \"b\" { geo-location = \"here\" }\n", 2, "is no place"},
	{PRINTER "printer \"b\" { geo-location = \"geo:52.5\" }\n", 2, "is no place"},
	{PRINTER "printer \"b\" { geo-location = \"geo:1,2 \" }\n", 2, "is no place"},
	{PRINTER "printer \"b\" { due-days = 0 }\n", 2, "from 1 to 3650"},
	{PRINTER "printer \"b\" { max-bytes = many }\n", 2, "printer \"b\": max-bytes"},
	{PRINTER "customer \"\" { }\n", 2, "1 to 255 bytes"},
	{PRINTER "customer \"c\" { queue = \"x\" }\n", 2, "no such option 'queue'"},
	{"printer \"../x\" { }\n", 1, "no printer name"},
	{"printer \"x\" { queue = \"a/b\" }\n", 1, "no name of a CUPS queue"},
	{"printer \"x\" { }\nprinter \"x\" { }\n", 2, "duplicate"},
	{"printer \"x\" {\n queu = 3\n}\n", 2, "queu"},
	{PRINTER "\nprinter \"x\" {\n", 3, "never closed"},
	{PRINTER "}\n", 2, "closes nothing"},
	{PRINTER "log-level =\n", 0, "premature end"},
	{PRINTER "user = \"daemon\n", 0, "premature end"},
	{PRINTER "user daemon\n", 2, "missing equal sign"},
};

static void
what_is_wrong_is_refused_with_its_line(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		char place[64] = "";
		int rc = read_text(r->text);

		if (r->line > 0)
			snprintf(place, sizeof(place), "%s:%d: ", path, r->line);
		TAP_OK(rc == -1 && err.kind == ERROR_INPUT &&
			       strstr(err.text, place) != NULL &&
			       strstr(err.text, r->words) != NULL,
		       "%s", err.text);
	}
}

static void
what_is_no_file_is_refused(void)
{
	TAP_OK(settings_read(&s, "/nonexistent/spoold.conf", &err) == -1 &&
		       strstr(err.text, "/nonexistent/spoold.conf"),
	       "a file that is not there: %s", err.text);
	TAP_OK(settings_read(&s, "/tmp", &err) == -1, "a folder: %s", err.text);
	TAP_OK(settings_read(&s, "/proc/self/exe", &err) == -1, "a program: %s",
	       err.text);
}

static void
what_is_right_arrives(void)
{
	TAP_OK(read_text(
		       "# a comment with a { brace\n"
		       "state-directory = \"/srv/claim check\" // and one more }\n"
		       "log-level = error\n"
		       "listen = {\"*:8631\", '[::1]:8631'}\n"
		       "release-over-tcp = on\n"
		       "code-length = 16\n"
		       "max-document-bytes = 20M\n"
		       "recovery-key = 000102030405060708090a0b0c0d0e0f"
		       "101112131415161718191a1b1c1d1e1f\n"
		       "printer \"photo\" { queue = \"photo-lab\" info = \"A # B\" }\n"
		       "organization = \"Foto Müller\"\n"
		       "printer plate { location = http://x/y "
		       "geo-location = \"geo:52.52,13.405;u=30\" }\n") == 0,
	       "a good file is read %s", err.text);
	TAP_OK(strcmp(s.state_directory, "/srv/claim check") == 0, "text");
	TAP_OK(s.log_level == LOG_LEVEL_ERROR, "level");
	TAP_OK(s.listen_count == 2 && strcmp(s.listen[0], "*:8631") == 0 &&
		       strcmp(s.listen[1], "[::1]:8631") == 0,
	       "a list replaces the default");
	TAP_OK(s.release_over_tcp && s.code_length == 16 &&
		       s.max_document_bytes == 20 * 1024 * 1024,
	       "switch, number, bytes");
	TAP_OK(s.has_recovery_key && s.recovery_key[31] == 0x1f, "key");
	TAP_OK(s.printer_count == 2 && strcmp(s.printers[0].queue, "photo-lab") == 0 &&
		       strcmp(s.printers[0].info, "A # B") == 0 &&
		       strcmp(s.printers[1].queue, "plate") == 0 &&
		       strcmp(s.printers[1].location, "http://x/y") == 0,
	       "printers, with their defaults");
	TAP_OK(strcmp(s.organization, "Foto Müller") == 0 &&
		       s.organizational_unit[0] == '\0' &&
		       strcmp(s.printers[1].geo_location, "geo:52.52,13.405;u=30") == 0,
	       "whose it is and where");
	TAP_OK(settings_printer(&s, "plate") == &s.printers[1] &&
		       settings_printer(&s, "photo-lab") == NULL,
	       "a printer is found by its name, not by its queue");
	TAP_OK(s.due_days == 14 && s.max_documents == 100,
	       "what is not said has its default");
}

static void
a_section_goes_before_the_file(void)
{
	struct settings_limits l;

	TAP_OK(read_text("due-days = 10\nmax-orders-per-user = 3\n"
			 "max-bytes-per-printer = 1G\n"
			 "printer \"photo\" { due-days = 20 retention-days = 0 }\n"
			 "printer \"plate\" { max-orders = 7 max-bytes = 0 }\n"
			 "customer \"Ada L.\" { host = \"192.0.2.7\" due-days = 30\n"
			 "  max-orders = 50 max-bytes = 2M }\n") == 0,
	       "sections are read %s", err.text);
	settings_limits(&s, "photo", "bert", "192.0.2.7", &l);
	TAP_OK(l.due_days == 20 && l.retention_days == 0 && l.user_orders == 3 &&
		       l.user_bytes == 0 && l.printer_bytes == UINT64_C(1) << 30,
	       "a printer's terms go before the file's, none of them is no term");
	settings_limits(&s, "plate", "Ada L.", "192.0.2.7", &l);
	TAP_OK(l.due_days == 30 && l.retention_days == 30 && l.user_orders == 50 &&
		       l.user_bytes == 2 << 20 && l.printer_orders == 7 &&
		       l.printer_bytes == 0,
	       "a customer's before both");
	settings_limits(&s, "plate", "Ada L.", "192.0.2.8", &l);
	TAP_OK(l.due_days == 10 && l.user_orders == 3,
	       "who says the name elsewhere is nobody in particular");
}

static void
defaults_are_whole(void)
{
	settings_defaults(&s);
	TAP_OK(s.listen_count == 1 && strcmp(s.listen[0], "localhost:8631") == 0 &&
		       s.log_level == LOG_LEVEL_INFO && !s.has_recovery_key &&
		       s.max_order_bytes == UINT64_C(8) << 30,
	       "every row's default is a value of its own type");
}

int
main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	what_is_wrong_is_refused_with_its_line();
	what_is_no_file_is_refused();
	what_is_right_arrives();
	a_section_goes_before_the_file();
	defaults_are_whole();
	unlink(path);
	return tap_done();
}
