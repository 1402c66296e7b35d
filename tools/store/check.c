/*
 * check.c - spoolctl check [--repair].
 *
 * A check reads beside a running spoold, in a process of its own: keep's loop does not wait
 * for it. While it reads, pages that are freed are not used again, so the file may grow by
 * what is handed in meanwhile.
 *
 * A repair wants spoold stopped. Where the tree itself is damaged nothing can be set right in
 * place: then a new store is made of what still has its sum, and the old file is kept.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"

#include "tools/store/work.h"

enum number { ORDERS, CORRUPT, BYTES, TREE_FAULTS };

#define LINES_MAX 2000 /* a damaged index may have a line for each order */

struct lines {
	bool json;
	json_t *sentences; /* where json is wanted */
	unsigned count;
};

static void
take_line(const char *sentence, void *context)
{
	struct lines *l = context;
	char text[ERROR_TEXT_MAX];

	text_copy(text, sizeof(text), sentence);
	text_strip_controls(text);
	if (++l->count > LINES_MAX)
		return;
	if (l->json)
		json_array_append_new(l->sentences, jsontext(text));
	else
		printf("%s\n", text);
}

/* --- the workers --- */

/* Not beside an owner: a head that is written over between two looks reads as damage. */
static int
look_over(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	const struct store_options options = shop_options(shop);
	struct store_tree tree;
	int rc = store_look_over(&options, work_say, w, &tree, err);

	(void)context;
	work_number(w, TREE_FAULTS, tree.faults);
	if (rc != 0 && err->kind == ERROR_ABSENT)
		error_set(err, ERROR_ABSENT, "there is no store in '%s' yet",
			  shop->store);
	return rc;
}

static void
tell_health(struct work *w, const struct store_health *h)
{
	work_number(w, ORDERS, store_orders(h));
	work_number(w, CORRUPT, h->orders[ORDER_CORRUPT]);
	work_number(w, BYTES, h->bytes);
}

static int
check(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	struct store_options look = shop_options(shop);
	struct store_health health;
	struct store *s;
	int rc;

	(void)context;
	look.read_only = true;
	if (store_open(&look, &s, err) != 0)
		return -1;
	if (store_count(s, &health, err) == 0)
		work_total(w, health.bytes);
	store_tell_progress(s, work_done, w);
	rc = store_check(s, work_say, w, &health, err);
	if (rc == 0)
		tell_health(w, &health);
	store_close(s);
	return rc;
}

static int
repair(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	const struct store_options options = shop_options(shop);
	uint64_t repaired = 0;
	struct store *s;
	int rc;

	(void)context;
	if (store_open(&options, &s, err) != 0)
		return -1;
	rc = store_repair(s, work_say, w, &repaired, err);
	store_close(s);
	return rc;
}

static int
salvage(struct work *w, const struct shop *shop, void *context, struct error *err)
{
	const struct store_options options = shop_options(shop);
	char kept[STORE_KEPT_MAX], sentence[SHOP_PATH_MAX + STORE_KEPT_MAX + 80];

	(void)context;
	if (store_salvage(&options, work_say, w, kept, err) != 0)
		return -1;
	snprintf(sentence, sizeof(sentence), "the damaged store is kept as '%s/%s'",
		 shop->store, kept);
	work_say(sentence, w);
	return 0;
}

/* --- the command --- */

static int
run(const struct shop *shop, const char *title,
    int (*work)(struct work *, const struct shop *, void *, struct error *),
    struct lines *lines, struct work_result *result, struct error *err)
{
	const struct work_plan plan = {
		.title = title, .run = work, .line = take_line, .line_context = lines};

	return work_run(&plan, shop, result, err);
}

/* Under the lock the tree alone, by what does not trust it; then all. A store that can't be
 * opened for damage, or ends who reads it, is a fault like others. */
static int
check_all(struct shop *shop, bool hold, struct lines *lines, bool *tree,
	  struct work_result *result, struct error *err)
{
	int rc = 0;

