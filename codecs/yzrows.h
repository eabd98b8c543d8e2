/*
 * yzrows.h: ordinary lines of yz316 to records. Part of quick_plain.c and quick_avx2.c; see quick.h.
 *
 * Two looks at 64 bytes say which bytes of all numbers are digits and which are blanks: card numbers from byte 12, terminal and time from
 * byte 105.
 */
#ifndef CLR_CODECS_YZROWS_H
#define CLR_CODECS_YZROWS_H

#include "fixedrows.h"
#include "yz316.h"

#define YZ_AT(id) CLR_YZ316_AT_##id
#define YZ_CARDS YZ_AT(CARD)                /* first byte of the look at card numbers */
#define YZ_TERMINAL YZ_AT(POS)              /* and of the one at the terminal and the time */

/* Digits, then only blanks, in a field of a look: number of digits. */
CLR_INLINE unsigned yz_digits(struct look_number look, unsigned at, unsigned size, uint64_t *wrong)
{
    const uint64_t all = (UINT64_C(1) << size) - 1, digits = look.digits >> at & all, blanks = look.blanks >> at & all;

    *wrong |= (digits & (digits + 1)) | (digits ^ blanks ^ all);
    return look_count(digits);
}

/* Text without the blanks behind it. */
CLR_INLINE struct clr_bytes yz_text(const uint8_t *at, unsigned size)
{
    if (__builtin_expect(at[size - 1] != ' ', 1)) return clr_bytes_of(at, size);
    while (size > 0 && at[size - 1] == ' ') size--;
    return size == 0 ? (struct clr_bytes){ NULL, 0 } : clr_bytes_of(at, size);
}

/* The inner number is the last 16 digits of the number printed on the card. */
CLR_INLINE bool yz_cards_agree(const uint8_t *line, unsigned pan_size, unsigned inner_size)
{
    const uint8_t *const pan = line + YZ_AT(PAN) + pan_size - 16, *const inner = line + YZ_AT(INNER_CARD);

    if (pan_size == 0 || inner_size == 0) return true;
    return pan_size >= 16 && inner_size == 16 && ((clr_load8(pan) ^ clr_load8(inner)) | (clr_load8(pan + 8) ^ clr_load8(inner + 8))) == 0;
}

CLR_INLINE void yz_cards(const uint8_t *line, struct clr_raw *raw, uint64_t *wrong)
{
    const struct look_number look = look_number(line + YZ_CARDS);
    const unsigned card = yz_digits(look, 0, 20, wrong), pan = yz_digits(look, YZ_AT(PAN) - YZ_CARDS, 19, wrong);
    const unsigned inner = yz_digits(look, YZ_AT(INNER_CARD) - YZ_CARDS, 16, wrong);

    *wrong |= card == 0;
    raw->card = clr_bytes_of(line + YZ_AT(CARD), card);
    *wrong |= !yz_cards_agree(line, pan, inner);
}

/* Terminal, its serial, day and second. @return false when the date cannot be */
CLR_INLINE bool yz_terminal(const uint8_t *line, struct clr_reader *reader, struct clr_raw *raw, uint64_t *wrong)
{
    const struct look_number look = look_number(line + YZ_TERMINAL);
    const uint64_t full = UINT64_C(0xfff) << (YZ_AT(PSAM) - YZ_TERMINAL) | UINT64_C(0x3fff) << (YZ_AT(DATE) - YZ_TERMINAL);
    const unsigned serial = yz_digits(look, YZ_AT(PSAM_SERIAL) - YZ_TERMINAL, 9, wrong);
    clr_day day;

    *wrong |= (~look.digits & full) | (serial == 0);
    raw->sam = number_digits_twelve(line + YZ_AT(PSAM));
    /* Nine bytes may be digits: the first eight, then one more. */
    const uint64_t front = number_digits(line + YZ_AT(PSAM_SERIAL), serial < 8 ? serial : 8);
    raw->sam_serial = serial == 9 ? front * 10 + (line[YZ_AT(PSAM_SERIAL) + 8] & 15u) : front;
    if (!fixed_date(line + YZ_AT(DATE), reader, &day)) return false;
    raw->traded_at_s = (int64_t)day * CLR_DAY_S - CLR_ZONE_OFFSET_S + number_time(line + YZ_AT(TIME), wrong);
    return true;
}

