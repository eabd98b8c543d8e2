#include "query/fields.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/moves.h"

void clr_fields_init(struct clr_fields *fields, struct clr_store *store, struct clr_tx *tx, const struct clr_codec_list *codecs,
                     bool unmask)
{
    memset(fields, 0, sizeof *fields);
    fields->store = store;
    fields->tx = tx;
    fields->codecs = codecs;
    clr_shower_init(&fields->shower, store, unmask);
}

static void close_file(struct clr_fields *fields)
{
    clr_origin_close(&fields->origin);
    clr_rowset_close(&fields->rows);
    fields->from = CLR_FIELDS_UNOPENED;
    fields->window_count = 0;
}

void clr_fields_free(struct clr_fields *fields)
{
    close_file(fields);
    clr_history_destroy(fields->history);
    free(fields->past.item);
    memset(fields, 0, sizeof *fields);
}

void clr_fields_of(struct clr_fields *fields, const struct clr_file *file)
{
    close_file(fields);
    fields->file = file;
}

enum clr_status clr_fields_history(struct clr_fields *fields, struct clr_history **out, struct clr_fault *fault)
{
    if (fields->history == NULL) {
        CLR_TRY(clr_history_create(fields->store, &fields->history));
        CLR_TRY(clr_history_begin(fields->history, NULL, 0, fault));
    }
    *out = fields->history;
    return CLR_OK;
}

/* ---- windows ---- */

enum clr_status clr_fields_window(struct clr_fields *fields, const struct clr_verdict_row *row, const struct clr_txn *txn, clr_day *out,
                                  struct clr_fault *fault)
{
    struct clr_history *history;
    struct clr_past past;

    *out = txn->window;
    if (fields->file->window_rule == CLR_WINDOW_RECEIPT || txn->window == CLR_DAY_NONE) return CLR_OK;
    /* One file, one declared day, one window: its records were all admitted under the same closed windows. */
    for (unsigned i = 0; i < fields->window_count; i++) {
        if (fields->window[i].first != txn->window) continue;
        *out = fields->window[i].window;
        return CLR_OK;
    }
    *out = CLR_DAY_NONE;
    if (!clr_rowset_may_have(row->first.reasons)) return CLR_OK;
    CLR_TRY(clr_fields_history(fields, &history, fault));
    const enum clr_status status = clr_row_by_key(history, txn, row->id, &fields->past, &past, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    *out = past.txn.window;
    const unsigned slot = fields->window_count < CLR_FIELDS_WINDOWS ? fields->window_count++ : CLR_FIELDS_WINDOWS - 1;
    fields->window[slot].first = txn->window;
    fields->window[slot].window = past.txn.window;
    return CLR_OK;
}

/* ---- one record ---- */

enum clr_status clr_fields_open(struct clr_fields *fields, struct clr_fault *fault)
{
    if (fields->from != CLR_FIELDS_UNOPENED) return CLR_OK;
    const enum clr_status status = clr_origin_open(fields->store, fields->tx, fields->codecs, fields->file, &fields->origin, fault);
    if (status == CLR_OK) {
        fields->from = CLR_FIELDS_ORIGIN;
        return CLR_OK;
    }
    clr_origin_close(&fields->origin);
    if (status != CLR_NOT_FOUND) return status;
    CLR_TRY(clr_rowset_open(fields->store, fields->tx, fields->file, &fields->rows));
    fields->from = CLR_FIELDS_ROWS;
    return CLR_OK;
}

/** A code that the rules do not know is shown as it was written. */
static void show_code(const char *code, struct clr_name *name, char text[CLR_SHOWN_CODE_SIZE])
{
    if (name->role >= 0) return;
    clr_show_text(clr_bytes_text(code), text, CLR_SHOWN_CODE_SIZE);
    *name = (struct clr_name){ text, text, text, -1 };
}

static void show_bytes(struct clr_bytes bytes, struct clr_name *name, char text[CLR_SHOWN_CODE_SIZE])
{
    char code[CLR_SHOWN_CODE_SIZE];
    bytes = clr_bytes_trim(bytes);
    snprintf(code, sizeof code, "%.*s", (int)bytes.size, (const char *)bytes.data);
    show_code(code, name, text);
}

static enum clr_status from_origin(struct clr_fields *fields, const struct clr_verdict_row *row, struct clr_record *out,
                                   struct clr_fault *fault)
{
    struct clr_origin_record record;
    clr_day window;
    CLR_TRY(clr_origin_read(&fields->origin, clr_record_id_number(row->id), &record, fault));
    clr_show_txn(&fields->shower, record.txn, clr_bytes_trim(record.raw->card), out);
    if (clr_format_is_alone(fields->file->format)) {
        const bool coded = clr_format_is_by_sender(fields->file->format);
        show_bytes(coded ? record.raw->issuer_code : record.raw->city_card, &out->issuer, fields->shower.issuer);
        show_bytes(coded ? record.raw->acquirer_code : record.raw->unit, &out->acquirer, fields->shower.acquirer);
    }
    CLR_TRY(clr_fields_window(fields, row, record.txn, &window, fault));
    clr_show_window(row, window, out);
    return CLR_OK;
}

static enum clr_status from_rows(struct clr_fields *fields, const struct clr_verdict_row *row, struct clr_record *out,
                                 struct clr_fault *fault)
{
    const struct clr_txn *txn;
    if (!clr_rowset_may_have(row->first.reasons)) return CLR_OK;
    const enum clr_status status = clr_rowset_get(&fields->rows, clr_record_id_number(row->id), &txn, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    clr_show_txn(&fields->shower, txn, clr_bytes_of("", 0), out);
    clr_show_window(row, txn->window, out);
    return CLR_OK;
}

/** @return CLR_NOT_FOUND: it has no identity or repeats another, so only the source knows it */
static enum clr_status from_moves(struct clr_fields *fields, const struct clr_verdict_row *row, struct clr_record *out,
                                  struct clr_fault *fault)
{
    struct clr_move move;
    CLR_TRY(clr_move_get(fields->tx, row->id, &move, fault));
    clr_show_txn(&fields->shower, &move.txn, clr_bytes_of("", 0), out);
    show_code(move.issuer_code, &out->issuer, fields->shower.issuer);
    show_code(move.acquirer_code, &out->acquirer, fields->shower.acquirer);
    clr_show_window(row, move.txn.window, out);
    out->original = move.original;
    clr_move_free(&move);
    return CLR_OK;
}

enum clr_status clr_fields_read(struct clr_fields *fields, const struct clr_verdict_row *row, struct clr_record *out,
                                struct clr_fault *fault)
{
    CLR_TRY(clr_show_verdict(fields->tx, fields->file, row, out, fault));
    if (clr_format_is_alone(fields->file->format)) {
        const enum clr_status status = from_moves(fields, row, out, fault);
        if (status != CLR_NOT_FOUND) return status;
    }
    CLR_TRY(clr_fields_open(fields, fault));
    return fields->from == CLR_FIELDS_ORIGIN ? from_origin(fields, row, out, fault) : from_rows(fields, row, out, fault);
}
