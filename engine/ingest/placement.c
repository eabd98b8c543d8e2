/* Where a record is put: partition, bucket and fingerprint (check.h). Inlined: it is asked once a record. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "ingest/check.h"

static uint64_t place(uint64_t seed, const struct clr_txn *txn, const void *key, size_t size)
{
    static const struct clr_token none = { { 0 } };
    const uint64_t hash = XXH3_64bits_withSeed(key, size, seed);
    uint64_t card;
    memcpy(&card, txn->card.byte, 8);
    if (clr_token_equal(&txn->card, &none)) card = hash * UINT64_C(0x9E3779B97F4A7C15);
    return (card & UINT64_C(0xFFF0000000000000)) | hash >> 12;
}

uint64_t clr_placement_hash_on(uint64_t seed, const struct clr_txn *txn, clr_day day)
{
    uint8_t key[24];
    memcpy(key, txn->card.byte, 16);
    memcpy(key + 16, &txn->counter, 4);
    memcpy(key + 20, &day, 4);
    return place(seed, txn, key, sizeof key);
}

uint64_t clr_placement_hash(uint64_t seed, const struct clr_txn *txn)
{
    if (!(txn->flags & CLR_FLAG_OPEN)) return clr_placement_hash_on(seed, txn, txn->trade_day);
    uint8_t key[33];
    memcpy(key, txn->card.byte, 16);
    memcpy(key + 16, &txn->traded_at_s, 8);
    memcpy(key + 24, &txn->sam, 8);
    key[32] = txn->type;
    return place(seed, txn, key, sizeof key);
}

uint64_t clr_placement_hash_nowhere(uint64_t seed, const struct clr_txn *txn)
{
    const uint64_t position[2] = { (uint64_t)txn->file << 32 | txn->block, txn->index };
    return XXH3_64bits_withSeed(position, sizeof position, seed);
}
