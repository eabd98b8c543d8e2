#include "settle/again.h"

#include <stdlib.h>

#include "ingest/check.h"
#include "settle/holders.h"
#include "settle/reply_set.h"

/* ---- the context ---- */

/** Participants behind party ids; the first row of each, as clr_store_participant() finds it. */
static enum clr_status map_participants(struct clr_again *again)
{
    again->party_count = again->store->parties.code_count;
    again->participant_of = malloc((again->party_count + 1) * sizeof *again->participant_of);
    if (again->participant_of == NULL) return CLR_FULL;
    for (uint32_t party = 0; party <= again->party_count; party++) again->participant_of[party] = -1;
    for (size_t i = again->rules->participant_count; i-- > 0;) again->participant_of[again->rules->participant[i].party] = (int)i;
    return CLR_OK;
}

enum clr_status clr_again_open(struct clr_again *again, struct clr_store *store, struct clr_tx *tx, int64_t stamp, uint32_t command,
                               struct clr_fault *fault)
{
    memset(again, 0, sizeof *again);
    again->store = store;
    again->tx = tx;
    again->stamp = stamp;
    again->command = command;
    CLR_TRY(clr_store_rules_get(store, store->rules_count, &again->rules, fault));
    CLR_TRY(map_participants(again));
    CLR_TRY(clr_closed_windows_load(tx, again->closed, fault));
    CLR_TRY(clr_history_create(store, &again->history));
    return clr_history_begin(again->history, NULL, 0, fault);
}

void clr_again_close(struct clr_again *again)
{
    clr_history_destroy(again->history);
    for (unsigned product = 0; product < CLR_PRODUCT_COUNT; product++) free(again->closed[product].day);
    free(again->participant_of);
    free(again->past.item);
    free(again->row);
    if (again->file.admission != 0) clr_file_free(&again->file);
    clr_references_free(&again->references);
    clr_holders_free(again->holders);
    clr_reply_set_free(again->replies);
    memset(again, 0, sizeof *again);
}

enum clr_status clr_again_file(struct clr_again *again, uint32_t admission, const struct clr_file **out, struct clr_fault *fault)
{
    if (again->own != NULL && admission == again->own->file->admission) {
        *out = again->own->file;
        return CLR_OK;
    }
    if (again->file.admission != admission) {
        if (again->file.admission != 0) clr_file_free(&again->file);
        again->file.admission = 0;
        CLR_TRY(clr_file_get(again->tx, admission, &again->file, fault));
    }
    *out = &again->file;
    return CLR_OK;
}

/* ---- rows read ahead ---- */

