#include "store/vmap.h"

#include <stdlib.h>

#define HEAD_SIZE 24
enum { COL_NUMBER, COL_REASONS, COL_LINK_ADMISSION, COL_LINK_NUMBER, COL_AMOUNT, COL_DETAIL, COL_COUNT };

/** The most frequent plain word: accepted (notes allowed). Few words are ever plain, so counting by list is cheap. */
static uint64_t pick_default(const uint64_t *reasons, size_t count)
{
    struct { uint64_t word; size_t count; } seen[8] = { { 0, 0 } };
    size_t seen_count = 0, best = 0;

    for (size_t i = 0; i < count; i++) {
        if ((reasons[i] & CLR_REASONS_ALL) != 0) continue;
        size_t at = 0;
        while (at < seen_count && seen[at].word != reasons[i]) at++;
        if (at == seen_count) {
            if (seen_count == 8) continue;
            seen[seen_count++].word = reasons[i];
        }
        seen[at].count++;
    }
    for (size_t at = 1; at < seen_count; at++)
        if (seen[at].count > seen[best].count || (seen[at].count == seen[best].count && seen[at].word < seen[best].word)) best = at;
    return seen[best].word;
}

static void put_exception(uint64_t *cell, uint64_t first, const struct clr_exception *exception)
{
    cell[COL_NUMBER] = exception->number - first;
    cell[COL_REASONS] = exception->reasons;
    cell[COL_LINK_ADMISSION] = clr_record_id_admission(exception->link);
    cell[COL_LINK_NUMBER] = clr_record_id_number(exception->link);
    cell[COL_AMOUNT] = (uint64_t)exception->amount_fen;
    cell[COL_DETAIL] = exception->detail;
}

enum clr_status clr_vmap_pack(uint64_t first, const uint64_t *reasons, size_t count, const struct clr_exception *exceptions, size_t exception_count,
                              uint8_t **value, size_t *size)
{
    const uint64_t standard = pick_default(reasons, count);
    size_t listed = 0, next = 0;
    for (size_t i = 0; i < count; i++) listed += reasons[i] != standard;
    listed += exception_count;                       /* an upper bound: exceptions may repeat non-standard words */
    uint64_t *const cells = malloc((listed + 1) * COL_COUNT * sizeof *cells);
    uint8_t *const out = malloc(HEAD_SIZE + clr_columns_size_max(listed, COL_COUNT));
    if (cells == NULL || out == NULL) {
        free(cells);
        free(out);
        return CLR_FULL;
    }
    listed = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t number = first + i;
        if (next < exception_count && exceptions[next].number == number) {
            put_exception(cells + COL_COUNT * listed++, first, &exceptions[next++]);
        } else if (reasons[i] != standard) {
            const struct clr_exception plain = { .number = number, .reasons = reasons[i] };
            put_exception(cells + COL_COUNT * listed++, first, &plain);
        }
    }
    CLR_ASSERT(next == exception_count);
    const uint32_t count32 = (uint32_t)count, listed32 = (uint32_t)listed;
    memcpy(out, &first, 8);
    memcpy(out + 8, &count32, 4);
    memcpy(out + 12, &listed32, 4);
    memcpy(out + 16, &standard, 8);
    *size = HEAD_SIZE + clr_columns_pack(cells, listed, COL_COUNT, out + HEAD_SIZE);
    *value = out;
    free(cells);
    return CLR_OK;
}

enum clr_status clr_vmap_open(struct clr_bytes value, struct clr_vmap *out)
{
    uint32_t count, listed;
    size_t used;
    if (value.size < HEAD_SIZE) return CLR_DAMAGED;
    memcpy(&out->first, value.data, 8);
    memcpy(&count, value.data + 8, 4);
    memcpy(&listed, value.data + 12, 4);
    memcpy(&out->default_reasons, value.data + 16, 8);
    out->count = count;
    out->exception_count = listed;
    CLR_TRY(clr_columns_open(clr_bytes_of(value.data + HEAD_SIZE, value.size - HEAD_SIZE), &out->columns, &used));
    return out->columns.count == listed && out->columns.columns == COL_COUNT ? CLR_OK : CLR_DAMAGED;
}

void clr_vmap_exception(const struct clr_vmap *map, size_t index, struct clr_exception *out)
{
    const struct clr_columns *const columns = &map->columns;
    out->number = map->first + clr_columns_get(columns, index, COL_NUMBER);
    out->reasons = clr_columns_get(columns, index, COL_REASONS);
    const uint64_t admission = clr_columns_get(columns, index, COL_LINK_ADMISSION);
    out->link = admission == 0 ? 0 : clr_record_id_of((uint32_t)admission, clr_columns_get(columns, index, COL_LINK_NUMBER));
    out->amount_fen = (clr_fen)clr_columns_get(columns, index, COL_AMOUNT);
    out->detail = (uint16_t)clr_columns_get(columns, index, COL_DETAIL);
}

bool clr_vmap_find(const struct clr_vmap *map, uint64_t number, struct clr_exception *out)
{
    size_t low = 0, high = map->exception_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (map->first + clr_columns_get(&map->columns, middle, COL_NUMBER) < number) low = middle + 1;
        else high = middle;
    }
    if (low == map->exception_count || map->first + clr_columns_get(&map->columns, low, COL_NUMBER) != number) return false;
    clr_vmap_exception(map, low, out);
    return true;
}

enum clr_status clr_vmap_get(struct clr_tx *tx, clr_record_id id, struct clr_exception *out, struct clr_fault *fault)
{
    uint8_t key[12];
    struct clr_scan scan;
    struct clr_bytes k, v;
    struct clr_vmap map;
    const uint64_t number = clr_record_id_number(id);

    clr_put_be32(key, clr_record_id_admission(id));
    clr_put_be64(key + 4, number);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_vmap, key, 4, &scan, fault));
    enum clr_status status = clr_scan_floor(&scan, key, sizeof key, &k, &v, fault);
    if (status == CLR_OK) status = clr_vmap_open(v, &map);
    if (status == CLR_OK && (number < map.first || number >= map.first + map.count)) status = CLR_NOT_FOUND;
    if (status == CLR_OK && !clr_vmap_find(&map, number, out))
        *out = (struct clr_exception){ .number = number, .reasons = map.default_reasons };
    clr_scan_close(&scan);
    return status;
}
