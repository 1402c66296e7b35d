#include "spoold/front/operations.h"

/* Not in CUPS 2.4's header (PWG 5100.11-2024). */
#define EPX_OP_GET_USER_PRINTER_ATTRIBUTES ((ipp_op_t)0x0066)

/* clang-format off */
static const struct operation operations[] = {
	{IPP_OP_PRINT_JOB,		ops_print_job,			NEED_PRINTER,	true},
	{IPP_OP_VALIDATE_JOB,		ops_validate_job,		NEED_PRINTER,	false},
	{IPP_OP_CREATE_JOB,		ops_create_job,			NEED_PRINTER,	false},
	{IPP_OP_SEND_DOCUMENT,		ops_send_document,		NEED_JOB,	true},
	{IPP_OP_CANCEL_JOB,		ops_cancel_job,			NEED_JOB,	false},
	{IPP_OP_GET_JOB_ATTRIBUTES,	ops_get_job_attributes,		NEED_JOB,	false},
	{IPP_OP_GET_JOBS,		ops_get_jobs,			NEED_NOTHING,	false},
	{IPP_OP_GET_PRINTER_ATTRIBUTES,	ops_get_printer_attributes,	NEED_NOTHING,	false},
	{IPP_OP_HOLD_JOB,		ops_hold_job,			NEED_JOB,	false},
	{IPP_OP_RELEASE_JOB,		ops_release_job,		NEED_NOTHING,	false},
	{IPP_OP_RESTART_JOB,		ops_restart_job,		NEED_JOB,	false},
	{IPP_OP_PAUSE_PRINTER,		ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_RESUME_PRINTER,		ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_PURGE_JOBS,		ops_purge_jobs,			NEED_PRINTER,	false},
	{IPP_OP_SET_PRINTER_ATTRIBUTES,	ops_set_printer_attributes,	NEED_PRINTER,	false},
	{IPP_OP_SET_JOB_ATTRIBUTES,	ops_set_job_attributes,		NEED_JOB,	false},
	{IPP_OP_GET_PRINTER_SUPPORTED_VALUES, ops_get_printer_supported_values, NEED_PRINTER, false},
	{IPP_OP_CREATE_PRINTER_SUBSCRIPTIONS, ops_create_printer_subscriptions, NEED_PRINTER, false},
	{IPP_OP_CREATE_JOB_SUBSCRIPTIONS, ops_create_job_subscriptions, NEED_NOTHING,	false},
	{IPP_OP_GET_SUBSCRIPTION_ATTRIBUTES, ops_get_subscription_attributes, NEED_NOTHING, false},
	{IPP_OP_GET_SUBSCRIPTIONS,	ops_get_subscriptions,		NEED_NOTHING,	false},
	{IPP_OP_RENEW_SUBSCRIPTION,	ops_renew_subscription,		NEED_NOTHING,	false},
	{IPP_OP_CANCEL_SUBSCRIPTION,	ops_cancel_subscription,	NEED_NOTHING,	false},
	{IPP_OP_GET_NOTIFICATIONS,	ops_get_notifications,		NEED_NOTHING,	false},
	{IPP_OP_ENABLE_PRINTER,		ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_DISABLE_PRINTER,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_PAUSE_PRINTER_AFTER_CURRENT_JOB, ops_control_printer,	NEED_PRINTER,	false},
	{IPP_OP_HOLD_NEW_JOBS,		ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_RELEASE_HELD_NEW_JOBS,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_RESTART_PRINTER,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_SHUTDOWN_PRINTER,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_STARTUP_PRINTER,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_CANCEL_CURRENT_JOB,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_SUSPEND_CURRENT_JOB,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_RESUME_JOB,		ops_resume_job,			NEED_JOB,	false},
	{IPP_OP_GET_DOCUMENTS,		ops_get_documents,		NEED_JOB,	false},
	{IPP_OP_GET_DOCUMENT_ATTRIBUTES, ops_get_document_attributes,	NEED_JOB,	false},
	{IPP_OP_CANCEL_DOCUMENT,	ops_cancel_document,		NEED_JOB,	false},
	{IPP_OP_SET_DOCUMENT_ATTRIBUTES, ops_set_document_attributes,	NEED_JOB,	false},
	{IPP_OP_CANCEL_JOBS,		ops_cancel_jobs,		NEED_NOTHING,	false},
	{IPP_OP_CANCEL_MY_JOBS,		ops_cancel_my_jobs,		NEED_NOTHING,	false},
	{IPP_OP_RESUBMIT_JOB,		ops_resubmit_job,		NEED_JOB,	false},
	{IPP_OP_REPROCESS_JOB,		ops_reprocess_job,		NEED_JOB,	false},
	{IPP_OP_CLOSE_JOB,		ops_close_job,			NEED_JOB,	false},
	{IPP_OP_IDENTIFY_PRINTER,	ops_identify_printer,		NEED_PRINTER,	false},
	{EPX_OP_GET_USER_PRINTER_ATTRIBUTES, ops_get_printer_attributes, NEED_PRINTER,	false},
	{IPP_OP_CUPS_GET_DEFAULT,	ops_get_default,		NEED_NOTHING,	false},
	{IPP_OP_CUPS_GET_CLASSES,	ops_get_classes,		NEED_NOTHING,	false},
	{IPP_OP_CUPS_GET_PRINTERS,	ops_get_printers,		NEED_NOTHING,	false},
	{IPP_OP_CUPS_ACCEPT_JOBS,	ops_control_printer,		NEED_PRINTER,	false},
	{IPP_OP_CUPS_REJECT_JOBS,	ops_control_printer,		NEED_PRINTER,	false},
};

/* What operators try with CUPS's commands: who does it instead. */
static const struct {
	ipp_op_t id;
	enum texts_id why;
} refusals[] = {
	{IPP_OP_CUPS_MOVE_JOB,		TEXTS_NO_MOVE},
	{IPP_OP_CUPS_ADD_MODIFY_PRINTER, TEXTS_NO_PRINTER_CONTROL},
	{IPP_OP_CUPS_DELETE_PRINTER,	TEXTS_NO_PRINTER_CONTROL},
	{IPP_OP_CUPS_SET_DEFAULT,	TEXTS_NO_PRINTER_CONTROL},
	{IPP_OP_CUPS_GET_DOCUMENT,	TEXTS_NO_LOOK},
};
/* clang-format on */
#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

const struct operation *
operations_find(ipp_op_t id)
{
	for (size_t i = 0; i < OPERATIONS; i++)
		if (operations[i].id == id)
			return &operations[i];
	return NULL;
}

enum texts_id
operations_refusal(ipp_op_t id)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].id == id)
			return refusals[i].why;
	return TEXTS_OPERATION;
}

void
operations_add_supported(ipp_t *to)
{
	ipp_attribute_t *attr =
		ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_ENUM, "operations-supported",
			      (int)operations[0].id);

	for (size_t i = 1; i < OPERATIONS; i++)
		ippSetInteger(to, &attr, ippGetCount(attr), (int)operations[i].id);
}
