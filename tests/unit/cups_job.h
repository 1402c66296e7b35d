/*
 * cups_job.h - runs a filter or a backend as cupsd does: argv, environment, pipes.
 *
 * The program gets the arguments "7 anna title 1 options" and the environment of queue
 * "photo"; cups_job_setenv changes it. Output and messages are files in the job's
 * folder, so that no reader has to keep up.
 */
#ifndef CC_TESTS_CUPS_JOB_H
#define CC_TESTS_CUPS_JOB_H

#include <stddef.h>
#include <sys/types.h>

#define CUPS_JOB_TEXT (1024 * 1024)

struct cups_job {
	char folder[64]; /* made by cups_job_begin, removed by cups_job_end */
	char program[512];
	char keep[96];	     /* where a fake keep should listen */
	const char *file;    /* argv[6], or NULL */
	const char *options; /* argv[5], or NULL: "Duplex=None" */
	pid_t pid;
	int in;	    /* the program's standard input */
	int status; /* exit status, or 128 + signal */
};

/* program: relative to the build folder. DEVICE_URI starts as claimcheck:fake:x, and
 * the folder is ServerBin, StateDir and CacheDir. */
void cups_job_begin(struct cups_job *job, const char *program);
void cups_job_setenv(const char *name, const char *value);
/* A shell script as backend "fake" of ServerBin; $1.. are its arguments, $F its folder.
 */
void cups_job_backend(struct cups_job *job, const char *script);

void cups_job_start(struct cups_job *job);
void cups_job_write(struct cups_job *job, const void *data, size_t len);
void cups_job_close(struct cups_job *job);
/* Waits; kills it after 60 s. */
int cups_job_wait(struct cups_job *job);
/* start, write, close, wait. */
int cups_job_run(struct cups_job *job, const void *data, size_t len);

/* Of a file in the folder: "out", "err", or one that a script made; its length, -1 if
 * there is none. text is zero-terminated and valid until the next call. */
ssize_t cups_job_read(struct cups_job *job, const char *name, const char **text);
/* Polls until the file is there: 1, or 0 after 20 s. */
int cups_job_wait_file(struct cups_job *job, const char *name);
/* Polls until the messages have this in them: 1, or 0 after 20 s. */
int cups_job_wait_words(struct cups_job *job, const char *words);
/* True if the messages have this in them. */
int cups_job_said(struct cups_job *job, const char *words);

void cups_job_end(struct cups_job *job);

#endif
