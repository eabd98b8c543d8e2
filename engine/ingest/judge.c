/* Phase B of a batch: partitions are judged, booked and packed by workers; the command's thread writes them in order (batch.h). */
#include <sched.h>
#include <stdlib.h>

#include "base/stop.h"
#include "base/workers.h"
#include "ingest/dedup.h"
#include "ingest/history.h"
#include "ingest/pipeline.h"
#include "store/runindex.h"

#define PREFETCH 6                                       /* records ahead: a miss takes as long as a few records' work */

static void prefetch_record(const struct clr_txn *txn)
{
    __builtin_prefetch(txn);
    __builtin_prefetch((const uint8_t *)txn + 64);
}

static struct clr_packed packed_none;                    /* "finished, no rows" */

/* ---- entries of a partition ---- */

static enum clr_status reserve_entries(struct clr_batch_worker *worker, size_t count)
{
    if (worker->entry_capacity >= count && worker->entry != NULL) return CLR_OK;
    const size_t capacity = count + count / 4 + 64;
    free(worker->entry);
    free(worker->entry_spare);
    free(worker->row);
    free(worker->row_number);
    free(worker->row_hash);
    worker->entry = malloc(capacity * sizeof *worker->entry);
    worker->entry_spare = malloc(capacity * sizeof *worker->entry_spare);
    worker->row = malloc(capacity * sizeof *worker->row);
    worker->row_number = malloc(capacity * sizeof *worker->row_number);
    worker->row_hash = malloc(capacity * sizeof *worker->row_hash);
    worker->entry_capacity = capacity;
    if (worker->entry && worker->entry_spare && worker->row && worker->row_number && worker->row_hash) return CLR_OK;
    worker->entry_capacity = 0;
    return CLR_FULL;
}

static void remap_parties(const struct clr_batch_worker *owner, struct clr_txn *txn)
{
    if (txn->issuer & CLR_PARTY_UNKNOWN) txn->issuer = owner->remap[(txn->issuer & ~CLR_PARTY_UNKNOWN) - 1];
    if (txn->acquirer & CLR_PARTY_UNKNOWN) txn->acquirer = owner->remap[(txn->acquirer & ~CLR_PARTY_UNKNOWN) - 1];
}

/** Collect the records of a partition: those with an identity from the front, the others from the back of the list. Refused files' are skipped. */
static enum clr_status collect(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t *with_identity, size_t *total)
{
    size_t count = 0, front = 0, back = 0;
    for (unsigned w = 0; w < batch->threads; w++)
        for (const struct clr_chunk *chunk = batch->worker[w].chain[partition]; chunk != NULL; chunk = chunk->next) count += chunk->count;
    CLR_TRY(reserve_entries(worker, count));
    for (unsigned w = 0; w < batch->threads; w++) {
        for (struct clr_chunk *chunk = batch->worker[w].chain[partition]; chunk != NULL; chunk = chunk->next) {
            for (uint32_t i = 0; i < chunk->count; i++) {
                struct clr_txn *const txn = &chunk->record[i];
                if (i + PREFETCH < CLR_CHUNK_RECORDS) prefetch_record(&chunk->record[i + PREFETCH]);
                if (batch->job[txn->file]->state == CLR_JOB_REFUSED) continue;
                remap_parties(&batch->worker[w], txn);
                const struct clr_entry entry = { clr_key_hash(txn->hash), (uint64_t)txn->block << 32 | txn->index, txn };
                if (clr_txn_has_identity(txn)) worker->entry[front++] = entry;
                else worker->entry_spare[back++] = entry;
            }
        }
    }
    memcpy(worker->entry + front, worker->entry_spare, back * sizeof *worker->entry);
    *with_identity = front;
    *total = front + back;
    return CLR_OK;
}

