/* records.c: records in canonical order, filtered by their current verdict. See clr.h. */
#include <stdlib.h>

#include "query/fields.h"
#include "query/naming.h"
#include "store/moves.h"

struct lister {
    struct clr_store *store;
    struct clr_tx *tx;
    const struct clr_record_filter *filter;
    bool (*each)(void *context, const struct clr_record *record);
    void *context;
    struct clr_fields fields;
    uint32_t only; /* admission of the one file asked for, 0 all */
    uint64_t given;
    bool stopped;
    clr_record_id *id; /* of a card: sorted */
    size_t id_count, id_capacity;
};

static bool wanted(const struct lister *lister, uint64_t reasons)
{
    const struct clr_record_filter *const filter = lister->filter;
    if (filter->verdict >= 0 && (int)clr_verdict_of(reasons) != filter->verdict) return false;
    return filter->reason < 0 || (reasons >> filter->reason & 1);
}

static enum clr_status give(struct lister *lister, const struct clr_verdict_row *row, struct clr_fault *fault)
{
    struct clr_record record;
    CLR_TRY(clr_fields_read(&lister->fields, row, &record, fault));
    lister->given++;
    lister->stopped = !lister->each(lister->context, &record) || (lister->filter->limit > 0 && lister->given >= lister->filter->limit);
    return CLR_OK;
}

/* ---- whole files ---- */

static enum clr_status list_file(struct lister *lister, const struct clr_file *file, struct clr_fault *fault)
{
    struct clr_verdicts verdicts;
    struct clr_verdict_row row;
    enum clr_status status;

