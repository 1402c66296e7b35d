/*
 * listen.c - a name with an IPv4 and an IPv6 address gets a socket for each; one that
 * the machine has no address for (no IPv6) is passed over as long as another works.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "spoold/listen.h"

#define BACKLOG	  512
#define HOST_ROOM 256

static int
listen_at(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, saved;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (at->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* host[HOST_ROOM] without brackets, "" for "*"; returns the port's text. */
static const char *
split(const char *address, char *host)
{
	const char *colon = strrchr(address, ':');
	size_t len = (size_t)(colon - address);

	if (len > 1 && address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	}
	if (len >= HOST_ROOM || (len == 1 && address[0] == '*'))
		len = 0;
	memcpy(host, address, len);
	host[len] = '\0';
	return colon + 1;
}

static bool
is_again(const struct addrinfo *first, const struct addrinfo *at)
{
	for (; first != at; first = first->ai_next)
		if (first->ai_addrlen == at->ai_addrlen &&
		    memcmp(first->ai_addr, at->ai_addr, at->ai_addrlen) == 0)
			return true;
	return false;
}

static int
refuse(int *fds, unsigned n)
{
	while (n > 0)
		close(fds[--n]);
	return -1;
}

int
listen_tcp(const char *address, int *fds, unsigned max, struct error *err)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	char host[HOST_ROOM];
	const char *port = split(address, host);
	unsigned n = 0;
	int rc = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &all);

	if (rc != 0)
		return error_set(
			err, ERROR_ABSENT,
			"cannot listen on %s: %s; see 'listen' in spoold.conf(5)",
			address, gai_strerror(rc));
	errno = EADDRNOTAVAIL;
	for (struct addrinfo *at = all; at != NULL && n < max; at = at->ai_next) {
		int fd = is_again(all, at) ? -1 : listen_at(at);
		if (fd >= 0)
			fds[n++] = fd;
		else if (errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT &&
			 !is_again(all, at)) {
			error_errno(err, "cannot listen on %s", address);
			freeaddrinfo(all);
			return refuse(fds, n);
		}
	}
	freeaddrinfo(all);
	if (n == 0)
		return error_errno(err, "cannot listen on %s", address);
	return (int)n;
}

int
listen_unix(const char *folder, const char *name, uid_t uid, gid_t gid, mode_t mode,
	    struct error *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = -1;
	mode_t was;
	int rc;

	if ((size_t)snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", folder, name) >=
	    sizeof(at.sun_path))
		return error_set(err, ERROR_INPUT,
				 "'%s/%s' is too long for a socket; set a shorter "
				 "run-directory",
				 folder, name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, "cannot make a socket");
	unlink(at.sun_path);
	was = umask(0177);
	rc = bind(fd, (struct sockaddr *)&at, sizeof(at));
	umask(was);
	if (rc != 0 || (geteuid() == 0 && chown(at.sun_path, uid, gid) != 0) ||
	    chmod(at.sun_path, mode) != 0 || listen(fd, BACKLOG) != 0) {
		error_errno(err, "cannot listen on '%s'", at.sun_path);
		close(fd);
		return -1;
	}
	return fd;
}
