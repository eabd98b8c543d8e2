/* stop.c: see stop.h. */
#include "base/stop.h"

#include <stdatomic.h>

static _Atomic bool requested;

/* A signal handler may only touch an atomic that needs no lock. */
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "the stop flag must be lock-free");

bool clr_stop_requested(void)
{
    return atomic_load_explicit(&requested, memory_order_relaxed);
}

void clr_stop_request(void)
{
    atomic_store_explicit(&requested, true, memory_order_relaxed);
}

void clr_stop_clear(void)
{
    atomic_store_explicit(&requested, false, memory_order_relaxed);
}
