/*
 * workers.h: run one function on several threads and wait for all of them. The only place where threads are made.
 *
 * Shape     worker 0 is the caller; workers 1 … n-1 are threads of this call alone and are gone when it returns.
 * Promise   at least worker 0 runs. When the system gives fewer threads than asked for, fewer run: `work` must share out its work by
 *           claiming (fetch_add), never by counting on another worker to exist.
 * Signals   all are blocked in the spawned threads: handlers run in the caller's thread.
 * Memory    everything written before the call is seen by the workers, everything they wrote is seen after it (create and join).
 */
#ifndef CLR_BASE_WORKERS_H
#define CLR_BASE_WORKERS_H

#define CLR_WORKERS_MAX 256

/** @param threads  0 counts as 1; more than CLR_WORKERS_MAX as that. @return how many workers ran (>= 1). */
unsigned clr_workers_run(unsigned threads, void (*work)(void *context, unsigned worker), void *context);

#endif
