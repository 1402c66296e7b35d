#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/courier/cupsd.h"

static volatile sig_atomic_t waiting;

/* libcups asks this when a wait is over; the wait has the whole time that we give. A
 * short wait and a count here would be nicer, but ippRead does not ask: it gives up after
 * one wait, and cupsd may write its job cache between an answer's header and body. */
static int
no_more(http_t *http, void *data)
{
	(void)http;
	(void)data;
	return 0;
}

bool
cupsd_is_waiting(void)
{
	return waiting != 0;
}

/* There is no one to ask for a password. */
static const char *
no_password(const char *prompt, http_t *http, const char *method, const char *resource,
	    void *data)
{
	(void)prompt;
	(void)http;
	(void)method;
	(void)resource;
	(void)data;
	return NULL;
}

int
cupsd_open(struct cupsd *c, const char *server, struct error *err)
{
	const struct passwd *pw = getpwuid(geteuid());
	char *colon;
	int64_t port = 0;

	*c = (struct cupsd){.http = NULL};
	if (pw == NULL)
		return error_set(err, ERROR_SYSTEM, "user %u has no name",
				 (unsigned)geteuid());
	text_copy(c->user, sizeof(c->user), pw->pw_name);
	text_copy(c->host, sizeof(c->host), server);
	if (server[0] != '/') {
		colon = strrchr(c->host, ':');
		if (colon == NULL || text_number(colon + 1, 1, 65535, &port) != 0)
			return error_set(err, ERROR_INPUT,
					 "cups-server = '%s' is not "
					 "host:port",
					 server);
		*colon = '\0';
	}
	c->port = (int)port;
	cupsSetUser(c->user);
	cupsSetPasswordCB2(no_password, NULL);
	return 0;
}

void
cupsd_close(struct cupsd *c)
{
	httpClose(c->http);
	c->http = NULL;
}

int
cupsd_connect(struct cupsd *c, struct error *err)
{
	if (c->http != NULL)
		return 0;
	c->http = httpConnect2(c->host, c->port, NULL, AF_UNSPEC, cupsEncryption(), 1,
			       CUPSD_CONNECT_MS, NULL);
	if (c->http != NULL)
		return 0;
	error_set(err, ERROR_LATER, "cannot reach cupsd at '%s': %s", c->host,
		  cupsLastErrorString());
	return -1;
}

static void
add_user(const struct cupsd *c, ipp_t *request)
{
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name",
		     NULL, c->user);
}

ipp_t *
cupsd_queue_request(const struct cupsd *c, ipp_op_t op, const char *queue)
{
	ipp_t *request = ippNewRequest(op);
	char uri[HTTP_MAX_URI];

	if (queue[0] != '\0')
		httpAssembleURIf(HTTP_URI_CODING_ALL, uri, sizeof(uri), "ipp", NULL,
				 "localhost", 0, "/printers/%s", queue);
	else
		text_copy(uri, sizeof(uri), "ipp://localhost/");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	add_user(c, request);
	return request;
}

ipp_t *
cupsd_job_request(const struct cupsd *c, ipp_op_t op, int job)
{
	ipp_t *request = ippNewRequest(op);
	char uri[64];

	snprintf(uri, sizeof(uri), "ipp://localhost/jobs/%d", job);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "job-uri", NULL, uri);
	add_user(c, request);
	return request;
}

void
cupsd_want(ipp_t *request, const char *const *names, int count)
{
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		      "requested-attributes", count, NULL, names);
}

/* What each status means to who asked. */
static enum error_kind
kind_of(ipp_status_t status)
{
	switch (status) {
	case IPP_STATUS_ERROR_NOT_FOUND:
	case IPP_STATUS_ERROR_GONE:
		return ERROR_ABSENT;
	case IPP_STATUS_ERROR_NOT_POSSIBLE:
		return ERROR_CONFLICT;
	case IPP_STATUS_ERROR_FORBIDDEN:
	case IPP_STATUS_ERROR_NOT_AUTHENTICATED:
	case IPP_STATUS_ERROR_NOT_AUTHORIZED:
	case IPP_STATUS_ERROR_CUPS_AUTHENTICATION_CANCELED:
		return ERROR_REFUSED;
	case IPP_STATUS_ERROR_BAD_REQUEST:
	case IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES:
	case IPP_STATUS_ERROR_ATTRIBUTES_NOT_SETTABLE:
	case IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED:
	case IPP_STATUS_ERROR_REQUEST_ENTITY:
		return ERROR_INPUT;
	case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
	case IPP_STATUS_ERROR_TEMPORARY:
	case IPP_STATUS_ERROR_BUSY:
	case IPP_STATUS_ERROR_TIMEOUT:
	case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
	case IPP_STATUS_ERROR_TOO_MANY_JOBS:
	case IPP_STATUS_ERROR_PRINTER_IS_DEACTIVATED:
		return ERROR_LATER;
	default:
		return ERROR_SYSTEM;
	}
}

