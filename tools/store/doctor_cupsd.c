/*
 * doctor_cupsd.c - the part of spoolctl doctor that asks cupsd.
 */
#include <cups/cups.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"

#include "tools/store/doctor.h"

#define CONNECT_MS   5000
#define POLICY_NAME  "claimcheck"
#define CONF_MAX     (1024 * 1024)
#define PROFILE_HEAD 40 /* bytes: "acsp" is at 36 */
#define LINE_MAX_PPD 1024
#define SETUP_HINT   "spoolctl setup %s DEVICE PPD puts it right"
#define JOBS_DEFAULT 500 /* MaxJobs of cupsd, if nobody says otherwise */

static http_t *
connect_to(const char *server)
{
	char host[SETTINGS_PATH_MAX];
	int64_t port = ippPort();
	char *colon;
	http_t *http;

	text_copy(host, sizeof(host), server);
	colon = host[0] == '/' ? NULL : strrchr(host, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (text_number(colon + 1, 1, 65535, &port) != 0)
			return NULL;
	}
	http = httpConnect2(host, (int)port, NULL, AF_UNSPEC,
			    HTTP_ENCRYPTION_IF_REQUESTED, 1, CONNECT_MS, NULL);
	if (http != NULL)
		httpSetTimeout(http, CONNECT_MS / 1000.0, NULL, NULL);
	return http;
}

/* --- profiles --- */

static void
look_at_profile(struct doctor *d, const char *queue, const char *path)
{
	uint8_t head[PROFILE_HEAD] = {0};
	char what[ORDER_QUEUE_MAX + 32];
	FILE *f = fopen(path, "re");
	size_t n = f != NULL ? fread(head, 1, sizeof(head), f) : 0;

	snprintf(what, sizeof(what), "profile of queue %s", queue);
	if (f == NULL)
		doctor_say(d, DOCTOR_FAULT, what,
			   "put the file there, or name another in the PPD",
			   "'%s' cannot be read", path);
	else if (n < sizeof(head) || memcmp(head + 36, "acsp", 4) != 0)
		doctor_say(d, DOCTOR_FAULT, what, "put an ICC profile there",
			   "'%s' is no ICC profile", path);
	else
		doctor_say(d, DOCTOR_WELL, what, NULL, "'%s'", path);
	if (f != NULL)
		fclose(f);
}

/* *cupsICCProfile Selectors/Text: "PATH"; a relative one lies below cupsd's profiles. */
static void
look_at_ppd(struct doctor *d, const char *queue, FILE *ppd)
{
	char line[LINE_MAX_PPD], path[LINE_MAX_PPD + 32], *from, *to;
	unsigned count = 0;

	while (fgets(line, sizeof(line), ppd) != NULL) {
		if (strncmp(line, "*cupsICCProfile", 15) != 0)
			continue;
		from = strchr(line, '"');
		to = from != NULL ? strchr(from + 1, '"') : NULL;
		if (to == NULL)
			continue;
		*to = '\0';
		snprintf(path, sizeof(path), "%s%s",
			 from[1] == '/' ? "" : "/usr/share/cups/profiles/", from + 1);
		look_at_profile(d, queue, path);
		count++;
	}
	if (count == 0)
		doctor_say(d, DOCTOR_WELL, queue, NULL,
			   "its PPD names no profile: pictures become sRGB for it");
}

/* cupsd hands a queue's PPD to whoever asks. */
static FILE *
fetch_ppd(http_t *http, const char *queue)
{
	char resource[ORDER_QUEUE_MAX + 32];
	int fd = memfd_create("ppd", MFD_CLOEXEC);
	FILE *ppd;

	snprintf(resource, sizeof(resource), "/printers/%s.ppd", queue);
	if (fd < 0)
		return NULL;
	if (cupsGetFd(http, resource, fd) != HTTP_STATUS_OK ||
	    lseek(fd, 0, SEEK_SET) != 0 || (ppd = fdopen(fd, "r")) == NULL) {
		close(fd);
		return NULL;
	}
	return ppd;
}

