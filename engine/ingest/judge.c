/* Phase B of a batch: partitions are judged, booked and packed by workers; the command's thread writes them in order (batch.h). */
#include <sched.h>
#include <stdlib.h>

#include "base/stop.h"
#include "base/workers.h"
#include "ingest/history.h"
#include "ingest/partition.h"
#include "ingest/pipeline.h"

static struct clr_packed packed_none;                    /* "finished, no rows" */

static void note_failure(struct clr_batch *batch, struct clr_batch_worker *worker, enum clr_status status)
{
    int none = CLR_OK;
    worker->status = status;
    atomic_compare_exchange_strong_explicit(&batch->failed, &none, (int)status, memory_order_relaxed, memory_order_relaxed);
}

static enum clr_status judge_partition(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition)
{
    size_t identified, total;
    struct clr_packed *first = NULL, **end = &first;

    CLR_TRY(clr_partition_entries(batch, worker, partition, &identified, &total));
    clr_lap_end(&worker->lap, CLR_STAGE_SORT);
    CLR_TRY(clr_dedup_partition(worker->dedup, worker->entry, identified, &worker->fault));
    clr_lap_end(&worker->lap, CLR_STAGE_JUDGE);
    for (size_t i = 0; i < total; i++) {
        if (i + CLR_PREFETCH_RECORDS < total) clr_prefetch_record(worker->entry[i + CLR_PREFETCH_RECORDS].txn);
        CLR_TRY(clr_partition_account(batch, worker, worker->entry[i].txn));
    }
    clr_lap_end(&worker->lap, CLR_STAGE_ACCOUNT);
    enum clr_status status = CLR_OK;
    for (unsigned tail = 0; tail < 2 && status == CLR_OK; tail++)
        if (tail == 0 || batch->tail_job != UINT32_MAX) status = clr_partition_pack(batch, worker, partition, identified, tail, &end);
    clr_lap_end(&worker->lap, CLR_STAGE_PACK);
    /* Release pairs with the writer's acquire: it sees the parts whole. On failure, too, so that they are freed; then it sees the failure, and writes none. */
    if (status != CLR_OK) note_failure(batch, worker, status);
    atomic_store_explicit(&batch->packed[partition], first != NULL ? first : &packed_none, memory_order_release);
    return status;
}

/* ---- the writer ---- */

struct writer {
    struct clr_tx tx;
    bool begun;
    uint32_t next;                       /* partition to write */
    struct clr_part *part[2];
    uint32_t part_count[2], part_capacity[2];
    struct clr_packed *held, **held_end; /* whose indexes go in behind the rows of the commit, in order */
    uint64_t held_bytes;
};

static void free_packed(struct clr_packed *packed)
{
    while (packed != NULL && packed != &packed_none) {
        struct clr_packed *const next = packed->next;
        free(packed->row);
        free(packed->idx);
        free(packed);
        packed = next;
    }
}

/** Indexes go in behind the rows of their commit: so they stand together in the file, in the order in which they will be asked (nominate.c). */
static enum clr_status commit(struct clr_batch *batch, struct writer *writer, struct clr_fault *fault)
{
    while (writer->held != NULL) {
        struct clr_packed *const packed = writer->held;
        uint8_t key[CLR_SEGMENT_KEY_SIZE];
        clr_segment_key(batch->run_id[packed->tail], packed->part.partition, packed->part.part, key);
        CLR_TRY(clr_tx_put(&writer->tx, CLR_TABLE_idx, key, sizeof key, packed->idx, packed->idx_size, fault));
        writer->held = packed->next;
        packed->next = NULL;
        free_packed(packed);
    }
    writer->held_bytes = 0;
    writer->begun = false;
    return clr_tx_commit(&writer->tx, fault);
}

