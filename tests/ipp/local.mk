# Conformance: what ipptool asks of an IPP service.
EXTRA_DIST += %D%/epx-release.test %D%/inapplicable
# Clients of other people, as they send their requests; each file names its sources.
EXTRA_DIST += %D%/clients/android.test %D%/clients/cups.test %D%/clients/ios.test \
	%D%/clients/macos.test %D%/clients/windows.test
