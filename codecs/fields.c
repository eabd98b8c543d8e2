/* fields.c: one field after the other, each as its row says. See fields.h. */
#include "charset.h"
#include "fieldread.h"
#include "scan.h"

void clr_reader_init(struct clr_reader *reader, const struct clr_codec_file *file)
{
    *reader = (struct clr_reader){ .yuan = file->units_yuan, .gbk = file->encoding_gbk, .date_day = CLR_DAY_NONE,
                                   .valid_day = { CLR_DAY_NONE, CLR_DAY_NONE },
                                   .quick_trade = { .first = UINT64_MAX },      /* no text: where both words overlap, they differ */
                                   .quick_declared = { .size = UINT64_MAX } };
}

void clr_raw_init(struct clr_raw *raw, struct clr_extra *extra, struct clr_reader *reader, enum clr_product product)
{
    clr_raw_blank(raw, product);
    clr_clear((uint8_t *)raw + CLR_RAW_COMMON_SIZE, offsetof(struct clr_raw, text) - CLR_RAW_COMMON_SIZE);
    clr_clear(extra, sizeof *extra);
    extra->trade_day = extra->valid_from = extra->valid_to = CLR_DAY_NONE;
    extra->trade_time_s = -1;
    reader->text_used = 0;
}

void clr_raw_malformed(struct clr_raw *raw, unsigned number, enum clr_rule rule)
{
    raw->reasons |= CLR_REASON_MASK(MALFORMED);
    if (raw->detail == 0) raw->detail = CLR_DETAIL(number, rule);
}

/* ---- the fields that are not quick: with all their cases ---- */

/* Without the blanks behind; a zero-padded field is either all blank (missing) or taken whole. */
static struct clr_bytes unpad(const struct clr_field *field, struct clr_bytes text)
{
    struct clr_bytes bare = text;

    while (bare.size > 0 && bare.data[bare.size - 1] == ' ') bare.size--;
    return field->pad == CLR_PAD_LEFT && bare.size > 0 ? text : bare;
}

void clr_field_read_padded(const struct clr_field *field, unsigned number, struct clr_bytes text, struct clr_reader *reader,
                           struct clr_raw *raw, struct clr_extra *extra)
{
    clr_field_read_inline(field, number, unpad(field, text), reader, raw, extra);
}

/* Text may be in the file's encoding, all else may not. */
static enum clr_rule check_characters(const struct clr_field *field, struct clr_bytes text, const struct clr_reader *reader)
{
    const unsigned found = clr_scan_class(text);

    if (found & CLR_SCAN_CONTROL) return CLR_RULE_CHARSET;
    if (!(found & CLR_SCAN_HIGH)) return CLR_RULE_NONE;
    return field->type == CLR_FIELD_SHOW || field->type == CLR_FIELD_TEXT ? clr_text_check(text, reader->gbk) : CLR_RULE_CHARSET;
}

bool clr_field_characters(const struct clr_field *field, unsigned number, struct clr_bytes text, const struct clr_reader *reader,
                          struct clr_raw *raw, struct clr_extra *extra)
{
    const enum clr_rule rule = check_characters(field, text, reader);

    if (rule == CLR_RULE_NONE) return true;
    extra->broken |= CLR_FIELD_BIT(number);
    clr_raw_malformed(raw, number, rule);
    return false;
}

void clr_raw_finish(struct clr_raw *raw, const struct clr_extra *extra, unsigned tac_number, bool wanted)
{
    if (tac_number != 0 && wanted && !(raw->flags & CLR_FLAG_HAS_TAC) && !(extra->broken & CLR_FIELD_BIT(tac_number))) {
        raw->reasons |= CLR_REASON_MASK(TAC_ABSENT);
    }
    if (extra->negative != 0) raw->reasons |= CLR_REASON_MASK(SIGN);
    if (!(raw->flags & CLR_FLAG_HAS_PRICE)) raw->price_fen = raw->amount_fen;
}
