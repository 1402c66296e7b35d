/*
 * platesetter.c - what a reader of the hot folder can ever see, and what the order
 * learns. inotify tells every name that appears; nothing escapes it by being quick.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/cups_job.h"
#include "tests/unit/fake_keep.h"
#include "tests/unit/plate_stream.h"

#define HOLD	3
#define SET	"order-1" /* the fake keep's order is number 1 */
#define PLATE	300000	  /* bytes */
#define WAIT_MS 20000

static uint8_t data[PLATE];

struct scene {
	struct cups_job job;
	struct fake_keep keep;
	struct plate_stream stream;
	char hot[128];
	int events; /* inotify on the hot folder */
};

static void
begin(struct scene *s)
{
	char uri[160];

	cups_job_begin(&s->job, "backend/platesetter");
	fake_keep_start(&s->keep, s->job.keep);
	plate_stream_begin(&s->stream);
	snprintf(s->hot, sizeof(s->hot), "%s/hot", s->job.folder);
	INVARIANT(mkdir(s->hot, 0755) == 0);
	snprintf(uri, sizeof(uri), "platesetter:%s", s->hot);
	cups_job_setenv("DEVICE_URI", uri);
	s->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	inotify_add_watch(s->events, s->hot, IN_CREATE | IN_MOVED_TO);
}

/* A set of three plates, and the filter's word for the whole of it. */
static void
give_set(struct scene *s)
{
	plate_stream_plate(&s->stream, "0001_Cyan.tif", data, sizeof(data));
	plate_stream_plate(&s->stream, "0001_Black.tif", data, 1000);
	plate_stream_plate(&s->stream, "0002_Black.tif", "x", 1);
	plate_stream_manifest(&s->stream);
	plate_stream_end(&s->stream);
}

/* The filter's word for what is in the stream now; a spent grant. */
static void
release(struct scene *s)
{
	struct seal_digest *d = seal_digest_new();

	s->keep.spent = s->keep.streamed = true;
	s->keep.stream.length = s->stream.tar.len;
	seal_digest_add(d, s->stream.tar.data, s->stream.tar.len);
	seal_digest_end(d, s->keep.stream.digest.bytes);
}

static int
run(struct scene *s)
{
	return cups_job_run(&s->job, s->stream.tar.data, s->stream.tar.len);
}

static int
clear_entry(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			clear_entry(fd, e->d_name);
	if (d != NULL)
		closedir(d);
	return unlinkat(folder, name, d != NULL ? AT_REMOVEDIR : 0);
}

static void
end(struct scene *s)
{
	fake_keep_stop(&s->keep);
	plate_stream_clear(&s->stream);
	clear_entry(AT_FDCWD, s->hot);
	close(s->events);
	cups_job_end(&s->job);
}

/* Entries of the hot folder; hidden ones only if asked. */
static int
entries(struct scene *s, bool hidden)
{
	DIR *d = opendir(s->hot);
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] == '.' ? hidden && strlen(e->d_name) > 2 : 1;
	if (d != NULL)
		closedir(d);
	return n;
}

/* Names that were made or moved to in the hot folder and are not hidden, with commas;
 * moved: those that came by rename. */
static int
appeared(struct scene *s, char *names, size_t size, int *moved)
{
	_Alignas(struct inotify_event) char buffer[65536];
	ssize_t n = read(s->events, buffer, sizeof(buffer));
	int count = 0;

	*names = '\0';
	*moved = 0;
	for (ssize_t at = 0; at < n;) {
		struct inotify_event *e = (struct inotify_event *)(void *)(buffer + at);

		at += (ssize_t)(sizeof(*e) + e->len);
		if (e->name[0] == '.')
			continue;
		count++;
		*moved += (e->mask & IN_MOVED_TO) != 0;
		snprintf(names + strlen(names), size - strlen(names), "%s,", e->name);
	}
	return count;
}

