/*
 * moves_judge.h: one record of a moves file: form, parties, identity, what it refers to, what it books. Private to ingest/moves*.c.
 */
#ifndef CLR_INGEST_MOVES_JUDGE_H
#define CLR_INGEST_MOVES_JUDGE_H

#include "ingest/moves.h"
#include "settle/again.h"

/** A moves file under way: everything happens in one transaction, which is aborted when the file is refused. */
struct clr_moves {
    struct clr_store *store;
    struct clr_plan *plan;
    struct clr_job *job;
    struct clr_tx tx;
    struct clr_again again;
    struct clr_file file;                /* as the table will have it; texts borrowed from the job */
    struct clr_own_file own;
    struct clr_exception *record;        /* CLR_VMAP_CHUNK records at most: those not in the verdict map yet */
};

/** Judge the next record, store and book it: it becomes number job->records, which it raises. */
CLR_MUST_USE enum clr_status clr_moves_judge(struct clr_moves *moves, const struct clr_raw *raw, struct clr_fault *fault);

/** Put the records that are not in the verdict map yet into it. */
CLR_MUST_USE enum clr_status clr_moves_flush(struct clr_moves *moves, struct clr_fault *fault);

#endif
