/*
 * sztrows.h: ordinary rows of Shenzhen Tong CSV to records. Part of quick_plain.c and quick_avx2.c; see quick.h.
 *
 * A row is read to its end whatever stands in it; all that is wrong with it is gathered in one word, which must be zero. Texts are
 * read eight bytes at a time from where they start, beyond their end if they are shorter: CLR_QUICK_SLACK bytes follow the row.
 */
#ifndef CLR_CODECS_SZTROWS_H
#define CLR_CODECS_SZTROWS_H

#include "look.h"
#include "numbers.h"
#include "charset.h"
#include "quick.h"
#include "szt.h"
#include "times.h"

/* "YYYY-MM-DD " or "YYYY-MM-DDT" of a deal, as its first eight bytes and its last eight: is it the day read last, or one that can be? */
CLR_INLINE bool szt_deal_day(struct clr_bytes text, struct clr_reader *reader)
{
    if (((clr_load8(text.data) ^ reader->quick_trade.first) | (clr_load8(text.data + 3) ^ reader->quick_trade.second)) == 0) return true;
    return clr_times_learn_trade(text, reader);
}

/* A settlement day, by comparison of its whole text of 8 to 24 bytes with the one read last. */
CLR_INLINE bool szt_close_day(struct clr_bytes text, struct clr_reader *reader)
{
    if (text.size == reader->quick_declared.size) {
        const uint64_t first = clr_load8(text.data), middle = clr_load8(text.data + (text.size - 8) / 2);
        const uint64_t last = clr_load8(text.data + text.size - 8);
        uint64_t other = first ^ reader->quick_declared.first;
        other |= (middle ^ reader->quick_declared.middle) | (last ^ reader->quick_declared.last);
        if (other == 0) return true;
    }
    return clr_times_learn_declared(text, reader);
}

