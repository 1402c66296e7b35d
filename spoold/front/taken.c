/*
 * taken.c - a file of its own: the kernel's struct tcp_info knows tcpi_bytes_received,
 * libc's (which cups/http.h includes) does not, and they can't be in one file.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "spoold/front/taken.h"

uint64_t
taken_bytes(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	int waiting = 0;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
	    ioctl(fd, FIONREAD, &waiting) != 0)
		return 0;
	return info.tcpi_bytes_received - (uint64_t)waiting;
}
