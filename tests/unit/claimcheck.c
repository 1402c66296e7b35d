/*
 * claimcheck.c - the wrapping backend: what reaches the device, and what the order
 * learns. The device backend "fake" is a shell script; it leaves the file `device`
 * (what it read), `eof` when it saw the end of its input, and `term` when it was told
 * to end.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/statusline.h"
#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/cups_job.h"
#include "tests/unit/fake_keep.h"

#define DEVICE_TAKES                                                                   \
	"trap 'touch $F/term; exit 1' TERM\n"                                          \
	"exec 6<&0; cat <&6 > $F/device & wait $! && touch $F/eof\n"
#define HOLD 3

static uint8_t data[300000];

struct scene {
	struct cups_job job;
	struct fake_keep keep;
};

static void
begin(struct scene *s, const char *script)
{
	cups_job_begin(&s->job, "backend/claimcheck");
	cups_job_backend(&s->job, script);
	fake_keep_start(&s->keep, s->job.keep);
}

/* As begin, with a grant spent and the last filter's word given for `data`. */
static void
begin_released(struct scene *s, const char *script)
{
	struct seal_digest *d = seal_digest_new();

	begin(s, script);
	s->keep.spent = s->keep.streamed = true;
	s->keep.stream.length = sizeof(data);
	seal_digest_add(d, data, sizeof(data));
	seal_digest_end(d, s->keep.stream.digest.bytes);
}

static void
end(struct scene *s)
{
	fake_keep_stop(&s->keep);
	cups_job_end(&s->job);
}

static bool
made(struct scene *s, const char *name)
{
	return cups_job_read(&s->job, name, NULL) >= 0;
}

static void
without_identification_nothing_starts(void)
{
	struct scene s;

	begin(&s, DEVICE_TAKES);
	TAP_OK(cups_job_run(&s.job, "", 0) == HOLD, "empty input holds the job");
	TAP_OK(cups_job_said(&s.job,
			     "ERROR: waiting for the customer's identification\n"),
	       "and says what it waits for");
	TAP_OK(!made(&s, "device"), "the device is not even started");
	TAP_OK(s.keep.outcomes == 0, "the order is left as it is");
	end(&s);
}

static void
raw_data_is_refused(void)
{
	struct scene s;

	begin(&s, DEVICE_TAKES);
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == HOLD,
	       "data without a grant holds the job");
	TAP_OK(!made(&s, "device") && s.keep.outcomes == 0 &&
		       cups_job_said(&s.job, "belongs to no order"),
	       "and never reaches the device");
	s.job.file = "/etc/hostname";
	TAP_OK(cups_job_run(&s.job, "", 0) == HOLD && s.keep.produces == 1 &&
		       !made(&s, "device"),
	       "nor does a file that went past the filters");
	end(&s);
}

static void
strange_devices_are_refused(void)
{
	static const char *const uris[] = {
		"claimcheck:",
		"claimcheck:fake",
		"claimcheck:../fake:x",
		"claimcheck:claimcheck:fake:x",
		"claimcheck:platesetter:/x",
		"claimcheck:Fake:x",
		"claimcheck:fake;touch x:x",
		"fake:x",
		"claimcheck:fake/../../sh:x",
		"claimcheck::x",
	};
	struct scene s;

	for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++) {
		begin_released(&s, DEVICE_TAKES);
		cups_job_setenv("DEVICE_URI", uris[i]);
		TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 1 &&
			       !made(&s, "device"),
		       "'%s' starts nothing", uris[i]);
		end(&s);
	}
	begin_released(&s, DEVICE_TAKES);
	cups_job_setenv("DEVICE_URI", "claimcheck:nosuch:x");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == HOLD &&
		       s.keep.outcome.result == WIRE_STOPPED &&
		       cups_job_said(&s.job, "there is no backend"),
	       "a backend that is not installed stops the order, with words");
	end(&s);
}

static void
a_backend_that_others_may_write_is_refused(void)
{
	struct scene s;
	char path[128];

	if (geteuid() != 0) {
		tap_skip("only root could be tricked");
		return;
	}
	begin_released(&s, DEVICE_TAKES);
	snprintf(path, sizeof(path), "chmod 775 %s/backend/fake", s.job.folder);
	TAP_OK(system(path) == 0, "a backend that its group may write");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == HOLD && !made(&s, "device"),
	       "is not run by root");
	end(&s);
}