/* Eight bytes of a text, the first one lowest, as clr_load8() gives them. */
#define SZT_EIGHT(a, b, c, d, e, f, g, h)                                                                                          \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 | (uint64_t)(f) << 40 |   \
     (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

#define SZT_ENTRY_FRONT SZT_EIGHT(0xe5, 0x9c, 0xb0, 0xe9, 0x93, 0x81, 0xe5, 0x85)   /* 地铁入站: its first eight bytes, and its last */
#define SZT_ENTRY_BACK SZT_EIGHT(0x93, 0x81, 0xe5, 0x85, 0xa5, 0xe7, 0xab, 0x99)
#define SZT_EXIT_FRONT SZT_EIGHT(0xe5, 0x9c, 0xb0, 0xe9, 0x93, 0x81, 0xe5, 0x87)    /* 地铁出站 */
#define SZT_EXIT_BACK SZT_EIGHT(0x93, 0x81, 0xe5, 0x87, 0xba, 0xe7, 0xab, 0x99)
#define SZT_BUS SZT_EIGHT(0xe5, 0xb7, 0xb4, 0xe5, 0xa3, 0xab, 0, 0)                 /* 巴士: all six */

CLR_INLINE unsigned szt_type(struct clr_bytes text)
{
    const uint64_t front = clr_load8(text.data), back = clr_load8(text.data + 4);

    if (text.size == 12) {
        return (unsigned)(front == SZT_ENTRY_FRONT && back == SZT_ENTRY_BACK) * CLR_SZT_ENTRY |
               (unsigned)(front == SZT_EXIT_FRONT && back == SZT_EXIT_BACK) * CLR_SZT_EXIT;
    }
    return text.size == 6 && front << 16 == SZT_BUS << 16 ? CLR_SZT_BUS : 0;
}

/* 8 or 9 letters A to J. */
CLR_INLINE uint64_t szt_letters_wrong(struct clr_bytes text)
{
    return (look_not_a_to_j(text.data) & ((UINT64_C(1) << (text.size & 15)) - 1)) | (text.size - 8) >> 1;
}

CLR_INLINE struct clr_bytes szt_text(const struct clr_csv_rows *row, unsigned field)
{
    return clr_csv_rows_text(row, row->column_of[field - 1]);
}

/* Text in its encoding, where the scan could not see it. */
CLR_INLINE bool szt_texts_fine(const struct clr_csv_rows *row, const struct clr_reader *reader)
{
    static const uint8_t numbers[] = { CLR_SZT_COMPANY, CLR_SZT_VEHICLE, CLR_SZT_STATION };

    if (row->text_checked) return true;
    for (unsigned i = 0; i < sizeof numbers; i++) {
        if (row->column_of[numbers[i] - 1] == 0xff) continue;
        if (clr_text_check(szt_text(row, numbers[i]), reader->gbk) != CLR_RULE_NONE) return false;
    }
    return true;
}

/* "0", "1" or nothing. */
CLR_INLINE unsigned szt_transfer(const struct clr_csv_rows *row, uint64_t *wrong)
{
    if (row->column_of[CLR_SZT_TRANSFER - 1] == 0xff) return 0;
    const struct clr_bytes text = szt_text(row, CLR_SZT_TRANSFER);
    if (text.size == 0) return 0;
    *wrong |= (text.size - 1) | ((text.data[0] ^ '0') & ~1u);
    return text.data[0] & 1;
}

CLR_INLINE bool szt_row_read(const struct clr_csv_rows *row, struct clr_reader *reader, struct clr_raw *raw)
{
    static const uint8_t services[] = { CLR_SERVICE_OTHER, CLR_SERVICE_METRO, CLR_SERVICE_METRO, CLR_SERVICE_BUS };
    const struct clr_bytes deal_date = szt_text(row, CLR_SZT_DEAL_DATE), close_date = szt_text(row, CLR_SZT_CLOSE_DATE);
    uint64_t wrong;

    if (deal_date.size != 19 || !szt_deal_day(deal_date, reader) || !szt_close_day(close_date, reader)) return false;
    clr_raw_blank(raw, CLR_PRODUCT_TRANSIT);
    raw->traded_at_s = reader->quick_trade.start_s + number_clock(deal_date.data + 11, &wrong);
    raw->declared_day = reader->quick_declared.day;
    raw->card = szt_text(row, CLR_SZT_CARD);
    wrong |= szt_letters_wrong(raw->card);
    const struct number_three numbers = number_three(szt_text(row, CLR_SZT_VALUE), szt_text(row, CLR_SZT_MONEY),
                                                     szt_text(row, CLR_SZT_DEVICE), &wrong);
    raw->price_fen = numbers.first;
    raw->amount_fen = numbers.second;
    raw->sam = numbers.third;
    raw->unit = szt_text(row, CLR_SZT_COMPANY);
    const unsigned type = szt_type(szt_text(row, CLR_SZT_TYPE));
    raw->type = (uint8_t)type;
    raw->kind = type == CLR_SZT_ENTRY ? CLR_KIND_ENTRY : CLR_KIND_PURCHASE;
    raw->service = services[type];
    raw->flags = CLR_FLAG_OPEN | CLR_FLAG_HAS_PRICE | (szt_transfer(row, &wrong) ? CLR_FLAG_TRANSFER : 0);
    /* An entry that charges something has a reason against it. */
    wrong |= (type == 0) | (raw->unit.size == 0) | (type == CLR_SZT_ENTRY && numbers.second != 0);
    return wrong == 0 && szt_texts_fine(row, reader);
}

static size_t CLR_LANE(szt_rows)(const struct clr_csv_rows *rows, size_t count, struct clr_reader *reader, struct clr_raw *out)
{
    struct clr_csv_rows row = *rows;

    for (size_t i = 0; i < count; i++, row.start += row.stride) {
        if (!szt_row_read(&row, reader, &out[i])) return i;
        out[i].offset = row.start[0];
        out[i].size = row.start[row.stride] - row.start[0];
    }
    return count;
}

#endif
