/*
 * obligation.h: from one accepted record to its cell: who owes whom, how much, with which fee.
 *
 * Standard  clearing-rules.md 5. A purchase: issuer → acquirer, the amount charged. A load: acquirer → issuer. Entries, locks,
 *           bonus purse, monthly passes and 0 fen: no obligation (a 0-fen purchase may bear a fee `on = count`).
 * Fees      basis txn: half away from zero to the fen (rate·base + fixed·10^6)/10^6, clamped to [min,max], per record; shares are floors.
 *           basis total: the same exact numerator, summed, rounded once at the close (settle/position.h).
 *           A record bears a fee when the row is `on = count`, or when it moved money and the base (amount, discount) is not 0.
 * Threads   pure; a struct clr_fee_cache belongs to one thread.
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

/** Purchases and loads of the ordinary purse owe; entries, locks, bonus purses and passes do not. */
static inline bool clr_trade_owes(const struct clr_trade *trade)
{
    if (trade->flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY)) return false;
    return trade->kind == CLR_KIND_PURCHASE || trade->kind == CLR_KIND_LOAD;
}

/**
 * Obligation of one accepted trade.
 *
 * @param[out] booked  false: no obligation and no fee; key and sum untouched.
 * @return CLR_OK | CLR_OVERFLOW (a fee outside int64 fen)
 */
CLR_MUST_USE enum clr_status clr_obligation_of(const struct clr_rules *rules, const struct clr_trade *trade,
                                               struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

/**
 * The row found last for each (product, service, kind, issuer, acquirer, trade day), direct-mapped: in a day's file the same few
 * hundred combinations come back millions of times. Bound to one rules version; clr_fee_cache_init() again for another.
 */
#define CLR_FEE_CACHE_SIZE 512
struct clr_fee_cache {
    const struct clr_rules *rules;      /* borrowed */
    struct clr_fee_cached {
        int32_t issuer, acquirer;       /* participant indexes */
        clr_day trade_day;
        uint16_t row;
        uint8_t product, service, kind, used;
    } slot[CLR_FEE_CACHE_SIZE];
};
void clr_fee_cache_init(struct clr_fee_cache *cache, const struct clr_rules *rules);

/** clr_obligation_of(cache->rules, …), same results, without looking a known row up again. */
CLR_MUST_USE enum clr_status clr_obligation_cached(struct clr_fee_cache *cache, const struct clr_trade *trade,
                                                   struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

/**
 * Fee of one record under a row, added to nothing: the fee fields of `sum` are written, the others untouched. Basis txn fills fee_fen
 * and shares, basis total the numerator; fee_count is 1 when the record bears a fee. amount may be 0.
 */
CLR_MUST_USE enum clr_status clr_fee_of(const struct clr_fee_row *row, clr_fen amount_fen, clr_fen discount_fen, struct clr_cell_sum *sum);

/** No fee at all: the same fields as clr_fee_of() writes. */
static inline void clr_fee_none(struct clr_cell_sum *sum)
{
    sum->fee_fen = sum->fee_issuer_fen = sum->fee_centre_fen = 0;
    sum->fee_count = 0;
    sum->fee_numerator = 0;
}

/** What the records of one (row, acquirer, issuer, window) owe together: basis txn as summed, basis total rounded once. */
struct clr_fee {
    clr_fen fee_fen;                    /* = issuer + centre + acquirer's rest */
    clr_fen issuer_fen, centre_fen, acquirer_fen;
};
CLR_MUST_USE enum clr_status clr_fee_close(const struct clr_fee_row *row, const struct clr_cell_sum *sum, struct clr_fee *out);

/**
 * Obligation of a refund of `refund_fen` of a trade of which `refunded_fen` was given back before. Fee returned =
 * F(amount − refunded) − F(amount − refunded − refund), F(0) = 0, so that a full refund in any number of parts returns exactly
 * the fee; `keep_on_refund` returns none on a refund (a reversal always does). F(a > 0) bases on what is left of the amount, but
 * keeps discount, count and fixed parts whole: they (and discount_fen, and fee_count) return with the last part. So a full
 * reversal is the negation of the trade, but for its own count. A refund of 0 fen books nothing; a reversal of a 0-fen trade
 * returns its fee. The key's kind is `kind` (refund or reversal), direction the opposite of the trade's.
 *
 * @return CLR_OK | CLR_OVERFLOW | CLR_INTERNAL (kind or amounts that the checks before should have stopped)
 */
CLR_MUST_USE enum clr_status clr_refund_of(const struct clr_rules *rules, const struct clr_trade *original, enum clr_kind kind,
                                           clr_fen refunded_fen, clr_fen refund_fen, clr_day window,
                                           struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

/** Obligation of an adjustment: `adjust_fen` (signed) is added to what the payer of `original` owes; no fee. Negative turns the direction.
 *  What never owes (bonus purse, pass) is not booked. CLR_INTERNAL: no purchase or load, or more than a record may carry. */
CLR_MUST_USE enum clr_status clr_adjust_of(const struct clr_rules *rules, const struct clr_trade *original, clr_fen adjust_fen, clr_day window,
                                           struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

#endif
