/*
 * toll.h: from one toll that was paid to its cells: who is owed which part of it, and what each gets back.
 *
 * Payer     the card's issuer; with CLR_FLAG_AT_STATION the owner of the exit station (clr_toll_station).
 * Payees    first by province: what other provinces are due goes whole to the participant `province:pp`; one's own part over the toll units
 *           (split.h), each unit's share to the owner that splits.csv names on the journey date. Units of share 0 need no owner.
 * Cells     one a payee: issuer = payer, acquirer = payee, in the order in which payees first appear. What belongs to the record as a whole
 *           (count 1, discount, fee) stands once, on the cell of the first payee: counts of cells stay counts of records.
 * Fee       the row of (first payee, payer), on the whole amount.
 * Refunds   by what remains of each share of the original (clr_split_refund); a reversal or a refund in full is its exact mirror.
 * Reasons   what cannot be split is pending, never guessed: split-incomplete (lists, provinces, a unit without an owner in splits.csv) or
 *           unknown-participant (the payer, an owner that is no participant on the day, a province without a participant).
 * Standard  clearing-rules.md 5 (toll), etc.md 3, adr/0015.
 * Threads   pure.
 */
#ifndef CLR_CLEAR_TOLL_H
#define CLR_CLEAR_TOLL_H

#include "clear/obligation.h"
#include "clear/split.h"

#define CLR_TOLL_SHARES_MAX (CLR_SPLIT_UNITS_MAX + CLR_SPLIT_PROVINCES_MAX)

/** What a split depends on: the exit as it was read. Texts are borrowed. */
struct clr_toll_exit {
    clr_fen amount_fen;                     /* absolute */
    clr_day journey_day;                    /* of the exit time */
    enum clr_format format;                 /* for the alias of the station */
    struct clr_bytes units, charges, dues, provinces, province_parts, station;
    const struct clr_split_list *list;      /* instead of units, charges, dues: gathered from gantry rows; NULL none */
};

struct clr_toll_share {
    int payee;                              /* participant index; may be −1 where the share is 0 */
    clr_fen share_fen;
    clr_fen gain_fen;                       /* share − the unit's own charge; 0 where it has none, and of provinces */
};

/** Shares of units in their order, then of other provinces. They sum to the amount when reasons is 0. */
struct clr_toll_shares {
    uint64_t reasons;                       /* split-incomplete, unknown-participant */
    enum clr_split_gap gap;                 /* also says why it is in suspense */
    enum clr_split_way way;
    bool suspense;                          /* the own part is with the exit station's owner */
    struct clr_bytes seen;                  /* the unit, station or provinces that are not known; borrowed from the exit */
    size_t count;
    struct clr_toll_share share[CLR_TOLL_SHARES_MAX];
};

/** Owner of a station on a day (alias `<format>.station`), −1 unknown. Pays what was paid there. */
int clr_toll_station(const struct clr_rules *rules, enum clr_format format, struct clr_bytes station, clr_day day);

/**
 * Split one toll. An amount of 0 has no shares.
 * @param suspense  the deadline passed, or a person decided: an own part that cannot be split goes to the owner of the exit station
 */
void clr_toll_split(const struct clr_rules *rules, const struct clr_toll_exit *exit, bool suspense, struct clr_toll_shares *out);

/**
 * Add the obligations of a toll to cells. `trade` is the purchase: issuer the payer; its acquirer is not read.
 * @param shares  with no reasons, of trade->amount_fen
 * @return CLR_OK | CLR_OVERFLOW | CLR_FULL
 */
CLR_MUST_USE enum clr_status clr_toll_book(const struct clr_rules *rules, const struct clr_trade *trade, const struct clr_toll_shares *shares,
                                           struct clr_cells *cells);

/** What nothing was given back of: the shares themselves. `remaining_fen` has room for shares->count. */
void clr_toll_remaining(const struct clr_toll_shares *shares, clr_fen *remaining_fen);

/**
 * Add what a refund or reversal gives back: cells the other way round, on each payee's part.
 * @param shares         of the original, as they were booked
 * @param remaining_fen  what is left of each share; lowered on CLR_OK
 * @return CLR_OK | CLR_OVERFLOW | CLR_FULL | CLR_INTERNAL (more than is left: the checks before should have stopped it)
 */
CLR_MUST_USE enum clr_status clr_toll_book_refund(const struct clr_rules *rules, const struct clr_trade *original,
                                                  const struct clr_toll_shares *shares, clr_fen *remaining_fen, enum clr_kind kind,
                                                  clr_fen refund_fen, clr_day window, struct clr_cells *cells);

/**
 * An adjustment changes who owes how much of the same journey: its shares are those of the original's proportions. `adjust_fen` is signed.
 * @return CLR_OK | CLR_OVERFLOW | CLR_FULL | CLR_INTERNAL
 */
CLR_MUST_USE enum clr_status clr_toll_book_adjust(const struct clr_rules *rules, const struct clr_trade *original,
                                                  const struct clr_toll_shares *shares, clr_fen adjust_fen, clr_day window,
                                                  struct clr_cells *cells);

/**
 * Who gained by the remainders: add each share's gain to gain_fen[participant]. The gains of a record sum to its own part less what its
 * units were charged. @return CLR_OK | CLR_OVERFLOW
 */
CLR_MUST_USE enum clr_status clr_toll_gains_add(const struct clr_toll_shares *shares, clr_fen *gain_fen);

#endif
