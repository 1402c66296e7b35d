/*
 * The file's tree, looked over beside its owner: a read transaction keeps the pages of one
 * state of it from being used again meanwhile.
 */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "spoold/store/kv-lmdb.h"
#include "spoold/store/pages.h"

#define TREE_TRIES 100 /* that a head was written over between two looks */

static int
walk_now(struct lmdb *l, const struct pages_visitor *v, struct pages_found *found,
	 struct error *err)
{
	struct pages *p = NULL;
	MDB_txn *txn;
	int rc = mdb_txn_begin(l->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return lmdb_error(err, rc, "cannot read the store");
	rc = pages_open(l->folder, &p, err);
	if (rc == 0)
		rc = pages_walk(p, mdb_txn_id(txn), v, found, err);
	pages_close(p);
	mdb_txn_abort(txn);
	return rc;
}

/* Who asked, and when to stop. */
struct looker {
	store_fault_fn *fault;
	void *context;
	const atomic_bool *ending; /* NULL: at the end */
};

static void
pass_on(const char *sentence, void *context)
{
	const struct looker *l = context;

	if (l->fault != NULL)
		l->fault(sentence, l->context);
}

static bool
wants_none(void *context, enum kv_table table, struct kv_span key)
{
	(void)context;
	(void)table;
	(void)key;
	return false;
}

static int
go_on(void *context, enum kv_table table, struct kv_span key, struct kv_span value,
      bool reached)
{
	const struct looker *l = context;

	(void)table;
	(void)key;
	(void)value;
	(void)reached;
	return l->ending != NULL && atomic_load(l->ending);
}

int
lmdb_tree(struct kv *kv, store_fault_fn *fault, void *context,
	  const atomic_bool *ending, uint64_t *faults, struct error *err)
{
	struct looker looker = {fault, context, ending};
	const struct pages_visitor v = {.fault = pass_on,
					.row = go_on,
					.wants = wants_none,
					.context = &looker};
	struct error own = {.kind = ERROR_LATER};
	struct pages_found found = {.faults = 0};
	int rc = -1;

	for (int i = 0; i < TREE_TRIES && rc != 0 && own.kind == ERROR_LATER; i++) {
		error_set(&own, ERROR_REFUSED, "broken off");
		rc = walk_now((struct lmdb *)kv, &v, &found, &own);
	}
	*faults = found.faults;
	if (rc != 0 && err != NULL)
		*err = own;
	return rc;
}

int
lmdb_check_head(const char *folder, struct error *err)
{
	char path[PATH_MAX];
	struct pages *p;
	struct stat st;
	int rc;

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	if (stat(path, &st) != 0 || st.st_size == 0)
		return 0; /* a new store */
	if (pages_open(folder, &p, err) != 0)
		return -1;
	rc = pages_check_head(p, err);
	pages_close(p);
	return rc;
}

int
lmdb_head(struct kv *kv, struct error *err)
{
	return lmdb_check_head(((struct lmdb *)kv)->folder, err);
}
