/*
 * clock.h - the page by which a test moves the clocks of a program that runs.
 *
 * clock.so is preloaded into spoold and adds what it finds in the file that
 * CLAIMCHECK_TEST_CLOCK names: mapped at the start, so that it works behind a sandbox
 * that opens no files, and shared with whoever moves the hands.
 */
#ifndef CC_TESTS_CLOCK_H
#define CC_TESTS_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#define CLOCK_ENV "CLAIMCHECK_TEST_CLOCK"

struct clock_page {
	_Atomic int64_t leap_s;	  /* of the wall clock alone: somebody set it */
	_Atomic int64_t passed_s; /* of all clocks: so much time went by */
};

#endif
