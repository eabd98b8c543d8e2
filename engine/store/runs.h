/*
 * runs.h: a run = the rows of one batch, in 2^k partitions; its manifest says what should be there.
 *
 * A run is written `building` before its first segment and `ready` with the commit that makes the batch's files visible; what is still
 * building, or retired by a merge, when a store is opened is swept. Run ids are never reused.
 *
 * Keys of `row` and `idx`: run64 ‖ partition16 ‖ part16. A partition larger than CLR_PART_ROWS is cut into parts; rows of all parts are
 * sorted by key hash across the cut, so a look-up starts at the last part whose first key hash is <= the wanted one.
 *
 *   manifest  state u8, bits u8, files u32 {admission u32}, parts u32 {partition u16, part u16, rows u32, pending u32, first key hash u64},
 *             days u32 {day i32, rows u64}
 *
 * Threads   read-only after load; the list belongs to the store.
 */
#ifndef CLR_STORE_RUNS_H
#define CLR_STORE_RUNS_H

#include "base/day.h"
#include "store/env.h"

#define CLR_PART_ROWS 32768

enum clr_run_state { CLR_RUN_BUILDING, CLR_RUN_READY, CLR_RUN_RETIRED };      /* retired: merged into another (store/merge.h) */

struct clr_part {
    uint16_t partition, part;
    uint32_t rows;
    uint32_t pending;                    /* rows whose first verdict is pending or conflict: where re-examination looks */
    uint64_t first_key_hash;
};

struct clr_run_day { clr_day day; uint64_t rows; };

struct clr_run {
    uint64_t id;
    uint8_t state, bits;
    uint32_t *admission;  uint32_t file_count;       /* file ordinal → admission */
    struct clr_part *part;  uint32_t part_count;     /* sorted by (partition, part) */
    struct clr_run_day *day;  uint32_t day_count;    /* sorted */
    uint32_t *first_part;                            /* 2^bits + 1: parts of partition p are [first_part[p], first_part[p+1]) */
};

CLR_MUST_USE enum clr_status clr_run_put(struct clr_tx *tx, const struct clr_run *run, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_run_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_run *out);
void clr_run_free(struct clr_run *run);
/** Build first_part[] from part[] and bits. */
CLR_MUST_USE enum clr_status clr_run_index(struct clr_run *run);

/** Delete a run's rows, index and manifest; bounded bytes a call, *more says to commit and call again. */
CLR_MUST_USE enum clr_status clr_run_delete(struct clr_tx *tx, uint64_t id, bool *more, struct clr_fault *fault);

bool clr_run_has_day(const struct clr_run *run, clr_day day);
uint64_t clr_run_rows(const struct clr_run *run);

/** Partition of a placement hash. */
static inline uint32_t clr_partition_of(uint64_t placement_hash, unsigned bits) { return bits == 0 ? 0 : (uint32_t)(placement_hash >> (64 - bits)); }

#define CLR_SEGMENT_KEY_SIZE 12
static inline void clr_segment_key(uint64_t run, uint32_t partition, uint32_t part, uint8_t key[CLR_SEGMENT_KEY_SIZE])
{
    clr_put_be64(key, run);
    clr_put_be32(key + 8, partition << 16 | part);
}

#endif
