/* yz316.c: the Yangzhou upload: a header line of 46 bytes, records of 315 and LF. Format notes: transit 1.1. */
#include "codecs.h"
#include "fieldread.h"
#include "lines.h"
#include "quick.h"
#include "transit.h"
#include "yz316.h"

#define FIELD_LIST CLR_YZ316_FIELD_LIST

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

static const struct clr_code consumptions[] = { CLR_CODE("0", CLR_YZ316_NORMAL), CLR_CODE("2", CLR_YZ316_BONUS),
                                                CLR_CODE("8", CLR_YZ316_TRANSFER), { NULL, 0, 0 } };

CLR_FIELD_TABLES(FIELD_LIST)

static bool has(const struct clr_extra *extra, unsigned number)
{
    return (extra->present & CLR_FIELD_BIT(number)) != 0;
}

/* The inner number is the last 16 digits of the number printed on the card. */
static bool cards_agree(struct clr_bytes pan, struct clr_bytes inner)
{
    return inner.size == 16 && pan.size >= 16 && memcmp(pan.data + pan.size - 16, inner.data, 16) == 0;
}

/* Balances are 32 bits and may wrap: account cards start below 2^32 and count down. */
static bool balances_agree(const struct clr_raw *raw, const struct clr_extra *extra)
{
    return (uint32_t)(extra->before_fen - raw->amount_fen) == (uint32_t)extra->after_fen;
}

/* The checks no row can say. */
static void finish(struct clr_raw *raw, const struct clr_extra *extra)
{
    static const struct clr_transit_numbers numbers = { FIELD_AMOUNT, FIELD_TYPE, FIELD_TAC, FIELD_BEFORE };

    raw->traded_at_s = clr_times_join(extra->trade_day, extra->trade_time_s);
    raw->key_version = clr_yz316_key_number(extra->key_version);
    raw->key_index = clr_yz316_key_number(extra->key_index);
    raw->flags |= CLR_FLAG_HAS_PURSE;
    if (extra->consumption == CLR_YZ316_BONUS) raw->flags |= CLR_FLAG_BONUS;
    if (extra->consumption == CLR_YZ316_TRANSFER) raw->flags |= CLR_FLAG_TRANSFER;
    if (extra->test != 0) raw->reasons |= CLR_REASON_MASK(TEST_RECORD);
    if (extra->record_type != 0) raw->reasons |= CLR_REASON_MASK(CARD_STATUS);
    if (has(extra, FIELD_BEFORE) && has(extra, FIELD_AMOUNT) && has(extra, FIELD_AFTER) && !balances_agree(raw, extra)) {
        raw->reasons |= CLR_REASON_MASK(ARITHMETIC);
    }
    if (has(extra, FIELD_PAN) && has(extra, FIELD_INNER_CARD) && !cards_agree(extra->pan, extra->inner_card)) {
        raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    }
    clr_transit_finish(&numbers, raw, extra);
}

static void read_line(const struct clr_codec_file *file, const uint8_t *line, bool plain, struct clr_reader *reader, struct clr_raw *raw,
                      struct clr_extra *extra)
{
    (void)file;
#define X(id, ...) clr_field_read_fixed(&fields[FIELD_##id - 1], FIELD_##id, line, plain, reader, raw, extra);
    FIELD_LIST(X)
#undef X
    finish(raw, extra);
}

static size_t read_quick(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out,
                         size_t max)
{
    return file->quick->yz316_rows(block, at, reader, out, max);
}

static const struct clr_layout layout = {
    .fields = fields,
    .field_count = CLR_FIELD_COUNT(fields),
    .record_size = CLR_YZ316_SIZE,
    .declared_size = 316,
    .header_size = 46,
    .type = "1001",
    .count_at = 4,
    .count_size = 10,
    .length_at = 14,
    .length_size = 8,
    .pad = CLR_PAD_RIGHT,
    .product = CLR_PRODUCT_TRANSIT,
    .read = read_line,
    .read_quick = read_quick,
};

static int sniff(struct clr_bytes head, const char *name)
{
    (void)name;
    return clr_fixed_sniff(&layout, head);
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    return clr_fixed_open(&layout, file, head, fault);
}

static size_t cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    return clr_lines_cut(file, (struct clr_cut *)(void *)file->state, buffer, last);
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    clr_fixed_decode(&layout, file, block, at, out, max, count);
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    clr_fixed_close(&layout, file, (const struct clr_cut *)(const void *)file->state, records);
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record,
                    void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    (void)file;
    clr_fixed_explain(&layout, record, show, context);
}

const struct clr_codec clr_codec_yz316 = {
    .name = "yz316",
    .format = CLR_FORMAT_YZ316,
    .product = CLR_PRODUCT_TRANSIT,
    .unit_field = "unit",
    .record_size_min = 315,
    .fields = field_names,
    .field_count = CLR_FIELD_COUNT(field_names),
    .sniff = sniff,
    .open = open_file,
    .cut = cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
