#include "store/merge_sort.h"

#include <stdlib.h>

#define ROWS_PER_BUCKET 4
#define FEW 32                                     /* rows that are put in order one by one */

void clr_merge_sorter_free(struct clr_merge_sorter *sorter)
{
    free(sorter->row);
    free(sorter->start);
    memset(sorter, 0, sizeof *sorter);
}

static enum clr_status reserve(struct clr_merge_sorter *sorter, size_t rows, size_t buckets)
{
    if (sorter->row_capacity < rows) {
        free(sorter->row);
        sorter->row = malloc((rows + rows / 2) * sizeof *sorter->row);
        sorter->row_capacity = sorter->row != NULL ? rows + rows / 2 : 0;
    }
    if (sorter->start_capacity < buckets) {
        free(sorter->start);
        sorter->start = malloc(buckets * sizeof *sorter->start);
        sorter->start_capacity = sorter->start != NULL ? buckets : 0;
    }
    return sorter->row_capacity >= rows && sorter->start_capacity >= buckets ? CLR_OK : CLR_FULL;
}

/** Files of a run are listed by admission, so their order there is the order of record ids. */
static uint64_t file_of(const struct clr_merge_packer *packer, const struct clr_merge_row *row)
{
    const struct clr_merge_segment *const from = &packer->segment[row->segment];
    return from->file[clr_segment_get(&from->segment, row->row, CLR_SEG_FILE)];          /* compared with file_count when the row was read */
}

static uint64_t number_of(const struct clr_merge_packer *packer, const struct clr_merge_row *row)
{
    return clr_segment_get(&packer->segment[row->segment].segment, row->row, CLR_SEG_NUMBER);
}

static bool stands_before(const struct clr_merge_packer *packer, const struct clr_merge_row *a, const struct clr_merge_row *b)
{
    if (a->key_hash != b->key_hash) return a->key_hash < b->key_hash;
    const uint64_t file_a = file_of(packer, a), file_b = file_of(packer, b);
    return file_a != file_b ? file_a < file_b : number_of(packer, a) < number_of(packer, b);
}

static void sort_few(const struct clr_merge_packer *packer, struct clr_merge_row *row, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct clr_merge_row taken = row[i];
        size_t at = i;
        for (; at > 0 && stands_before(packer, &taken, &row[at - 1]); at--) row[at] = row[at - 1];
        row[at] = taken;
    }
}

/** Put a row where the one at `at` was, and let it sink below what stands behind it. */
static void sink(const struct clr_merge_packer *packer, struct clr_merge_row *row, size_t count, size_t at)
{
    const struct clr_merge_row taken = row[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count) break;
        if (child + 1 < count && stands_before(packer, &row[child], &row[child + 1])) child++;
        if (!stands_before(packer, &taken, &row[child])) break;
        row[at] = row[child];
        at = child;
    }
    row[at] = taken;
}

/** A heap: however the rows of one key come, n log n. */
static void sort_many(const struct clr_merge_packer *packer, struct clr_merge_row *row, size_t count)
{
    for (size_t at = count / 2; at-- > 0;) sink(packer, row, count, at);
    for (size_t end = count; end-- > 1;) {
        const struct clr_merge_row last = row[0];
        row[0] = row[end];
        row[end] = last;
        sink(packer, row, end, 0);
    }
}

enum clr_status clr_merge_sort(struct clr_merge_sorter *sorter, const struct clr_merge_packer *packer, struct clr_merge_row *row, uint32_t count)
{
    unsigned bits = 1;
    if (count < 2) return CLR_OK;
    while (bits < 20 && (count >> bits) > ROWS_PER_BUCKET) bits++;
    const size_t buckets = (size_t)1 << bits;
    CLR_TRY(reserve(sorter, count, buckets + 1));
    uint32_t *const start = sorter->start;
    memset(start, 0, (buckets + 1) * sizeof *start);
    for (uint32_t i = 0; i < count; i++) start[(row[i].key_hash >> (64 - bits)) + 1]++;
    for (size_t b = 0; b < buckets; b++) start[b + 1] += start[b];
    for (uint32_t i = 0; i < count; i++) sorter->row[start[row[i].key_hash >> (64 - bits)]++] = row[i];
    uint32_t from = 0;
    for (size_t b = 0; b < buckets; b++) {         /* now start[b] is the end of bucket b */
        const uint32_t end = start[b];
        if (end - from > FEW) sort_many(packer, sorter->row + from, end - from);
        else if (end - from > 1) sort_few(packer, sorter->row + from, end - from);
        from = end;
    }
    memcpy(row, sorter->row, count * sizeof *row);
    return CLR_OK;
}
