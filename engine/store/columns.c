#include "store/columns.h"

#include "store/bits.h"

static size_t head_size(unsigned columns) { return (8 + 9 * (size_t)columns + 7) & ~(size_t)7; }

size_t clr_columns_size_max(size_t rows, unsigned columns) { return head_size(columns) + rows * columns * 8 + 16; }

size_t clr_columns_size(size_t rows, unsigned columns, const uint8_t *width)
{
    uint64_t stride = 0;
    for (unsigned column = 0; column < columns; column++) stride += width[column];
    return head_size(columns) + (size_t)((rows * stride + 7) / 8) + 8;
}

size_t clr_columns_head(uint8_t *out, size_t rows, unsigned columns, const uint64_t *base, const uint8_t *width)
{
    const uint32_t count32 = (uint32_t)rows;
    const uint16_t columns16 = (uint16_t)columns;
    uint16_t stride = 0;

    CLR_ASSERT(columns <= CLR_COLUMNS_MAX && rows <= UINT32_MAX);
    for (unsigned column = 0; column < columns; column++) stride = (uint16_t)(stride + width[column]);
    memset(out, 0, head_size(columns));
    memcpy(out, &count32, 4);
    memcpy(out + 4, &columns16, 2);
    memcpy(out + 6, &stride, 2);
    memcpy(out + 8, base, 8 * (size_t)columns);
    memcpy(out + 8 + 8 * (size_t)columns, width, columns);
    return head_size(columns);
}

/** Minimum and width of each column. */
static void measure(const uint64_t *rows, size_t count, unsigned columns, uint64_t *base, uint8_t *width)
{
    uint64_t max[CLR_COLUMNS_MAX];

    for (unsigned column = 0; column < columns; column++) base[column] = max[column] = count > 0 ? rows[column] : 0;
    for (size_t row = 1; row < count; row++) {
        const uint64_t *const cell = rows + row * columns;
        for (unsigned column = 0; column < columns; column++) {
            base[column] = cell[column] < base[column] ? cell[column] : base[column];
            max[column] = cell[column] > max[column] ? cell[column] : max[column];
        }
    }
    for (unsigned column = 0; column < columns; column++) width[column] = (uint8_t)clr_bits_for(max[column] - base[column]);
}

size_t clr_columns_pack(const uint64_t *rows, size_t count, unsigned columns, uint8_t *out)
{
    uint64_t base[CLR_COLUMNS_MAX];
    uint8_t width[CLR_COLUMNS_MAX] = { 0 };
    CLR_ASSERT(columns <= CLR_COLUMNS_MAX && count <= UINT32_MAX);
    measure(rows, count, columns, base, width);
    const size_t size = clr_columns_size(count, columns, width);

    /* Constant columns take no bits: walk only the others. */
    unsigned live[CLR_COLUMNS_MAX], live_count = 0;
    for (unsigned column = 0; column < columns; column++)
        if (width[column] > 0) live[live_count++] = column;

    struct clr_bit_writer writer = { out + clr_columns_head(out, count, columns, base, width), out + size, 0, 0 };
    for (size_t row = 0; row < count; row++) {
        const uint64_t *const cell = rows + row * columns;
        for (unsigned i = 0; i < live_count; i++) clr_bits_write(&writer, cell[live[i]] - base[live[i]], width[live[i]]);
    }
    clr_bits_end(&writer);
    return size;
}

enum clr_status clr_columns_open(struct clr_bytes bytes, struct clr_columns *out, size_t *used)
{
    uint32_t count;
    uint16_t columns, stride;
    if (bytes.size < 8) return CLR_DAMAGED;
    memcpy(&count, bytes.data, 4);
    memcpy(&columns, bytes.data + 4, 2);
    memcpy(&stride, bytes.data + 6, 2);
    if (columns > CLR_COLUMNS_MAX || bytes.size < head_size(columns)) return CLR_DAMAGED;
    const uint64_t need = head_size(columns) + ((uint64_t)count * stride + 7) / 8 + 8;
    if (bytes.size < need) return CLR_DAMAGED;

    out->count = count;
    out->columns = columns;
    out->stride = stride;
    out->bits = bytes.data + head_size(columns);
    memcpy(out->base, bytes.data + 8, 8 * (size_t)columns);
    memcpy(out->width, bytes.data + 8 + 8 * (size_t)columns, columns);
    unsigned at = 0;
    for (unsigned column = 0; column < columns; column++) {
        if (out->width[column] > 64) return CLR_DAMAGED;
        out->at[column] = (uint16_t)at;
        at += out->width[column];
    }
    if (at != stride) return CLR_DAMAGED;
    *used = (size_t)need;
    return CLR_OK;
}
