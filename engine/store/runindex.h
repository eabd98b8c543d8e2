/*
 * runindex.h: the fingerprints of a segment: which rows could have a lookup key. About 2.3 bytes a record.
 *
 * The lookup-key hash of a record is the low 52 bits of its placement hash, moved to the top ("key hash"). Rows are sorted by it, so the
 * first b bits are a bucket (about eight rows each) and the 16 bits behind them the fingerprint.
 *
 *   off  size meaning (little-endian)
 *     0    4  rows n
 *     4    1  bucket bits b
 *     5    1  directory entry size: 2, or 4 when n > 65,535
 *     6    2  zero
 *     8    e·(2^b + 1)  first row of each bucket
 *     …    2·n          fingerprints in row order
 *
 * A hit is a nomination only: the caller compares the row in full.
 * Threads   plain data.
 */
#ifndef CLR_STORE_RUNINDEX_H
#define CLR_STORE_RUNINDEX_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/status.h"

static inline uint64_t clr_key_hash(uint64_t placement_hash) { return placement_hash << 12; }

size_t clr_runindex_size(size_t rows);

/** Build from key hashes in row order (ascending). `out` has clr_runindex_size(rows) bytes. */
void clr_runindex_build(const uint64_t *key_hashes, size_t rows, uint8_t *out);

struct clr_runindex {
    const uint8_t *directory;
    const uint8_t *fingerprints;
    uint32_t rows;
    uint8_t bucket_bits, entry_size;
};
CLR_MUST_USE enum clr_status clr_runindex_open(struct clr_bytes value, struct clr_runindex *out);

/** Rows [*first, *end) that share bucket and fingerprint with a key hash; false when there is none. */
bool clr_runindex_find(const struct clr_runindex *index, uint64_t key_hash, uint32_t *first, uint32_t *end);

/** The same question for many: set hit[at[i]] where key_hash[i] has rows. Quick when the key hashes ascend. */
void clr_runindex_nominate(const struct clr_runindex *index, const uint64_t *key_hash, const uint32_t *at, size_t count, uint8_t *hit);

#endif