enum clr_status clr_again_want(struct clr_again *again, clr_record_id id)
{
    /* Many references to few records must not fill the memory: what is there twice goes first. */
    if (again->row_count == again->row_capacity) again->row_count = clr_rows_sort(again->row, again->row_count);
    if (again->row_count * 2 >= again->row_capacity) {
        const size_t capacity = again->row_capacity * 2 + 64;
        struct clr_wanted_row *const grown = realloc(again->row, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        again->row = grown;
        again->row_capacity = capacity;
    }
    again->row[again->row_count++] = (struct clr_wanted_row){ .id = id };
    return CLR_OK;
}

enum clr_status clr_again_read_ahead(struct clr_again *again, struct clr_fault *fault)
{
    again->row_count = clr_rows_sort(again->row, again->row_count);
    return clr_rows_find(again->store, again->tx, again->row, again->row_count, fault);
}

/* ---- verdicts of now ---- */

static enum clr_status first_verdict(struct clr_again *again, clr_record_id id, struct clr_exception *out, struct clr_fault *fault)
{
    const struct clr_own_file *const own = again->own;
    if (own == NULL || clr_record_id_admission(id) != own->file->admission) return clr_vmap_get(again->tx, id, out, fault);
    const uint64_t number = clr_record_id_number(id);
    if (number < own->first) return clr_vmap_get(again->tx, id, out, fault);
    if (number - own->first >= own->count) return CLR_NOT_FOUND;
    *out = own->record[number - own->first];
    return CLR_OK;
}

static enum clr_status read_event(struct clr_again *again, struct clr_standing *standing, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    struct clr_event event;
    clr_put_be64(key, standing->event);
    const enum clr_status status = clr_tx_get(again->tx, CLR_TABLE_event, key, sizeof key, &value, fault);
    if (status == CLR_NOT_FOUND) return CLR_DAMAGED;
    CLR_TRY(status);
    CLR_TRY(clr_event_unpack(clr_bytes_of(key, sizeof key), value, &event));
    standing->link = event.link;
    standing->cause = event.cause;
    free(event.text);
    return CLR_OK;
}

enum clr_status clr_again_standing(struct clr_again *again, clr_record_id id, struct clr_standing *out, struct clr_fault *fault)
{
    struct clr_exception first;
    clr_day window;
    CLR_TRY(first_verdict(again, id, &first, fault));
    *out = (struct clr_standing){ .first = first.reasons, .reasons = first.reasons, .link = first.link, .amount_fen = first.amount_fen };
    const enum clr_status status = clr_event_latest(again->tx, id, &out->reasons, &out->event, &window, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    return read_event(again, out, fault);
}

#define LINKS_MAX 64                         /* a link points at what counted or waited then: chains are short, and never closed */

enum clr_status clr_again_follow(struct clr_again *again, clr_record_id id, clr_record_id *out, struct clr_standing *standing,
                                 struct clr_fault *fault)
{
    for (unsigned step = 0; step < LINKS_MAX; step++) {
        CLR_TRY(clr_again_standing(again, id, standing, fault));
        *out = id;
        if (clr_verdict_of(standing->reasons) != CLR_VERDICT_DUPLICATE || standing->link == 0) return CLR_OK;
        id = standing->link;
    }
    return clr_fault_say(fault, CLR_DAMAGED, "the links of a duplicate go round in a circle; run `clear verify`",
                         "重复记录的指向形成循环；请运行 `clear verify`");
}

/* ---- subjects ---- */

/** Rejected for its form: such a record is in the verdict map only. */
static bool has_no_row(uint64_t first)
{
    const struct clr_txn txn = { .reasons = first };
    return clr_verdict_of(first) == CLR_VERDICT_DUPLICATE || !clr_txn_has_identity(&txn);
}

static enum clr_status read_row(struct clr_again *again, clr_record_id id, struct clr_txn *out, struct clr_fault *fault)
{
    struct clr_wanted_row one = { .id = id };
    const struct clr_wanted_row *row = clr_row_wanted(again->row, again->row_count, id);
    if (row == NULL || !row->found) {
        CLR_TRY(clr_rows_find(again->store, again->tx, &one, 1, fault));
        row = &one;
    }
    if (!row->found)
        return clr_fault_say(fault, CLR_DAMAGED, "the row of a record is missing; run `clear verify`",
                             "记录的数据行缺失；请运行 `clear verify`");
    *out = row->txn;
    return CLR_OK;
}

enum clr_status clr_subject_of_row(struct clr_again *again, clr_record_id id, const struct clr_txn *txn, struct clr_subject *out,
                                   struct clr_fault *fault)
{
    const struct clr_file *file;
    memset(out, 0, sizeof *out);
    out->id = id;
    out->issuer = out->acquirer = -1;
    CLR_TRY(clr_again_standing(again, id, &out->standing, fault));
    CLR_TRY(clr_again_file(again, clr_record_id_admission(id), &file, fault));
    out->format = (enum clr_format)file->format;
    out->txn = *txn;
    return CLR_OK;
}

enum clr_status clr_subject_read(struct clr_again *again, clr_record_id id, struct clr_subject *out, struct clr_fault *fault)
{
    struct clr_standing standing;
    const struct clr_file *file;
    struct clr_txn txn;

    memset(out, 0, sizeof *out);
    CLR_TRY(clr_again_standing(again, id, &standing, fault));
    if (has_no_row(standing.first)) return CLR_NOT_FOUND;
    CLR_TRY(clr_again_file(again, clr_record_id_admission(id), &file, fault));
    if (!clr_format_is_alone(file->format)) {
        CLR_TRY(read_row(again, id, &txn, fault));
        return clr_subject_of_row(again, id, &txn, out, fault);
    }
    const enum clr_status status = clr_move_get(again->tx, id, &out->move, fault);
    if (status == CLR_NOT_FOUND) return CLR_DAMAGED;
    CLR_TRY(status);
    out->id = id;
    out->standing = standing;
    out->is_move = true;
    out->txn = out->move.txn;
    out->format = (enum clr_format)out->move.format;
    out->issuer = out->acquirer = -1;
    return CLR_OK;
}

void clr_subject_free(struct clr_subject *subject)
{
    if (subject->is_move) clr_move_free(&subject->move);
    subject->is_move = false;
}
