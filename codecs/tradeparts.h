/*
 * tradeparts.h: what the quick readers of trade-csv share: numbers of the five first fields, and all that stands at fixed places behind them.
 *
 *     card,terminal,serial,counter,amount,          the readers find these five commas, each in its own way
 *     YYYY-MM-DDThh:mm:ss,cccc,tttt,ii,yy,xxxxxxxx  45 bytes, then LF or CR LF
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_TRADEPARTS_H
#define CLR_CODECS_TRADEPARTS_H

#include "fieldread.h"
#include "tradequick.h"
#include "transit.h"

/* Digits allowed in the fields in front, as the format says; amounts of more than seven are left to the general reader. */
#define CLR_TRADE_CARD_MIN 16
#define CLR_TRADE_CARD_MAX 19
#define CLR_TRADE_TERMINAL_MAX 12
#define CLR_TRADE_SERIAL_MAX 9
#define CLR_TRADE_COUNTER_MAX 5
#define CLR_TRADE_AMOUNT_MAX 7

/** Offsets of the first five commas of a record. */
struct clr_trade_commas {
    uint32_t at[5];
};

/** The last 1 to 8 digits before `end`, as eight with zeros in front. Reads the eight bytes before `end`. */
CLR_INLINE uint64_t clr_trade_last8(const uint8_t *end, unsigned size)
{
    const unsigned shift = 4 * size;        /* twice: a shift by all 64 bits would mean nothing */
    const unsigned keep = 64 - 8 * size;

    return (clr_load8(end - 8) >> keep << keep) | (CLR_EACH_BYTE('0') >> shift >> shift);
}

/** A number of 1 to 16 digits before `end`; `*good` is cleared when one is no digit. Reads up to 16 bytes before `end`. */
CLR_INLINE uint64_t clr_trade_number(const uint8_t *end, unsigned size, bool *good)
{
    const uint64_t low = clr_trade_last8(end, size < 8 ? size : 8);
    uint64_t value = clr_digits8(low);

    *good &= clr_digits8_ok(low);
    if (size > 8) {
        const uint64_t high = clr_trade_last8(end - 8, size - 8);
        *good &= clr_digits8_ok(high);
        value += clr_digits8(high) * UINT64_C(100000000);
    }
    return value;
}

/** The five fields in front. @return false when one is not as it must be. */
CLR_INLINE bool clr_trade_front(const uint8_t *record, const struct clr_trade_commas *commas, struct clr_raw *raw)
{
    const uint32_t *const at = commas->at;
    bool good = true;

    raw->card = clr_bytes_of(record, at[0]);
    raw->sam = clr_trade_number(record + at[1], at[1] - at[0] - 1, &good);
    raw->sam_serial = clr_trade_number(record + at[2], at[2] - at[1] - 1, &good);
    raw->counter = (uint32_t)clr_trade_number(record + at[3], at[3] - at[2] - 1, &good);
    raw->amount_fen = (clr_fen)clr_trade_number(record + at[4], at[4] - at[3] - 1, &good);
    raw->price_fen = raw->amount_fen;
    return good & (raw->counter <= UINT16_MAX);
}

/** "YYYY-MM-DDThh:mm:ss". @return false when there is no such time, or the text is none. */
CLR_INLINE bool clr_trade_time(const uint8_t *text, struct clr_reader *reader, int64_t *time_s)
{
    uint16_t rest;

    memcpy(&rest, text + 8, 2);
    if (clr_load8(text) != reader->date_text || rest != reader->date_rest || reader->date_day == CLR_DAY_NONE) {
        bool impossible = false;
        clr_day day;
        const enum clr_rule rule = clr_times_iso_any(clr_bytes_of(text, 19), false, reader, &day, time_s, &impossible);
        return rule == CLR_RULE_NONE && !impossible && text[10] != 't';
    }
    /* XOR with "00:00:00" leaves 0 to 9 where digits stand and 0 where colons stand. */
    const uint64_t bare = clr_load8(text + 11) ^ UINT64_C(0x30303a30303a3030);
    const uint64_t wrong = (bare & UINT64_C(0x0000ff0000ff0000)) | ((bare | (bare + CLR_EACH_BYTE(6))) & CLR_EACH_BYTE(0xf0));
    const unsigned hour = (unsigned)(bare & 15) * 10 + (unsigned)(bare >> 8 & 15);
    const unsigned minute = (unsigned)(bare >> 24 & 15) * 10 + (unsigned)(bare >> 32 & 15);
    const unsigned second = (unsigned)(bare >> 48 & 15) * 10 + (unsigned)(bare >> 56 & 15);
    *time_s = (int64_t)reader->date_day * CLR_DAY_S + (int64_t)(hour * 3600 + minute * 60 + second) - CLR_ZONE_OFFSET_S;
    return (wrong == 0) & (hour < 24) & (minute < 60) & (second < 60) & ((text[10] == 'T') | (text[10] == ' '));
}

