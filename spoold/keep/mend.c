#include "lib/base/log.h"
#include "spoold/keep/mend.h"

static void
say(const char *sentence, void *context)
{
	unsigned *said = context;

	if ((*said)++ < MEND_LINES)
		log_error("%s", sentence);
}

/* Silently: what is wrong is said by who saves it. */
static int
look_over(const struct store_options *options, struct store_tree *tree,
	  struct error *err)
{
	if (store_look_over(options, NULL, NULL, tree, err) != 0)
		return -1;
	if (tree->head)
		return 0;
	return error_set(err, ERROR_CORRUPT,
			 "neither head of the store's file is sound");
}

static int
save(const struct store_options *options, struct error *err)
{
	char kept[STORE_KEPT_MAX];
	unsigned said = 0;

	log_error("the store is damaged: a new one is made of what is whole in it");
	if (store_salvage(options, say, &said, kept, err) != 0)
		return error_prefix(err, "the damaged store cannot be saved");
	log_error("the store was saved%s; the damaged one is kept as '%s/%s'. Look at "
		  "the disk; orders that are stopped or corrupt want a person: "
		  "spoolctl -S stopped orders, spoolctl -S corrupt orders",
		  said > MEND_LINES ? " (not all that was done is said above)" : "",
		  options->folder, kept);
	return 0;
}

int
mend_after_fall(const struct store_options *options, struct error *err)
{
	struct store_tree tree;
	struct error own;

	log_notice("the last keep fell: its store is looked over first");
	if (look_over(options, &tree, &own) == 0)
		return tree.faults != 0 ? save(options, err) : 0;
	if (own.kind == ERROR_ABSENT)
		return 0;
	*err = own;
	return -1;
}

int
mend_closed(const struct store_options *options, struct error *err)
{
	struct store_tree tree;

	return look_over(options, &tree, err) == 0 ? save(options, err) : -1;
}