static bool
holds(struct scene *s, const char *name, const void *bytes, size_t len)
{
	char path[256];
	struct buf b;
	bool same;

	snprintf(path, sizeof(path), "%s/%s", s->hot, name);
	buf_init(&b, PLATE_STREAM_MAX);
	same = fs_read_file(path, &b, NULL) == 0 && b.len == len &&
	       memcmp(b.data, bytes, len) == 0;
	buf_clear(&b);
	return same;
}

static void
without_identification_nothing_is_made(void)
{
	struct scene s;

	begin(&s);
	TAP_OK(cups_job_run(&s.job, "", 0) == HOLD &&
		       cups_job_said(&s.job, "ERROR: waiting for the customer's "
					     "identification\n"),
	       "empty input holds the job and says why");
	give_set(&s);
	TAP_OK(run(&s) == HOLD && cups_job_said(&s.job, "belongs to no order"),
	       "a set without a grant holds the job");
	TAP_OK(entries(&s, true) == 0 && s.keep.outcomes == 0,
	       "and the hot folder stays as it was");
	end(&s);
}

static void
a_set_appears_by_one_rename(void)
{
	struct scene s;
	char names[4096];
	int count, moved;

	begin(&s);
	give_set(&s);
	release(&s);
	TAP_OK(run(&s) == 0, "a released set ends well");
	count = appeared(&s, names, sizeof(names), &moved);
	TAP_OK(count == 1 && moved == 1 && strcmp(names, SET ",") == 0,
	       "all that ever appeared in the hot folder: %s", names);
	TAP_OK(holds(&s, SET "/0001_Cyan.tif", data, sizeof(data)) &&
		       holds(&s, SET "/0001_Black.tif", data, 1000) &&
		       holds(&s, SET "/0002_Black.tif", "x", 1) &&
		       entries(&s, true) == 1,
	       "with all files, and nothing beside it");
	TAP_OK(s.keep.outcome.result == WIRE_COMPLETED && s.keep.verifies == 1,
	       "the order is completed, after the stream was verified");
	end(&s);
}

static void
flat_sets_end_with_the_manifest(void)
{
	struct scene s;
	char names[4096], uri[160];
	int count, moved;

	begin(&s);
	snprintf(uri, sizeof(uri), "platesetter://%s?layout=flat", s.hot);
	cups_job_setenv("DEVICE_URI", uri);
	give_set(&s);
	release(&s);
	TAP_OK(run(&s) == 0, "layout=flat ends well");
	count = appeared(&s, names, sizeof(names), &moved);
	TAP_OK(count == 4 && moved == 4 &&
		       strcmp(names + strlen(names) - strlen(SET "_manifest.json,"),
			      SET "_manifest.json,") == 0,
	       "every file came by rename, the manifest last: %s", names);
	TAP_OK(holds(&s, SET "_0001_Cyan.tif", data, sizeof(data)) &&
		       entries(&s, true) == 4,
	       "and nothing is left hidden");
	end(&s);
}

static void
a_set_that_exists_is_never_overwritten(void)
{
	struct scene s;
	char path[256];

	begin(&s);
	give_set(&s);
	release(&s);
	snprintf(path, sizeof(path), "%s/" SET, s.hot);
	mkdir(path, 0755);
	TAP_OK(run(&s) == HOLD && cups_job_said(&s.job, "exists already"),
	       "the order is stopped with the reason");
	TAP_OK(s.keep.outcome.result == WIRE_STOPPED &&
		       strstr(s.keep.outcome.text, SET) != NULL,
	       "keep hears it: %s", s.keep.outcome.text);
	TAP_OK(entries(&s, true) == 1 && rmdir(path) == 0, "the old set is untouched");
	TAP_OK(run(&s) == 0, "moved away, the order can be released again");
	end(&s);
}

static void
what_keep_does_not_vouch_for_is_not_shown(void)
{
	struct scene s;

	begin(&s);
	give_set(&s);
	release(&s);
	s.keep.stream.length++;
	TAP_OK(run(&s) == HOLD && entries(&s, true) == 0,
	       "a stream of another length than the filter said is not shown");
	TAP_OK(s.keep.outcome.result == WIRE_STOPPED, "and the order is stopped");
	release(&s);
	s.keep.stream.digest.bytes[0] ^= 1;
	TAP_OK(run(&s) == HOLD && entries(&s, true) == 0, "nor one of another digest");
	s.keep.streamed = false;
	TAP_OK(run(&s) == HOLD && entries(&s, true) == 0,
	       "nor one that no filter vouched for");
	end(&s);
}

