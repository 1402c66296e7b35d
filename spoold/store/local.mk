# spoold/store: what is kept. Engines below kv.h, the store's logic above it.
noinst_LIBRARIES += spoold/store/libstore.a
spoold_store_libstore_a_SOURCES = \
	%D%/audit.c %D%/aside.c %D%/body.c %D%/check.c %D%/copy.c %D%/inner.h %D%/key.h %D%/kv.h %D%/kv-lmdb.c \
	%D%/kv-lmdb-ahead.c %D%/kv-lmdb-copy.c %D%/kv-lmdb-disk.c %D%/kv-lmdb.h %D%/kv-lmdb-map.c %D%/kv-lmdb-push.c %D%/kv-lmdb-read.c \
	%D%/kv-lmdb-room.c %D%/kv-lmdb-tree.c %D%/kv-ram.c %D%/outbox.c %D%/pages.c %D%/pages.h \
	%D%/pages-inner.h %D%/pages-walk.c \
	%D%/record.c %D%/repair.c %D%/rows.c %D%/salvage.c %D%/scan.c %D%/scrub.c %D%/store.c %D%/store.h %D%/sweep.c %D%/sweep.h %D%/thread.c %D%/thread.h %D%/walk.c \
	%D%/upgrade.c %D%/usage.c
spoold_store_libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
LIBSTORE = spoold/store/libstore.a $(LMDB_LIBS) -lpthread
