/*
 * batch.h: a batch = as many records of one or more files as the memory takes, judged and stored as a run.
 *
 * Phase A   workers take turns at reading the next block (one holds the baton), then decode and check it on their own and scatter the
 *           records into 2^bits partitions by the top bits of their placement hash: chains of 4 KiB chunks, one chain a worker and partition.
 * Phase B   workers claim partitions with one fetch_add: judge repeats (dedup.h), book obligations, pack rows. The calling thread writes what is
 *           finished, in partition order, a commit every subcommit_bytes.
 * After     files that ended in the batch become visible in one commit (finish.h).
 *
 * A batch's rows make one run, or two when its last file goes on in the next batch: the rows of that file are a `tail` run of their own, which
 * stays `building` until the file is whole. So a ready run never holds rows of a file that is not in.
 */
#ifndef CLR_INGEST_BATCH_H
#define CLR_INGEST_BATCH_H

#include <stdatomic.h>

#include "base/arena.h"
#include "ingest/check.h"
#include "ingest/stages.h"
#include "ingest/tab.h"
#include "store/segment.h"
#include "store/store.h"
#include "store/vmap.h"

#define CLR_CHUNK_RECORDS 32
#define CLR_BLOCK_SIZE (1u << 20)
#define CLR_PARTITION_ROWS 2500           /* records of a partition stay in a second-level cache of 512 KiB while they are judged, booked and packed */

struct clr_dedup;
struct clr_plan;

/** Up to 32 records of one partition from one worker. */
struct clr_chunk {
    struct clr_txn record[CLR_CHUNK_RECORDS];
    struct clr_chunk *next;              /* older */
    uint32_t count;                      /* of a tail: when the worker has ended (clr_batch_end_scatter) */
};

/** Where a worker's next record of a partition goes. */
struct clr_tail {
    struct clr_chunk *chunk;             /* newest; NULL: none yet */
    uint32_t count;                      /* records in it */
};

/** One block of input: where its records stand in their file. */
struct clr_block_info {
    uint32_t file;                       /* ordinal of its job in plan->order */
    uint32_t records;                    /* written by the worker that decoded it */
    uint8_t note;                        /* note bits of its first record, as checked: nearly always all have the same */
    uint64_t offset;                     /* of its first byte in the unpacked file */
    uint64_t first_number;               /* of its first record, 1-based; after phase A */
    uint64_t batch_index;                /* of its first record in the batch; after phase A */
};

/** A gray record superseded by the normal one that came after it. */
struct clr_supersede {
    clr_record_id gray, normal;
    uint64_t from, to;
    uint8_t kind;
    clr_fen amount_fen;
};

/** An exception for the verdict map, by its index in the batch. */
struct clr_batch_exception {
    uint64_t batch_index;
    uint64_t reasons;
    clr_record_id link;
    clr_fen amount_fen;
    uint64_t detail;
};

struct clr_batch_days {
    struct clr_run_day *item;
    size_t count, capacity, last;
};

struct clr_batch_worker {
    struct clr_checker checker;
    struct clr_tail *tail;               /* chain of each partition */
    uint8_t *buffer;                     /* one block */
    struct clr_raw *raw;
    struct clr_txn *txn;
    clr_party *remap;                    /* local unknown id − 1 → store reference */
    struct clr_file_share **share;       /* by job ordinal − first_job; NULL until used */
    struct clr_batch_exception *exception;
    size_t exception_count, exception_capacity;
    struct clr_batch_days days[2];       /* rows per trade day of the main and the tail run */
    struct clr_dedup *dedup;
    struct clr_segment_builder builder;
    struct clr_tabs *tabs;
    /* scratch of phase B, grown as needed */
    struct clr_entry *entry, *entry_spare;
    struct clr_txn **row;
    uint64_t *row_number, *row_hash;
    uint32_t *bucket;
    size_t entry_capacity, bucket_capacity;
    struct clr_lap lap;                  /* off unless the command is timed */
    enum clr_status status;
    struct clr_fault fault;
};

/** What phase B hands to the writer: the parts of one partition, in order. */
struct clr_packed {
    uint8_t *row, *idx;
    size_t row_size, idx_size;
    struct clr_part part;
    uint8_t tail;                        /* 1: of the tail run */
    struct clr_packed *next;
};

struct clr_batch {
    struct clr_store *store;
    struct clr_plan *plan;
    const struct clr_rules *rules;
    struct clr_job **job;                /* plan->order */
    uint32_t first_job, end_job;         /* jobs with records in this batch: [first_job, end_job) */
    uint32_t tail_job;                   /* job that goes on in the next batch, UINT32_MAX none */
    unsigned threads, bits;
    uint64_t records_max;                /* by --batch-records; UINT64_MAX = by memory */
    size_t block_size;
    struct clr_arena arena;
    struct clr_block_info *block;        /* grows under the baton, never moves */
    uint32_t block_count, block_capacity;
    uint64_t records;
    uint8_t *notes;  uint64_t notes_capacity;         /* of every record, by batch index: its note bits; exceptions say more. For the verdict map.
                                                         Filled with the blocks' notes, written only where a record's differ */
    int *participant_of;  uint32_t participant_of_count;   /* party id → participant index of `rules`, −1 */
    uint64_t run_id[2];                  /* main, tail */
    struct clr_run *run[2];              /* what the writer made; taken over by finish */
    struct clr_batch_worker *worker;
    struct clr_feed *feed;           /* phase A */
    struct clr_packed *_Atomic *packed;  /* by partition: NULL until finished, then its parts or &clr_packed_none */
    uint32_t packed_capacity;
    _Atomic uint64_t decoded;            /* records so far in phase A */
    _Atomic uint32_t next_partition;
    _Atomic int failed;                  /* enum clr_status of the first failure; workers stop */
    /* supersede events of files that are not in yet, by gray record */
    struct clr_supersede *event;  size_t event_count, event_capacity;
    struct clr_later *later;
};

/** Record id of a txn of this batch (after phase A). */
static inline clr_record_id clr_batch_record(const struct clr_batch *batch, const struct clr_txn *txn)
{
    const struct clr_block_info *const block = &batch->block[txn->block];
    return clr_record_id_of(batch->job[block->file]->admission, block->first_number + txn->index);
}

#define CLR_PREFETCH_RECORDS 6           /* a miss takes as long as the work of a few records */

static inline void clr_prefetch_record(const struct clr_txn *txn)
{
    __builtin_prefetch(txn);
    __builtin_prefetch((const uint8_t *)txn + 64);
}

#endif
