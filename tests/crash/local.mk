# tests/crash: what no kill and no loss of power may break.
include %D%/store.mk
include %D%/kills.mk
