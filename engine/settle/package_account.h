/*
 * package_account.h: what a reply says of whole packages, checked against what is known, and carried out. For settle/reply.c.
 *
 *     account result   exactly one a package (its identity says so) · as many records as the package · each line a record of it · the amount
 *                      that of what it does not list
 *     dispute result   each list: a package with an account result · each line a record in dispute · 0 or 1 · the amount that of what is paid
 *     clearing totals  each package with an account result · each file known · the amount of etc.md 4
 *
 * Amounts are what the packages say, so that a record that was refused here does not make every reply disagree; where a record's amount could
 * not be read, the amount of what it is in is not compared.
 *
 * Returns   CLR_OK with reasons: 0 nothing stands against it · refund-without-original: what it speaks of is not here yet · field-mismatch ·
 *           conflict: it was said before.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_PACKAGE_ACCOUNT_H
#define CLR_SETTLE_PACKAGE_ACCOUNT_H

#include "settle/package.h"
#include "settle/reply_set.h"

CLR_MUST_USE enum clr_status clr_account_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head,
                                               uint64_t *reasons, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_account_carry_out(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head,
                                                   struct clr_fault *fault);

CLR_MUST_USE enum clr_status clr_dispute_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head,
                                               uint64_t *reasons, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_dispute_list_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *list,
                                                    uint64_t *reasons, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_dispute_list_carry_out(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *list,
                                                        struct clr_fault *fault);

CLR_MUST_USE enum clr_status clr_totals_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head,
                                              uint64_t *reasons, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_totals_carry_out(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head,
                                                  struct clr_fault *fault);

#endif
