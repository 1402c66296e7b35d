/*
 * fuzz.h - the one function of a fuzz target, as libFuzzer calls it: any bytes; returns
 * 0; a fault is a crash, a trap or a sanitizer's report.
 */
#ifndef CC_TESTS_FUZZ_H
#define CC_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
