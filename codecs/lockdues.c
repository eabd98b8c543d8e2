/*
 * lockdues.c: dues of ship locks and services of ports, paid with a vessel card, as CSV:
 *
 *     fee_id,registration,vessel,direction,fleet,invoice,time,state,kind,channel,station,orig_fee_id,orig_date,pos_serial,bank_serial,card,
 *     standard_fen,overload_fen,oversize_fen,dangerous_fen,total_fen,paid_fen
 *
 * Columns stand in any order. State 1 paid, 2 to pay, 3 refunded, 4 to refund, 5 cancelled; kind 1 lock due, 2 supplementary due, 3 priority passage,
 * 4 port service; channel card, pos, cash, ebank.
 *
 * Money     what was paid is owed by the card's issuer to the station's owner; a refund gives back to the record with its orig_fee_id and orig_date.
 *           The four parts sum to the total, and the paid amount is the total. States 2, 4 and 5 are no payments, and of the other channels the
 *           money is with the station already: such records are kept, with amount 0 and a note.
 * Identity  station registration kind fee-id date event: an event, not a state, so that what is to be paid and is paid later are two.
 * Contract  interface, "Formats"; format notes, transit 6; clearing-rules.md 3, 5 (vessel).
 */
#include <stdio.h>

#include "codecs.h"
#include "csvrow.h"
#include "fieldread.h"

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes) */
#define FIELD_LIST(X)                                                                                                              \
    X(FEE_ID, "fee_id", "费用编号", 0, 24, ALNUM, NONE, VALUE, false, CLR_TO_EXTRA(pan), NULL)                                      \
    X(REGISTRATION, "registration", "登记编号", 0, 24, ALNUM, NONE, VALUE, false, CLR_TO_EXTRA(inner_card), NULL)                   \
    X(VESSEL, "vessel", "船名", 0, 0, SHOW, NONE, NOT, true, CLR_TO_NOTHING, NULL)                                                 \
    X(DIRECTION, "direction", "上下行", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                        \
    X(FLEET, "fleet", "船队标识", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                              \
    X(INVOICE, "invoice", "发票号", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                            \
    X(TIME, "time", "时间", 0, 0, ISO_TIME, NONE, VALUE, false, CLR_TO_RAW(traded_at_s), NULL)                                     \
    X(STATE, "state", "状态", 0, 0, CODE, NONE, VALUE, false, CLR_TO_EXTRA(record_type), state_codes)                              \
    X(KIND, "kind", "费用种类", 0, 0, KIND, NONE, VALUE, false, CLR_TO_RAW(type), kind_codes)                                      \
    X(CHANNEL, "channel", "缴费渠道", 0, 0, CODE, NONE, VALUE, false, CLR_TO_EXTRA(consumption), channel_codes)                    \
    X(STATION, "station", "船闸或港口", 0, 20, ALNUM, NONE, VALUE, false, CLR_TO_RAW(unit), NULL)                                  \
    X(ORIG_FEE_ID, "orig_fee_id", "原费用编号", 0, 24, ALNUM, NONE, NOT, false, CLR_TO_EXTRA(key_version), NULL)                   \
    X(ORIG_DATE, "orig_date", "原费用日期", 0, 0, ISO_DAY, NONE, NOT, false, CLR_TO_EXTRA(valid_from), NULL)                       \
    X(POS_SERIAL, "pos_serial", "POS流水号", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                   \
    X(BANK_SERIAL, "bank_serial", "银行流水号", 0, 0, SHOW, NONE, NOT, false, CLR_TO_NOTHING, NULL)                                \
    X(CARD, "card", "卡号", 0, 20, ALNUM, NONE, NOT, true, CLR_TO_RAW(card), NULL)                                                 \
    X(STANDARD, "standard_fen", "标准过闸费", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                               \
    X(OVERLOAD, "overload_fen", "超载加收", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                 \
    X(OVERSIZE, "oversize_fen", "超限加收", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                                 \
    X(DANGEROUS, "dangerous_fen", "危险品加收", 0, 0, SHOW, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)                             \
    X(TOTAL, "total_fen", "应收合计", 0, 0, FEN, NONE, VALUE, false, CLR_TO_RAW(price_fen), NULL)                                  \
    X(PAID, "paid_fen", "实收金额", 0, 0, FEN, NONE, COLUMN, false, CLR_TO_RAW(amount_fen), NULL)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

enum { STATE_PAID = 1, STATE_TO_PAY, STATE_REFUNDED, STATE_TO_REFUND, STATE_CANCELLED };
enum { CHANNEL_CARD = 1, CHANNEL_POS, CHANNEL_CASH, CHANNEL_EBANK };

static const struct clr_code state_codes[] = { CLR_CODE("1", STATE_PAID), CLR_CODE("2", STATE_TO_PAY), CLR_CODE("3", STATE_REFUNDED),
                                               CLR_CODE("4", STATE_TO_REFUND), CLR_CODE("5", STATE_CANCELLED), { NULL, 0, 0 } };
static const struct clr_code kind_codes[] = { CLR_CODE("1", 1), CLR_CODE("2", 2), CLR_CODE("3", 3), CLR_CODE("4", 4), { NULL, 0, 0 } };
static const struct clr_code channel_codes[] = { CLR_CODE("card", CHANNEL_CARD), CLR_CODE("pos", CHANNEL_POS), CLR_CODE("cash", CHANNEL_CASH),
                                                 CLR_CODE("ebank", CHANNEL_EBANK), { NULL, 0, 0 } };
static const char *const events[] = { "", "pay", "topay", "refund", "torefund", "cancel" };
static const char *const notes[] = { "", "", "to pay: no payment yet 待缴", "", "to refund: nothing given back yet 待退", "cancelled 已取消" };

CLR_FIELD_TABLES(FIELD_LIST)

/* ---- money ---- */

/** One of the four parts; an empty one is 0. */
static clr_fen read_part(struct clr_bytes text, unsigned number, const struct clr_reader *reader, struct clr_raw *raw)
{
    clr_fen fen = 0;
    bool negative = false;
    if (text.size == 0) return 0;
    const enum clr_rule rule = clr_value_fen(text, reader->yuan, &fen, &negative);
    if (rule != CLR_RULE_NONE) clr_raw_malformed(raw, number, rule);
    if (negative) raw->reasons |= CLR_REASON_MASK(SIGN);
    return rule == CLR_RULE_NONE ? fen : 0;
}

static void check_sums(const struct clr_bytes *text, const struct clr_reader *reader, struct clr_raw *raw)
{
    clr_fen sum = 0;                        /* four times what a record may carry is far from the range's end */
    for (unsigned number = FIELD_STANDARD; number <= FIELD_DANGEROUS; number++) sum += read_part(text[number - 1], number, reader, raw);
    if (sum != raw->price_fen) raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
}

/** What is cleared of it: payments and refunds by card. */
static void set_money(const struct clr_extra *extra, struct clr_raw *raw)
{
    const bool moves = extra->record_type == STATE_PAID || extra->record_type == STATE_REFUNDED;
    raw->kind = extra->record_type == STATE_REFUNDED ? CLR_KIND_REFUND : CLR_KIND_PURCHASE;
    raw->service = CLR_SERVICE_OTHER;
    if (moves && !(extra->present & CLR_FIELD_BIT(FIELD_PAID)) && !(extra->broken & CLR_FIELD_BIT(FIELD_PAID)))
        clr_raw_malformed(raw, FIELD_PAID, CLR_RULE_MISSING);
    if (moves && raw->amount_fen != raw->price_fen) raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    if (moves && extra->consumption == CHANNEL_CARD) {
        if (raw->card.size == 0) clr_raw_malformed(raw, FIELD_CARD, CLR_RULE_MISSING);
        return;
    }
    raw->note_text = clr_bytes_text(moves ? "not paid by card: the station has the money 非卡支付，款项已在收费站" : notes[extra->record_type]);
    raw->flags |= CLR_FLAG_AT_STATION;      /* no issuer is asked for, and no fee on the count either */
    raw->kind = CLR_KIND_PURCHASE;          /* nothing is given back, so nothing need be there */
    raw->amount_fen = raw->price_fen = 0;
}

/* ---- identity ---- */

static struct clr_bytes write_id(struct clr_raw *raw, const struct clr_extra *extra, struct clr_bytes fee_id, clr_day day, const char *event, size_t *used,
                                 const char *mark)
{
    int year, month, date;
    char *const to = (char *)raw->text + *used;
    clr_day_to_date(day, &year, &month, &date);
    const int size = snprintf(to, CLR_RAW_TEXT_SIZE - *used, "%s%.*s %.*s %u %.*s %04d%02d%02d %s", mark, (int)raw->unit.size, (const char *)raw->unit.data,
                              (int)extra->inner_card.size, (const char *)extra->inner_card.data, raw->type, (int)fee_id.size, (const char *)fee_id.data,
                              year, month, date, event);
    CLR_ASSERT(size > 0 && (size_t)size < CLR_RAW_TEXT_SIZE - *used);
    *used += (size_t)size;
    return clr_bytes_of(to, (size_t)size);
}

static void set_identity(const struct clr_extra *extra, struct clr_raw *raw)
{
    /* Station 20, registration 24, kind 3, fee id 24, date 8, event 8 and blanks, a mark, and the NUL: twice at most. */
    static_assert(2 * (20 + 24 + 3 + 24 + 8 + 8 + 5) + 1 + 1 <= CLR_RAW_TEXT_SIZE, "room for what is built");
    size_t used = 0;
    if (raw->reasons & CLR_REASON_MASK(MALFORMED) || raw->traded_at_s == CLR_TIME_NONE) return;
    raw->id = write_id(raw, extra, extra->pan, clr_day_of_time(raw->traded_at_s), events[extra->record_type], &used, "");
    if (raw->kind != CLR_KIND_REFUND) return;
    if (extra->key_version.size == 0) clr_raw_malformed(raw, FIELD_ORIG_FEE_ID, CLR_RULE_MISSING);
    else if (extra->valid_from == CLR_DAY_NONE) clr_raw_malformed(raw, FIELD_ORIG_DATE, CLR_RULE_MISSING);
    else raw->orig_id = write_id(raw, extra, extra->key_version, extra->valid_from, events[STATE_PAID], &used, "=");
}

/* ---- one row ---- */

static void read_texts(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    extra->valid_from = CLR_DAY_NONE;
#define X(id, ...) clr_field_read_inline(&fields[FIELD_##id - 1], FIELD_##id, text[FIELD_##id - 1], reader, raw, extra);
    FIELD_LIST(X)
#undef X
    check_sums(text, reader, raw);
    if (!(raw->reasons & CLR_REASON_MASK(MALFORMED))) set_money(extra, raw);
    if (raw->reasons & CLR_REASON_MASK(UNKNOWN_TYPE)) raw->type = 0;
    set_identity(extra, raw);
    raw->flags |= CLR_FLAG_HAS_PRICE;
    clr_raw_finish(raw, extra, 0, false);
}

static const struct clr_csv_format format = { .fields = fields, .field_count = CLR_FIELD_COUNT(fields), .product = CLR_PRODUCT_VESSEL, .read = read_texts };

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

const struct clr_codec clr_codec_lockdues = {
    .name = "lockdues",
    .format = CLR_FORMAT_LOCKDUES,
    .product = CLR_PRODUCT_VESSEL,
    .unit_field = "station",
    .alone = true,
    .record_size_min = 40,
    .fields = field_names,
    .field_count = CLR_FIELD_COUNT(field_names),
    .sniff = sniff,
    .open = open_file,
    .cut = clr_csv_cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