static void
a_whole_stream_is_produced(void)
{
	struct scene s;
	const char *text;

	begin_released(&s, "echo \"$DEVICE_URI $0 $*\" > $F/called; id -un > $F/user\n"
			   "echo PAGE: 1 2 >&2; echo PAGE: total 5 >&2\n"
			   "echo ERROR: not yet >&2\n" DEVICE_TAKES
			   "echo 'DEBUG: (monitor) job-state = processing' >&2\n"
			   "echo 'DEBUG: job-state enum completed' >&2\n");
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 0, "status 0");
	TAP_OK(cups_job_read(&s.job, "device", &text) == sizeof(data) &&
		       memcmp(text, data, sizeof(data)) == 0,
	       "every byte reached the device");
	TAP_OK(s.keep.verifies == 1 && s.keep.outcomes == 1 &&
		       s.keep.outcome.result == WIRE_COMPLETED,
	       "keep was asked once, and told: completed");
	TAP_OK(s.keep.pages == 5 && cups_job_said(&s.job, "PAGE: total 5\n"),
	       "pages are told to keep and to cupsd");
	cups_job_read(&s.job, "called", &text);
	TAP_OK(strncmp(text, "fake:x ", 7) == 0 &&
		       strstr(text, " 7 anna title 1 Duplex=None\n") != NULL,
	       "it was called as cupsd would: %s", text);
	cups_job_read(&s.job, "user", &text);
	if (geteuid() == 0)
		TAP_OK(strcmp(text, "lp\n") == 0, "and not as root: %s", text);
	end(&s);
}

static void
the_device_never_sees_the_end_of_half_a_stream(void)
{
	struct scene s;

	begin_released(&s, DEVICE_TAKES);
	TAP_OK(cups_job_run(&s.job, data, sizeof(data) - 1) == HOLD,
	       "a byte missing holds the job");
	TAP_OK(made(&s, "device") && !made(&s, "eof") && !made(&s, "term"),
	       "the device backend was killed, with its input still open");
	TAP_OK(s.keep.outcome.result == WIRE_STOPPED &&
		       strcmp(s.keep.outcome.reason, "job-data-insufficient") == 0,
	       "the order is stopped: %s", s.keep.outcome.text);
	end(&s);
	begin_released(&s, DEVICE_TAKES);
	s.keep.streamed = false;
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == HOLD && !made(&s, "eof"),
	       "nor one whose last filter never gave its word (SIGKILL)");
	end(&s);
}

static void
the_devices_failure_is_the_orders(void)
{
	static const struct {
		const char *script;
		int status;
		enum wire_result result;
		const char *reason, *words;
	} rows[] = {
		{"cat >/dev/null; echo ERROR: out of ribbon >&2; exit 1", HOLD,
		 WIRE_STOPPED, "printer-stopped", "out of ribbon"},
		{"exit 4", HOLD, WIRE_STOPPED, "printer-stopped", "status 4"},
		{"cat >/dev/null; exit 6", HOLD, WIRE_STOPPED, "printer-stopped",
		 "status 6"},
		{"kill -SEGV $$", HOLD, WIRE_STOPPED, "printer-stopped", "signal 11"},
		{"exit 0", HOLD, WIRE_STOPPED, "printer-stopped",
		 "before it had taken all data"},
		{"cat >/dev/null; echo ERROR: paper jam >&2", HOLD, WIRE_STOPPED,
		 "printer-stopped", "paper jam"},
		{"cat >/dev/null; echo 'DEBUG: (monitor) job-state = aborted' >&2",
		 HOLD, WIRE_STOPPED, "printer-stopped", "its job there is aborted"},
		{"cat >/dev/null; echo 'ERROR: no' >&2\n"
		 "echo 'DEBUG: job-state enum pending-held' >&2",
		 HOLD, WIRE_STOPPED, "printer-stopped",
		 "its job there is pending-held: no"},
		{"cat >/dev/null; echo 'DEBUG: job-state enum canceled' >&2", 5,
		 WIRE_CANCELED, "job-canceled-at-device", "canceled at the device"},
		{"cat >/dev/null; exit 5", 5, WIRE_CANCELED, "job-canceled-at-device",
		 "canceled at the device"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene s;

		begin_released(&s, rows[i].script);
		TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == rows[i].status,
		       "'%s': status %d (%d)", rows[i].script, rows[i].status,
		       s.job.status);
		TAP_OK(s.keep.outcomes == 1 &&
			       s.keep.outcome.result == rows[i].result &&
			       strcmp(s.keep.outcome.reason, rows[i].reason) == 0 &&
			       strstr(s.keep.outcome.text, rows[i].words) != NULL,
		       "the order learns it: %s", s.keep.outcome.text);
		end(&s);
	}
}

