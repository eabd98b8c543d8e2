/*
 * The workers of a merge: the sorted rows of a unit's partitions, merged by key hash, packed into segments of the new run (merge_inside.h).
 *
 * Two ways lead to the same order of rows. A unit of not too many rows is read source by source, and the places of its rows are sorted; one of
 * more (many rows of one card) is merged with a heap, and only the rows of the parts being filled wait.
 */
#include <sched.h>
#include <stdlib.h>

#include "base/stop.h"
#include "ingest/check.h"
#include "store/merge_inside.h"
#include "store/merge_pack.h"
#include "store/merge_sort.h"
#include "store/runindex.h"

#define HEADS 32                         /* rows of a stream that are looked at together */
#define AHEAD 12                         /* a miss takes as long as the work of a few rows */

/** What decides where a row goes. */
struct head { uint64_t key_hash; clr_record_id id; uint32_t segment, row, partition; };

/** The rows of one partition of one source, part after part, in order. */
struct stream {
    const struct clr_run *run;
    uint32_t source, part, part_end;
    uint32_t segment, row, rows;         /* of the part that is open: number in the packer, next row, its rows */
    uint64_t before;                     /* key hash of the row before */
    struct head head[HEADS];
    uint32_t at, filled;
};

/** Rows that wait to be packed. */
struct partition_rows {
    struct clr_merge_row *row;
    uint32_t count, capacity;
    uint16_t parts;                      /* packed so far */
};

/** The smallest head of each stream, as a heap. */
struct node { uint64_t key_hash; clr_record_id id; uint32_t stream; };

struct unit {
    struct clr_merge *merge;
    unsigned worker;
    uint32_t number;
    struct clr_tx tx;
    struct clr_fault fault;
    struct stream *stream;  size_t stream_count, stream_capacity;
    struct node *node;  size_t node_count;
    struct partition_rows partition[1u << CLR_MERGE_SPLIT_BITS];
    struct clr_merge_packer packer;
    struct clr_merge_sorter sorter;
    uint64_t *key_hash;                  /* CLR_PART_ROWS */
};

static enum clr_status damaged(struct unit *unit, const struct clr_run *run, uint32_t part)
{
    clr_fault_say(&unit->fault, CLR_DAMAGED, "run %llu: partition %u part %u cannot be read; run `clear verify`",
                  "批次 %llu：分区 %u 第 %u 段无法读取；请运行 `clear verify`", (unsigned long long)run->id, run->part[part].partition,
                  run->part[part].part);
    clr_fault_at(&unit->fault, unit->merge->store->env.path, 0, NULL);
    return CLR_DAMAGED;
}

/* ---- reading ---- */

/** Open the stream's next part. Its checksum is compared: what is damaged must not get a new one. */
static enum clr_status open_part(struct unit *unit, struct stream *stream)
{
    const struct clr_part *const part = &stream->run->part[stream->part];
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes value;
    clr_segment_key(stream->run->id, part->partition, part->part, key);
    if (clr_tx_get(&unit->tx, CLR_TABLE_row, key, sizeof key, &value, NULL) != CLR_OK) return damaged(unit, stream->run, stream->part);
    const enum clr_status status = clr_merge_pack_open(&unit->packer, value, unit->merge->file[stream->source], stream->run->file_count);
    if (status == CLR_FULL) return status;
    stream->segment = unit->packer.segment_count - 1;
    if (status != CLR_OK || clr_segment_rows(&unit->packer.segment[stream->segment].segment) != part->rows) return damaged(unit, stream->run, stream->part);
    stream->row = 0;
    stream->rows = part->rows;
    return CLR_OK;
}

/** Placement hash of a row, from the columns that it is made of. */
static uint64_t hash_row(uint64_t seed, const struct clr_segment *segment, uint32_t row)
{
    struct clr_txn txn;
    txn.card = *clr_segment_card(segment, row);
    txn.flags = (uint16_t)clr_segment_get(segment, row, CLR_SEG_FLAGS);
    txn.traded_at_s = (int64_t)clr_segment_get(segment, row, CLR_SEG_TIME);
    txn.trade_day = clr_day_of_time(txn.traded_at_s);
    txn.counter = (uint32_t)clr_segment_get(segment, row, CLR_SEG_COUNTER);
    txn.sam = clr_segment_get(segment, row, CLR_SEG_SAM);
    txn.type = (uint8_t)clr_segment_get(segment, row, CLR_SEG_TYPE);
    return clr_placement_hash(seed, &txn);
}

