/*
 * finish.h: the commit that makes the files of a batch exist: verdict map, offsets, figures, positions, events, run, in one transaction.
 *
 * Threads   the command's thread.
 */
#ifndef CLR_INGEST_FINISH_H
#define CLR_INGEST_FINISH_H

#include "ingest/batch.h"

/** Between phase A and B: a file refused at its end leaves building runs and maps of earlier batches; they go before anything is compared with them. */
CLR_MUST_USE enum clr_status clr_batch_drop_refused(struct clr_batch *batch, struct clr_fault *fault);

/** Commit what the batch made; files that ended and were not refused are in. */
CLR_MUST_USE enum clr_status clr_batch_finish(struct clr_batch *batch, struct clr_fault *fault);

/** File record of a job, from what the job knows (texts borrowed). */
struct clr_file;
void clr_job_describe(const struct clr_job *job, const struct clr_plan *plan, enum clr_archive_mode archive, struct clr_file *out);

/** Put a whole file into the store: its figures must add up. File record, positions, last stamp. @return CLR_UNBALANCED when they do not */
CLR_MUST_USE enum clr_status clr_job_put(struct clr_tx *tx, const struct clr_job *job, const struct clr_plan *plan, struct clr_fault *fault);

/** The store's last stamp, when this one is later. CLR_TIME_NONE changes nothing. */
CLR_MUST_USE enum clr_status clr_stamp_put(struct clr_tx *tx, int64_t stamp, struct clr_fault *fault);

#endif
