/*
 * rowset.h: rows of the store by record number, for files without an archive.
 *
 * Rows lie in order of their look-up keys. A window of consecutive numbers is filled by one pass over the runs of the file, so that records in
 * ascending order cost as many passes as there are windows; the window is as large as a quarter of the working memory allows.
 * Which records have a row: those that had an identity and were no duplicates when they were admitted (clr_rowset_may_have).
 *
 * Threads   one; the caller's transaction.
 */
#ifndef CLR_QUERY_ROWSET_H
#define CLR_QUERY_ROWSET_H

#include "ingest/history.h"
#include "store/files.h"

struct clr_rowset {
    struct clr_store *store;
    struct clr_tx *tx;
    uint32_t admission;
    uint64_t records;       /* of the file */
    uint64_t first;         /* number of row[0] */
    size_t capacity, count; /* count 0: no window yet */
    struct clr_txn *row;
    bool *there;
};

CLR_MUST_USE enum clr_status clr_rowset_open(struct clr_store *store, struct clr_tx *tx, const struct clr_file *file,
                                             struct clr_rowset *out);
void clr_rowset_close(struct clr_rowset *set);

/** @return CLR_OK (borrowed until the next call) | CLR_NOT_FOUND (no row) | CLR_DAMAGED */
CLR_MUST_USE enum clr_status clr_rowset_get(struct clr_rowset *set, uint64_t number, const struct clr_txn **out, struct clr_fault *fault);

/** Could a record first judged so have a row? */
static inline bool clr_rowset_may_have(uint64_t first_reasons)
{
    const uint64_t without = CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(TEST_RECORD) | CLR_REASON_MASK(UNKNOWN_TYPE) |
                             CLR_REASON_MASK(BAD_DATE) | CLR_REASON_MASK(TOO_LATE) | CLR_REASON_MASK(DUPLICATE_IN_FILE) |
                             CLR_REASON_MASK(DUPLICATE_IN_HISTORY);
    return (first_reasons & without) == 0;
}

/** The row of a record whose bytes were read again: by its look-up key, without a scan. @return CLR_OK | CLR_NOT_FOUND */
CLR_MUST_USE enum clr_status clr_row_by_key(struct clr_history *history, const struct clr_txn *like, clr_record_id id,
                                            struct clr_past_list *scratch, struct clr_past *out, struct clr_fault *fault);

#endif