/* cupsd shows the first ERROR of a job until it runs again. */
static void
the_last_word_is_keeps(void)
{
	static const char sentence[] =
		"out of ribbon; 3 of 4 pages came out. Claim it again";
	struct scene s;
	const char *said;

	begin_released(&s, "cat >/dev/null; echo ERROR: out of ribbon >&2; exit 1");
	text_copy(s.keep.sentence, sizeof(s.keep.sentence), sentence);
	cups_job_run(&s.job, data, sizeof(data));
	cups_job_read(&s.job, "err", &said);
	TAP_OK(strstr(said, "NOTICE: out of ribbon\n") != NULL,
	       "the device's error is passed on as a notice");
	said = strstr(said, "ERROR: ");
	TAP_OK(said != NULL && strncmp(said + strlen("ERROR: "), sentence,
				       strlen(sentence)) == 0,
	       "the only error is what keep says: %s", said != NULL ? said : "none");
	end(&s);
	begin(&s, DEVICE_TAKES);
	text_copy(s.keep.sentence, sizeof(s.keep.sentence), "Waits for its PIN");
	TAP_OK(cups_job_run(&s.job, "", 0) == HOLD &&
		       cups_job_said(&s.job, "ERROR: Waits for its PIN\n"),
	       "also of an order that nobody released");
	end(&s);
}

static void
cancel_ends_the_device_too(void)
{
	struct scene s;

	begin_released(&s, DEVICE_TAKES);
	cups_job_start(&s.job);
	cups_job_write(&s.job, data, 1000);
	TAP_OK(cups_job_wait_file(&s.job, "device"), "the device is at work");
	kill(s.job.pid, SIGTERM);
	TAP_OK(cups_job_wait(&s.job) == HOLD, "SIGTERM ends the backend, status 3");
	TAP_OK(!made(&s, "term") && !made(&s, "eof"),
	       "the device's is killed: it can't end its data in good order");
	TAP_OK(s.keep.outcome.result == WIRE_STOPPED, "the order is stopped: %s",
	       s.keep.outcome.text);
	end(&s);
	begin_released(&s,
		       "trap 'touch $F/term; exit 1' TERM\n"
		       "cat > /dev/null; touch $F/eof; while :; do sleep 0.05; done");
	cups_job_start(&s.job);
	cups_job_write(&s.job, data, sizeof(data));
	cups_job_close(&s.job);
	TAP_OK(cups_job_wait_file(&s.job, "eof"), "the device has it all");
	kill(s.job.pid, SIGTERM);
	TAP_OK(cups_job_wait(&s.job) == HOLD && made(&s, "term"),
	       "then it is told by SIGTERM, and may cancel its job");
	end(&s);
	begin_released(&s,
		       "trap '' TERM\n"
		       "cat > /dev/null; touch $F/eof; while :; do sleep 0.05; done");
	cups_job_start(&s.job);
	cups_job_write(&s.job, data, sizeof(data));
	cups_job_close(&s.job);
	TAP_OK(cups_job_wait_file(&s.job, "eof"), "the device has it all");
	kill(s.job.pid, SIGTERM);
	TAP_OK(cups_job_wait(&s.job) == HOLD && s.keep.outcomes == 1,
	       "and if it does not listen it is killed");
	end(&s);
	begin(&s, DEVICE_TAKES);
	cups_job_start(&s.job);
	kill(s.job.pid, SIGTERM);
	TAP_OK(cups_job_wait(&s.job) != 0 && s.keep.outcomes == 0,
	       "before any data came it just ends");
	end(&s);
}

static void
its_own_death_is_not_the_end_of_the_data(void)
{
	struct scene s;

	begin_released(&s, DEVICE_TAKES);
	cups_job_start(&s.job);
	cups_job_write(&s.job, data, 1000);
	TAP_OK(cups_job_wait_file(&s.job, "device"), "the device is at work");
	kill(s.job.pid, SIGKILL);
	cups_job_wait(&s.job);
	cups_job_setenv("DEVICE_URI", "claimcheck:fake:x");
	s.keep.spent = false;
	TAP_OK(cups_job_run(&s.job, "", 0) == HOLD,
	       "the next job finds the device free");
	TAP_OK(!made(&s, "eof"), "and the device backend died with its wrapper");
	end(&s);
}

static void
an_outcome_survives_a_restart_of_keep(void)
{
	struct scene s;

	begin_released(&s, DEVICE_TAKES);
	s.keep.fault = FAKE_HANGUP_OUTCOME;
	TAP_OK(cups_job_run(&s.job, data, sizeof(data)) == 0 && s.keep.outcomes == 1 &&
		       s.keep.outcome.result == WIRE_COMPLETED,
	       "it is said again on a new connection");
	end(&s);
}

static void
filters_that_write_nothing_stop_a_released_order(void)
{
	struct scene s;

	begin_released(&s, DEVICE_TAKES);
	TAP_OK(cups_job_run(&s.job, "", 0) == HOLD &&
		       s.keep.outcome.result == WIRE_STOPPED && !made(&s, "device"),
	       "the order learns it: %s", s.keep.outcome.text);
	s.keep.fault = FAKE_CONFLICT;
	TAP_OK(cups_job_run(&s.job, "", 0) == 0 && !made(&s, "device"),
	       "a document that was produced before needs nothing: status 0");
	end(&s);
}

