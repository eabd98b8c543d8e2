/*
 * read.h: what positions, summary and settle share: ledgers and descriptions of windows as the store has them.
 *
 * A window that is settled is shown by the rules of its settlement, whatever was loaded later; an open one by the latest rules.
 * Owner     names are borrowed from the store's rules, until the store closes.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_READ_H
#define CLR_SETTLE_READ_H

#include "settle/windows.h"

/** Rules version by which a window is shown; 0 when no rules are loaded. */
CLR_MUST_USE enum clr_status clr_window_rules(struct clr_store *store, struct clr_tx *tx, struct clr_window_key window, uint32_t *version, struct clr_fault *fault);

/** Ledger of cells sorted by packed key; free with clr_ledger_free(). The rules of a cell or window that is not there are CLR_DAMAGED. */
CLR_MUST_USE enum clr_status clr_ledger_of_cells(struct clr_store *store, struct clr_tx *tx, const struct clr_cell_list *cells, enum clr_level level,
                                                 struct clr_ledger *out, struct clr_fault *fault);

/**
 * State, settlement day, sums and backlog of each listed window; free() `*out`.
 * @param cells      of these windows, sorted by packed key: count and amount are theirs.
 * @param admission  files after it do not count into `pending` (UINT32_MAX: all do).
 */
CLR_MUST_USE enum clr_status clr_windows_describe(struct clr_store *store, struct clr_tx *tx, const struct clr_window_list *windows, const struct clr_cell_list *cells,
                                                  uint32_t admission, struct clr_window_info **out, struct clr_fault *fault);

#endif
