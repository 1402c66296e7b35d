/* exif.c - Exif blocks, from any bytes. */
#include "lib/image/exif.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exif exif;

	exif_read(&exif, data, size);
	return exif.orientation > 8;
}
