/* yz316.c: the Yangzhou upload: a header line of 46 bytes, records of 315 and LF. Format notes: transit 1.1. */
#include "codecs.h"
#include "fieldread.h"
#include "lines.h"
#include "transit.h"

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define FIELD_LIST(X)                                                                                                             \
    X(LOCAL_SERIAL, "local_serial", "本地流水号", 0, 12, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                            \
    X(CARD, "card_serial", "卡应用序列号", 12, 20, ALNUM, RIGHT, VALUE, true, CLR_TO_RAW(card), NULL)                              \
    X(PAN, "pan", "卡面号", 32, 19, DIGITS, RIGHT, NOT, true, CLR_TO_EXTRA(pan), NULL)                                            \
    X(INNER_CARD, "inner_card", "卡内号", 51, 16, ALNUM, RIGHT, NOT, true, CLR_TO_EXTRA(inner_card), NULL)                         \
    X(CARD_KIND, "card_kind", "卡类型", 67, 3, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                                     \
    X(RECORD_TYPE, "record_type", "记录类型", 70, 1, CODE, RIGHT, NOT, false, CLR_TO_EXTRA(record_type), clr_flag_codes)              \
    X(BEFORE, "balance_before", "交易前余额", 71, 8, FEN_HEX, RIGHT, NOT, false, CLR_TO_EXTRA(before_fen), NULL)                   \
    X(AMOUNT, "amount", "交易金额", 79, 8, FEN_HEX, RIGHT, NOT, false, CLR_TO_RAW(amount_fen), NULL)                               \
    X(AFTER, "balance_after", "交易后余额", 87, 8, FEN_HEX, RIGHT, NOT, false, CLR_TO_EXTRA(after_fen), NULL)                      \
    X(TYPE, "type", "交易类型", 95, 2, SMALL, RIGHT, NOT, false, CLR_TO_RAW(type), NULL)                                           \
    X(COLLECTION_POINT, "collection_point", "采集点", 97, 8, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                        \
    X(POS, "pos", "终端号", 105, 12, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                                               \
    X(PSAM, "psam", "PSAM终端号", 117, 12, NUMBER, RIGHT, VALUE, false, CLR_TO_RAW(sam), NULL)                                     \
    X(PSAM_SERIAL, "psam_serial", "PSAM流水号", 129, 9, NUMBER, RIGHT, VALUE, false, CLR_TO_RAW(sam_serial), NULL)                 \
    X(LOCK, "lock_flag", "锁卡标志", 138, 1, CODE, RIGHT, NOT, false, CLR_TO_EXTRA(lock), clr_flag_codes)                             \
    X(POS_SERIAL, "pos_serial", "终端交易序号", 139, 8, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                             \
    X(DATE, "date", "交易日期", 147, 8, DATE, RIGHT, VALUE, false, CLR_TO_EXTRA(trade_day), NULL)                                  \
    X(TIME, "time", "交易时间", 155, 6, TIME, RIGHT, VALUE, false, CLR_TO_EXTRA(trade_time_s), NULL)                               \
    X(TAC, "tac", "TAC", 161, 8, TAC, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                                                    \
    X(KEY_VERSION, "key_version", "密钥版本", 169, 2, TEXT, RIGHT, NOT, false, CLR_TO_EXTRA(key_version), NULL)                     \
    X(KEY_INDEX, "key_index", "密钥索引", 171, 2, TEXT, RIGHT, NOT, false, CLR_TO_EXTRA(key_index), NULL)                           \
    X(COUNTER, "counter", "卡脱机交易计数器", 173, 4, HEX, RIGHT, VALUE, false, CLR_TO_RAW(counter), NULL)                         \
    X(ISSUER, "issuer_id", "发卡机构", 177, 16, TEXT, RIGHT, NOT, false, CLR_TO_RAW(issuer_id), NULL)                                    \
    X(CITY_TRADE, "city_trade", "交易城市", 193, 4, NAME, RIGHT, NOT, false, CLR_TO_RAW(city_trade), NULL)                         \
    X(CITY_CARD, "city_card", "卡属城市", 197, 4, NAME, RIGHT, NOT, false, CLR_TO_RAW(city_card), NULL)                            \
    X(UNIT, "unit", "营运单位", 201, 8, NAME, RIGHT, NOT, false, CLR_TO_RAW(unit), NULL)                                           \
    X(LINE, "line", "线路", 209, 20, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                                               \
    X(VEHICLE, "vehicle", "车号", 229, 8, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                                          \
    X(DRIVER_CARD, "driver_card", "司机卡号", 237, 8, SHOW, RIGHT, NOT, true, CLR_TO_NOTHING, NULL)                                \
    X(SHIFT_START, "shift_start", "上班时间", 245, 14, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                              \
    X(INDUSTRY, "industry", "行业代码", 259, 2, CODE, RIGHT, NOT, false, CLR_TO_RAW(service), clr_industry_codes)                  \
    X(CONSUMPTION, "consumption_kind", "消费类别", 261, 1, CODE, RIGHT, NOT, false, CLR_TO_EXTRA(consumption), consumptions)       \
    X(COLLECTED, "collection_time", "采集时间", 262, 14, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                            \
    X(TEST, "test_flag", "测试标志", 276, 1, CODE, RIGHT, NOT, false, CLR_TO_EXTRA(test), clr_flag_codes)                             \
    X(RANDOM, "card_random", "卡随机数", 277, 8, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)                                    \
    X(RESERVED, "reserved", "保留", 285, 30, SHOW, RIGHT, NOT, false, CLR_TO_NOTHING, NULL)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

enum { CONSUMPTION_NORMAL = 0, CONSUMPTION_BONUS = 2, CONSUMPTION_TRANSFER = 8 };
static const struct clr_code consumptions[] = { CLR_CODE("0", CONSUMPTION_NORMAL), CLR_CODE("2", CONSUMPTION_BONUS),
                                                CLR_CODE("8", CONSUMPTION_TRANSFER), { NULL, 0, 0 } };

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

/* Two hexadecimal digits that only the check of the TAC reads: a wrong one is a key that nobody has, never a broken record. */
static uint16_t key_number(struct clr_bytes text)
{
    uint32_t number;

    if (text.size == 0) return 0;
    return clr_hex_read(text.data, text.size, &number) ? (uint16_t)number : CLR_KEY_NUMBER_BAD;
}

/* The checks no row can say. */
static void finish(struct clr_raw *raw, const struct clr_extra *extra)
{
    static const struct clr_transit_numbers numbers = { FIELD_AMOUNT, FIELD_TYPE, FIELD_TAC, FIELD_BEFORE };

    raw->traded_at_s = clr_times_join(extra->trade_day, extra->trade_time_s);
    raw->key_version = key_number(extra->key_version);
    raw->key_index = key_number(extra->key_index);
    raw->flags |= CLR_FLAG_HAS_PURSE;
    if (extra->consumption == CONSUMPTION_BONUS) raw->flags |= CLR_FLAG_BONUS;
    if (extra->consumption == CONSUMPTION_TRANSFER) raw->flags |= CLR_FLAG_TRANSFER;
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

static const struct clr_layout layout = {
    .fields = fields,
    .field_count = CLR_FIELD_COUNT(fields),
    .record_size = 315,
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
