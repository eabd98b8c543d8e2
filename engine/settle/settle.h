/*
 * settle.h: the transitions of a settlement, one commit each.
 *
 *   (1) re-examined, gated, CLOSED   everything pending judged again, the windows up to the day listed, their books made and every invariant
 *                                    checked, closed-through moved; all of it or nothing
 *   (2) NETTED                       the positions are final
 *   (3) INSTRUCTED                   journal rows put
 *   (4) SETTLED                      outputs in place, their digests in the settlement's record, which is then done
 *
 * A settlement that was cut off between two of them is finished before anything else, with the same bytes: its windows are closed and its
 * rules noted, so that its books are a function of the store.
 *
 * Standard  clearing-rules.md 6, 7; architecture "Settlement".
 */
#ifndef CLR_SETTLE_SETTLE_H
#define CLR_SETTLE_SETTLE_H

#include "clr.h"

/** clr_settle() that stops with CLR_STOPPED behind the commit of `last`, as if it were killed there; CLR_WINDOW_SETTLED goes to the end. */
CLR_MUST_USE enum clr_status clr_settle_until(struct clr_store *store, clr_day day, int product, const char *directory, enum clr_window_state last,
                                              struct clr_settled *out, struct clr_fault *fault);

#endif
