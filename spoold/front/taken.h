/*
 * taken.h - how many bytes a program has read from a TCP connection so far, asked of the
 * kernel: what it received less what waits unread.
 */
#ifndef CC_FRONT_TAKEN_H
#define CC_FRONT_TAKEN_H

#include <stdint.h>

/* 0 where it can't be told (a unix socket). */
uint64_t taken_bytes(int fd);

#endif
