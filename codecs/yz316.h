/*
 * yz316.h: the record of the Yangzhou upload: 315 bytes and LF. Format notes: transit 1.1.
 *
 * The list is the record: yz316.c makes its tables and its plain reader of it, yzrows.h its quick one.
 *
 * Threads   constant.
 */
#ifndef CLR_CODECS_YZ316_H
#define CLR_CODECS_YZ316_H

#include "fields.h"

#define CLR_YZ316_SIZE 315                  /* without line end */

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define CLR_YZ316_FIELD_LIST(X)                                                                                                 \
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
    X(ISSUER, "issuer_id", "发卡机构", 177, 16, TEXT, RIGHT, NOT, false, CLR_TO_RAW(issuer_id), NULL)                               \
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

/** Where each field begins. */
#define X(id, name, zh, offset, ...) CLR_YZ316_AT_##id = (offset),
enum { CLR_YZ316_FIELD_LIST(X) };
#undef X

/** Key version or index: two hexadecimal digits that only the check of the TAC reads. A wrong one is a key that nobody has, never a broken record. */
CLR_INLINE uint16_t clr_yz316_key_number(struct clr_bytes text)
{
    uint32_t number;

    if (text.size == 0) return 0;
    return clr_hex_read(text.data, text.size, &number) ? (uint16_t)number : CLR_KEY_NUMBER_BAD;
}

enum { CLR_YZ316_NORMAL = 0, CLR_YZ316_BONUS = 2, CLR_YZ316_TRANSFER = 8 };     /* consumption_kind */

#endif
