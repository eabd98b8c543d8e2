/*
 * moves.c: our own CSV for what no terminal writes: loads, refunds, reversals, adjustments, decisions, deductions, of all products.
 *
 * Columns by header name: id, product, kind, orig_id, card, issuer, acquirer, service, trade_time, amount_fen, price_fen, reason, note.
 * Contract: interface, "Formats". What a kind needs beyond its row is in check_needs().
 */
#include "codecs.h"
#include "csvrow.h"
#include "fieldread.h"

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define FIELD_LIST(X)                                                                                                        \
    X(ID, "id", "编号", 0, 64, NAME, NONE, VALUE, false, CLR_TO_RAW(id), NULL)                                               \
    X(PRODUCT, "product", "产品", 0, 0, CODE, NONE, VALUE, false, CLR_TO_RAW(product), product_codes)                        \
    X(KIND, "kind", "种类", 0, 0, KIND, NONE, VALUE, false, CLR_TO_RAW(kind), kind_codes)                                    \
    X(ORIG_ID, "orig_id", "原记录", 0, 512, TEXT, NONE, NOT, false, CLR_TO_RAW(orig_id), NULL)                               \
    X(CARD, "card", "卡号", 0, 32, ALNUM, NONE, NOT, true, CLR_TO_RAW(card), NULL)                                           \
    X(ISSUER, "issuer", "发卡方", 0, 64, TEXT, NONE, NOT, false, CLR_TO_RAW(issuer_code), NULL)                              \
    X(ACQUIRER, "acquirer", "收单方", 0, 64, TEXT, NONE, NOT, false, CLR_TO_RAW(acquirer_code), NULL)                        \
    X(SERVICE, "service", "服务", 0, 0, CODE, NONE, NOT, false, CLR_TO_RAW(service), service_codes)                          \
    X(TIME, "trade_time", "交易时间", 0, 0, ISO_TIME, NONE, COLUMN, false, CLR_TO_RAW(traded_at_s), NULL)                    \
    X(AMOUNT, "amount_fen", "金额", 0, 0, FEN, NONE, COLUMN, false, CLR_TO_RAW(amount_fen), NULL)                            \
    X(PRICE, "price_fen", "原价", 0, 0, FEN, NONE, NOT, false, CLR_TO_RAW(price_fen), NULL)                                  \
    X(REASON, "reason", "原因", 0, 64, TEXT, NONE, NOT, false, CLR_TO_RAW(reason_text), NULL)                                \
    X(NOTE, "note", "备注", 0, 0, TEXT, NONE, NOT, false, CLR_TO_RAW(note_text), NULL)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

#define X(label, number, text, ...) CLR_CODE(text, number),
static const struct clr_code product_codes[] = { CLR_PRODUCT_LIST(X) { NULL, 0, 0 } };
#undef X

static const struct clr_code kind_codes[] = {
    CLR_CODE("purchase", CLR_KIND_PURCHASE), CLR_CODE("load", CLR_KIND_LOAD),     CLR_CODE("refund", CLR_KIND_REFUND),
    CLR_CODE("reversal", CLR_KIND_REVERSAL), CLR_CODE("adjust", CLR_KIND_ADJUST), CLR_CODE("decide", CLR_KIND_DECIDE),
    CLR_CODE("deduct", CLR_KIND_DEDUCT),     { NULL, 0, 0 },
};

/* The insurances of a deduction stand in the same column; no record carries them further. */
#define SERVICE_INSURANCE 0x80
#define X(label, number, text, ...) CLR_CODE(text, number),
static const struct clr_code service_codes[] = {
    CLR_SERVICE_LIST(X) CLR_CODE("employee", SERVICE_INSURANCE), CLR_CODE("resident", SERVICE_INSURANCE), { NULL, 0, 0 },
};
#undef X

CLR_FIELD_TABLES(FIELD_LIST)

static bool given(const struct clr_extra *extra, unsigned number)
{
    return ((extra->present | extra->broken) & CLR_FIELD_BIT(number)) != 0;
}

/* Every kind moves money at a time, but a decision, which has the money and the time of the record it decides. */
static void check_needs(struct clr_raw *raw, const struct clr_extra *extra)
{
    const bool decide = raw->kind == CLR_KIND_DECIDE;
    const bool points_back = decide || raw->kind == CLR_KIND_REFUND || raw->kind == CLR_KIND_REVERSAL || raw->kind == CLR_KIND_ADJUST;

    if (points_back && !given(extra, FIELD_ORIG_ID)) clr_raw_malformed(raw, FIELD_ORIG_ID, CLR_RULE_MISSING);
    if (!decide && !given(extra, FIELD_TIME)) clr_raw_malformed(raw, FIELD_TIME, CLR_RULE_MISSING);
    if (!decide && !given(extra, FIELD_AMOUNT)) clr_raw_malformed(raw, FIELD_AMOUNT, CLR_RULE_MISSING);
    if (decide && !clr_bytes_equal(raw->reason_text, clr_bytes_text("accept")) &&
        !clr_bytes_equal(raw->reason_text, clr_bytes_text("reject"))) {
        clr_raw_malformed(raw, FIELD_REASON, given(extra, FIELD_REASON) ? CLR_RULE_CODE : CLR_RULE_MISSING);
    }
}

static void read_texts(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
#define X(id, ...) clr_field_read_inline(&fields[FIELD_##id - 1], FIELD_##id, text[FIELD_##id - 1], reader, raw, extra);
    FIELD_LIST(X)
#undef X
    check_needs(raw, extra);
    if (raw->service == SERVICE_INSURANCE) {
        raw->service = CLR_SERVICE_OTHER;
        if (raw->kind != CLR_KIND_DEDUCT) clr_raw_malformed(raw, FIELD_SERVICE, CLR_RULE_CODE);
    }
    if (raw->kind == CLR_KIND_LOAD && !given(extra, FIELD_SERVICE)) raw->service = CLR_SERVICE_LOAD;
    if (extra->present & CLR_FIELD_BIT(FIELD_PRICE)) raw->flags |= CLR_FLAG_HAS_PRICE;
    raw->negative = (extra->negative & CLR_FIELD_BIT(FIELD_AMOUNT)) != 0;
    if (raw->kind == CLR_KIND_ADJUST) extra->negative &= ~CLR_FIELD_BIT(FIELD_AMOUNT);
    clr_raw_finish(raw, extra, 0, false);
}

static const struct clr_csv_format format = {
    .fields = fields,
    .field_count = CLR_FIELD_COUNT(fields),
    .product = CLR_PRODUCT_TRANSIT,
    .read = read_texts,
};

static int sniff(struct clr_bytes head, const char *name)
{
    (void)name;
    return clr_csv_sniff(&format, head);
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    return clr_csv_open(&format, file, head, fault);
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    clr_csv_decode(&format, file, block, at, out, max, count);
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    (void)file;                             /* the format declares neither count nor sum */
    (void)records;
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record,
                    void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    clr_csv_explain(&format, file, record, show, context);
}

const struct clr_codec clr_codec_moves = {
    .name = "moves",
    .format = CLR_FORMAT_MOVES,
    .product = CLR_PRODUCT_TRANSIT,
    .unit_field = "",
    .alone = true,
    .by_sender = true,
    .record_size_min = 24,
    .fields = field_names,
    .field_count = CLR_FIELD_COUNT(field_names),
    .sniff = sniff,
    .open = open_file,
    .cut = clr_csv_cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
