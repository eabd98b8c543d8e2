/*
 * verify.h: the parts of `verify` (clr.h clr_verify) and what they share. For the verify_*.c files only.
 *
 * The walk runs in a child process with an LMDB environment of its own: damaged pages can make LMDB read outside its map or stop at an
 * assertion, and then it is the child that dies. What it found until then has gone through a pipe; a child that does not say "done" is a problem
 * by itself.
 *
 * Errors    a part returns CLR_OK also when it found problems; another status means that it could not go on (CLR_DAMAGED: it said why).
 * Threads   one, in the child.
 */
#ifndef CLR_STORE_VERIFY_H
#define CLR_STORE_VERIFY_H

#include "store/files.h"
#include "store/store.h"

/** What is known of one file, filled by the parts one after another. */
struct clr_verified_file {
    struct clr_file file;
    const struct clr_rules *rules;           /* of its version; NULL when that is not there (said) */
    struct clr_figures figures;              /* first verdicts, counted again */
    struct clr_cells cells;                  /* obligations of its accepted records, booked again */
    uint64_t mapped;                         /* records in its verdict map */
    uint64_t map_rows, rows;                 /* records that must have a row; rows and moves found */
    uint64_t map_mix[2], row_mix[2];         /* sums of mixed (number, reasons) of both: equal when each record has one row with its reasons */
    clr_day window;                          /* earliest of its accepted records */
    bool unsure;                             /* figures and cells could not be counted whole (said) */
};

/** A record that has events: what its file's figures and its obligation need. */
struct clr_verified_record {
    clr_record_id id;
    bool found;
    struct clr_txn txn;                      /* file = admission */
};

struct clr_verify {
    struct clr_store store;                  /* the caller's, with the child's environment */
    struct clr_tx tx;
    int pipe;
    struct clr_verify_report counts;         /* values, records, files, runs */
    struct clr_verified_file *file;  uint32_t file_count;      /* by admission number */
    struct clr_verified_record *record;  size_t record_count;  /* sorted by id */
    struct clr_run *run;  size_t run_count;  /* every manifest, sorted by id */
    uint64_t building_from;                  /* runs from this id on may be those of an admission under way */
    bool under_way;                          /* an admission was cut off: unfinished leavings are no problem */
    uint64_t seed;                           /* of placement hashes */
};

/** Report a problem in both languages. */
__attribute__((format(printf, 2, 4))) void clr_verify_say(struct clr_verify *verify, const char *en, const char *zh, ...);

/** The file of an admission number, NULL when there is none. */
struct clr_verified_file *clr_verify_file_of(struct clr_verify *verify, uint32_t admission);

/** Every table: trailer of every value, count and sum against table `sum`. */
CLR_MUST_USE enum clr_status clr_verify_values(struct clr_verify *verify);

#endif
