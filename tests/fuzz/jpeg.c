/* jpeg.c - lib/image's JPEG, from any bytes. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/picture.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_picture(data, size, IMAGE_JPEG);
	return 0;
}
