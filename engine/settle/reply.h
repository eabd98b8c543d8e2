/*
 * reply.h: records that speak of packages and of other records: the hook of the package cycle.
 *
 * A record of kind `reply` (account result, dispute result, totals) owes nothing and has no parties. It waits (refund-without-original) until
 * what it speaks of is here, is judged again like a refund that came first, and when it counts it changes the verdicts of other records by
 * events. Who calls: a file under way (ingest/moves_judge.h), the re-examination, decisions; always both functions in this order.
 * What it means is in package.h and package_account.h; its records together are reply_set.h.
 *
 * Standard  clearing-rules.md 5 (packages).
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_REPLY_H
#define CLR_SETTLE_REPLY_H

#include "settle/again.h"

static inline bool clr_move_is_reply(const struct clr_move *move) { return move->txn.kind == CLR_KIND_REPLY; }

/** Reasons against a reply as things stand (0: it can be carried out). */
CLR_MUST_USE enum clr_status clr_reply_judge(struct clr_again *again, const struct clr_move *move, uint64_t *reasons, struct clr_fault *fault);

/** A reply counts from now on: carry it out. What it makes count falls in the window of its ProcessTime (package.h). */
CLR_MUST_USE enum clr_status clr_reply_carry_out(struct clr_again *again, const struct clr_move *move, struct clr_fault *fault);

#endif
