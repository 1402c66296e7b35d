/*
 * platesetter - a backend(7): a plate set into a plate-maker's hot folder.
 *
 *	platesetter:/path/to/hotfolder[?layout=folder|flat]
 *
 * Standard input is the tar stream of doctoplates(8). Nothing is begun before keep says
 * that the order was identified; nothing is shown before keep says that the stream is
 * that order's, and whole; then the set appears with one rename, and keep is told.
 * doc/platesetter.8 is the manual; plate_folder.h says what a reader of the hot folder
 * may rely on.
 *
 * Diagnostics: gate.h's table of ends, with the reason on the queue. A hot folder that
 * is full, gone or read-only stops the order, not the queue.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/devlock.h"
#include "backend/gate.h"
#include "backend/plate_folder.h"
#include "backend/plate_tar.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

#define FIRST_BYTES 4096
#define URI_SCHEME  "platesetter:"

struct setter {
	struct gate gate;
	char path[1024];
	enum plate_layout layout;
	char set[MANIFEST_NAME_MAX];
	struct plate_folder *folder;
	int in;
	uint8_t first[FIRST_BYTES]; /* read before keep was asked */
	size_t first_len, first_used;
};

static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

/* --- the device URI --- */

static int
read_option(struct setter *s, const char *option, struct error *err)
{
	if (strcmp(option, "layout=folder") == 0)
		s->layout = PLATE_FOLDER;
	else if (strcmp(option, "layout=flat") == 0)
		s->layout = PLATE_FLAT;
	else
		return error_set(err, ERROR_INPUT,
				 "the device URI has an unknown option '%.40s'",
				 option);
	return 0;
}

static int
read_options(struct setter *s, char *options, struct error *err)
{
	char *rest = NULL;

	for (char *o = strtok_r(options, "&", &rest); o != NULL;
	     o = strtok_r(NULL, "&", &rest))
		if (read_option(s, o, err) != 0)
			return -1;
	return 0;
}

/* %20 and the like, in place. */
static int
decode(char *text)
{
	char *to = text;
	uint8_t byte;

	for (; *text != '\0'; text++) {
		if (*text != '%') {
			*to++ = *text;
			continue;
		}
		char digits[3] = {text[1], text[1] != '\0' ? text[2] : '\0', '\0'};

		if (text_unhex(&byte, 1, digits) != 0 || byte == 0)
			return -1;
		*to++ = (char)byte;
		text += 2;
	}
	*to = '\0';
	return 0;
}

static int
read_uri(struct setter *s, const char *uri, struct error *err)
{
	char *options;

	if (uri == NULL || strncmp(uri, URI_SCHEME, strlen(URI_SCHEME)) != 0 ||
	    text_copy(s->path, sizeof(s->path), uri + strlen(URI_SCHEME)) != 0)
		return error_set(
			err, ERROR_INPUT,
			"the device URI is not platesetter:/path/to/hotfolder");
	options = strchr(s->path, '?');
	if (options != NULL)
		*options++ = '\0';
	/* platesetter:///path is the same as platesetter:/path */
	if (strncmp(s->path, "///", 3) == 0)
		memmove(s->path, s->path + 2, strlen(s->path) - 1);
	if (s->path[0] != '/' || decode(s->path) != 0)
		return error_set(err, ERROR_INPUT,
				 "the device URI names no absolute path");
	return options == NULL ? 0 : read_options(s, options, err);
}

/* --- the stream --- */

static ssize_t
pull(void *ctx, void *data, size_t size)
{
	struct setter *s = ctx;
	size_t left = s->first_len - s->first_used;
	ssize_t n;

	if (left > 0) {
		if (left > size)
			left = size;
		memcpy(data, s->first + s->first_used, left);
		s->first_used += left;
		return (ssize_t)left;
	}
	do
		n = gate_read(&s->gate, s->in, data, size);
	while (n < 0 && errno == EINTR && !stopped);
	return n;
}

static int
begin_file(void *ctx, const char *name, struct error *err)
{
	struct setter *s = ctx;

	gate_progress(&s->gate, 0, 255, name);
	return plate_folder_begin(s->folder, name, err);
}

static int
take_data(void *ctx, const void *data, size_t len, struct error *err)
{
	return plate_folder_data(((struct setter *)ctx)->folder, data, len, err);
}

static int
end_file(void *ctx, struct error *err)
{
	return plate_folder_end(((struct setter *)ctx)->folder, err);
}

