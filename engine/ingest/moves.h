/*
 * moves.h: a file of moves: loads, purchases, refunds, reversals, adjustments and decisions, taken in one record after another.
 *
 * Moves are few beside trades, and each may depend on any record before it: so they are not for the pipeline. A file of moves stands alone between
 * batches; everything before it in canonical order is in the store already. Its records are judged in order, written in one transaction
 * (table move, identities in mvid, refunds of an original in mvref, verdict map and offsets as for any file), and the file is in with that commit.
 *
 *   table move    record64 → struct as drawn in moves.c: the canonical record, original record64, texts id, orig_id, reason, note
 *   table mvid    identity token 16 (sender, id) ‖ record64 → empty: holders of a move identity in canonical order
 *   table mvref   original record64 → refunded fen i64, refunds u32, reversed u8
 *
 * Standard  clearing-rules.md 2, 3, 5 (transit: loads, refunds, reversals, adjustments).
 * Threads   the command's thread.
 */
#ifndef CLR_INGEST_MOVES_H
#define CLR_INGEST_MOVES_H

#include "ingest/admission.h"

/** Take in the moves file `job`: on CLR_OK it is finished or refused (job->state). */
CLR_MUST_USE enum clr_status clr_moves_take(struct clr_store *store, struct clr_plan *plan, struct clr_job *job, struct clr_fault *fault);

#endif
