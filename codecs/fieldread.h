/*
 * fieldread.h: the reader of one field, inlined: a format's table becomes straight code, one piece a row, from one list of rows.
 *
 *     #define READ(id, ...) clr_field_read_fixed(&fields[FIELD_##id - 1], FIELD_##id, line, plain, reader, raw, extra);
 *     FIELD_LIST(READ)
 *
 * The row's type, place and target are constants there, so the switch below is decided when the program is built. Measured: a
 * record in a third of the time of the same function called in a loop.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_FIELDREAD_H
#define CLR_CODECS_FIELDREAD_H

#include "charset.h"
#include "times.h"
#include "values.h"

CLR_INLINE void *clr_field_target(const struct clr_field *field, struct clr_raw *raw, struct clr_extra *extra)
{
    return field->to & CLR_TO_EXTRA_BIT ? (uint8_t *)extra + (field->to & ~CLR_TO_EXTRA_BIT) : (uint8_t *)raw + field->to;
}

CLR_INLINE enum clr_rule clr_field_number(const struct clr_field *field, struct clr_bytes text, void *to)
{
    const uint64_t max = field->type == CLR_FIELD_NUMBER ? UINT64_MAX : field->type == CLR_FIELD_COUNTER ? UINT32_MAX : UINT8_MAX;
    uint64_t value;

    const enum clr_rule rule = clr_value_number(text, max, &value);
    if (rule != CLR_RULE_NONE) return rule;
    if (field->type == CLR_FIELD_NUMBER) memcpy(to, &value, sizeof value);
    if (field->type == CLR_FIELD_COUNTER) memcpy(to, &(uint32_t){ (uint32_t)value }, sizeof(uint32_t));
    if (field->type == CLR_FIELD_SMALL) *(uint8_t *)to = (uint8_t)value;
    return CLR_RULE_NONE;
}

CLR_INLINE enum clr_rule clr_field_fen(const struct clr_field *field, unsigned number, struct clr_bytes text,
                                       const struct clr_reader *reader, void *to, struct clr_extra *extra)
{
    clr_fen fen;
    uint32_t hex;
    bool negative;

    if (field->type == CLR_FIELD_FEN_HEX && !reader->yuan) {
        if (text.size > 8) return CLR_RULE_LENGTH;
        if (!clr_hex_read(text.data, text.size, &hex)) return CLR_RULE_HEX;
        fen = hex;
    } else {
        const enum clr_rule rule = clr_value_fen(text, reader->yuan, &fen, &negative);
        if (rule != CLR_RULE_NONE) return rule;
        if (negative) extra->negative |= CLR_FIELD_BIT(number);
    }
    memcpy(to, &fen, sizeof fen);
    return CLR_RULE_NONE;
}

/* Dates and times leave "none" in their target when they cannot be read, or do not exist. */
CLR_INLINE enum clr_rule clr_field_time(const struct clr_field *field, struct clr_bytes text, struct clr_reader *reader, void *to,
                                        struct clr_raw *raw, struct clr_extra *extra)
{
    bool impossible = false;
    clr_day day = CLR_DAY_NONE;
    int32_t of_day = -1;
    int64_t time_s = CLR_TIME_NONE;
    enum clr_rule rule;

    if (field->type == CLR_FIELD_DATE) rule = clr_times_date(text, reader, &day, &impossible);
    else if (field->type == CLR_FIELD_VALID) rule = clr_times_valid(text, field->to == CLR_TO_EXTRA(valid_to), reader, &day, &impossible);
    else if (field->type == CLR_FIELD_TIME) rule = clr_times_time(text, &of_day, &impossible);
    else if (field->type == CLR_FIELD_STAMP) rule = clr_times_stamp(text, reader, &extra->trade_day, &time_s, &impossible);
    else if (field->type == CLR_FIELD_ISO_DAY) rule = clr_times_iso(text, true, reader, &day, &time_s, &impossible);
    else rule = clr_times_iso(text, false, reader, &extra->trade_day, &time_s, &impossible);

    if (field->type == CLR_FIELD_TIME) memcpy(to, &of_day, sizeof of_day);
    else if (field->type == CLR_FIELD_STAMP || field->type == CLR_FIELD_ISO_TIME) memcpy(to, &time_s, sizeof time_s);
    else memcpy(to, &day, sizeof day);
    if (rule == CLR_RULE_NONE && impossible) raw->reasons |= CLR_REASON_MASK(BAD_DATE);
    return rule;
}

/* Neighbouring records name the same company, so the text found good last is compared first. */
CLR_INLINE enum clr_rule clr_field_text(struct clr_bytes text, struct clr_reader *reader)
{
    if (reader->text_checked) return CLR_RULE_NONE;
    if (text.size == reader->good_text.size && clr_same(text.data, reader->good_text.data, text.size)) return CLR_RULE_NONE;
    const enum clr_rule rule = clr_text_check(text, reader->gbk);
    if (rule == CLR_RULE_NONE) reader->good_text = text;
    return rule;
}

