/*
 * fields.h: what a record says, from wherever it is known: the archived source, the rows of the store, the table of moves.
 *
 * The first source that a file has is opened when its first record is asked for. Records of one file should come in ascending order.
 * Threads   one; the caller's transaction.
 */
#ifndef CLR_QUERY_FIELDS_H
#define CLR_QUERY_FIELDS_H

#include "ingest/origin.h"
#include "query/rowset.h"
#include "query/shown.h"

/** First windows of declared days already found to have become which (closed ones were skipped when the file was admitted). */
#define CLR_FIELDS_WINDOWS 32

struct clr_fields {
    struct clr_store *store;
    struct clr_tx *tx;
    const struct clr_codec_list *codecs;
    struct clr_shower shower;
    const struct clr_file *file; /* the one whose records are asked for; borrowed */
    enum { CLR_FIELDS_UNOPENED, CLR_FIELDS_ORIGIN, CLR_FIELDS_ROWS } from;
    struct clr_origin origin;
    struct clr_rowset rows;
    struct clr_history *history; /* NULL until needed */
    struct clr_past_list past;
    struct {
        clr_day first, window;
    } window[CLR_FIELDS_WINDOWS];
    unsigned window_count;
};

void clr_fields_init(struct clr_fields *fields, struct clr_store *store, struct clr_tx *tx, const struct clr_codec_list *codecs,
                     bool unmask);
void clr_fields_free(struct clr_fields *fields);

/** From now on records of this file. */
void clr_fields_of(struct clr_fields *fields, const struct clr_file *file);

/** Open the file's archive, or the rows that stand for it. */
CLR_MUST_USE enum clr_status clr_fields_open(struct clr_fields *fields, struct clr_fault *fault);

/** Everything about one record. Texts live until the next call. */
CLR_MUST_USE enum clr_status clr_fields_read(struct clr_fields *fields, const struct clr_verdict_row *row, struct clr_record *out,
                                             struct clr_fault *fault);

/** Look-ups by key and card; made when first asked for. */
CLR_MUST_USE enum clr_status clr_fields_history(struct clr_fields *fields, struct clr_history **out, struct clr_fault *fault);

/** Window of a record with a row: where it fell when the file was admitted. CLR_DAY_NONE when no row says so. `txn` as clr_origin_read gives it. */
CLR_MUST_USE enum clr_status clr_fields_window(struct clr_fields *fields, const struct clr_verdict_row *row, const struct clr_txn *txn,
                                               clr_day *out, struct clr_fault *fault);

#endif
