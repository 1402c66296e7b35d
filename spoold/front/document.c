#include "spoold/front/document.h"
#include "spoold/front/request.h"

static int
state_of(const struct wire_document_info *d)
{
	static const int states[] = {[DOCUMENT_WAITING] = IPP_DSTATE_PENDING,
				     [DOCUMENT_SPENT] = IPP_DSTATE_PROCESSING,
				     [DOCUMENT_PRODUCED] = IPP_DSTATE_COMPLETED,
				     [DOCUMENT_CANCELED] = IPP_DSTATE_CANCELED};

	return d->state <= DOCUMENT_CANCELED ? states[d->state] : IPP_DSTATE_ABORTED;
}

static const char *
reason_of(const struct wire_document_info *d)
{
	static const char *const reasons[] = {[WIRE_IDLE] = "none",
					      [WIRE_RENDERING] = "transforming",
					      [WIRE_SENDING] = "outgoing",
					      [WIRE_PRINTING] = "printing"};

	if (d->state == DOCUMENT_CANCELED)
		return "canceled-by-user";
	return d->phase <= WIRE_PRINTING ? reasons[d->phase] : reasons[WIRE_IDLE];
}

void
document_add_progress(ipp_t *to, ipp_tag_t group, const struct wire_document_info *d,
		      cups_array_t *wanted)
{
	if (request_wants(wanted, "document-state"))
		ippAddInteger(to, group, IPP_TAG_ENUM, "document-state", state_of(d));
	if (request_wants(wanted, "document-state-reasons"))
		ippAddString(to, group, IPP_TAG_KEYWORD, "document-state-reasons", NULL,
			     reason_of(d));
	if (d->pages > 0 && request_wants(wanted, "impressions"))
		ippAddInteger(to, group, IPP_TAG_INTEGER, "impressions", (int)d->pages);
	if (request_wants(wanted, "impressions-completed"))
		ippAddInteger(to, group, IPP_TAG_INTEGER, "impressions-completed",
			      (int)d->made);
}
