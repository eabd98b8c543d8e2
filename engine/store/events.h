/*
 * events.h: later changes of verdict, and the running sums they and the files move. The past is never edited: an event adds.
 *
 *   event   number64 → record u64, from u64, to u64, link u64, stamp i64, window i32, cause u8, text
 *   evof    record64 → number of its latest event u64, reasons now u64, window i32
 *   delta   'f' ‖ admission64 ‖ cell key, or 'e' ‖ event64 ‖ cell key → cell sum
 *   pos     cell key → cell sum: the sum of all deltas
 *
 * An event changes the figures of its record's file: `current`, and `first` too while the command that brought the file in is still the one
 * that speaks (an admission's own events belong to its first figures).
 * Standard  clearing-rules.md 2 "Later changes of verdict are events".
 * Threads   one writer.
 */
#ifndef CLR_STORE_EVENTS_H
#define CLR_STORE_EVENTS_H

#include "clear/cell.h"
#include "model/txn.h"
#include "store/env.h"

#define CLR_CAUSE_LIST(X)                                                       \
    X(SUPERSEDED,    1, "superseded",     "被正常记录取代",   "the normal record of the same tap came")      \
    X(RESOLVED,      2, "resolve",        "人工裁决",         "decided by a person")                         \
    X(DECIDED,       3, "decide",         "裁决文件",         "decided by a moves record")                   \
    X(PROMOTED,      4, "promoted",       "待定原因消除",     "nothing stands against it any more")          \
    X(GRAY_ACCEPTED, 5, "gray-accepted",  "灰记录得到后续记录证实", "the card's next record proves the debit") \
    X(GRAY_REJECTED, 6, "gray-rejected",  "灰记录被后续记录否定", "the card's next record shows no debit")  \
    X(EXPIRED,       7, "expired",        "待定期满",         "its deadline passed")                         \
    X(REPEATED,      8, "repeated",       "复查发现重复",     "found to repeat another when judged again")   \
    X(EXAMINED,      9, "examined",       "复查不予通过",     "judged again and found wrong") \
    X(ACCOUNTED,    10, "accounted",      "记账结果确认",     "the account result of its package accepts it") \
    X(DISPUTED,     11, "disputed",       "记账结果提出争议", "the account result of its package disputes it") \
    X(PASSED,       12, "dispute-passed", "争议处理：正常付款", "the dispute result pays it in full") \
    X(BAD_DEBT,     13, "bad-debt",       "争议处理：坏账",   "the dispute result makes it a bad debt")
#define X(name, number, ...) CLR_CAUSE_##name = number,
enum clr_cause { CLR_CAUSE_LIST(X) };
#undef X
struct clr_term clr_cause_term(unsigned cause);

struct clr_event {
    uint64_t number;                 /* set by clr_event_put */
    clr_record_id record;
    uint64_t from, to;               /* reason words; the verdict is clr_verdict_of() */
    clr_record_id link;              /* what caused it, or what it turned out to repeat; 0 none */
    int64_t stamp;
    clr_day window;                  /* where an accepted record's obligation fell; CLR_DAY_NONE */
    uint8_t cause;
    char *text;                      /* reason given by a person, "" none; owned when unpacked */
};

/**
 * Append an event, move the figures of its file, book or unbook its cells.
 * @param kind, amount_fen  of the record, for the figures.
 * @param cells             obligations that begin to count (NULL none); they are added under this event.
 * @param command           first admission of the ingest command under way, 0 when there is none.
 */
CLR_MUST_USE enum clr_status clr_event_put(struct clr_tx *tx, struct clr_event *event, enum clr_kind kind, clr_fen amount_fen,
                                           const struct clr_cells *cells, uint32_t command, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_event_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_event *out);   /* free(out->text) */

/** Reasons and window of a record now; CLR_NOT_FOUND when it has no event. */
CLR_MUST_USE enum clr_status clr_event_latest(struct clr_tx *tx, clr_record_id record, uint64_t *reasons, uint64_t *event, clr_day *window, struct clr_fault *fault);

/**
 * Remember that an admission was in when the store had this many events: what `positions --as-of` goes by. Whoever commits a file calls it
 * in the same transaction, behind the file's events. An admission without the note has seen the events of the next one that has it.
 */
CLR_MUST_USE enum clr_status clr_events_note(struct clr_tx *tx, uint32_t admission, uint64_t event, struct clr_fault *fault);
/** Last event that an admission has seen; UINT64_MAX when nothing was noted for it or a later one. */
CLR_MUST_USE enum clr_status clr_events_seen(struct clr_tx *tx, uint32_t admission, uint64_t *event, struct clr_fault *fault);

/** Add cells to the running positions, and note them as the delta of a file ('f', admission) or an event ('e', number). */
CLR_MUST_USE enum clr_status clr_positions_add(struct clr_tx *tx, char source, uint64_t number, const struct clr_cells *cells, struct clr_fault *fault);

#endif
