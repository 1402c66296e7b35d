/*
 * tickettodoc.c - what the first filter writes, and above all what it does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/unit/cups_job.h"
#include "tests/unit/fake_keep.h"

#define DOCUMENT_BYTES (SEAL_CHUNK_CLEAR * 20 + 4711) /* more than two windows */

static uint8_t document[DOCUMENT_BYTES];

struct scene {
	struct cups_job job;
	struct fake_keep keep;
	char ticket[TICKET_TEXT_MAX];
	size_t ticket_len;
};

static void
begin(struct scene *s, enum fake_fault fault)
{
	cups_job_begin(&s->job, "filters/tickettodoc");
	fake_keep_start(&s->keep, s->job.keep);
	s->keep.fault = fault;
	s->keep.granted = true;
	fake_keep_document(&s->keep, document, sizeof(document));
	s->ticket_len = ticket_write(s->ticket, &s->keep.ticket);
}

static void
end(struct scene *s)
{
	fake_keep_stop(&s->keep);
	cups_job_end(&s->job);
}

static ssize_t
written(struct scene *s)
{
	return cups_job_read(&s->job, "out", NULL);
}

/* Refused: nothing written, status 0, nothing attested. */
static void
is_refused(struct scene *s, const char *sentence, const char *words)
{
	int status = cups_job_run(&s->job, s->ticket, s->ticket_len);

	TAP_OK(status == 0 && written(s) == 0 && !s->keep.streamed,
	       "%s: nothing is written, status 0 (%d)", sentence, status);
	TAP_OK(cups_job_said(&s->job, words), "and the log says '%s'", words);
}

static void
what_is_not_a_ticket_opens_nothing(void)
{
	static const char *const texts[] = {
		"",
		"hello",
		"%Claimcheck-Ticket 1\n",
		"%Claimcheck-Ticket 1\nurn:uuid:01234567-89ab-4cde-8f01-23456789abcd 1",
		"%Claimcheck-Ticket 1\nurn:uuid:01234567-89ab-4cde-8f01-23456789abcd "
		"0\n",
		"%Claimcheck-Ticket 1\nurn:uuid:01234567-89ab-4cde-8f01-23456789abcd "
		"1\nmore\n",
		"%Claimcheck-Ticket 1\nurn:uuid:../../../../etc/passwd-89abcdef012 1\n",
	};
	struct scene s;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		begin(&s, FAKE_WELL);
		s.ticket_len = strlen(texts[i]);
		memcpy(s.ticket, texts[i], s.ticket_len);
		is_refused(&s, "what is not a ticket", "nothing is produced");
		TAP_OK(s.keep.spends == 0, "and keep is not even asked");
		end(&s);
	}
}

static void
a_ticket_made_by_hand_is_refused(void)
{
	struct scene s;
	struct ticket other = {.document = 1};

	begin(&s, FAKE_WELL);
	uuid_make(other.order);
	s.ticket_len = ticket_write(s.ticket, &other);
	is_refused(&s, "a ticket of another order", "nobody identified");
	end(&s);
}

static void
an_order_that_nobody_released_is_refused(void)
{
	struct scene s;

	begin(&s, FAKE_WELL);
	s.keep.granted = false;
	is_refused(&s, "no grant", "nobody identified");
	end(&s);
}

static void
a_queue_that_is_not_behind_the_gate_gets_nothing(void)
{
	struct scene s;

	begin(&s, FAKE_WELL);
	cups_job_setenv("DEVICE_URI", "ipp://printer.example/ipp/print");
	is_refused(&s, "a device without our backend", "not behind claimcheck:");
	TAP_OK(s.keep.spends == 0, "and the grant is not spent on it");
	end(&s);
}

static void
a_keep_that_is_away_is_no_grant(void)
{
	struct scene s;

	begin(&s, FAKE_WELL);
	cups_job_setenv("CLAIMCHECK_SOCKET", "/nonexistent/keep.sock");
	is_refused(&s, "no keep", "cannot reach spoold");
	end(&s);
}

