/*
 * history.h: the records of earlier runs, looked up by lookup key or by card, for one partition of a batch at a time.
 *
 * Only runs that hold rows of the trade day asked for are touched. A segment is opened when first needed in a partition.
 * Rows come back with their current verdict (later events included) and as copies that live until the next partition.
 *
 * Threads   one worker; it holds a read transaction of its own, renewed for every batch.
 */
#ifndef CLR_INGEST_HISTORY_H
#define CLR_INGEST_HISTORY_H

#include "store/segment.h"
#include "store/store.h"

struct clr_past {
    struct clr_txn txn;                  /* file = admission number here */
    clr_record_id id;
    uint64_t reasons;                    /* current */
    uint8_t format;
};

/** What a look-up found, in no particular order. */
struct clr_past_list {
    struct clr_past *item;
    size_t count, capacity;
};

struct clr_history;

/** Later verdicts that are not in the store yet (events of files under way); sorted by record; may be empty. */
struct clr_later { clr_record_id record; uint64_t reasons; };

CLR_MUST_USE enum clr_status clr_history_create(struct clr_store *store, struct clr_history **out);
void clr_history_destroy(struct clr_history *history);

/** Format of a file that is not in the table yet (of the command under way). */
CLR_MUST_USE enum clr_status clr_history_set_format(struct clr_history *history, uint32_t admission, uint8_t format);

/** Before a batch (or any sequence of look-ups): a fresh snapshot. `later` is borrowed until the next begin. */
CLR_MUST_USE enum clr_status clr_history_begin(struct clr_history *history, const struct clr_later *later, size_t later_count, struct clr_fault *fault);
void clr_history_end(struct clr_history *history);

/** Move on to other partitions: forget open segments. */
void clr_history_reset(struct clr_history *history);

/**
 * Which of a partition's entries could have rows under their lookup keys, by the fingerprints of all runs of their days: for the others
 * clr_history_by_key finds nothing. Entries must be sorted by key hash.
 * @param[out] hit  a byte an entry, 0 or 1.
 */
struct clr_entry;
CLR_MUST_USE enum clr_status clr_history_nominate(struct clr_history *history, const struct clr_entry *entries, size_t count, uint8_t *hit,
                                                  struct clr_fault *fault);

/** Append every stored row with the lookup key of `like` on trade day `day` (hash: its placement hash under that day). */
CLR_MUST_USE enum clr_status clr_history_by_key(struct clr_history *history, const struct clr_txn *like, uint64_t hash, clr_day day, struct clr_past_list *out, struct clr_fault *fault);

/** Is there a stored row of the card on `day` traded strictly between two instants? `hash`: any placement hash of the card. */
CLR_MUST_USE enum clr_status clr_history_tapped(struct clr_history *history, const struct clr_txn *like, clr_day day, int64_t after_s, int64_t before_s, bool *out, struct clr_fault *fault);

/** Append every row of a card on trade days [from, to]. */
CLR_MUST_USE enum clr_status clr_history_by_card(struct clr_history *history, const struct clr_token *card, clr_day from, clr_day to, struct clr_past_list *out, struct clr_fault *fault);

#endif