static int
write_manifest(struct setter *s, const struct buf *json, struct error *err)
{
	if (plate_folder_begin(s->folder, MANIFEST_FILE, err) != 0 ||
	    plate_folder_data(s->folder, json->data, json->len, err) != 0)
		return -1;
	return plate_folder_end(s->folder, err);
}

/* What a fault while files were written means: the stream's, or the folder's. */
static enum gate_end
end_of(const struct error *err)
{
	if (stopped)
		return GATE_STOPPED;
	if (err->kind == ERROR_LATER)
		return GATE_BUSY;
	return err->kind == ERROR_INPUT ? GATE_FILTER : GATE_DEVICE;
}

static enum gate_end
show(struct setter *s, const struct manifest *m, const struct buf *json,
     struct error *err)
{
	struct error ignored;

	if (write_manifest(s, json, err) != 0)
		return end_of(err);
	if (gate_verify(&s->gate, err) != 0)
		return err->kind == ERROR_LATER ? GATE_UNREACHABLE : GATE_FILTER;
	if (stopped)
		return GATE_STOPPED;
	if (plate_folder_show(s->folder, MANIFEST_FILE, err) != 0)
		return end_of(err);
	log_info("set %s of %u pages is in the hot folder", s->set, m->pages);
	gate_progress(&s->gate, m->pages, 100, s->set);
	if (gate_outcome(&s->gate, WIRE_COMPLETED, "", "", &ignored) != 0) {
		*err = ignored;
		return GATE_UNRECORDED;
	}
	return GATE_DONE;
}

static enum gate_end
receive(struct setter *s, struct error *err)
{
	struct plate_tar_sink sink = {s, begin_file, take_data, end_file};
	enum gate_end end;
	struct manifest m;
	struct buf json;

	if (plate_folder_open(&s->folder, s->path, s->set, s->layout, err) != 0)
		return end_of(err);
	buf_init(&json, MANIFEST_BYTES_MAX);
	if (plate_tar_read(pull, s, &sink, &json, &m, err) != 0) {
		end = end_of(err);
	} else {
		end = show(s, &m, &json, err);
		manifest_clear(&m);
	}
	buf_clear(&json);
	plate_folder_close(s->folder);
	return end;
}

/* "order-42", "order-42-2" for the second of several documents. */
static void
name_set(struct setter *s)
{
	const struct wire_producing *o = &s->gate.order;

	if (o->documents > 1)
		snprintf(s->set, sizeof(s->set), "order-%u-%u", o->number, o->document);
	else
		snprintf(s->set, sizeof(s->set), "order-%u", o->number);
}

static enum gate_end
run(struct setter *s, struct error *err)
{
	enum gate_end end;
	ssize_t n;

	do
		n = gate_read(&s->gate, s->in, s->first, sizeof(s->first));
	while (n < 0 && errno == EINTR && !stopped);
	if (stopped)
		return GATE_STOPPED;
	if (n == 0)
		return gate_empty(&s->gate, err);
	if (n < 0) {
		error_errno(err, "the plates can't be read");
		return GATE_FILTER;
	}
	s->first_len = (size_t)n;
	if (gate_produce(&s->gate, err) != 0)
		return gate_produce_end(err);
	name_set(s);
	end = receive(s, err);
	if (end != GATE_DONE && end != GATE_UNRECORDED)
		gate_stop(&s->gate, end, err);
	return end;
}

static void
catch_stop(void)
{
	struct sigaction action = {.sa_handler = stop};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

int
main(int argc, char **argv)
{
	static struct setter s;
	struct error err = {0};
	enum gate_end end;

	log_open("platesetter", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	if (argc == 1) {
		puts("direct platesetter \"Unknown\" \"Claimcheck plate-maker's hot "
		     "folder\"");
		return 0;
	}
	if (argc != 6 && argc != 7) {
		fputs("usage: platesetter job-id user title copies options [file]\n",
		      stderr);
		return 1;
	}
	s.in = argc == 7 ? open(argv[6], O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (s.in < 0) {
		error_errno(&err, "the file can't be opened");
		return gate_exit(&s.gate, GATE_USAGE, &err);
	}
	if (seal_start(&err) != 0 || gate_init(&s.gate, argv[1], &err) != 0 ||
	    read_uri(&s, getenv("DEVICE_URI"), &err) != 0)
		return gate_exit(&s.gate, GATE_USAGE, &err);
	catch_stop();
	if (devlock_take(getenv("DEVICE_URI"), &stopped, &err) < 0)
		end = stopped ? GATE_STOPPED : GATE_DEVICE;
	else
		end = run(&s, &err);
	gate_clear(&s.gate);
	return gate_exit(&s.gate, end, end == GATE_DONE ? NULL : &err);
}
