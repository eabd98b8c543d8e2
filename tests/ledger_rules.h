/*
 * ledger_rules.h: rules versions out of literal CSV rows, and seeded numbers, for the tests of clearing and settlement.
 *
 * Store-wide party ids are given out by code, in the order in which codes are first seen, over all versions of one program.
 */
#ifndef CLR_TESTS_LEDGER_RULES_H
#define CLR_TESTS_LEDGER_RULES_H

#include "model/rules.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/** Rows without headers: "code,role,product,region,settles_via,account,from,to\n…" and fees.csv rows as in the contract.
 *  Fails the test when the folder does not load. clr_rules_destroy(). */
struct clr_rules *ledger_rules(uint32_t version, const char *participants, const char *fees);

/** Id of a code; a new one the first time. */
clr_party ledger_party(const char *code);

/** Row of a code that must be there. */
int ledger_row(const struct clr_rules *rules, const char *code);

/** A clr_rules_lookup over a NULL-terminated array of versions. */
const struct clr_rules *ledger_lookup(void *context, uint32_t version);

/** splitmix64: the same numbers from the same seed everywhere. */
static inline uint64_t draw(uint64_t *seed)
{
    uint64_t value = *seed += UINT64_C(0x9e3779b97f4a7c15);

    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/** 0 .. limit−1 */
static inline uint64_t draw_below(uint64_t *seed, uint64_t limit)
{
    return draw(seed) % limit;
}

#endif