    clr_fields_of(&lister->fields, file);
    CLR_TRY(clr_verdicts_open(lister->tx, file->admission, &verdicts, fault));
    while (!lister->stopped && (status = clr_verdicts_next(&verdicts, &row, fault)) == CLR_OK) {
        if (!wanted(lister, row.reasons)) continue;
        status = give(lister, &row, fault);
        if (status != CLR_OK) break;
    }
    clr_verdicts_close(&verdicts);
    return lister->stopped || status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status list_files(struct lister *lister, struct clr_fault *fault)
{
    uint32_t last;
    CLR_TRY(clr_file_last(lister->tx, &last, fault));
    for (uint32_t admission = lister->only > 0 ? lister->only : 1; admission <= last && !lister->stopped; admission++) {
        struct clr_file file;
        enum clr_status status = clr_file_get(lister->tx, admission, &file, fault);
        if (status == CLR_NOT_FOUND) continue; /* refused or dropped: its number stays free */
        if (status == CLR_OK) status = list_file(lister, &file, fault);
        clr_file_free(&file);
        CLR_TRY(status);
        if (lister->only > 0) break;
    }
    return CLR_OK;
}

/* ---- one card ---- */

static enum clr_status add_id(struct lister *lister, clr_record_id id)
{
    if (lister->id_count == lister->id_capacity) {
        const size_t capacity = lister->id_capacity * 2 + 256;
        clr_record_id *const grown = realloc(lister->id, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        lister->id = grown;
        lister->id_capacity = capacity;
    }
    lister->id[lister->id_count++] = id;
    return CLR_OK;
}

static int by_id(const void *a, const void *b)
{
    const clr_record_id x = *(const clr_record_id *)a, y = *(const clr_record_id *)b;
    return (x > y) - (x < y);
}

static bool listed(const clr_record_id *id, size_t count, clr_record_id wanted_id)
{
    return count > 0 && bsearch(&wanted_id, id, count, sizeof *id, by_id) != NULL;
}

/** Duplicates have no rows: they are known by what they repeat. A repeat of a repeat links to the first, so one pass finds all. */
static enum clr_status add_duplicates(struct lister *lister, size_t row_count, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;

    CLR_TRY(clr_scan_open(lister->tx, CLR_TABLE_vmap, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_vmap map;
        if (key.size != 12 || clr_vmap_open(value, &map) != CLR_OK) {
            status = clr_fault_say(fault, CLR_DAMAGED, "a stored verdict cannot be read; run `clear verify`",
                                   "存储的判定结果无法读取；请运行 `clear verify`");
            break;
        }
        for (size_t i = 0; i < map.exception_count && status == CLR_OK; i++) {
            struct clr_exception exception;
            clr_vmap_exception(&map, i, &exception);
            if (clr_verdict_of(exception.reasons) != CLR_VERDICT_DUPLICATE || !listed(lister->id, row_count, exception.link)) continue;
            status = add_id(lister, clr_record_id_of(clr_get_be32(key.data), exception.number));
        }
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status add_rows(struct lister *lister, const struct clr_token *card, struct clr_fault *fault)
{
    struct clr_history *history;
    struct clr_past_list rows = { 0 };
    CLR_TRY(clr_fields_history(&lister->fields, &history, fault));
    enum clr_status status = clr_history_by_card(history, card, INT32_MIN, INT32_MAX, &rows, fault);
    for (size_t i = 0; status == CLR_OK && i < rows.count; i++) status = add_id(lister, rows.item[i].id);
    free(rows.item);
    return status;
}

static enum clr_status add_moves(struct lister *lister, const struct clr_token *card, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;

    CLR_TRY(clr_scan_open(lister->tx, CLR_TABLE_move, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_move move;
        status = clr_move_unpack(key, value, &move);
        if (status != CLR_OK) break;
        if (clr_token_equal(&move.txn.card, card)) status = add_id(lister, move.record);
        clr_move_free(&move);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** Ids of all files are found first, since a repeat may stand in another file than what it repeats; those of other files go at the end. */
static enum clr_status find_card(struct lister *lister, struct clr_fault *fault)
{
    struct clr_token card;
    clr_card_block(lister->store->tokenizer, clr_bytes_text(lister->filter->card), card.byte);
    clr_tokens_of_blocks(lister->store->tokenizer, &card, 1);
    CLR_TRY(add_rows(lister, &card, fault));
    CLR_TRY(add_moves(lister, &card, fault));
    if (lister->id_count > 1) qsort(lister->id, lister->id_count, sizeof *lister->id, by_id);
    CLR_TRY(add_duplicates(lister, lister->id_count, fault));
    size_t kept = 0;
    for (size_t i = 0; i < lister->id_count; i++)
        if (lister->only == 0 || clr_record_id_admission(lister->id[i]) == lister->only) lister->id[kept++] = lister->id[i];
    lister->id_count = kept;
    return CLR_OK;
}

static enum clr_status list_card(struct lister *lister, struct clr_fault *fault)
{
    struct clr_file file = { .admission = 0 };
    enum clr_status status = find_card(lister, fault);

    if (status == CLR_OK && lister->id_count > 1) qsort(lister->id, lister->id_count, sizeof *lister->id, by_id);
    for (size_t i = 0; i < lister->id_count && status == CLR_OK && !lister->stopped; i++) {
        struct clr_verdict_row row;
        if (clr_record_id_admission(lister->id[i]) != file.admission) {
            clr_file_free(&file);
            status = clr_file_get(lister->tx, clr_record_id_admission(lister->id[i]), &file, fault);
            clr_fields_of(&lister->fields, &file);
        }
        if (status == CLR_OK) status = clr_verdict_read(lister->tx, lister->id[i], &row, fault);
        if (status == CLR_OK && wanted(lister, row.reasons)) status = give(lister, &row, fault);
    }
    clr_file_free(&file);
    return status;
}

/* ---- all ---- */

static enum clr_status list(struct lister *lister, struct clr_fault *fault)
{
    if (lister->filter->file != NULL) {
        struct clr_file file;
        CLR_TRY(clr_file_named(lister->tx, clr_bytes_text(lister->filter->file), &file, fault));
        lister->only = file.admission;
        clr_file_free(&file);
    }
    return lister->filter->card != NULL ? list_card(lister, fault) : list_files(lister, fault);
}

enum clr_status clr_records_each(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_record_filter *filter,
                                 bool (*each)(void *context, const struct clr_record *record), void *context, struct clr_fault *fault)
{
    struct clr_tx tx;
    struct lister lister = { .store = store, .tx = &tx, .filter = filter, .each = each, .context = context };

    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    clr_fields_init(&lister.fields, store, &tx, codecs, filter->unmask);
    const enum clr_status status = list(&lister, fault);
    clr_fields_free(&lister.fields);
    free(lister.id);
    clr_tx_abort(&tx);
    return status;
}
