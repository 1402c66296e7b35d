/*
 * log.h - one line an event: order, verb, facts.
 *
 * Lines go to standard error as "LEVEL text" (spoold puts time and process before them,
 * cupsd reads them from filters as its own). Every line is stripped of control
 * characters, whole: what came from outside can't forge a line or a cupsd command.
 * Never hand a secret to any of these.
 */
#ifndef CC_BASE_LOG_H
#define CC_BASE_LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_NOTICE, LOG_LEVEL_ERROR };

enum log_style {
	LOG_STYLE_DAEMON, /* "2026-11-23T12:00:00.123Z keep[12] NOTICE: text" */
	LOG_STYLE_CUPS	  /* "NOTICE: text", the form of filter(7) */
};

/* Once, before threads start. program is kept, not copied. */
void log_open(const char *program, enum log_style style, enum log_level least);
void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define log_debug(...)	log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)	log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_error(...)	log_line(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif
