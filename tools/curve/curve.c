/*
 * curve.c - spoolctl curve make MEASURED CURVES [PLOT]
 *           spoolctl curve show CURVES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/fs.h"

#include "tools/control/control.h"
#include "tools/curve/plot.h"

#define FILE_MODE 0644 /* doctoplates is another user, and no curve is a secret */

static int
failed(const struct error *err)
{
	fprintf(stderr, "spoolctl: %s\n", err->text);
	return err->kind == ERROR_INPUT ? CONTROL_REFUSED : CONTROL_FAILED;
}

static int
read_all(const char *path, size_t most, struct buf *text, struct error *err)
{
	buf_init(text, most);
	return fs_read_file(path, text, err);
}

static int
write_plot(const struct measured *m, const struct curve_set *set, const char *path,
	   struct error *err)
{
	char *svg = NULL;
	size_t len;
	FILE *to = open_memstream(&svg, &len);
	int rc;

	INVARIANT(to != NULL);
	plot_curves(to, m, set);
	INVARIANT(fclose(to) == 0);
	rc = fs_write_file(path, FILE_MODE, svg, len, err);
	free(svg);
	return rc;
}

static void
say_curve(const struct curve *c)
{
	printf("%s", strcmp(c->ink, "*") == 0 ? "every ink" : c->ink);
	if (c->ruling_lpi > 0)
		printf(" at %g lpi", c->ruling_lpi);
	printf("\n  tint  plate\n");
	for (int tint = 0; tint <= 100; tint += 10)
		printf("%6d  %5.1f\n", tint, 100 * curve_at(c, tint / 100.0));
}

static int
write_curves(const struct curve_set *set, const char *path, struct error *err)
{
	struct buf json;
	int rc;

	buf_init(&json, CURVE_BYTES_MAX);
	rc = curve_set_write(set, &json, err);
	if (rc == 0)
		rc = fs_write_file(path, FILE_MODE, json.data, json.len, err);
	buf_clear(&json);
	return rc;
}

static int
make(const struct measured *m, char *files[], int count, struct error *err)
{
	struct curve_set *set = calloc(1, sizeof(*set));
	int rc;

	INVARIANT(set != NULL);
	measured_curves(m, set);
	rc = write_curves(set, files[1], err);
	if (rc == 0 && count > 2)
		rc = write_plot(m, set, files[2], err);
	for (size_t i = 0; rc == 0 && i < set->count; i++)
		say_curve(&set->curve[i]);
	free(set);
	return rc;
}

static int
make_command(int argc, char *argv[])
{
	struct measured *m = calloc(1, sizeof(*m));
	struct buf text;
	struct error err;
	int rc;

	INVARIANT(m != NULL);
	rc = read_all(argv[0], MEASURED_BYTES_MAX, &text, &err);
	if (rc == 0) {
		rc = measured_read(m, text.data, text.len, &err);
		if (rc != 0)
			error_prefix(&err, "%s", argv[0]);
	}
	if (rc == 0)
		rc = make(m, argv, argc, &err);
	buf_clear(&text);
	free(m);
	return rc == 0 ? CONTROL_OK : failed(&err);
}

static int
show_command(const char *path, bool as_json)
{
	struct curve_set *set = calloc(1, sizeof(*set));
	struct buf json;
	struct error err;
	int rc;

	INVARIANT(set != NULL);
	rc = read_all(path, CURVE_BYTES_MAX, &json, &err);
	if (rc == 0) {
		rc = curve_set_read(set, json.data, json.len, &err);
		if (rc != 0)
			error_prefix(&err, "%s", path);
	}
	if (rc == 0 && as_json)
		fwrite(json.data, 1, json.len, stdout);
	for (size_t i = 0; rc == 0 && !as_json && i < set->count; i++)
		say_curve(&set->curve[i]);
	buf_clear(&json);
	free(set);
	return rc == 0 ? CONTROL_OK : failed(&err);
}

int
control_curve(const struct control *c, int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[0], "show") == 0)
		return show_command(argv[1], c->json);
	if ((argc == 3 || argc == 4) && strcmp(argv[0], "make") == 0)
		return make_command(argc - 1, argv + 1);
	return -1;
}
