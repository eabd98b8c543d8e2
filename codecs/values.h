/*
 * values.h: one text, one value: what stands behind each type of a field table.
 *
 * The short and common forms are inline, so that a format's unrolled table is straight code; the others are in values.c. Every
 * reader writes its result only when it returns CLR_RULE_NONE. Texts are not empty.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_VALUES_H
#define CLR_CODECS_VALUES_H

#include "digits.h"
#include "fields.h"

/* ---- in values.c: every form ---- */

enum clr_rule clr_value_number_any(struct clr_bytes text, uint64_t max, uint64_t *value);
enum clr_rule clr_value_fen_any(struct clr_bytes text, bool yuan, clr_fen *fen, bool *negative);
bool clr_value_all_digits(struct clr_bytes text);
bool clr_value_all_alnum(struct clr_bytes text);
bool clr_value_all_printable(struct clr_bytes text);

/* ---- the common forms ---- */

static inline enum clr_rule clr_value_number(struct clr_bytes text, uint64_t max, uint64_t *value)
{
    if (text.size > 18) return clr_value_number_any(text, max, value);
    if (!clr_digits_read(text.data, text.size, value)) return CLR_RULE_DIGITS;
    return *value <= max ? CLR_RULE_NONE : CLR_RULE_RANGE;
}

/** An amount as fen, absolute; at most CLR_RECORD_FEN_MAX. */
static inline enum clr_rule clr_value_fen(struct clr_bytes text, bool yuan, clr_fen *fen, bool *negative)
{
    uint64_t value;

    /* Up to ten digits cannot be more than a record may carry. */
    if (yuan || text.size > 10 || !clr_digits_read(text.data, text.size, &value)) return clr_value_fen_any(text, yuan, fen, negative);
    *fen = (clr_fen)value;
    *negative = false;
    return CLR_RULE_NONE;
}

/**
 * Letters A to J without their upper bits are 1 to 10: the low nibble alone is used, adding 5 stays in it, and adding 15
 * leaves it for all but 0.
 */
static inline enum clr_rule clr_value_letters(struct clr_bytes text)
{
    if (text.size != 8 && text.size != 9) return CLR_RULE_LENGTH;

    const uint64_t bare = clr_load8(text.data) ^ CLR_EACH_BYTE(0x40);
    if (((bare | (bare + CLR_EACH_BYTE(5))) & CLR_EACH_BYTE(0xf0)) != 0) return CLR_RULE_CHARSET;
    if (((bare + CLR_EACH_BYTE(15)) & CLR_EACH_BYTE(0x10)) != CLR_EACH_BYTE(0x10)) return CLR_RULE_CHARSET;
    if (text.size == 9 && (text.data[8] < 'A' || text.data[8] > 'J')) return CLR_RULE_CHARSET;
    return CLR_RULE_NONE;
}

/** A TAC into raw->tac, and HAS_TAC, unless it is a constant that stands for none: 30303030 is what a terminal writes when its SAM fails. */
static inline enum clr_rule clr_value_tac(struct clr_bytes text, struct clr_raw *raw)
{
    uint32_t tac;

    if (text.size != 8) return CLR_RULE_LENGTH;
    if (!clr_hex8_read(clr_load8(text.data), &tac)) return CLR_RULE_HEX;
    if (tac == 0 || tac == UINT32_C(0xffffffff) || tac == UINT32_C(0x30303030)) return CLR_RULE_NONE;
    raw->tac = tac;
    raw->flags |= CLR_FLAG_HAS_TAC;
    return CLR_RULE_NONE;
}

static inline bool clr_value_code(const struct clr_code *code, struct clr_bytes text, uint8_t *value)
{
    for (; code->text != NULL; code++) {
        if (code->size != text.size || code->text[0] != (char)text.data[0] || !clr_same(code->text, text.data, text.size)) continue;
        *value = code->value;
        return true;
    }
    return false;
}

#endif
