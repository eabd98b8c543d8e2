/* Where a record is put: partition, bucket and fingerprint (check.h). Inlined: it is asked once a record. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "ingest/check.h"

static inline uint64_t place(uint64_t seed, const struct clr_txn *txn, const void *key, size_t size)
{
    const uint64_t hash = XXH3_64bits_withSeed(key, size, seed);
    uint64_t card, rest;
    memcpy(&card, txn->card.byte, 8);
    memcpy(&rest, txn->card.byte + 8, 8);
    if ((card | rest) == 0) card = hash * UINT64_C(0x9E3779B97F4A7C15);
    return (card & UINT64_C(0xFFF0000000000000)) | hash >> 12;
}

/** Two numbers as they stand in memory, one behind the other: a word stored at once is there when the hash loads it, two halves are not. */
static uint64_t side_by_side(uint32_t first, uint32_t second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return first | (uint64_t)second << 32;
#else
    return (uint64_t)first << 32 | second;
#endif
}

static inline uint64_t hash_on(uint64_t seed, const struct clr_txn *txn, clr_day day)
{
    uint64_t key[3];
    memcpy(key, txn->card.byte, 16);
    key[2] = side_by_side(txn->counter, (uint32_t)day);
    return place(seed, txn, key, sizeof key);
}

uint64_t clr_placement_hash_on(uint64_t seed, const struct clr_txn *txn, clr_day day) { return hash_on(seed, txn, day); }

uint64_t clr_placement_hash(uint64_t seed, const struct clr_txn *txn)
{
    if (!(txn->flags & CLR_FLAG_OPEN)) return hash_on(seed, txn, txn->trade_day);
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

void clr_placement_hash_all(uint64_t seed, struct clr_txn *txn, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!clr_txn_has_identity(&txn[i])) txn[i].hash = clr_placement_hash_nowhere(seed, &txn[i]);
        else if (txn[i].flags & CLR_FLAG_OPEN) txn[i].hash = clr_placement_hash(seed, &txn[i]);
        else txn[i].hash = hash_on(seed, &txn[i], txn[i].trade_day);
    }
}
