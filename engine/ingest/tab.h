/*
 * tab.h: how often a worker met the same trade, before it reaches the figures and cells of its file.
 *
 * In a day's file the same few thousand combinations of (issuer, operator, service, day, price) come back millions of times. A tab counts one
 * combination, so an accepted trade costs one look-up in a small table; the obligation is made once, when the tab is settled: when it has to
 * make room for another, and at the end. n equal trades owe exactly n times what one owes: no rounding is moved.
 *
 * Standard  clearing-rules.md 5; the obligation itself is clear/obligation.h's.
 * Promise   after clr_tabs_settle() the shares are what counting record by record would have made them.
 * Errors    CLR_OVERFLOW may leave a share half added to: the batch is then given up.
 * Threads   a struct clr_tabs belongs to one worker.
 */
#ifndef CLR_INGEST_TAB_H
#define CLR_INGEST_TAB_H

#include "clear/obligation.h"
#include "model/figures.h"
#include "model/txn.h"

#define CLR_TAB_BITS 12

/** What one worker knows of one file in one batch. */
struct clr_file_share {
    struct clr_figures figures;
    struct clr_cells cells;
    clr_day window;
};

struct clr_tab {
    uint64_t parties;                    /* issuer << 32 | acquirer */
    uint64_t days;                       /* window << 32 | trade day */
    uint64_t what;                       /* file << 32 | notes, owing, product, kind, service */
    clr_fen amount_fen, discount_fen;
    uint64_t records;                    /* 0: free */
};

struct clr_tabs {
    const struct clr_rules *rules;
    const int *participant_of;           /* party id → participant index of `rules` */
    struct clr_file_share **share;       /* by file ordinal; made when needed */
    struct clr_fee_cache fees;
    struct clr_tab tab[1 << CLR_TAB_BITS];
};

/** All borrowed for the life of the tabs. */
void clr_tabs_init(struct clr_tabs *tabs, const struct clr_rules *rules, const int *participant_of, struct clr_file_share **share);

/** Count one accepted record. @return CLR_OK | CLR_OVERFLOW | CLR_FULL */
CLR_MUST_USE enum clr_status clr_tabs_add(struct clr_tabs *tabs, const struct clr_txn *txn);

/** Everything to the shares; the tabs are empty then. @return CLR_OK | CLR_OVERFLOW | CLR_FULL */
CLR_MUST_USE enum clr_status clr_tabs_settle(struct clr_tabs *tabs);

/** Throw away what was not settled. */
void clr_tabs_forget(struct clr_tabs *tabs);

/** The share of a file, made when it is asked for first; NULL when out of memory. */
struct clr_file_share *clr_share_of(struct clr_file_share **share, uint32_t file);

#endif
