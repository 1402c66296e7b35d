/* profile.c - lib/colour's profiles, from any bytes: opened, named, converted with. */
#include "lib/colour/colour.h"
#include "tests/fuzz/fuzz.h"

#define PIXELS 64

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint16_t in[COLOUR_CHANNELS_MAX][PIXELS];
	const uint16_t *rows[COLOUR_CHANNELS_MAX] = {in[0], in[1], in[2], in[3]};
	uint8_t out[PIXELS * COLOUR_CHANNELS_MAX];
	struct colour_profile *profile, *srgb;
	struct colour_transform *t;
	struct error err;

	if (colour_profile_open(&profile, data, size, &err) != 0)
		return 0;
	for (unsigned i = 0; i < PIXELS; i++)
		for (unsigned c = 0; c < COLOUR_CHANNELS_MAX; c++)
			in[c][i] = (uint16_t)((i * 40503u + c * 26003u) & 0xffff);
	srgb = colour_profile_make(COLOUR_SRGB);
	if (colour_transform_open(&t, profile, srgb, COLOUR_RELATIVE_BPC, false, 8,
				  &err) == 0) {
		colour_convert(t, rows, out, PIXELS);
		colour_transform_close(t);
	}
	if (colour_transform_open(&t, srgb, profile, COLOUR_PERCEPTUAL, size % 2 != 0,
				  8, &err) == 0) {
		colour_convert(t, rows, out, PIXELS);
		colour_transform_close(t);
	}
	colour_profile_close(srgb);
	colour_profile_close(profile);
	return 0;
}
