/*
 * svg.h - what every plot begins with, and text in it.
 */
#ifndef CC_TOOLS_SVG_H
#define CC_TOOLS_SVG_H

#include <stdio.h>

/* The root element and a white sheet, in pixels; "</svg>" ends it. */
void svg_begin(FILE *to, unsigned width, unsigned height);
/* Text from outside, as XML has it. */
void svg_text(FILE *to, const char *text);

#endif
