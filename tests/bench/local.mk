# tests/bench: never part of make check.
include %D%/store.mk
include %D%/photo.mk
