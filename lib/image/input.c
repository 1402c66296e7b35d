#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"

#include "lib/image/input.h"

void
image_input_init(struct image_input *in, int fd, uint64_t limit)
{
	memset(in, 0, sizeof(*in));
	in->fd = fd;
	in->limit = limit;
	in->data = malloc(IMAGE_INPUT_BUFFER);
	INVARIANT(in->data != NULL);
}

void
image_input_clear(struct image_input *in)
{
	free(in->data);
	memset(in, 0, sizeof(*in));
	in->fd = -1;
}

/* One read(2) behind what is there; 0 at the end or after a fault. */
static size_t
more(struct image_input *in)
{
	ssize_t n;

	if (in->failed != 0 || in->over)
		return 0;
	do {
		n = read(in->fd, in->data + in->end, IMAGE_INPUT_BUFFER - in->end);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		in->failed = errno;
		return 0;
	}
	in->total += (uint64_t)n;
	if (in->total > in->limit) {
		in->over = true;
		return 0;
	}
	in->end += (size_t)n;
	return (size_t)n;
}

size_t
image_input_peek(struct image_input *in, size_t want, const uint8_t **data)
{
	INVARIANT(want <= IMAGE_INPUT_BUFFER);
	if (in->pos > 0 && in->pos + want > IMAGE_INPUT_BUFFER) {
		memmove(in->data, in->data + in->pos, in->end - in->pos);
		in->end -= in->pos;
		in->pos = 0;
	}
	while (in->end - in->pos < want && more(in) > 0)
		;
	*data = in->data + in->pos;
	return in->end - in->pos;
}

size_t
image_input_take(struct image_input *in, const uint8_t **data)
{
	size_t n;

	if (in->pos == in->end) {
		in->pos = in->end = 0;
		more(in);
	}
	*data = in->data + in->pos;
	n = in->end - in->pos;
	in->pos = in->end;
	return n;
}

size_t
image_input_read(struct image_input *in, void *to, size_t len)
{
	size_t done = 0, n;

	while (done < len) {
		if (in->pos == in->end) {
			in->pos = in->end = 0;
			if (more(in) == 0)
				break;
		}
		n = in->end - in->pos;
		if (n > len - done)
			n = len - done;
		memcpy((uint8_t *)to + done, in->data + in->pos, n);
		in->pos += n;
		done += n;
	}
	return done;
}

/* A file that was read from its beginning can be used as it is. */
static bool
reusable(const struct image_input *in)
{
	struct stat st;

	return fstat(in->fd, &st) == 0 && S_ISREG(st.st_mode) && !in->over &&
	       lseek(in->fd, 0, SEEK_CUR) == (off_t)in->total &&
	       (uint64_t)st.st_size <= in->limit;
}

static int
dup_rewound(const struct image_input *in, struct error *err)
{
	int fd = fcntl(in->fd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return error_errno(err, "cannot rewind the picture");
	return fd;
}

int
image_input_gather(struct image_input *in, bool in_memory, struct error *err)
{
	const uint8_t *data;
	size_t n;
	int fd;

	if (!in_memory && reusable(in))
		return dup_rewound(in, err);
	fd = memfd_create("picture", MFD_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot make a file in memory");
	while ((n = image_input_take(in, &data)) > 0) {
		if (fs_write_all(fd, data, n) != 0) {
			error_errno(err, "cannot keep the picture in memory");
			goto fail;
		}
	}
	if (image_input_check(in, err) != 0)
		goto fail;
	if (lseek(fd, 0, SEEK_SET) != 0) {
		error_errno(err, "cannot rewind a file in memory");
		goto fail;
	}
	return fd;
fail:
	close(fd);
	return -1;
}

int
image_input_check(const struct image_input *in, struct error *err)
{
	if (in->over)
		return error_set(err, ERROR_INPUT,
				 "the file is larger than the limit of %" PRIu64
				 " bytes",
				 in->limit);
	if (in->failed != 0) {
		errno = in->failed;
		return error_errno(err, "cannot read the picture");
	}
	return 0;
}
