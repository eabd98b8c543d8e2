/*
 * fixedrows.h: what the quick readers of lines of one length share. Part of quick_plain.c and quick_avx2.c; see quick.h.
 *
 * They take records that have no reason against them, but the want of a TAC: files without any are about.
 *
 * A line whose bytes are all printable and behind whose last one a line end stands is the line that clr_line_next() finds.
 */
#ifndef CLR_CODECS_FIXEDROWS_H
#define CLR_CODECS_FIXEDROWS_H

#include <assert.h>

#include "look.h"
#include "numbers.h"
#include "quick.h"
#include "times.h"
#include "transit.h"

/* The line of `record_size` bytes at `at`, its offset and its size with the line end into `raw`. @return NULL when there is none so long */
CLR_INLINE const uint8_t *fixed_line(struct clr_bytes block, size_t at, size_t record_size, struct clr_raw *raw)
{
    if (block.size - at < record_size + 3 + CLR_QUICK_SLACK) return NULL;
    const size_t from = at + (block.data[at] == '\r');          /* of an LFCR */
    const uint8_t *const line = block.data + from, *const end = line + record_size;
    const bool carriage = end[0] == '\r';
    if (end[carriage] != '\n' || !look_printable(line, record_size)) return NULL;
    clr_raw_blank(raw, CLR_PRODUCT_TRANSIT);
    raw->offset = (uint32_t)from;
    raw->size = (uint32_t)(record_size + 1 + carriage);
    raw->kind = CLR_KIND_PURCHASE;
    return line;
}

/* "YYYYMMDD" of a trade, remembered from the record before. @return false when it is no date, or does not exist */
CLR_INLINE bool fixed_date(const uint8_t *text, struct clr_reader *reader, clr_day *day)
{
    bool impossible = false;

    *day = reader->date_day;
    if (clr_load8(text) == reader->date_text && reader->date_day != CLR_DAY_NONE && reader->date_rest == 0) return true;
    return clr_times_date(clr_bytes_of(text, 8), reader, day, &impossible) == CLR_RULE_NONE && !impossible;
}

/* "YYYYMMDD" of a card's life, its first day or its last. */
CLR_INLINE bool fixed_valid(const uint8_t *text, bool end, struct clr_reader *reader, clr_day *day)
{
    bool impossible = false;

    *day = reader->valid_day[end];
    if (clr_load8(text) == reader->valid_text[end] && reader->valid_day[end] != CLR_DAY_NONE) return true;
    return clr_times_valid(clr_bytes_of(text, 8), end, reader, day, &impossible) == CLR_RULE_NONE && !impossible;
}

/* The TAC, unless it is a constant that stands for none. See clr_value_tac. */
CLR_INLINE void fixed_tac(struct clr_raw *raw, uint32_t tac)
{
    const bool none = tac == 0 || tac == UINT32_C(0xffffffff) || tac == UINT32_C(0x30303030);

    raw->tac = none ? 0 : tac;
    raw->flags |= none ? 0 : CLR_FLAG_HAS_TAC;
    raw->reasons |= none ? CLR_REASON_MASK(TAC_ABSENT) : 0;
}

/* "06" and "09" are the known types. */
CLR_INLINE void fixed_type(const uint8_t *text, struct clr_raw *raw, uint64_t *wrong)
{
    static_assert(CLR_TYPE_PURSE == 6 && CLR_TYPE_COMPOUND == 9, "the known types are 6 and 9");

    *wrong |= (text[0] ^ (unsigned)'0') | (text[1] != '6' && text[1] != '9');
    raw->type = text[1] & 15;
}

#endif
