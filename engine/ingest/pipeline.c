#include "ingest/pipeline.h"

#include <stdlib.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/workers.h"
#include "ingest/dedup.h"
#include "ingest/history.h"

/* ---- what is taken once ---- */

static uint64_t chunks_in(const struct clr_arena *arena) { return arena->size / ((sizeof(struct clr_chunk) + 63) & ~(size_t)63); }

/** A broken line can be as short as one character and its end: what a block can hold at most, whatever the format's smallest sound record is. */
#define BROKEN_RECORD_SIZE 2

/** Chunks that all workers may need to decode one block each and to keep one chunk of every partition open. */
static uint64_t chunks_reserved(const struct clr_batch *batch)
{
    return (uint64_t)batch->threads * ((UINT64_C(1) << batch->bits) + batch->block_size / BROKEN_RECORD_SIZE / CLR_CHUNK_RECORDS + 2);
}

/**
 * Blocks as large as leave three quarters of the arena to batches, and as many threads as then fit. Small batches in tests want small blocks, or
 * one block would be more than a batch.
 */
static void choose_block_size(struct clr_batch *batch)
{
    const uint64_t room = chunks_in(&batch->arena) / 4;
    batch->block_size = batch->store->options.batch_records != 0 ? 2 * CLR_RECORD_SIZE_MAX : CLR_BLOCK_SIZE;
    while (batch->block_size > 2 * CLR_RECORD_SIZE_MAX && chunks_reserved(batch) > room) batch->block_size /= 2;
    while (batch->threads > 1 && chunks_reserved(batch) > 2 * room) batch->threads--;
}

static enum clr_status create_worker(struct clr_batch *batch, struct clr_batch_worker *worker)
{
    CLR_TRY(clr_checker_init(&worker->checker, batch->rules, batch->plan->closed, batch->store->key));
    CLR_TRY(clr_tac_check_create_with(batch->store->keys, &batch->store->parties, batch->store->options.tac_engine, &worker->checker.tac));
    CLR_TRY(clr_dedup_create(batch, worker->checker.tokenizer, &worker->dedup));
    clr_segment_builder_init(&worker->builder);
    worker->buffer = malloc(batch->block_size);
    worker->raw = malloc(CLR_CHECK_BATCH * sizeof *worker->raw);
    worker->txn = malloc(CLR_CHECK_BATCH * sizeof *worker->txn);
    worker->tail = calloc(1u << 12, sizeof *worker->tail);
    worker->share = calloc(batch->plan->order_count + 1, sizeof *worker->share);
    worker->tabs = malloc(sizeof *worker->tabs);
    if (worker->buffer == NULL || worker->raw == NULL || worker->txn == NULL || worker->tail == NULL || worker->share == NULL || worker->tabs == NULL)
        return CLR_FULL;
    clr_tabs_init(worker->tabs, batch->rules, batch->participant_of, worker->share);
    struct clr_history *const history = clr_dedup_history(worker->dedup);
    for (uint32_t i = 0; i < batch->plan->order_count; i++)
        CLR_TRY(clr_history_set_format(history, batch->job[i]->admission, (uint8_t)batch->job[i]->codec->format));
    return CLR_OK;
}

static enum clr_status map_participants(struct clr_batch *batch)
{
    batch->participant_of_count = batch->store->parties.code_count + 1;
    batch->participant_of = malloc(batch->participant_of_count * sizeof *batch->participant_of);
    if (batch->participant_of == NULL) return CLR_FULL;
    for (uint32_t i = 0; i < batch->participant_of_count; i++) batch->participant_of[i] = -1;
    for (size_t i = batch->rules->participant_count; i-- > 0;) batch->participant_of[batch->rules->participant[i].party] = (int)i;
    return CLR_OK;
}

/** Blocks there can be at most: one a file, and otherwise no block is less than half full (records are smaller than half a block). */
static uint32_t block_capacity_for(const struct clr_plan *plan, size_t block_size)
{
    uint64_t count = 16;
    for (uint32_t i = 0; i < plan->order_count; i++) count += 2 + plan->order[i]->input.content_size / (block_size - CLR_RECORD_SIZE_MAX);
    return count > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)count;
}

static enum clr_status create_parts(struct clr_batch *batch, struct clr_plan *plan)
{
    CLR_TRY(map_participants(batch));
    batch->block_capacity = block_capacity_for(plan, batch->block_size);
    batch->block = malloc((size_t)batch->block_capacity * sizeof *batch->block);
    batch->worker = calloc(batch->threads, sizeof *batch->worker);
    batch->packed = calloc(1u << 12, sizeof *batch->packed);
    if (batch->block == NULL || batch->worker == NULL || batch->packed == NULL) return CLR_FULL;
    for (unsigned i = 0; i < batch->threads; i++) CLR_TRY(create_worker(batch, &batch->worker[i]));
    return CLR_OK;
}

