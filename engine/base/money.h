/*
 * money.h: fen in int64, checked; the two named roundings.
 *
 * Units     fen (CNY 1.00 = 100 fen).
 * Promise   no function here wraps, truncates or uses floating point; an impossible sum is CLR_OVERFLOW.
 * Threads   pure.
 */
#ifndef CLR_BASE_MONEY_H
#define CLR_BASE_MONEY_H

#include "base/status.h"

typedef int64_t clr_fen;
typedef __int128 clr_wide;   /* fee numerators: fen × ppm, summed exactly */

#define CLR_PPM 1000000

/** The largest amount one record may carry: CNY 1,000,000,000.00. More is `malformed`. */
#define CLR_RECORD_FEN_MAX INT64_C(100000000000)

/** Add `addend` to `*sum`; `*sum` is unchanged unless CLR_OK. */
CLR_MUST_USE static inline enum clr_status clr_fen_add(clr_fen *sum, clr_fen addend)
{
    clr_fen total;
    if (__builtin_add_overflow(*sum, addend, &total)) return CLR_OVERFLOW;
    *sum = total;
    return CLR_OK;
}

CLR_MUST_USE static inline enum clr_status clr_wide_add(clr_wide *sum, clr_wide addend)
{
    clr_wide total;
    if (__builtin_add_overflow(*sum, addend, &total)) return CLR_OVERFLOW;
    *sum = total;
    return CLR_OK;
}

/** numerator / CLR_PPM, half away from zero: 0.5 → 1, −0.5 → −1. The rounding of fees. */
CLR_MUST_USE enum clr_status clr_fen_round_ppm(clr_wide numerator, clr_fen *out);

/** floor(fen × ppm / 1e6) for fen >= 0, and the mirror image for fen < 0: the rounding of shares. */
CLR_MUST_USE enum clr_status clr_fen_share_ppm(clr_fen fen, uint32_t ppm, clr_fen *out);

/** "-1,234.56" (thousands separators, two decimals) into `text`. @return `text`. */
#define CLR_YUAN_TEXT_SIZE 32
const char *clr_yuan_text(clr_fen fen, char text[CLR_YUAN_TEXT_SIZE]);

#endif
