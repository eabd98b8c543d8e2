/* prop_tac.c: four million random records by every engine, and one flipped bit in each of as many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tac/tac.h"
#include "tac_reference.h"

#if defined(__SANITIZE_ADDRESS__)
enum { RECORDS = 200000 };              /* the sanitizers look at every kind of thing, not at much of it */
#else
enum { RECORDS = 4000000 };
#endif
enum { KEYS = 60, PART = 40000 };

static struct clr_tac_key keys[KEYS];
static struct clr_tac_context *contexts[3];
static struct clr_tac_item *items, *others;

static int open_all(void **state)
{
    uint64_t seed = 20260303;

    (void)state;
    tac_random_keys(&seed, keys, KEYS);
    items = calloc(PART, sizeof *items);
    others = calloc(PART, sizeof *others);
    if (items == NULL || others == NULL) return -1;
    for (int engine = CLR_TAC_OPENSSL; engine <= CLR_TAC_AVX2; engine++) {
        if (!clr_tac_has((enum clr_tac_engine)engine)) continue;
        if (clr_tac_create(keys, KEYS, (enum clr_tac_engine)engine, &contexts[engine]) != CLR_OK) return -1;
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (int engine = 0; engine < 3; engine++) clr_tac_destroy(contexts[engine]);
    free(items);
    free(others);
    return 0;
}

static void say_differing(const char *engine, size_t part)
{
    for (size_t i = 0; i < PART; i++) {
        if (items[i].tac != others[i].tac) fail_msg("%s: part %zu, record %zu, key %u: %08X", engine, part, i, others[i].key, others[i].tac);
    }
}

static void engines_agree_on_millions(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (size_t part = 0; part < RECORDS / PART; part++) {
        tac_random_items(&seed, items, PART, part % 2 == 0 ? KEYS : 1 + part % KEYS);
        memcpy(others, items, PART * sizeof *items);
        assert_int_equal(clr_tac_compute(contexts[CLR_TAC_OPENSSL], items, PART), CLR_OK);
        for (size_t i = part % 64; i < PART; i += 64) assert_int_equal(items[i].tac, tac_reference(&keys[items[i].key], &items[i]));
        for (int engine = CLR_TAC_PORTABLE; engine <= CLR_TAC_AVX2; engine++) {
            if (contexts[engine] == NULL) continue;
            for (size_t i = 0; i < PART; i++) others[i].tac = ~items[i].tac;
            assert_int_equal(clr_tac_compute(contexts[engine], others, PART), CLR_OK);
            say_differing(clr_tac_engine_name((enum clr_tac_engine)engine), part);
        }
    }
}

/* One bit of what a code depends on, or of the code as it was received, drawn evenly. Card keys themselves have no factor. */
static void flip_one(struct clr_tac_item *item, uint32_t *received, uint64_t drawn)
{
    const unsigned factor_bits = keys[item->key].levels > 0 ? 64 : 0, data_bits = item->size * 8u;
    unsigned bit = (unsigned)(drawn % (factor_bits + data_bits + 32));

    if (bit < factor_bits) {
        item->card_factor[bit / 8] ^= (uint8_t)(1u << bit % 8);
    } else if ((bit -= factor_bits) < data_bits) {
        item->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    } else {
        *received ^= 1u << (bit - data_bits);
    }
}

static void every_flipped_bit_is_found(void **state)
{
    struct clr_tac_context *best = contexts[clr_tac_best()];
    static uint32_t received[PART];
    uint64_t seed = 2;
    size_t missed = 0;

    (void)state;
    for (size_t part = 0; part < RECORDS / PART; part++) {
        tac_random_items(&seed, items, PART, KEYS);
        assert_int_equal(clr_tac_compute(best, items, PART), CLR_OK);
        for (size_t i = 0; i < PART; i++) {
            received[i] = items[i].tac;
            flip_one(&items[i], &received[i], tac_random(&seed));
        }
        assert_int_equal(clr_tac_compute(best, items, PART), CLR_OK);
        for (size_t i = 0; i < PART; i++) missed += items[i].tac == received[i];
    }
    assert_int_equal(missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree_on_millions),
        cmocka_unit_test(every_flipped_bit_is_found),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
