/*
 * setup.c - spoolctl setup: Claimcheck's policy into cupsd.conf, and its queues.
 *
 * Both go through cupsd itself, over its socket: cupsd.conf is fetched, the policy is put
 * between two marks (or replaced there), and is put back, upon which cupsd loads it; a
 * queue is a CUPS-Add-Modify-Printer with its PPD. No file of cupsd's is touched from
 * outside, so a private cupsd is set up like the system's own.
 *
 * Once the policy holds for a queue not even root may change that queue, only spoold's
 * user. So what root is refused is asked again as that user.
 */
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cups/cups.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"

#include "tools/control/control.h"

#define POLICY_FILE    CC_DATADIR "/cupsd-policy.conf"
#define POLICY_NAME    "claimcheck"
#define POLICY_MAX     65536
#define CONF_MAX       (1024 * 1024)
#define CONF_RESOURCE  "/admin/conf/cupsd.conf"
#define MARK_BEGIN     "# BEGIN claimcheck: put here by spoolctl setup\n"
#define MARK_END       "# END claimcheck\n"
#define USER_MARK      "@USER@"
#define CONNECT_MS     30000
#define RELOAD_WAIT_MS 30000
#define RELOAD_POLL_MS 250

struct queue {
	const char *name, *device, *ppd;
};

/* --- the policy's text --- */

static bool
is_user_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789_.-");

	return n > 0 && n <= 64 && name[n] == '\0' && name[0] != '-';
}

/* The file's text, with the user's name for every @USER@. */
static int
fill_policy(const struct control *c, struct buf *out, struct error *err)
{
	const char *path = c->policy_file != NULL ? c->policy_file : POLICY_FILE;
	struct buf text;
	const char *at, *mark;
	int rc;

	if (!is_user_name(c->spoold_user))
		return error_set(err, ERROR_INPUT, "'%s' is no user's name",
				 c->spoold_user);
	buf_init(&text, POLICY_MAX);
	rc = fs_read_file(path, &text, err);
	if (rc == 0)
		rc = buf_append(&text, "", 1, err);
	for (at = (const char *)text.data; rc == 0 && *at != '\0'; at = mark) {
		mark = strstr(at, USER_MARK);
		rc = buf_append(out, at,
				mark != NULL ? (size_t)(mark - at) : strlen(at), err);
		if (mark == NULL)
			break;
		if (rc == 0)
			rc = buf_append(out, c->spoold_user, strlen(c->spoold_user),
					err);
		mark += strlen(USER_MARK);
	}
	buf_clear(&text);
	return rc;
}

/* cupsd.conf with the policy between its marks, the old one (if any) taken out. */
static int
splice(const char *conf, const struct buf *policy, struct buf *out, struct error *err)
{
	const char *begin = strstr(conf, MARK_BEGIN);
	const char *end = begin != NULL ? strstr(begin, MARK_END) : NULL;
	const char *rest = end != NULL ? end + strlen(MARK_END) : "";
	size_t head = end != NULL ? (size_t)(begin - conf) : strlen(conf);
	const char *gap = head > 0 && conf[head - 1] != '\n' ? "\n" : "";

	if (begin != NULL && end == NULL)
		return error_set(err, ERROR_CONFLICT,
				 "cupsd.conf has our first mark and not our last: look "
				 "at it, and take out what is between");
	if (buf_append(out, conf, head, err) != 0 ||
	    buf_append(out, gap, strlen(gap), err) != 0 ||
	    buf_append(out, MARK_BEGIN, strlen(MARK_BEGIN), err) != 0 ||
	    buf_append(out, policy->data, policy->len, err) != 0 ||
	    buf_append(out, MARK_END, strlen(MARK_END), err) != 0 ||
	    buf_append(out, rest, strlen(rest), err) != 0)
		return -1;
	return 0;
}

/* --- cupsd --- */

static http_t *
connect_cupsd(const struct control *c, struct error *err)
{
	char host[256];
	char *colon;
	int64_t port = ippPort();
	http_t *http;

	text_copy(host, sizeof(host),
		  c->cups_server != NULL ? c->cups_server : cupsServer());
	colon = host[0] == '/' ? NULL : strrchr(host, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (text_number(colon + 1, 1, 65535, &port) != 0) {
			error_set(err, ERROR_INPUT, "'%s' names no port", host);
			return NULL;
		}
	}
	http = httpConnect2(host, (int)port, NULL, AF_UNSPEC,
			    HTTP_ENCRYPTION_IF_REQUESTED, 1, CONNECT_MS, NULL);
	if (http == NULL)
		error_set(err, ERROR_LATER, "cannot reach cupsd at '%s': %s", host,
			  strerror(errno));
	else
		httpSetTimeout(http, CONNECT_MS / 1000.0, NULL, NULL);
	return http;
}