static void
look_at_profiles(struct doctor *d, http_t *http, const char *queue)
{
	FILE *ppd = fetch_ppd(http, queue);

	if (ppd == NULL) {
		doctor_say(d, DOCTOR_FAULT, queue,
			   "give the queue one of our PPDs: spoolctl setup",
			   "it has no PPD, so our filters are not asked");
		return;
	}
	look_at_ppd(d, queue, ppd);
	fclose(ppd);
}

/* --- queues --- */

static ipp_t *
ask_queue(http_t *http, const char *queue)
{
	ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES), *answer;
	char uri[HTTP_MAX_URI];

	httpAssembleURIf(HTTP_URI_CODING_ALL, uri, sizeof(uri), "ipp", NULL,
			 "localhost", 0, "/printers/%s", queue);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	answer = cupsDoRequest(http, request, "/");
	if (ippGetStatusCode(answer) <= IPP_STATUS_OK_CONFLICTING)
		return answer;
	ippDelete(answer);
	return NULL;
}

static const char *
text_of(ipp_t *answer, const char *name)
{
	const char *text =
		ippGetString(ippFindAttribute(answer, name, IPP_TAG_ZERO), 0, NULL);

	return text != NULL ? text : "";
}

static bool
is_false(ipp_t *answer, const char *name)
{
	ipp_attribute_t *a = ippFindAttribute(answer, name, IPP_TAG_BOOLEAN);

	return a != NULL && !ippGetBoolean(a, 0);
}

static void
look_at_device(struct doctor *d, const char *what, const char *queue, ipp_t *answer)
{
	const char *device = text_of(answer, "device-uri");
	char mend[ORDER_QUEUE_MAX + 64];

	snprintf(mend, sizeof(mend), SETUP_HINT, queue);
	if (strncmp(device, "claimcheck:", 11) != 0 &&
	    strncmp(device, "platesetter:", 12) != 0)
		doctor_say(d, DOCTOR_FAULT, what, mend,
			   "its device is '%s', which does not ask whether an order "
			   "was released",
			   device);
	else
		doctor_say(d, DOCTOR_WELL, what, NULL, "its device is '%s'", device);
}

static void
look_at_policy(struct doctor *d, const char *what, const char *queue, ipp_t *answer)
{
	const char *policy = text_of(answer, "printer-op-policy");
	char mend[ORDER_QUEUE_MAX + 64];

	snprintf(mend, sizeof(mend), SETUP_HINT, queue);
	if (strcmp(policy, POLICY_NAME) != 0)
		doctor_say(d, DOCTOR_FAULT, what, mend,
			   "its policy is '%s', which lets operators start its jobs; "
			   "only the gate keeps them from printing",
			   policy);
	else
		doctor_say(d, DOCTOR_WELL, what, NULL,
			   "only spoold starts what it holds (policy " POLICY_NAME ")");
}

static void
look_at_state(struct doctor *d, const char *what, const char *queue, ipp_t *answer)
{
	ipp_attribute_t *state =
		ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM);
	const char *message = text_of(answer, "printer-state-message");
	char mend[ORDER_QUEUE_MAX + 32];

	if (state != NULL && ippGetInteger(state, 0) == IPP_PSTATE_STOPPED) {
		snprintf(mend, sizeof(mend), "cupsenable %s", queue);
		doctor_say(d, DOCTOR_FAULT, what, mend, "it is stopped: %s", message);
	}
	if (is_false(answer, "printer-is-accepting-jobs")) {
		snprintf(mend, sizeof(mend), "cupsaccept %s", queue);
		doctor_say(d, DOCTOR_FAULT, what, mend, "it takes no jobs");
	}
}

