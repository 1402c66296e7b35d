/*
 * look_pdf.c - a PDF walked by qpdf: cross references, page tree, and every stream decoded
 * and thrown away (ISO 32000-1 7.5). Nothing is rendered, no font is looked for, so it
 * needs no file and a fraction of Ghostscript's time.
 *
 * Where qpdf must repair something, Ghostscript repairs it, too, most of the time: such a
 * document is doubtful, not damaged. One without any page is damaged whatever was
 * repaired. A password that is empty (a document that may be read but not changed) opens
 * it here as it does there.
 */
#include <qpdf/qpdf-c.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/image/input.h"
#include "spoold/preflight/checker.h"

static void
say(struct preflight_answer *answer, enum preflight_verdict verdict, qpdf_data pdf,
    qpdf_error error)
{
	checker_say(answer, verdict, qpdf_get_error_message_detail(pdf, error));
}

/* After a failure: why. */
static void
judge(qpdf_data pdf, struct preflight_answer *answer)
{
	qpdf_error error = qpdf_get_error(pdf);

	switch (qpdf_get_error_code(pdf, error)) {
	case qpdf_e_password:
		say(answer, PREFLIGHT_ENCRYPTED, pdf, error);
		break;
	case qpdf_e_unsupported: /* a cipher that qpdf does not know, mostly */
	case qpdf_e_system:
	case qpdf_e_internal: /* no memory is one of them */
		say(answer, PREFLIGHT_UNCHECKED, pdf, error);
		break;
	default:
		say(answer, PREFLIGHT_DAMAGED, pdf, error);
	}
}

static void
walk(qpdf_data pdf, struct preflight_answer *answer)
{
	int pages = qpdf_get_num_pages(pdf);

	if (pages <= 0) {
		if (qpdf_has_error(pdf))
			judge(pdf, answer);
		else
			checker_say(answer, PREFLIGHT_DAMAGED, "it has no page");
		return;
	}
	answer->pages = (uint32_t)pages;
	if ((qpdf_check_pdf(pdf) & QPDF_ERRORS) != 0)
		judge(pdf, answer);
	else if (qpdf_more_warnings(pdf))
		say(answer, PREFLIGHT_DOUBTFUL, pdf, qpdf_next_warning(pdf));
}

static void
look(const char *data, size_t len, struct preflight_answer *answer)
{
	qpdf_data pdf = qpdf_init();

	qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
	qpdf_silence_errors(pdf);
	if ((qpdf_read_memory(pdf, "document", data, len, NULL) & QPDF_ERRORS) != 0)
		judge(pdf, answer);
	else
		walk(pdf, answer);
	qpdf_cleanup(&pdf);
}

void
look_pdf(int fd, const struct preflight_ask *ask, struct preflight_answer *answer)
{
	struct image_input in;
	struct error err = {0};
	struct stat st = {0};
	int file;
	void *data = MAP_FAILED;

	image_input_init(&in, fd, ask->bytes_max);
	file = image_input_gather(&in, false, &err);
	image_input_clear(&in);
	if (file >= 0 && fstat(file, &st) == 0 && st.st_size > 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	if (data == MAP_FAILED) {
		checker_say(answer, PREFLIGHT_UNCHECKED,
			    err.text[0] != '\0' ? err.text : "it can't be mapped");
	} else {
		look(data, (size_t)st.st_size, answer);
		munmap(data, (size_t)st.st_size);
	}
	if (file >= 0)
		close(file);
}
