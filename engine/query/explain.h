/*
 * explain.h: the inside of `why`: what is known of the record being explained, and the account that is written about it.
 *
 * why.c gathers and owns everything; each why_*.c adds lines. Order of the lines is the order in which the engine tries its rules.
 * Threads   one; a read transaction of its own.
 */
#ifndef CLR_QUERY_EXPLAIN_H
#define CLR_QUERY_EXPLAIN_H

#include "query/fields.h"
#include "store/moves.h"

struct clr_account {
    struct clr_store *store;
    struct clr_tx *tx;
    struct clr_file file;
    struct clr_verdict_row verdict;
    const struct clr_rules *rules; /* of the file's version */
    const struct clr_product_rules *product;
    struct clr_fields fields;
    /* what is known of the record */
    bool has_source;
    struct clr_origin_record source; /* has_source: the bytes and what they say */
    bool has_txn;                    /* from the source, else from the row */
    struct clr_txn txn;              /* window: w0 from the source, the one it fell into from the row */
    bool has_row;
    struct clr_past row;
    bool unmask;
    struct clr_why *why;
    size_t step_capacity, field_capacity, event_capacity;
};

/** Was this reason found when the record was admitted? */
static inline bool clr_account_has(const struct clr_account *account, uint64_t mask)
{
    return (account->verdict.first.reasons & mask) != 0;
}

/** One line. en and zh are printf formats that take the same arguments in the same order. What does not fit is cut between characters. */
CLR_MUST_USE enum clr_status clr_why_say(struct clr_account *account, const char *rule, bool passed, const char *en, const char *zh, ...);

CLR_MUST_USE enum clr_status clr_why_source(struct clr_account *account); /* bytes and fields */
CLR_MUST_USE enum clr_status clr_why_events(struct clr_account *account, struct clr_fault *fault);

/** "r1-5 (record 5 of a.txt)" */
#define CLR_WHY_WHICH_SIZE 192
CLR_MUST_USE enum clr_status clr_why_which(struct clr_account *account, clr_record_id id, char en[CLR_WHY_WHICH_SIZE],
                                           char zh[CLR_WHY_WHICH_SIZE], struct clr_fault *fault);

/* The rules, in the order the engine tries them. */
CLR_MUST_USE enum clr_status clr_why_form(struct clr_account *account);
CLR_MUST_USE enum clr_status clr_why_dates(struct clr_account *account);
CLR_MUST_USE enum clr_status clr_why_parties(struct clr_account *account);
CLR_MUST_USE enum clr_status clr_why_limits(struct clr_account *account); /* stop list, own consistency, amount, purse, TAC */
CLR_MUST_USE enum clr_status clr_why_tac(struct clr_account *account);
CLR_MUST_USE enum clr_status clr_why_repeats(struct clr_account *account, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_why_window(struct clr_account *account, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_why_money(struct clr_account *account, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_why_move(struct clr_account *account, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_why_package(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_why_split(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault);

#endif
