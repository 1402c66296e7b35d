/*
 * attest.c - the filter `attest` around drivers that behave, and drivers that do not.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/cups_job.h"
#include "tests/unit/fake_keep.h"

static uint8_t data[300000];

struct scene {
	struct cups_job job;
	struct fake_keep keep;
};

static void
write_ppd(struct scene *s, const char *driver)
{
	char path[128], text[512];

	snprintf(path, sizeof(path), "%s/x.ppd", s->job.folder);
	snprintf(text, sizeof(text),
		 "*PPD-Adobe: \"4.3\"\n*FormatVersion: \"4.3\"\n*FileVersion: \"1\"\n"
		 "*PCFileName: \"X.PPD\"\n*Manufacturer: \"x\"\n*Product: \"(x)\"\n"
		 "*PSVersion: \"(1) 1\"\n*ModelName: \"x\"\n*ShortNickName: \"x\"\n"
		 "*NickName: \"x\"\n*ccDriver: \"%s\"\n",
		 driver);
	INVARIANT(fs_write_file(path, 0644, text, strlen(text), NULL) == 0);
	cups_job_setenv("PPD", path);
}

/* script: the driver, a shell script of ServerBin/filter. The filter before it gave its
 * word for `data`. */
static void
begin(struct scene *s, const char *script)
{
	struct seal_digest *d = seal_digest_new();
	char path[128], text[1024];

	cups_job_begin(&s->job, "filters/attest");
	fake_keep_start(&s->keep, s->job.keep);
	snprintf(path, sizeof(path), "%s/filter", s->job.folder);
	INVARIANT(mkdir(path, 0755) == 0);
	snprintf(path, sizeof(path), "%s/filter/driver", s->job.folder);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	INVARIANT(fs_write_file(path, 0755, text, strlen(text), NULL) == 0);
	INVARIANT(chmod(path, 0755) == 0);
	write_ppd(s, "driver");
	s->keep.streamed = true;
	s->keep.stream.length = sizeof(data);
	seal_digest_add(d, data, sizeof(data));
	seal_digest_end(d, s->keep.stream.digest.bytes);
	text_copy(s->keep.stream.filter, sizeof(s->keep.stream.filter), "doctophoto");
}

static void
end(struct scene *s)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/filter/driver", s->job.folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/filter", s->job.folder);
	rmdir(path);
	fake_keep_stop(&s->keep);
	cups_job_end(&s->job);
}

static bool
attested(struct scene *s)
{
	return strcmp(s->keep.stream.filter, "attest") == 0;
}

static void
a_refusal_passes_through(void)
{
	struct scene s;

	begin(&s, "touch $F/started; printf reset");
	TAP_OK(cups_job_run(&s.job, "", 0) == 0 &&
		       cups_job_read(&s.job, "out", NULL) == 0,
	       "empty input gives empty output, status 0");
	TAP_OK(cups_job_read(&s.job, "started", NULL) < 0 && !attested(&s),
	       "the driver is not even started");
	end(&s);
}

static void
a_driver_that_fails_is_not_attested(void)
{
	static const struct {
		const char *script, *words;
	} rows[] = {
		{"cat; exit 3", "ended with status 3"},
		{"head -c 10; kill -KILL $$", "ended by signal 9"},
		{"exit 1", "ended with status 1"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene s;

		begin(&s, rows[i].script);
		TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 1 && !attested(&s),
		       "'%s' fails the filter", rows[i].script);
		TAP_OK(cups_job_said(&s.job, rows[i].words) && s.keep.give_ups == 1 &&
			       strstr(s.keep.give_up.text, rows[i].words) != NULL,
		       "and the order learns why: %s", s.keep.give_up.text);
		end(&s);
	}
}

static void
half_an_input_is_not_attested(void)
{
	struct scene s;

	begin(&s, "cat");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data) - 1) == 1 && !attested(&s),
	       "the filter before was killed: the driver's good end does not count");
	TAP_OK(cups_job_said(&s.job, "not what the filter before wrote"), "it is said");
	end(&s);
}

static void
strange_drivers_are_refused(void)
{
	static const char *const names[] = {
		"",	"nosuch",  "../filter/driver", "/nonexistent/driver",
		"/etc", "./driver"};
	struct scene s;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		begin(&s, "cat");
		write_ppd(&s, names[i]);
		TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 1 && !attested(&s),
		       "*ccDriver: \"%s\" is refused", names[i]);
		end(&s);
	}
	begin(&s, "cat");
	cups_job_setenv("PPD", "/nonexistent.ppd");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 1, "no PPD, no driver");
	end(&s);
}

static void
a_driver_that_ends_well_is_attested(void)
{
	struct scene s;
	const char *text;

	begin(&s, "echo \"$*\" > $F/called; cat; printf end");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 0, "status 0");
	TAP_OK(cups_job_read(&s.job, "out", &text) == sizeof(data) + 3 &&
		       memcmp(text, data, sizeof(data)) == 0,
	       "its output comes out");
	TAP_OK(attested(&s) && s.keep.stream.length == sizeof(data) + 3,
	       "and is attested");
	cups_job_read(&s.job, "called", &text);
	TAP_OK(strcmp(text, "7 anna title 1 Duplex=None\n") == 0,
	       "it was called as cupsd would: %s", text);
	end(&s);
	begin(&s, "head -c 100");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 0 &&
		       s.keep.stream.length == 100 && attested(&s),
	       "a driver may leave the rest of its input unread");
	end(&s);
}

static void
cancel_ends_the_driver_too(void)
{
	struct scene s;

	begin(&s, "trap 'touch $F/term; exit 1' TERM\n"
		  "touch $F/started; while :; do sleep 0.05; done");
	cups_job_start(&s.job);
	cups_job_write(&s.job, data, 1000);
	TAP_OK(cups_job_wait_file(&s.job, "started"), "the driver is at work");
	kill(s.job.pid, SIGTERM);
	TAP_OK(cups_job_wait(&s.job) == 128 + SIGTERM && !attested(&s),
	       "SIGTERM ends the filter");
	TAP_OK(cups_job_wait_file(&s.job, "term"), "and the driver");
	end(&s);
}

int
main(void)
{
	if (seal_start(NULL) != 0)
		return 1;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 + i / 4096);
	a_refusal_passes_through();
	half_an_input_is_not_attested();
	a_driver_that_fails_is_not_attested();
	strange_drivers_are_refused();
	cancel_ends_the_driver_too();
	a_driver_that_ends_well_is_attested();
	return tap_done();
}
