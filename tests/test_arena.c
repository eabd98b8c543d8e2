/* test_arena.c: what fits, what does not, and many threads claiming at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void takes_fit_or_leave_the_arena_alone(void **state)
{
    static const struct { const char *name; size_t size, first, second; int first_fits, second_fits; } cases[] = {
        { "both fit",                     4096,    100,            100,      1, 1 },
        { "exactly full",                 128,     64,             64,       1, 1 },
        { "all at once",                  4096,    4096,           1,        1, 0 },
        { "one byte too many",            128,     64,             65,       1, 0 },
        { "alignment eats the rest",      128,     65,             1,        1, 0 },
        { "larger than the arena",        128,     129,            128,      0, 1 },
        { "larger than memory",           128,     SIZE_MAX,       128,      0, 1 },
        { "wraps when rounded up",        128,     SIZE_MAX - 32,  128,      0, 1 },
        { "second wraps",                 4096,    64,             SIZE_MAX, 1, 0 },
        { "arena of one byte",            1,       1,              1,        1, 0 },
        { "arena of nothing",             0,       1,              1,        0, 0 },
        { "across huge pages",            5 << 20, 3 << 20,        2 << 20,  1, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int shared = 0; shared < 2; shared++) {
            void *(*const take)(struct clr_arena *, size_t) = shared ? clr_arena_claim : clr_arena_take;
            struct clr_arena arena;
            assert_int_equal(clr_arena_create(&arena, cases[i].size), CLR_OK);
            uint8_t *a = take(&arena, cases[i].first);
            uint8_t *b = take(&arena, cases[i].second);
            if ((a != NULL) != cases[i].first_fits || (b != NULL) != cases[i].second_fits) fail_msg("%s", cases[i].name);
            if ((uintptr_t)a % 64 != 0 || (uintptr_t)b % 64 != 0) fail_msg("%s: not aligned", cases[i].name);
            if (a != NULL) memset(a, 1, cases[i].first);
            if (b != NULL) memset(b, 2, cases[i].second);
            if (a != NULL && b != NULL && (b < a + cases[i].first || a[cases[i].first - 1] != 1)) fail_msg("%s: overlap", cases[i].name);
            clr_arena_destroy(&arena);
        }
    }
}

static void a_reset_arena_gives_the_same_memory_again(void **state)
{
    struct clr_arena arena;

    (void)state;
    assert_int_equal(clr_arena_create(&arena, 1000), CLR_OK);
    uint8_t *before = clr_arena_take(&arena, 1000);
    assert_non_null(before);
    assert_null(clr_arena_take(&arena, 1));
    assert_null(clr_arena_take(&arena, 0));          /* past the end not even nothing fits */
    clr_arena_reset(&arena);
    assert_ptr_equal(clr_arena_take(&arena, 1000), before);
    clr_arena_destroy(&arena);
}

static void an_arena_that_cannot_be_had_is_full(void **state)
{
    static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 4096, SIZE_MAX / 2, SIZE_MAX / 8 };
    struct clr_arena arena;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_int_equal(clr_arena_create(&arena, sizes[i]), CLR_FULL);
        assert_null(clr_arena_take(&arena, 1));
        assert_null(clr_arena_claim(&arena, 1));
        clr_arena_reset(&arena);
        clr_arena_destroy(&arena);                   /* of nothing: does nothing */
    }
    assert_int_equal(clr_arena_create(&arena, 64), CLR_OK);
    clr_arena_destroy(&arena);
    clr_arena_destroy(&arena);
    assert_null(clr_arena_take(&arena, 1));
}

enum { THREADS = 4, CLAIMS = 2000, CLAIM_SIZE = 96, SLOT = 128 };

static struct clr_arena contended;

/* Claims until the arena is full; each block is marked, and must still bear its mark at the end. */
static void *claim_all(void *argument)
{
    const uint8_t mark = *(const uint8_t *)argument;
    static _Thread_local uint8_t *mine[THREADS * CLAIMS];
    size_t count = 0;

    for (uint8_t *block; (block = clr_arena_claim(&contended, CLAIM_SIZE)) != NULL;) {
        memset(block, mark, CLAIM_SIZE);
        mine[count++] = block;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < CLAIM_SIZE; j++) {
            if (mine[i][j] != mark) return NULL;
        }
    }
    return (void *)(count + 1);                      /* NULL says that a mark was lost */
}

static void threads_claim_every_block_once(void **state)
{
    pthread_t thread[THREADS];
    uint8_t mark[THREADS];
    size_t total = 0;

    (void)state;
    assert_int_equal(clr_arena_create(&contended, (size_t)THREADS * CLAIMS * SLOT), CLR_OK);
    for (int i = 0; i < THREADS; i++) {
        mark[i] = (uint8_t)(i + 1);
        assert_int_equal(pthread_create(&thread[i], NULL, claim_all, &mark[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;
        assert_int_equal(pthread_join(thread[i], &result), 0);
        assert_non_null(result);
        total += (size_t)result - 1;
    }
    assert_int_equal(total, THREADS * CLAIMS);
    clr_arena_destroy(&contended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_fit_or_leave_the_arena_alone),
        cmocka_unit_test(a_reset_arena_gives_the_same_memory_again),
        cmocka_unit_test(an_arena_that_cannot_be_had_is_full),
        cmocka_unit_test(threads_claim_every_block_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
