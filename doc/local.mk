# doc/
dist_man_MANS += %D%/claimcheck-processes.7 %D%/spoold.8 %D%/spoold.conf.5
EXTRA_DIST += %D%/decisions/announce.md %D%/decisions/courier.md %D%/decisions/preflight.md \
	%D%/decisions/supervisor.md %D%/decisions/tls.md
dist_man_MANS += %D%/store.7
dist_doc_DATA += %D%/security.md
EXTRA_DIST += %D%/decisions/audit.md %D%/decisions/owner.md %D%/decisions/warnings.md %D%/decisions/sealing.md %D%/decisions/spoolctl.md %D%/decisions/store.md
dist_man_MANS += %D%/attest.8 %D%/claimcheck.8 %D%/release.1 %D%/spoolctl.8 %D%/tickettodoc.8
dist_man_MANS += %D%/doctoplates.8 %D%/platesetter.8 %D%/plateset.5 %D%/platecurve.5
EXTRA_DIST += %D%/decisions/plates.md
dist_man_MANS += %D%/claimcheck-wire.7
dist_man_MANS += %D%/doctophoto.8 %D%/photopages.8
EXTRA_DIST += %D%/decisions/fuzzing.md %D%/decisions/raster.md
EXTRA_DIST += %D%/decisions/dates.md %D%/decisions/operators.md %D%/decisions/conformance.md %D%/decisions/stations.md
EXTRA_DIST += %D%/decisions/colour.md %D%/decisions/exif.md %D%/decisions/filter-choice.md
dist_man_MANS += %D%/claimcheck-ipp.7
EXTRA_DIST += %D%/hold-curve.json %D%/hold-curve.svg %D%/hold-curve.txt
