/*
 * verdicts.h: the verdicts of a file's records, first and current, one after another or one by id.
 *
 * First verdicts come from the verdict map, current ones from the events over it (table evof, in the same order), so a whole file is
 * two scans side by side and no look-up a record.
 *
 * Threads   the caller's transaction.
 */
#ifndef CLR_QUERY_VERDICTS_H
#define CLR_QUERY_VERDICTS_H

#include "store/events.h"
#include "store/vmap.h"

struct clr_verdict_row {
    clr_record_id id;
    struct clr_exception first; /* as admitted; amount and detail of what was not accepted */
    uint64_t reasons;           /* now */
    uint64_t event;             /* number of its latest event, 0 none */
    clr_day window;             /* of that event, CLR_DAY_NONE none */
};

struct clr_verdicts {
    struct clr_tx *tx;
    uint32_t admission;
    struct clr_scan chunks, events;
    struct clr_vmap map;
    uint64_t number;            /* the record handed out last */
    size_t exception;           /* next exception of the chunk */
    clr_record_id event_record; /* next record with an event, 0 none */
    struct clr_bytes event_value;
};

/** Records of one file in order. On CLR_OK close it. */
CLR_MUST_USE enum clr_status clr_verdicts_open(struct clr_tx *tx, uint32_t admission, struct clr_verdicts *out, struct clr_fault *fault);
/** @return CLR_OK | CLR_NOT_FOUND (no more) | CLR_DAMAGED */
CLR_MUST_USE enum clr_status clr_verdicts_next(struct clr_verdicts *verdicts, struct clr_verdict_row *out, struct clr_fault *fault);
void clr_verdicts_close(struct clr_verdicts *verdicts);

/** One record. @return CLR_OK | CLR_NOT_FOUND (no such record; fault left alone) | CLR_DAMAGED */
CLR_MUST_USE enum clr_status clr_verdict_read(struct clr_tx *tx, clr_record_id id, struct clr_verdict_row *out, struct clr_fault *fault);

/** The record that a verdict points at now: what it repeats or conflicts with, 0 none. An event says it for what it made of the record. */
CLR_MUST_USE enum clr_status clr_verdict_link(struct clr_tx *tx, const struct clr_verdict_row *row, clr_record_id *out,
                                              struct clr_fault *fault);

#endif
