/*
 * admission.c - who is let in, each bound at it and one above, and how slow a document may
 * come. No clock: time is what the rows say.
 */
#include <arpa/inet.h>
#include <string.h>

#include "spoold/front/admission.h"
#include "tests/tap.h"

#define NO_FD 1000000 /* shut down in vain */

static http_addr_t
address(const char *text)
{
	http_addr_t a = {0};

	if (inet_pton(AF_INET, text, &a.ipv4.sin_addr) == 1) {
		a.ipv4.sin_family = AF_INET;
	} else {
		inet_pton(AF_INET6, text, &a.ipv6.sin6_addr);
		a.ipv6.sin6_family = AF_INET6;
	}
	return a;
}

/* NULL, or for whom there is no room. */
static const char *
enter(const char *from, bool station, struct admission **slot)
{
	http_addr_t a = address(from);
	const char *why = NULL;

	*slot = admission_enter(NO_FD, &a, station, &why);
	return *slot != NULL ? NULL : why;
}

static bool
refused(const char *from, const char *want)
{
	struct admission *slot;
	const char *why = enter(from, false, &slot);

	if (slot != NULL)
		admission_leave(slot);
	return why != NULL && strcmp(why, want) == 0;
}

/* Settings: 5 in all, 2 an address. */
static void
as_many_are_let_in_as_may_be(void)
{
	static const char *const all[] = {"192.0.2.1", "192.0.2.1", "192.0.2.2",
					  "2001:db8::1", "2001:db8::ffff:2"};
	struct admission *slot[5], *station[ADMISSION_STATIONS], *more;
	int let_in = 0;

	for (int i = 0; i < 2; i++)
		let_in += enter(all[i], false, &slot[i]) == NULL;
	TAP_OK(let_in == 2, "an address has its two");
	TAP_OK(refused("192.0.2.1", "from this address"), "and no third");
	TAP_OK(refused("::ffff:192.0.2.1", "from this address"),
	       "nor as an address of IPv6");
	for (int i = 2; i < 5; i++)
		let_in += enter(all[i], false, &slot[i]) == NULL;
	TAP_OK(let_in == 5, "five are let in");
	TAP_OK(refused("192.0.2.3", "in all"), "a sixth is not, whoever it is");
	TAP_OK(refused("2001:db8::3", "from this address"),
	       "a /64 of IPv6 is one address");
	for (int i = 0; i < ADMISSION_STATIONS; i++)
		let_in += enter("192.0.2.1", true, &station[i]) == NULL;
	TAP_OK(let_in == 5 + ADMISSION_STATIONS,
	       "%d stations are, for whom there is room of their own",
	       ADMISSION_STATIONS);
	TAP_OK(enter("192.0.2.1", true, &more) != NULL, "and no more");
	admission_leave(slot[4]);
	TAP_OK(enter("192.0.2.3", false, &slot[4]) == NULL,
	       "who goes makes room for another");
	TAP_OK(refused("192.0.2.4", "in all"), "and for one only");
	for (int i = 0; i < ADMISSION_STATIONS; i++)
		admission_leave(station[i]);
	TAP_OK(refused("192.0.2.4", "in all"), "stations leave no room to strangers");
	for (int i = 0; i < 5; i++)
		admission_leave(slot[i]);
}

static void
a_document_may_come_as_slowly_as_set(void)
{
	/* request-timeout-s 60, min-upload-rate 8192 */
	static const struct {
		int64_t spent_ms;
		uint64_t received;
		int64_t left_ms;
		const char *what;
	} rows[] = {
		{0, 0, 60000, "at its beginning"},
		{59999, 0, 1, "without a byte, till its time is over"},
		{60000, 0, 0, "and no longer"},
		{60000, 8192, 1000, "a second's bytes are a second more"},
		{3600000, UINT64_C(8192) * 3600, 60000, "at the rate it never ends"},
		{3600000, UINT64_C(8192) * 3540, 0, "a minute behind, it does"},
		{3600000, UINT64_C(8192) * 3540 + 9, 1, "nine bytes are a millisecond"},
		{INT64_C(8192) * 60000, UINT64_C(8191) * 8192 * 60, 0,
		 "a byte a second less ends in the end"},
		{INT64_C(1) << 40, UINT64_C(1) << 40,
		 (INT64_C(1) << 40) / 8192 * 1000 - (INT64_C(1) << 40) + 60000,
		 "a terabyte does not overflow"},
	};
	struct settings s;

	settings_defaults(&s);
	s.request_timeout_s = 60;
	s.min_upload_rate = 8192;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t left =
			admission_document_ms(&s, rows[i].spent_ms, rows[i].received);
		TAP_OK(left == rows[i].left_ms, "%s: %lld ms", rows[i].what,
		       (long long)left);
	}
}

int
main(void)
{
	struct settings settings;
	struct error err;

	settings_defaults(&settings);
	settings.max_connections = 5;
	settings.max_connections_per_address = 2;
	if (admission_start(&settings, &err) != 0)
		return 1;
	as_many_are_let_in_as_may_be();
	a_document_may_come_as_slowly_as_set();
	return tap_done();
}
