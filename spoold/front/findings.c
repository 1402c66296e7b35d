/*
 * findings.c - from a verdict to words: one row a verdict, with its setting.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/findings.h"

struct finding {
	enum texts_id refusal, warning; /* %1: the document or its format, %2: more */
	ipp_status_t status;
};

static const struct finding of_verdict[PREFLIGHT_VERDICTS] = {
	[PREFLIGHT_DOUBTFUL] = {TEXTS_COUNT, TEXTS_WARN_DOUBTFUL, IPP_STATUS_OK},
	[PREFLIGHT_CUT_OFF] = {TEXTS_DOC_CUT_OFF, TEXTS_WARN_DAMAGED,
			       IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR},
	[PREFLIGHT_DAMAGED] = {TEXTS_DOC_DAMAGED, TEXTS_WARN_DAMAGED,
			       IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR},
	[PREFLIGHT_ENCRYPTED] = {TEXTS_DOC_ENCRYPTED, TEXTS_WARN_ENCRYPTED,
				 IPP_STATUS_ERROR_DOCUMENT_PASSWORD},
	[PREFLIGHT_UNCHECKED] = {TEXTS_DOC_UNCHECKED, TEXTS_WARN_UNCHECKED,
				 IPP_STATUS_ERROR_DOCUMENT_UNPRINTABLE},
};

enum action { TAKE, WARN, REFUSE };

static enum action
action_of(const char *setting)
{
	return strcmp(setting, "refuse") == 0 ? REFUSE
	       : strcmp(setting, "warn") == 0 ? WARN
					      : TAKE;
}

/* The document's name, else its format: what people know it by. */
static void
name_it(const struct request *r, const struct upload *u, char to[ORDER_NAME_MAX])
{
	const char *name = request_string(r, "document-name", IPP_TAG_NAME);

	if (name == NULL || name[0] == '\0')
		name = request_string(r, "job-name", IPP_TAG_NAME);
	text_copy(to, ORDER_NAME_MAX,
		  name != NULL && name[0] != '\0' ? name : sniff_mime(u->sniff.format));
}

static void
warn(struct request *r, struct intake *in, enum texts_id id, const char *value1,
     const char *value2)
{
	char text[ORDER_TEXT_MAX];
	size_t used = strlen(in->warning);

	texts_say(text, sizeof(text), r->language, id, value1, value2);
	log_info("order %u: warned: %s", in->number, text);
	/* the first warnings, whole, rather than a piece of the next */
	if (strstr(in->warning, text) == NULL &&
	    used + 1 + strlen(text) < sizeof(in->warning))
		snprintf(in->warning + used, sizeof(in->warning) - used, "%s%s",
			 used > 0 ? " " : "", text);
}

/* A decoder that wants more memory than a checker has says "damaged". */
static enum preflight_verdict
verdict_of(const struct settings *s, const struct upload *u)
{
	const uint64_t whole = (uint64_t)u->sniff.width * u->sniff.height * 8;

	if (u->answer.verdict == PREFLIGHT_DAMAGED && whole > s->preflight_memory)
		return PREFLIGHT_UNCHECKED;
	return u->answer.verdict;
}

static bool
judge_verdict(struct request *r, struct intake *in, const struct upload *u)
{
	const struct settings *s = r->client->settings;
	enum preflight_verdict verdict = verdict_of(s, u);
	const struct finding *f = &of_verdict[verdict];
	enum action action = action_of(
		verdict == PREFLIGHT_UNCHECKED ? s->preflight_unchecked : s->preflight);
	char name[ORDER_NAME_MAX];

	if (verdict == PREFLIGHT_SOUND)
		return true;
	log_info("order %u: preflight: verdict %d: %s", in->number, (int)verdict,
		 u->answer.detail);
	name_it(r, u, name);
	if (action == REFUSE && f->refusal != TEXTS_COUNT) {
		request_answer(r, f->status, f->refusal, sniff_mime(u->sniff.format),
			       NULL);
		return false;
	}
	if (action != TAKE)
		warn(r, in, f->warning, name, NULL);
	return true;
}

/* Of the order's printer, or of all. */
static uint32_t
least_ppi(const struct settings *s, const struct intake *in)
{
	const struct settings_printer *p = settings_printer(s, in->printer);

	return p != NULL && p->min_ppi.is_set ? (uint32_t)p->min_ppi.value : s->min_ppi;
}

static bool
judge_pixels(struct request *r, struct intake *in, const struct paper *paper,
	     const struct upload *u)
{
	const struct settings *s = r->client->settings;
	const struct preflight_answer *a = &u->answer;
	const struct paper_picture picture = {a->width, a->height, a->ppi_x, a->ppi_y};
	uint32_t least = least_ppi(s, in), ppi = paper_ppi(paper, &picture);
	char has[16], wanted[16];

	if (ppi == 0 || ppi >= least || action_of(s->few_pixels) == TAKE)
		return true;
	request_number(has, ppi);
	request_number(wanted, least);
	if (action_of(s->few_pixels) == WARN) {
		warn(r, in, TEXTS_WARN_FEW_PIXELS, has, wanted);
		return true;
	}
	request_answer(r, IPP_STATUS_ERROR_DOCUMENT_UNPRINTABLE, TEXTS_DOC_FEW_PIXELS,
		       has, wanted);
	return false;
}

/* PostScript, which nobody decodes here: what its structure tells is never a refusal. */
static void
judge_structure(struct request *r, struct intake *in, const struct upload *u)
{
	char name[ORDER_NAME_MAX];

	if (!u->sniff.doubtful || action_of(r->client->settings->preflight) == TAKE)
		return;
	name_it(r, u, name);
	warn(r, in, TEXTS_WARN_DOUBTFUL, name, NULL);
}

bool
findings_judge(struct request *r, struct intake *in, const struct paper *paper,
	       const struct upload *u)
{
	judge_structure(r, in, u);
	if (!u->checked)
		return true;
	return judge_verdict(r, in, u) && judge_pixels(r, in, paper, u);
}
