/*
 * maintain.h: merging of runs as a step of its own: `clear maintain`, and the end of an ingest (store/merge.h does it, merge_plan.h says when).
 *
 * Threads   the command's thread, no transaction open.
 */
#ifndef CLR_INGEST_MAINTAIN_H
#define CLR_INGEST_MAINTAIN_H

#include "store/store.h"

/**
 * At the end of an ingest: merge what is due, unless the options say no or nothing came in. Having no room, or being stopped, is no failure:
 * the files are in, and a later command merges.
 * @return CLR_OK | CLR_DAMAGED and what else ended a merge
 */
CLR_MUST_USE enum clr_status clr_maintain_after(struct clr_store *store, const struct clr_ingest_options *options, bool taken,
                                                struct clr_maintained *out, struct clr_fault *fault);

#endif
