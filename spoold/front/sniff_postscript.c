/*
 * sniff_postscript.c - a program has no structure but the one that it claims: whoever begins
 * with "%!PS-Adobe-" says that he keeps to the document structuring conventions (Adobe
 * technical note 5001), and these end with %%EOF. Where it is missing the end probably is,
 * but only running it would tell, so that is a doubt and no fault.
 */
#include <string.h>

#include "spoold/front/sniff.h"

static const char claim[] = "%!PS-Adobe-";

static void
feed(struct sniff *s, const uint8_t *data, size_t len)
{
	sniff_keep_tail(s, data, len);
}

static void
end(struct sniff *s)
{
	const size_t at = s->head[0] == '\x04' ? 1 : 0; /* some drivers begin so */

	s->doubtful = s->head_len >= at + sizeof(claim) - 1 &&
		      memcmp(s->head + at, claim, sizeof(claim) - 1) == 0 &&
		      !sniff_tail_has(s, "%%EOF");
}

const struct sniff_reader sniff_postscript = {feed, end};
