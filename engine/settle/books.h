/*
 * books.h: what the windows of one settlement come to: ledgers, transfers, journal, and the invariants that must hold before anything is published.
 *
 * Reads     cells and deltas of the windows, the rules version of the settlement.
 * Promise   the same settlement gives the same books whenever they are made: its windows are closed and its rules are fixed.
 * Owner     the books own their arrays; names and accounts are borrowed from the store's rules.
 * Standard  clearing-rules.md 7.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_BOOKS_H
#define CLR_SETTLE_BOOKS_H

#include "settle/windows.h"

#define CLR_INVARIANTS 6

struct clr_books {
    struct clr_cell_list cells;
    struct clr_window_info *window;        /* as many as the settlement has windows, same order */
    struct clr_ledger members, participants;
    struct clr_matrix_row *bilateral;  size_t bilateral_count;     /* of members */
    struct clr_transfer *transfer;     size_t transfer_count;
    struct clr_journal_line *line;     size_t line_count;
    struct clr_invariant invariant[CLR_INVARIANTS];
    size_t invariant_count;
};

/**
 * Make the books and check every invariant. The windows must have their rows (the settlement names the rules).
 * @return CLR_OK | CLR_UNBALANCED (invariant[] says which broke) | CLR_OVERFLOW | CLR_FULL | CLR_DAMAGED | CLR_USAGE (no centre, unknown netting)
 */
CLR_MUST_USE enum clr_status clr_books_make(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, struct clr_books *out,
                                            struct clr_fault *fault);
/** Harmless on books that were never made, or made in part. */
void clr_books_free(struct clr_books *books);

/*
 * The journal in the store: table jrnl, product8 day32^2^31 entry64 line32 → kind u8, debit i64, account text. Rows are put once and never edited:
 * putting one that is there is CLR_DAMAGED.
 */
CLR_MUST_USE enum clr_status clr_journal_put(struct clr_tx *tx, const struct clr_journal_line *line, size_t count, struct clr_fault *fault);
/** Does the table hold exactly these lines for these windows? @return CLR_OK | CLR_DAMAGED */
CLR_MUST_USE enum clr_status clr_journal_compare(struct clr_tx *tx, const struct clr_window_list *windows, const struct clr_journal_line *line, size_t count,
                                                 struct clr_fault *fault);

#endif
