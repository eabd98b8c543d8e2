/*
 * nominate.h: the first look into history: which records of a partition have their fingerprint in a run of their day.
 *
 * One pass over the partition's key hashes, which are sorted, for each run: so directory and fingerprints are walked forwards. Most records are
 * new, and have been told so after this; rows are read for the others only (history.h).
 *
 * Threads   one worker.
 */
#ifndef CLR_INGEST_NOMINATE_H
#define CLR_INGEST_NOMINATE_H

#include "ingest/dedup.h"

#define CLR_NOMINATE_DAYS 64             /* records of further days of a partition count as nominated */

/** Addresses of stored values that are mapped already: [from, to). Only advice depends on them. */
struct clr_near {
    uintptr_t from, to;
};

struct clr_nominator {
    uint64_t *hash, *key_hash;           /* placement hashes of the entries; key hashes of those that a run is asked for */
    uint32_t *at, *order;                /* their entries; all entries by the partition of a run */
    uint8_t *day_of;                     /* of an entry: index into day[] */
    size_t capacity;
    clr_day day[CLR_NOMINATE_DAYS];
    unsigned day_count;
    uint32_t *start;                     /* of each partition in order[] */
    size_t start_capacity;
    unsigned order_bits;                 /* of order[] */
    struct clr_near *near;               /* of each run: what was read of its fingerprints last */
    size_t near_capacity;
};
void clr_nominator_free(struct clr_nominator *nominator);

/** See clr_history_nominate. @return CLR_OK | CLR_FULL | CLR_DAMAGED */
CLR_MUST_USE enum clr_status clr_nominate(struct clr_nominator *nominator, struct clr_store *store, struct clr_tx *tx, const struct clr_entry *entries, size_t count,
                                          uint8_t *hit);

#endif
