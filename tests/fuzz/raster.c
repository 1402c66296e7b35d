/* raster.c - lib/image's PWG raster and URF, from any bytes. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/picture.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_picture(data, size, size > 0 && data[0] == 'U' ? IMAGE_URF : IMAGE_PWG);
	return 0;
}