/** Look at the next rows of a stream; those of another unit are passed over. Afterwards filled is 0 at its end. */
static enum clr_status fill(struct unit *unit, struct stream *stream)
{
    const struct clr_merge *const merge = unit->merge;
    stream->at = stream->filled = 0;
    while (stream->filled < HEADS) {
        if (stream->row == stream->rows) {
            if (stream->part == stream->part_end) break;
            CLR_TRY(open_part(unit, stream));
            stream->part++;
            continue;
        }
        const struct clr_segment *const segment = &unit->packer.segment[stream->segment].segment;
        const uint32_t row = stream->row++;
        if (row + AHEAD < stream->rows) __builtin_prefetch(&segment->card[clr_segment_get(segment, row + AHEAD, CLR_SEG_CARD)]);
        const uint64_t hash = hash_row(merge->seed, segment, row), key_hash = clr_key_hash(hash), file = clr_segment_get(segment, row, CLR_SEG_FILE);
        if (clr_partition_of(hash, stream->run->bits) != stream->run->part[stream->part - 1].partition || key_hash < stream->before ||
            file >= stream->run->file_count)
            return damaged(unit, stream->run, stream->part - 1);
        stream->before = key_hash;
        if (clr_partition_of(hash, merge->unit_bits) != unit->number) continue;
        const clr_record_id id = clr_record_id_of(stream->run->admission[file], clr_segment_get(segment, row, CLR_SEG_NUMBER));
        stream->head[stream->filled++] = (struct head){ key_hash, id, stream->segment, row, clr_partition_of(hash, merge->target->bits) };
    }
    return CLR_OK;
}

/** The partitions of a source that the unit needs: those inside it, or the one that it is a part of. */
static enum clr_status add_streams(struct unit *unit, uint32_t source)
{
    const struct clr_run *const run = unit->merge->source[source];
    const unsigned bits = unit->merge->unit_bits;
    const uint32_t first = run->bits >= bits ? unit->number << (run->bits - bits) : unit->number >> (bits - run->bits);
    const uint32_t count = run->bits >= bits ? UINT32_C(1) << (run->bits - bits) : 1;
    for (uint32_t p = first; p < first + count; p++) {
        if (run->first_part[p] == run->first_part[p + 1]) continue;
        if (unit->stream_count == unit->stream_capacity) {
            const size_t capacity = unit->stream_capacity * 2 + 16;
            struct stream *const grown = realloc(unit->stream, capacity * sizeof *grown);
            if (grown != NULL) unit->stream = grown;
            struct node *const nodes = realloc(unit->node, capacity * sizeof *nodes);
            if (nodes != NULL) unit->node = nodes;
            if (grown == NULL || nodes == NULL) return CLR_FULL;
            unit->stream_capacity = capacity;
        }
        struct stream *const stream = &unit->stream[unit->stream_count++];
        memset(stream, 0, offsetof(struct stream, head));
        stream->run = run;
        stream->source = source;
        stream->part = run->first_part[p];
        stream->part_end = run->first_part[p + 1];
    }
    return CLR_OK;
}

/* ---- the heap ---- */

static bool stands_before(const struct node *a, const struct node *b) { return a->key_hash != b->key_hash ? a->key_hash < b->key_hash : a->id < b->id; }

static struct node node_of(const struct unit *unit, uint32_t stream)
{
    const struct head *const head = &unit->stream[stream].head[unit->stream[stream].at];
    return (struct node){ head->key_hash, head->id, stream };
}

/** Put a node where the one at `at` was, and let it sink. */
static void sink(struct unit *unit, size_t at, struct node node)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= unit->node_count) break;
        if (child + 1 < unit->node_count && stands_before(&unit->node[child + 1], &unit->node[child])) child++;
        if (!stands_before(&unit->node[child], &node)) break;
        unit->node[at] = unit->node[child];
        at = child;
    }
    unit->node[at] = node;
}

static void make_heap(struct unit *unit)
{
    unit->node_count = 0;
    for (size_t i = 0; i < unit->stream_count; i++)
        if (unit->stream[i].filled > 0) unit->node[unit->node_count++] = node_of(unit, (uint32_t)i);
    for (size_t at = unit->node_count / 2; at-- > 0;) sink(unit, at, unit->node[at]);
}

/* ---- packing ---- */

