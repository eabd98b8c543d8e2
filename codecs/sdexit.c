/*
 * sdexit.c: exit records of toll lanes, unloaded as tab separated lines: what a journey pays, how, and over which toll units and provinces.
 *
 * Event     MODIFYFLAG 1 original, 2 reversal (a negative fee, SOURCEID the record that it takes back), 3 what is paid instead.
 * Payer     PAYTYPE 4 is paid by ETC: the card's issuer. Anything else was paid at the exit: its station's owner.
 * Lists     units, charges and discounts of one length. The due of a unit is its charge and discount, and weighs only where no unit was charged
 *           anything: then it is the discount.
 * Identity  tollid.h; a reversal names its original by the same card transaction, else by SOURCEID.
 * Card      the networks count an account card's balance down from 2^31 or 2^32; before − after is the fee all the same.
 * Contract  interface, "Formats"; etc.md 2.3, 2.4, 3.
 */
#include "codecs.h"
#include "fieldread.h"
#include "tollid.h"
#include "tsv.h"

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define FIELD_LIST(X)                                                                                                                       \
    X(ID, "ID", "编号", 0, 60, NAME, NONE, VALUE, false, CLR_TO_RAW(toll.trade_id), NULL)                                                   \
    X(EVENT, "MODIFYFLAG", "修改标识", 0, 0, CODE, NONE, VALUE, false, CLR_TO_RAW(toll.event), event_codes)                                 \
    X(SOURCE, "SOURCEID", "原编号", 0, 60, NAME, NONE, COLUMN, false, CLR_TO_EXTRA(pan), NULL)                                              \
    X(DUE, "PAYFEE", "应收金额", 0, 0, FEN, NONE, COLUMN, false, CLR_TO_RAW(price_fen), NULL)                                               \
    X(FEE, "FEE", "实收金额", 0, 0, FEN, NONE, VALUE, false, CLR_TO_RAW(amount_fen), NULL)                                                  \
    X(DISCOUNT, "DISCOUNTFEE", "优惠金额", 0, 0, FEN, NONE, COLUMN, false, CLR_TO_EXTRA(before_fen), NULL)                                  \
    X(STATION, "EXTOLLSTATIONID", "出口站", 0, 60, NAME, NONE, COLUMN, false, CLR_TO_RAW(toll.station), NULL)                               \
    X(ENTERED, "ENTIME", "入口时间", 0, 0, ISO_TIME, NONE, NOT, false, CLR_TO_RAW(toll.entered_at_s), NULL)                                 \
    X(TIME, "EXTIME", "出口时间", 0, 0, ISO_TIME, NONE, VALUE, false, CLR_TO_RAW(traded_at_s), NULL)                                        \
    X(PAID_BY, "PAYTYPE", "支付方式", 0, 2, DIGITS, NONE, VALUE, false, CLR_TO_EXTRA(inner_card), NULL)                                     \
    X(NETWORK, "PAYCARDNET", "支付卡网络", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                           \
    X(CARD, "PAYCARDID", "支付卡号", 0, 0, SHOW, NONE, COLUMN, true, CLR_TO_NOTHING, NULL)                                                  \
    X(CARD_COUNTER, "PAYCARDTRANSN", "卡交易序号", 0, 0, COUNTER, NONE, NOT, false, CLR_TO_RAW(counter), NULL)                              \
    X(TAC, "TAC", "交易认证码", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                                      \
    X(TYPE, "TRANSTYPE", "交易类型", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                                    \
    X(TERMINAL, "TERMINALNO", "终端编号", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                            \
    X(TERMINAL_COUNTER, "TERMINALTRANSNO", "终端交易序号", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                           \
    X(ALGORITHM, "ALGORITHMIDENTIFIER", "算法标识", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                     \
    X(BEFORE, "BALANCEBEFORE", "交易前余额", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                            \
    X(AFTER, "BALANCEAFTER", "交易后余额", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                              \
    X(PASS, "PASSID", "通行标识", 0, 40, NAME, NONE, COLUMN, true, CLR_TO_RAW(toll.pass_id), NULL)                                          \
    X(PROVINCES, "PROVINCEGROUP", "途经省份", 0, 0, NAME, NONE, COLUMN, false, CLR_TO_RAW(toll.provinces), NULL)                            \
    X(UNITS, "TOLLINTERVALSGROUP", "收费单元", 0, 0, NAME, NONE, COLUMN, false, CLR_TO_RAW(toll.units), NULL)                               \
    X(CHARGES, "CHARGEFEEGROUP", "单元实收", 0, 0, NAME, NONE, COLUMN, false, CLR_TO_RAW(toll.charges), NULL)                               \
    X(DISCOUNTS, "CHARGEDISCOUNTGROUP", "单元优惠", 0, 0, NAME, NONE, COLUMN, false, CLR_TO_RAW(toll.dues), NULL)                           \
    X(PARTS, "PROVINCETRANSGROUP", "各省金额", 0, 0, NAME, NONE, COLUMN, false, CLR_TO_RAW(toll.province_parts), NULL)                      \
    X(FEE_SOURCE, "ACTUALFEECLASS", "计费方式", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                         \
    X(PLATE_IN, "ENVLP", "入口车牌", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                     \
    X(PLATE_OUT, "EXVLP", "出口车牌", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                    \
    X(PLATE_SEEN, "IDENTIFYVLP", "识别车牌", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                             \
    X(MEDIUM, "MEDIANO", "介质编号", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                     \
    X(OBU, "OBUID", "OBU 编号", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                          \
    X(OPERATOR, "OPERNAME", "收费员", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                    \
    X(MONITOR, "MONITORNAME", "监控员", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                  \
    X(ORDER, "PAYORDERNUM", "支付订单号", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

enum { EVENT_ORIGINAL = 1, EVENT_REVERSAL = 2, EVENT_INSTEAD = 3 };
static const struct clr_code event_codes[] = { CLR_CODE("1", EVENT_ORIGINAL), CLR_CODE("2", EVENT_REVERSAL), CLR_CODE("3", EVENT_INSTEAD), { NULL, 0, 0 } };

CLR_FIELD_TABLES(FIELD_LIST)

/* ---- the card transaction ---- */

static bool all_zeros(struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '0') return false;
    return true;
}

/** A hexadecimal number of at most `digits` digits; zeros and nothing are 0. */
static uint64_t read_hex(struct clr_bytes text, unsigned number, size_t digits, struct clr_raw *raw)
{
    uint64_t value = 0;
    if (text.size > digits) {
        clr_raw_malformed(raw, number, CLR_RULE_LENGTH);
        return 0;
    }
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t lower = text.data[i] | 0x20;
        const bool digit = text.data[i] >= '0' && text.data[i] <= '9', letter = lower >= 'a' && lower <= 'f';
        if (!digit && !letter) {
            clr_raw_malformed(raw, number, CLR_RULE_HEX);
            return 0;
        }
        value = value << 4 | (unsigned)(digit ? text.data[i] - '0' : lower - 'a' + 10);
    }
    return value;
}

static void read_tac(struct clr_bytes text, struct clr_raw *raw)
{
    if (all_zeros(text)) return;
    const enum clr_rule rule = clr_value_tac(text, raw);
    if (rule != CLR_RULE_NONE) clr_raw_malformed(raw, FIELD_TAC, rule);
}

/** @return false when there is none. */
static bool read_balance(struct clr_bytes text, unsigned number, struct clr_raw *raw, uint64_t *value)
{
    if (text.size == 0) return false;
    const enum clr_rule rule = clr_value_number(text, UINT32_MAX, value);
    if (rule != CLR_RULE_NONE) clr_raw_malformed(raw, number, rule);
    return rule == CLR_RULE_NONE;
}

static void check_balances(const struct clr_bytes *text, struct clr_raw *raw)
{
    uint64_t before, after;
    const bool has_before = read_balance(text[FIELD_BEFORE - 1], FIELD_BEFORE, raw, &before);
    if (!read_balance(text[FIELD_AFTER - 1], FIELD_AFTER, raw, &after) || !has_before) return;
    raw->balance_fen = (uint32_t)before;
    raw->flags |= CLR_FLAG_HAS_BALANCE;
    if ((int64_t)before - (int64_t)after != raw->amount_fen) raw->reasons |= CLR_REASON_MASK(ARITHMETIC);
}

/** Paid with a card on the road: its number, its counters, its TAC. */
static void read_card(const struct clr_bytes *text, struct clr_raw *raw, size_t *used)
{
    const struct clr_bytes network = text[FIELD_NETWORK - 1], card = text[FIELD_CARD - 1], algorithm = text[FIELD_ALGORITHM - 1];
    read_tac(text[FIELD_TAC - 1], raw);
    raw->sam = read_hex(text[FIELD_TERMINAL - 1], FIELD_TERMINAL, 12, raw);
    raw->sam_serial = read_hex(text[FIELD_TERMINAL_COUNTER - 1], FIELD_TERMINAL_COUNTER, 8, raw);
    raw->type = (uint8_t)read_hex(text[FIELD_TYPE - 1], FIELD_TYPE, 2, raw);
    if (algorithm.size == 1 && (algorithm.data[0] == '1' || algorithm.data[0] == '2')) raw->tac_algorithm = (uint8_t)(algorithm.data[0] - '0');
    if (network.size != 4 || card.size != 16 || !clr_value_all_alnum(network) || !clr_value_all_alnum(card)) {
        clr_raw_malformed(raw, network.size != 4 ? FIELD_NETWORK : FIELD_CARD, network.size == 0 || card.size == 0 ? CLR_RULE_MISSING : CLR_RULE_LENGTH);
        return;
    }
    uint8_t *const to = raw->text + *used;
    memcpy(to, network.data, network.size);
    memcpy(to + network.size, card.data, card.size);
    for (size_t i = 0; i < 20; i++)
        if (to[i] >= 'a' && to[i] <= 'z') to[i] = (uint8_t)(to[i] - 0x20);
    raw->card = clr_bytes_of(to, 20);
    *used += 20;
    check_balances(text, raw);
}

/* ---- identity ---- */

static struct clr_bytes write_id(const struct clr_raw *raw, const struct clr_bytes *text, struct clr_bytes trade_id, unsigned event, uint8_t *to)
{
    const struct clr_tollid toll = { .network = text[FIELD_NETWORK - 1], .card = text[FIELD_CARD - 1], .trade_id = trade_id, .terminal = raw->sam,
                                     .terminal_counter = (uint32_t)raw->sam_serial, .tac = raw->tac, .time_s = raw->traded_at_s, .event = event };
    uint8_t id[CLR_TOLLID_SIZE];
    const size_t size = clr_tollid_write(&toll, id);
    memcpy(to, id, size);
    return clr_bytes_of(to, size);
}

static void set_identity(const struct clr_bytes *text, struct clr_bytes source, struct clr_raw *raw, size_t used)
{
    /* Network and card 20, two identities of at most 68 with a mark: they fit into raw->text. */
    static_assert(20 + 2 * (60 + 8) + 1 <= CLR_RAW_TEXT_SIZE, "room for what is built");
    if (raw->reasons & CLR_REASON_MASK(MALFORMED) || raw->traded_at_s == CLR_TIME_NONE) return;
    raw->id = write_id(raw, text, raw->toll.trade_id, raw->toll.event, raw->text + used);
    used += raw->id.size;
    if (raw->toll.event != EVENT_REVERSAL) return;
    uint8_t *const to = raw->text + used;
    *to = '=';
    const struct clr_bytes original = write_id(raw, text, source, EVENT_ORIGINAL, to + 1);
    if (original.size == 0) clr_raw_malformed(raw, FIELD_SOURCE, CLR_RULE_MISSING);
    else raw->orig_id = clr_bytes_of(to, original.size + 1);
}

/* ---- one row ---- */

/** A reversal is written with a minus; nothing else may be. */
static void check_signs(struct clr_raw *raw, struct clr_extra *extra)
{
    const uint64_t fees = CLR_FIELD_BIT(FIELD_FEE) | CLR_FIELD_BIT(FIELD_DUE) | CLR_FIELD_BIT(FIELD_DISCOUNT);
    if (raw->toll.event != EVENT_REVERSAL) return;
    if (raw->amount_fen != 0 && !(extra->negative & CLR_FIELD_BIT(FIELD_FEE))) raw->reasons |= CLR_REASON_MASK(SIGN);
    extra->negative &= ~fees;
}

/** Due = charged + discount, but where nothing was charged: fees are waived without a word of it. */
static void check_fees(struct clr_raw *raw, const struct clr_extra *extra)
{
    if (!(extra->present & CLR_FIELD_BIT(FIELD_DUE))) return;
    raw->flags |= CLR_FLAG_HAS_PRICE;
    if (raw->amount_fen != 0 && raw->price_fen != raw->amount_fen + extra->before_fen) raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
}

static size_t items(struct clr_bytes list)
{
    size_t count = list.size > 0;
    for (size_t i = 0; i < list.size; i++) count += list.data[i] == '|';
    return count;
}

static bool nothing_charged(struct clr_bytes list)
{
    for (size_t i = 0; i < list.size; i++)
        if (list.data[i] != '0' && list.data[i] != '|') return false;
    return true;
}

/** Discounts stand where dues are wanted: they are the dues when nothing was charged; else they are only counted, and kept if their number is wrong. */
static void set_dues(struct clr_raw *raw)
{
    if (nothing_charged(raw->toll.charges)) return;
    if (items(raw->toll.dues) == items(raw->toll.units)) raw->toll.dues = (struct clr_bytes){ NULL, 0 };
}

static void read_texts(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    size_t used = 0;
#define X(id, ...) clr_field_read_inline(&fields[FIELD_##id - 1], FIELD_##id, text[FIELD_##id - 1], reader, raw, extra);
    FIELD_LIST(X)
#undef X
    const struct clr_bytes paid_by = extra->inner_card;
    raw->kind = raw->toll.event == EVENT_REVERSAL ? CLR_KIND_REVERSAL : CLR_KIND_PURCHASE;
    raw->service = CLR_SERVICE_OTHER;
    check_signs(raw, extra);
    check_fees(raw, extra);
    const bool by_card = paid_by.size == 1 && paid_by.data[0] == '4';
    if (by_card) read_card(text, raw, &used);
    else raw->flags |= CLR_FLAG_AT_STATION;
    set_dues(raw);
    set_identity(text, extra->pan, raw, used);
    clr_raw_finish(raw, extra, FIELD_TAC, by_card && raw->amount_fen != 0 && raw->kind == CLR_KIND_PURCHASE);
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

const struct clr_codec clr_codec_sdexit = {
    .name = "sdexit",
    .format = CLR_FORMAT_SDEXIT,
    .product = CLR_PRODUCT_TOLL,
    .unit_field = "",
    .alone = true,
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