static void
look_at_queue(struct doctor *d, http_t *http, const struct settings_printer *p)
{
	ipp_t *answer = ask_queue(http, p->queue);
	char what[ORDER_QUEUE_MAX + 16], mend[ORDER_QUEUE_MAX + 64];

	snprintf(what, sizeof(what), "queue %s", p->queue);
	if (answer == NULL) {
		snprintf(mend, sizeof(mend), "spoolctl setup %s DEVICE PPD makes it",
			 p->queue);
		doctor_say(d, DOCTOR_FAULT, what, mend,
			   "cupsd has no such queue; printer \"%s\" leads there",
			   p->name);
		return;
	}
	look_at_device(d, what, p->queue, answer);
	look_at_policy(d, what, p->queue, answer);
	look_at_state(d, what, p->queue, answer);
	ippDelete(answer);
	look_at_profiles(d, http, p->queue);
}

/* --- cupsd itself --- */

static void
look_at_version(struct doctor *d, http_t *http)
{
	const char *server = httpGetField(http, HTTP_FIELD_SERVER);
	char *end = NULL;
	const long major =
		strncmp(server, "CUPS/", 5) == 0 ? strtol(server + 5, &end, 10) : 0;
	const long minor = end != NULL && *end == '.' ? strtol(end + 1, NULL, 10) : -1;

	if (minor < 0)
		doctor_say(d, DOCTOR_WELL, "cupsd", NULL,
			   "it answers, and does not tell its version");
	else if (major < 2 || (major == 2 && minor < 3))
		doctor_say(d, DOCTOR_WARNING, "cupsd",
			   "use CUPS 2.3 or later: it was tried with 2.4", "it is %s",
			   server);
	else
		doctor_say(d, DOCTOR_WELL, "cupsd", NULL, "it answers: %s", server);
}

/* The last "MaxJobs N" outside of all comments. */
static int64_t
max_jobs(const char *conf)
{
	int64_t jobs = JOBS_DEFAULT;
	char number[16];

	for (const char *line = conf; line != NULL && *line != '\0';
	     line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL)
		if (strncasecmp(line, "MaxJobs ", 8) == 0 &&
		    sscanf(line + 8, "%15[0-9]", number) == 1)
			text_number(number, 0, INT32_MAX, &jobs);
	return jobs;
}

static void
look_at_bounds(struct doctor *d, http_t *http)
{
	int fd = memfd_create("cupsd.conf", MFD_CLOEXEC);
	struct buf conf;
	int64_t jobs;

	buf_init(&conf, CONF_MAX);
	if (fd >= 0 &&
	    cupsGetFd(http, "/admin/conf/cupsd.conf", fd) == HTTP_STATUS_OK &&
	    lseek(fd, 0, SEEK_SET) == 0 &&
	    buf_reserve(&conf, CONF_MAX - 1, NULL) == 0) {
		ssize_t n = fs_read_full(fd, conf.data, CONF_MAX - 1);
		conf.data[n > 0 ? n : 0] = '\0';
		jobs = max_jobs((const char *)conf.data);
		if (jobs != 0 && jobs < (int64_t)d->shop->settings.max_orders)
			doctor_say(d, DOCTOR_WARNING, "cupsd",
				   "set 'MaxJobs 0' in cupsd.conf: held jobs count, "
				   "too",
				   "it takes %lld jobs at once, and %u orders may wait",
				   (long long)jobs, d->shop->settings.max_orders);
		else
			doctor_say(d, DOCTOR_WELL, "cupsd", NULL,
				   "it takes as many jobs as orders may wait");
	}
	if (fd >= 0)
		close(fd);
	buf_clear(&conf);
}

void
doctor_cupsd(struct doctor *d)
{
	const struct settings *s = &d->shop->settings;
	http_t *http = connect_to(s->cups_server);

	if (http == NULL) {
		doctor_say(d, DOCTOR_FAULT, "cupsd",
			   "start it (systemctl start cups), or mend cups-server in "
			   "spoold.conf",
			   "nobody answers at '%s'", s->cups_server);
		return;
	}
	cupsSetServer(s->cups_server);
	for (uint32_t i = 0; i < s->printer_count; i++)
		look_at_queue(d, http, &s->printers[i]);
	look_at_version(d, http); /* told with an answer */
	look_at_bounds(d, http);
	httpClose(http);
}