/* libcups wants a document as a file, since it may have to send it twice. */
static int
document_file(const char *document, struct error *err)
{
	int fd = memfd_create("ticket", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot make a file in memory");
	if (fs_write_all(fd, document, strlen(document)) != 0 ||
	    lseek(fd, 0, SEEK_SET) != 0) {
		error_errno(err, "cannot write a file in memory");
		close(fd);
		return -1;
	}
	return fd;
}

/* The path behind the request's URI: cupsd's <Location> sections go by it. */
static void
resource_of(ipp_t *request, char *resource, int size)
{
	const char *const names[] = {"printer-uri", "job-uri"};
	char scheme[32], user[64], host[256];
	ipp_attribute_t *uri = NULL;
	int port;

	text_copy(resource, (size_t)size, "/");
	for (size_t i = 0; i < 2 && uri == NULL; i++)
		uri = ippFindAttribute(request, names[i], IPP_TAG_URI);
	if (uri != NULL)
		httpSeparateURI(HTTP_URI_CODING_ALL, ippGetString(uri, 0, NULL), scheme,
				sizeof(scheme), user, sizeof(user), host, sizeof(host),
				&port, resource, size);
}

static int
judge(struct cupsd *c, ipp_t *answer, const char *op, struct error *err)
{
	ipp_status_t status =
		answer != NULL ? ippGetStatusCode(answer) : cupsLastError();
	enum error_kind kind;

	if (answer != NULL && status <= IPP_STATUS_OK_EVENTS_COMPLETE)
		return 0;
	kind = kind_of(status);
	/* no answer and no refusal: whatever it was, the connection is done for */
	if (answer == NULL) {
		if (kind != ERROR_REFUSED && kind != ERROR_ABSENT)
			kind = ERROR_LATER;
		c->lost++;
		cupsd_close(c);
	}
	if (kind == ERROR_LATER && status == IPP_STATUS_ERROR_INTERNAL)
		return error_set(err, kind, "cupsd: %s: no answer", op);
	return error_set(err, kind, "cupsd: %s: %s (%s)", op, cupsLastErrorString(),
			 ippErrorString(status));
}

/* SIGTERM comes through meanwhile, and only then. Frees the request. */
static ipp_t *
wait_for_answer(struct cupsd *c, ipp_t *request, const char *resource, int fd)
{
	sigset_t term, was;
	ipp_t *answer;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	httpSetTimeout(c->http, CUPSD_ANSWER_S, no_more, NULL);
	waiting = 1;
	sigprocmask(SIG_UNBLOCK, &term, &was);
	answer = cupsDoIORequest(c->http, request, resource, fd, -1);
	sigprocmask(SIG_SETMASK, &was, NULL);
	waiting = 0;
	return answer;
}

int
cupsd_ask(struct cupsd *c, ipp_t *request, const char *document, ipp_t **answer,
	  struct error *err)
{
	const char *op = ippOpString(ippGetOperation(request));
	char resource[HTTP_MAX_URI];
	int fd = -1, rc;
	ipp_t *got;

	resource_of(request, resource, sizeof(resource));
	if ((document != NULL && (fd = document_file(document, err)) < 0) ||
	    cupsd_connect(c, err) != 0) {
		ippDelete(request);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	got = wait_for_answer(c, request, resource, fd);
	if (fd >= 0)
		close(fd);
	rc = judge(c, got, op, err);
	if (rc == 0 && answer != NULL)
		*answer = got;
	else
		ippDelete(got);
	return rc;
}
