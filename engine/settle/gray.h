/*
 * gray.h: what a card's next record says about a gray one.
 *
 * Gray record n of a card counts when record n+1's balance before = before(n) − amount(n) and no other record of the card with counter n
 * counts; it is superseded when one does, refuted when that balance = before(n); else it waits. Counters wrap as the format has them:
 * 16 bits (yz316), 1,000,000 (xf158, xf160). Record n+1 may be of any trade day from n on within the retention; the earliest is the one.
 *
 * Standard  clearing-rules.md 3 "Gray acceptance".
 */
#ifndef CLR_SETTLE_GRAY_H
#define CLR_SETTLE_GRAY_H

#include "settle/again.h"

enum clr_gray { CLR_GRAY_WAITS, CLR_GRAY_COUNTS, CLR_GRAY_SUPERSEDED, CLR_GRAY_REFUTED };

/** @param[out] link  the record that says so: of the same counter (superseded), the next one (refuted), else 0. */
CLR_MUST_USE enum clr_status clr_gray_examine(struct clr_again *again, const struct clr_subject *subject, enum clr_gray *out,
                                              clr_record_id *link, struct clr_fault *fault);

#endif
