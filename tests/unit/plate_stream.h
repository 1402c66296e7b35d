/*
 * plate_stream.h - plate sets as tar streams, right ones and wrong ones, for the tests
 * of platesetter.
 */
#ifndef CC_TESTS_PLATE_STREAM_H
#define CC_TESTS_PLATE_STREAM_H

#include "lib/base/buf.h"
#include "lib/plate/manifest.h"

#define PLATE_STREAM_MAX (64 * 1024 * 1024)

struct plate_stream {
	struct buf tar;
	struct manifest manifest;
};

void plate_stream_begin(struct plate_stream *s);
/* One member of the tar stream; type: '0' file, '2' symbolic link to "/etc/passwd", '5'
 * folder. size: what its header says; data: what really comes, `len` bytes, padded. */
void plate_stream_member(struct plate_stream *s, const char *name, char type,
			 uint64_t size, const void *data, size_t len);
/* A plate as it should be: file and row of the manifest. */
void plate_stream_plate(struct plate_stream *s, const char *name, const void *data,
			size_t len);
/* A row of the manifest alone. */
void plate_stream_note(struct plate_stream *s, const char *name, const void *data,
		       size_t len);
void plate_stream_manifest(struct plate_stream *s);
/* The two empty blocks. */
void plate_stream_end(struct plate_stream *s);
void plate_stream_clear(struct plate_stream *s);

#endif
