/* tradequick.c: the quick reader for any processor, and the choice between it and the one with AVX2. See tradequick.h. */
#include "tradeparts.h"

/* Index of the first comma among eight bytes, 8 when there is none: the lowest byte that is zero after the XOR. */
static inline unsigned first_comma(const uint8_t *text)
{
    const uint64_t bare = clr_load8(text) ^ CLR_EACH_BYTE(',');
    const uint64_t zero = (bare - CLR_EACH_BYTE(1)) & ~bare & CLR_EACH_BYTE(0x80);

    return zero == 0 ? 8 : (unsigned)__builtin_ctzll(zero) / 8;
}

/* Size of the field at `text`, up to 15; 16 when no comma follows so soon. */
static inline unsigned field_size(const uint8_t *text)
{
    const unsigned size = first_comma(text);

    return size < 8 ? size : 8 + first_comma(text + 8);
}

/* The card's digits are checked here: the other fields' are when they become numbers. */
CLR_INLINE bool find(const uint8_t *record, struct clr_trade_commas *commas)
{
    uint32_t *const at = commas->at;

    at[0] = CLR_TRADE_CARD_MIN + first_comma(record + CLR_TRADE_CARD_MIN);
    if (at[0] > CLR_TRADE_CARD_MAX) return false;
    if (!clr_digits8_ok(clr_load8(record)) || !clr_digits8_ok(clr_load8(record + 8)) || !clr_digits8_ok(clr_load8(record + at[0] - 8))) return false;
    const unsigned terminal = field_size(record + at[0] + 1);
    if (terminal - 1 >= CLR_TRADE_TERMINAL_MAX) return false;
    at[1] = at[0] + 1 + terminal;
    const unsigned serial = field_size(record + at[1] + 1);
    if (serial - 1 >= CLR_TRADE_SERIAL_MAX) return false;
    at[2] = at[1] + 1 + serial;
    const unsigned counter = first_comma(record + at[2] + 1);
    if (counter - 1 >= CLR_TRADE_COUNTER_MAX) return false;
    at[3] = at[2] + 1 + counter;
    const unsigned amount = first_comma(record + at[3] + 1);
    if (amount - 1 >= CLR_TRADE_AMOUNT_MAX) return false;
    at[4] = at[3] + 1 + amount;
    return true;
}

size_t clr_trade_quick_plain(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max)
{
    return clr_trade_run(block, at, reader, out, max, find);
}

clr_trade_quick *clr_trade_quick_best(void)
{
    clr_trade_quick *const avx2 = clr_trade_quick_avx2();

    return avx2 != NULL ? avx2 : clr_trade_quick_plain;
}
