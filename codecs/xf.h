/*
 * xf.h: the record of the XF consumption file: 158 bytes (POS number of 8 digits) or 160 (10 digits), then the line end. Format notes: transit 1.2.
 *
 * The list is the record: xf.c makes its tables and its plain readers of it, xfrows.h its quick ones.
 *
 * Threads   constant.
 */
#ifndef CLR_CODECS_XF_H
#define CLR_CODECS_XF_H

#include "lines.h"

#define CLR_XF_SIZE 150                     /* without the POS number */

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes); POS digits make all later offsets, so they are a parameter. */
#define CLR_XF_FIELD_LIST(X, pos)                                                                                                 \
    X(ORDER, "order", "序号", 0, 8, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                                                 \
    X(MERCHANT, "merchant", "商户号", 8, 15, DIGITS, LEFT, NOT, false, CLR_TO_RAW(unit), NULL)                                    \
    X(POS, "pos", "终端号", 23, pos, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                                                \
    X(CARD, "card_serial", "卡应用序列号", 23 + pos, 20, DIGITS, LEFT, VALUE, true, CLR_TO_RAW(card), NULL)                       \
    X(MAIN_TYPE, "main_type", "卡主类型", 43 + pos, 2, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                              \
    X(SUB_TYPE, "sub_type", "卡子类型", 45 + pos, 2, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                                \
    X(CARD_DATE, "card_valid_date", "卡有效日期", 47 + pos, 8, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                      \
    X(APP_START, "app_start", "应用启用日期", 55 + pos, 8, VALID, LEFT, NOT, false, CLR_TO_EXTRA(valid_from), NULL)               \
    X(APP_END, "app_end", "应用有效日期", 63 + pos, 8, VALID, LEFT, NOT, false, CLR_TO_EXTRA(valid_to), NULL)                     \
    X(COUNTER, "counter", "电子钱包计数器", 71 + pos, 6, COUNTER, LEFT, VALUE, false, CLR_TO_RAW(counter), NULL)                  \
    X(PSAM_SERIAL, "psam_serial", "PSAM流水号", 77 + pos, 10, NUMBER, LEFT, VALUE, false, CLR_TO_RAW(sam_serial), NULL)           \
    X(BEFORE, "balance_before", "交易前余额", 87 + pos, 8, FEN, LEFT, NOT, false, CLR_TO_EXTRA(before_fen), NULL)                 \
    X(AMOUNT, "amount", "交易金额", 95 + pos, 8, FEN, LEFT, VALUE, false, CLR_TO_RAW(amount_fen), NULL)                           \
    X(TIME, "time", "交易时间", 103 + pos, 14, STAMP, LEFT, VALUE, false, CLR_TO_RAW(traded_at_s), NULL)                          \
    X(TYPE, "type", "交易类型", 117 + pos, 2, SMALL, LEFT, VALUE, false, CLR_TO_RAW(type), NULL)                                  \
    X(PSAM, "psam", "PSAM终端号", 119 + pos, 12, NUMBER, LEFT, VALUE, false, CLR_TO_RAW(sam), NULL)                               \
    X(TAC, "tac", "TAC", 131 + pos, 8, TAC, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                                              \
    X(GRAY, "gray_flag", "灰记录标志", 139 + pos, 2, CODE, LEFT, NOT, false, CLR_TO_EXTRA(gray), gray_codes)                      \
    X(MONTHLY, "monthly_type", "月票类型", 141 + pos, 2, CODE, LEFT, NOT, false, CLR_TO_EXTRA(monthly), monthly_codes)            \
    X(MONTHLY_DEBIT, "monthly_debit", "月票扣次标志", 143 + pos, 1, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)                 \
    X(RESERVED, "reserved", "保留", 144 + pos, 6, SHOW, LEFT, NOT, false, CLR_TO_NOTHING, NULL)

/** Where each field begins; behind the POS number, without its digits. */
#define X(id, name, zh, offset, ...) CLR_XF_AT_##id = (offset),
enum { CLR_XF_FIELD_LIST(X, 0) };
#undef X

/** What open() leaves for decode(), beside the state of the cutting thread. */
struct clr_xf_state {
    struct clr_cut cut;
    uint8_t service;                        /* enum clr_service of the header's industry */
};

#endif
