/*
 * report_facts.h: everything a report says, read from the store before a byte of it is written.
 *
 * Windows   of one date: those the settlement of that date closed, and those of that business date; sorted by product and day.
 * Files     those that brought obligations into one of the windows, or whose earliest record falls into one; in order of admission.
 *           `first` figures are of whole files, as judged at admission; a file may hold records of other windows, too.
 * Promise   turnover of a window = what its files brought + what later events brought (clr_report_facts_read checks it).
 * Owner     clr_report_facts_free(); names are borrowed from the store's rules.
 * Threads   the command's thread.
 */
#ifndef CLR_PUBLISH_REPORT_FACTS_H
#define CLR_PUBLISH_REPORT_FACTS_H

#include "settle/books.h"
#include "store/files.h"

struct clr_report_share { int64_t count; clr_fen amount_fen; };

/** What one file brought into one window. */
struct clr_report_part {
    uint32_t admission;
    size_t window;                        /* index */
    struct clr_report_share share;
};

struct clr_report_window {
    enum clr_window_state state;
    uint64_t settlement_number;           /* 0: open */
    uint32_t rules_version;               /* by which it is shown; 0 when no rules are loaded */
    const struct clr_rules *rules;        /* the same, NULL when none */
    struct clr_settlement alone;          /* this window by itself: what its books are made of */
    struct clr_books books;
    struct clr_profile profile;
    struct clr_report_share later;        /* what events brought */
};

struct clr_report_facts {
    struct clr_store *store;
    clr_day date;
    int product;
    struct clr_report_window *window;      size_t window_count;
    struct clr_settlement *settlement;     size_t settlement_count;     /* that closed the windows, by number */
    struct clr_report_part *part;          size_t part_count, part_capacity;      /* by admission, window */
    struct clr_file *file;                 size_t file_count, file_capacity;
    struct clr_figures received;          /* sum of the files' first figures */
    bool *rules_used;                     /* [1 … store->rules_count] */
};

/** Info of a window: its books have it. */
static inline const struct clr_window_info *clr_report_info(const struct clr_report_window *window) { return &window->books.window[0]; }

/** @return CLR_OK | CLR_NOT_FOUND | CLR_UNBALANCED | CLR_OVERFLOW | CLR_USAGE | CLR_FULL | CLR_DAMAGED. Free `*out` in any case. */
CLR_MUST_USE enum clr_status clr_report_facts_read(struct clr_store *store, clr_day date, int product, struct clr_report_facts *out,
                                                   struct clr_fault *fault);
void clr_report_facts_free(struct clr_report_facts *facts);

/** Files and what they brought (report_inputs.c); called by clr_report_facts_read when the windows are known. */
CLR_MUST_USE enum clr_status clr_report_inputs_read(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_fault *fault);

#endif