enum clr_status clr_batch_create(struct clr_store *store, struct clr_plan *plan, struct clr_batch **out, struct clr_fault *fault)
{
    struct clr_batch *const batch = calloc(1, sizeof *batch);
    *out = batch;
    if (batch == NULL) return CLR_FULL;
    batch->store = store;
    batch->plan = plan;
    batch->rules = plan->rules;
    batch->job = plan->order;
    batch->threads = store->options.threads;
    batch->records_max = store->options.batch_records != 0 ? store->options.batch_records : UINT64_MAX;
    enum clr_status status = clr_arena_create(&batch->arena, (size_t)(store->options.memory / 100 * 45));
    if (status == CLR_OK) choose_block_size(batch);
    if (status == CLR_OK) status = create_parts(batch, plan);
    if (status == CLR_FULL) clr_fault_say(fault, status, "out of memory; give a smaller --memory or fewer --threads", "内存不足；请减小 --memory 或 --threads");
    return status;
}

static void destroy_worker(struct clr_batch_worker *worker, size_t block_size, uint32_t jobs)
{
    if (worker->buffer != NULL) explicit_bzero(worker->buffer, block_size);       /* it held card numbers */
    clr_checker_free(&worker->checker);
    clr_dedup_destroy(worker->dedup);
    clr_segment_builder_free(&worker->builder);
    for (uint32_t i = 0; worker->share != NULL && i < jobs; i++) {
        if (worker->share[i] == NULL) continue;
        clr_cells_free(&worker->share[i]->cells);
        free(worker->share[i]);
    }
    free(worker->buffer);
    free(worker->raw);
    free(worker->txn);
    free(worker->tail);
    free(worker->remap);
    free(worker->share);
    free(worker->tabs);
    free(worker->exception);
    free(worker->days[0].item);
    free(worker->days[1].item);
    free(worker->entry);
    free(worker->entry_spare);
    free(worker->row);
    free(worker->row_number);
    free(worker->row_hash);
    free(worker->bucket);
}

void clr_batch_destroy(struct clr_batch *batch)
{
    if (batch == NULL) return;
    for (unsigned i = 0; batch->worker != NULL && i < batch->threads; i++) destroy_worker(&batch->worker[i], batch->block_size, batch->plan->order_count);
    clr_arena_destroy(&batch->arena);
    for (unsigned i = 0; i < 2; i++) {
        if (batch->run[i] == NULL) continue;
        clr_run_free(batch->run[i]);
        free(batch->run[i]);
    }
    free(batch->worker);
    free(batch->block);
    free(batch->packed);
    free(batch->notes);
    free(batch->participant_of);
    free(batch->event);
    free(batch->later);
    free(batch);
}

/* ---- how much fits ---- */

bool clr_batch_has_room(const struct clr_batch *batch)
{
    const uint64_t used = atomic_load_explicit(&batch->arena.used, memory_order_relaxed) / ((sizeof(struct clr_chunk) + 63) & ~(size_t)63);
    if (batch->block_count == 0) return true;             /* one block always fits: clr_batch_begin saw to it */
    if (atomic_load_explicit(&batch->decoded, memory_order_relaxed) >= batch->records_max) return false;
    return used + chunks_reserved(batch) <= chunks_in(&batch->arena);
}

static unsigned bits_for(const struct clr_batch *batch, const struct clr_feed *feed)
{
    uint64_t records = 0;
    for (uint32_t i = feed->job; i < batch->plan->order_count && !clr_format_is_alone(batch->job[i]->codec->format); i++)
        records += batch->job[i]->input.content_size / batch->job[i]->record_size;
    const uint64_t fits = chunks_in(&batch->arena) * CLR_CHUNK_RECORDS / 10 * 9;
    if (records > fits) records = fits;
    if (records > batch->records_max) records = batch->records_max;
    unsigned bits = 0;
    while (bits < 12 && (records >> bits) > CLR_PARTITION_ROWS) bits++;
    /* Open chunks must leave most of a small arena to whole ones. */
    while (bits > 0 && ((uint64_t)batch->threads << bits) * 8 > chunks_in(&batch->arena)) bits--;
    return bits;
}

