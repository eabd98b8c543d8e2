/*
 * figures.h: counts and amounts of a file's records by verdict, kind and reason: the control totals.
 *
 * Promise   records = sum of verdict counts, and received_fen = sum of verdict amounts (clr_figures_check).
 *           reason[] counts primary reasons only, so it adds up to what is not accepted.
 *           kind[] counts accepted records. note[] counts remarks on accepted records.
 */
#ifndef CLR_MODEL_FIGURES_H
#define CLR_MODEL_FIGURES_H

#include "base/money.h"
#include "model/terms.h"

struct clr_tally {
    uint64_t count;
    clr_fen amount_fen;
};

struct clr_figures {
    uint64_t records;
    clr_fen received_fen;
    struct clr_tally verdict[CLR_VERDICT_COUNT];
    struct clr_tally kind[CLR_KIND_COUNT];
    struct clr_tally reason[CLR_REASON_COUNT];
    struct clr_tally note[CLR_NOTE_COUNT];
};

/** Count one record (its verdict follows from `reasons`). @return CLR_OK | CLR_OVERFLOW */
CLR_MUST_USE enum clr_status clr_figures_count(struct clr_figures *figures, uint64_t reasons, enum clr_kind kind, clr_fen amount_fen);

/** Count `records` accepted records at once: of one kind, with the same notes (the only bits of `notes`), `amount_fen` together. */
CLR_MUST_USE enum clr_status clr_figures_count_accepted(struct clr_figures *figures, uint64_t notes, enum clr_kind kind, uint64_t records, clr_fen amount_fen);

/** Move one record from one set of reasons to another (a later event). */
CLR_MUST_USE enum clr_status clr_figures_move(struct clr_figures *figures, uint64_t from, uint64_t to, enum clr_kind kind, clr_fen amount_fen);

CLR_MUST_USE enum clr_status clr_figures_add(struct clr_figures *to, const struct clr_figures *from);

/** CLR_OK when the buckets add up to what was received, else CLR_UNBALANCED. */
CLR_MUST_USE enum clr_status clr_figures_check(const struct clr_figures *figures);

#endif
