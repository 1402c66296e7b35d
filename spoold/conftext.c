/*
 * conftext.c - the lexer's idea of strings and comments, as in libconfuse's lexer.l: a
 * comment begins only where a token may begin, so that http://host stays whole.
 */
#include <stdbool.h>
#include <string.h>

#include "lib/base/fs.h"
#include "spoold/conftext.h"

struct scan {
	char *at; /* zero-terminated */
	unsigned line;
	bool token_start; /* the character before was a blank or punctuation */
	unsigned depth, opened_line;
};

static void
skip_string(struct scan *s)
{
	char quote = *s->at++;

	while (*s->at != '\0' && *s->at != quote) {
		if (*s->at == '\\' && s->at[1] != '\0')
			s->at++;
		s->line += *s->at == '\n';
		s->at++;
	}
	if (*s->at == quote)
		s->at++;
	s->token_start = true;
}

/* From here to `end` (not included), or to the end of the text. */
static void
blank_until(struct scan *s, const char *end)
{
	char *stop = strstr(s->at, end);

	if (stop == NULL)
		stop = s->at + strlen(s->at);
	for (; s->at < stop; s->at++) {
		if (*s->at == '\n')
			s->line++;
		else
			*s->at = ' ';
	}
}

static void
blank_block(struct scan *s)
{
	memset(s->at, ' ', 2);
	blank_until(s, "*/");
	if (*s->at != '\0') {
		memset(s->at, ' ', 2);
		s->at += 2;
	}
	s->token_start = true;
}

static int
step(struct scan *s)
{
	char c = *s->at++;

	s->line += c == '\n';
	if (c == '{' && s->depth++ == 0)
		s->opened_line = s->line;
	if (c == '}' && s->depth-- == 0)
		return -1;
	s->token_start = strchr(" \t\r\n={}()+,", c) != NULL;
	return 0;
}

static int
scan_text(struct scan *s)
{
	while (*s->at != '\0') {
		if (*s->at == '"' || *s->at == '\'')
			skip_string(s);
		else if (*s->at == '#' ||
			 (s->token_start && strncmp(s->at, "//", 2) == 0))
			blank_until(s, "\n");
		else if (s->token_start && strncmp(s->at, "/*", 2) == 0)
			blank_block(s);
		else if (step(s) != 0)
			return -1;
	}
	return 0;
}

int
conftext_read(const char *path, struct buf *out, struct error *err)
{
	struct scan s = {.line = 1, .token_start = true};

	if (fs_read_file(path, out, err) != 0)
		return error_prefix(err, "cannot read the configuration");
	if (out->len > CONFTEXT_MAX ||
	    (out->len > 0 && memchr(out->data, 0, out->len) != NULL))
		return error_set(
			err, ERROR_INPUT,
			"%s is no text of at most %d bytes; it should look like "
			"spoold.conf(5)",
			path, CONFTEXT_MAX);
	if (buf_append(out, "", 1, err) != 0)
		return -1;
	s.at = (char *)out->data;
	if (scan_text(&s) != 0)
		return error_set(err, ERROR_INPUT,
				 "%s:%u: '}' closes nothing; take it away", path,
				 s.line);
	if (s.depth > 0)
		return error_set(
			err, ERROR_INPUT,
			"%s:%u: '{' is never closed; add '}' at the section's end",
			path, s.opened_line);
	return 0;
}
