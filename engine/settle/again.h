/*
 * again.h: a stored record judged again: by a person (resolve), by a moves record (decide), by the re-examination of a settlement.
 *
 * What was judged first stays; a change is an event with its obligations (store/events.h). An accepted record's obligations are booked
 * under the latest rules by its trade date, with the parties as those rules name them.
 *
 * Rows      are read by snapshot (they never change); verdicts by the caller's transaction, events of this command included.
 * Files     original.h: refunds and what they refer to · gray.h · decide.h: one record by decision.
 * Standard  clearing-rules.md 2 (events), 3 (identity, gray twins), 5 (parties), 6 (windows).
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_AGAIN_H
#define CLR_SETTLE_AGAIN_H

#include "ingest/history.h"
#include "ingest/job.h"
#include "settle/book.h"
#include "store/events.h"
#include "store/files.h"
#include "store/moves.h"
#include "store/reference.h"
#include "store/rowfind.h"
#include "store/vmap.h"

/** The moves file that is being taken in: its last verdicts are not in the verdict map yet, and its figures not in the table. */
struct clr_own_file {
    const struct clr_file *file;
    const struct clr_exception *record;  /* those not in the map yet: numbers first, first + 1, … */
    uint64_t first, count;
    /** Called before and after an event of one of its records, so that the figures in the table and the caller's are the same. */
    enum clr_status (*sync)(void *context, bool after, struct clr_fault *fault);
    void *context;
};

struct clr_again {
    struct clr_store *store;
    struct clr_tx *tx;
    const struct clr_rules *rules;       /* the latest */
    int64_t stamp;                       /* of the events; CLR_TIME_NONE when the store has none */
    uint32_t command;                    /* first admission of the ingest command under way, 0 none */
    struct clr_closed_windows closed[CLR_PRODUCT_COUNT];
    int *participant_of;                 /* party id → participant of `rules`, −1 none */
    uint32_t party_count;
    struct clr_history *history;
    struct clr_past_list past;           /* scratch: rows beside the one being judged */
    struct clr_wanted_row *row;          /* rows read ahead, sorted; until then those wanted */
    size_t row_count, row_capacity;
    struct clr_file file;                /* the file asked for last; admission 0 none */
    const struct clr_own_file *own;      /* NULL but for a moves file under way */
    struct clr_references references;    /* loaded when the first is looked for */
    struct clr_holders *holders;         /* moves of identities that many share (holders.h); NULL until one is met */
    struct clr_reply_set *replies;       /* records of the reply looked at last (reply_set.h); NULL until one is met */
    uint64_t superseded;                 /* gray records superseded so far */
};

/**
 * Latest rules, closed windows, a snapshot of the rows: everything before the transaction must be committed.
 * @param stamp  of the events; CLR_TIME_NONE when the store has none.
 */
CLR_MUST_USE enum clr_status clr_again_open(struct clr_again *again, struct clr_store *store, struct clr_tx *tx, int64_t stamp,
                                            uint32_t command, struct clr_fault *fault);
void clr_again_close(struct clr_again *again);

/** File of an admission; borrowed until the next call. */
CLR_MUST_USE enum clr_status clr_again_file(struct clr_again *again, uint32_t admission, const struct clr_file **out,
                                            struct clr_fault *fault);

/** Rows that will be asked for: looked for all at once, since each look goes through whole runs (store/rowfind.h). */
CLR_MUST_USE enum clr_status clr_again_want(struct clr_again *again, clr_record_id id);
CLR_MUST_USE enum clr_status clr_again_read_ahead(struct clr_again *again, struct clr_fault *fault);

/** What is known of a record now. */
struct clr_standing {
    uint64_t first, reasons;             /* as admitted, and now */
    clr_record_id link;                  /* now */
    uint64_t event;                      /* its latest, 0 none */
    uint8_t cause;                       /* of that event */
    clr_fen amount_fen;                  /* of an exception of the verdict map, else 0 */
};
/** @return CLR_OK | CLR_NOT_FOUND (no such record; fault left alone) | CLR_DAMAGED */
CLR_MUST_USE enum clr_status clr_again_standing(struct clr_again *again, clr_record_id id, struct clr_standing *out,
                                                struct clr_fault *fault);

/** The record that a reference means: a duplicate stands for what it repeats, and so on. */
CLR_MUST_USE enum clr_status clr_again_follow(struct clr_again *again, clr_record_id id, clr_record_id *out, struct clr_standing *standing,
                                              struct clr_fault *fault);

