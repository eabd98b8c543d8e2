/* values.c: see values.h. */
#include "values.h"

const uint8_t clr_hex_value[256] = {
#define NO 0xff
#define NO4 NO, NO, NO, NO
#define NO16 NO4, NO4, NO4, NO4
    NO16, NO16, NO16,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NO, NO, NO4,
    NO, 10, 11, 12, 13, 14, 15, NO, NO4, NO4, NO16,
    NO, 10, 11, 12, 13, 14, 15, NO, NO4, NO4, NO16,
    NO16, NO16, NO16, NO16, NO16, NO16, NO16, NO16,
#undef NO16
#undef NO4
#undef NO
};

bool clr_value_all_printable(struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 || text.data[i] > 0x7e) return false;
    }
    return true;
}

bool clr_value_all_digits(struct clr_bytes text)
{
    size_t at = 0;

    for (; text.size - at >= 8; at += 8) {
        if (!clr_digits8_ok(clr_load8(text.data + at))) return false;
    }
    for (; at < text.size; at++) {
        if (text.data[at] < '0' || text.data[at] > '9') return false;
    }
    return true;
}

bool clr_value_all_alnum(struct clr_bytes text)
{
    if (clr_value_all_digits(text)) return true;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t low = text.data[i] | 0x20;                         /* letters of either case become lower case, digits stay */
        if (!((text.data[i] >= '0' && text.data[i] <= '9') || (low >= 'a' && low <= 'z'))) return false;
    }
    return true;
}

enum clr_rule clr_value_number_any(struct clr_bytes text, uint64_t max, uint64_t *value)
{
    if (!clr_value_all_digits(text)) return CLR_RULE_DIGITS;
    while (text.size > 18 && text.data[0] == '0') text = clr_bytes_of(text.data + 1, text.size - 1);
    if (text.size > 18) return CLR_RULE_RANGE;
    return clr_value_number(text, max, value);
}

/* The one or two digits behind a decimal point, as fen. */
static enum clr_rule read_cents(struct clr_bytes text, uint64_t *fen)
{
    if (text.size == 0 || text.size > 2) return CLR_RULE_RANGE;
    if (!clr_digits_read(text.data, text.size, fen)) return CLR_RULE_DIGITS;
    if (text.size == 1) *fen *= 10;
    return CLR_RULE_NONE;
}

enum clr_rule clr_value_fen_any(struct clr_bytes text, bool yuan, clr_fen *fen, bool *negative)
{
    uint64_t whole, cents = 0;
    const uint8_t *point = NULL;

    *negative = text.data[0] == '-';
    if (*negative) text = clr_bytes_of(text.data + 1, text.size - 1);
    if (yuan) point = memchr(text.data, '.', text.size);
    const size_t whole_size = point == NULL ? text.size : (size_t)(point - text.data);
    if (whole_size == 0) return CLR_RULE_DIGITS;
    enum clr_rule rule = clr_value_number(clr_bytes_of(text.data, whole_size), CLR_RECORD_FEN_MAX, &whole);
    if (rule == CLR_RULE_NONE && point != NULL) rule = read_cents(clr_bytes_of(point + 1, text.size - whole_size - 1), &cents);
    if (rule != CLR_RULE_NONE) return rule;
    if (yuan) whole = whole * 100 + cents;                               /* at most 1e13: cannot wrap */
    if (whole > CLR_RECORD_FEN_MAX) return CLR_RULE_RANGE;
    *fen = (clr_fen)whole;
    return CLR_RULE_NONE;
}
