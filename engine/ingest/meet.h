/*
 * meet.h: the files of one command among themselves: the same bytes twice, one id with several contents, the jobs of an admission.
 *
 * Memory    20 bytes a job while it works.
 * Time      n log n in the number of files, whatever their names and bytes: a flood of small files is only a flood.
 * Threads   the command's thread.
 */
#ifndef CLR_INGEST_MEET_H
#define CLR_INGEST_MEET_H

#include "ingest/admission.h"

/** Of several jobs of plan->order with one content the first is kept; of one id with several contents, too (unless its sender only warns). */
CLR_MUST_USE enum clr_status clr_plan_meet(struct clr_plan *plan);

/** The jobs of plan->order by content, for clr_job_of_content(): after clr_plan_meet() each content is there once. free(); NULL when memory is out. */
CLR_MUST_USE struct clr_job **clr_plan_by_content(const struct clr_plan *plan);
struct clr_job *clr_job_of_content(struct clr_job *const *by_content, uint32_t count, const uint8_t content[CLR_DIGEST_SIZE]);

#endif
