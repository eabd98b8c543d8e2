/*
 * reexamine.h: everything pending, judged again: once per settle, before a window closes and after all files.
 *
 * In canonical order, again and again until nothing changes, all inside the caller's transaction:
 *     rules       unknown-participant, issuer-mismatch, no-unit, amount-limit, tac-unverified by the latest rules and, with keys, from the archived bytes
 *     gray        superseded, proved or refuted by what else the card did (gray.h); it waits for its parties, too
 *     originals   moves whose original was not there, pending or in conflict (original.h, decide.h)
 *     deadlines   once, at the end: what has waited longer than windows.ini allows, counted from the business date it came in
 *                 (declared: its day) to the settlement day, is rejected, or accepted where at_deadline says so and its parties are known
 *
 * What is about to count repeats the identity check: what already counts for its identity makes it a duplicate or a conflict.
 * Reasons of a record change only with its verdict: while one pending reason is left it stays as it is.
 *
 * Promise   each change is an event (store/events.h) with its obligations, in the first open window that is not before the window of the
 *           stamp: the store's last one (a store without stamps: the record's own window). The caller's transaction is all there is:
 *           abort it, and nothing happened.
 * Standard  clearing-rules.md 2 (verdicts, events), 3 (gray acceptance), 5 (refunds), 6 (windows).
 * Threads   the command's thread; no other may use the store meanwhile.
 */
#ifndef CLR_SETTLE_REEXAMINE_H
#define CLR_SETTLE_REEXAMINE_H

#include "store/store.h"

struct clr_reexamined {
    uint64_t promoted;                /* pending → accepted, duplicate or conflict */
    uint64_t expired;                 /* past their deadline */
    uint64_t superseded;              /* gray records whose normal twin, or whose counter, another record counts for */
    uint64_t rejected;                /* refuted gray records, refunds that their original does not allow, purses in another city */
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