/** Hand a segment to the writer; wait while too much waits there. Worker 0 is the writer. */
static enum clr_status hand_over(struct unit *unit, struct clr_merged_part *part)
{
    struct clr_merge *const merge = unit->merge;
    atomic_fetch_add_explicit(&merge->waiting, part->row_size + part->idx_size, memory_order_relaxed);
    struct clr_merged_part *top = atomic_load_explicit(&merge->finished, memory_order_relaxed);
    do part->next = top;
    /* Release pairs with the writer's acquire: it sees the part whole. */
    while (!atomic_compare_exchange_weak_explicit(&merge->finished, &top, part, memory_order_release, memory_order_relaxed));
    if (unit->worker == 0) return clr_merge_write_finished(merge, &unit->fault);
    while (atomic_load_explicit(&merge->waiting, memory_order_relaxed) > merge->waiting_max &&
           atomic_load_explicit(&merge->failed, memory_order_relaxed) == CLR_OK)
        sched_yield();
    return CLR_OK;
}

static enum clr_status pack(struct unit *unit, const struct clr_merge_row *row, uint32_t count, struct clr_merged_part *part)
{
    for (uint32_t i = 0; i < count; i++) unit->key_hash[i] = row[i].key_hash;
    part->part.rows = count;
    part->part.first_key_hash = unit->key_hash[0];
    part->idx_size = clr_runindex_size(count);
    part->idx = malloc(part->idx_size);
    if (part->idx == NULL) return CLR_FULL;
    clr_runindex_build(unit->key_hash, count, part->idx);
    const enum clr_status status = clr_merge_pack(&unit->packer, row, count, &part->row, &part->row_size, &part->part.pending);
    if (status == CLR_DAMAGED) clr_fault_say(&unit->fault, status, "a stored segment cannot be read; run `clear verify`", "存储的数据段无法读取；请运行 `clear verify`");
    return status;
}

/** The next part of a partition. */
static enum clr_status pack_part(struct unit *unit, uint32_t number, const struct clr_merge_row *row, uint32_t count)
{
    const unsigned split = unit->merge->target->bits - unit->merge->unit_bits;
    struct clr_merged_part *const part = calloc(1, sizeof *part);
    if (part == NULL) return CLR_FULL;
    part->part.partition = (uint16_t)(unit->number << split | number);
    part->part.part = unit->partition[number].parts++;
    const enum clr_status status = pack(unit, row, count, part);
    if (status != CLR_OK) {
        clr_merged_part_free(part);
        return status;
    }
    atomic_fetch_add_explicit(&unit->merge->rows_done, count, memory_order_relaxed);
    return hand_over(unit, part);
}

static enum clr_status pack_partition(struct unit *unit, uint32_t number)
{
    struct partition_rows *const rows = &unit->partition[number];
    for (uint32_t from = 0; from < rows->count; from += CLR_PART_ROWS)
        CLR_TRY(pack_part(unit, number, rows->row + from, rows->count - from < CLR_PART_ROWS ? rows->count - from : CLR_PART_ROWS));
    rows->count = 0;
    return CLR_OK;
}

