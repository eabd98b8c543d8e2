#include "query/rowset.h"

#include <stdlib.h>

#include "store/segment.h"

#define ROWS_MIN 65536

enum clr_status clr_rowset_open(struct clr_store *store, struct clr_tx *tx, const struct clr_file *file, struct clr_rowset *out)
{
    uint64_t capacity = store->options.memory / 4 / (sizeof *out->row + 1);
    if (capacity < ROWS_MIN) capacity = ROWS_MIN;
    if (capacity > file->first.records) capacity = file->first.records;
    *out = (struct clr_rowset){
        .store = store, .tx = tx, .admission = file->admission, .records = file->first.records, .capacity = (size_t)capacity
    };
    out->row = malloc((out->capacity + 1) * sizeof *out->row);
    out->there = malloc(out->capacity + 1);
    return out->row != NULL && out->there != NULL ? CLR_OK : CLR_FULL;
}

void clr_rowset_close(struct clr_rowset *set)
{
    free(set->row);
    free(set->there);
    memset(set, 0, sizeof *set);
}

static enum clr_status damaged(const struct clr_rowset *set, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "a stored segment cannot be read; run `clear verify`", "存储的数据段无法读取；请运行 `clear verify`");
    clr_fault_at(fault, set->store->env.path, 0, NULL);
    return CLR_DAMAGED;
}

static enum clr_status take_part(struct clr_rowset *set, const struct clr_run *run, const struct clr_part *part, uint32_t ordinal,
                                 struct clr_fault *fault)
{
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes value;
    struct clr_segment segment;

    clr_segment_key(run->id, part->partition, part->part, key);
    if (clr_tx_get_raw(set->tx, CLR_TABLE_row, key, sizeof key, &value, fault) != CLR_OK || clr_segment_open(value, &segment) != CLR_OK)
        return damaged(set, fault);
    for (size_t i = 0; i < clr_segment_rows(&segment); i++) {
        if (clr_segment_get(&segment, i, CLR_SEG_FILE) != ordinal) continue;
        const uint64_t number = clr_segment_get(&segment, i, CLR_SEG_NUMBER);
        if (number < set->first || number - set->first >= set->count) continue;
        const size_t index = (size_t)(number - set->first);
        clr_segment_row(&segment, i, &set->row[index], NULL);
        set->row[index].file = set->admission;
        set->there[index] = true;
    }
    return CLR_OK;
}

static enum clr_status fill(struct clr_rowset *set, uint64_t first, struct clr_fault *fault)
{
    const uint64_t left = set->records - first + 1;
    set->first = first;
    set->count = left < set->capacity ? (size_t)left : set->capacity;
    memset(set->there, 0, set->count);
    for (size_t r = 0; r < set->store->run_count; r++) {
        const struct clr_run *const run = set->store->run[r];
        uint32_t ordinal = 0;
        while (ordinal < run->file_count && run->admission[ordinal] != set->admission) ordinal++;
        for (uint32_t p = 0; ordinal < run->file_count && p < run->part_count; p++)
            CLR_TRY(take_part(set, run, &run->part[p], ordinal, fault));
    }
    return CLR_OK;
}

enum clr_status clr_rowset_get(struct clr_rowset *set, uint64_t number, const struct clr_txn **out, struct clr_fault *fault)
{
    CLR_ASSERT(number >= 1 && number <= set->records);
    if (set->count == 0 || number < set->first || number - set->first >= set->count) CLR_TRY(fill(set, number, fault));
    const size_t index = (size_t)(number - set->first);
    *out = &set->row[index];
    return set->there[index] ? CLR_OK : CLR_NOT_FOUND;
}

enum clr_status clr_row_by_key(struct clr_history *history, const struct clr_txn *like, clr_record_id id, struct clr_past_list *scratch,
                               struct clr_past *out, struct clr_fault *fault)
{
    scratch->count = 0;
    clr_history_reset(history);
    CLR_TRY(clr_history_by_key(history, like, like->hash, like->trade_day, scratch, fault));
    for (size_t i = 0; i < scratch->count; i++) {
        if (scratch->item[i].id != id) continue;
        *out = scratch->item[i];
        return CLR_OK;
    }
    return CLR_NOT_FOUND;
}
