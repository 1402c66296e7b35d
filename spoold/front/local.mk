# spoold/front
noinst_LIBRARIES += spoold/front/libfront.a
spoold_front_libfront_a_SOURCES = \
	%D%/action.c %D%/action.h %D%/admission.c %D%/admission.h %D%/announce.c %D%/announce.h %D%/certificate.c %D%/certificate.h %D%/change.h %D%/client.c %D%/client.h \
	%D%/derive.c %D%/derive.h %D%/findings.c %D%/findings.h %D%/guesses.c %D%/guesses.h %D%/front.c %D%/front.h %D%/intake.c %D%/intake.h \
	%D%/jobs.c %D%/jobs.h %D%/link.c %D%/link.h %D%/operations.c %D%/operations.h \
	%D%/ops_change.c %D%/ops_document.c %D%/ops_job.c %D%/ops_notify.c %D%/ops_operate.c %D%/ops_printer.c %D%/ops_release.c \
	%D%/ops_set.c %D%/ops_submit.c %D%/ops_subscribe.c %D%/owner.c %D%/owner.h \
	%D%/pages.c %D%/pages.h %D%/paper.c %D%/paper.h %D%/price.c %D%/price.h %D%/picture.c %D%/picture.h \
	%D%/pin.c %D%/pin.h \
	%D%/preflight.c %D%/preflight.h %D%/printer_attributes.c \
	%D%/subscribe.c %D%/subscribe.h %D%/subscriptions.c %D%/subscriptions.h \
	%D%/printers.c %D%/printers.h %D%/queued.c %D%/queued.h %D%/request.c %D%/request.h \
	%D%/sniff.c %D%/sniff.h %D%/sniff_jpeg.c %D%/sniff_pdf.c %D%/sniff_png.c %D%/sniff_postscript.c \
	%D%/sniff_raster.c %D%/sniff_tiff.c %D%/status.c %D%/status.h %D%/taken.c %D%/taken.h %D%/template.c \
	%D%/template.h %D%/template_media.c %D%/template_media.h %D%/template_overrides.c \
	%D%/template_overrides.h %D%/texts.c %D%/texts.h \
	%D%/terms.c %D%/terms.h %D%/unlock.c %D%/unlock.h %D%/upload.c %D%/upload.h
spoold_front_libfront_a_SOURCES += %D%/inflate.c %D%/inflate.h \
	%D%/printer_media.c %D%/printer_media.h %D%/printer_raster.c %D%/printer_raster.h
spoold_front_libfront_a_SOURCES += %D%/account.c %D%/account.h %D%/station_key.c %D%/station_key.h %D%/document.c %D%/document.h %D%/wish.c %D%/wish.h
spoold_front_libfront_a_SOURCES += %D%/copydoc.c %D%/copydoc.h %D%/ops_resubmit.c \
	%D%/storage.c %D%/storage.h %D%/submit.h
spoold_front_libfront_a_SOURCES += %D%/document_fault.c %D%/document_fault.h \
	%D%/submitted.c %D%/submitted.h \
	%D%/printer_alert.c %D%/printer_device.c %D%/printer_status.h %D%/printer_supply.c
spoold_front_libfront_a_CFLAGS = $(AM_CFLAGS) $(CUPS_CFLAGS) $(ZLIB_CFLAGS)
LIBFRONT = spoold/front/libfront.a $(ZLIB_LIBS)
