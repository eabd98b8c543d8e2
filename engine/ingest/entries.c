/* The records of one partition, collected from all workers' chunks and sorted by lookup key (partition.h). */
#include <stdlib.h>

#include "ingest/partition.h"
#include "store/runindex.h"

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

/* ---- collecting ---- */

static void remap_parties(const struct clr_batch_worker *owner, struct clr_txn *txn)
{
    if (txn->issuer & CLR_PARTY_UNKNOWN) txn->issuer = owner->remap[(txn->issuer & ~CLR_PARTY_UNKNOWN) - 1];
    if (txn->acquirer & CLR_PARTY_UNKNOWN) txn->acquirer = owner->remap[(txn->acquirer & ~CLR_PARTY_UNKNOWN) - 1];
}

struct collected {
    struct clr_entry *front, *back;      /* those with an identity grow up, the others down */
    uint32_t *start;                     /* start[b + 1]: entries of bucket b */
    unsigned shift;                      /* key hash → bucket */
};

static size_t bucket_of(uint64_t key_hash, unsigned shift) { return shift == 64 ? 0 : key_hash >> shift; }

static void collect_chunk(const struct clr_batch *batch, const struct clr_batch_worker *owner, struct clr_chunk *chunk, struct collected *to)
{
    const bool remap = owner->checker.unknown.text_count > 0;
    for (uint32_t i = 0; i < chunk->count; i++) {
        struct clr_txn *const txn = &chunk->record[i];
        if (i + CLR_PREFETCH_RECORDS < CLR_CHUNK_RECORDS) clr_prefetch_record(&chunk->record[i + CLR_PREFETCH_RECORDS]);
        if (batch->job[txn->file]->state == CLR_JOB_REFUSED) continue;
        if (remap) remap_parties(owner, txn);
        const struct clr_entry entry = { clr_key_hash(txn->hash), txn };
        if (clr_txn_has_identity(txn)) {
            *to->front++ = entry;
            to->start[bucket_of(entry.key_hash, to->shift) + 1]++;
        } else {
            *--to->back = entry;
        }
    }
}

/* ---- sorting ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct clr_entry *const x = a, *const y = b;
    if (x->key_hash != y->key_hash) return x->key_hash < y->key_hash ? -1 : 1;
    const uint64_t first = clr_entry_position(x), second = clr_entry_position(y);
    return (first > second) - (first < second);
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

/** Entries [0, count) of the spare list to worker->entry by (key hash, position): each to its bucket, then each bucket. */
static void sort_entries(struct clr_batch_worker *worker, size_t count, unsigned shift, size_t buckets)
{
    uint32_t *const start = worker->bucket;
    for (size_t b = 0; b < buckets; b++) start[b + 1] += start[b];
    for (size_t i = 0; i < count; i++) worker->entry[start[bucket_of(worker->entry_spare[i].key_hash, shift)]++] = worker->entry_spare[i];
    /* Now start[b] is the end of bucket b. */
    size_t from = 0;
    for (size_t b = 0; b < buckets; b++) {
        if (start[b] - from > 1) sort_bucket(worker->entry + from, start[b] - from);
        from = start[b];
    }
}

/* ---- both ---- */

static enum clr_status reserve_buckets(struct clr_batch_worker *worker, size_t buckets)
{
    if (worker->bucket_capacity < buckets + 1) {
        free(worker->bucket);
        worker->bucket = malloc((buckets + 1) * sizeof *worker->bucket);
        worker->bucket_capacity = worker->bucket != NULL ? buckets + 1 : 0;
        if (worker->bucket == NULL) return CLR_FULL;
    }
    memset(worker->bucket, 0, (buckets + 1) * sizeof *worker->bucket);
    return CLR_OK;
}

enum clr_status clr_partition_entries(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t *identified, size_t *total)
{
    size_t count = 0;
    unsigned bits = 0;
    for (unsigned w = 0; w < batch->threads; w++)
        for (const struct clr_chunk *chunk = batch->worker[w].tail[partition].chunk; chunk != NULL; chunk = chunk->next) count += chunk->count;
    while (bits < 20 && count >> bits > 1) bits++;        /* one or two entries a bucket */
    CLR_TRY(reserve_entries(worker, count));
    CLR_TRY(reserve_buckets(worker, (size_t)1 << bits));

    struct collected all = { worker->entry_spare, worker->entry_spare + count, worker->bucket, 64 - bits };
    for (unsigned w = 0; w < batch->threads; w++)
        for (struct clr_chunk *chunk = batch->worker[w].tail[partition].chunk; chunk != NULL; chunk = chunk->next)
            collect_chunk(batch, &batch->worker[w], chunk, &all);
    const size_t with = (size_t)(all.front - worker->entry_spare), without = (size_t)(worker->entry_spare + count - all.back);
    sort_entries(worker, with, 64 - bits, (size_t)1 << bits);
    if (without > 0) memcpy(worker->entry + with, all.back, without * sizeof *worker->entry);
    *identified = with;
    *total = with + without;
    return CLR_OK;
}