static void empty_worker(struct clr_batch *batch, struct clr_batch_worker *worker)
{
    memset(worker->tail, 0, sizeof *worker->tail << batch->bits);
    clr_parties_free(&worker->checker.unknown);
    worker->checker.unknown.seed = worker->checker.seed;
    free(worker->remap);
    worker->remap = NULL;
    worker->exception_count = 0;
    worker->days[0].count = worker->days[1].count = 0;
    worker->days[0].last = worker->days[1].last = 0;
    worker->status = CLR_OK;
    clr_dedup_forget_events(worker->dedup);
    clr_tabs_forget(worker->tabs);
    for (uint32_t i = 0; i < batch->plan->order_count; i++) {
        if (worker->share[i] == NULL) continue;
        memset(&worker->share[i]->figures, 0, sizeof worker->share[i]->figures);
        clr_cells_clear(&worker->share[i]->cells);
        worker->share[i]->window = CLR_DAY_NONE;
    }
}

enum clr_status clr_batch_begin(struct clr_batch *batch, const struct clr_feed *feed, struct clr_fault *fault)
{
    clr_arena_reset(&batch->arena);
    batch->bits = bits_for(batch, feed);
    batch->block_count = 0;
    batch->records = 0;
    batch->first_job = feed->job;
    batch->tail_job = UINT32_MAX;
    atomic_store_explicit(&batch->decoded, 0, memory_order_relaxed);
    atomic_store_explicit(&batch->next_partition, 0, memory_order_relaxed);
    atomic_store_explicit(&batch->failed, CLR_OK, memory_order_relaxed);
    for (unsigned i = 0; i < batch->threads; i++) empty_worker(batch, &batch->worker[i]);
    if (chunks_reserved(batch) > chunks_in(&batch->arena))
        return clr_fault_say(fault, CLR_USAGE, "--memory is too small for %u threads", "--memory 对 %u 个线程而言太小", batch->threads);
    return CLR_OK;
}

/* ---- phase A ---- */

/** A record past the caches to its chunk: two whole lines, not read again before phase B. */
static inline void put_record(struct clr_txn *to, const struct clr_txn *txn)
{
#ifdef __SSE2__
    for (size_t i = 0; i < sizeof *txn; i += 16)
        _mm_stream_si128((__m128i *)(void *)((uint8_t *)to + i), _mm_loadu_si128((const __m128i *)(const void *)((const uint8_t *)txn + i)));
#else
    *to = *txn;
#endif
}

/** The chain of a partition goes on in a fresh chunk. */
static struct clr_chunk *add_chunk(struct clr_batch *batch, struct clr_tail *tail)
{
    struct clr_chunk *const fresh = clr_arena_claim(&batch->arena, sizeof *fresh);
    if (fresh == NULL) return NULL;
    if (tail->chunk != NULL) tail->chunk->count = CLR_CHUNK_RECORDS;
    fresh->next = tail->chunk;
    *tail = (struct clr_tail){ fresh, 0 };
    return fresh;
}

enum clr_status clr_batch_scatter(struct clr_batch *batch, struct clr_batch_worker *worker, const struct clr_txn *txn, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct clr_tail *const tail = &worker->tail[clr_partition_of(txn[i].hash, batch->bits)];
        if ((tail->chunk == NULL || tail->count == CLR_CHUNK_RECORDS) && add_chunk(batch, tail) == NULL)
            return CLR_INTERNAL;                              /* clr_batch_has_room keeps this from happening */
        put_record(&tail->chunk->record[tail->count++], &txn[i]);
    }
    return CLR_OK;
}

void clr_batch_end_scatter(const struct clr_batch *batch, struct clr_batch_worker *worker)
{
    for (uint32_t partition = 0; partition < UINT32_C(1) << batch->bits; partition++)
        if (worker->tail[partition].chunk != NULL) worker->tail[partition].chunk->count = worker->tail[partition].count;
#ifdef __SSE2__
    _mm_sfence();                        /* streamed records are seen by who joins this worker */
#endif
}

static enum clr_status decode_block(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t block, struct clr_bytes bytes)
{
    const uint32_t file = batch->block[block].file;
    const struct clr_job *const job = batch->job[file];
    size_t at = 0;
    uint32_t records = 0;
    while (at < bytes.size) {
        size_t count = 0;
        job->codec->decode(&job->file, bytes, &at, worker->raw, CLR_CHECK_BATCH, &count);
        clr_lap_end(&worker->lap, CLR_STAGE_DECODE);
        clr_check_records(&worker->checker, job, worker->raw, count, file, block, records, worker->txn);
        clr_lap_end(&worker->lap, CLR_STAGE_CHECK);
        if (records == 0 && count > 0) batch->block[block].note = (uint8_t)(worker->txn[0].reasons >> 62);
        CLR_TRY(clr_batch_scatter(batch, worker, worker->txn, count));
        clr_lap_end(&worker->lap, CLR_STAGE_SCATTER);
        records += (uint32_t)count;
    }
    batch->block[block].records = records;
    atomic_fetch_add_explicit(&batch->decoded, records, memory_order_relaxed);
    return worker->checker.status;
}

