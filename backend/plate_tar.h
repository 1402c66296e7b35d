/*
 * plate_tar.h - a plate set's tar stream, read with suspicion.
 *
 * What a stream may hold: regular files with plain names (lib/plate/manifest.h), none
 * twice, none sparse, and last of all the manifest, which names exactly the files that
 * came, with their lengths and digests. Everything else is ERROR_INPUT: links, folders,
 * names with a slash, a manifest that is missing, early, or wrong.
 */
#ifndef CC_BACKEND_PLATE_TAR_H
#define CC_BACKEND_PLATE_TAR_H

#include <sys/types.h>

#include "lib/plate/manifest.h"

#define PLATE_TAR_FILE_MAX  (16ULL << 30)  /* bytes a file */
#define PLATE_TAR_TOTAL_MAX (512ULL << 30) /* bytes a set */

/* Bytes of the stream, as read(2): >0, 0 at its end, -1 with errno. */
typedef ssize_t (*plate_tar_source)(void *ctx, void *data, size_t size);

/* What becomes of the files; one after another, each begun, fed and ended. Each returns
 * 0, or -1 with *err. The manifest is not among them. */
struct plate_tar_sink {
	void *ctx;
	int (*begin)(void *ctx, const char *name, struct error *err);
	int (*data)(void *ctx, const void *data, size_t len, struct error *err);
	int (*end)(void *ctx, struct error *err);
};

/* To the end of the stream (all of it is read: its digest must be known). *json: the
 * manifest as it came; initialised by the caller with MANIFEST_BYTES_MAX. *manifest:
 * the same, read; cleared by the caller after 0. */
int plate_tar_read(plate_tar_source source, void *source_ctx,
		   const struct plate_tar_sink *sink, struct buf *json,
		   struct manifest *manifest, struct error *err);

#endif
