/*
 * ipp.c - a stranger's request with any bytes, as far as front goes before it asks keep:
 * bounds, libcups' parser, its validation, the judgement of what is ordered, the PIN.
 * What is taken must survive being encoded for the record and decoded again.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/pin.h"
#include "spoold/front/printers.h"
#include "spoold/front/template.h"
#include "tests/fuzz/fuzz.h"

/* A printer with a few sizes, as a queue would tell them. */
static struct printer *
printer(void)
{
	static struct printer p = {.name = "photo", .lock = PTHREAD_MUTEX_INITIALIZER};
	static struct settings settings;
	static const char *const media[] = {"iso_a4_210x297mm", "custom_min_50x50mm",
					    "custom_max_300x400mm"};
	ipp_t *queue, *size;

	if (p.attributes != NULL)
		return &p;
	settings_defaults(&settings);
	queue = ippNew();
	size = ippNew();
	ippAddStrings(queue, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-supported", 3,
		      NULL, media);
	ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", 21000);
	ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", 29700);
	ippAddCollection(queue, IPP_TAG_PRINTER, "media-size-supported", size);
	ippDelete(size);
	ippAddResolution(queue, IPP_TAG_PRINTER, "printer-resolution-supported",
			 IPP_RES_PER_INCH, 300, 300);
	p.attributes = ippNew();
	printer_attributes(p.attributes, queue, &p, &settings);
	ippDelete(queue);
	return &p;
}

static void
encode_and_decode(ipp_t *taken)
{
	struct buf out;
	ipp_t *back;

	buf_init(&out, ORDER_ATTRIBUTES_MAX);
	if (ipp_bounds_encode(taken, &out, NULL) == 0) {
		if (ipp_bounds_decode(&IPP_LIMITS_OWN, out.data, out.len, &back,
				      NULL) != 0)
			abort();
		ippDelete(back);
	}
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct template_result result;
	struct pin pin;
	ipp_t *in;

	if (ipp_bounds_decode(&IPP_LIMITS_REQUEST(65536), data, size, &in, NULL) != 0)
		return 0;
	if (ippValidateAttributes(in)) {
		if (pin_read(in, &pin, NULL) == 0 && pin.len > PIN_MAX)
			abort();
		pin_clear(&pin);
		template_judge(in, printer(), &result);
		encode_and_decode(result.taken);
		encode_and_decode(result.unsupported);
		template_result_clear(&result);
	}
	ippDelete(in);
	return 0;
}
