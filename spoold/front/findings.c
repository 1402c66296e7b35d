/*
 * findings.c - from a verdict to words: one row a verdict, with its setting.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/findings.h"
#include "spoold/front/price.h"

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

/* The first warnings, whole, rather than a piece of the next. */
static void
add_warning(char *to, size_t size, const char *text)
{
	size_t used = strlen(to);

	if (strstr(to, text) == NULL && used + 1 + strlen(text) < size)
		snprintf(to + used, size - used, "%s%s", used > 0 ? " " : "", text);
}

/* One document, being judged. */
struct judgement {
	struct request *r;
	struct intake *in;
	const struct paper *paper;
	const struct upload *u;
	struct findings *found;
};

static void
warn(const struct judgement *j, enum texts_id id, const char *value1,
     const char *value2)
{
	char text[ORDER_TEXT_MAX];

	texts_say(text, sizeof(text), j->r->language, id, value1, value2);
	log_info("order %u: warned: %s", j->in->number, text);
	add_warning(j->in->warning, sizeof(j->in->warning), text);
	add_warning(j->found->warning, sizeof(j->found->warning), text);
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
judge_verdict(const struct judgement *j)
{
	const struct settings *s = j->r->client->settings;
	enum preflight_verdict verdict = verdict_of(s, j->u);
	const struct finding *f = &of_verdict[verdict];
	enum action action = action_of(
		verdict == PREFLIGHT_UNCHECKED ? s->preflight_unchecked : s->preflight);
	char name[ORDER_NAME_MAX];

	if (verdict == PREFLIGHT_SOUND)
		return true;
	log_info("order %u: preflight: verdict %d: %s", j->in->number, (int)verdict,
		 j->u->answer.detail);
	name_it(j->r, j->u, name);
	if (action == REFUSE && f->refusal != TEXTS_COUNT) {
		request_answer(j->r, f->status, f->refusal,
			       sniff_mime(j->u->sniff.format), NULL);
		return false;
	}
	if (action != TAKE)
		warn(j, f->warning, name, NULL);
	return true;
}

static const struct settings_printer *
printer_of(const struct judgement *j)
{
	return settings_printer(j->r->client->settings, j->in->printer);
}

/* Of the order's printer, or of all. */
static uint32_t
least_ppi(const struct judgement *j)
{
	const struct settings_printer *p = printer_of(j);

	return p != NULL && p->min_ppi.is_set ? (uint32_t)p->min_ppi.value
					      : j->r->client->settings->min_ppi;
}

static bool
judge_pixels(const struct judgement *j)
{
	const struct preflight_answer *a = &j->u->answer;
	const struct paper_picture picture = {a->width, a->height, a->ppi_x, a->ppi_y};
	enum action action = action_of(j->r->client->settings->few_pixels);
	uint32_t least = least_ppi(j), ppi = paper_ppi(j->paper, &picture);
	char has[16], wanted[16];

	j->found->ppi = ppi;
	if (ppi == 0 || ppi >= least || action == TAKE)
		return true;
	request_number(has, ppi);
	request_number(wanted, least);
	if (action == WARN) {
		warn(j, TEXTS_WARN_FEW_PIXELS, has, wanted);
		return true;
	}
	request_answer(j->r, IPP_STATUS_ERROR_DOCUMENT_UNPRINTABLE,
		       TEXTS_DOC_FEW_PIXELS, has, wanted);
	return false;
}

/* PostScript, which nobody decodes here: what its structure tells is never a refusal. */
static void
judge_structure(const struct judgement *j)
{
	char name[ORDER_NAME_MAX];

	if (!j->u->sniff.doubtful ||
	    action_of(j->r->client->settings->preflight) == TAKE)
		return;
	name_it(j->r, j->u, name);
	warn(j, TEXTS_WARN_DOUBTFUL, name, NULL);
}

/* 0: nobody has counted them. */
static uint32_t
pages_of(const struct upload *u)
{
	if (u->checked && u->answer.pages > 0)
		return u->answer.pages;
	return u->sniff.format == SNIFF_JPEG || u->sniff.format == SNIFF_PNG;
}

bool
findings_judge(struct request *r, struct intake *in, const struct paper *paper,
	       const struct upload *u, struct findings *found)
{
	const struct judgement j = {r, in, paper, u, found};

	*found = (struct findings){.ppi = 0};
	judge_structure(&j);
	if (u->checked && (!judge_verdict(&j) || !judge_pixels(&j)))
		return false;
	found->price = price_of_copy(printer_of(&j), paper, pages_of(u));
	return true;
}

/* --- kept beside the document --- */

int
findings_add(const struct findings *found, const struct settings *settings,
	     struct buf *own, struct error *err)
{
	ipp_t *all = NULL;
	int rc;

	if (found->ppi == 0 && found->price == 0 && found->warning[0] == '\0')
		return 0;
	if (own->len == 0)
		all = ippNew();
	else if (ipp_bounds_decode(&IPP_LIMITS_OWN, own->data, own->len, &all, err) !=
		 0)
		return -1;
	if (found->ppi > 0)
		ippAddInteger(all, IPP_TAG_JOB, IPP_TAG_INTEGER, FOUND_PPI,
			      (int)found->ppi);
	if (found->warning[0] != '\0')
		ippAddString(all, IPP_TAG_JOB, IPP_TAG_TEXT, FOUND_WARNING, NULL,
			     found->warning);
	if (found->price > 0) {
		ippAddInteger(all, IPP_TAG_JOB, IPP_TAG_INTEGER, FOUND_PRICE,
			      (int)found->price);
		ippAddString(all, IPP_TAG_JOB, IPP_TAG_NAME, FOUND_CURRENCY, NULL,
			     settings->currency);
	}
	buf_clear(own);
	buf_init(own, ORDER_ATTRIBUTES_MAX);
	rc = ipp_bounds_encode(all, own, err);
	ippDelete(all);
	return rc;
}

int
findings_drop(struct buf *own, struct error *err)
{
	static const char *const names[] = {FOUND_PPI, FOUND_WARNING, FOUND_PRICE,
					    FOUND_CURRENCY};
	ipp_t *all = NULL;
	int rc = 0;

	if (own->len == 0)
		return 0;
	if (ipp_bounds_decode(&IPP_LIMITS_OWN, own->data, own->len, &all, err) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ippDeleteAttribute(all, ippFindAttribute(all, names[i], IPP_TAG_ZERO));
	buf_clear(own);
	buf_init(own, ORDER_ATTRIBUTES_MAX);
	if (ippFirstAttribute(all) != NULL)
		rc = ipp_bounds_encode(all, own, err);
	ippDelete(all);
	return rc;
}

void
findings_show(ipp_t *to, const struct wire_bytes *own)
{
	static const char *const shown[] = {"copies", FOUND_PPI, FOUND_WARNING,
					    FOUND_PRICE, FOUND_CURRENCY};
	ipp_t *all = NULL;

	if (own->len == 0 ||
	    ipp_bounds_decode(&IPP_LIMITS_OWN, own->data, own->len, &all, NULL) != 0)
		return;
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		ipp_attribute_t *a = ippFindAttribute(all, shown[i], IPP_TAG_ZERO);

		if (a != NULL)
			a = ippCopyAttribute(to, a, 0);
		if (a != NULL)
			ippSetGroupTag(to, &a, IPP_TAG_ZERO);
	}
	ippDelete(all);
}
