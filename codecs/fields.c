/* fields.c: one field after the other, each as its row says. See fields.h. */
#include "fields.h"

#include "digits.h"
#include "scan.h"
#include "charset.h"
#include "times.h"

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

void clr_reader_init(struct clr_reader *reader, const struct clr_codec_file *file)
{
    *reader = (struct clr_reader){ .yuan = file->units_yuan, .gbk = file->encoding_gbk, .date_day = CLR_DAY_NONE };
}

void clr_raw_init(struct clr_raw *raw, struct clr_extra *extra, struct clr_reader *reader, enum clr_product product)
{
    static const struct clr_extra nothing = { .valid_from = CLR_DAY_NONE, .valid_to = CLR_DAY_NONE, .trade_day = CLR_DAY_NONE, .trade_time_s = -1 };

    memset(raw, 0, offsetof(struct clr_raw, text));
    raw->traded_at_s = CLR_TIME_NONE;
    raw->declared_day = CLR_DAY_NONE;
    raw->product = (uint8_t)product;
    *extra = nothing;
    reader->text_used = 0;
}

void clr_raw_malformed(struct clr_raw *raw, unsigned number, enum clr_rule rule)
{
    raw->reasons |= CLR_REASON_MASK(MALFORMED);
    if (raw->detail == 0) raw->detail = CLR_DETAIL(number, rule);
}

/* ---- one reader per type; what cannot be read leaves "absent" (0, or no day) in its target ---- */

static inline void *target(const struct clr_field *field, struct clr_raw *raw, struct clr_extra *extra)
{
    return field->to & CLR_TO_EXTRA_BIT ? (uint8_t *)extra + (field->to & ~CLR_TO_EXTRA_BIT) : (uint8_t *)raw + field->to;
}

static bool all_in(struct clr_bytes text, uint8_t first, uint8_t last)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < first || text.data[i] > last) return false;
    }
    return true;
}

static bool all_alnum(struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t low = text.data[i] | 0x20;                         /* letters of either case become lower case, digits stay */
        if (!((text.data[i] >= '0' && text.data[i] <= '9') || (low >= 'a' && low <= 'z'))) return false;
    }
    return true;
}

static bool all_digits(struct clr_bytes text)
{
    while (text.size >= 8) {
        if (!clr_digits8_ok(clr_load8(text.data))) return false;
        text = clr_bytes_of(text.data + 8, text.size - 8);
    }
    return all_in(text, '0', '9');
}

/*
 * Letters A to J without their upper bits are 1 to 10: the low nibble alone is used, adding 5 stays in it, and adding 15
 * leaves it for all but 0.
 */
static enum clr_rule check_letters(struct clr_bytes text)
{
    if (text.size != 8 && text.size != 9) return CLR_RULE_LENGTH;

    const uint64_t bare = clr_load8(text.data) ^ CLR_EACH_BYTE(0x40);
    if (((bare | (bare + CLR_EACH_BYTE(5))) & CLR_EACH_BYTE(0xf0)) != 0) return CLR_RULE_CHARSET;
    if (((bare + CLR_EACH_BYTE(15)) & CLR_EACH_BYTE(0x10)) != CLR_EACH_BYTE(0x10)) return CLR_RULE_CHARSET;
    if (text.size == 9 && (text.data[8] < 'A' || text.data[8] > 'J')) return CLR_RULE_CHARSET;
    return CLR_RULE_NONE;
}

static enum clr_rule read_number(struct clr_bytes text, uint64_t max, uint64_t *value)
{
    if (text.size > 18) {
        if (!all_digits(text)) return CLR_RULE_DIGITS;
        while (text.size > 18 && text.data[0] == '0') text = clr_bytes_of(text.data + 1, text.size - 1);
        if (text.size > 18) return CLR_RULE_RANGE;
    }
    if (!clr_digits_read(text.data, text.size, value)) return CLR_RULE_DIGITS;
    return *value <= max ? CLR_RULE_NONE : CLR_RULE_RANGE;
}

