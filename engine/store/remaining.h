/*
 * remaining.h: what is left of each share of an original with several payees, kept with what was given back of it.
 *
 *   table mvref    behind the 13 bytes of store/moves.h: fen u64 for each share, in the order in which the original was split. Absent for
 *                  originals with one payee.
 *
 * Standard  clearing-rules.md 5 (partial refunds by each unit's remaining share), adr/0015.
 * Threads   one writer.
 */
#ifndef CLR_STORE_REMAINING_H
#define CLR_STORE_REMAINING_H

#include "store/moves.h"

#define CLR_REFUNDED_SIZE 13                 /* bytes of a value without shares */

struct clr_remaining {
    clr_fen *fen;                            /* owned */
    size_t count;                            /* 0: nothing was given back yet, or one payee */
};

/** Of an original; count 0 when nothing is kept. clr_remaining_free() it. */
CLR_MUST_USE enum clr_status clr_remaining_get(struct clr_tx *tx, clr_record_id original, struct clr_remaining *out, struct clr_fault *fault);
void clr_remaining_free(struct clr_remaining *remaining);

/** clr_refunded_put with what remains. */
CLR_MUST_USE enum clr_status clr_remaining_put(struct clr_tx *tx, clr_record_id original, const struct clr_refunded *refunded,
                                               const struct clr_remaining *remaining, struct clr_fault *fault);

#endif
