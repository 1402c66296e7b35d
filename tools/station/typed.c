#include <ctype.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/fs.h"

#include "tools/station/typed.h"

#define FREED_BYTE 0x5a

static struct termios normal;
static int hidden_fd = -1;

int
typed_start(struct error *err)
{
	/* glibc then overwrites what is freed: requests in libcups hold the PIN */
	mallopt(M_PERTURB, FREED_BYTE);
	return seal_start(err);
}

static void
show_again(void)
{
	if (hidden_fd >= 0)
		tcsetattr(hidden_fd, TCSAFLUSH, &normal);
	hidden_fd = -1;
}

static void
on_signal(int signal)
{
	show_again();
	raise(signal); /* SA_RESETHAND: this time it ends us */
}

/* False if fd is no terminal. */
static bool
hide(int fd)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct termios silent;

	if (tcgetattr(fd, &normal) != 0)
		return false;
	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++)
		sigaction(ending[i], &act, NULL);
	silent = normal;
	silent.c_cc[VSUSP] = _POSIX_VDISABLE; /* nobody stops it half-way through */
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	hidden_fd = fd;
	return tcsetattr(fd, TCSAFLUSH, &silent) == 0;
}

static void
strip(struct typed *line)
{
	while (line->len > 0 && isspace((unsigned char)line->text[line->len - 1]))
		line->len--;
	line->text[line->len] = '\0';
}

int
typed_line(int fd, struct typed *line, struct error *err)
{
	bool any = false, fits = true;
	ssize_t n;
	char c;

	*line = (struct typed){.len = 0};
	while ((n = read(fd, &c, 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "cannot read what is typed");
		any = true;
		if (c == '\n')
			break;
		if (line->len + 1 < sizeof(line->text))
			line->text[line->len++] = c;
		else
			fits = false;
	}
	strip(line);
	if (!fits) {
		typed_wipe(line);
		return error_set(err, ERROR_INPUT, "the line is too long");
	}
	return any ? 1 : 0;
}

static void
prompt_out(const char *prompt)
{
	if (fs_write_all(STDERR_FILENO, prompt, strlen(prompt)) != 0)
		errno = 0; /* a station without a screen still has its scanner */
}

int
typed_ask(int fd, const char *prompt, bool hidden, struct typed *line,
	  struct error *err)
{
	bool hid;
	int rc;

	prompt_out(prompt);
	hid = hidden && hide(fd);
	rc = typed_line(fd, line, err);
	show_again();
	if (hid)
		prompt_out("\n");
	return rc;
}

bool
typed_yes(int fd, const char *prompt, const char *yes)
{
	struct typed line;
	bool is;

	is = typed_ask(fd, prompt, false, &line, NULL) == 1 && line.len > 0 &&
	     strchr(yes, tolower((unsigned char)line.text[0])) != NULL;
	typed_wipe(&line);
	return is;
}

void
typed_wipe(struct typed *line)
{
	seal_wipe(line, sizeof(*line));
}
