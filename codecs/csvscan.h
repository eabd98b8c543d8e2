/*
 * csvscan.h: where the columns of ordinary CSV rows end, 64 bytes at a time. Part of quick_plain.c and quick_avx2.c; see quick.h.
 *
 * Of 64 bytes, bit i of a mask says something about byte i. What a row needs to be ordinary is then said about 64 bytes at once:
 *
 * Separators  are commas and LFs, wherever they stand: a comma in quotes breaks the rule of quotes below, and its row is unusual.
 * Quotes      A quote at the start of a column opens it; all others close one. Adding the opening quotes to the complement of the separators
 *             carries from each of them through its column to the separator behind it: these separators, and no others, must have
 *             a closing quote before them. So a column has two quotes around it or none at all. Carry and shifts go on in the next 64 bytes.
 * Text        is ASCII, or characters of three bytes as Chinese has them (first bytes E1 to EF without ED, so that no rule of UTF-8 but the
 *             number of bytes behind is left to check). Rarer characters are no error: their rows are unusual.
 */
#ifndef CLR_CODECS_CSVSCAN_H
#define CLR_CODECS_CSVSCAN_H

#include "look.h"
#include "quick.h"

/* What is carried from 64 bytes to the next. */
struct scan_carry {
    uint64_t start;                         /* a column starts with the next byte */
    uint64_t open;                          /* in a column that was opened by a quote */
    uint64_t closed;                        /* the last byte was a closing quote */
    uint64_t tails;                         /* bits 0 and 1: bytes that must be the second and third of a character */
};

/* Positions at which the quoting is other than described above. */
CLR_INLINE uint64_t odd_quotes(uint64_t quotes, uint64_t separators, struct scan_carry *carry)
{
    const uint64_t opens = quotes & (separators << 1 | carry->start), closes = quotes & ~opens;
    uint64_t sum;

    carry->open = look_add(~separators, opens, carry->open, &sum);
    const uint64_t odd = (sum & separators) ^ (closes << 1 | carry->closed);
    carry->closed = closes >> 63;
    return odd;
}

/*
 * Positions at which there is something other than characters of three bytes. `other`: not ASCII, or control. Six times the heads are the
 * two bytes behind each; where heads stand too close for that, the first of them has no tail behind it, which is odd, and what is
 * behind no longer counts.
 */
CLR_INLINE uint64_t odd_text(struct look_text text, uint64_t other, struct scan_carry *carry)
{
    const uint64_t wanted = text.heads * 6 | carry->tails, last = text.heads >> 62;

    carry->tails = last + (last >> 1);
    return (other ^ (text.heads | text.tails)) | (text.tails ^ wanted);
}

/* The offsets of the eight lowest bits; of fewer bits, and then something. */
CLR_INLINE uint64_t put_eight(uint32_t *to, uint64_t mask, uint32_t base)
{
    for (unsigned i = 0; i < 8; i++) {
        to[i] = base + look_lowest(mask);
        mask &= mask - 1;
    }
    return mask;
}

/* The offsets of all bits. Eight are always written, so that the number of them is seldom a surprise to the processor. */
CLR_INLINE void put_starts(uint32_t *to, uint64_t mask, unsigned count, uint32_t base)
{
    mask = put_eight(to, mask, base);
    for (unsigned done = 8; done < count; done += 8) mask = put_eight(to + done, mask, base);
}

CLR_INLINE size_t scan_rows(struct clr_bytes block, size_t at, unsigned stride, bool carriage, bool gbk, size_t rows_max, uint32_t *start)
{
    const size_t left = block.size - at < CLR_RECORD_SIZE_MAX ? block.size - at : CLR_RECORD_SIZE_MAX;      /* so no row is longer */
    struct scan_carry carry = { .start = 1 };
    size_t found = 0, due = stride;

    start[0] = (uint32_t)at;
    if (left < 64 + CLR_QUICK_SLACK) return 0;
    /* More separators than are due are a row that is too long; so there is always room for the next ones. */
    for (const size_t last = at + left - 64 - CLR_QUICK_SLACK; at <= last && found < due; at += 64) {
        const uint8_t *const here = block.data + at;
        const struct look_csv seen = look_csv(here);
        uint64_t separators = seen.separators, lines = separators & seen.other, odd = 0;
        uint64_t other = seen.other ^ lines;
        if (__builtin_expect((other | carry.tails) != 0, 1)) {
            if (carriage) {
                const uint64_t returns = look_equal(here, '\r') & (lines >> 1 | (uint64_t)(here[64] == '\n') << 63);
                separators |= returns;
                other &= ~returns;
            }
            odd = gbk ? other & ~look_high(here) : odd_text(look_text(here), other, &carry);
        }
        if ((seen.quotes | carry.open | carry.closed) != 0) odd |= odd_quotes(seen.quotes, separators, &carry);
        carry.start = separators >> 63;
        if (odd != 0) {
            const uint64_t before = (odd & -odd) - 1;
            separators &= before;
            lines &= before;
        }
        const unsigned count = look_count(separators);
        put_starts(start + 1 + found, separators, count, (uint32_t)at + 1);
        for (; lines != 0; lines &= lines - 1) {
            const unsigned before = look_count(separators & (lines ^ (lines - 1)));
            if (found + before != due || (carriage && here[(int)look_lowest(lines) - 1] != '\r')) return due / stride - 1;
            if (due == rows_max * stride) return rows_max;
            due += stride;
        }
        found += count;
        if (odd != 0) break;
    }
    return due / stride - 1;
}

static size_t CLR_LANE(csv_scan)(struct clr_bytes block, size_t at, const struct clr_csv_shape *shape, size_t rows_max, uint32_t *start)
{
    if (!shape->carriage && !shape->gbk) return scan_rows(block, at, shape->stride, false, false, rows_max, start);
    return scan_rows(block, at, shape->stride, shape->carriage, shape->gbk, rows_max, start);
}

#endif
