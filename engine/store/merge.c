/* A merge: room, the new run's place, segments in bounded commits, the commit that exchanges the runs, the deletion of the old (merge.h). */
#include "store/merge.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/workers.h"
#include "ingest/admission.h"
#include "store/merge_inside.h"

#define STEP_NS UINT64_C(200000000)      /* at most five progress calls a second */
#define PARTITION_ROWS 5000              /* as ingest cuts them: what a look-up by card walks through */
#define ROOM_MIN (UINT64_C(64) << 20)

void clr_merged_part_free(struct clr_merged_part *part)
{
    free(part->row);
    free(part->idx);
    free(part);
}

/* ---- room ---- */

/** Stored bytes of the rows and indexes of a group. Only their leaf pages are read. */
static enum clr_status stored_bytes(struct clr_tx *tx, const struct clr_merge_group *group, uint64_t *out, struct clr_fault *fault)
{
    *out = 0;
    for (size_t i = 0; i < group->count; i++) {
        for (uint32_t p = 0; p < group->run[i]->part_count; p++) {
            const struct clr_part *const part = &group->run[i]->part[p];
            uint8_t key[CLR_SEGMENT_KEY_SIZE];
            struct clr_bytes row, idx;
            clr_segment_key(group->run[i]->id, part->partition, part->part, key);
            enum clr_status status = clr_tx_get_raw(tx, CLR_TABLE_row, key, sizeof key, &row, fault);
            if (status == CLR_OK) status = clr_tx_get_raw(tx, CLR_TABLE_idx, key, sizeof key, &idx, fault);
            if (status == CLR_NOT_FOUND)
                status = clr_fault_say(fault, CLR_DAMAGED, "a stored segment is missing; run `clear verify`", "缺少存储的数据段；请运行 `clear verify`");
            CLR_TRY(status);
            *out += row.size + idx.size;
        }
    }
    return CLR_OK;
}

/**
 * Old and new rows stand side by side until the old ones are deleted, and deleting takes pages, too: a store that is filled to its limit could
 * not be emptied again. So there must be room for a quarter more than is read. Of the pages that are free only half are counted: a segment
 * wants them side by side.
 */