/* The one or two digits behind a decimal point, as fen. */
static enum clr_rule read_cents(struct clr_bytes text, uint64_t *fen)
{
    if (text.size == 0 || text.size > 2) return CLR_RULE_RANGE;
    if (!clr_digits_read(text.data, text.size, fen)) return CLR_RULE_DIGITS;
    if (text.size == 1) *fen *= 10;
    return CLR_RULE_NONE;
}

static enum clr_rule read_fen(struct clr_bytes text, bool yuan, clr_fen *out, bool *negative)
{
    uint64_t whole, cents = 0;
    const uint8_t *point = NULL;

    *negative = text.data[0] == '-';
    if (*negative) text = clr_bytes_of(text.data + 1, text.size - 1);
    if (yuan) point = memchr(text.data, '.', text.size);
    const size_t whole_size = point == NULL ? text.size : (size_t)(point - text.data);
    if (whole_size == 0) return CLR_RULE_DIGITS;
    enum clr_rule rule = read_number(clr_bytes_of(text.data, whole_size), CLR_RECORD_FEN_MAX, &whole);
    if (rule == CLR_RULE_NONE && point != NULL) rule = read_cents(clr_bytes_of(point + 1, text.size - whole_size - 1), &cents);
    if (rule != CLR_RULE_NONE) return rule;
    if (yuan) whole = whole * 100 + cents;                               /* at most 1e13: cannot wrap */
    if (whole > CLR_RECORD_FEN_MAX) return CLR_RULE_RANGE;
    *out = (clr_fen)whole;
    return CLR_RULE_NONE;
}

/* 30303030 is what a terminal writes when its security module fails; the other two are blanks of other systems. */
static enum clr_rule read_tac(struct clr_bytes text, struct clr_raw *raw)
{
    uint32_t tac;

    if (text.size != 8) return CLR_RULE_LENGTH;
    if (!clr_hex_read(text.data, 8, &tac)) return CLR_RULE_HEX;
    if (tac == 0 || tac == UINT32_C(0xffffffff) || tac == UINT32_C(0x30303030)) return CLR_RULE_NONE;
    raw->tac = tac;
    raw->flags |= CLR_FLAG_HAS_TAC;
    return CLR_RULE_NONE;
}

static bool find_code(const struct clr_code *code, struct clr_bytes text, uint8_t *value)
{
    for (; code->text != NULL; code++) {
        if (code->size != text.size || memcmp(code->text, text.data, text.size) != 0) continue;
        *value = code->value;
        return true;
    }
    return false;
}

static enum clr_rule read_text(const struct clr_field *field, struct clr_bytes text, const struct clr_reader *reader)
{
    if (field->pad == CLR_PAD_NONE && field->size != 0 && text.size > field->size) return CLR_RULE_LENGTH;
    switch (field->type) {
    case CLR_FIELD_NAME: return all_in(text, 0x20, 0x7e) ? CLR_RULE_NONE : CLR_RULE_CHARSET;
    case CLR_FIELD_ALNUM: return all_alnum(text) ? CLR_RULE_NONE : CLR_RULE_CHARSET;
    case CLR_FIELD_DIGITS: return all_digits(text) ? CLR_RULE_NONE : CLR_RULE_DIGITS;
    case CLR_FIELD_LETTERS: return check_letters(text);
    default: return clr_text_check(text, reader->gbk);
    }
}

