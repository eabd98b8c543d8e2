/*
 * partition.h: the steps of phase B on one partition, in their order: entries → (dedup.h) → accounts → rows.
 *
 * Threads   one worker and its own scratch; the batch is shared and constant but for what belongs to the partition: its records, and the
 *           note bytes of those records.
 */
#ifndef CLR_INGEST_PARTITION_H
#define CLR_INGEST_PARTITION_H

#include "ingest/batch.h"
#include "ingest/dedup.h"

/**
 * Collect the records of a partition into worker->entry: [0, *identified) have an identity and are sorted by (key hash, position); behind them
 * stand those without, up to *total. Records of refused files are left out; unknown party codes get their store numbers.
 */
CLR_MUST_USE enum clr_status clr_partition_entries(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t *identified, size_t *total);

/** Count, book and note the verdict of a judged record. */
CLR_MUST_USE enum clr_status clr_partition_account(struct clr_batch *batch, struct clr_batch_worker *worker, const struct clr_txn *txn);

/** Rows of the main run (tail 0) or of the file that goes on (tail 1) out of worker->entry[0, entries), packed in parts and appended at *end. */
CLR_MUST_USE enum clr_status clr_partition_pack(struct clr_batch *batch, struct clr_batch_worker *worker, uint32_t partition, size_t entries, unsigned tail,
                                                struct clr_packed ***end);

/** Count a row's day; also merges the lists of several workers. */
CLR_MUST_USE enum clr_status clr_batch_days_add(struct clr_batch_days *days, clr_day day, uint64_t rows);

#endif
