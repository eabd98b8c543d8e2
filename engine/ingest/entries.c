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
                if (i + CLR_PREFETCH_RECORDS < CLR_CHUNK_RECORDS) clr_prefetch_record(&chunk->record[i + CLR_PREFETCH_RECORDS]);
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

enum clr_status clr_partition_entries(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t *identified, size_t *total)
{
    CLR_TRY(collect(batch, worker, partition, identified, total));
    return sort_entries(worker, *identified);
}
