/*
 * pipeline.h: one batch from blocks to committed rows: phase A, phase B, and the run they make (batch.h).
 *
 *     clr_batch_create → { clr_batch_begin → clr_batch_decode (A) → clr_batch_judge (B, writes rows) → finish.h } … → clr_batch_destroy
 *
 * Memory    the arena, the block buffers and the tables are taken once and used again for every batch.
 * Threads   called by the command's thread; uses batch->threads workers inside.
 */
#ifndef CLR_INGEST_PIPELINE_H
#define CLR_INGEST_PIPELINE_H

#include "ingest/admission.h"
#include "ingest/feed.h"

CLR_MUST_USE enum clr_status clr_batch_create(struct clr_store *store, struct clr_plan *plan, struct clr_batch **out, struct clr_fault *fault);
void clr_batch_destroy(struct clr_batch *batch);

/** Room for one more block from every worker? Called under the baton. */
bool clr_batch_has_room(const struct clr_batch *batch);

/** Empty the batch and choose its number of partitions from what is left to read. */
CLR_MUST_USE enum clr_status clr_batch_begin(struct clr_batch *batch, const struct clr_feed *feed, struct clr_fault *fault);

/** Put checked records into the chains of their partitions: the last step of phase A. */
CLR_MUST_USE enum clr_status clr_batch_scatter(struct clr_batch *batch, struct clr_batch_worker *worker, const struct clr_txn *txn, size_t count);

/** The worker scatters no more in this batch: the chunks learn their counts. */
void clr_batch_end_scatter(const struct clr_batch *batch, struct clr_batch_worker *worker);

/** Phase A. Afterwards every block knows its record numbers, ended files have had their count and trailer checks, unknown codes have store numbers. */
CLR_MUST_USE enum clr_status clr_batch_decode(struct clr_batch *batch, struct clr_feed *feed, struct clr_fault *fault);

/** Status of the first worker that failed, with its fault. */
CLR_MUST_USE enum clr_status clr_batch_failure(struct clr_batch *batch, struct clr_fault *fault);

/** Phase B: rows and index are in the store (runs still `building`), shares and exceptions with the workers, runs in batch->run. */
CLR_MUST_USE enum clr_status clr_batch_judge(struct clr_batch *batch, struct clr_fault *fault);

#endif
