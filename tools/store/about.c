#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"

#include "tools/store/about.h"

#define HEAD "claimcheck backup 1\n"

int
about_write(const char *path, const struct seal_site *site, struct error *err)
{
	char text[ABOUT_MAX], date[32], hex[2 * SEAL_SALT_BYTES + 1];
	uint8_t print[SEAL_SALT_BYTES];
	time_t now = time(NULL);
	struct tm tm;
	size_t len;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	len = (size_t)snprintf(text, sizeof(text), HEAD "made %s\n", date);
	for (uint32_t n = seal_site_current(site); n != 0;
	     n = seal_site_older(site, n)) {
		if (seal_site_print(site, n, print, err) != 0)
			return -1;
		text_hex(hex, print, sizeof(print));
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"secret %u %s\n", n, hex);
		INVARIANT(len < sizeof(text));
	}
	return fs_write_file(path, 0600, text, len, err);
}

static int
compare_line(const char *line, const struct seal_site *site, struct error *err)
{
	uint8_t want[SEAL_SALT_BYTES], print[SEAL_SALT_BYTES];
	char number[12] = "", hex[2 * SEAL_SALT_BYTES + 1] = "";
	int64_t n;

	if (strncmp(line, "secret ", 7) != 0)
		return 0;
	if (sscanf(line, "secret %11[0-9] %32[0-9a-f]", number, hex) != 2 ||
	    text_number(number, 1, UINT32_MAX, &n) != 0 ||
	    text_unhex(want, sizeof(want), hex) != 0)
		return error_set(err, ERROR_INPUT,
				 "the backup's '" ABOUT_NAME "' is damaged");
	if (seal_site_print(site, (uint32_t)n, print, NULL) == 0 &&
	    seal_equal(want, print, sizeof(print)))
		return 0;
	return error_set(
		err, ERROR_CONFLICT,
		"the site secrets are not those of the backup (secret %s): with "
		"them no order could be opened",
		number);
}

int
about_compare(const char *text, const struct seal_site *site, struct error *err)
{
	char copy[ABOUT_MAX], *rest = copy, *line;

	text_copy(copy, sizeof(copy), text);
	if (strncmp(copy, HEAD, strlen(HEAD)) != 0)
		return error_set(err, ERROR_INPUT,
				 "the backup's '" ABOUT_NAME "' is none of ours");
	while ((line = strsep(&rest, "\n")) != NULL)
		if (compare_line(line, site, err) != 0)
			return -1;
	return 0;
}
