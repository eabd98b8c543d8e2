/*
 * trade_csv.c: our own plain CSV of card trades, for operators without a format of their own:
 *
 *     card,terminal,serial,counter,amount_fen,time,city_card,city_trade,service,type,tac
 *     3103120000000001234,312000000042,000005001,17,200,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE
 *
 * The fields mean what the fields of yz316 of the same meaning mean (format notes, transit 1.1): card application number, PSAM terminal,
 * PSAM serial, the card's 16-bit counter, fen, business-zone time, home city of the card, city of the trade, industry 01 to 08, transaction
 * type 06 or 09, TAC. Columns stand in any order and fields may be quoted; files as above, which need no quotes, are read by tradequick.h.
 */
#include "codecs.h"
#include "csvrow.h"
#include "fieldread.h"
#include "tradequick.h"
#include "transit.h"

#define CARD_SIZE_MIN 16
#define COUNTER_MAX 65535                   /* the card keeps two bytes */
#define CITY_SIZE 4
#define CODE_SIZE 2
#define TIME_SIZE 19

/* X(ID, name, zh, offset, size, type, pad, need, personal, to, codes): the sizes of texts are the largest allowed */
#define FIELD_LIST(X)                                                                                                          \
    X(CARD, "card", "卡号", 0, 19, DIGITS, NONE, VALUE, true, CLR_TO_RAW(card), NULL)                                           \
    X(TERMINAL, "terminal", "PSAM终端号", 0, 12, NUMBER, NONE, VALUE, false, CLR_TO_RAW(sam), NULL)                              \
    X(SERIAL, "serial", "PSAM流水号", 0, 9, NUMBER, NONE, VALUE, false, CLR_TO_RAW(sam_serial), NULL)                            \
    X(COUNTER, "counter", "卡脱机交易计数器", 0, 0, COUNTER, NONE, VALUE, false, CLR_TO_RAW(counter), NULL)                       \
    X(AMOUNT, "amount_fen", "交易金额", 0, 0, FEN, NONE, COLUMN, false, CLR_TO_RAW(amount_fen), NULL)                           \
    X(TIME, "time", "交易时间", 0, 0, ISO_TIME, NONE, VALUE, false, CLR_TO_RAW(traded_at_s), NULL)                              \
    X(CITY_CARD, "city_card", "卡属城市", 0, 4, DIGITS, NONE, NOT, false, CLR_TO_RAW(city_card), NULL)                          \
    X(CITY_TRADE, "city_trade", "交易城市", 0, 4, DIGITS, NONE, COLUMN, false, CLR_TO_RAW(city_trade), NULL)                    \
    X(INDUSTRY, "service", "行业代码", 0, 2, CODE, NONE, COLUMN, false, CLR_TO_RAW(service), clr_industry_codes)                \
    X(TYPE, "type", "交易类型", 0, 2, SMALL, NONE, COLUMN, false, CLR_TO_RAW(type), NULL)                                       \
    X(TAC, "tac", "TAC", 0, 8, TAC, NONE, COLUMN, false, CLR_TO_NOTHING, NULL)

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X) };
#undef X

CLR_FIELD_TABLES(FIELD_LIST)

/* What the table of fields cannot say of a text's size. An empty text is a missing value and the table's business. */
CLR_INLINE enum clr_rule check_size(unsigned number, struct clr_bytes text)
{
    if (text.size == 0) return CLR_RULE_NONE;
    switch (number) {
    case FIELD_CARD: return text.size >= CARD_SIZE_MIN ? CLR_RULE_NONE : CLR_RULE_LENGTH;
    case FIELD_TERMINAL: return text.size <= 12 ? CLR_RULE_NONE : CLR_RULE_LENGTH;
    case FIELD_SERIAL: return text.size <= 9 ? CLR_RULE_NONE : CLR_RULE_LENGTH;
    case FIELD_CITY_CARD:
    case FIELD_CITY_TRADE: return text.size == CITY_SIZE ? CLR_RULE_NONE : CLR_RULE_LENGTH;
    case FIELD_TYPE: return text.size == CODE_SIZE ? CLR_RULE_NONE : CLR_RULE_LENGTH;
    /* No zone and no fraction: the time is of the business zone, to the second, and a T is a T. */
    case FIELD_TIME: return text.size != TIME_SIZE ? CLR_RULE_LENGTH : text.data[10] == 't' ? CLR_RULE_CHARSET : CLR_RULE_NONE;
    default: return CLR_RULE_NONE;
    }
}

CLR_INLINE void read_field(unsigned number, struct clr_bytes text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    const enum clr_rule rule = check_size(number, text);

    if (rule == CLR_RULE_NONE) {
        clr_field_read_inline(&fields[number - 1], number, text, reader, raw, extra);
        if (number != FIELD_COUNTER || raw->counter <= COUNTER_MAX) return;
        raw->counter = 0;
        clr_raw_malformed(raw, number, CLR_RULE_RANGE);
        return;
    }
    extra->broken |= CLR_FIELD_BIT(number);
    clr_raw_malformed(raw, number, rule);
}

static void read_fields(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra)
{
    static const struct clr_transit_numbers numbers = { .amount = FIELD_AMOUNT, .type = FIELD_TYPE, .tac = FIELD_TAC };

#define X(id, ...) read_field(FIELD_##id, text[FIELD_##id - 1], reader, raw, extra);
    FIELD_LIST(X)
#undef X
    clr_transit_finish(&numbers, raw, extra);
}

static const struct clr_csv_format format = {
    .fields = fields,
    .field_count = CLR_FIELD_COUNT(fields),
    .product = CLR_PRODUCT_TRANSIT,
    .read = read_fields,
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

/* Do the columns stand as the quick readers know them, all of them and no other? */
static bool is_plain(const struct clr_codec_file *file)
{
    const struct clr_csv_state *state = (const struct clr_csv_state *)(const void *)file->state;
    bool plain = state->columns == CLR_FIELD_COUNT(fields) && !file->units_yuan;

    for (unsigned i = 0; i < CLR_FIELD_COUNT(fields); i++) plain = plain && state->column_of[i] == i;
    return plain;
}

void clr_trade_csv_decode(clr_trade_quick *quick, const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out,
                          size_t max, size_t *count)
{
    struct clr_reader reader;
    size_t read;

    if (quick == NULL || !is_plain(file)) {
        clr_csv_decode(&format, file, block, at, out, max, count);
        return;
    }
    clr_reader_init(&reader, file);
    for (*count = 0; *count < max; *count += read) {
        *count += quick(block, at, &reader, out + *count, max - *count);
        if (*count == max) break;
        /* A record that is not quite plain, or stands too near to the end of the block. */
        clr_csv_decode(&format, file, block, at, out + *count, 1, &read);
        if (read == 0) break;
    }
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    clr_trade_csv_decode(clr_trade_quick_best(), file, block, at, out, max, count);
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

const struct clr_codec clr_codec_trade_csv = {
    .name = "trade-csv",
    .format = CLR_FORMAT_TRADE_CSV,
    .product = CLR_PRODUCT_TRANSIT,
    .unit_field = "",
    .record_size_min = 56,
    .fields = field_names,
    .field_count = CLR_FIELD_COUNT(field_names),
    .sniff = sniff,
    .open = open_file,
    .cut = clr_csv_cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
