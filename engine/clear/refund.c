/*
 * refund.c: what gives money back: refunds, reversals, adjustments.
 *
 * Everything is a difference of states of the original: what it owed before this part, less what it owes after. So parts add up to
 * the whole whatever their sizes, and the last part takes what rounding left.
 */
#include "clear/obligation.h"

/** The original as it stands when `left_fen` of it is not given back: nothing, or a trade of that amount with its whole discount. */
static enum clr_status state_of(const struct clr_fee_row *row, clr_fen left_fen, clr_fen discount_fen, bool gone, struct clr_cell_sum *out)
{
    *out = (struct clr_cell_sum){ 0 };
    if (gone) return CLR_OK;
    out->discount_fen = discount_fen;
    return row == NULL ? CLR_OK : clr_fee_of(row, left_fen, discount_fen, out);
}

/** after − before for discount and fees: what this part takes back, negative. */
static enum clr_status difference(const struct clr_fee_row *row, const struct clr_cell_sum *original, clr_fen left_fen, clr_fen refund_fen,
                                  struct clr_cell_sum *out)
{
    struct clr_cell_sum before, after;

    CLR_TRY(state_of(row, left_fen, original->discount_fen, false, &before));
    CLR_TRY(state_of(row, left_fen - refund_fen, original->discount_fen, left_fen == refund_fen, &after));
    CLR_TRY(clr_cell_sum_add(&after, &before, -1));
    *out = after;
    return CLR_OK;
}

static bool amounts_fit(const struct clr_trade *original, enum clr_kind kind, clr_fen refunded_fen, clr_fen refund_fen)
{
    if (kind != CLR_KIND_REFUND && kind != CLR_KIND_REVERSAL) return false;
    if (refunded_fen < 0 || refund_fen < 0 || refunded_fen > original->amount_fen) return false;
    return refund_fen <= original->amount_fen - refunded_fen;
}

enum clr_status clr_refund_of(const struct clr_rules *rules, const struct clr_trade *original, enum clr_kind kind,
                              clr_fen refunded_fen, clr_fen refund_fen, clr_day window,
                              struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked)
{
    struct clr_cell_key made_key;
    struct clr_cell_sum of_original, made;
    const struct clr_fee_row *row;
    bool original_booked;

    *booked = false;
    if (!amounts_fit(original, kind, refunded_fen, refund_fen)) return CLR_INTERNAL;
    if (refund_fen == 0 && !(kind == CLR_KIND_REVERSAL && original->amount_fen == 0)) return CLR_OK;
    CLR_TRY(clr_obligation_of(rules, original, &made_key, &of_original, &original_booked));
    if (!original_booked) return CLR_OK;

    row = made_key.fee_row == CLR_FEE_NONE ? NULL : &rules->fee[made_key.fee_row];
    CLR_TRY(difference(row, &of_original, original->amount_fen - refunded_fen, refund_fen, &made));
    if (row != NULL && row->keep_on_refund && kind == CLR_KIND_REFUND) clr_fee_none(&made);
    made.count = refund_fen != 0 ? 1 : 0;
    made.amount_fen = refund_fen;
    made_key.direction = made_key.direction ? 0 : 1;
    made_key.kind = (uint8_t)kind;
    made_key.window = window;
    *key = made_key;
    *sum = made;
    *booked = true;
    return CLR_OK;
}

enum clr_status clr_adjust_of(const struct clr_rules *rules, const struct clr_trade *original, clr_fen adjust_fen, clr_day window,
                              struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked)
{
    const uint8_t direction = original->kind == CLR_KIND_LOAD ? 1 : 0;

    *booked = false;
    if (original->kind != CLR_KIND_PURCHASE && original->kind != CLR_KIND_LOAD) return CLR_INTERNAL;
    if (adjust_fen < -CLR_RECORD_FEN_MAX || adjust_fen > CLR_RECORD_FEN_MAX) return CLR_INTERNAL;
    if (adjust_fen == 0 || !clr_trade_owes(original)) return CLR_OK;
    *key = (struct clr_cell_key){
        .product = (uint8_t)original->product,
        .direction = adjust_fen > 0 ? direction : (direction ? 0 : 1),
        .kind = CLR_KIND_ADJUST,
        .service = (uint8_t)original->service,
        .window = window,
        .issuer = original->issuer,
        .acquirer = original->acquirer,
        .rules_version = rules->version,
        .fee_row = CLR_FEE_NONE,
    };
    *sum = (struct clr_cell_sum){ .count = 1, .amount_fen = adjust_fen > 0 ? adjust_fen : -adjust_fen };
    *booked = true;
    return CLR_OK;
}