static enum clr_status add_row(struct unit *unit, const struct head *head, struct partition_rows **to)
{
    const uint32_t number = head->partition & ((UINT32_C(1) << (unit->merge->target->bits - unit->merge->unit_bits)) - 1);
    struct partition_rows *const rows = &unit->partition[number];
    if (rows->count == rows->capacity) {
        const uint32_t capacity = rows->capacity * 2 + 1024;
        struct clr_merge_row *const grown = realloc(rows->row, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        rows->row = grown;
        rows->capacity = capacity;
    }
    rows->row[rows->count++] = (struct clr_merge_row){ head->key_hash, head->segment, head->row };
    *to = rows;
    return CLR_OK;
}

/* ---- a unit ---- */

static enum clr_status merge_rows(struct unit *unit)
{
    while (unit->node_count > 0) {
        struct stream *const stream = &unit->stream[unit->node[0].stream];
        struct partition_rows *rows;
        CLR_TRY(add_row(unit, &stream->head[stream->at], &rows));
        if (rows->count == CLR_PART_ROWS) CLR_TRY(pack_partition(unit, (uint32_t)(rows - unit->partition)));
        if (++stream->at == stream->filled) CLR_TRY(fill(unit, stream));
        if (stream->filled > 0) sink(unit, 0, node_of(unit, unit->node[0].stream));
        else if (--unit->node_count > 0) sink(unit, 0, unit->node[unit->node_count]);
    }
    return CLR_OK;
}

/** All rows of the unit, source by source; then those of each partition in order. */
static enum clr_status sort_rows(struct unit *unit)
{
    for (size_t i = 0; i < unit->stream_count; i++) {
        struct stream *const stream = &unit->stream[i];
        for (; stream->filled > 0;) {
            struct partition_rows *rows;
            for (; stream->at < stream->filled; stream->at++) CLR_TRY(add_row(unit, &stream->head[stream->at], &rows));
            CLR_TRY(fill(unit, stream));
        }
    }
    for (uint32_t p = 0; p < UINT32_C(1) << (unit->merge->target->bits - unit->merge->unit_bits); p++)
        CLR_TRY(clr_merge_sort(&unit->sorter, &unit->packer, unit->partition[p].row, unit->partition[p].count));
    return CLR_OK;
}

static uint64_t rows_of(const struct stream *stream)
{
    uint64_t rows = 0;
    for (uint32_t part = stream->part; part < stream->part_end; part++) rows += stream->run->part[part].rows;
    return rows;
}

static enum clr_status merge_unit(struct unit *unit, uint32_t number)
{
    struct clr_merge *const merge = unit->merge;
    uint64_t rows = 0;
    unit->number = number;
    unit->stream_count = 0;
    clr_merge_pack_reset(&unit->packer);
    for (size_t p = 0; p < sizeof unit->partition / sizeof *unit->partition; p++) unit->partition[p].count = unit->partition[p].parts = 0;
    for (uint32_t source = 0; source < merge->source_count; source++) CLR_TRY(add_streams(unit, source));
    for (size_t i = 0; i < unit->stream_count; i++) rows += rows_of(&unit->stream[i]);
    for (size_t i = 0; i < unit->stream_count; i++) CLR_TRY(fill(unit, &unit->stream[i]));
    if (rows <= merge->sorted_rows) {
        CLR_TRY(sort_rows(unit));
    } else {
        make_heap(unit);
        CLR_TRY(merge_rows(unit));
    }
    for (uint32_t p = 0; p < UINT32_C(1) << (merge->target->bits - merge->unit_bits); p++) CLR_TRY(pack_partition(unit, p));
    return CLR_OK;
}

static enum clr_status prepare(struct unit *unit)
{
    CLR_TRY(clr_merge_packer_init(&unit->packer));
    unit->key_hash = malloc(CLR_PART_ROWS * sizeof *unit->key_hash);
    return unit->key_hash != NULL ? CLR_OK : CLR_FULL;
}

static void release(struct unit *unit)
{
    for (size_t p = 0; p < sizeof unit->partition / sizeof *unit->partition; p++) free(unit->partition[p].row);
    clr_merge_packer_free(&unit->packer);
    clr_merge_sorter_free(&unit->sorter);
    free(unit->stream);
    free(unit->node);
    free(unit->key_hash);
    free(unit);
}

/** Claim and merge one unit, under a snapshot of its own: a long one would pin the pages that others free. @return false: none left */
static bool merge_next(struct unit *unit, enum clr_status *status)
{
    struct clr_merge *const merge = unit->merge;
    if (atomic_load_explicit(&merge->failed, memory_order_relaxed) != CLR_OK) return false;
    const uint32_t number = atomic_fetch_add_explicit(&merge->next_unit, 1, memory_order_relaxed);
    if (number >= UINT32_C(1) << merge->unit_bits) return false;
    *status = clr_stop_requested() ? CLR_STOPPED : clr_tx_begin(&merge->store->env, false, &unit->tx, &unit->fault);
    if (*status != CLR_OK) return false;
    *status = merge_unit(unit, number);
    clr_tx_abort(&unit->tx);
    atomic_fetch_add_explicit(&merge->units_done, 1, memory_order_relaxed);
    return *status == CLR_OK;
}

/** The writer has no more to merge: it writes what the others finish. */
static enum clr_status write_rest(struct unit *unit)
{
    struct clr_merge *const merge = unit->merge;
    while (atomic_load_explicit(&merge->failed, memory_order_relaxed) == CLR_OK) {
        const bool all = atomic_load_explicit(&merge->units_done, memory_order_relaxed) == UINT32_C(1) << merge->unit_bits;
        CLR_TRY(clr_merge_write_finished(merge, &unit->fault));
        if (all) break;                                      /* what comes in between is written after the workers have ended */
        sched_yield();
    }
    return CLR_OK;
}

void clr_merge_work(void *context, unsigned worker)
{
    struct clr_merge *const merge = context;
    struct unit *const unit = calloc(1, sizeof *unit);
    enum clr_status status = CLR_FULL;
    if (unit != NULL) {
        unit->merge = merge;
        unit->worker = worker;
        status = prepare(unit);
        while (status == CLR_OK && merge_next(unit, &status)) {}
        if (status == CLR_OK && worker == 0) status = write_rest(unit);
    }
    int none = CLR_OK;
    if (status != CLR_OK && atomic_compare_exchange_strong_explicit(&merge->failed, &none, (int)status, memory_order_relaxed, memory_order_relaxed) && unit != NULL)
        merge->worker_fault = unit->fault;                   /* read after the workers have ended */
    if (unit != NULL) release(unit);
}
