/*
 * notices.c - STATE/keep/printers: what operators set, a few lines a printer, whole or not
 * at all. A printer that spoold.conf has no more is left out at the next change.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/keep/control.h"
#include "spoold/keep/keep.h"

#define FILE_NAME  "printers"
#define FILE_HEAD  "claimcheck printers 1\n"
#define PRINTER_IS "printer "
#define FILE_MAX   (SETTINGS_PRINTERS_MAX * 1024)

static void
path_of(const struct keep *k, char path[KEEP_PATH_MAX])
{
	snprintf(path, KEEP_PATH_MAX, "%s/" KEEP_KEEP_FOLDER "/" FILE_NAME,
		 k->settings->state_directory);
}

static struct control *
printer_of(const struct keep *k, struct control *printers, const char *name)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].name, name) == 0)
			return &printers[i];
	return NULL;
}

static bool
take_word(const char *line, const char *word, const char **value)
{
	size_t len = strlen(word);

	if (strncmp(line, word, len) != 0 || line[len] != ' ')
		return false;
	*value = line + len + 1;
	return true;
}

/* -1: it is no line of ours. */
static int
take_line(struct control *c, const char *line)
{
	const char *value;

	if (take_word(line, "is", &value)) {
		c->closed = strstr(value, "closed") != NULL;
		c->hold_new = strstr(value, "holding") != NULL;
		c->pausing = strstr(value, "pausing") != NULL;
		c->shut = strstr(value, "shut") != NULL;
		return 0;
	}
	if (take_word(line, "info", &value))
		return text_copy(c->info, sizeof(c->info), value);
	if (take_word(line, "location", &value))
		return text_copy(c->location, sizeof(c->location), value);
	if (take_word(line, "message", &value))
		return text_copy(c->message, sizeof(c->message), value);
	return -1;
}

static int
take_lines(const struct keep *k, struct control *printers, char *text)
{
	struct control unknown, *c = NULL;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, PRINTER_IS, sizeof(PRINTER_IS) - 1) == 0) {
			c = printer_of(k, printers, line + sizeof(PRINTER_IS) - 1);
			if (c == NULL)
				c = &unknown;
		} else if (c == NULL || take_line(c, line) != 0) {
			return -1;
		}
	}
	return 0;
}

int
notices_read(const struct keep *k, struct control *printers, struct error *err)
{
	const size_t head = sizeof(FILE_HEAD) - 1;
	char path[KEEP_PATH_MAX];
	struct buf text;
	struct error own;
	int rc = -1;

	path_of(k, path);
	buf_init(&text, FILE_MAX);
	if (fs_read_file(path, &text, &own) != 0) {
		rc = own.kind == ERROR_ABSENT ? 0 : -1;
		*err = own;
	} else if (buf_append(&text, "", 1, err) == 0 &&
		   strncmp((char *)text.data, FILE_HEAD, head) == 0 &&
		   take_lines(k, printers, (char *)text.data + head) == 0) {
		rc = 0;
	} else {
		error_set(err, ERROR_INPUT,
			  "'%s' is no file of ours; remove it: then every printer is "
			  "as spoold.conf has it",
			  path);
	}
	buf_clear(&text);
	return rc;
}

static void
put(struct buf *to, const char *word, const char *value)
{
	char line[2 * ORDER_NAME_MAX];
	int len = snprintf(line, sizeof(line), "%s %s\n", word, value);

	if (value[0] != '\0')
		INVARIANT(buf_append(to, line, (size_t)len, NULL) == 0);
}

static void
put_printer(struct buf *to, const char *name, const struct control *c)
{
	char state[64];

	snprintf(state, sizeof(state), "%s%s%s%sset", c->closed ? "closed " : "",
		 c->hold_new ? "holding " : "", c->pausing ? "pausing " : "",
		 c->shut ? "shut " : "");
	put(to, "printer", name);
	put(to, "is", state);
	put(to, "info", c->info);
	put(to, "location", c->location);
	put(to, "message", c->message);
}

int
notices_write(const struct keep *k, const struct control *printers, struct error *err)
{
	char path[KEEP_PATH_MAX];
	struct buf text;
	int rc;

	path_of(k, path);
	buf_init(&text, FILE_MAX);
	INVARIANT(buf_append(&text, FILE_HEAD, sizeof(FILE_HEAD) - 1, NULL) == 0);
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		put_printer(&text, k->settings->printers[i].name, &printers[i]);
	rc = fs_write_file(path, 0600, text.data, text.len, err);
	buf_clear(&text);
	return rc;
}