/* Every stream that is wrong in itself: even with keep's blessing nothing is shown. */
struct wrong {
	const char *what;
	void (*make)(struct plate_stream *s);
};

static void
wrong_up(struct plate_stream *s)
{
	plate_stream_plate(s, "../up.tif", data, 10);
	plate_stream_manifest(s);
}

static void
wrong_absolute(struct plate_stream *s)
{
	plate_stream_plate(s, "/tmp/cc-absolute.tif", data, 10);
	plate_stream_manifest(s);
}

static void
wrong_below(struct plate_stream *s)
{
	plate_stream_plate(s, "a/b.tif", data, 10);
	plate_stream_manifest(s);
}

static void
wrong_hidden(struct plate_stream *s)
{
	plate_stream_plate(s, ".hidden.tif", data, 10);
	plate_stream_manifest(s);
}

static void
wrong_newline(struct plate_stream *s)
{
	plate_stream_plate(s, "a\nATTR: b.tif", data, 10);
	plate_stream_manifest(s);
}

static void
wrong_link(struct plate_stream *s)
{
	plate_stream_member(s, "0001_Cyan.tif", '2', 0, NULL, 0);
	plate_stream_note(s, "0001_Cyan.tif", "", 0);
	plate_stream_manifest(s);
}

static void
wrong_folder(struct plate_stream *s)
{
	plate_stream_member(s, "folder", '5', 0, NULL, 0);
	plate_stream_manifest(s);
}

static void
wrong_twice(struct plate_stream *s)
{
	plate_stream_plate(s, "0001_Cyan.tif", data, 10);
	plate_stream_member(s, "0001_Cyan.tif", '0', 10, data, 10);
	plate_stream_manifest(s);
}

static void
wrong_huge(struct plate_stream *s)
{
	plate_stream_member(s, "0001_Cyan.tif", '0', 1ULL << 60, data, 4096);
}

static void
wrong_negative(struct plate_stream *s)
{
	plate_stream_member(s, "0001_Cyan.tif", '0', UINT64_MAX - 100, data, 4096);
}

static void
wrong_cut(struct plate_stream *s)
{
	plate_stream_member(s, "0001_Cyan.tif", '0', sizeof(data), data, 5000);
}

static void
wrong_no_manifest(struct plate_stream *s)
{
	plate_stream_plate(s, "0001_Cyan.tif", data, 10);
	plate_stream_end(s);
}

static void
wrong_early_manifest(struct plate_stream *s)
{
	plate_stream_plate(s, "0001_Cyan.tif", data, 10);
	plate_stream_manifest(s);
	plate_stream_member(s, "0002_Cyan.tif", '0', 10, data, 10);
	plate_stream_end(s);
}

static void
wrong_digest(struct plate_stream *s)
{
	plate_stream_member(s, "0001_Cyan.tif", '0', 10, data, 10);
	plate_stream_note(s, "0001_Cyan.tif", data + 1, 10);
	plate_stream_manifest(s);
	plate_stream_end(s);
}

static void
wrong_missing(struct plate_stream *s)
{
	plate_stream_plate(s, "0001_Cyan.tif", data, 10);
	plate_stream_note(s, "0001_Black.tif", data, 10);
	plate_stream_manifest(s);
	plate_stream_end(s);
}

static void
wrong_unnamed(struct plate_stream *s)
{
	plate_stream_plate(s, "0001_Cyan.tif", data, 10);
	plate_stream_member(s, "0001_Black.tif", '0', 10, data, 10);
	plate_stream_manifest(s);
	plate_stream_end(s);
}

static void
wrong_json(struct plate_stream *s)
{
	plate_stream_plate(s, "0001_Cyan.tif", data, 10);
	plate_stream_member(s, MANIFEST_FILE, '0', 9, "{\"plates\"", 9);
	plate_stream_end(s);
}

