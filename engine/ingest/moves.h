/*
 * moves.h: a file of a format that stands alone, taken in one record after another: loads, purchases, refunds, reversals, adjustments and
 * decisions of the moves CSV; toll exits, package records and replies, lock dues (model/terms.h clr_format_is_alone). All of them are moves here.
 *
 * Moves are few beside trades, and each may depend on any record before it: so they are not for the pipeline. A file of moves stands
 * alone between batches; everything before it in canonical order is in the store already. Its records are judged in order and written
 * in one transaction (table move, identities in mvid, refunds of an original in mvref, verdict map and offsets as for any file), and the
 * file is in with that commit. The tables are drawn in store/moves.h; what a record refers to is judged by settle/original.h,
 * settle/reply.h and settle/decide.h, which later judge it again.
 *
 * Form      unknown-type: deductions, and products that the rules do not clear · dates and limits as for trades · a decision needs no time.
 * Message   a file that is one message (codec->walk) is read whole; its findings are judged as those of open() and close().
 * Parties   of purchases and loads of the moves CSV: participant code, else alias (moves.issuer; moves.unit, moves.merchant, moves.company), the issuer
 *           also by card number; of the other formats see moves_judge.h. Everything else has the parties of the record it refers to.
 * Repeats   identity (sender, id) of the moves CSV, (product, id) of all others (store/moves.h); a repeat refers to nothing, so its original is not looked at.
 *
 * Memory    a few MiB, and 150 bytes for every trade that the file refers to: their rows are read ahead, in one pass over their runs.
 * Standard  clearing-rules.md 2, 3, 5 (transit: loads, refunds, reversals, adjustments).
 * Threads   the command's thread.
 */
#ifndef CLR_INGEST_MOVES_H
#define CLR_INGEST_MOVES_H

#include "ingest/admission.h"
#include "store/moves.h"

/** Take in the moves file `job`: on CLR_OK it is finished or refused (job->state). */
CLR_MUST_USE enum clr_status clr_moves_take(struct clr_store *store, struct clr_plan *plan, struct clr_job *job, struct clr_fault *fault);

#endif
