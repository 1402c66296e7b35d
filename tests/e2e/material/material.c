/*
 * material KIND FILE [PROFILE.icc] - makes one test document.
 * material pwg-samples FOLDER <NAMES  - makes PWG raster, as each line of NAMES says.
 *
 * No blobs lie in the tree: every document that the tests print is made here, and says
 * in a comment what is in it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/material/material.h"

#define PROFILE_MAX (4 * 1024 * 1024)

static const struct {
	const char *kind;
	void (*plain)(FILE *to);
	void (*profiled)(FILE *to, const struct profile *icc);
} kinds[] = {
	{"photo.jpg", NULL, photo_jpeg},   {"photo.png", NULL, photo_png},
	{"plate.pdf", plate_pdf, NULL},	   {"huge.png", bad_huge_png, NULL},
	{"huge.jpg", bad_huge_jpeg, NULL}, {"host.pdf", bad_pdf_host, NULL},
	{"host.ps", bad_ps_host, NULL},	   {"nested.ipp", bad_nested_ipp, NULL},
	{"small.jpg", small_jpeg, NULL},   {"zeros.png", bad_zeros_png, NULL},
	{"2kb.jpg", photo_2kb, NULL},
};

void
material_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("material: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static struct profile
read_profile(const char *path)
{
	struct profile icc = {.data = malloc(PROFILE_MAX)};
	FILE *from = fopen(path, "rb");

	if (from == NULL || icc.data == NULL)
		material_die("cannot read %s", path);
	icc.len = (uint32_t)fread(icc.data, 1, PROFILE_MAX, from);
	fclose(from);
	if (icc.len < 128)
		material_die("%s is no ICC profile", path);
	return icc;
}

static void
make(const char *kind, const char *path, const char *profile)
{
	struct profile icc = {0};
	FILE *to;

	if (profile != NULL)
		icc = read_profile(profile);
	if (strcmp(kind, "photo.tiff") == 0 && profile != NULL) {
		photo_tiff(path, &icc);
		free(icc.data);
		return;
	}
	if (strcmp(kind, "pwg-samples") == 0) {
		samples_pwg(path);
		return;
	}
	if ((to = fopen(path, "wb")) == NULL)
		material_die("cannot write %s", path);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		if ((kinds[i].profiled != NULL) != (profile != NULL))
			material_die("%s: with a profile or without?", kind);
		if (profile != NULL)
			kinds[i].profiled(to, &icc);
		else
			kinds[i].plain(to);
		if (fclose(to) != 0)
			material_die("cannot write %s", path);
		free(icc.data);
		return;
	}
	material_die("no such kind: %s", kind);
}

int
main(int argc, char **argv)
{
	if (argc < 3 || argc > 4)
		material_die("usage: material KIND FILE [PROFILE.icc]");
	make(argv[1], argv[2], argc == 4 ? argv[3] : NULL);
	return 0;
}
