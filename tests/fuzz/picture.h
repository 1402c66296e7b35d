/*
 * picture.h - one body for the targets of lib/image: opens, reads every row of every
 * picture in it, closes, within limits that keep a run short.
 */
#ifndef CC_TESTS_FUZZ_PICTURE_H
#define CC_TESTS_FUZZ_PICTURE_H

#include "lib/image/image.h"

/* Only bytes that sniff as this format are read on. */
void fuzz_picture(const uint8_t *data, size_t size, enum image_format format);

#endif