/** A stored trade or move as it stands now. */
struct clr_subject {
    clr_record_id id;
    struct clr_standing standing;
    bool is_move;
    struct clr_txn txn;                  /* of the row, or of the move */
    struct clr_move move;                /* texts of a move; owned */
    enum clr_format format;
    bool tac_right;                      /* its TAC, unverified until now, was found right (tac_again.h) */
    int issuer, acquirer;                /* participants of the latest rules, −1 unknown: after clr_again_parties */
};
/** @return CLR_OK (then clr_subject_free) | CLR_NOT_FOUND (no such record, or only in the verdict map: nothing to judge) */
CLR_MUST_USE enum clr_status clr_subject_read(struct clr_again *again, clr_record_id id, struct clr_subject *out, struct clr_fault *fault);
/** The same from a row that the caller has. */
CLR_MUST_USE enum clr_status clr_subject_of_row(struct clr_again *again, clr_record_id id, const struct clr_txn *txn,
                                                struct clr_subject *out, struct clr_fault *fault);
void clr_subject_free(struct clr_subject *subject);

/** Does it have the parties that it needs? A format that stands alone may ask for none (CLR_PARTY_NONE). After clr_again_parties. */
static inline bool clr_subject_has_parties(const struct clr_subject *subject)
{
    const bool may_lack = subject->is_move && !clr_move_is_plain(&subject->move);
    return (subject->issuer >= 0 || (may_lack && subject->txn.issuer == CLR_PARTY_NONE)) &&
           (subject->acquirer >= 0 || (may_lack && subject->txn.acquirer == CLR_PARTY_NONE));
}

/* ---- parties (again_parties.c) ---- */

/** Participant of the latest rules behind a known party id, −1 if they have none. */
static inline int clr_again_participant(const struct clr_again *again, clr_party party)
{
    return clr_party_is_known(party) && party <= again->party_count ? again->participant_of[party] : -1;
}

/** Parties of a purchase or load among the moves, by code, alias or card. @param card  the number as read. @return reasons */
uint64_t clr_move_parties(const struct clr_rules *rules, const struct clr_move *move, struct clr_bytes card, int *issuer, int *acquirer);
/** One code of a move: participant with a fitting role, else alias `moves.<field>`. −1 unknown. */
int clr_move_party(const struct clr_rules *rules, enum clr_role role, enum clr_product product, const char *code, clr_day day);

/**
 * Sets subject->issuer and acquirer by the latest rules. A party that the rules knew when the record was admitted stays; an unknown one
 * is looked up again from its text, and the card number. @return reasons: unknown-participant, issuer-mismatch, no-unit, wrong-purse
 */
uint64_t clr_again_parties(const struct clr_again *again, struct clr_subject *subject);

/** What is booked when it begins to count: after clr_again_parties. Borrows the subject. */
struct clr_booking clr_again_booking(const struct clr_again *again, const struct clr_subject *subject, clr_day window);

/** The party ids of a row under the latest rules, where its own are unknown and now found. */
void clr_again_row_parties(const struct clr_again *again, enum clr_format format, struct clr_txn *txn);

/* ---- repeats (again_repeats.c) ---- */

/** The identity check again, after clr_again_parties: reasons to add (0: nothing stands against it) and the record they point at. */
CLR_MUST_USE enum clr_status clr_again_repeats(struct clr_again *again, const struct clr_subject *subject, uint64_t *reasons,
                                               clr_record_id *link, struct clr_fault *fault);

/** Other rows of the card on [from, to] in canonical order, with their verdicts of now, in again->past. */
CLR_MUST_USE enum clr_status clr_again_card_rows(struct clr_again *again, const struct clr_subject *subject, clr_day from, clr_day to,
                                                 struct clr_fault *fault);

/** Gray and normal record of one tap? `rows`: other rows of the card on their days (again->past). */
bool clr_again_twins(const struct clr_again *again, const struct clr_txn *a, const struct clr_past *b, const struct clr_past_list *rows);

/* ---- events (again_event.c) ---- */

/** Window of what happens now: the first open one that is not before the stamp's; without a stamp, before the record's own. */
clr_day clr_again_window(const struct clr_again *again, enum clr_product product, clr_day own);

struct clr_outcome { uint64_t number, from, to; clr_day window; };

/** From now on the record counts, in this window: booked by the latest rules (or on its original); its pending gray twins are superseded. */
struct clr_original;
CLR_MUST_USE enum clr_status clr_again_accept(struct clr_again *again, struct clr_subject *subject, const struct clr_original *original,
                                              clr_day window, unsigned cause, const char *text, struct clr_outcome *out,
                                              struct clr_fault *fault);

/** It does not count, for these reasons (the whole word; notes are kept). */
CLR_MUST_USE enum clr_status clr_again_turn(struct clr_again *again, struct clr_subject *subject, uint64_t reasons, clr_record_id link,
                                            unsigned cause, const char *text, struct clr_outcome *out, struct clr_fault *fault);

#endif