CLR_INLINE enum clr_rule clr_field_slice(const struct clr_field *field, struct clr_bytes text, struct clr_reader *reader, void *to)
{
    enum clr_rule rule = CLR_RULE_NONE;

    const bool limited = field->pad == CLR_PAD_NONE && field->size != 0;

    if (limited && text.size > field->size) return CLR_RULE_LENGTH;
    if (field->type == CLR_FIELD_LETTERS) rule = clr_value_letters(text);
    else if (field->type == CLR_FIELD_DIGITS) rule = clr_value_all_digits(text) ? CLR_RULE_NONE : CLR_RULE_DIGITS;
    else if (field->type == CLR_FIELD_ALNUM) rule = clr_value_all_alnum(text) ? CLR_RULE_NONE : CLR_RULE_CHARSET;
    /* The characters of a fixed-length record are checked all at once, so these two need it only where text is cut out. */
    else if (field->pad != CLR_PAD_NONE) rule = CLR_RULE_NONE;
    else if (field->type == CLR_FIELD_NAME) rule = clr_value_all_printable(text) ? CLR_RULE_NONE : CLR_RULE_CHARSET;
    else rule = clr_field_text(text, reader);
    if (rule == CLR_RULE_NONE) memcpy(to, &text, sizeof text);
    return rule;
}

CLR_INLINE enum clr_rule clr_field_value(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader,
                                         struct clr_raw *raw, struct clr_extra *extra)
{
    void *const to = clr_field_target(field, raw, extra);
    uint32_t hex;

    switch (field->type) {
    case CLR_FIELD_SHOW:
        return field->pad == CLR_PAD_NONE && !reader->text_checked ? clr_text_check(text, reader->gbk) : CLR_RULE_NONE;
    case CLR_FIELD_NUMBER:
    case CLR_FIELD_COUNTER:
    case CLR_FIELD_SMALL:
        return clr_field_number(field, text, to);
    case CLR_FIELD_HEX:
        if (text.size > 8) return CLR_RULE_LENGTH;
        if (!clr_hex_read(text.data, text.size, &hex)) return CLR_RULE_HEX;
        memcpy(to, &hex, sizeof hex);
        return CLR_RULE_NONE;
    case CLR_FIELD_TAC:
        return clr_value_tac(text, raw);
    case CLR_FIELD_FEN:
    case CLR_FIELD_FEN_HEX:
        return clr_field_fen(field, number, text, reader, to, extra);
    case CLR_FIELD_CODE:
        return clr_value_code(field->codes, text, to) ? CLR_RULE_NONE : CLR_RULE_CODE;
    case CLR_FIELD_KIND:
        if (!clr_value_code(field->codes, text, to)) raw->reasons |= CLR_REASON_MASK(UNKNOWN_TYPE);
        return CLR_RULE_NONE;
    case CLR_FIELD_TEXT:
    case CLR_FIELD_NAME:
    case CLR_FIELD_ALNUM:
    case CLR_FIELD_DIGITS:
    case CLR_FIELD_LETTERS:
        return clr_field_slice(field, text, reader, to);
    default:
        return clr_field_time(field, text, reader, to, raw, extra);
    }
}

/** One field whose text was cut out; an empty text is a missing value. */
CLR_INLINE void clr_field_read_inline(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader,
                                      struct clr_raw *raw, struct clr_extra *extra)
{
    if (text.size == 0) {
        if (field->need == CLR_NEED_VALUE) clr_raw_malformed(raw, number, CLR_RULE_MISSING);
        return;
    }
    const enum clr_rule rule = clr_field_value(field, number, text, reader, raw, extra);
    if (__builtin_expect(rule == CLR_RULE_NONE, 1)) {
        extra->present |= CLR_FIELD_BIT(number);
        return;
    }
    extra->broken |= CLR_FIELD_BIT(number);
    clr_raw_malformed(raw, number, rule);
}

/** One field of a fixed-length record; `plain`: all characters of the record are printable ASCII. */
CLR_INLINE void clr_field_read_fixed(const struct clr_field *field, unsigned number, const uint8_t *line, bool plain,
                                     struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    const struct clr_bytes text = { line + field->offset, field->size };

    if (!plain && !clr_field_characters(field, number, text, reader, raw, extra)) return;
    if (field->type == CLR_FIELD_SHOW) return;
    if (text.data[text.size - 1] == ' ') clr_field_read_padded(field, number, text, reader, raw, extra);
    else clr_field_read_inline(field, number, text, reader, raw, extra);
}

#endif