static void
a_released_order_comes_out_whole(void)
{
	struct scene s;
	const char *text;
	ssize_t n;

	begin(&s, FAKE_WELL);
	TAP_OK(cups_job_run(&s.job, s.ticket, s.ticket_len) == 0, "status 0");
	TAP_OK(s.keep.streamed && s.keep.stream.length == DOCUMENT_BYTES,
	       "its length is attested");
	n = cups_job_read(&s.job, "out", &text);
	TAP_OK(n > 0 && memcmp(text, document, (size_t)n) == 0, "its bytes come out");
	TAP_OK(cups_job_run(&s.job, s.ticket, s.ticket_len) == 0 && written(&s) == 0,
	       "and a second time nothing does");
	end(&s);
}

static void
the_ticket_may_come_as_a_file(void)
{
	struct scene s;
	char path[128];
	FILE *file;

	begin(&s, FAKE_WELL);
	snprintf(path, sizeof(path), "%s/ticket", s.job.folder);
	file = fopen(path, "w");
	TAP_OK(file != NULL && fwrite(s.ticket, s.ticket_len, 1, file) == 1 &&
		       fclose(file) == 0,
	       "a ticket is written to a file");
	s.job.file = path;
	TAP_OK(cups_job_run(&s.job, "", 0) == 0 && written(&s) > 0,
	       "and opens the order from there");
	end(&s);
}

static void
damage_is_never_attested(void)
{
	static const struct {
		enum fake_fault fault;
		const char *name, *words;
	} rows[] = {
		{FAKE_FLIPPED_BIT, "a flipped bit",
		 "chunk 20 of the document is damaged"},
		{FAKE_SWAPPED_CHUNKS, "two chunks in each other's place",
		 "chunk 0 of the document is damaged"},
		{FAKE_MISSING_CHUNK, "a missing chunk", "a chunk is missing"},
		{FAKE_HANGUP_READING, "a keep that dies", "spoold"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scene s;

		begin(&s, rows[i].fault);
		TAP_OK(cups_job_run(&s.job, s.ticket, s.ticket_len) == 1,
		       "%s: status 1", rows[i].name);
		TAP_OK(!s.keep.streamed, "it is not attested");
		TAP_OK(cups_job_said(&s.job, rows[i].words), "it is said: %s",
		       rows[i].words);
		if (rows[i].fault != FAKE_HANGUP_READING)
			TAP_OK(s.keep.give_ups == 1 &&
				       strstr(s.keep.give_up.text, rows[i].words),
			       "and keep is told: %s", s.keep.give_up.text);
		end(&s);
	}
}

static void
a_strange_answer_is_no_grant(void)
{
	struct scene s;

	begin(&s, FAKE_STRANGE_ANSWER);
	is_refused(&s, "`ok` for an answer", "answered 'spend' with 'ok'");
	end(&s);
}

static void
a_reader_that_goes_away_is_an_error(void)
{
	struct scene s;
	char path[128];

	begin(&s, FAKE_WELL);
	snprintf(path, sizeof(path), "%s/out", s.job.folder);
	/* /dev/full: every write fails, as on a full disk */
	TAP_OK(symlink("/dev/full", path) == 0, "the output takes nothing");
	TAP_OK(cups_job_run(&s.job, s.ticket, s.ticket_len) == 1, "status 1");
	TAP_OK(!s.keep.streamed && cups_job_said(&s.job, "cannot write its output"),
	       "said, and not attested");
	end(&s);
}

int
main(void)
{
	if (seal_start(NULL) != 0)
		return 1;
	for (size_t i = 0; i < sizeof(document); i++)
		document[i] = (uint8_t)(i * 31 + i / 4096);
	what_is_not_a_ticket_opens_nothing();
	a_ticket_made_by_hand_is_refused();
	an_order_that_nobody_released_is_refused();
	a_queue_that_is_not_behind_the_gate_gets_nothing();
	a_keep_that_is_away_is_no_grant();
	a_strange_answer_is_no_grant();
	damage_is_never_attested();
	a_reader_that_goes_away_is_an_error();
	a_released_order_comes_out_whole();
	the_ticket_may_come_as_a_file();
	return tap_done();
}
