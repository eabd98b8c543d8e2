/*
 * book.h: what a record that counts makes anybody owe: its cells. The one place for all who book it or ask again what was booked: a file of
 * moves under way, an event, verify, why. Trades of the pipeline have clr_obligation_cached() (clear/obligation.h), which says the same.
 *
 * A trade or load is between an issuer and an acquirer. A format may ask for no acquirer (a toll exit is paid to the owners of many units) or
 * for no issuer (a toll paid at the station): then the record itself says who, through the rules.
 *
 * Standard  clearing-rules.md 5.
 * Threads   pure but for the transaction.
 */
#ifndef CLR_SETTLE_BOOK_H
#define CLR_SETTLE_BOOK_H

#include "clear/obligation.h"
#include "store/remaining.h"

/** A purchase or load that counts. */
struct clr_booking {
    const struct clr_rules *rules;
    const struct clr_txn *txn;
    const struct clr_move *move;         /* the same record where it is a move, NULL: a trade's row */
    clr_party issuer, acquirer;          /* CLR_PARTY_NONE: its format asks for none */
    int issuer_index, acquirer_index;    /* participants of `rules`, −1 none */
    clr_day window;
};

/** Reasons why it cannot be booked though its parties are known (0: none): the split of a toll says too little. */
uint64_t clr_book_reasons(const struct clr_booking *booking);

/** Those of the reasons that neither a deadline nor a decision passes over: a split that is incomplete may wait with the exit station's owner. */
uint64_t clr_book_refusal(const struct clr_booking *booking);

/** Add its obligations to `cells`. Asked only of what clr_book_refusal() finds nothing against. @return CLR_OK | CLR_OVERFLOW | CLR_FULL */
CLR_MUST_USE enum clr_status clr_book(const struct clr_booking *booking, struct clr_cells *cells);

/** A refund, reversal or adjustment that counts. */
struct clr_giving_back {
    struct clr_tx *tx;                   /* table move may be read for what the original says beside its trade */
    const struct clr_rules *rules;       /* by which the original was booked */
    const struct clr_trade *trade;       /* the original as it was booked; parties as in struct clr_booking */
    clr_record_id original;
    const struct clr_move *move;         /* what gives back */
    clr_fen refunded_fen;                /* given back before it */
    clr_day window;
    struct clr_remaining *remaining;     /* of an original with several payees: what is left of each share, lowered by a refund that is booked */
};

/** Add its obligations to `cells`. @return CLR_OK | CLR_OVERFLOW | CLR_FULL | CLR_INTERNAL (amounts that the checks before should have stopped) */
CLR_MUST_USE enum clr_status clr_book_back(const struct clr_giving_back *back, struct clr_cells *cells);

#endif
