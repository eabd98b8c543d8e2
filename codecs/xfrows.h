/*
 * xfrows.h: ordinary lines of xf158 and xf160 to records. Part of quick_plain.c and quick_avx2.c; see quick.h.
 *
 * Looks at 64 bytes say which bytes are digits; one constant for each says which must be.
 */
#ifndef CLR_CODECS_XFROWS_H
#define CLR_CODECS_XFROWS_H

#include "fixedrows.h"
#include "xf.h"

#define XF_AT(id) (CLR_XF_AT_##id + pos)    /* behind the POS number of `pos` digits */

/* The part of the field [at, at + size) that is in the 64 bytes from `from`. */
#define XF_PART(from, at, size)                                                                                                          \
    (((at) + (size) <= (from) || (at) >= (from) + 64) ? UINT64_C(0)                                                                     \
     : (at) < (from) ? (UINT64_C(1) << ((at) + (size) - (from))) - 1 : ((UINT64_C(1) << (size)) - 1) << ((at) - (from)))

/* What should be a digit and is none: of merchant, card, all from app_start to psam (76 bytes, said in two parts), gray and monthly flag. */
CLR_INLINE uint64_t xf_not_digits(const uint8_t *line, unsigned from, unsigned pos)
{
    const uint64_t wanted = XF_PART(from, (unsigned)CLR_XF_AT_MERCHANT, 15) | XF_PART(from, XF_AT(CARD), 20) | XF_PART(from, XF_AT(APP_START), 38) |
                            XF_PART(from, XF_AT(APP_START) + 38, 38) | XF_PART(from, XF_AT(GRAY), 4);

    return wanted & ~look_digits(line + from);
}

/* Dates of the trade and of the card's own application, where they are given. @return false when a date cannot be */
CLR_INLINE bool xf_dates(const uint8_t *line, unsigned pos, struct clr_reader *reader, struct clr_raw *raw, uint64_t *wrong)
{
    clr_day day, from, to;

    if (!fixed_valid(line + XF_AT(APP_START), false, reader, &from) || !fixed_valid(line + XF_AT(APP_END), true, reader, &to)) return false;
    if (!fixed_date(line + XF_AT(TIME), reader, &day)) return false;
    /* CLR_DAY_NONE is before every day. */
    *wrong |= day < from || (to != CLR_DAY_NONE && day > to);
    raw->traded_at_s = (int64_t)day * CLR_DAY_S - CLR_ZONE_OFFSET_S + number_time(line + XF_AT(TIME) + 8, wrong);
    return true;
}

CLR_INLINE void xf_codes(const uint8_t *line, unsigned pos, struct clr_raw *raw, uint64_t *wrong)
{
    const uint8_t *const gray = line + XF_AT(GRAY), *const monthly = line + XF_AT(MONTHLY);

    *wrong |= (gray[0] ^ (unsigned)'0') | (gray[1] ^ (unsigned)'0') | (monthly[0] ^ (unsigned)'0') | (monthly[1] > '3');
    raw->flags |= CLR_FLAG_HAS_GRAY | CLR_FLAG_HAS_MONTHLY | CLR_FLAG_HAS_BALANCE | (monthly[1] != '0' ? CLR_FLAG_MONTHLY : 0);
    fixed_tac(raw, number_hex(line + XF_AT(TAC), wrong));
    fixed_type(line + XF_AT(TYPE), raw, wrong);
}

/* Counter, PSAM serial, balance and amount have 6, 10, 8 and 8 digits and follow each other: four times eight. */
CLR_INLINE void xf_numbers(const uint8_t *line, unsigned pos, struct clr_raw *raw)
{
    const struct number_four numbers = number_digits_four(line + XF_AT(COUNTER));

    raw->unit = clr_bytes_of(line + CLR_XF_AT_MERCHANT, 15);
    raw->card = clr_bytes_of(line + XF_AT(CARD), 20);
    raw->counter = numbers.of[0] / 100;
    raw->sam_serial = (uint64_t)(numbers.of[0] % 100) * 100000000 + numbers.of[1];
    raw->balance_fen = numbers.of[2];
    raw->amount_fen = raw->price_fen = numbers.of[3];
    raw->sam = number_digits_twelve(line + XF_AT(PSAM));
}

CLR_INLINE size_t xf_rows(struct clr_bytes block, size_t *at, unsigned pos, enum clr_service service, struct clr_reader *reader,
                          struct clr_raw *out, size_t max)
{
    for (size_t i = 0; i < max; i++) {
        struct clr_raw *const raw = &out[i];
        const uint8_t *const line = fixed_line(block, *at, CLR_XF_SIZE + pos, raw);
        if (line == NULL) return i;
        uint64_t wrong = xf_not_digits(line, 0, pos) | xf_not_digits(line, 64, pos) | xf_not_digits(line, 128, pos);
        raw->service = (uint8_t)service;
        xf_numbers(line, pos, raw);
        xf_codes(line, pos, raw, &wrong);
        if (!xf_dates(line, pos, reader, raw, &wrong) || wrong != 0) return i;
        *at = raw->offset + raw->size;
    }
    return max;
}

static size_t CLR_LANE(xf158_rows)(struct clr_bytes block, size_t *at, enum clr_service service, struct clr_reader *reader, struct clr_raw *out,
                                   size_t max)
{
    return xf_rows(block, at, 8, service, reader, out, max);
}

static size_t CLR_LANE(xf160_rows)(struct clr_bytes block, size_t *at, enum clr_service service, struct clr_reader *reader, struct clr_raw *out,
                                   size_t max)
{
    return xf_rows(block, at, 10, service, reader, out, max);
}

#endif
