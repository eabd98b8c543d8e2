/*
 * fee.c: the fee of one record, exactly, and the fee of a sum of records at the close.
 *
 * Standard  clearing-rules.md 5 "fee". All products are taken in 128 bits: |rate| and |base| are int64, so rate·base + fixed·10^6
 *           stays far below 2^127 and only the rounded result can leave its range.
 */
#include "clear/obligation.h"

/** The fen on which the rate works; 1 for `on = count`. */
static clr_fen base_of(const struct clr_fee_row *row, clr_fen amount_fen, clr_fen discount_fen)
{
    switch (row->on) {
    case CLR_FEE_ON_AMOUNT: return amount_fen;
    case CLR_FEE_ON_DISCOUNT: return discount_fen;
    case CLR_FEE_ON_COUNT: return 1;
    }
    return 0;
}

static clr_fen clamp(const struct clr_fee_row *row, clr_fen fee_fen)
{
    if (fee_fen < row->min_fen) fee_fen = row->min_fen;
    return fee_fen > row->max_fen ? row->max_fen : fee_fen;
}

/** clr_fen_round_ppm, without 128-bit division where 64 bits hold the numerator: nearly always, and once a record. */
static enum clr_status round_numerator(clr_wide numerator, clr_fen *out)
{
    if (numerator >= 0 && numerator <= INT64_MAX - CLR_PPM) {
        *out = ((int64_t)numerator + CLR_PPM / 2) / CLR_PPM;
        return CLR_OK;
    }
    return clr_fen_round_ppm(numerator, out);
}

static enum clr_status share_of(clr_fen fee_fen, uint32_t ppm, clr_fen *out)
{
    if (fee_fen >= 0 && fee_fen <= INT64_MAX / UINT32_MAX) {
        *out = fee_fen * (int64_t)ppm / CLR_PPM;
        return CLR_OK;
    }
    return clr_fen_share_ppm(fee_fen, ppm, out);
}

enum clr_status clr_fee_of(const struct clr_fee_row *row, clr_fen amount_fen, clr_fen discount_fen, struct clr_cell_sum *sum)
{
    const clr_fen base_fen = base_of(row, amount_fen, discount_fen);
    const bool bears = row->on == CLR_FEE_ON_COUNT || (amount_fen != 0 && base_fen != 0);
    clr_fen fee_fen = 0, issuer_fen = 0, centre_fen = 0;
    clr_wide numerator = 0;

    if (bears) {
        numerator = (clr_wide)row->rate_ppm * base_fen + (clr_wide)row->fixed_fen * CLR_PPM;
        if (!row->total) {
            CLR_TRY(round_numerator(numerator, &fee_fen));
            fee_fen = clamp(row, fee_fen);
            CLR_TRY(share_of(fee_fen, row->issuer_share_ppm, &issuer_fen));
            CLR_TRY(share_of(fee_fen, row->centre_share_ppm, &centre_fen));
            numerator = 0;
        }
    }
    sum->fee_fen = fee_fen;
    sum->fee_issuer_fen = issuer_fen;
    sum->fee_centre_fen = centre_fen;
    sum->fee_count = bears ? 1 : 0;
    sum->fee_numerator = numerator;
    return CLR_OK;
}

enum clr_status clr_fee_close(const struct clr_fee_row *row, const struct clr_cell_sum *sum, struct clr_fee *out)
{
    struct clr_fee fee = { sum->fee_fen, sum->fee_issuer_fen, sum->fee_centre_fen, 0 };

    if (row->total) {
        CLR_TRY(clr_fen_round_ppm(sum->fee_numerator, &fee.fee_fen));
        /* Refunds may turn a total round; a minimum is never paid back, a maximum never capped from below. */
        if (fee.fee_fen > 0) fee.fee_fen = clamp(row, fee.fee_fen);
        CLR_TRY(clr_fen_share_ppm(fee.fee_fen, row->issuer_share_ppm, &fee.issuer_fen));
        CLR_TRY(clr_fen_share_ppm(fee.fee_fen, row->centre_share_ppm, &fee.centre_fen));
    }
    if (__builtin_sub_overflow(fee.fee_fen, fee.issuer_fen, &fee.acquirer_fen)) return CLR_OVERFLOW;
    if (__builtin_sub_overflow(fee.acquirer_fen, fee.centre_fen, &fee.acquirer_fen)) return CLR_OVERFLOW;
    *out = fee;
    return CLR_OK;
}
