#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"

#define LOG_LINE_MAX 1024

static const char *log_program = "claimcheck";
static enum log_style log_style = LOG_STYLE_DAEMON;
static enum log_level log_least = LOG_LEVEL_INFO;

static const char *const level_names[] = {"DEBUG", "INFO", "NOTICE", "ERROR"};

void
log_open(const char *program, enum log_style style, enum log_level least)
{
	log_program = program;
	log_style = style;
	log_least = least;
}

static int
line_head(char *line, size_t size, enum log_level level)
{
	struct timespec now;
	struct tm tm;
	char when[32];

	if (log_style == LOG_STYLE_CUPS)
		return snprintf(line, size, "%s: ", level_names[level]);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	return snprintf(line, size, "%s.%03ldZ %s[%d] %s: ", when,
			now.tv_nsec / 1000000, log_program, (int)getpid(),
			level_names[level]);
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	char text[LOG_LINE_MAX], line[LOG_LINE_MAX + 128];
	va_list ap;
	int n, head;

	if (level < log_least && log_style == LOG_STYLE_DAEMON)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_strip_controls(text);
	head = line_head(line, sizeof(line), level);
	n = snprintf(line + head, sizeof(line) - (size_t)head, "%s\n", text);
	/* one write a line, so that processes sharing the file do not mix theirs */
	if (write(STDERR_FILENO, line, (size_t)head + (size_t)n) < 0)
		return; /* nowhere left to say it */
}
