/*
 * prop_split.c: laws of shares, 200 seeds each, against a reference that never forms the products: it divides while it multiplies, one
 * bit at a time, so that nothing is wider than 64 bits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "clear/split.h"
#include "ledger_rules.h"

#define SEEDS 200
#define ROUNDS 50

struct sample {
    size_t count;
    clr_fen total, weight[CLR_SPLIT_UNITS_MAX];
};

static clr_fen amount_of(uint64_t *seed)
{
    static const clr_fen limits[] = { 1, 3, 20, 2000, 100000, CLR_RECORD_FEN_MAX };

    return (clr_fen)draw_below(seed, (uint64_t)limits[draw_below(seed, COUNT_OF(limits))] + 1);
}

static struct sample sample_of(uint64_t *seed)
{
    struct sample sample = { .count = 1 + draw_below(seed, draw_below(seed, 8) == 0 ? CLR_SPLIT_UNITS_MAX : 40), .total = amount_of(seed) };
    const bool alike = draw_below(seed, 2) == 0;
    const clr_fen one = amount_of(seed);

    for (size_t i = 0; i < sample.count; i++) sample.weight[i] = draw_below(seed, 6) == 0 ? 0 : alike ? one : amount_of(seed);
    if (draw_below(seed, 4) == 0) sample.weight[draw_below(seed, sample.count)] = CLR_RECORD_FEN_MAX;
    return sample;
}

static clr_fen sum_of(const clr_fen *fen, size_t count)
{
    clr_fen sum = 0;

    for (size_t i = 0; i < count; i++) sum += fen[i];
    return sum;
}

/** floor(a·b / c) by shifting and subtracting: b has at most 37 bits, the rest stays below 2·c. */
static uint64_t floor_of(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t quotient = 0, rest = 0;

    for (int bit = 63; bit >= 0; bit--) {
        /* (quotient, rest) is b's upper bits times a, divided by c. */
        quotient = quotient * 2 + (rest * 2) / c;
        rest = rest * 2 % c;
        if (b >> bit & 1) {
            quotient += a / c + (rest + a % c) / c;
            rest = (rest + a % c) % c;
        }
    }
    return quotient;
}

static void shares_are_the_reference(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t draws = seed;
        for (int round = 0; round < ROUNDS; round++) {
            struct sample sample = sample_of(&draws);
            const clr_fen whole = sum_of(sample.weight, sample.count);
            clr_fen share[CLR_SPLIT_UNITS_MAX], running = 0;
            uint64_t before = 0;
            if (!clr_split_weigh(sample.total, sample.weight, sample.count, share)) {
                if (whole != 0) fail_msg("seed %llu: weights not seen", (unsigned long long)seed);
                continue;
            }
            for (size_t i = 0; i < sample.count; i++) {
                running += sample.weight[i];
                const uint64_t now = floor_of((uint64_t)running, (uint64_t)sample.total, (uint64_t)whole);
                if (share[i] != (clr_fen)(now - before)) fail_msg("seed %llu: unit %zu of %zu", (unsigned long long)seed, i, sample.count);
                if (share[i] < 0 || (sample.weight[i] == 0 && share[i] != 0)) fail_msg("seed %llu: unit %zu has %lld", (unsigned long long)seed, i, (long long)share[i]);
                before = now;
            }
            if (sum_of(share, sample.count) != sample.total) fail_msg("seed %llu: the sum", (unsigned long long)seed);
            /* In place, the same. */
            clr_split_weigh(sample.total, sample.weight, sample.count, sample.weight);
            if (memcmp(sample.weight, share, sample.count * sizeof *share) != 0) fail_msg("seed %llu: in place", (unsigned long long)seed);
        }
    }
}

/* Every share lies within one fen of its exact part, so the order alone decides who gets the odd one. */
static void shares_are_near_their_part(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t draws = seed ^ 0x5155;
        const struct sample sample = sample_of(&draws);
        const clr_fen whole = sum_of(sample.weight, sample.count);
        clr_fen share[CLR_SPLIT_UNITS_MAX];
        if (!clr_split_weigh(sample.total, sample.weight, sample.count, share)) continue;
        for (size_t i = 0; i < sample.count; i++) {
            const clr_wide off = (clr_wide)share[i] * whole - (clr_wide)sample.total * sample.weight[i];
            if (off >= whole || off <= -whole) fail_msg("seed %llu: unit %zu is a fen or more off", (unsigned long long)seed, i);
        }
    }
}

