/*
 * dedup.h: repeats: duplicate, conflict, counter-conflict, gray twin. One partition at a time, against itself and against history.
 *
 * A record is judged against every record before it in canonical order. Records under one lookup key (card, counter, trade day; open data: card,
 * time, device, type) form a group; a group near midnight that could hold a gray twin is judged together with the neighbouring day's.
 *
 *     holders   accepted, conflict and pending records, by their current verdict: they keep their identity from others
 *     seen      rejected ones with an identity: remembered for the remark seen-before
 *
 * For a record, against the holders before it (clearing-rules.md 3; the twin stands before `conflict`, ADR 0004):
 *   1 same identity, same content        → duplicate of the first such
 *   2 gray twin                          → superseded, duplicate, or the gray one is superseded by an event
 *   3 same identity                      → conflict with the first such
 *   4 same card, counter and trade day   → counter-conflict with the first such
 *
 * Cost      groups of up to CLR_GROUP_SMALL members are compared pairwise, larger ones through hash tables: O(n) however hostile.
 * Threads   a struct clr_dedup belongs to one worker; runs and batch are shared and constant.
 */
#ifndef CLR_INGEST_DEDUP_H
#define CLR_INGEST_DEDUP_H

#include "ingest/batch.h"

#define CLR_GROUP_SMALL 24

/** A record that others are compared with. */
struct clr_holder {
    const struct clr_txn *txn;
    clr_record_id id;
    uint64_t reasons;                    /* current */
    uint8_t format;
};

/** An entry of the partition being judged, in the order of its key hash. */
struct clr_entry {
    uint64_t key_hash;
    struct clr_txn *txn;
};

/** Block, then index: canonical order in the batch. */
static inline uint64_t clr_entry_position(const struct clr_entry *entry) { return (uint64_t)entry->txn->block << 32 | entry->txn->index; }

/** @param tokenizer  of the same worker; borrowed. */
CLR_MUST_USE enum clr_status clr_dedup_create(const struct clr_batch *batch, struct clr_tokenizer *tokenizer, struct clr_dedup **out);
void clr_dedup_destroy(struct clr_dedup *dedup);

/**
 * Judge the entries of one partition: sets reasons and link of each txn. Entries must be sorted by (key_hash, position) and have an identity.
 * Supersede events are appended to dedup's list (clr_dedup_events).
 * @return CLR_OK | CLR_FULL | CLR_DAMAGED
 */
CLR_MUST_USE enum clr_status clr_dedup_partition(struct clr_dedup *dedup, const struct clr_entry *entries, size_t count, struct clr_fault *fault);

/** Its view of history: begin it before the batch (ingest/history.h). */
struct clr_history;
struct clr_history *clr_dedup_history(struct clr_dedup *dedup);

void clr_dedup_forget_events(struct clr_dedup *dedup);
const struct clr_supersede *clr_dedup_events(const struct clr_dedup *dedup, size_t *count);

/** Same lookup key (what a group shares)? */
bool clr_same_key(const struct clr_txn *a, const struct clr_txn *b);
/** Same identity / same content, given the same lookup key; formats decide which fields both have. */
bool clr_same_identity(const struct clr_txn *a, const struct clr_txn *b);
bool clr_same_content(const struct clr_txn *a, uint8_t format_a, const struct clr_txn *b, uint8_t format_b);

#endif