static enum clr_rule read_time(const struct clr_field *field, struct clr_bytes text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    void *const to = target(field, raw, extra);
    bool impossible = false;
    clr_day day = CLR_DAY_NONE;
    int32_t of_day = -1;
    int64_t time_s = CLR_TIME_NONE;
    enum clr_rule rule;

    switch (field->type) {
    case CLR_FIELD_DATE:
        rule = clr_times_date(text, reader, &day, &impossible);
        memcpy(to, &day, sizeof day);
        break;
    case CLR_FIELD_VALID:
        rule = clr_times_valid(text, &day, &impossible);
        memcpy(to, &day, sizeof day);
        break;
    case CLR_FIELD_TIME:
        rule = clr_times_time(text, &of_day, &impossible);
        memcpy(to, &of_day, sizeof of_day);
        break;
    case CLR_FIELD_ISO_DAY:
        rule = clr_times_iso(text, true, reader, &day, &time_s, &impossible);
        memcpy(to, &day, sizeof day);
        break;
    case CLR_FIELD_STAMP:
        rule = clr_times_stamp(text, reader, &extra->trade_day, &time_s, &impossible);
        memcpy(to, &time_s, sizeof time_s);
        break;
    default:
        rule = clr_times_iso(text, false, reader, &extra->trade_day, &time_s, &impossible);
        memcpy(to, &time_s, sizeof time_s);
    }
    if (rule == CLR_RULE_NONE && impossible) raw->reasons |= CLR_REASON_MASK(BAD_DATE);
    return rule;
}

static enum clr_rule read_amount(const struct clr_field *field, unsigned number, struct clr_bytes text, const struct clr_reader *reader, struct clr_raw *raw,
                                 struct clr_extra *extra)
{
    clr_fen fen = 0;
    uint32_t hex;
    bool negative = false;

    if (field->type == CLR_FIELD_FEN_HEX && !reader->yuan) {
        if (text.size > 8) return CLR_RULE_LENGTH;
        if (!clr_hex_read(text.data, text.size, &hex)) return CLR_RULE_HEX;
        fen = hex;
    } else {
        const enum clr_rule rule = read_fen(text, reader->yuan, &fen, &negative);
        if (rule != CLR_RULE_NONE) return rule;
    }
    if (negative) extra->negative |= CLR_FIELD_BIT(number);
    memcpy(target(field, raw, extra), &fen, sizeof fen);
    return CLR_RULE_NONE;
}

static enum clr_rule read_value(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader, struct clr_raw *raw,
                                struct clr_extra *extra)
{
    void *const to = target(field, raw, extra);
    enum clr_rule rule = CLR_RULE_NONE;
    uint64_t value = 0;
    uint32_t half;
    uint8_t small = 0;

    switch (field->type) {
    case CLR_FIELD_SHOW:
        return clr_text_check(text, reader->gbk);
    case CLR_FIELD_NUMBER:
        rule = read_number(text, UINT64_MAX, &value);
        if (rule == CLR_RULE_NONE) memcpy(to, &value, sizeof value);
        return rule;
    case CLR_FIELD_COUNTER:
        rule = read_number(text, UINT32_MAX, &value);
        half = (uint32_t)value;
        if (rule == CLR_RULE_NONE) memcpy(to, &half, sizeof half);
        return rule;
    case CLR_FIELD_SMALL:
        rule = read_number(text, UINT8_MAX, &value);
        if (rule == CLR_RULE_NONE) *(uint8_t *)to = (uint8_t)value;
        return rule;
    case CLR_FIELD_HEX:
        if (text.size > 8) return CLR_RULE_LENGTH;
        if (!clr_hex_read(text.data, text.size, &half)) return CLR_RULE_HEX;
        memcpy(to, &half, sizeof half);
        return CLR_RULE_NONE;
    case CLR_FIELD_TAC:
        return read_tac(text, raw);
    case CLR_FIELD_FEN:
    case CLR_FIELD_FEN_HEX:
        return read_amount(field, number, text, reader, raw, extra);
    case CLR_FIELD_CODE:
    case CLR_FIELD_KIND:
        if (find_code(field->codes, text, &small)) *(uint8_t *)to = small;
        else if (field->type == CLR_FIELD_KIND) raw->reasons |= CLR_REASON_MASK(UNKNOWN_TYPE);
        else rule = CLR_RULE_CODE;
        return rule;
    case CLR_FIELD_DATE:
    case CLR_FIELD_VALID:
    case CLR_FIELD_TIME:
    case CLR_FIELD_STAMP:
    case CLR_FIELD_ISO_TIME:
    case CLR_FIELD_ISO_DAY:
        return read_time(field, text, reader, raw, extra);
    default:
        rule = read_text(field, text, reader);
        if (rule == CLR_RULE_NONE) memcpy(to, &text, sizeof text);
        return rule;
    }
}

