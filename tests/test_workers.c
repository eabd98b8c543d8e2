/* test_workers.c: the threads of the engine, and the stop flag. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/stop.h"
#include "base/workers.h"

#define CLAIMS 100000u

struct tally {
    _Atomic unsigned ran[CLR_WORKERS_MAX];       /* how often each worker number ran */
    _Atomic unsigned next;
    _Atomic unsigned wrong_mask;                 /* workers whose signals are not as they should be */
    uint8_t taken[CLAIMS];                       /* each written by the one that claimed it */
    pthread_t caller;
};

static void claim(void *context, unsigned worker)
{
    struct tally *tally = context;
    sigset_t mask;
    unsigned claimed;

    atomic_fetch_add(&tally->ran[worker], 1);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    const int is_caller = pthread_equal(pthread_self(), tally->caller) != 0;
    if ((worker == 0) != is_caller || sigismember(&mask, SIGINT) == is_caller || sigismember(&mask, SIGTERM) == is_caller) {
        atomic_fetch_add(&tally->wrong_mask, 1);
    }
    while ((claimed = atomic_fetch_add(&tally->next, 1)) < CLAIMS) tally->taken[claimed]++;
}

static void all_workers_run_once_and_share_the_work(void **state)
{
    static const struct {
        const char *name;
        unsigned threads, want;
    } cases[] = {
        { "none is one", 0, 1 }, { "one", 1, 1 }, { "two", 2, 2 }, { "seven", 7, 7 }, { "more than there may be", CLR_WORKERS_MAX + 9, CLR_WORKERS_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct tally tally;
        sigset_t after;

        tally = (struct tally){ .caller = pthread_self() };
        const unsigned ran = clr_workers_run(cases[i].threads, claim, &tally);
        if (ran != cases[i].want) fail_msg("%s: %u", cases[i].name, ran);
        for (unsigned k = 0; k < CLR_WORKERS_MAX; k++) {
            if (tally.ran[k] != (k < ran)) fail_msg("%s: worker %u ran %u times", cases[i].name, k, (unsigned)tally.ran[k]);
        }
        for (unsigned k = 0; k < CLAIMS; k++) {
            if (tally.taken[k] != 1) fail_msg("%s: item %u taken %u times", cases[i].name, k, tally.taken[k]);
        }
        if (tally.wrong_mask != 0) fail_msg("%s: %u workers with the wrong signals", cases[i].name, (unsigned)tally.wrong_mask);
        pthread_sigmask(SIG_SETMASK, NULL, &after);
        assert_int_equal(sigismember(&after, SIGINT), 0);
    }
}

static void on_signal(int signal)
{
    (void)signal;
    clr_stop_request();
}

static void stop_is_remembered_until_cleared(void **state)
{
    (void)state;
    assert_false(clr_stop_requested());
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    assert_true(clr_stop_requested());
    assert_true(clr_stop_requested());
    clr_stop_clear();
    assert_false(clr_stop_requested());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_workers_run_once_and_share_the_work),
        cmocka_unit_test(stop_is_remembered_until_cleared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
