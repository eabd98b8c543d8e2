/* szt.c: see szt.h. */
#include "szt.h"

#include <assert.h>

#include "fieldread.h"

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define FIELD_LIST(X)                                                                                                    \
    X(CARD, "card_no", "卡号", 0, 9, LETTERS, NONE, VALUE, true, CLR_TO_RAW(card), NULL)                                 \
    X(DEAL_DATE, "deal_date", "交易时间", 0, 0, ISO_TIME, NONE, VALUE, false, CLR_TO_RAW(traded_at_s), NULL)             \
    X(CLOSE_DATE, "close_date", "结算日期", 0, 0, ISO_DAY, NONE, VALUE, false, CLR_TO_RAW(declared_day), NULL)           \
    X(TYPE, "deal_type", "交易类型", 0, 0, KIND, NONE, VALUE, false, CLR_TO_RAW(type), deal_types)                       \
    X(VALUE, "deal_value", "应收金额", 0, 0, FEN, NONE, VALUE, false, CLR_TO_RAW(price_fen), NULL)                       \
    X(MONEY, "deal_money", "实收金额", 0, 0, FEN, NONE, VALUE, false, CLR_TO_RAW(amount_fen), NULL)                      \
    X(COMPANY, "company_name", "公司名称", 0, 0, TEXT, NONE, VALUE, false, CLR_TO_RAW(unit), NULL)                       \
    X(DEVICE, "equ_no", "设备编码", 0, 0, NUMBER, NONE, VALUE, false, CLR_TO_RAW(sam), NULL)                             \
    X(VEHICLE, "car_no", "车牌号", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                   \
    X(STATION, "station", "线路站点", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                \
    X(TRANSFER, "conn_mark", "联程标记", 0, 1, CODE, NONE, NOT, false, CLR_TO_EXTRA(transfer), transfers)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

#define X(id, ...) static_assert((int)FIELD_##id == (int)CLR_SZT_##id, "szt.h numbers the fields as the table does");
FIELD_LIST(X)
#undef X

/* The three words in UTF-8, then their bytes in GBK: files of both encodings are about, and nothing is converted. */
static const struct clr_code deal_types[] = {
    CLR_CODE("地铁入站", CLR_SZT_ENTRY),
    CLR_CODE("地铁出站", CLR_SZT_EXIT),
    CLR_CODE("巴士", CLR_SZT_BUS),
    CLR_CODE("\xb5\xd8\xcc\xfa\xc8\xeb\xd5\xbe", CLR_SZT_ENTRY),
    CLR_CODE("\xb5\xd8\xcc\xfa\xb3\xf6\xd5\xbe", CLR_SZT_EXIT),
    CLR_CODE("\xb0\xcd\xca\xbf", CLR_SZT_BUS),
    { NULL, 0, 0 },
};
static const struct clr_code transfers[] = { CLR_CODE("0", 0), CLR_CODE("1", 1), { NULL, 0, 0 } };

const struct clr_field clr_szt_fields[] = { FIELD_LIST(CLR_FIELD_ROW) };
const struct clr_field_name clr_szt_field_names[] = { FIELD_LIST(CLR_FIELD_NAME_ROW) };

void clr_szt_read(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
#define X(id, ...) clr_field_read_inline(&clr_szt_fields[FIELD_##id - 1], FIELD_##id, text[FIELD_##id - 1], reader, raw, extra);
    FIELD_LIST(X)
#undef X

    raw->flags |= CLR_FLAG_OPEN | CLR_FLAG_HAS_PRICE;
    if (extra->transfer != 0) raw->flags |= CLR_FLAG_TRANSFER;
    raw->kind = raw->type == CLR_SZT_ENTRY ? CLR_KIND_ENTRY : CLR_KIND_PURCHASE;
    raw->service = raw->type == CLR_SZT_BUS ? CLR_SERVICE_BUS : raw->type == 0 ? CLR_SERVICE_OTHER : CLR_SERVICE_METRO;
    /* An entry charges nothing. One that says it did must not pass as a record without an obligation. */
    if (raw->type == CLR_SZT_ENTRY && raw->amount_fen != 0) raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    clr_raw_finish(raw, extra, 0, false);
}
