/*
 * tap.h - Test Anything Protocol for C: a line a fact, the plan last.
 *
 * A test file is a list of functions whose names are sentences; main runs them and
 * returns tap_done(). Facts are said with TAP_OK (and friends), which go on after a
 * failure; the message is the sentence that failed.
 */
#ifndef CC_TESTS_TAP_H
#define CC_TESTS_TAP_H

#include <stdbool.h>

bool tap_ok(bool fact, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* As a fact that can't be asked here, with the reason. */
void tap_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void tap_diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the plan; 0 if all facts were true and there was at least one. */
int tap_done(void);

#define TAP_OK(fact, ...) tap_ok((fact), __FILE__, __LINE__, __VA_ARGS__)

#endif
