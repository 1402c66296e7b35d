#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/seal/seal.h"

#include "tools/store/work.h"

#define BAR_CELLS    30
#define BAR_POLL_MS  200
#define BAR_LATER_MS 700 /* what is done by then needs none */

enum kind { SENTENCE = 1, TOTAL, DONE, NUMBER, FAILED };

struct record {
	uint32_t kind;
	uint32_t which; /* NUMBER: index; FAILED: enum error_kind */
	uint64_t value;
	char text[ERROR_TEXT_MAX];
};

struct work {
	int out;
};

struct bar {
	const struct work_plan *plan;
	int64_t begun_ms, shown_ms;
	uint64_t total, done;
	bool terminal, shown;
};

/* --- the worker's end --- */

static void
tell(struct work *w, enum kind kind, uint32_t which, uint64_t value, const char *text)
{
	struct record r = {.kind = kind, .which = which, .value = value};

	text_copy(r.text, sizeof(r.text), text);
	if (fs_write_all(w->out, &r, sizeof(r)) != 0)
		_exit(1); /* nobody is left who asked */
}

void
work_say(const char *sentence, void *work)
{
	tell(work, SENTENCE, 0, 0, sentence);
}

void
work_done(uint64_t bytes, void *work)
{
	tell(work, DONE, 0, bytes, "");
}

void
work_total(struct work *work, uint64_t bytes)
{
	tell(work, TOTAL, 0, bytes, "");
}

void
work_number(struct work *work, unsigned i, uint64_t value)
{
	tell(work, NUMBER, i, value, "");
}

static void __attribute__((noreturn))
be_worker(const struct work_plan *plan, const struct shop *shop, int out)
{
	struct work w = {.out = out};
	struct error err = {0};
	int rc;

	rc = seal_start(&err);
	if (rc == 0)
		rc = shop_become_user(shop, &err);
	if (rc == 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		rc = error_errno(&err, "cannot bind to the asker's life");
	if (rc == 0)
		rc = plan->run(&w, shop, plan->context, &err);
	if (rc != 0)
		tell(&w, FAILED, err.kind, 0, err.text);
	exit(0);
}

/* --- how far it is --- */

void
work_size_text(char text[32], uint64_t bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t i = 0;

	for (; value >= 1000 && i + 1 < sizeof(units) / sizeof(*units); i++)
		value /= 1000;
	snprintf(text, 32, i == 0 ? "%.0f %s" : "%.1f %s", value, units[i]);
}

static void
look_at_file(struct bar *b)
{
	struct stat st;

	if (b->plan->grows != NULL &&
	    fstatat(b->plan->grows_in, b->plan->grows, &st, AT_SYMLINK_NOFOLLOW) == 0)
		b->done = (uint64_t)st.st_size;
}

static void
show(struct bar *b)
{
	char done[32], total[32], cells[BAR_CELLS + 1], rest[48] = "";
	int64_t now = clock_mono_ms();
	double part;
	int full;

	if (!b->terminal || b->total == 0 || now - b->begun_ms < BAR_LATER_MS ||
	    now - b->shown_ms < BAR_POLL_MS)
		return;
	look_at_file(b);
	if (b->done > b->total)
		b->done = b->total;
	part = (double)b->done / (double)b->total;
	full = (int)(part * BAR_CELLS);
	for (int i = 0; i < BAR_CELLS; i++)
		cells[i] = i < full ? '#' : '.';
	cells[BAR_CELLS] = '\0';
	work_size_text(done, b->done);
	work_size_text(total, b->total);
	if (part > 0.02)
		snprintf(rest, sizeof(rest), ", %.0f s left",
			 (double)(now - b->begun_ms) / 1000 * (1 - part) / part);
	fprintf(stderr, "\r%s [%s] %3.0f %%  %s of %s%s\033[K", b->plan->title, cells,
		part * 100, done, total, rest);
	b->shown_ms = now;
	b->shown = true;
}

static void
hide(struct bar *b)
{
	if (b->shown)
		fputs("\r\033[K", stderr);
	b->shown = false;
}

/* --- who asked --- */

static int
take(const struct work_plan *plan, struct bar *bar, const struct record *r,
     struct work_result *result, struct error *err)
{
	switch (r->kind) {
	case SENTENCE:
		hide(bar);
		if (plan->line != NULL)
			plan->line(r->text, plan->line_context);
		return 0;
	case TOTAL:
		bar->total = r->value;
		return 0;
	case DONE:
		bar->done = r->value;
		return 0;
	case NUMBER:
		if (r->which < WORK_NUMBERS)
			result->numbers[r->which] = r->value;
		return 0;
	default:
		return error_set(err,
				 r->which > ERROR_NONE && r->which < ERROR_KINDS
					 ? (enum error_kind)r->which
					 : ERROR_SYSTEM,
				 "%s", r->text);
	}
}

static int
listen_to(const struct work_plan *plan, int in, struct work_result *result,
	  struct error *err)
{
	struct bar bar = {.plan = plan,
			  .begun_ms = clock_mono_ms(),
			  .terminal = plan->title != NULL && isatty(STDERR_FILENO)};
	struct pollfd ready = {.fd = in, .events = POLLIN};
	struct record r;
	int rc = 0;

	for (;;) {
		if (poll(&ready, 1, bar.terminal ? BAR_POLL_MS : -1) > 0) {
			if (fs_read_full(in, &r, sizeof(r)) != (ssize_t)sizeof(r))
				break;
			r.text[sizeof(r.text) - 1] = '\0';
			if (take(plan, &bar, &r, result, err) != 0)
				rc = -1;
		}
		show(&bar);
	}
	hide(&bar);
	return rc;
}

int
work_run(const struct work_plan *plan, const struct shop *shop,
	 struct work_result *result, struct error *err)
{
	int ends[2], status = 0, rc;
	pid_t worker;

	*result = (struct work_result){.fell = 0};
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, "cannot make a pipe");
	fflush(NULL);
	worker = fork();
	if (worker == 0) {
		close(ends[0]);
		be_worker(plan, shop, ends[1]);
	}
	close(ends[1]);
	if (worker < 0) {
		close(ends[0]);
		return error_errno(err, "cannot start a process");
	}
	rc = listen_to(plan, ends[0], result, err);
	close(ends[0]);
	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFSIGNALED(status)) {
		result->fell = WTERMSIG(status);
		return error_set(
			err, ERROR_CORRUPT,
			"reading the store ended the process (%s): its tree is "
			"damaged",
			strsignal(result->fell));
	}
	if (rc == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return error_set(err, ERROR_SYSTEM, "the worker ended with status %d",
				 WEXITSTATUS(status));
	return rc;
}