static int
http_fault(http_status_t status, const char *what, struct error *err)
{
	enum error_kind kind = ERROR_SYSTEM;

	if (status == HTTP_STATUS_UNAUTHORIZED || status == HTTP_STATUS_FORBIDDEN ||
	    status == HTTP_STATUS_CUPS_AUTHORIZATION_CANCELED)
		kind = ERROR_REFUSED;
	return error_set(err, kind, "cupsd does not let us %s its cupsd.conf: %s", what,
			 httpStatus(status));
}

/* libcups wants a descriptor to put the file into, or to take it from. */
static int
scratch(struct error *err)
{
	int fd = memfd_create("cupsd.conf", MFD_CLOEXEC);

	if (fd < 0)
		error_errno(err, "cannot make a scratch file");
	return fd;
}

static int
read_scratch(int fd, struct buf *out, struct error *err)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return error_errno(err, "cannot read the scratch file");
	if (buf_reserve(out, (size_t)size + 1, err) != 0)
		return error_prefix(err, "cupsd.conf");
	if (fs_read_full(fd, out->data, (size_t)size) != size)
		return error_errno(err, "cannot read the scratch file");
	out->len = (size_t)size;
	return buf_append(out, "", 1, err);
}

/* The whole of it, with a zero behind. */
static int
fetch_conf(const struct control *c, struct buf *conf, struct error *err)
{
	http_t *http = connect_cupsd(c, err);
	int fd = http != NULL ? scratch(err) : -1, rc = -1;
	http_status_t status;

	if (fd >= 0) {
		status = cupsGetFd(http, CONF_RESOURCE, fd);
		rc = status == HTTP_STATUS_OK ? read_scratch(fd, conf, err)
					      : http_fault(status, "read", err);
		close(fd);
	}
	httpClose(http);
	return rc;
}

static int
put_conf(const struct control *c, const struct buf *conf, struct error *err)
{
	http_t *http = connect_cupsd(c, err);
	int fd = http != NULL ? scratch(err) : -1, rc = -1;
	http_status_t status;

	if (fd >= 0) {
		if (fs_write_all(fd, conf->data, conf->len) != 0 ||
		    lseek(fd, 0, SEEK_SET) != 0) {
			error_errno(err, "cannot write the scratch file");
		} else {
			status = cupsPutFd(http, CONF_RESOURCE, fd);
			rc = status == HTTP_STATUS_CREATED
				     ? 0
				     : http_fault(status, "write", err);
		}
		close(fd);
	}
	httpClose(http);
	return rc;
}

static int
install_policy(const struct control *c, const struct buf *policy, struct error *err)
{
	struct buf conf, wanted;
	int rc;

	buf_init(&conf, CONF_MAX);
	buf_init(&wanted, CONF_MAX);
	rc = fetch_conf(c, &conf, err);
	if (rc == 0)
		rc = splice((const char *)conf.data, policy, &wanted, err);
	if (rc == 0 && wanted.len == conf.len - 1 &&
	    memcmp(wanted.data, conf.data, wanted.len) == 0)
		printf("cupsd.conf has the policy '" POLICY_NAME "' already\n");
	else if (rc == 0 && (rc = put_conf(c, &wanted, err)) == 0)
		printf("cupsd.conf has the policy '" POLICY_NAME "' now\n");
	buf_clear(&conf);
	buf_clear(&wanted);
	return rc;
}

/* --- queues --- */

static int
check_queue(const struct queue *q, struct error *err)
{
	size_t n = strlen(q->name);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)q->name[i] <= ' ' || q->name[i] == 0x7f ||
		    strchr("/\\#?'\"", q->name[i]) != NULL)
			return error_set(
				err, ERROR_INPUT,
				"a queue's name has no spaces, quotes, / or #");
	if (n == 0 || n >= ORDER_QUEUE_MAX)
		return error_set(err, ERROR_INPUT, "a queue's name has 1 to 127 bytes");
	if (strncmp(q->device, "claimcheck:", 11) != 0 &&
	    strncmp(q->device, "platesetter:", 12) != 0)
		return error_set(
			err, ERROR_INPUT,
			"the device must be claimcheck:... or platesetter:...; "
			"nothing else looks whether an order was released");
	if (access(q->ppd, R_OK) != 0)
		return error_errno(err, "cannot read '%s'", q->ppd);
	return 0;
}