	*tree = false;
	if (shop->lock >= 0)
		rc = run(shop, NULL, look_over, lines, result, err);
	*tree = shop->lock >= 0 && result->numbers[TREE_FAULTS] != 0;
	if (!hold)
		shop_close(shop); /* spoold may start now */
	if (rc == 0 && !*tree)
		rc = run(shop, "checking", check, lines, result, err);
	if (rc == 0 || err->kind != ERROR_CORRUPT)
		return rc;
	*tree |= result->fell != 0;
	take_line(err->text, lines);
	return 0;
}

static int
repair_all(const struct shop *shop, bool tree, struct lines *steps, struct error *err)
{
	struct work_result result;

	if (!tree && run(shop, NULL, repair, steps, &result, err) == 0)
		return 0;
	if (!tree && err->kind != ERROR_CORRUPT)
		return -1;
	return run(shop, NULL, salvage, steps, &result, err);
}

static void
report(const struct control *c, const struct lines *faults, const struct lines *steps,
       const struct work_result *r)
{
	char size[32];
	json_t *all;

	if (c->json) {
		all = json_object();
		json_object_set(all, "faults", faults->sentences);
		json_object_set(all, "repairs", steps->sentences);
		json_object_set_new(all, "orders",
				    json_integer((json_int_t)r->numbers[ORDERS]));
		json_object_set_new(all, "corrupt",
				    json_integer((json_int_t)r->numbers[CORRUPT]));
		json_object_set_new(all, "bytes",
				    json_integer((json_int_t)r->numbers[BYTES]));
		jsontext_print(all, 2);
		return;
	}
	if (steps->count > LINES_MAX)
		printf("... %u steps in all\n", steps->count);
	work_size_text(size, r->numbers[BYTES]);
	printf("%u fault%s; %llu orders, %s of documents", faults->count,
	       faults->count == 1 ? "" : "s", (unsigned long long)r->numbers[ORDERS],
	       size);
	if (r->numbers[CORRUPT] != 0)
		printf("; %llu corrupt, set aside (spoolctl -S corrupt orders)",
		       (unsigned long long)r->numbers[CORRUPT]);
	putchar('\n');
}

/* faults: what there was; after a repair it must be gone. */
static int
check_and_repair(const struct control *c, struct shop *shop, struct lines *faults,
		 struct lines *steps, struct work_result *result, struct error *err)
{
	struct lines left = {.json = c->json, .sentences = steps->sentences};
	bool tree;

	if (check_all(shop, c->repair, faults, &tree, result, err) != 0)
		return -1;
	if (!c->repair || faults->count == 0)
		return 0;
	if (!c->json)
		printf("--- repairing ---\n");
	if (repair_all(shop, tree, steps, err) != 0 ||
	    check_all(shop, true, &left, &tree, result, err) != 0)
		return -1;
	faults->count = left.count;
	return 0;
}

int
control_check(const struct control *c, int argc, char *argv[])
{
	static struct shop shop;
	struct lines faults = {.json = c->json, .sentences = json_array()};
	struct lines steps = {.json = c->json, .sentences = json_array()};
	struct work_result result = {.fell = 0};
	struct error err = {0};
	int rc;

	(void)argv;
	if (argc != 0)
		return CONTROL_USAGE;
	rc = shop_open(&shop, c, &err);
	if (rc == 0 && shop_lock(&shop, &err) != 0)
		rc = c->repair ? -1 : 0; /* beside spoold */
	if (rc == 0)
		rc = check_and_repair(c, &shop, &faults, &steps, &result, &err);
	shop_close(&shop);
	if (rc == 0)
		report(c, &faults, &steps, &result);
	json_decref(faults.sentences);
	json_decref(steps.sentences);
	if (rc != 0)
		return control_fault(&err);
	return faults.count > 0 ? CONTROL_FAULTS : CONTROL_OK;
}
