# lib/order, lib/seal, spoold/store
check_PROGRAMS += tests/unit/order tests/unit/price tests/unit/seal tests/unit/store tests/unit/store-lmdb \
	tests/unit/store-fails tests/unit/store-broken tests/unit/store-format tests/unit/store-space tests/unit/store-audit \
	tests/unit/store-map tests/unit/store-ahead tests/unit/store-tree tests/unit/store-copy
TESTS += tests/unit/order tests/unit/price tests/unit/seal tests/unit/store tests/unit/store-lmdb \
	tests/unit/store-fails tests/unit/store-broken tests/unit/store-format tests/unit/store-space tests/unit/store-audit \
	tests/unit/store-map tests/unit/store-ahead tests/unit/store-tree tests/unit/store-copy
TESTS += %D%/seal-vectors.sh
EXTRA_DIST += %D%/seal-vectors.py %D%/seal-vectors.sh %D%/store-format-1.mdb %D%/store-format-2.mdb %D%/store-format-3.mdb %D%/store-format-4.mdb

tests_unit_price_SOURCES = %D%/price.c
tests_unit_price_LDADD = $(LIBTAP) $(LIBORDER) $(LIBBASE)
tests_unit_order_SOURCES = %D%/order.c
tests_unit_order_LDADD = $(LIBTAP) $(LIBORDER) $(LIBBASE)
tests_unit_seal_SOURCES = %D%/seal.c
tests_unit_seal_LDADD = $(LIBTAP) $(LIBSEAL) $(LIBBASE)
tests_unit_store_SOURCES = %D%/store.c %D%/store-help.c %D%/store-help.h
tests_unit_store_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_fails_SOURCES = %D%/store-fails.c %D%/store-help.c %D%/store-help.h
tests_unit_store_fails_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_broken_SOURCES = %D%/store-broken.c %D%/store-help.c %D%/store-help.h
tests_unit_store_broken_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_lmdb_SOURCES = %D%/store-lmdb.c %D%/store-help.c %D%/store-help.h
tests_unit_store_lmdb_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_format_SOURCES = %D%/store-format.c %D%/store-help.c %D%/store-help.h
tests_unit_store_format_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_audit_SOURCES = %D%/store-audit.c %D%/store-help.c %D%/store-help.h
tests_unit_store_audit_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_space_SOURCES = %D%/store-space.c %D%/store-help.c %D%/store-help.h
tests_unit_store_space_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_ahead_SOURCES = %D%/store-ahead.c %D%/store-help.c %D%/store-help.h
tests_unit_store_ahead_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_map_SOURCES = %D%/store-map.c %D%/store-help.c %D%/store-help.h
tests_unit_store_map_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_tree_SOURCES = %D%/store-tree.c %D%/store-help.c %D%/store-help.h
tests_unit_store_tree_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)
tests_unit_store_copy_SOURCES = %D%/store-copy.c %D%/store-help.c %D%/store-help.h \
	%D%/bad-disk.c %D%/bad-disk.h
tests_unit_store_copy_LDADD = $(LIBTAP) $(LIBSTORE) $(LIBSEAL) $(LIBORDER) $(LIBBASE)

# A gigabyte of photographs, filled and half emptied 20 times: some 12 GB are written.
.PHONY: check-space
check-space: tests/unit/store-space
	tests/unit/store-space 1000 20000 20 $$(date +%s)
