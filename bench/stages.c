#include "stages.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/gen.h"
#include "ingest/dedup.h"
#include "ingest/history.h"
#include "ingest/partition.h"
#include "ingest/pipeline.h"

#define SEED 20260302
#define PATHS_MAX 64

struct bench_stages {
    char folder[64], rules[128], store_path[128];
    char *path[PATHS_MAX];
    size_t path_count;
    struct clr_store_options options;
    struct clr_store *store;
    struct clr_plan plan;
    struct clr_feed feed;
    struct clr_batch *batch;
    /* one block of the first file, decoded and checked */
    uint8_t *block;
    size_t block_size, raw_count;
    struct clr_raw *raw;
    struct clr_txn *txn;
    uint64_t bytes, partition;
    struct clr_packed *packed;
    uint64_t run;
};

static int said(const char *doing, enum clr_status status, const struct clr_fault *fault)
{
    if (status != CLR_OK) fprintf(stderr, "bench: %s: %s %s\n", doing, clr_status_text(status), fault->en);
    return status == CLR_OK;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int list_inbox(struct bench_stages *stages)
{
    char inbox[128], name[400];
    snprintf(inbox, sizeof inbox, "%s/data/inbox", stages->folder);
    DIR *const directory = opendir(inbox);
    if (directory == NULL) return 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL && stages->path_count < PATHS_MAX;) {
        if (entry->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s/%s", inbox, entry->d_name);
        stages->path[stages->path_count++] = strdup(name);
    }
    closedir(directory);
    qsort(stages->path, stages->path_count, sizeof *stages->path, by_name);
    return stages->path_count > 0;
}

static int generate(struct bench_stages *stages, const char *format, uint64_t records)
{
    struct gen_options options = { .format = (enum clr_format)clr_format_find(clr_bytes_text(format)), .records = records, .seed = SEED,
                                   .date = CLR_DAY_NONE, .received_at = CLR_TIME_NONE };
    struct gen_result made;
    struct clr_fault fault = { 0 };
    char data[128];
    snprintf(stages->folder, sizeof stages->folder, "/tmp/clear-bench.XXXXXX");
    if (mkdtemp(stages->folder) == NULL) return 0;
    snprintf(data, sizeof data, "%s/data", stages->folder);
    snprintf(stages->rules, sizeof stages->rules, "%s/data/rules", stages->folder);
    options.out = data;
    options.rate_ppm[GEN_RATE_DUPLICATES] = 5000;
    options.rate_ppm[GEN_RATE_CROSS_REGION] = 50000;
    return said("generating", clr_gen_run(&options, &made, &fault), &fault) && list_inbox(stages);
}

static int open_store(struct bench_stages *stages)
{
    struct clr_fault fault = { 0 };
    struct clr_rules_loaded loaded;
    char command[200];
    if (stages->store != NULL) clr_store_close(stages->store);
    stages->store = NULL;
    snprintf(stages->store_path, sizeof stages->store_path, "%s/store", stages->folder);
    snprintf(command, sizeof command, "rm -rf '%s'", stages->store_path);
    return system(command) == 0 && said("making a store", clr_store_create(stages->store_path, &stages->options, &fault), &fault) &&
           said("opening it", clr_store_open(stages->store_path, &stages->options, &stages->store, &fault), &fault) &&
           said("loading rules", clr_rules_load(stages->store, stages->rules, false, &loaded, &fault), &fault);
}

static const struct clr_ingest_options ingest_options(void)
{
    const struct clr_ingest_options options = { .received_at = clr_time_of(2026, 3, 3, 2, 0, 0), .archive = CLR_ARCHIVE_NONE };
    return options;
}

/** Plan and batch over the generated files, and one decoded and checked block. */
static int prepare(struct bench_stages *stages)
{
    const struct clr_ingest_options options = ingest_options();
    struct clr_fault fault = { 0 };
    struct clr_bytes bytes;
    uint32_t block;
    size_t at = 0;
    if (!said("planning", clr_plan_make(stages->store, &clr_codecs, &options, (const char *const *)stages->path, stages->path_count, &stages->plan, &fault), &fault)) return 0;
    if (!said("making a batch", clr_batch_create(stages->store, &stages->plan, &stages->batch, &fault), &fault)) return 0;
    clr_feed_init(&stages->feed, &stages->plan, NULL, stages->batch->block_size);
    if (!said("beginning", clr_batch_begin(stages->batch, &stages->feed, &fault), &fault)) return 0;
    clr_feed_begin(&stages->feed, stages->batch);
    stages->block = malloc(stages->batch->block_size);
    if (!said("reading", clr_feed_next(&stages->feed, false, stages->block, &block, &bytes, &fault), &fault)) return 0;
    const struct clr_job *const job = stages->plan.order[0];
    const size_t most = bytes.size / job->codec->record_size_min + CLR_CHECK_BATCH;
    stages->block_size = bytes.size;
    stages->raw = malloc(most * sizeof *stages->raw);
    stages->txn = malloc(most * sizeof *stages->txn);
    while (at < bytes.size) {
        size_t count = 0;
        job->codec->decode(&job->file, bytes, &at, stages->raw + stages->raw_count, CLR_CHECK_BATCH, &count);
        stages->raw_count += count;
    }
    for (uint32_t i = 0; i < stages->plan.order_count; i++) stages->bytes += stages->plan.order[i]->input.content_size;
    return bench_stage_check(stages) > 0;
}

struct bench_stages *bench_stages_open(const char *format, uint64_t records, unsigned threads)
{
    struct bench_stages *const stages = calloc(1, sizeof *stages);
    stages->options.threads = threads;
    if (generate(stages, format, records) && open_store(stages) && prepare(stages)) return stages;
    bench_stages_close(stages);
    return NULL;
}

static void free_packed(struct bench_stages *stages)
{
    while (stages->packed != NULL) {
        struct clr_packed *const next = stages->packed->next;
        free(stages->packed->row);
        free(stages->packed->idx);
        free(stages->packed);
        stages->packed = next;
    }
}

void bench_stages_close(struct bench_stages *stages)
{
    char command[200];
    free_packed(stages);
    clr_feed_close(&stages->feed);
    clr_batch_destroy(stages->batch);
    clr_plan_free(&stages->plan);
    clr_store_close(stages->store);
    snprintf(command, sizeof command, "rm -rf '%s'", stages->folder);
    if (stages->folder[0] == '\0' || system(command) != 0) fprintf(stderr, "bench: %s stays behind\n", stages->folder);
    for (size_t i = 0; i < stages->path_count; i++) free(stages->path[i]);
    free(stages->block);
    free(stages->raw);
    free(stages->txn);
    free(stages);
}

uint64_t bench_stages_bytes(const struct bench_stages *stages) { return stages->bytes; }

/* ---- phase A ---- */

uint64_t bench_stage_decode(struct bench_stages *stages)
{
    const struct clr_job *const job = stages->plan.order[0];
    const struct clr_bytes bytes = clr_bytes_of(stages->block, stages->block_size);
    struct clr_raw raw[CLR_CHECK_BATCH];
    uint64_t records = 0;
    for (size_t at = 0; at < bytes.size;) {
        size_t count = 0;
        job->codec->decode(&job->file, bytes, &at, raw, CLR_CHECK_BATCH, &count);
        records += count;
    }
    return records;
}

uint64_t bench_stage_check(struct bench_stages *stages)
{
    struct clr_checker *const checker = &stages->batch->worker[0].checker;
    for (size_t done = 0; done < stages->raw_count; done += CLR_CHECK_BATCH) {
        const size_t count = stages->raw_count - done < CLR_CHECK_BATCH ? stages->raw_count - done : CLR_CHECK_BATCH;
        clr_check_records(checker, stages->plan.order[0], stages->raw + done, count, 0, 0, (uint32_t)done, stages->txn + done);
    }
    return stages->raw_count;
}

void bench_stage_empty(struct bench_stages *stages)
{
    clr_arena_reset(&stages->batch->arena);
    memset(stages->batch->worker[0].tail, 0, sizeof *stages->batch->worker[0].tail << stages->batch->bits);
}

uint64_t bench_stage_scatter(struct bench_stages *stages)
{
    return clr_batch_scatter(stages->batch, &stages->batch->worker[0], stages->txn, stages->raw_count) == CLR_OK ? stages->raw_count : 0;
}

void bench_stage_phase_a(struct bench_stages *stages)
{
    struct clr_fault fault = { 0 };
    clr_feed_close(&stages->feed);
    clr_feed_init(&stages->feed, &stages->plan, NULL, stages->batch->block_size);
    for (uint32_t i = 0; i < stages->plan.order_count; i++) {
        stages->plan.order[i]->records = 0;
        stages->plan.order[i]->ended = false;
    }
    said("beginning", clr_batch_begin(stages->batch, &stages->feed, &fault), &fault);
    said("decoding", clr_batch_decode(stages->batch, &stages->feed, &fault), &fault);
    free(stages->batch->notes);
    stages->batch->notes = malloc(stages->batch->records);
    stages->batch->notes_capacity = stages->batch->records;
    said("history", clr_history_begin(clr_dedup_history(stages->batch->worker[0].dedup), NULL, 0, &fault), &fault);
    stages->partition = 0;
}

/* ---- phase B: the stages of one partition; each call takes the next one ---- */

uint64_t bench_stage_sort(struct bench_stages *stages)
{
    size_t identified, total;
    const uint32_t partition = (uint32_t)(stages->partition++ % (UINT64_C(1) << stages->batch->bits));
    return clr_partition_entries(stages->batch, &stages->batch->worker[0], partition, &identified, &total) == CLR_OK ? total : 0;
}

uint64_t bench_stage_dedup(struct bench_stages *stages)
{
    struct clr_batch_worker *const worker = &stages->batch->worker[0];
    const uint64_t count = bench_stage_sort(stages);
    return clr_dedup_partition(worker->dedup, worker->entry, count, &worker->fault) == CLR_OK ? count : 0;
}

uint64_t bench_stage_account(struct bench_stages *stages)
{
    struct clr_batch_worker *const worker = &stages->batch->worker[0];
    const uint64_t count = bench_stage_sort(stages);
    for (uint64_t i = 0; i < count; i++)
        if (clr_partition_account(stages->batch, worker, worker->entry[i].txn) != CLR_OK) return 0;
    return count;
}

uint64_t bench_stage_pack(struct bench_stages *stages)
{
    struct clr_packed **end = &stages->packed;
    const uint64_t count = bench_stage_sort(stages);
    free_packed(stages);
    return clr_partition_pack(stages->batch, &stages->batch->worker[0], (uint32_t)(stages->partition - 1), count, 0, &end) == CLR_OK ? count : 0;
}

uint64_t bench_stage_commit(struct bench_stages *stages)
{
    struct clr_fault fault = { 0 };
    struct clr_tx tx;
    uint64_t bytes = 0;
    stages->run++;
    if (!said("beginning", clr_tx_begin(&stages->store->env, true, &tx, &fault), &fault)) return 0;
    for (uint32_t partition = 0; bytes < (UINT64_C(32) << 20); partition++)
        for (const struct clr_packed *part = stages->packed; part != NULL; part = part->next) {
            uint8_t key[CLR_SEGMENT_KEY_SIZE];
            clr_segment_key(stages->run, partition, part->part.part, key);
            if (!said("writing", clr_tx_put(&tx, CLR_TABLE_row, key, sizeof key, part->row, part->row_size, &fault), &fault)) return 0;
            if (!said("writing", clr_tx_put(&tx, CLR_TABLE_idx, key, sizeof key, part->idx, part->idx_size, &fault), &fault)) return 0;
            bytes += part->row_size + part->idx_size;
        }
    return said("committing", clr_tx_commit(&tx, &fault), &fault) ? bytes : 0;
}

/* ---- end to end ---- */

uint64_t bench_stage_ingest(struct bench_stages *stages)
{
    const struct clr_ingest_options options = ingest_options();
    struct clr_ingest_result result;
    struct clr_fault fault = { 0 };
    clr_batch_destroy(stages->batch);
    clr_plan_free(&stages->plan);
    stages->batch = NULL;
    if (!open_store(stages)) return 0;
    if (!said("ingesting", clr_ingest(stages->store, &clr_codecs, &options, (const char *const *)stages->path, stages->path_count, &result, &fault), &fault)) return 0;
    const uint64_t records = result.totals.records;
    clr_ingest_result_free(&result);
    return records;
}
