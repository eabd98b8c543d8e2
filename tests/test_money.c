/* test_money.c: checked sums, the two roundings against 128-bit references, and fen as yuan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/money.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void fen_add_keeps_or_reports(void **state)
{
    static const struct { const char *name; clr_fen a, b, want; enum clr_status status; } cases[] = {
        { "plain",                 100,          23,  123,           CLR_OK },
        { "refund crosses zero",   100,        -250, -150,           CLR_OK },
        { "reaches the top",       INT64_MAX - 1, 1,  INT64_MAX,     CLR_OK },
        { "reaches the bottom",    INT64_MIN + 1, -1, INT64_MIN,     CLR_OK },
        { "over the top",          INT64_MAX,     1,  INT64_MAX,     CLR_OVERFLOW },
        { "under the bottom",      INT64_MIN,    -1,  INT64_MIN,     CLR_OVERFLOW },
        { "twice the top",         INT64_MAX, INT64_MAX, INT64_MAX,  CLR_OVERFLOW },
        { "twice the bottom",      INT64_MIN, INT64_MIN, INT64_MIN,  CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_fen sum_fen = cases[i].a;
        const enum clr_status status = clr_fen_add(&sum_fen, cases[i].b);
        if (status != cases[i].status || sum_fen != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

static void wide_add_keeps_or_reports(void **state)
{
    const clr_wide top = (clr_wide)(((unsigned __int128)1 << 127) - 1);
    const struct { const char *name; clr_wide a, b, want; enum clr_status status; } cases[] = {
        { "past int64",       INT64_MAX, INT64_MAX, (clr_wide)INT64_MAX * 2, CLR_OK },
        { "to the top",       top - 1,   1,         top,                     CLR_OK },
        { "to the bottom",    -top,      -1,        -top - 1,                CLR_OK },
        { "over the top",     top,       1,         top,                     CLR_OVERFLOW },
        { "under the bottom", -top - 1,  -1,        -top - 1,                CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_wide sum = cases[i].a;
        const enum clr_status status = clr_wide_add(&sum, cases[i].b);
        if (status != cases[i].status || sum != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

static void fees_round_half_away_from_zero(void **state)
{
    const clr_wide fen = CLR_PPM;
    const clr_wide top = (clr_wide)(((unsigned __int128)1 << 127) - 1);
    const struct { const char *name; clr_wide numerator; clr_fen want; enum clr_status status; } cases[] = {
        { "nothing",                     0,                                   0,         CLR_OK },
        { "just under half",             499999,                              0,         CLR_OK },
        { "half goes up",                500000,                              1,         CLR_OK },
        { "just over half",              500001,                              1,         CLR_OK },
        { "one and just under half",     1499999,                             1,         CLR_OK },
        { "one and a half",              1500000,                             2,         CLR_OK },
        { "two and a half, not to even", 2500000,                             3,         CLR_OK },
        { "minus just under half",       -499999,                             0,         CLR_OK },
        { "minus half goes down",        -500000,                             -1,        CLR_OK },
        { "minus one and a half",        -1500000,                            -2,        CLR_OK },
        { "whole",                       7 * fen,                             7,         CLR_OK },
        { "the top",                     INT64_MAX * fen,                     INT64_MAX, CLR_OK },
        { "the top and under half",      INT64_MAX * fen + 499999,            INT64_MAX, CLR_OK },
        { "the bottom and under half",   INT64_MIN * fen - 499999,            INT64_MIN, CLR_OK },
        { "the top and half",            INT64_MAX * fen + 500000,            -77,       CLR_OVERFLOW },
        { "the bottom and half",         INT64_MIN * fen - 500000,            -77,       CLR_OVERFLOW },
        { "the end of 128 bits",         top,                                 -77,       CLR_OVERFLOW },
        { "the other end of 128 bits",   -top - 1,                            -77,       CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_fen out = -77;
        const enum clr_status status = clr_fen_round_ppm(cases[i].numerator, &out);
        if (status != cases[i].status || out != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

static void shares_are_floors_and_mirror(void **state)
{
    static const struct { const char *name; clr_fen fen; uint32_t ppm; clr_fen want; enum clr_status status; } cases[] = {
        { "nothing of something",   100,        0,          0,         CLR_OK },
        { "something of nothing",   0,          999999,     0,         CLR_OK },
        { "all of it",              12345,      1000000,    12345,     CLR_OK },
        { "half of an odd fen",     3,          500000,     1,         CLR_OK },
        { "a third",                100,        333333,     33,        CLR_OK },
        { "just under one",         1,          999999,     0,         CLR_OK },
        { "back: half of an odd",   -3,         500000,     -1,        CLR_OK },
        { "back: just under one",   -1,         999999,     0,         CLR_OK },
        { "all of the top",         INT64_MAX,  1000000,    INT64_MAX, CLR_OK },
        { "all of the bottom",      INT64_MIN,  1000000,    INT64_MIN, CLR_OK },
        { "more than the top",      INT64_MAX,  1000001,    -77,       CLR_OVERFLOW },
        { "more than the bottom",   INT64_MIN,  1000001,    -77,       CLR_OVERFLOW },
        { "largest rate",           INT64_MAX,  UINT32_MAX, -77,       CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_fen out = -77;
        const enum clr_status status = clr_fen_share_ppm(cases[i].fen, cases[i].ppm, &out);
        if (status != cases[i].status || out != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

/* xorshift64*: a seeded sequence of our own, the same everywhere. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

/* The rounding law without division: the result is the integer r with 2·|n| − 1e6 < 2·1e6·|r| <= 2·|n| + 1e6. */
static void rounding_is_nearest_for_any_numerator(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t random = seed;
        for (int i = 0; i < 100; i++) {
            const clr_wide numerator = (clr_wide)(int64_t)next_random(&random) * (int64_t)(next_random(&random) % 1000000);
            const clr_wide size = numerator < 0 ? -numerator : numerator;
            clr_fen rounded, mirrored;
            if (clr_fen_round_ppm(numerator, &rounded) != CLR_OK || clr_fen_round_ppm(-numerator, &mirrored) != CLR_OK) continue;
            const clr_wide result = rounded < 0 ? -(clr_wide)rounded : rounded;
            if (2 * size - CLR_PPM >= 2 * (clr_wide)CLR_PPM * result) fail_msg("seed %llu: too small", (unsigned long long)seed);
            if (2 * (clr_wide)CLR_PPM * result > 2 * size + CLR_PPM) fail_msg("seed %llu: too large", (unsigned long long)seed);
            if (rounded != -mirrored) fail_msg("seed %llu: not symmetric", (unsigned long long)seed);
        }
    }
}

static void yuan_has_separators_and_two_decimals(void **state)
{
    static const struct { clr_fen fen; const char *want; } cases[] = {
        { 0, "0.00" }, { 1, "0.01" }, { -1, "-0.01" }, { 10, "0.10" }, { 99, "0.99" }, { 100, "1.00" }, { -150, "-1.50" },
        { 99999, "999.99" }, { 100000, "1,000.00" }, { -123456, "-1,234.56" }, { 100000000, "1,000,000.00" },
        { 99999999, "999,999.99" }, { CLR_RECORD_FEN_MAX, "1,000,000,000.00" },
        { INT64_MAX, "92,233,720,368,547,758.07" }, { INT64_MIN, "-92,233,720,368,547,758.08" },
    };
    char text[CLR_YUAN_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) assert_string_equal(clr_yuan_text(cases[i].fen, text), cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fen_add_keeps_or_reports),
        cmocka_unit_test(wide_add_keeps_or_reports),
        cmocka_unit_test(fees_round_half_away_from_zero),
        cmocka_unit_test(shares_are_floors_and_mirror),
        cmocka_unit_test(rounding_is_nearest_for_any_numerator),
        cmocka_unit_test(yuan_has_separators_and_two_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
