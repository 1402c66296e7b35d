/*
 * g4codes.h - the codes of ITU-T T.4 (tables 2, 3a, 3b) and T.6 (table 1).
 */
#ifndef CC_SCREEN_G4CODES_H
#define CC_SCREEN_G4CODES_H

#include <stdint.h>

#define G4_LONGEST 2560		     /* the longest make-up code, both colours */
#define G4_RUNS	   (G4_LONGEST + 64) /* runs below it are one or two codes */

#define G4_LONGEST_CODE	   0x1f
#define G4_LONGEST_BITS	   12
#define G4_PASS_CODE	   0x1
#define G4_PASS_BITS	   4
#define G4_HORIZONTAL_CODE 0x1
#define G4_HORIZONTAL_BITS 3
#define G4_EOL_CODE	   0x1
#define G4_EOL_BITS	   12

struct g4_code {
	uint32_t code; /* right-aligned */
	uint32_t bits;
};

/* a1 - b1 from -3 to 3. */
extern const struct g4_code g4_vertical[7];

/* runs[0]: white, runs[1]: black; each run as one word, make-up code and all. */
void g4_make_runs(struct g4_code runs[2][G4_RUNS]);

#endif