static void
wrong_rubbish(struct plate_stream *s)
{
	buf_append(&s->tar, data, 4096, NULL);
}

static const struct wrong wrongs[] = {
	{"a name that goes up", wrong_up},
	{"an absolute name", wrong_absolute},
	{"a name in a folder", wrong_below},
	{"a hidden name", wrong_hidden},
	{"a name with a newline", wrong_newline},
	{"a symbolic link", wrong_link},
	{"a folder", wrong_folder},
	{"a name that comes twice", wrong_twice},
	{"2^60 bytes announced", wrong_huge},
	{"a negative size", wrong_negative},
	{"a member that is cut off", wrong_cut},
	{"no manifest", wrong_no_manifest},
	{"a plate behind the manifest", wrong_early_manifest},
	{"a plate that is not what the manifest says", wrong_digest},
	{"a plate that the manifest names and that did not come", wrong_missing},
	{"a plate that the manifest does not name", wrong_unnamed},
	{"a manifest that is cut off", wrong_json},
	{"no tar stream at all", wrong_rubbish},
};

static void
a_stream_that_is_wrong_shows_nothing(void)
{
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		struct scene s;
		char names[4096], outside[160];
		int moved;

		begin(&s);
		wrongs[i].make(&s.stream);
		release(&s);
		snprintf(outside, sizeof(outside), "%s/up.tif", s.job.folder);
		TAP_OK(run(&s) == HOLD && s.keep.outcome.result == WIRE_STOPPED,
		       "%s stops the order: %s", wrongs[i].what, s.keep.outcome.text);
		TAP_OK(appeared(&s, names, sizeof(names), &moved) == 0 &&
			       entries(&s, true) == 0 && access(outside, F_OK) != 0 &&
			       access("/tmp/cc-absolute.tif", F_OK) != 0,
		       "and leaves nothing anywhere");
		end(&s);
	}
}

/* The hidden folder holds a file: the backend is in the middle of the set. */
static bool
is_in_the_middle(struct scene *s)
{
	char path[256];
	int64_t until = clock_mono_ms() + WAIT_MS;

	snprintf(path, sizeof(path), "%s/.claimcheck-" SET "/0001_Black.tif", s->hot);
	while (access(path, F_OK) != 0) {
		if (clock_mono_ms() > until)
			return false;
		poll(NULL, 0, 10);
	}
	return true;
}

static void
feed_half(struct scene *s)
{
	cups_job_start(&s->job);
	/* the first plate whole, the second begun: 512 for each header */
	cups_job_write(&s->job, s->stream.tar.data, 512 + 300032 + 512 + 512);
}

static void
killed_in_the_middle_nothing_is_visible(void)
{
	struct scene s;
	char names[4096];
	int moved;

	begin(&s);
	give_set(&s);
	release(&s);
	feed_half(&s);
	TAP_OK(is_in_the_middle(&s), "half of a set is written aside");
	kill(s.job.pid, SIGKILL);
	TAP_OK(cups_job_wait(&s.job) == 128 + SIGKILL && entries(&s, false) == 0 &&
		       appeared(&s, names, sizeof(names), &moved) == 0,
	       "kill -9 leaves nothing that a reader sees");
	cups_job_close(&s.job);
	TAP_OK(run(&s) == 0 && entries(&s, true) == 1 &&
		       holds(&s, SET "/0001_Cyan.tif", data, sizeof(data)),
	       "the next run is whole, and what was left hidden is gone");
	end(&s);
}

static void
told_to_stop_it_cleans_up(void)
{
	struct scene s;

	begin(&s);
	give_set(&s);
	release(&s);
	feed_half(&s);
	TAP_OK(is_in_the_middle(&s), "half of a set is written aside");
	kill(s.job.pid, SIGTERM);
	TAP_OK(cups_job_wait(&s.job) == HOLD && entries(&s, true) == 0 &&
		       s.keep.outcome.result == WIRE_STOPPED,
	       "SIGTERM stops the order and leaves nothing");
	cups_job_close(&s.job);
	end(&s);
}

