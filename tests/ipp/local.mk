# Conformance: what ipptool asks of an IPP service.
EXTRA_DIST += %D%/inapplicable
