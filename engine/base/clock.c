/* clock.c: the only reader of a clock. See clock.h. */
#include "base/clock.h"

#include <time.h>

#include "base/status.h"

static struct timespec read_clock(clockid_t clock)
{
    struct timespec time;
    const int failed = clock_gettime(clock, &time);

    CLR_ASSERT(failed == 0);                         /* all of them exist on every Linux */
    return time;
}

int64_t clr_clock_now(void)
{
    return read_clock(CLOCK_REALTIME).tv_sec;
}

static uint64_t read_ns(clockid_t clock)
{
    const struct timespec time = read_clock(clock);

    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

uint64_t clr_clock_monotonic_ns(void) { return read_ns(CLOCK_MONOTONIC); }

uint64_t clr_clock_thread_cpu_ns(void) { return read_ns(CLOCK_THREAD_CPUTIME_ID); }

uint64_t clr_clock_process_cpu_ns(void) { return read_ns(CLOCK_PROCESS_CPUTIME_ID); }
