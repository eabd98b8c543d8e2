#include "store/rowfind.h"

#include <stdlib.h>

#include "store/segment.h"

static size_t lower_bound(const struct clr_wanted_row *row, size_t count, clr_record_id id)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (row[middle].id < id) low = middle + 1;
        else high = middle;
    }
    return low;
}

struct clr_wanted_row *clr_row_wanted(struct clr_wanted_row *row, size_t count, clr_record_id id)
{
    const size_t at = lower_bound(row, count, id);
    return at < count && row[at].id == id ? &row[at] : NULL;
}

static int by_id(const void *a, const void *b)
{
    const struct clr_wanted_row *const x = a, *const y = b;
    return (x->id > y->id) - (x->id < y->id);
}

size_t clr_rows_sort(struct clr_wanted_row *row, size_t count)
{
    size_t kept = 0;
    if (count > 1) qsort(row, count, sizeof *row, by_id);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || row[kept - 1].id != row[i].id) row[kept++] = row[i];
    return kept;
}

/** The wanted rows of one file of a run. */
struct of_file { struct clr_wanted_row *first; size_t count; };

static enum clr_status damaged(struct clr_store *store, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "a stored segment cannot be read; run `clear verify`", "存储的数据段无法读取；请运行 `clear verify`");
    clr_fault_at(fault, store->env.path, 0, NULL);
    return CLR_DAMAGED;
}

static enum clr_status find_in_part(struct clr_store *store, struct clr_tx *tx, const struct clr_run *run, const struct clr_part *part,
                                    const struct of_file *wanted, struct clr_fault *fault)
{
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes value;
    struct clr_segment segment;

    clr_segment_key(run->id, part->partition, part->part, key);
    if (clr_tx_get_raw(tx, CLR_TABLE_row, key, sizeof key, &value, fault) != CLR_OK || clr_segment_open(value, &segment) != CLR_OK)
        return damaged(store, fault);
    for (size_t i = 0; i < clr_segment_rows(&segment); i++) {
        const uint64_t file = clr_segment_get(&segment, i, CLR_SEG_FILE);
        if (file >= run->file_count) return damaged(store, fault);
        if (wanted[file].count == 0) continue;
        const clr_record_id id = clr_record_id_of(run->admission[file], clr_segment_get(&segment, i, CLR_SEG_NUMBER));
        struct clr_wanted_row *const row = clr_row_wanted(wanted[file].first, wanted[file].count, id);
        if (row == NULL) continue;
        clr_segment_row(&segment, i, &row->txn, NULL);
        row->txn.file = run->admission[file];
        row->found = true;
    }
    return CLR_OK;
}

static enum clr_status find_in_run(struct clr_store *store, struct clr_tx *tx, const struct clr_run *run, struct clr_wanted_row *row,
                                   size_t count, struct clr_fault *fault)
{
    struct of_file *const wanted = calloc(run->file_count + 1, sizeof *wanted);
    bool any = false;
    if (wanted == NULL) return CLR_FULL;
    for (uint32_t f = 0; f < run->file_count; f++) {
        const size_t first = lower_bound(row, count, clr_record_id_of(run->admission[f], 0));
        const size_t end = lower_bound(row, count, clr_record_id_of(run->admission[f] + 1, 0));
        wanted[f] = (struct of_file){ row + first, end - first };
        any |= end > first;
    }
    enum clr_status status = CLR_OK;
    for (uint32_t p = 0; any && p < run->part_count && status == CLR_OK; p++)
        status = find_in_part(store, tx, run, &run->part[p], wanted, fault);
    free(wanted);
    return status;
}

enum clr_status clr_rows_find(struct clr_store *store, struct clr_tx *tx, struct clr_wanted_row *row, size_t count, struct clr_fault *fault)
{
    for (size_t i = 0; count > 0 && i < store->run_count; i++) CLR_TRY(find_in_run(store, tx, store->run[i], row, count, fault));
    return CLR_OK;
}
