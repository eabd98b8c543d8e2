/*
 * tab.h: what a worker's accepted records add up to, before it reaches the figures and cells of their file.
 *
 * In a day's file the same few hundred combinations of (issuer, operator, service, day) come back millions of times. A tab sums one
 * combination: its obligation's key and fee row are found once, and a record then costs a look-up in a small table, a fee and some additions.
 * A tab is settled when it holds CLR_TAB_RECORDS_MAX records, when there are too many of them, and at the end.
 *
 * Standard  clearing-rules.md 5; fee rows and cells are clear/obligation.h's.
 * Promise   after clr_tabs_settle() the shares are what clr_obligation_of() record by record would have made them: a fee of basis txn is
 *           rounded a record, never on a sum.
 * Limits    a tab takes amounts, discounts and fee rows up to CLR_TAB_FEN_MAX, so that none of its sums can leave 63 bits (tab.c has the
 *           arithmetic); larger ones are booked alone, with checked additions.
 * Errors    CLR_OVERFLOW may leave a share half added to: the batch is then given up.
 * Threads   a struct clr_tabs belongs to one worker.
 */
#ifndef CLR_INGEST_TAB_H
#define CLR_INGEST_TAB_H

#include "clear/obligation.h"
#include "model/figures.h"
#include "model/txn.h"

#define CLR_TAB_COUNT 2048
#define CLR_TAB_SLOT_BITS 13
#define CLR_TAB_RECORDS_MAX (UINT32_C(1) << 20)
#define CLR_TAB_FEN_MAX INT64_C(0x7FFFFFFF)

/** What one worker knows of one file in one batch. */
struct clr_file_share {
    struct clr_figures figures;
    struct clr_cells cells;
    clr_day window;
};

struct clr_tab {
    /* what it is known by: everything that figures, obligation and cell depend on, but for the money */
    uint64_t parties;                    /* issuer << 32 | acquirer */
    uint64_t days;                       /* window << 32 | trade day */
    uint64_t what;                       /* file << 32 | notes, owing, product, kind, service */
    /* how a record of it is booked */
    const struct clr_fee_row *row;       /* NULL: no fee */
    uint16_t fee_row;                    /* CLR_FEE_NONE: no fee */
    bool books;                          /* makes obligations at all */
    bool alone;                          /* its fee row is too large for sums: record by record */
    /* sums */
    uint32_t records;
    uint32_t booked;                     /* of them: with an obligation or a fee, */
    uint32_t paid;                       /* with an obligation, */
    uint32_t fees;                       /* with a fee */
    clr_fen received_fen;                /* of all */
    clr_fen amount_fen, discount_fen;    /* of the booked */
    clr_fen base_fen;                    /* of those that bear a fee of basis total: what its rate works on */
    clr_fen fee_fen, issuer_fen, centre_fen;   /* basis txn, rounded a record */
};

struct clr_tabs {
    const struct clr_rules *rules;
    const int *participant_of;           /* party id → participant index of `rules` */
    struct clr_file_share **share;       /* by file ordinal; made when needed */
    struct clr_fee_cache fees;           /* of records booked alone */
    uint32_t count;
    uint16_t slot[1 << CLR_TAB_SLOT_BITS];     /* 1 + number of a tab, 0 free; open addressing */
    struct clr_tab tab[CLR_TAB_COUNT];
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
