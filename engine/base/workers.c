/* workers.c: see workers.h. */
#include "base/workers.h"

#include <pthread.h>
#include <signal.h>

#include "base/status.h"

struct worker {
    pthread_t thread;
    void (*work)(void *context, unsigned worker);
    void *context;
    unsigned number;
};

static void *worker_main(void *argument)
{
    const struct worker *worker = argument;

    worker->work(worker->context, worker->number);
    return NULL;
}

unsigned clr_workers_run(unsigned threads, void (*work)(void *context, unsigned worker), void *context)
{
    struct worker workers[CLR_WORKERS_MAX];
    unsigned running = 1;
    sigset_t all, before;

    if (threads > CLR_WORKERS_MAX) threads = CLR_WORKERS_MAX;
    /* A new thread inherits the mask, so the caller's is closed while threads are made: no signal can land in between. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; running < threads; running++) {
        workers[running] = (struct worker){ .work = work, .context = context, .number = running };
        if (pthread_create(&workers[running].thread, NULL, worker_main, &workers[running]) != 0) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    work(context, 0);
    for (unsigned i = 1; i < running; i++) {
        const int joined = pthread_join(workers[i].thread, NULL);
        CLR_ASSERT(joined == 0);
    }
    return running;
}
