/*
 * fixedrows.h: what the quick readers of lines of one length share. Part of quick_plain.c and quick_avx2.c; see quick.h.
 *
 * A line whose bytes are all printable and behind whose last one a line end stands is the line that clr_line_next() finds.
 */
#ifndef CLR_CODECS_FIXEDROWS_H
#define CLR_CODECS_FIXEDROWS_H

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
CLR_INLINE void fixed_tac(struct clr_raw *raw, uint32_t tac, bool wanted)
{
    const bool none = tac == 0 || tac == UINT32_C(0xffffffff) || tac == UINT32_C(0x30303030);

    raw->tac = none ? 0 : tac;
    raw->flags |= none ? 0 : CLR_FLAG_HAS_TAC;
    raw->reasons |= none && wanted ? CLR_REASON_MASK(TAC_ABSENT) : 0;
}

/* Two digits, of which the text is known to consist: purses and compound consumption are known types. */
CLR_INLINE void fixed_type(struct clr_raw *raw, const uint8_t *text)
{
    const unsigned type = (text[0] & 15u) * 10 + (text[1] & 15u);

    raw->type = (uint8_t)type;
    raw->reasons |= type == CLR_TYPE_PURSE || type == CLR_TYPE_COMPOUND ? 0 : CLR_REASON_MASK(UNKNOWN_TYPE);
}

#endif