static ipp_t *
queue_request(const struct control *c, const struct queue *q)
{
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_ADD_MODIFY_PRINTER);
	char uri[HTTP_MAX_URI];

	httpAssembleURIf(HTTP_URI_CODING_ALL, uri, sizeof(uri), "ipp", NULL,
			 "localhost", 0, "/printers/%s", q->name);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name",
		     NULL, cupsUser());
	ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_URI, "device-uri", NULL,
		     q->device);
	ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-op-policy", NULL,
		     POLICY_NAME);
	ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-error-policy",
		     NULL, "stop-printer");
	ippAddBoolean(request, IPP_TAG_PRINTER, "printer-is-shared", 0);
	ippAddInteger(request, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state",
		      IPP_PSTATE_IDLE);
	ippAddBoolean(request, IPP_TAG_PRINTER, "printer-is-accepting-jobs", 1);
	if (c->info != NULL)
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-info",
			     NULL, c->info);
	if (c->location != NULL)
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-location",
			     NULL, c->location);
	return request;
}

static int
ask_queue(const struct control *c, const struct queue *q, struct error *err)
{
	http_t *http = connect_cupsd(c, err);
	ipp_status_t status;

	if (http == NULL)
		return -1;
	ippDelete(cupsDoFileRequest(http, queue_request(c, q), "/admin/", q->ppd));
	status = cupsLastError();
	httpClose(http);
	if (status <= IPP_STATUS_OK_CONFLICTING)
		return 0;
	return error_set(
		err,
		status == IPP_STATUS_ERROR_FORBIDDEN ||
				status == IPP_STATUS_ERROR_NOT_AUTHORIZED ||
				status == IPP_STATUS_ERROR_NOT_AUTHENTICATED ||
				status == IPP_STATUS_ERROR_CUPS_AUTHENTICATION_CANCELED
			? ERROR_REFUSED
			: ERROR_LATER,
		"cupsd does not take queue '%s': %s", q->name, cupsLastErrorString());
}

/* As spoold's user, for a queue that the policy guards already. */
static int
ask_as_spoold(const struct control *c, const struct queue *q, struct error *err)
{
	const struct passwd *pw = getpwnam(c->spoold_user);
	char was[64];
	int rc;

	if (geteuid() != 0 || pw == NULL)
		return -1; /* err says what cupsd said */
	text_copy(was, sizeof(was), cupsUser());
	/* libcups looks at the real id, cupsd at the effective one */
	if (setresuid(pw->pw_uid, pw->pw_uid, 0) != 0)
		return error_errno(err, "cannot become '%s'", c->spoold_user);
	cupsSetUser(c->spoold_user);
	rc = ask_queue(c, q, err);
	cupsSetUser(was);
	if (setresuid(0, 0, 0) != 0)
		return error_errno(err, "cannot become root again");
	return rc;
}

/* cupsd is loading its configuration meanwhile, and refuses a policy that it does not
 * know yet. */
static int
install_queue(const struct control *c, const struct queue *q, struct error *err)
{
	int64_t until = clock_mono_ms() + RELOAD_WAIT_MS;

	for (;;) {
		if (ask_queue(c, q, err) == 0)
			break;
		if (err->kind == ERROR_REFUSED && ask_as_spoold(c, q, err) == 0)
			break;
		if (err->kind == ERROR_REFUSED || clock_mono_ms() > until)
			return -1;
		poll(NULL, 0, RELOAD_POLL_MS);
	}
	printf("queue '%s' leads to %s\n", q->name, q->device);
	return 0;
}

/* --- the command --- */

static void
show_plan(const struct buf *policy, const struct queue *q)
{
	printf("cupsd.conf would get:\n" MARK_BEGIN "%.*s" MARK_END, (int)policy->len,
	       (const char *)policy->data);
	if (q->name != NULL)
		printf("queue '%s' would lead to %s, with %s, policy '" POLICY_NAME
		       "'\n",
		       q->name, q->device, q->ppd);
}

int
control_setup(const struct control *c, int argc, char *argv[])
{
	struct queue q = {NULL, NULL, NULL};
	struct buf policy;
	struct error err;
	int rc = 0;

	if (argc != 0 && argc != 3)
		return CONTROL_USAGE;
	if (argc == 3) {
		q = (struct queue){argv[0], argv[1], argv[2]};
		rc = check_queue(&q, &err);
	}
	buf_init(&policy, POLICY_MAX);
	if (rc == 0)
		rc = fill_policy(c, &policy, &err);
	if (rc == 0 && c->dry_run)
		show_plan(&policy, &q);
	else if (rc == 0)
		rc = install_policy(c, &policy, &err);
	if (rc == 0 && !c->dry_run && q.name != NULL)
		rc = install_queue(c, &q, &err);
	buf_clear(&policy);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
