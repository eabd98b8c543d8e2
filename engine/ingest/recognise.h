/*
 * recognise.h: what one input file is: its bytes by digest, its codec, its sender, its file id, its header, its stamp.
 *
 * What refuses a file before it is admitted refuses it here: unreadable, unknown format or sender, a header without records, a stamp that cannot be.
 * Standard  clearing-rules.md 1 (stamp, sender, file id).
 * Threads   the command's thread.
 */
#ifndef CLR_INGEST_RECOGNISE_H
#define CLR_INGEST_RECOGNISE_H

#include "ingest/admission.h"

/** Scan and recognise; a refusal is in the job. */
CLR_MUST_USE enum clr_status clr_job_scan(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_rules *rules,
                                          const struct clr_ingest_options *options, struct clr_job *job, struct clr_fault *fault);

/** Stamp and, for a receipt sender, first window. CLR_USAGE when the sender's rule needs a stamp and there is none. */
CLR_MUST_USE enum clr_status clr_job_find_stamp(const struct clr_plan *plan, const struct clr_ingest_options *options, int64_t last_stamp, struct clr_job *job,
                                                struct clr_fault *fault);

#endif