static void
two_writers_of_a_set_do_not_meet(void)
{
	struct scene s;
	struct cups_job other;
	char uri[160];

	begin(&s);
	give_set(&s);
	release(&s);
	feed_half(&s);
	TAP_OK(is_in_the_middle(&s), "one writes a set");
	/* The same folder under another name: the lock on the device does not hold. */
	snprintf(uri, sizeof(uri), "platesetter:%s?layout=folder", s.hot);
	cups_job_setenv("DEVICE_URI", uri);
	other = s.job;
	TAP_OK(cups_job_run(&other, s.stream.tar.data, s.stream.tar.len) == HOLD &&
		       cups_job_said(&other, "somebody else"),
	       "another that wants to write the same waits");
	cups_job_write(&s.job, s.stream.tar.data + 512 + 300032 + 512 + 512,
		       s.stream.tar.len - (512 + 300032 + 512 + 512));
	cups_job_close(&s.job);
	TAP_OK(cups_job_wait(&s.job) == 0 &&
		       holds(&s, SET "/0001_Cyan.tif", data, sizeof(data)),
	       "and disturbs nothing");
	end(&s);
}

static void
a_hot_folder_that_is_not_there_stops_the_order(void)
{
	static const char *const uris[] = {"platesetter:/nonexistent/hot",
					   "platesetter:/proc/self",
					   "platesetter:/dev/null"};
	struct scene s;

	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		begin(&s);
		cups_job_setenv("DEVICE_URI", uris[i]);
		give_set(&s);
		release(&s);
		TAP_OK(run(&s) == HOLD && s.keep.outcome.result == WIRE_STOPPED &&
			       cups_job_said(&s.job, "hot folder"),
		       "%s: %s", uris[i], s.keep.outcome.text);
		end(&s);
	}
}

static void
a_device_uri_that_is_strange_starts_nothing(void)
{
	static const char *const uris[] = {"platesetter:",
					   "platesetter:relative",
					   "platesetter:/x?layout=pile",
					   "platesetter:/x%2",
					   "platesetter:/x%00y",
					   "file:/tmp"};
	struct scene s;

	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		begin(&s);
		cups_job_setenv("DEVICE_URI", uris[i]);
		give_set(&s);
		release(&s);
		TAP_OK(run(&s) == 1 && s.keep.produces == 0, "'%s' is refused",
		       uris[i]);
		end(&s);
	}
}

/* A tmpfs of 128 kB and a read-only mount, in a mount namespace of our own. */
static void
a_full_or_read_only_hot_folder_stops_the_order(void)
{
	struct scene s;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
		tap_skip("only root can mount a full disk");
		return;
	}
	begin(&s);
	give_set(&s);
	release(&s);
	INVARIANT(mount("none", s.hot, "tmpfs", 0, "size=128k") == 0);
	TAP_OK(run(&s) == HOLD && s.keep.outcome.result == WIRE_STOPPED &&
		       cups_job_said(&s.job, "No space left"),
	       "full: %s", s.keep.outcome.text);
	TAP_OK(entries(&s, true) == 0, "and what was written is removed");
	INVARIANT(mount(NULL, s.hot, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	TAP_OK(run(&s) == HOLD && cups_job_said(&s.job, "Read-only"), "read-only: %s",
	       s.keep.outcome.text);
	INVARIANT(umount(s.hot) == 0);
	TAP_OK(run(&s) == 0, "mended, the order goes on");
	end(&s);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	if (seal_start(NULL) != 0)
		return 1;
	without_identification_nothing_is_made();
	a_set_appears_by_one_rename();
	flat_sets_end_with_the_manifest();
	a_set_that_exists_is_never_overwritten();
	what_keep_does_not_vouch_for_is_not_shown();
	a_stream_that_is_wrong_shows_nothing();
	killed_in_the_middle_nothing_is_visible();
	told_to_stop_it_cleans_up();
	two_writers_of_a_set_do_not_meet();
	a_hot_folder_that_is_not_there_stops_the_order();
	a_device_uri_that_is_strange_starts_nothing();
	a_full_or_read_only_hot_folder_stops_the_order();
	return tap_done();
}
