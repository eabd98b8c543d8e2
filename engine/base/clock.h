/*
 * clock.h: the only place where a clock is read.
 *
 * Promise   nothing read here reaches a result, except as an input that the caller records as one (`--received-at now`).
 * Threads   any.
 */
#ifndef CLR_BASE_CLOCK_H
#define CLR_BASE_CLOCK_H

#include <stdint.h>

/** Seconds since 1970 UTC by the wall clock. For `--received-at now` and the audit log alone. */
int64_t clr_clock_now(void);

/** Nanoseconds since some point in the past, never going back: for progress and elapsed time. */
uint64_t clr_clock_monotonic_ns(void);

#endif
