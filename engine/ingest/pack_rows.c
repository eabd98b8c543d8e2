/* The rows of a judged partition, packed into segments with their index (partition.h). */
#include <stdlib.h>

#include "ingest/partition.h"
#include "store/runindex.h"

enum clr_status clr_batch_days_add(struct clr_batch_days *days, clr_day day, uint64_t rows)
{
    /* Most rows are of the day of the row before. */
    if (days->last >= days->count || days->item[days->last].day != day)
        for (days->last = 0; days->last < days->count && days->item[days->last].day != day; days->last++) {}
    if (days->last == days->count) {
        if (days->count == days->capacity) {
            const size_t capacity = days->capacity * 2 + 16;
            struct clr_run_day *const grown = realloc(days->item, capacity * sizeof *grown);
            if (grown == NULL) return CLR_FULL;
            days->item = grown;
            days->capacity = capacity;
        }
        days->item[days->count++] = (struct clr_run_day){ day, 0 };
    }
    days->item[days->last].rows += rows;
    return CLR_OK;
}

static enum clr_status pack_part(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, uint16_t part, unsigned tail,
                                 size_t first, size_t count, struct clr_packed ***end)
{
    struct clr_packed *const packed = calloc(1, sizeof *packed);
    if (packed == NULL) return CLR_FULL;
    **end = packed;
    *end = &packed->next;
    packed->tail = (uint8_t)tail;
    packed->part = (struct clr_part){ .partition = (uint16_t)partition, .part = part, .rows = (uint32_t)count, .first_key_hash = worker->row_hash[first] };
    for (size_t i = first; i < first + count; i++) {
        const enum clr_verdict verdict = clr_verdict_of(worker->row[i]->reasons);
        packed->part.pending += verdict == CLR_VERDICT_PENDING || verdict == CLR_VERDICT_CONFLICT;
        CLR_TRY(clr_batch_days_add(&worker->days[tail], worker->row[i]->trade_day, 1));
    }
    packed->idx_size = clr_runindex_size(count);
    packed->idx = malloc(packed->idx_size);
    if (packed->idx == NULL) return CLR_FULL;
    clr_runindex_build(worker->row_hash + first, count, packed->idx);
    return clr_segment_pack(&worker->builder, worker->row + first, worker->row_number + first, count, batch->first_job, &packed->row, &packed->row_size);
}

enum clr_status clr_partition_pack(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t entries, unsigned tail,
                                   struct clr_packed ***end)
{
    size_t rows = 0;
    for (size_t i = 0; i < entries; i++) {
        struct clr_txn *const txn = worker->entry[i].txn;
        if ((txn->file == batch->tail_job) != (tail == 1) || clr_verdict_of(txn->reasons) == CLR_VERDICT_DUPLICATE) continue;
        worker->row[rows] = txn;
        worker->row_number[rows] = batch->block[txn->block].first_number + txn->index;
        worker->row_hash[rows] = worker->entry[i].key_hash;
        rows++;
    }
    uint16_t part = 0;
    for (size_t first = 0; first < rows; first += CLR_PART_ROWS, part++)
        CLR_TRY(pack_part(batch, worker, partition, part, tail, first, rows - first < CLR_PART_ROWS ? rows - first : CLR_PART_ROWS, end));
    return CLR_OK;
}