/* Units of the first k shares together get what one unit of their weight together would get: the list may be cut anywhere. */
static void neighbours_join(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t draws = seed ^ 0x901;
        struct sample sample = sample_of(&draws), joined = { .total = sample.total };
        clr_fen share[CLR_SPLIT_UNITS_MAX], fewer[CLR_SPLIT_UNITS_MAX];
        if (sample.count < 2 || !clr_split_weigh(sample.total, sample.weight, sample.count, share)) continue;
        const size_t at = draw_below(&draws, sample.count - 1);
        for (size_t i = 0; i < sample.count; i++) {
            if (i == at + 1) joined.weight[joined.count - 1] += sample.weight[i];
            else joined.weight[joined.count++] = sample.weight[i];
        }
        clr_split_weigh(joined.total, joined.weight, joined.count, fewer);
        if (fewer[at] != share[at] + share[at + 1]) fail_msg("seed %llu: joined at %zu", (unsigned long long)seed, at);
    }
}

static void refunds_return_exactly(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t draws = seed ^ 0xbac;
        for (int round = 0; round < ROUNDS / 5; round++) {
            const struct sample sample = sample_of(&draws);
            clr_fen share[CLR_SPLIT_UNITS_MAX], remaining[CLR_SPLIT_UNITS_MAX], part[CLR_SPLIT_UNITS_MAX], back[CLR_SPLIT_UNITS_MAX] = { 0 };
            if (!clr_split_weigh(sample.total, sample.weight, sample.count, share)) continue;
            memcpy(remaining, share, sizeof share);
            for (clr_fen left = sample.total; left > 0;) {
                const clr_fen refund = draw_below(&draws, 5) == 0 ? left : 1 + (clr_fen)draw_below(&draws, (uint64_t)left);
                if (!clr_split_refund(remaining, sample.count, refund, part)) fail_msg("seed %llu: refused", (unsigned long long)seed);
                if (sum_of(part, sample.count) != refund) fail_msg("seed %llu: a part's sum", (unsigned long long)seed);
                for (size_t i = 0; i < sample.count; i++) {
                    if (part[i] < 0 || remaining[i] < 0) fail_msg("seed %llu: unit %zu gives more than it has", (unsigned long long)seed, i);
                    back[i] += part[i];
                }
                left -= refund;
            }
            if (memcmp(back, share, sample.count * sizeof *share) != 0) fail_msg("seed %llu: not what was paid", (unsigned long long)seed);
            if (sample.total < CLR_RECORD_FEN_MAX && clr_split_refund(remaining, sample.count, 1, part)) fail_msg("seed %llu: a fen too much", (unsigned long long)seed);
        }
    }
}

/* In one part, a refund is the mirror of what was paid: no arithmetic is left to differ. */
static void a_full_refund_mirrors(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t draws = seed ^ 0xf011;
        const struct sample sample = sample_of(&draws);
        clr_fen share[CLR_SPLIT_UNITS_MAX], remaining[CLR_SPLIT_UNITS_MAX], part[CLR_SPLIT_UNITS_MAX];
        if (!clr_split_weigh(sample.total, sample.weight, sample.count, share)) continue;
        memcpy(remaining, share, sizeof share);
        assert_true(clr_split_refund(remaining, sample.count, sample.total, part));
        if (memcmp(part, share, sample.count * sizeof *share) != 0) fail_msg("seed %llu", (unsigned long long)seed);
    }
}

/* Half-up is the nearest whole; due = charged + discount without a rounding of its own. */
static void charges_are_nearest(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t draws = seed ^ 0xc4;
        const clr_fen due = amount_of(&draws);
        const uint32_t keep = (uint32_t)draw_below(&draws, CLR_PPM + 1);
        const clr_fen charged = clr_split_charged(due, keep);
        const clr_wide off = 2 * ((clr_wide)charged * CLR_PPM - (clr_wide)due * keep);
        if (off > CLR_PPM || off <= -CLR_PPM) fail_msg("seed %llu: %lld of %lld", (unsigned long long)seed, (long long)charged, (long long)due);
        if (charged > due || clr_split_discount(due, charged) < 0) fail_msg("seed %llu: more than was due", (unsigned long long)seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_the_reference), cmocka_unit_test(shares_are_near_their_part), cmocka_unit_test(neighbours_join),
        cmocka_unit_test(refunds_return_exactly),   cmocka_unit_test(a_full_refund_mirrors),      cmocka_unit_test(charges_are_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
