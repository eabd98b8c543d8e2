/*
 * decide.h: one pending or conflict record decided: by a person (resolve) or by a record of a moves file (decide).
 *
 * Accepting needs parties that the latest rules know; of a refund its original; of a pending decision the record it is about. Only what
 * waits can be decided, and only once: the same decision again changes nothing.
 *
 * A decision does not ask whether another record of the identity counts: that is what a person decides.
 *
 * Standard  clearing-rules.md 2.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_DECIDE_H
#define CLR_SETTLE_DECIDE_H

#include "settle/again.h"

enum clr_decidable {
    CLR_DECIDABLE,
    CLR_DECIDED_ALREADY,                 /* so, before */
    CLR_NOT_WAITING,                     /* accepted, duplicate or rejected */
    CLR_PARTY_MISSING,                   /* issuer or acquirer unknown by the latest rules */
    CLR_ORIGINAL_MISSING,                /* what it refers to is not there, or waits itself */
    CLR_ORIGINAL_REFUSES                 /* what it refers to does not allow it */
};

struct clr_decision {
    clr_record_id record;
    bool accept;
    unsigned cause;                      /* CLR_CAUSE_RESOLVED | CLR_CAUSE_DECIDED */
    const char *text;                    /* why */
    unsigned depth;                      /* decisions about decisions: 0 from outside */
};

/** Can it be decided so? Nothing is written. CLR_NOT_FOUND: no such record (or one without a form). */
CLR_MUST_USE enum clr_status clr_decision_check(struct clr_again *again, const struct clr_decision *decision, enum clr_decidable *out,
                                                struct clr_fault *fault);

/** Check, and when *state says CLR_DECIDABLE, do it. Already decided so: *out tells what is. */
CLR_MUST_USE enum clr_status clr_decision_make(struct clr_again *again, const struct clr_decision *decision, enum clr_decidable *state,
                                               struct clr_outcome *out, struct clr_fault *fault);

/** A decide move about its record: reasons against it (0: can be carried out, or was before). */
CLR_MUST_USE enum clr_status clr_decide_judge(struct clr_again *again, const struct clr_move *move, unsigned depth, clr_record_id *about,
                                              uint64_t *reasons, struct clr_fault *fault);

/** Carry out an accepted decide move. */
CLR_MUST_USE enum clr_status clr_decide_carry_out(struct clr_again *again, const struct clr_move *move, clr_record_id about, unsigned depth,
                                                  struct clr_fault *fault);

#endif