/* Balances are 32 bits and may wrap; see yz316.c. */
CLR_INLINE void yz_money(const uint8_t *line, struct clr_raw *raw, uint64_t *wrong)
{
    const struct number_four hex = number_hex_four(line + YZ_AT(BEFORE), line + YZ_AT(TAC), wrong);

    raw->balance_fen = hex.of[0];
    raw->amount_fen = raw->price_fen = hex.of[1];
    *wrong |= (hex.of[0] - hex.of[1]) ^ hex.of[2];
    fixed_tac(raw, hex.of[3]);
}

CLR_INLINE void yz_parties(const uint8_t *line, struct clr_raw *raw)
{
    raw->city_trade = yz_text(line + YZ_AT(CITY_TRADE), 4);
    raw->city_card = yz_text(line + YZ_AT(CITY_CARD), 4);
    raw->unit = yz_text(line + YZ_AT(UNIT), 8);
}

/* What only the check of the TAC reads. */
CLR_INLINE void yz_key(const uint8_t *line, struct clr_raw *raw)
{
    raw->issuer_id = yz_text(line + YZ_AT(ISSUER), 16);
    raw->key_version = clr_yz316_key_number(yz_text(line + YZ_AT(KEY_VERSION), 2));
    raw->key_index = clr_yz316_key_number(yz_text(line + YZ_AT(KEY_INDEX), 2));
}

CLR_INLINE void yz_counter(const uint8_t *line, struct clr_raw *raw, uint64_t *wrong)
{
    const uint8_t *const text = line + YZ_AT(COUNTER);
    const unsigned a = clr_hex_value[text[0]], b = clr_hex_value[text[1]], c = clr_hex_value[text[2]], d = clr_hex_value[text[3]];

    *wrong |= (a | b | c | d) >> 4;
    raw->counter = a << 12 | b << 8 | c << 4 | d;
}

/* Locked cards, test records, black cards: a zero or a blank says that it is none of these. The two differ in one bit. */
CLR_INLINE uint64_t yz_flags_wrong(const uint8_t *line)
{
    return (unsigned)((line[YZ_AT(LOCK)] | 0x10) ^ '0') | (unsigned)((line[YZ_AT(TEST)] | 0x10) ^ '0') |
           (unsigned)((line[YZ_AT(RECORD_TYPE)] | 0x10) ^ '0');
}

/* Industry and consumption kind. */
CLR_INLINE void yz_codes(const uint8_t *line, struct clr_raw *raw, uint64_t *wrong)
{
    const unsigned consumption = line[YZ_AT(CONSUMPTION)], industry = line[YZ_AT(INDUSTRY) + 1] - (unsigned)'1';

    *wrong |= (consumption != '0' && consumption != '2' && consumption != '8' && consumption != ' ');
    *wrong |= (line[YZ_AT(INDUSTRY)] != '0') | (industry > 7);
    raw->service = clr_industry_codes[industry & 7].value;
    raw->flags |= CLR_FLAG_HAS_PURSE | CLR_FLAG_HAS_BALANCE;
    raw->flags |= (consumption == '0' + CLR_YZ316_BONUS ? CLR_FLAG_BONUS : 0) | (consumption == '0' + CLR_YZ316_TRANSFER ? CLR_FLAG_TRANSFER : 0);
}

static size_t CLR_LANE(yz316_rows)(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max)
{
    for (size_t i = 0; i < max; i++) {
        struct clr_raw *const raw = &out[i];
        const uint8_t *const line = fixed_line(block, *at, CLR_YZ316_SIZE, raw);
        if (line == NULL) return i;
        uint64_t wrong = yz_flags_wrong(line);
        yz_cards(line, raw, &wrong);
        yz_money(line, raw, &wrong);
        yz_parties(line, raw);
        yz_key(line, raw);
        yz_counter(line, raw, &wrong);
        yz_codes(line, raw, &wrong);
        fixed_type(line + YZ_AT(TYPE), raw, &wrong);
        if (!yz_terminal(line, reader, raw, &wrong) || wrong != 0) return i;
        *at = raw->offset + raw->size;
    }
    return max;
}

#endif