/* ---- all fields of a record ---- */

static inline void read_field(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader, struct clr_raw *raw,
                              struct clr_extra *extra)
{
    if (text.size == 0) {
        if (field->need == CLR_NEED_VALUE) clr_raw_malformed(raw, number, CLR_RULE_MISSING);
        return;
    }
    const enum clr_rule rule = read_value(field, number, text, reader, raw, extra);
    if (rule == CLR_RULE_NONE) {
        extra->present |= CLR_FIELD_BIT(number);
        return;
    }
    extra->broken |= CLR_FIELD_BIT(number);
    clr_raw_malformed(raw, number, rule);
}

void clr_field_read(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    read_field(field, number, text, reader, raw, extra);
}

/* Without the blanks behind; a zero-padded field is either all blank (missing) or taken whole. */
static struct clr_bytes unpad(const struct clr_field *field, struct clr_bytes text)
{
    struct clr_bytes bare = text;

    while (bare.size > 0 && bare.data[bare.size - 1] == ' ') bare.size--;
    return field->pad == CLR_PAD_LEFT && bare.size > 0 ? text : bare;
}

/* Characters of one field of a record in which some are not plain ASCII: text may be in the file's encoding, all else may not. */
static enum clr_rule check_characters(const struct clr_field *field, struct clr_bytes text, const struct clr_reader *reader)
{
    const unsigned found = clr_scan_class(text);

    if (found & CLR_SCAN_CONTROL) return CLR_RULE_CHARSET;
    if (!(found & CLR_SCAN_HIGH)) return CLR_RULE_NONE;
    return field->type == CLR_FIELD_SHOW || field->type == CLR_FIELD_TEXT ? clr_text_check(text, reader->gbk) : CLR_RULE_CHARSET;
}

void clr_fields_read_line(const struct clr_field *fields, unsigned count, struct clr_bytes line, struct clr_reader *reader, struct clr_raw *raw,
                          struct clr_extra *extra)
{
    const bool plain = clr_scan_class(line) == 0;

    for (unsigned i = 0; i < count; i++) {
        const struct clr_field *field = &fields[i];
        struct clr_bytes text = clr_bytes_of(line.data + field->offset, field->size);

        if (!plain) {
            const enum clr_rule rule = check_characters(field, text, reader);
            if (rule != CLR_RULE_NONE) {
                extra->broken |= CLR_FIELD_BIT(i + 1);
                clr_raw_malformed(raw, i + 1, rule);
                continue;
            }
        }
        if (field->type == CLR_FIELD_SHOW) continue;
        if (text.data[text.size - 1] == ' ') text = unpad(field, text);
        read_field(field, i + 1, text, reader, raw, extra);
    }
}

void clr_fields_read_texts(const struct clr_field *fields, unsigned count, const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw,
                           struct clr_extra *extra)
{
    for (unsigned i = 0; i < count; i++) read_field(&fields[i], i + 1, text[i], reader, raw, extra);
}

void clr_raw_finish(struct clr_raw *raw, const struct clr_extra *extra, unsigned tac_number, bool wanted)
{
    if (tac_number != 0 && wanted && !(raw->flags & CLR_FLAG_HAS_TAC) && !(extra->broken & CLR_FIELD_BIT(tac_number))) {
        raw->reasons |= CLR_REASON_MASK(TAC_ABSENT);
    }
    if (extra->negative != 0) raw->reasons |= CLR_REASON_MASK(SIGN);
    if (!(raw->flags & CLR_FLAG_HAS_PRICE)) raw->price_fen = raw->amount_fen;
}
