/*
 * columns.h: fixed-stride bit-packed rows: any row in O(1), each column about as wide as its range in the segment.
 *
 * A table of `count` rows and up to CLR_COLUMNS_MAX unsigned 64-bit columns is stored as
 *
 *   off            size        meaning (little-endian)
 *     0              4         rows
 *     4              2         columns n
 *     6              2         stride in bits: sum of the widths
 *     8              8·n       base of each column: no value is smaller
 *     8+8n           n         width of each column in bits, 0..64: what (maximum − base) needs
 *   pad to 8         …
 *     …     rows·stride bits   row after row, column after column, least significant bit first
 *     …              8         zero padding, so that a 64-bit load never leaves the value
 *
 * Threads   plain data; a reader borrows the stored bytes.
 */
#ifndef CLR_STORE_COLUMNS_H
#define CLR_STORE_COLUMNS_H

#include "base/bytes.h"
#include "base/status.h"

#define CLR_COLUMNS_MAX 32

/** Bytes that packing needs at most. */
size_t clr_columns_size_max(size_t rows, unsigned columns);

/**
 * Pack rows[row * columns + column].
 * @return bytes written to `out` (at most clr_columns_size_max).
 */
size_t clr_columns_pack(const uint64_t *rows, size_t count, unsigned columns, uint8_t *out);

/** Bytes of a table whose widths are known, and its head up to the bits: for who writes the bits himself (store/bits.h). @return bytes of the head */
size_t clr_columns_size(size_t rows, unsigned columns, const uint8_t *width);
size_t clr_columns_head(uint8_t *out, size_t rows, unsigned columns, const uint64_t *base, const uint8_t *width);

struct clr_columns {
    const uint8_t *bits;
    size_t count;
    unsigned columns;
    unsigned stride;
    uint64_t base[CLR_COLUMNS_MAX];
    uint8_t width[CLR_COLUMNS_MAX];
    uint16_t at[CLR_COLUMNS_MAX];       /* bit offset of the column in the row */
};

/** Open packed bytes; checks that everything lies inside. @param[out] used bytes the table takes. CLR_DAMAGED when it does not fit. */
CLR_MUST_USE enum clr_status clr_columns_open(struct clr_bytes bytes, struct clr_columns *out, size_t *used);

static inline uint64_t clr_columns_get(const struct clr_columns *table, size_t row, unsigned column)
{
    const unsigned width = table->width[column];
    if (width == 0) return table->base[column];
    const uint64_t bit = (uint64_t)row * table->stride + table->at[column];
    const unsigned shift = bit & 7;
    uint64_t low;
    memcpy(&low, table->bits + (bit >> 3), 8);
    low >>= shift;
    if (width + shift > 64) low |= (uint64_t)table->bits[(bit >> 3) + 8] << (64 - shift);
    return table->base[column] + (width == 64 ? low : low & ((UINT64_C(1) << width) - 1));
}

#endif