static enum clr_status check_room(struct clr_store *store, const struct clr_merge_group *group, uint64_t *bytes, struct clr_fault *fault)
{
    struct clr_tx tx;
    struct statvfs disk;
    MDB_envinfo info;
    MDB_stat stat;
    uint64_t free_pages;

    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = stored_bytes(&tx, group, bytes, fault);
    if (status == CLR_OK) status = clr_tx_free_pages(&tx, &free_pages, fault);
    clr_tx_abort(&tx);
    CLR_TRY(status);
    mdb_env_info(store->env.env, &info);
    mdb_env_stat(store->env.env, &stat);
    const uint64_t again = free_pages * stat.ms_psize / 2, used = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    const uint64_t spare = info.me_mapsize / 16 < ROOM_MIN ? info.me_mapsize / 16 : ROOM_MIN, need = *bytes + *bytes / 4 + spare;
    uint64_t room = info.me_mapsize - used;
    if (statvfs(store->env.path, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < room) room = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (room + again >= need) return CLR_OK;
    return clr_fault_say(fault, CLR_FULL, "no room to merge runs: %llu MiB are needed, %llu MiB are free", "合并批次空间不足：需要 %llu MiB，可用 %llu MiB",
                         (unsigned long long)(need >> 20), (unsigned long long)((room + again) >> 20));
}

/* ---- the new run ---- */

static unsigned bits_for(uint64_t rows)
{
    unsigned bits = 0;
    while (bits < 12 && (rows >> bits) > PARTITION_ROWS) bits++;
    return bits;
}

/** A prefix short enough that no source's partition is read for two units, long enough that a unit makes few partitions. */
static unsigned unit_bits_for(const struct clr_merge *merge)
{
    unsigned bits = merge->target->bits;
    for (size_t i = 0; i < merge->source_count; i++)
        if (merge->source[i]->part_count > 0 && merge->source[i]->bits < bits) bits = merge->source[i]->bits;
    const unsigned least = merge->target->bits > CLR_MERGE_SPLIT_BITS ? merge->target->bits - CLR_MERGE_SPLIT_BITS : 0;
    return bits > least ? bits : least;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/** Every file of the sources once, in order of admission; and what each source's ordinals become. */
static enum clr_status list_files(struct clr_merge *merge)
{
    struct clr_run *const target = merge->target;
    size_t listed = 0;
    for (size_t i = 0; i < merge->source_count; i++) listed += merge->source[i]->file_count;
    target->admission = malloc((listed + 1) * sizeof *target->admission);
    merge->file = calloc(merge->source_count + 1, sizeof *merge->file);
    if (target->admission == NULL || merge->file == NULL) return CLR_FULL;
    listed = 0;
    for (size_t i = 0; i < merge->source_count; i++) {
        if (merge->source[i]->file_count > 0)
            memcpy(target->admission + listed, merge->source[i]->admission, merge->source[i]->file_count * sizeof *target->admission);
        listed += merge->source[i]->file_count;
    }
    if (listed > 1) qsort(target->admission, listed, sizeof *target->admission, by_number);
    for (size_t i = 0; i < listed; i++)
        if (i == 0 || target->admission[i] != target->admission[i - 1]) target->admission[target->file_count++] = target->admission[i];
    for (size_t i = 0; i < merge->source_count; i++) {
        const struct clr_run *const source = merge->source[i];
        merge->file[i] = malloc((source->file_count + 1) * sizeof **merge->file);
        if (merge->file[i] == NULL) return CLR_FULL;
        for (uint32_t f = 0; f < source->file_count; f++) {
            const uint32_t *const at = bsearch(&source->admission[f], target->admission, target->file_count, sizeof *at, by_number);
            merge->file[i][f] = (uint32_t)(at - target->admission);
        }
    }
    return CLR_OK;
}

static int by_day(const void *a, const void *b)
{
    const struct clr_run_day *const x = a, *const y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static enum clr_status add_days(struct clr_merge *merge)
{
    struct clr_run *const target = merge->target;
    size_t listed = 0;
    for (size_t i = 0; i < merge->source_count; i++) listed += merge->source[i]->day_count;
    target->day = malloc((listed + 1) * sizeof *target->day);
    if (target->day == NULL) return CLR_FULL;
    listed = 0;
    for (size_t i = 0; i < merge->source_count; i++)
        for (uint32_t d = 0; d < merge->source[i]->day_count; d++) target->day[listed++] = merge->source[i]->day[d];
    if (listed > 1) qsort(target->day, listed, sizeof *target->day, by_day);
    for (size_t i = 0; i < listed; i++) {
        if (target->day_count > 0 && target->day[target->day_count - 1].day == target->day[i].day)
            target->day[target->day_count - 1].rows += target->day[i].rows;
        else
            target->day[target->day_count++] = target->day[i];
    }
    return CLR_OK;
}

static enum clr_status reserve_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct clr_merge *const merge = context;
    (void)store;
    CLR_TRY(clr_meta_get(tx, CLR_META_NEXT_RUN, 1, &merge->target->id, fault));
    const struct clr_run empty = { .id = merge->target->id, .state = CLR_RUN_BUILDING, .bits = merge->target->bits };
    CLR_TRY(clr_run_put(tx, &empty, fault));
    return clr_meta_put(tx, CLR_META_NEXT_RUN, merge->target->id + 1, fault);
}

/* ---- the writer ---- */

/** Indexes go in behind the rows of their commit: so they stand together in the file, and a cold look-up reads them in one piece. */
static enum clr_status put_indexes(struct clr_merge *merge, struct clr_fault *fault)
{
    while (merge->held != NULL) {
        struct clr_merged_part *const part = merge->held;
        uint8_t key[CLR_SEGMENT_KEY_SIZE];
        clr_segment_key(merge->target->id, part->part.partition, part->part.part, key);
        CLR_TRY(clr_tx_put(&merge->tx, CLR_TABLE_idx, key, sizeof key, part->idx, part->idx_size, fault));
        merge->held = part->next;
        clr_merged_part_free(part);
    }
    merge->held_bytes = 0;
    return CLR_OK;
}

static enum clr_status commit(struct clr_merge *merge, struct clr_fault *fault)
{
    if (!merge->begun) return CLR_OK;
    CLR_TRY(put_indexes(merge, fault));
    merge->begun = false;
    return clr_tx_commit(&merge->tx, fault);
}

static enum clr_status put_rows(struct clr_merge *merge, const struct clr_merged_part *part, struct clr_fault *fault)
{
    struct clr_run *const target = merge->target;
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    if (target->part_count == merge->part_capacity) {
        const uint32_t capacity = merge->part_capacity * 2 + 64;
        struct clr_part *const grown = realloc(target->part, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        target->part = grown;
        merge->part_capacity = capacity;
    }
    if (!merge->begun) {
        CLR_TRY(clr_tx_begin(&merge->store->env, true, &merge->tx, fault));
        merge->begun = true;
    }
    clr_segment_key(target->id, part->part.partition, part->part.part, key);
    CLR_TRY(clr_tx_put(&merge->tx, CLR_TABLE_row, key, sizeof key, part->row, part->row_size, fault));
    target->part[target->part_count++] = part->part;
    return CLR_OK;
}

/** Takes the part over. */
static enum clr_status write_part(struct clr_merge *merge, struct clr_merged_part *part, struct clr_fault *fault)
{
    const enum clr_status status = put_rows(merge, part, fault);
    if (status != CLR_OK) {
        clr_merged_part_free(part);
        return status;
    }
    merge->bytes += part->row_size + part->idx_size;
    merge->held_bytes += part->idx_size;
    atomic_fetch_sub_explicit(&merge->waiting, part->row_size + part->idx_size, memory_order_relaxed);
    free(part->row);
    part->row = NULL;
    part->next = merge->held;
    merge->held = part;
    return merge->tx.bytes + merge->held_bytes < merge->store->options.subcommit_bytes ? CLR_OK : commit(merge, fault);
}

static bool report_step(struct clr_merge *merge)
{
    const uint64_t now = clr_clock_monotonic_ns();
    if (merge->progress == NULL || merge->progress->step == NULL || now - merge->last_step_ns < STEP_NS) return true;
    merge->last_step_ns = now;
    const uint64_t done = atomic_load_explicit(&merge->rows_done, memory_order_relaxed);
    return merge->progress->step(merge->progress->context, "merge", merge->bytes, merge->bytes_total, done);
}

enum clr_status clr_merge_write_finished(struct clr_merge *merge, struct clr_fault *fault)
{
    /* Acquire pairs with the release of hand_over. */
    struct clr_merged_part *part = atomic_exchange_explicit(&merge->finished, NULL, memory_order_acquire), *in_order = NULL;
    enum clr_status status = report_step(merge) ? CLR_OK : CLR_STOPPED;
    while (part != NULL) {                                   /* pushed last stands first */
        struct clr_merged_part *const next = part->next;
        part->next = in_order;
        in_order = part;
        part = next;
    }
    while (in_order != NULL) {
        struct clr_merged_part *const next = in_order->next;
        if (status == CLR_OK) status = write_part(merge, in_order, fault);
        else clr_merged_part_free(in_order);
        in_order = next;
    }
    return status;
}

/* ---- the exchange ---- */

static int by_place(const void *a, const void *b)
{
    const struct clr_part *const x = a, *const y = b;
    if (x->partition != y->partition) return x->partition < y->partition ? -1 : 1;
    return (x->part > y->part) - (x->part < y->part);
}

static enum clr_status exchange_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct clr_merge *const merge = context;
    uint64_t merges;
    (void)store;
    merge->target->state = CLR_RUN_READY;
    CLR_TRY(clr_run_put(tx, merge->target, fault));
    for (size_t i = 0; i < merge->source_count; i++) {
        const struct clr_run retired = { .id = merge->source[i]->id, .state = CLR_RUN_RETIRED };
        CLR_TRY(clr_run_put(tx, &retired, fault));
    }
    CLR_TRY(clr_meta_get(tx, CLR_META_MERGES, 0, &merges, fault));
    CLR_TRY(clr_meta_put(tx, CLR_META_MERGES, merges + 1, fault));
    CLR_TRY(clr_meta_put(tx, CLR_META_MERGE_RUNS, merge->source_count, fault));
    CLR_TRY(clr_meta_put(tx, CLR_META_MERGE_ROWS, merge->rows, fault));
    return clr_meta_put(tx, CLR_META_MERGE_BYTES, merge->bytes, fault);
}

static enum clr_status exchange(struct clr_merge *merge, struct clr_fault *fault)
{
    struct clr_run *const target = merge->target;
    if (target->part_count > 1) qsort(target->part, target->part_count, sizeof *target->part, by_place);
    CLR_TRY(clr_run_index(target));
    if (clr_run_rows(target) != merge->rows)
        return clr_fault_say(fault, CLR_DAMAGED, "the runs to merge hold %llu rows, their manifests say %llu; run `clear verify`",
                             "待合并批次有 %llu 行，清单登记 %llu 行；请运行 `clear verify`", (unsigned long long)clr_run_rows(target),
                             (unsigned long long)merge->rows);
    const enum clr_status status = clr_store_write(merge->store, exchange_step, merge, fault);
    if (status != CLR_OK) target->state = CLR_RUN_BUILDING;
    for (size_t i = 0; status == CLR_OK && i < merge->source_count; i++) merge->source[i]->state = CLR_RUN_RETIRED;
    return status;
}

/* ---- all of it ---- */

/** The new run stands in the store's list from here on, as building. */
static enum clr_status prepare(struct clr_merge *merge, struct clr_fault *fault)
{
    struct clr_run *const target = calloc(1, sizeof *target);
    enum clr_status status = target != NULL ? clr_store_run_add(merge->store, target) : CLR_FULL;
    if (status != CLR_OK) {
        free(target);
        return status;
    }
    merge->target = target;
    merge->target->bits = (uint8_t)bits_for(merge->rows);
    merge->unit_bits = unit_bits_for(merge);
    CLR_TRY(list_files(merge));
    CLR_TRY(add_days(merge));
    return clr_store_write(merge->store, reserve_step, merge, fault);
}

static void release(struct clr_merge *merge)
{
    struct clr_merged_part *lists[] = { merge->held, atomic_load_explicit(&merge->finished, memory_order_acquire) };
    if (merge->begun) clr_tx_abort(&merge->tx);
    for (size_t i = 0; i < 2; i++) {
        while (lists[i] != NULL) {
            struct clr_merged_part *const next = lists[i]->next;
            clr_merged_part_free(lists[i]);
            lists[i] = next;
        }
    }
    for (size_t i = 0; merge->file != NULL && i < merge->source_count; i++) free(merge->file[i]);
    free(merge->file);
}

static enum clr_status run_workers(struct clr_merge *merge, struct clr_fault *fault)
{
    const struct clr_store_options *const options = &merge->store->options;
    uint64_t threads = options->memory / 2 / CLR_MERGE_WORKER_MEMORY;
    if (threads > options->threads) threads = options->threads;
    merge->waiting_max = options->memory / 4;
    merge->sorted_rows = CLR_MERGE_SORTED_ROWS;
    clr_workers_run(threads > 0 ? (unsigned)threads : 1, clr_merge_work, merge);
    const enum clr_status failed = (enum clr_status)atomic_load_explicit(&merge->failed, memory_order_relaxed);
    if (failed != CLR_OK && fault != NULL && merge->worker_fault.en[0] != '\0') *fault = merge->worker_fault;
    CLR_TRY(failed);
    CLR_TRY(clr_merge_write_finished(merge, fault));
    return commit(merge, fault);
}

enum clr_status clr_runs_merge(struct clr_store *store, const struct clr_merge_group *group, const struct clr_progress *progress,
                               struct clr_merge_done *out, struct clr_fault *fault)
{
    struct clr_merge merge = { .store = store, .source = group->run, .source_count = group->count, .rows = group->rows,
                               .seed = clr_tokenizer_seed(store->tokenizer), .progress = progress };
    CLR_TRY(check_room(store, group, &merge.bytes_total, fault));
    enum clr_status status = prepare(&merge, fault);
    if (status == CLR_OK) status = run_workers(&merge, fault);
    if (status == CLR_OK) status = exchange(&merge, fault);
    release(&merge);
    if (status == CLR_OK) *out = (struct clr_merge_done){ group->count, merge.rows, merge.bytes };
    /* The old runs go, or what there is of the new one. Where there is no room even for that, it goes when the store is opened again. */
    const enum clr_status swept = clr_admission_sweep_runs(store, status == CLR_OK ? fault : NULL);
    clr_store_runs_forget_building(store);
    return status == CLR_OK && swept != CLR_FULL ? swept : status;
}
