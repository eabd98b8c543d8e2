/*
 * rowfind.h: rows by record id. Rows lie in order of their look-up keys, not of their numbers: so many ids are looked for at once, in one
 * pass over the runs that hold their files.
 *
 * Cost      all rows of those runs, two columns each; one id costs as much as a million.
 * Threads   the caller's transaction.
 */
#ifndef CLR_STORE_ROWFIND_H
#define CLR_STORE_ROWFIND_H

#include "model/txn.h"
#include "store/store.h"

struct clr_wanted_row {
    clr_record_id id;
    bool found;
    struct clr_txn txn;                  /* file = admission; reasons as first judged */
};

/**
 * Fill the rows that are there: accepted, pending, conflict and rejected records with an identity (no moves).
 * @param row  sorted by id, no id twice.
 */
CLR_MUST_USE enum clr_status clr_rows_find(struct clr_store *store, struct clr_tx *tx, struct clr_wanted_row *row, size_t count,
                                           struct clr_fault *fault);

/** The entry of an id in a sorted array, NULL when there is none. */
struct clr_wanted_row *clr_row_wanted(struct clr_wanted_row *row, size_t count, clr_record_id id);

/** Sort by id and drop what is there twice. @return the new count */
size_t clr_rows_sort(struct clr_wanted_row *row, size_t count);

#endif
