/*
 * reexamine.h: everything pending, judged again: once per settle, before a window closes and after all files.
 *
 * In canonical order, again and again until nothing changes, all inside the caller's transaction:
 *     parties     unknown-participant, issuer-mismatch, no-unit, amount-limit, tac-unverified under the latest rules; then the identity check
 *                 is repeated, and what another record of the identity already counts for becomes a duplicate or conflict
 *     gray        a normal twin that counts supersedes it; the card's next record proves or refutes the debit; else it waits
 *     refunds     moves whose original was not there, pending or in conflict
 *     deadlines   what has waited longer than windows.ini allows: rejected, or accepted, as at_deadline says
 *
 * Promise   each change is an event (store/events.h) with its obligations, in the first open window that is not before the window of the stamp.
 *           The caller's transaction is all there is: abort it, and nothing happened.
 * Standard  clearing-rules.md 2 (verdicts, events), 3 (gray acceptance), 5 (refunds), 6 (windows).
 * Threads   the command's thread; no other may use the store meanwhile.
 */
#ifndef CLR_SETTLE_REEXAMINE_H
#define CLR_SETTLE_REEXAMINE_H

#include "store/store.h"

struct clr_reexamined {
    uint64_t promoted;                /* pending → accepted, or found to be a duplicate or conflict; refunds that found an end, too */
    uint64_t expired;                 /* past their deadline */
    uint64_t superseded;              /* gray records whose normal twin, or whose counter, another record counts for */
};

/**
 * @param tx       the caller's write transaction.
 * @param day      the settlement day: deadlines are counted to it. The stamp of the events is the store's last one.
 * @param product  only this product, or CLR_ALL_PRODUCTS.
 * @return CLR_OK | CLR_FULL | CLR_OVERFLOW | CLR_DAMAGED | CLR_UNBALANCED
 */
CLR_MUST_USE enum clr_status clr_reexamine(struct clr_store *store, struct clr_tx *tx, clr_day day, int product,
                                           struct clr_reexamined *out, struct clr_fault *fault);

#endif
