# End-to-end tests: private cupsd, printers, spoold; as root. Not part of `make check`, so
# that a package can be built by anyone: `make check-e2e`, or `./bootstrap check` for all.
E2E_TESTS = \
	%D%/alone.sh \
	%D%/announce.sh \
	%D%/audit.sh \
	%D%/authorise.sh \
	%D%/backup.sh \
	%D%/bad-input.sh \
	%D%/clients.sh \
	%D%/capabilities.sh \
	%D%/conformance.sh \
	%D%/courier.sh \
	%D%/crash.sh \
	%D%/damage.sh \
	%D%/doctor.sh \
	%D%/documents.sh \
	%D%/driver.sh \
	%D%/epx.sh \
	%D%/front.sh \
	%D%/full.sh \
	%D%/gate.sh \
	%D%/harness.sh \
	%D%/hold.sh \
	%D%/lists.sh \
	%D%/memory.sh \
	%D%/hold-clock.sh \
	%D%/hold-operators.sh \
	%D%/hold-queues.sh \
	%D%/operators.sh \
	%D%/overrides.sh \
	%D%/plates.sh \
	%D%/quota.sh \
	%D%/preflight.sh \
	%D%/private.sh \
	%D%/proof.sh \
	%D%/raster.sh \
	%D%/release.sh \
	%D%/remote-station.sh \
	%D%/secrets.sh \
	%D%/several.sh \
	%D%/sheets.sh \
	%D%/site-secret.sh \
	%D%/spoold.sh \
	%D%/station.sh \
	%D%/station-summary.sh \
	%D%/wrong-tries.sh \
	%D%/station-screen.sh \
	%D%/subscriptions.sh \
	%D%/supported.sh \
	%D%/stored.sh \
	%D%/strangers.sh \
	%D%/ticket.sh \
	%D%/tls.sh \
	%D%/warning.sh
EXTRA_DIST += $(E2E_TESTS) %D%/demo %D%/lib.sh \
	%D%/ipp/account.test \
	%D%/ipp/cancel-mine.test \
	%D%/ipp/copies.test \
	%D%/ipp/cancel.test \
	%D%/ipp/job.test \
	%D%/ipp/jobs.test \
	%D%/ipp/resolution.test \
	%D%/ipp/order-code.test \
	%D%/ipp/print-code.test \
	%D%/ipp/print-as.test \
	%D%/ipp/print-pin.test \
	%D%/ipp/printer.test \
	%D%/ipp/release-pin.test \
	%D%/ipp/several.test \
	%D%/lib/cupsd.sh \
	%D%/lib/hold.sh \
	%D%/lib/ipp.sh \
	%D%/lib/net.sh \
	%D%/lib/place.sh \
	%D%/lib/printer.sh \
	%D%/lib/process.sh \
	%D%/lib/secrets.sh \
	%D%/lib/shop.sh \
	%D%/lib/spoold.sh \
	%D%/lib/tap.sh \
	%D%/lib/wait.sh

include %D%/material/local.mk
include %D%/clock/local.mk
include %D%/courier/local.mk
include %D%/memory/local.mk
include %D%/stranger/local.mk

.PHONY: check-e2e
check-e2e: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS="$(E2E_TESTS)"

# The five suites of ipptool, whole, for each kind of printer.
.PHONY: check-conformance
check-conformance: all
	CONFORMANCE=all $(MAKE) $(AM_MAKEFLAGS) check TESTS=%D%/conformance.sh
