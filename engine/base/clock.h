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

/** Nanoseconds of processor time of this thread, and of the whole process: for benchmarks. A call takes some 0.2 us: not for every record. */
uint64_t clr_clock_thread_cpu_ns(void);
uint64_t clr_clock_process_cpu_ns(void);

#endif
