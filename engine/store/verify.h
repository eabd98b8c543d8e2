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

#include "clear/obligation.h"
#include "store/events.h"
#include "store/files.h"
#include "store/moves.h"
#include "store/store.h"

/** What is known of one file, filled by the parts one after another. */
struct clr_verified_file {
    struct clr_file file;
    const struct clr_rules *rules;           /* of its version; NULL when that is not there (said) */
    struct clr_figures figures;              /* first verdicts, counted again */
    struct clr_cells cells;                  /* obligations of its accepted records, booked again */
    uint64_t mapped;                         /* records in its verdict map */
    uint64_t map_rows, rows;                 /* records that must have a row; rows and moves found */
    uint64_t map_mix, row_mix;               /* sums of mixed (number, reasons) of both: equal when each record has one row with its reasons */
    clr_day window;                          /* earliest of its accepted records, CLR_DAY_NONE none */
    bool first_met;                          /* the stored first figures were those at some event */
    bool is_moves;
    bool unsure;                             /* figures or cells could not be counted whole (said) */
};

/** A record that has events: what its file's figures and its obligation need. */
struct clr_verified_record {
    clr_record_id id;
    bool found;
    bool booked;                             /* table delta has an obligation of its event */
    struct clr_txn txn;                      /* file = admission */
    uint64_t event, now;                     /* its latest event and what that made of it */
    clr_day window;
};

struct clr_verify {
    struct clr_store store;                  /* the caller's, with the child's environment */
    struct clr_tx tx;
    int pipe;
    struct clr_verify_report counts;         /* values, records, files, runs */
    struct clr_verified_file *file;  uint32_t file_count;      /* by admission number */
    struct clr_verified_record *record;  size_t record_count;  /* sorted by id */
    uint32_t parties, codes;                 /* participants and unknown codes that have a number */
    uint64_t run_last;                       /* highest run id */
    bool under_way;                          /* an admission was cut off: its unfinished leavings are no problem */
    struct clr_fee_cache fees;               /* of the rules booked by last */
    int *participant_of;  uint32_t party_count;
    uint64_t seed;                           /* of placement hashes */
};

/** Report a problem in both languages. */
__attribute__((format(printf, 2, 4))) void clr_verify_say(struct clr_verify *verify, const char *en, const char *zh, ...);

/** The file of an admission number, NULL when there is none. */
struct clr_verified_file *clr_verify_file_of(struct clr_verify *verify, uint32_t admission);

/** One of a file, by what the records of all parts add: order does not matter, nothing can cancel but by chance in 2^64. */
static inline uint64_t clr_verify_mix(uint64_t number, uint64_t reasons)
{
    uint64_t value = number * UINT64_C(0x9E3779B97F4A7C15) ^ (reasons + UINT64_C(0xD1B54A32D192ED03));
    value = (value ^ value >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    value = (value ^ value >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ value >> 33;
}

/** Every table: trailer of every value, count and sum against table `sum`. */
CLR_MUST_USE enum clr_status clr_verify_values(struct clr_verify *verify);

/** Rules versions and parties; files and their look-up tables; verdict maps and offsets. Fills verify->file. */
CLR_MUST_USE enum clr_status clr_verify_rules(struct clr_verify *verify);
CLR_MUST_USE enum clr_status clr_verify_files(struct clr_verify *verify);
CLR_MUST_USE enum clr_status clr_verify_maps(struct clr_verify *verify);

/** Archives of kept files, seal by seal; the audit log's chain. */
CLR_MUST_USE enum clr_status clr_verify_archives(struct clr_verify *verify);
CLR_MUST_USE enum clr_status clr_verify_audit(struct clr_verify *verify);

/** Runs, their segments and fingerprints, every row: fills figures and cells of the files, and the records that have events. */
CLR_MUST_USE enum clr_status clr_verify_rows(struct clr_verify *verify);

/** Which records have events (before the rows); moves; events in order, and the figures of files they lead to. */
CLR_MUST_USE enum clr_status clr_verify_list_events(struct clr_verify *verify);
CLR_MUST_USE enum clr_status clr_verify_moves(struct clr_verify *verify);
CLR_MUST_USE enum clr_status clr_verify_events(struct clr_verify *verify);
struct clr_verified_record *clr_verify_record_of(struct clr_verify *verify, clr_record_id id);

/** Does a party reference lead anywhere (none is fine)? */
static inline bool clr_verify_party(const struct clr_verify *verify, clr_party party)
{
    return (party & ~CLR_PARTY_UNKNOWN) <= (party & CLR_PARTY_UNKNOWN ? verify->codes : verify->parties) && party != CLR_PARTY_UNKNOWN;
}

/** Count an accepted record of a file: figures, window, obligation by the file's rules. */
CLR_MUST_USE enum clr_status clr_verify_count(struct clr_verify *verify, struct clr_verified_file *file, const struct clr_txn *txn);
/** The same of an accepted move. */
CLR_MUST_USE enum clr_status clr_verify_count_move(struct clr_verify *verify, struct clr_verified_file *file, const struct clr_move *move);
/** The obligation of a trade between two parties by a rules version. @return CLR_NOT_FOUND when the version has not both */
CLR_MUST_USE enum clr_status clr_verify_obligation(struct clr_verify *verify, const struct clr_rules *rules, const struct clr_txn *txn, clr_party issuer, clr_party acquirer,
                                                   clr_day window, struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked);

/** What a purchase or load among the moves makes owed by a rules version, between these parties (CLR_PARTY_NONE: not asked for). @return CLR_NOT_FOUND as above */
CLR_MUST_USE enum clr_status clr_verify_booking(struct clr_verify *verify, const struct clr_rules *rules, const struct clr_move *move, clr_party issuer, clr_party acquirer,
                                                clr_day window, struct clr_cells *cells);

/** What refunds, reversals and adjustments gave back, from their originals: into their files' cells, against their events and table mvref. */
CLR_MUST_USE enum clr_status clr_verify_refunds(struct clr_verify *verify);

/** Packages against their records, their windows and clearing totals against events and records. */
CLR_MUST_USE enum clr_status clr_verify_packages(struct clr_verify *verify);

/** Participant of a rules version behind a party, as ingest numbers them; −1 none. */
int clr_verify_participant(struct clr_verify *verify, const struct clr_rules *rules, clr_party party);

/** Deltas against files and events, positions against deltas, journal against positions. */
CLR_MUST_USE enum clr_status clr_verify_money(struct clr_verify *verify);
CLR_MUST_USE enum clr_status clr_verify_journal(struct clr_verify *verify);

#endif