/* The orphan of a killed cupsd and the backend that the next cupsd starts. */
static void
two_backends_never_share_a_device(void)
{
	struct scene s;
	struct cups_job second;

	begin_released(&s, DEVICE_TAKES);
	second = s.job;
	cups_job_start(&s.job);
	cups_job_write(&s.job, data, 1000);
	TAP_OK(cups_job_wait_file(&s.job, "device"), "the first one is at work");
	cups_job_start(&second);
	cups_job_close(&second);
	TAP_OK(cups_job_wait_words(&second, "still busy"), "the second one waits");
	cups_job_write(&s.job, data + 1000, sizeof(data) - 1000);
	cups_job_close(&s.job);
	TAP_OK(cups_job_wait(&s.job) == 0, "the first one completes");
	pthread_mutex_lock(&s.keep.lock);
	s.keep.fault = FAKE_CONFLICT;
	pthread_mutex_unlock(&s.keep.lock);
	TAP_OK(cups_job_wait(&second) == 0 && s.keep.outcomes == 1,
	       "and then the second one finds nothing to do");
	end(&s);
}

static void
only_well_formed_lines_reach_cupsd(void)
{
	static const struct {
		const char *raw, *line;
	} rows[] = {
		{"INFO: hello", "INFO: hello"},
		{"STATE: +media-empty-warning,-toner-low",
		 "STATE: +media-empty-warning,-toner-low"},
		{"STATE: +Media Empty!", "DEBUG: STATE: +Media Empty!"},
		{"PAGE: 3 1", "PAGE: 3 1"},
		{"PAGE: total 12", "PAGE: total 12"},
		{"PAGE: x", "DEBUG: PAGE: x"},
		{"PAGE: 1 2x", "DEBUG: PAGE: 1 2x"},
		{"PAGE: 1234567890 1", "DEBUG: PAGE: 1234567890 1"},
		{"ATTR: job-media-progress=50", "ATTR: job-media-progress=50"},
		{"ATTR: ", "DEBUG: ATTR: "},
		{"hello", "DEBUG: hello"},
		{"ERROR: a\rATTR: b=c", "DEBUG: ERROR: a?ATTR: b=c"},
		{"INFO: end\r", "INFO: end"},
		{"ERROR: no paper", "NOTICE: no paper"},
		{"EMERG: ATTR: a=b", "NOTICE: ATTR: a=b"},
		{"", "DEBUG: "},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct statusline line;

		statusline_read(&line, rows[i].raw, strlen(rows[i].raw));
		TAP_OK(strcmp(line.line, rows[i].line) == 0, "'%s' becomes '%s'",
		       rows[i].raw, line.line);
	}
}

static void
count_line(void *context, const struct statusline *line)
{
	int *counts = context;

	counts[line->kind]++;
}

static void
an_endless_line_is_cut(void)
{
	static char flood[100000];
	struct statusline_reader r = {.len = 0};
	int counts[STATUSLINE_ATTR + 1] = {0};

	memset(flood, 'a', sizeof(flood));
	statusline_feed(&r, "STATE: +", 8, count_line, counts);
	for (int i = 0; i < 10; i++)
		statusline_feed(&r, flood, sizeof(flood), count_line, counts);
	statusline_feed(&r, "\nINFO: x\nERROR: y", 17, count_line, counts);
	statusline_flush(&r, count_line, counts);
	TAP_OK(counts[STATUSLINE_STATE] == 0 && counts[STATUSLINE_OTHER] == 1,
	       "a line of a megabyte is one line of debugging");
	TAP_OK(counts[STATUSLINE_INFO] == 1 && counts[STATUSLINE_ERROR] == 1,
	       "and the lines behind it are read");
}

int
main(void)
{
	if (seal_start(NULL) != 0)
		return 1;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 + i / 4096);
	without_identification_nothing_starts();
	raw_data_is_refused();
	strange_devices_are_refused();
	a_backend_that_others_may_write_is_refused();
	the_device_never_sees_the_end_of_half_a_stream();
	the_devices_failure_is_the_orders();
	filters_that_write_nothing_stop_a_released_order();
	the_last_word_is_keeps();
	cancel_ends_the_device_too();
	its_own_death_is_not_the_end_of_the_data();
	two_backends_never_share_a_device();
	an_outcome_survives_a_restart_of_keep();
	a_whole_stream_is_produced();
	only_well_formed_lines_reach_cupsd();
	an_endless_line_is_cut();
	return tap_done();
}
