#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fs.h"

#include "tests/fuzz/picture.h"

#define PAGES_MAX 4

static const struct image_limits limits = {
	.pixels = 1u << 20,
	.bytes = 1u << 20,
	.memory = 64u << 20,
	.side = 4096,
	.scans = 30,
};

static int
read_picture(struct image *image)
{
	uint8_t *data[IMAGE_PLANES_MAX], **rows[IMAGE_PLANES_MAX] = {NULL};
	struct error err;
	int result = 0;

	for (unsigned p = 0; p < image->planes; p++) {
		const struct image_plane *plane = &image->plane[p];

		data[p] = calloc(plane->strip, plane->stride);
		rows[p] = calloc(plane->strip, sizeof(*rows[p]));
		INVARIANT(data[p] != NULL && rows[p] != NULL);
		for (uint32_t i = 0; i < plane->strip; i++)
			rows[p][i] = data[p] + plane->stride * i;
	}
	for (uint32_t y = 0; result == 0 && y < image->plane[0].height;
	     y += image->plane[0].strip)
		result = image_read(image, (uint8_t *const *const *)rows, &err);
	for (unsigned p = 0; p < image->planes; p++) {
		free(data[p]);
		free(rows[p]);
	}
	return result;
}

void
fuzz_picture(const uint8_t *data, size_t size, enum image_format format)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC), more = 1;
	struct image_input in;
	struct image *image;
	struct error err;

	INVARIANT(fd >= 0 && fs_write_all(fd, data, size) == 0 &&
		  lseek(fd, 0, SEEK_SET) == 0);
	image_input_init(&in, fd, limits.bytes);
	if (image_sniff(&in) == format && image_open(&image, &in, &limits, &err) == 0) {
		for (int i = 0; more > 0 && i < PAGES_MAX; i++)
			more = read_picture(image) == 0 ? image_next(image, &err) : -1;
		image_close(image);
	}
	image_input_clear(&in);
	close(fd);
}