static enum clr_status put_rows(struct clr_batch *batch, struct writer *writer, const struct clr_packed *packed, struct clr_fault *fault)
{
    const unsigned tail = packed->tail;
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    if (writer->part_count[tail] == writer->part_capacity[tail]) {
        const uint32_t capacity = writer->part_capacity[tail] * 2 + 64;
        struct clr_part *const grown = realloc(writer->part[tail], capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        writer->part[tail] = grown;
        writer->part_capacity[tail] = capacity;
    }
    writer->part[tail][writer->part_count[tail]++] = packed->part;
    if (!writer->begun) {
        CLR_TRY(clr_tx_begin(&batch->store->env, true, &writer->tx, fault));
        writer->begun = true;
    }
    clr_segment_key(batch->run_id[tail], packed->part.partition, packed->part.part, key);
    return clr_tx_put(&writer->tx, CLR_TABLE_row, key, sizeof key, packed->row, packed->row_size, fault);
}

/** Takes the part over. */
static enum clr_status write_part(struct clr_batch *batch, struct writer *writer, struct clr_packed *packed, struct clr_fault *fault)
{
    const enum clr_status status = put_rows(batch, writer, packed, fault);
    free(packed->row);
    packed->row = NULL;
    packed->next = NULL;
    if (writer->held == NULL) writer->held_end = &writer->held;
    *writer->held_end = packed;
    writer->held_end = &packed->next;
    CLR_TRY(status);
    writer->held_bytes += packed->idx_size;
    return writer->tx.bytes + writer->held_bytes < batch->store->options.subcommit_bytes ? CLR_OK : commit(batch, writer, fault);
}

/** Write every partition that is finished, in order. */
static enum clr_status write_ready(struct clr_batch *batch, struct writer *writer, struct clr_fault *fault)
{
    while (writer->next < UINT32_C(1) << batch->bits) {
        struct clr_packed *const packed = atomic_load_explicit(&batch->packed[writer->next], memory_order_acquire);
        if (packed == NULL) return CLR_OK;
        atomic_store_explicit(&batch->packed[writer->next++], &packed_none, memory_order_relaxed);
        enum clr_status status = CLR_OK;
        for (struct clr_packed *part = packed; part != NULL && part != &packed_none && status == CLR_OK;) {
            struct clr_packed *const rest = part->next;
            status = write_part(batch, writer, part, fault);
            if (status != CLR_OK) free_packed(rest);
            part = rest;
        }
        CLR_TRY(status);
    }
    return CLR_OK;
}

/** Claim and judge one partition. @return false when there is none left or the batch failed */
static bool judge_next(struct clr_batch *batch, struct clr_batch_worker *worker)
{
    if (atomic_load_explicit(&batch->failed, memory_order_relaxed) != CLR_OK) return false;
    const uint32_t partition = atomic_fetch_add_explicit(&batch->next_partition, 1, memory_order_relaxed);
    if (partition >= UINT32_C(1) << batch->bits) return false;
    enum clr_status status = clr_stop_requested() ? CLR_STOPPED : judge_partition(batch, worker, partition);
    if (status == CLR_OK) return true;
    note_failure(batch, worker, status);
    return false;
}

struct phase_b { struct clr_batch *batch; struct writer writer; };

/** Worker 0 writes what is ready, and judges when nothing is; the others judge. */
static void judge_or_write(void *context, unsigned number)
{
    struct phase_b *const phase = context;
    struct clr_batch *const batch = phase->batch;
    struct clr_batch_worker *const worker = &batch->worker[number];

    clr_lap_resume(&worker->lap);
    if (number != 0) {
        while (judge_next(batch, worker)) {}
        return;
    }
    enum clr_status status = CLR_OK;
    while (status == CLR_OK && phase->writer.next < UINT32_C(1) << batch->bits) {
        status = write_ready(batch, &phase->writer, &worker->fault);
        clr_lap_end(&worker->lap, CLR_STAGE_WRITE);
        if (status != CLR_OK || phase->writer.next == UINT32_C(1) << batch->bits) break;
        if (judge_next(batch, worker)) continue;
        status = (enum clr_status)atomic_load_explicit(&batch->failed, memory_order_relaxed);
        sched_yield();
        clr_lap_end(&worker->lap, CLR_STAGE_OTHER);
    }
    if (status == CLR_OK) return;
    int none = CLR_OK;
    if (atomic_compare_exchange_strong_explicit(&batch->failed, &none, (int)status, memory_order_relaxed, memory_order_relaxed)) worker->status = status;
}

/* ---- runs ---- */

/** Ids and manifests in state building, durable before the first segment. */
static enum clr_status reserve_runs(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct clr_batch *const batch = context;
    uint64_t next;
    (void)store;
    CLR_TRY(clr_meta_get(tx, CLR_META_NEXT_RUN, 1, &next, fault));
    for (unsigned tail = 0; tail < 2; tail++) {
        if (tail == 1 && batch->tail_job == UINT32_MAX) continue;
        batch->run_id[tail] = next++;
        const struct clr_run empty = { .id = batch->run_id[tail], .state = CLR_RUN_BUILDING, .bits = (uint8_t)batch->bits };
        CLR_TRY(clr_run_put(tx, &empty, fault));
    }
    return clr_meta_put(tx, CLR_META_NEXT_RUN, next, fault);
}

static int by_day(const void *a, const void *b)
{
    const struct clr_run_day *const x = a, *const y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static enum clr_status merge_days(const struct clr_batch *batch, unsigned tail, struct clr_run *run)
{
    struct clr_batch_days all = { 0 };
    enum clr_status status = CLR_OK;
    for (unsigned w = 0; w < batch->threads; w++) {
        const struct clr_batch_days *const days = &batch->worker[w].days[tail];
        for (size_t i = 0; i < days->count && status == CLR_OK; i++)
            status = clr_batch_days_add(&all, days->item[i].day, days->item[i].rows);
    }
    if (all.count > 1) qsort(all.item, all.count, sizeof *all.item, by_day);
    run->day = all.item;
    run->day_count = (uint32_t)all.count;
    return status;
}

static enum clr_status make_run(struct clr_batch *batch, struct writer *writer, unsigned tail)
{
    struct clr_run *const run = calloc(1, sizeof *run);
    if (run == NULL) return CLR_FULL;
    batch->run[tail] = run;
    *run = (struct clr_run){ .id = batch->run_id[tail], .state = CLR_RUN_BUILDING, .bits = (uint8_t)batch->bits };
    run->file_count = batch->end_job - batch->first_job;
    run->admission = malloc((run->file_count + 1) * sizeof *run->admission);
    if (run->admission == NULL) return CLR_FULL;
    for (uint32_t i = 0; i < run->file_count; i++) run->admission[i] = batch->job[batch->first_job + i]->admission;
    run->part = writer->part[tail];
    run->part_count = writer->part_count[tail];
    writer->part[tail] = NULL;
    CLR_TRY(merge_days(batch, tail, run));
    return clr_run_index(run);
}

static enum clr_status reserve_notes(struct clr_batch *batch)
{
    if (batch->notes_capacity < batch->records) {
        free(batch->notes);
        batch->notes = malloc((size_t)batch->records);
        batch->notes_capacity = batch->notes != NULL ? batch->records : 0;
        if (batch->notes == NULL) return CLR_FULL;
    }
    for (uint32_t i = 0; i < batch->block_count; i++)
        if (batch->block[i].records > 0) memset(batch->notes + batch->block[i].batch_index, batch->block[i].note, batch->block[i].records);
    return CLR_OK;
}

static int by_gray(const void *a, const void *b)
{
    const struct clr_later *const x = a, *const y = b;
    return (x->record > y->record) - (x->record < y->record);
}

/** What the events of unfinished files say, for look-ups. */
static enum clr_status list_later(struct clr_batch *batch)
{
    free(batch->later);
    batch->later = malloc((batch->event_count + 1) * sizeof *batch->later);
    if (batch->later == NULL) return CLR_FULL;
    for (size_t i = 0; i < batch->event_count; i++) batch->later[i] = (struct clr_later){ batch->event[i].gray, batch->event[i].to };
    if (batch->event_count > 1) qsort(batch->later, batch->event_count, sizeof *batch->later, by_gray);
    return CLR_OK;
}

static enum clr_status prepare(struct clr_batch *batch, struct clr_fault *fault)
{
    CLR_TRY(reserve_notes(batch));
    CLR_TRY(list_later(batch));
    CLR_TRY(clr_store_write(batch->store, reserve_runs, batch, fault));
    for (unsigned w = 0; w < batch->threads; w++)
        CLR_TRY(clr_history_begin(clr_dedup_history(batch->worker[w].dedup), batch->later, batch->event_count, fault));
    for (uint32_t p = 0; p < UINT32_C(1) << batch->bits; p++) atomic_store_explicit(&batch->packed[p], NULL, memory_order_relaxed);
    return CLR_OK;
}

static enum clr_status finish_writing(struct clr_batch *batch, struct writer *writer, struct clr_fault *fault)
{
    enum clr_status status = clr_batch_failure(batch, fault);
    if (status == CLR_OK && writer->begun) status = commit(batch, writer, fault);
    if (status != CLR_OK) {
        if (writer->begun) clr_tx_abort(&writer->tx);
        free_packed(writer->held);
        for (uint32_t p = writer->next; p < UINT32_C(1) << batch->bits; p++) free_packed(atomic_load_explicit(&batch->packed[p], memory_order_acquire));
        return status;
    }
    for (unsigned w = 0; w < batch->threads; w++) CLR_TRY(clr_tabs_settle(batch->worker[w].tabs));
    for (unsigned tail = 0; tail < 2; tail++)
        if (tail == 0 || batch->tail_job != UINT32_MAX) CLR_TRY(make_run(batch, writer, tail));
    return CLR_OK;
}

enum clr_status clr_batch_judge(struct clr_batch *batch, struct clr_fault *fault)
{
    struct phase_b phase = { .batch = batch };
    CLR_TRY(prepare(batch, fault));
    clr_workers_run(batch->threads, judge_or_write, &phase);
    clr_lap_end(&batch->worker[0].lap, CLR_STAGE_OTHER);
    const enum clr_status status = finish_writing(batch, &phase.writer, fault);
    clr_lap_end(&batch->worker[0].lap, CLR_STAGE_WRITE);
    for (unsigned w = 0; w < batch->threads; w++) clr_history_end(clr_dedup_history(batch->worker[w].dedup));
    free(phase.writer.part[0]);
    free(phase.writer.part[1]);
    return status;
}
