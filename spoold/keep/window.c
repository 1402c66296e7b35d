#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "spoold/keep/window.h"

/* Ordinary pages of memory that stay there: no access to them waits for somebody, or is a
 * SIGBUS. */
static bool
is_window(int fd)
{
	const int wanted = F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fcntl(fd, F_GET_SEALS);
	struct statfs fs;
	struct stat st;

	return seals >= 0 && (seals & wanted) == wanted && fstat(fd, &st) == 0 &&
	       st.st_size == WIRE_WINDOW_BYTES && fstatfs(fd, &fs) == 0 &&
	       fs.f_type == TMPFS_MAGIC;
}

int
window_open(struct peer *p, const union wire_any *m, struct error *err)
{
	void *memory = MAP_FAILED;
	int fd = peer_take_fd(p);

	(void)m;
	if (fd >= 0 && is_window(fd))
		memory = mmap(NULL, WIRE_WINDOW_BYTES, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (memory == MAP_FAILED)
		return error_set(err, ERROR_INPUT,
				 "a window is %d bytes of memory, sealed against "
				 "shrinking and growing",
				 WIRE_WINDOW_BYTES);
	if (p->window != NULL)
		munmap(p->window, WIRE_WINDOW_BYTES);
	p->window = memory;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

void
window_put(struct peer *p, const struct wire_chunk *chunk)
{
	struct wire_piece piece = {chunk->body, chunk->chunk, chunk->data.len};
	size_t slot = (size_t)(chunk->chunk % WIRE_READ_CHUNKS) * WIRE_SLOT_BYTES;

	INVARIANT(chunk->data.len <= WIRE_SLOT_BYTES);
	memcpy(p->window + slot, chunk->data.data, chunk->data.len);
	p->put += chunk->data.len;
	peer_say(p, WIRE_TYPE_piece, &piece);
}