static void fail(struct clr_batch *batch, struct clr_batch_worker *worker, enum clr_status status)
{
    int none = CLR_OK;
    worker->status = status;
    atomic_compare_exchange_strong_explicit(&batch->failed, &none, (int)status, memory_order_relaxed, memory_order_relaxed);
}

static void decode_blocks(void *context, unsigned number)
{
    struct clr_batch *const batch = context;
    struct clr_batch_worker *const worker = &batch->worker[number];
    enum clr_status status = CLR_OK;

    clr_lap_resume(&worker->lap);
    while (status == CLR_OK && atomic_load_explicit(&batch->failed, memory_order_relaxed) == CLR_OK) {
        uint32_t block;
        struct clr_bytes bytes;
        status = clr_feed_next(batch->feed, number == 0, worker->buffer, &block, &bytes, &worker->fault);
        clr_lap_end(&worker->lap, CLR_STAGE_READ);
        if (status == CLR_OK) status = decode_block(batch, worker, block, bytes);
    }
    clr_batch_end_scatter(batch, worker);
    clr_lap_end(&worker->lap, CLR_STAGE_SCATTER);
    if (status != CLR_OK && status != CLR_NOT_FOUND) fail(batch, worker, status);
}

/** Record numbers and batch indexes of the blocks; count of each file. */
static void number_blocks(struct clr_batch *batch)
{
    for (uint32_t i = 0; i < batch->block_count; i++) {
        struct clr_block_info *const block = &batch->block[i];
        struct clr_job *const job = batch->job[block->file];
        block->first_number = job->records + 1;
        block->batch_index = batch->records;
        job->records += block->records;
        batch->records += block->records;
    }
}

/** Local references of unknown codes → the store's. In worker order; numbers are private to the store. */
static enum clr_status remap_unknown(struct clr_batch *batch)
{
    for (unsigned w = 0; w < batch->threads; w++) {
        struct clr_batch_worker *const worker = &batch->worker[w];
        const struct clr_parties *const local = &worker->checker.unknown;
        worker->remap = malloc((local->text_count + 1) * sizeof *worker->remap);
        if (worker->remap == NULL) return CLR_FULL;
        for (uint32_t i = 0; i < local->text_count; i++) {
            worker->remap[i] = clr_parties_intern(&batch->store->parties, clr_bytes_text(local->text[i]));
            if (worker->remap[i] == CLR_PARTY_NONE) return CLR_FULL;
        }
    }
    return CLR_OK;
}

/** Files that ended in this batch: their own count and trailer, judged by the sender's profile. */
static void close_files(struct clr_batch *batch)
{
    for (uint32_t i = batch->first_job; i < batch->end_job; i++) {
        struct clr_job *const job = batch->job[i];
        if (!job->ended || job->state != CLR_JOB_NEW) continue;
        job->codec->close(&job->file, job->records);
        clr_job_judge_findings(job);
    }
}

enum clr_status clr_batch_failure(struct clr_batch *batch, struct clr_fault *fault)
{
    const enum clr_status status = (enum clr_status)atomic_load_explicit(&batch->failed, memory_order_relaxed);
    for (unsigned i = 0; status != CLR_OK && i < batch->threads; i++) {
        if (batch->worker[i].status != status) continue;
        if (fault != NULL && batch->worker[i].fault.en[0] != '\0') *fault = batch->worker[i].fault;
        break;
    }
    return status;
}

enum clr_status clr_batch_decode(struct clr_batch *batch, struct clr_feed *feed, struct clr_fault *fault)
{
    clr_feed_begin(feed, batch);
    batch->feed = feed;
    clr_workers_run(batch->threads, decode_blocks, batch);
    CLR_TRY(clr_batch_failure(batch, fault));
    batch->end_job = feed->job;
    if (feed->blocks != NULL) {
        batch->tail_job = feed->job;
        batch->end_job = feed->job + 1;
    }
    number_blocks(batch);
    close_files(batch);
    return remap_unknown(batch);
}
