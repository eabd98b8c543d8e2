/*
 * trial.h: --dry-run: the same code on a copy of the store, which is thrown away.
 *
 * The copy is LMDB's own (compacted, transactionally consistent), in <store>/trial.<pid>; a copy a killed command left is removed at the next trial.
 * It needs as much free disk as the store has live pages.
 *
 * Threads   the command's thread, no transaction open.
 */
#ifndef CLR_INGEST_TRIAL_H
#define CLR_INGEST_TRIAL_H

#include "store/store.h"

struct clr_trial {
    struct clr_env real;                 /* the environment that was set aside, still locked */
    char path[600];
};

/** From here on `store` works on the copy. */
CLR_MUST_USE enum clr_status clr_trial_begin(struct clr_store *store, struct clr_trial *trial, struct clr_fault *fault);

/** Throw the copy away and go back to the store as it was. */
CLR_MUST_USE enum clr_status clr_trial_end(struct clr_store *store, struct clr_trial *trial, struct clr_fault *fault);

#endif
