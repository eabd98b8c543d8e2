/*
 * package.h: the cycle of a package of toll transactions.
 *
 *     received ─ account result ─► accepted ──────────────► counts, in the window of the result's ProcessTime
 *                                  disputed ─ dispute result 0 ─► counts, in the window of that one
 *                                                            1 ─► rejected: bad debt
 *
 * A record of a package waits (awaiting-account) whatever else it waits for. An account result says of each of them whether it is disputed;
 * what it does not list is accepted. Each change is an event (store/events.h); what another reason still holds back stays pending, and counts
 * when that is gone. Money never moves for a record that is rejected, a duplicate or in conflict here, whatever an issuer says of it: it is
 * noted as withheld (adr/0016).
 *
 * Window    the business day of the result's ProcessTime, the first open one from there.
 * Replies   reply.h judges them whole: a number that does not agree makes the reply field-mismatch, and nothing of it is applied.
 * Overdue   no account result, or an open dispute, after the second banking day behind the clearing date: shown, never decided here.
 * Standard  clearing-rules.md 5 (packages), etc.md 1.3, 1.4, 4.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_PACKAGE_H
#define CLR_SETTLE_PACKAGE_H

#include "settle/again.h"
#include "store/packages.h"

/** A record of a package: an original transaction, also one whose number in it cannot be read. */
bool clr_move_is_packaged(const struct clr_move *move);

/** Reasons that a record has by being of a package: awaiting-account; field-mismatch or conflict when its number is taken (`link`: by whom). */
CLR_MUST_USE enum clr_status clr_package_judge(struct clr_again *again, const struct clr_move *move, uint64_t *reasons, clr_record_id *link,
                                               struct clr_fault *fault);

/** Register a record of a package, whatever its verdict; the first one registers the package. A package that came in another file stays as it is. */
CLR_MUST_USE enum clr_status clr_package_take(struct clr_again *again, const struct clr_move *move, struct clr_fault *fault);

/** Keep what moves in a window: a packaged record begins to count by this event. Anything else is left alone. */
CLR_MUST_USE enum clr_status clr_package_counts(struct clr_again *again, const struct clr_subject *subject, const struct clr_event *event,
                                                struct clr_fault *fault);

/** The same of a refund or reversal of a packaged record. */
CLR_MUST_USE enum clr_status clr_package_refunded(struct clr_again *again, clr_record_id original, clr_fen amount_fen, clr_day window,
                                                  struct clr_fault *fault);

/** Record that "provider/message/number" means; 0 when it is no such text, or nothing is known of it. */
CLR_MUST_USE enum clr_status clr_package_find(struct clr_tx *tx, const char *text, clr_record_id *out, struct clr_fault *fault);

/** Window of what a message of this ProcessTime makes count. */
clr_day clr_package_window(const struct clr_again *again, int64_t processed_at_s);

/** Last day on which an account result, or a dispute's, of a package of this clearing date is in time. */
clr_day clr_package_due(const struct clr_rules *rules, clr_day target);

/** Packages of the store, and how many of them are late as of a day. */
struct clr_package_overview { uint64_t packages, waiting, disputed, overdue; };
/** @param rules  NULL, or `today` CLR_DAY_NONE: nothing is called overdue */
CLR_MUST_USE enum clr_status clr_package_overview_read(struct clr_tx *tx, const struct clr_rules *rules, clr_day today, struct clr_package_overview *out,
                                                       struct clr_fault *fault);

/* ---- one record of a package (package_apply.c) ---- */

enum clr_package_said { CLR_SAID_ACCEPTED, CLR_SAID_DISPUTED, CLR_SAID_PASSED, CLR_SAID_BAD };

struct clr_package_word {
    enum clr_package_said said;
    uint16_t code;                          /* why it is disputed */
    clr_record_id by;                       /* the reply */
    clr_day window;
};

/**
 * Carry out what a reply says of one record.
 * @param[out] moved  it now counts (accepted, passed), waits as disputed, or is a bad debt: what was said came to be.
 */
CLR_MUST_USE enum clr_status clr_package_apply(struct clr_again *again, clr_record_id record, const struct clr_package_word *word, bool *moved,
                                               struct clr_fault *fault);

/** Reason of a dispute in words, as the interface numbers them; "" for an unknown number. */
const char *clr_dispute_reason_en(unsigned code);
const char *clr_dispute_reason_zh(unsigned code);

#endif
