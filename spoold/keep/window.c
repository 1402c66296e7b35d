#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spoold/keep/window.h"

/* Only files in memory have seals: a write to any other may wait for ever. */
static bool
is_window(int fd)
{
	const int wanted = F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	return seals >= 0 && (seals & wanted) == wanted && fstat(fd, &st) == 0 &&
	       st.st_size == WIRE_WINDOW_BYTES;
}

int
window_open(struct peer *p, const union wire_any *m, struct error *err)
{
	int fd = peer_take_fd(p);

	(void)m;
	if (fd < 0 || !is_window(fd)) {
		if (fd >= 0)
			close(fd);
		return error_set(err, ERROR_INPUT,
				 "a window is %d bytes of memory, sealed against "
				 "shrinking and growing",
				 WIRE_WINDOW_BYTES);
	}
	if (p->window >= 0)
		close(p->window);
	p->window = fd;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

int
window_put(struct peer *p, const struct wire_chunk *chunk, struct error *err)
{
	struct wire_piece piece = {chunk->body, chunk->chunk, chunk->data.len};
	off_t slot = (off_t)(chunk->chunk % WIRE_READ_CHUNKS) * WIRE_SLOT_BYTES;
	ssize_t n;

	INVARIANT(chunk->data.len <= WIRE_SLOT_BYTES);
	n = pwrite(p->window, chunk->data.data, chunk->data.len, slot);
	if (n < 0)
		return error_errno(err, "cannot write to the window");
	if ((size_t)n < chunk->data.len)
		return error_set(err, ERROR_SYSTEM, "the window took too little");
	p->put += chunk->data.len;
	peer_say(p, WIRE_TYPE_piece, &piece);
	return 0;
}
