/*
 * thread.h - a thread of the store's, beside the loop that owns it.
 */
#ifndef CC_STORE_THREAD_H
#define CC_STORE_THREAD_H

#include <pthread.h>

/* Signals are the loop's, never this thread's. 0, or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *context);

#endif