static int compare_entries(const void *a, const void *b)
{
    const struct clr_entry *const x = a, *const y = b;
    if (x->key_hash != y->key_hash) return x->key_hash < y->key_hash ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

static void sort_bucket(struct clr_entry *entry, size_t count)
{
    if (count > 48) {
        qsort(entry, count, sizeof *entry, compare_entries);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const struct clr_entry moving = entry[i];
        size_t at = i;
        for (; at > 0 && compare_entries(&entry[at - 1], &moving) > 0; at--) entry[at] = entry[at - 1];
        entry[at] = moving;
    }
}

/** Sort by (key hash, position): a counting sort into buckets of about four, then each bucket. */
static enum clr_status sort_entries(struct clr_batch_worker *worker, size_t count)
{
    unsigned bits = 0;
    while (bits < 20 && (count >> bits) > 4) bits++;
    const size_t buckets = (size_t)1 << bits;
    if (worker->bucket_capacity < buckets + 1) {
        free(worker->bucket);
        worker->bucket = malloc((buckets + 1) * sizeof *worker->bucket);
        worker->bucket_capacity = worker->bucket != NULL ? buckets + 1 : 0;
        if (worker->bucket == NULL) return CLR_FULL;
    }
    uint32_t *const start = worker->bucket;
    memset(start, 0, (buckets + 1) * sizeof *start);
    const unsigned shift = 64 - bits;
    for (size_t i = 0; i < count; i++) start[(bits == 0 ? 0 : worker->entry[i].key_hash >> shift) + 1]++;
    for (size_t b = 0; b < buckets; b++) start[b + 1] += start[b];
    for (size_t i = 0; i < count; i++) worker->entry_spare[start[bits == 0 ? 0 : worker->entry[i].key_hash >> shift]++] = worker->entry[i];
    memcpy(worker->entry, worker->entry_spare, count * sizeof *worker->entry);
    /* After the scatter start[b] is the end of bucket b. */
    size_t from = 0;
    for (size_t b = 0; b < buckets; b++) {
        if (start[b] - from > 1) sort_bucket(worker->entry + from, start[b] - from);
        from = start[b];
    }
    return CLR_OK;
}

/* ---- figures, cells, exceptions ---- */

static struct clr_file_share *share_of(struct clr_batch_worker *worker, uint32_t file)
{
    if (worker->share[file] == NULL) {
        struct clr_file_share *const share = calloc(1, sizeof *share);
        if (share == NULL) return NULL;
        clr_cells_init(&share->cells);
        share->window = CLR_DAY_NONE;
        worker->share[file] = share;
    }
    return worker->share[file];
}

static enum clr_status book(const struct clr_batch *batch, struct clr_batch_worker *worker, struct clr_file_share *share, const struct clr_txn *txn)
{
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    const struct clr_trade trade = {
        .product = txn->product, .kind = txn->kind, .service = txn->service, .flags = txn->flags,
        .issuer = txn->issuer, .acquirer = txn->acquirer,
        .issuer_index = batch->participant_of[txn->issuer], .acquirer_index = batch->participant_of[txn->acquirer],
        .amount_fen = txn->amount_fen, .price_fen = txn->price_fen, .trade_day = txn->trade_day, .window = txn->window,
    };
    CLR_TRY(clr_obligation_cached(&worker->fees, &trade, &key, &sum, &booked));
    return booked ? clr_cells_add(&share->cells, &key, &sum, 1) : CLR_OK;
}

static enum clr_status note_exception(struct clr_batch_worker *worker, const struct clr_batch *batch, const struct clr_txn *txn)
{
    if (worker->exception_count == worker->exception_capacity) {
        const size_t capacity = worker->exception_capacity * 2 + 1024;
        struct clr_batch_exception *const grown = realloc(worker->exception, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        worker->exception = grown;
        worker->exception_capacity = capacity;
    }
    worker->exception[worker->exception_count++] =
        (struct clr_batch_exception){ batch->block[txn->block].batch_index + txn->index, txn->reasons, txn->link, txn->amount_fen, txn->detail };
    return CLR_OK;
}

static enum clr_status account(struct clr_batch *batch, struct clr_batch_worker *worker, const struct clr_txn *txn)
{
    struct clr_file_share *const share = share_of(worker, txn->file);
    if (share == NULL) return CLR_FULL;
    const enum clr_verdict verdict = clr_verdict_of(txn->reasons);
    /* A byte a record: written in hash order, so the whole array should stay in the last-level cache. */
    batch->notes[batch->block[txn->block].batch_index + txn->index] = (uint8_t)(txn->reasons >> 62);
    CLR_TRY(clr_figures_count(&share->figures, txn->reasons, txn->kind, txn->amount_fen));
    if (verdict != CLR_VERDICT_ACCEPTED) return note_exception(worker, batch, txn);
    if (share->window == CLR_DAY_NONE || txn->window < share->window) share->window = txn->window;
    return book(batch, worker, share, txn);
}

/* ---- packing ---- */

static enum clr_status count_day(struct clr_batch_days *days, clr_day day)
{
    if (days->last < days->count && days->item[days->last].day == day) {
        days->item[days->last].rows++;
        return CLR_OK;
    }
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
    days->item[days->last].rows++;
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
        CLR_TRY(count_day(&worker->days[tail], worker->row[i]->trade_day));
    }
    packed->idx_size = clr_runindex_size(count);
    packed->idx = malloc(packed->idx_size);
    if (packed->idx == NULL) return CLR_FULL;
    clr_runindex_build(worker->row_hash + first, count, packed->idx);
    return clr_segment_pack(&worker->builder, worker->row + first, worker->row_number + first, count, batch->first_job, &packed->row, &packed->row_size);
}

/** Rows of the main run (tail 0) or of the file that goes on (tail 1), in parts. */
static enum clr_status pack_rows(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t entries, unsigned tail, struct clr_packed ***end)
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

static enum clr_status judge_partition(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition)
{
    size_t identified, total;
    struct clr_packed *first = NULL, **end = &first;

    CLR_TRY(collect(batch, worker, partition, &identified, &total));
    CLR_TRY(sort_entries(worker, identified));
    CLR_TRY(clr_dedup_partition(worker->dedup, worker->entry, identified, &worker->fault));
    for (size_t i = 0; i < total; i++) {
        if (i + PREFETCH < total) prefetch_record(worker->entry[i + PREFETCH].txn);
        CLR_TRY(account(batch, worker, worker->entry[i].txn));
    }
    enum clr_status status = CLR_OK;
    for (unsigned tail = 0; tail < 2 && status == CLR_OK; tail++)
        if (tail == 0 || batch->tail_job != UINT32_MAX) status = pack_rows(batch, worker, partition, identified, tail, &end);
    /* Release pairs with the writer's acquire: it sees the parts whole. On failure, too, so that they are freed. */
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

static enum clr_status write_part(struct clr_batch *batch, struct writer *writer, const struct clr_packed *packed, struct clr_fault *fault)
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
    CLR_TRY(clr_tx_put(&writer->tx, CLR_TABLE_row, key, sizeof key, packed->row, packed->row_size, fault));
    CLR_TRY(clr_tx_put(&writer->tx, CLR_TABLE_idx, key, sizeof key, packed->idx, packed->idx_size, fault));
    if (writer->tx.bytes < batch->store->options.subcommit_bytes) return CLR_OK;
    writer->begun = false;
    return clr_tx_commit(&writer->tx, fault);
}

/** Write every partition that is finished, in order. */
static enum clr_status write_ready(struct clr_batch *batch, struct writer *writer, struct clr_fault *fault)
{
    while (writer->next < UINT32_C(1) << batch->bits) {
        struct clr_packed *const packed = atomic_load_explicit(&batch->packed[writer->next], memory_order_acquire);
        if (packed == NULL) return CLR_OK;
        for (const struct clr_packed *part = packed; part != NULL && part != &packed_none; part = part->next) CLR_TRY(write_part(batch, writer, part, fault));
        free_packed(packed);
        atomic_store_explicit(&batch->packed[writer->next++], &packed_none, memory_order_relaxed);
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
    int none = CLR_OK;
    worker->status = status;
    atomic_compare_exchange_strong_explicit(&batch->failed, &none, (int)status, memory_order_relaxed, memory_order_relaxed);
    return false;
}

struct phase_b { struct clr_batch *batch; struct writer writer; };

/** Worker 0 writes what is ready, and judges when nothing is; the others judge. */
static void judge_or_write(void *context, unsigned number)
{
    struct phase_b *const phase = context;
    struct clr_batch *const batch = phase->batch;
    struct clr_batch_worker *const worker = &batch->worker[number];

    if (number != 0) {
        while (judge_next(batch, worker)) {}
        return;
    }
    enum clr_status status = CLR_OK;
    while (status == CLR_OK && phase->writer.next < UINT32_C(1) << batch->bits) {
        status = write_ready(batch, &phase->writer, &worker->fault);
        if (status != CLR_OK || phase->writer.next == UINT32_C(1) << batch->bits) break;
        if (judge_next(batch, worker)) continue;
        status = (enum clr_status)atomic_load_explicit(&batch->failed, memory_order_relaxed);
        sched_yield();
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
        for (size_t i = 0; i < days->count && status == CLR_OK; i++) {
            status = count_day(&all, days->item[i].day);
            if (status == CLR_OK) all.item[all.last].rows += days->item[i].rows - 1;
        }
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
    if (batch->notes_capacity >= batch->records) return CLR_OK;
    free(batch->notes);
    batch->notes = malloc((size_t)batch->records);
    batch->notes_capacity = batch->notes != NULL ? batch->records : 0;
    return batch->notes != NULL ? CLR_OK : CLR_FULL;
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
    const enum clr_status status = clr_batch_failure(batch, fault);
    if (status != CLR_OK) {
        if (writer->begun) clr_tx_abort(&writer->tx);
        for (uint32_t p = writer->next; p < UINT32_C(1) << batch->bits; p++) free_packed(atomic_load_explicit(&batch->packed[p], memory_order_acquire));
        return status;
    }
    if (writer->begun) CLR_TRY(clr_tx_commit(&writer->tx, fault));
    for (unsigned tail = 0; tail < 2; tail++)
        if (tail == 0 || batch->tail_job != UINT32_MAX) CLR_TRY(make_run(batch, writer, tail));
    return CLR_OK;
}

enum clr_status clr_batch_judge(struct clr_batch *batch, struct clr_fault *fault)
{
    struct phase_b phase = { .batch = batch };
    CLR_TRY(prepare(batch, fault));
    clr_workers_run(batch->threads, judge_or_write, &phase);
    const enum clr_status status = finish_writing(batch, &phase.writer, fault);
    for (unsigned w = 0; w < batch->threads; w++) clr_history_end(clr_dedup_history(batch->worker[w].dedup));
    free(phase.writer.part[0]);
    free(phase.writer.part[1]);
    return status;
}
