/*
 * stop.h: one flag for the whole process: somebody asked us to stop (ctrl-C, SIGTERM, a test).
 *
 * Long loops look at it once per block, chunk or frame and return CLR_STOPPED; what they made is undone by their caller.
 * Threads   any; clr_stop_request is async-signal-safe. The flag orders nothing else (relaxed).
 */
#ifndef CLR_BASE_STOP_H
#define CLR_BASE_STOP_H

#include <stdbool.h>

bool clr_stop_requested(void);
void clr_stop_request(void);

/** Forget the request: a program that goes on with another command, and tests. */
void clr_stop_clear(void);

#endif
