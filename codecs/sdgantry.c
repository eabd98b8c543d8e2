/*
 * sdgantry.c: passages of toll gantries, unloaded as tab separated lines: which toll units a vehicle passed, and what each of them charges.
 *
 * Evidence  the exit pays, not the gantry: a passage owes nothing, and no party is asked for.
 * Identity  the card (network and number), the terminal, the time and the transaction type where a card was read: its terminal counter or its TAC
 *           is not zero. Else the trade id. Equal to the last field: a duplicate; another content: a conflict.
 * Lists     units, dues, charges and discounts of one length: due = charged + discount, for each unit and in all. Charges sum to the fee; a fee of 0
 *           over charges that are not is a waiver or a failure, and taken as 0 (CLR_FLAG_LISTS_ONLY).
 * Contract  interface, "Formats"; etc.md 2.4, 3, 5.
 */
#include "clear/split.h"
#include "codecs.h"
#include "fieldread.h"
#include "tsv.h"

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define FIELD_LIST(X)                                                                                                     \
    X(ID, "TRADEID", "交易编号", 0, 60, ALNUM, NONE, VALUE, false, CLR_TO_EXTRA(pan), NULL)                                \
    X(GANTRY, "GANTRYID", "门架编号", 0, 40, ALNUM, NONE, VALUE, false, CLR_TO_EXTRA(inner_card), NULL)                    \
    X(TIME, "TRANSTIME", "交易时间", 0, 0, ISO_TIME, NONE, VALUE, false, CLR_TO_RAW(traded_at_s), NULL)                    \
    X(DUE, "PAYFEE", "应收金额", 0, 0, FEN, NONE, VALUE, false, CLR_TO_RAW(price_fen), NULL)                               \
    X(FEE, "FEE", "交易金额", 0, 0, FEN, NONE, VALUE, false, CLR_TO_RAW(amount_fen), NULL)                                 \
    X(DISCOUNT, "DISCOUNTFEE", "优惠金额", 0, 0, FEN, NONE, VALUE, false, CLR_TO_EXTRA(before_fen), NULL)                  \
    X(UNITS, "TOLLINTERVALID", "收费单元", 0, 0, NAME, NONE, COLUMN, false, CLR_TO_EXTRA(key_version), NULL)               \
    X(DUES, "PAYFEEGROUP", "单元应收", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                              \
    X(CHARGES, "FEEGROUP", "单元实收", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                              \
    X(DISCOUNTS, "DISCOUNTFEEGROUP", "单元优惠", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                    \
    X(TAC, "TAC", "交易认证码", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                     \
    X(TYPE, "TRANSTYPE", "交易类型", 0, 2, DIGITS, NONE, NOT, false, CLR_TO_EXTRA(key_index), NULL)                        \
    X(TERMINAL, "TERMINALNO", "终端编号", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                           \
    X(TERMINAL_COUNTER, "TERMINALTRANSNO", "终端交易序号", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)          \
    X(CARD_COUNTER, "TRANSNO", "卡交易序号", 0, 0, COUNTER, NONE, NOT, false, CLR_TO_RAW(counter), NULL)                   \
    X(NETWORK, "CPUNETID", "卡网络", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                \
    X(CARD, "CPUCARDID", "卡号", 0, 0, SHOW, NONE, COLUMN, true, CLR_TO_NOTHING, NULL)                                     \
    X(PASS, "PASSID", "通行标识", 0, 40, NAME, NONE, COLUMN, true, CLR_TO_NOTHING, NULL)                                   \
    X(RESULT, "TRADERESULT", "交易结果", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                               \
    X(PLATE, "VLP", "车牌", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                             \
    X(OBU_PLATE, "OBUVLP", "OBU 车牌", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                  \
    X(CARD_PLATE, "CPUVLP", "卡内车牌", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                 \
    X(OBU, "OBUSN", "OBU 编号", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                         \
    X(MAC, "OBUMAC", "OBU 物理地址", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                    \
    X(FEE_TEXT_1, "FEEINFO1", "计费信息1", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                              \
    X(FEE_TEXT_2, "FEEINFO2", "计费信息2", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                              \
    X(FEE_TEXT_3, "FEEINFO3", "计费信息3", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                              \
    X(PICTURE, "VEHICLEPICID", "车头图片编号", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                          \
    X(TAIL_PICTURE, "VEHICLETAILPICID", "车尾图片编号", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

CLR_FIELD_TABLES(FIELD_LIST)

/* ---- lists ---- */

/** The next item of a list, which loses it. @return false when it is no number of fen. */
static bool next_item(struct clr_bytes *list, clr_fen *fen)
{
    const uint8_t *const bar = list->size > 0 ? memchr(list->data, '|', list->size) : NULL;
    const size_t size = bar != NULL ? (size_t)(bar - list->data) : list->size;
    if (!clr_split_fen(clr_bytes_of(list->data, size), fen)) return false;
    *list = bar != NULL ? clr_bytes_of(bar + 1, list->size - size - 1) : (struct clr_bytes){ NULL, 0 };
    return true;
}

/** @return false when the lists contradict each other or the totals. */
static bool lists_agree(struct clr_bytes units, struct clr_bytes dues, struct clr_bytes charges, struct clr_bytes discounts, struct clr_raw *raw)
{
    clr_fen charged_fen = 0;
    size_t count = units.size > 0;
    if (dues.size == 0 && charges.size == 0 && discounts.size == 0) return raw->amount_fen == 0;
    for (size_t i = 0; i < units.size; i++) count += units.data[i] == '|';
    if (count > CLR_SPLIT_UNITS_MAX) return false;
    for (size_t i = 0; i < count; i++) {
        clr_fen due, charge, discount;
        if (!next_item(&dues, &due) || !next_item(&charges, &charge) || !next_item(&discounts, &discount)) return false;
        if (due != charge + discount) return false;
        charged_fen += charge;                          /* at most 512 times what a record may carry */
    }
    if (dues.size > 0 || charges.size > 0 || discounts.size > 0) return false;
    if (raw->amount_fen == 0 && charged_fen != 0) raw->flags |= CLR_FLAG_LISTS_ONLY;
    else if (charged_fen != raw->amount_fen) return false;
    return true;
}

static void check_money(const struct clr_bytes *text, const struct clr_extra *extra, struct clr_raw *raw)
{
    const bool sums = raw->price_fen == raw->amount_fen + extra->before_fen;
    if (!lists_agree(text[FIELD_UNITS - 1], text[FIELD_DUES - 1], text[FIELD_CHARGES - 1], text[FIELD_DISCOUNTS - 1], raw) || !sums)
        raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    raw->flags |= CLR_FLAG_HAS_PRICE;
}

/* ---- identity ---- */

static bool is_blank(struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '0') return false;
    return true;
}

/** Up to 12 hexadecimal digits. */
static bool read_terminal(struct clr_bytes text, uint64_t *value)
{
    *value = 0;
    if (text.size > 12) return false;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t lower = text.data[i] | 0x20;
        const bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (!digit && !(lower >= 'a' && lower <= 'f')) return false;
        *value = *value << 4 | (unsigned)(digit ? text.data[i] - '0' : lower - 'a' + 10);
    }
    return true;
}

static void set_card(const struct clr_bytes *text, struct clr_raw *raw)
{
    const struct clr_bytes network = text[FIELD_NETWORK - 1], card = text[FIELD_CARD - 1];
    if (network.size != 4 || card.size != 16 || !clr_value_all_alnum(network) || !clr_value_all_alnum(card)) {
        clr_raw_malformed(raw, network.size != 4 ? FIELD_NETWORK : FIELD_CARD, network.size == 0 || card.size == 0 ? CLR_RULE_MISSING : CLR_RULE_LENGTH);
        return;
    }
    memcpy(raw->text, network.data, 4);
    memcpy(raw->text + 4, card.data, 16);
    for (size_t i = 0; i < 20; i++)
        if (raw->text[i] >= 'a' && raw->text[i] <= 'z') raw->text[i] = (uint8_t)(raw->text[i] - 0x20);
    raw->card = clr_bytes_of(raw->text, 20);
}

static void set_identity(const struct clr_bytes *text, const struct clr_extra *extra, struct clr_raw *raw)
{
    const struct clr_bytes tac = text[FIELD_TAC - 1];
    uint64_t serial = 0;
    if (!read_terminal(text[FIELD_TERMINAL - 1], &raw->sam)) clr_raw_malformed(raw, FIELD_TERMINAL, CLR_RULE_HEX);
    if (!read_terminal(text[FIELD_TERMINAL_COUNTER - 1], &serial)) clr_raw_malformed(raw, FIELD_TERMINAL_COUNTER, CLR_RULE_HEX);
    if (!is_blank(tac)) {
        const enum clr_rule rule = clr_value_tac(tac, raw);
        if (rule != CLR_RULE_NONE) clr_raw_malformed(raw, FIELD_TAC, rule);
    }
    raw->flags |= CLR_FLAG_OPEN;                        /* no counter of the card to go by: its place and time */
    if (serial != 0 || raw->tac != 0) {
        set_card(text, raw);
        return;
    }
    raw->card = extra->pan;
    raw->sam = 0;
}

/* ---- one row ---- */

static void read_texts(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
#define X(id, ...) clr_field_read_inline(&fields[FIELD_##id - 1], FIELD_##id, text[FIELD_##id - 1], reader, raw, extra);
    FIELD_LIST(X)
#undef X
    raw->kind = CLR_KIND_GANTRY;
    raw->service = CLR_SERVICE_OTHER;
    if (extra->key_index.size == 2) raw->type = (uint8_t)((extra->key_index.data[0] - '0') * 10 + extra->key_index.data[1] - '0');
    set_identity(text, extra, raw);
    if (!(raw->reasons & CLR_REASON_MASK(MALFORMED))) check_money(text, extra, raw);
    clr_raw_finish(raw, extra, 0, false);
}

static const struct clr_tsv_format format = { .fields = fields, .field_count = CLR_FIELD_COUNT(fields), .product = CLR_PRODUCT_TOLL, .read = read_texts };

static int sniff(struct clr_bytes head, const char *name)
{
    (void)name;
    return clr_tsv_sniff(&format, head);
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    return clr_tsv_open(&format, file, head, fault);
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    clr_tsv_decode(&format, file, block, at, out, max, count);
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    (void)file;                             /* the format declares neither count nor sum */
    (void)records;
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record,
                    void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    clr_tsv_explain(&format, file, record, show, context);
}

const struct clr_codec clr_codec_sdgantry = {
    .name = "sdgantry",
    .format = CLR_FORMAT_SDGANTRY,
    .product = CLR_PRODUCT_TOLL,
    .unit_field = "",
    .record_size_min = 64,
    .fields = field_names,
    .field_count = CLR_FIELD_COUNT(field_names),
    .sniff = sniff,
    .open = open_file,
    .cut = clr_tsv_cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
