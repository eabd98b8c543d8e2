/*
 * obligation.h: from one accepted record to its cell: who owes whom, how much, with which fee.
 *
 * Standard  clearing-rules.md 5. A purchase: issuer → acquirer, the amount charged. A load: acquirer → issuer. Entries, locks,
 *           bonus purse, monthly passes and 0 fen: no obligation (a 0-fen purchase may bear a fee `on = count`).
 * Fees      basis txn: half away from zero to the fen (rate·base + fixed·10^6)/10^6, clamped to [min,max], per record; shares are floors.
 *           basis total: the same exact numerator, summed, rounded once at the close (settle/position.h).
 * Threads   pure.
 */
#ifndef CLR_CLEAR_OBLIGATION_H
#define CLR_CLEAR_OBLIGATION_H

#include "clear/cell.h"

/** What an obligation depends on. For refunds, reversals and adjustments see clear/moves rules in settle-time code. */
struct clr_trade {
    enum clr_product product;
    enum clr_kind kind;                 /* purchase or load; other kinds make none */
    enum clr_service service;
    uint16_t flags;                     /* CLR_FLAG_BONUS, _MONTHLY, _HAS_PRICE */
    clr_party issuer, acquirer;         /* store ids, both known */
    int issuer_index, acquirer_index;   /* participants of `rules` */
    clr_fen amount_fen, price_fen;
    clr_day trade_day, window;
};

/**
 * Obligation of one accepted trade.
 *
 * @param[out] booked  false: no obligation and no fee; key and sum untouched.
 */
CLR_MUST_USE enum clr_status clr_obligation_of(const struct clr_rules *rules, const struct clr_trade *trade,
                                               struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

/** Fee of one record under a row: basis txn fills fee_fen and shares, basis total the numerator. amount may be 0. */
CLR_MUST_USE enum clr_status clr_fee_of(const struct clr_fee_row *row, clr_fen amount_fen, clr_fen discount_fen, struct clr_cell_sum *sum);

/**
 * Obligation of a refund of `refund_fen` of a trade of which `refunded_fen` was given back before. Fee returned =
 * F(amount − refunded) − F(amount − refunded − refund), F(0) = 0, so that a full refund in any number of parts returns exactly
 * the fee; `keep_on_refund` returns none. The key's kind is `kind` (refund or reversal), direction the opposite of the trade's.
 */
CLR_MUST_USE enum clr_status clr_refund_of(const struct clr_rules *rules, const struct clr_trade *original, enum clr_kind kind,
                                           clr_fen refunded_fen, clr_fen refund_fen, clr_day window,
                                           struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

#endif