/** Everything behind the fifth comma. @return the size of it with its line end; 0 when something is not as it must be. */
CLR_INLINE size_t clr_trade_behind(const uint8_t *text, struct clr_reader *reader, struct clr_raw *raw)
{
    /* ",cccc,tt" and "tt,ii,yy": XOR leaves 0 to 9 where digits stand and 0 where commas stand. */
    const uint64_t cities = clr_load8(text + 19) ^ UINT64_C(0x30302c303030302c);
    const uint64_t codes = clr_load8(text + 27) ^ UINT64_C(0x30302c30302c3030);
    const uint64_t wrong = ((cities | (cities + CLR_EACH_BYTE(6)) | codes | (codes + CLR_EACH_BYTE(6))) & CLR_EACH_BYTE(0xf0)) |
                           (cities & UINT64_C(0x0000ff00000000ff)) | (codes & UINT64_C(0x0000ff0000ff0000)) | (uint64_t)(text[35] ^ ',');
    const unsigned industry = (unsigned)(codes >> 24 & 15) * 10 + (unsigned)(codes >> 32 & 15);
    const unsigned type = (unsigned)(codes >> 48 & 15) * 10 + (unsigned)(codes >> 56 & 15);
    uint32_t tac;

    if ((wrong != 0) | (industry - 1 > 7) | ((type != CLR_TYPE_PURSE) & (type != CLR_TYPE_COMPOUND))) return 0;
    if (!clr_hex8_read(clr_load8(text + 36), &tac)) return 0;
    if ((tac == 0) | (tac == UINT32_C(0xffffffff)) | (tac == UINT32_C(0x30303030))) return 0;
    if (!clr_trade_time(text, reader, &raw->traded_at_s)) return 0;
    raw->city_card = clr_bytes_of(text + 20, 4);
    raw->city_trade = clr_bytes_of(text + 25, 4);
    raw->service = clr_industry_codes[industry - 1].value;
    raw->type = (uint8_t)type;
    raw->tac = tac;
    raw->flags = CLR_FLAG_HAS_TAC;
    raw->kind = CLR_KIND_PURCHASE;
    if (text[44] == '\n') return 45;
    return text[44] == '\r' && text[45] == '\n' ? 46 : 0;
}

/** The loop of a quick reader; `find` finds and bounds the five commas (and, when it can, checks the digits before them). */
CLR_INLINE size_t clr_trade_run(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max,
                                bool (*find)(const uint8_t *record, struct clr_trade_commas *commas))
{
    size_t count = 0;

    while (count < max && block.size - *at >= CLR_TRADE_SPAN) {
        const uint8_t *const record = block.data + *at;
        struct clr_raw *const raw = &out[count];
        struct clr_trade_commas commas;
        if (!find(record, &commas)) break;
        clr_raw_blank(raw, CLR_PRODUCT_TRANSIT);
        if (!clr_trade_front(record, &commas, raw)) break;
        const size_t behind = clr_trade_behind(record + commas.at[4] + 1, reader, raw);
        if (behind == 0) break;
        raw->offset = (uint32_t)*at;
        raw->size = (uint32_t)(commas.at[4] + 1 + behind);
        *at += raw->size;
        count++;
    }
    return count;
}

#endif
