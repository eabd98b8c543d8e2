/*
 * original.h: what a refund, a reversal, an adjustment or a decision refers to, and what that allows.
 *
 * An original is a purchase or load, a trade's row or a move. What it owed is known exactly: the rules version and parties it was booked
 * with, by its file when it counted from the start, by the cells of its event when it came to count later.
 *
 *     not there, pending, in conflict    → refund-without-original        rejected                      → refund-exceeds-original
 *     more than is left                  → refund-exceeds-original        reversal of less than all     → field-mismatch
 *     reversal after any other           → already-refunded               other parties than it has     → field-mismatch
 *
 * Named     by orig_id: "r7-123", sender/file/number (store/reference.h), or "=" and the identity of a move of the same product whose format's ids
 *           are the product's (store/moves.h): of several the one that counts, and counted first; else the first that waits; else the first.
 *           A refund of another format names a record of a package as provider/message/number (settle/package.h).
 * Parties   a refund of the moves CSV may name those of its original; one of another format has them, whatever it says.
 *
 * Standard  clearing-rules.md 5 (transit).
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_ORIGINAL_H
#define CLR_SETTLE_ORIGINAL_H

#include "clear/obligation.h"
#include "settle/again.h"

struct clr_original {
    clr_record_id id;                    /* 0: not there */
    struct clr_standing standing;
    /* of an accepted one: */
    bool owes;                           /* it made an obligation or bore a fee */
    struct clr_trade trade;              /* as it was booked */
    const struct clr_rules *rules;       /* by which it was booked */
    struct clr_refunded refunded;        /* before this record */
};

/** What the move's orig_id means, duplicates followed. Not there is CLR_OK with id 0. */
CLR_MUST_USE enum clr_status clr_original_find(struct clr_again *again, const struct clr_move *move, clr_record_id *out,
                                               struct clr_standing *standing, struct clr_fault *fault);

/** Will the row of what it means be asked for? Then clr_again_want() it: a trade that counts or waits. */
CLR_MUST_USE enum clr_status clr_original_want(struct clr_again *again, const struct clr_move *move, struct clr_fault *fault);

/** The same with everything a refund needs. */
CLR_MUST_USE enum clr_status clr_original_read(struct clr_again *again, const struct clr_move *move, struct clr_original *out,
                                               struct clr_fault *fault);

/** Reasons against a refund, reversal or adjustment (0: none). */
uint64_t clr_original_judge(const struct clr_again *again, const struct clr_move *move, const struct clr_original *original);

/** Add the obligation of an accepted refund, reversal or adjustment to `cells`, and keep what is given back. */
CLR_MUST_USE enum clr_status clr_original_book(struct clr_again *again, const struct clr_move *move, const struct clr_original *original,
                                               clr_day window, struct clr_cells *cells, struct clr_fault *fault);

static inline bool clr_kind_is_about_original(unsigned kind)
{
    return kind == CLR_KIND_REFUND || kind == CLR_KIND_REVERSAL || kind == CLR_KIND_ADJUST;
}

#endif
