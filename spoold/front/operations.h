/*
 * operations.h - the table of what front can do: operation, function, needs.
 */
#ifndef CC_FRONT_OPERATIONS_H
#define CC_FRONT_OPERATIONS_H

#include "spoold/front/request.h"

enum operations_need {
	NEED_NOTHING, /* any target of ours, "/" too */
	NEED_PRINTER, /* a printer */
	NEED_JOB      /* a job, by job-uri, or by printer-uri and job-id */
};

/* Fills r->out (or streams it). Every path answers; nothing is returned. */
typedef void operation_fn(struct request *r);

struct operation {
	ipp_op_t id;
	operation_fn *run;
	enum operations_need need;
	bool document; /* document data may follow */
};

/* NULL: not supported. */
const struct operation *operations_find(ipp_op_t id);
/* The sentence for one that is not supported: what to do instead. */
enum texts_id operations_refusal(ipp_op_t id);
/* operations-supported */
void operations_add_supported(ipp_t *to);

/* ops_printer.c */
operation_fn ops_get_printer_attributes, ops_get_printers, ops_get_default,
	ops_get_classes, ops_identify_printer;
/* ops_operate.c: for operators only */
operation_fn ops_control_printer, ops_purge_jobs, ops_set_printer_attributes,
	ops_get_printer_supported_values;
/* printer-settable-attributes-supported */
void operate_add_supported(ipp_t *to);
/* False after the request was answered: only operators may, and where that is done. */
bool operate_may(struct request *r);
/* ops_submit.c */
operation_fn ops_validate_job, ops_print_job, ops_create_job, ops_send_document,
	ops_close_job;
/* ops_job.c */
operation_fn ops_get_jobs, ops_get_job_attributes, ops_get_documents,
	ops_get_document_attributes;
/* ops_change.c */
operation_fn ops_cancel_job, ops_cancel_jobs, ops_cancel_my_jobs, ops_hold_job,
	ops_resume_job, ops_restart_job;
/* ops_document.c */
operation_fn ops_cancel_document, ops_set_document_attributes;
/* ops_resubmit.c */
operation_fn ops_resubmit_job, ops_reprocess_job;
/* ops_set.c */
operation_fn ops_set_job_attributes;
/* ops_subscribe.c */
operation_fn ops_create_printer_subscriptions, ops_create_job_subscriptions,
	ops_get_subscriptions, ops_get_subscription_attributes, ops_renew_subscription,
	ops_cancel_subscription;
/* ops_notify.c */
operation_fn ops_get_notifications;
/* ops_release.c */
operation_fn ops_release_job;

#endif
