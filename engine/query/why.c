/* why.c: the account of one record: what is gathered for it, and what happened to it later. See clr.h and explain.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "query/explain.h"
#include "store/moves.h"

/* ---- lines ---- */

/** Formatting may cut inside a character; this takes the rest of it away. */
static void say_text(char *text, size_t size, const char *format, va_list list)
{
    char whole[1024];
    vsnprintf(whole, sizeof whole, format, list);
    clr_show_text(clr_bytes_text(whole), text, size);
}

enum clr_status clr_why_say(struct clr_account *account, const char *rule, bool passed, const char *en, const char *zh, ...)
{
    struct clr_why *const why = account->why;
    va_list list;

    if (why->step_count == account->step_capacity) {
        const size_t capacity = account->step_capacity * 2 + 24;
        struct clr_why_step *const grown = realloc(why->step, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        why->step = grown;
        account->step_capacity = capacity;
    }
    struct clr_why_step *const step = &why->step[why->step_count++];
    memset(step, 0, sizeof *step);
    snprintf(step->rule, sizeof step->rule, "%s", rule);
    step->passed = passed;
    va_start(list, zh);
    say_text(step->en, sizeof step->en, en, list);
    va_end(list);
    va_start(list, zh);
    say_text(step->zh, sizeof step->zh, zh, list);
    va_end(list);
    return CLR_OK;
}

enum clr_status clr_why_which(struct clr_account *account, clr_record_id id, char en[CLR_WHY_WHICH_SIZE], char zh[CLR_WHY_WHICH_SIZE],
                              struct clr_fault *fault)
{
    char text[CLR_RECORD_ID_TEXT_SIZE];
    struct clr_file file;
    const enum clr_status status = clr_file_get(account->tx, clr_record_id_admission(id), &file, fault);

    clr_record_id_text(id, text);
    snprintf(en, CLR_WHY_WHICH_SIZE, "%s", text);
    snprintf(zh, CLR_WHY_WHICH_SIZE, "%s", text);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    snprintf(en, CLR_WHY_WHICH_SIZE, "%s (record %llu of %.96s)", text, (unsigned long long)clr_record_id_number(id), file.name);
    snprintf(zh, CLR_WHY_WHICH_SIZE, "%s（文件 %.96s 第 %llu 条）", text, file.name, (unsigned long long)clr_record_id_number(id));
    clr_file_free(&file);
    return CLR_OK;
}

/* ---- events ---- */

static enum clr_status add_event(struct clr_account *account, const struct clr_event *event)
{
    struct clr_why *const why = account->why;
    const struct clr_term cause = clr_cause_term(event->cause);
    char link[CLR_RECORD_ID_TEXT_SIZE], whole[512];

    if (why->event_count == account->event_capacity) {
        const size_t capacity = account->event_capacity * 2 + 8;
        void *const grown = realloc(why->event, capacity * sizeof *why->event);
        if (grown == NULL) return CLR_FULL;
        why->event = grown;
        account->event_capacity = capacity;
    }
    clr_record_id_text(event->link, link);
    snprintf(whole, sizeof whole, "%s%s%s%s%.200s", cause.name, event->link != 0 ? " " : "", link, event->text[0] != '\0' ? ": " : "",
             event->text);
    const size_t at = why->event_count++;
    memset(&why->event[at], 0, sizeof why->event[at]);
    why->event[at].number = event->number;
    why->event[at].from = event->from;
    why->event[at].to = event->to;
    why->event[at].stamp = event->stamp;
    clr_show_text(clr_bytes_text(whole), why->event[at].cause, sizeof why->event[at].cause);
    return CLR_OK;
}

/** Events are kept by number, not by record; they are few beside records, and only a record that has some is asked for here. */
enum clr_status clr_why_events(struct clr_account *account, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;

    if (account->verdict.event == 0) return CLR_OK;
    CLR_TRY(clr_scan_open(account->tx, CLR_TABLE_event, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_event event;
        status = clr_event_unpack(key, value, &event);
        if (status != CLR_OK) break;
        if (event.record == account->verdict.id) status = add_event(account, &event);
        const bool last = event.number == account->verdict.event;
        free(event.text);
        if (status != CLR_OK || last) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- what is known ---- */

/** The row by its key when the bytes are there, else by a pass over the runs of the file. */
static enum clr_status find_row(struct clr_account *account, struct clr_fault *fault)
{
    struct clr_history *history;
    const struct clr_txn *txn;
    enum clr_status status;

    if (clr_format_is_alone(account->file.format) || !clr_rowset_may_have(account->verdict.first.reasons)) return CLR_OK;
    if (account->has_source) {
        CLR_TRY(clr_fields_history(&account->fields, &history, fault));
        status = clr_row_by_key(history, &account->txn, account->verdict.id, &account->fields.past, &account->row, fault);
    } else {
        status = clr_rowset_get(&account->fields.rows, clr_record_id_number(account->verdict.id), &txn, fault);
        if (status == CLR_OK)
            account->row = (struct clr_past){
                .txn = *txn, .id = account->verdict.id, .reasons = account->verdict.reasons, .format = account->file.format
            };
    }
    if (status == CLR_NOT_FOUND) return CLR_OK;
    account->has_row = status == CLR_OK;
    return status;
}

/** A move that is in the table is known as it was judged, whether its source is there or not. */
static enum clr_status find_move(struct clr_account *account, struct clr_fault *fault)
{
    struct clr_move move;
    const enum clr_status status = clr_move_get(account->tx, account->verdict.id, &move, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    account->txn = move.txn;
    account->has_txn = true;
    clr_move_free(&move);
    return CLR_OK;
}

static enum clr_status gather(struct clr_account *account, struct clr_fault *fault)
{
    CLR_TRY(clr_fields_read(&account->fields, &account->verdict, &account->why->record, fault));
    CLR_TRY(clr_fields_open(&account->fields, fault));
    account->has_source = account->fields.from == CLR_FIELDS_ORIGIN;
    if (account->has_source) {
        CLR_TRY(clr_origin_read(&account->fields.origin, clr_record_id_number(account->verdict.id), &account->source, fault));
        account->txn = *account->source.txn;
    }
    CLR_TRY(find_row(account, fault));
    if (!account->has_source && account->has_row) account->txn = account->row.txn;
    account->has_txn = account->has_source || account->has_row;
    return clr_format_is_alone(account->file.format) ? find_move(account, fault) : CLR_OK;
}

/** The rules in the order in which ingest tries them; what fails its form or date goes no further. */
static enum clr_status say_rules(struct clr_account *account, struct clr_fault *fault)
{
    CLR_TRY(clr_why_form(account));
    if (clr_format_is_alone(account->file.format)) {
        CLR_TRY(clr_why_move(account, fault));
        return clr_why_money(account, fault);
    }
    CLR_TRY(clr_why_dates(account));
    if (account->has_txn && !clr_account_has(account, CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) {
        CLR_TRY(clr_why_parties(account));
        CLR_TRY(clr_why_limits(account));
    }
    CLR_TRY(clr_why_repeats(account, fault));
    CLR_TRY(clr_why_window(account, fault));
    return clr_why_money(account, fault);
}

static enum clr_status explain(struct clr_account *account, struct clr_fault *fault)
{
    CLR_TRY(gather(account, fault));
    if (account->has_source) CLR_TRY(clr_why_source(account));
    CLR_TRY(say_rules(account, fault));
    return clr_why_events(account, fault);
}

/* ---- what is handed out ---- */

/** The record's texts belong to things that close with this call: they move into one allocation, found again by file_name. */
static enum clr_status own_texts(struct clr_record *record)
{
    const char **const text[] = { &record->file_name, &record->sender,        &record->issuer.code, &record->issuer.zh,
                                  &record->issuer.en, &record->acquirer.code, &record->acquirer.zh, &record->acquirer.en };
    const size_t count = sizeof text / sizeof *text;
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += strlen(*text[i]) + 1;
    char *to = malloc(size);
    enum clr_status status = to != NULL ? CLR_OK : CLR_FULL;
    for (size_t i = 0; i < count; i++) {
        const size_t one = strlen(*text[i]) + 1;
        const char *const from = *text[i];
        *text[i] = to;
        if (to == NULL) continue;
        memcpy(to, from, one);
        to += one;
    }
    return status;
}

enum clr_status clr_why(struct clr_store *store, const struct clr_codec_list *codecs, clr_record_id id, bool unmask, struct clr_why *out,
                        struct clr_fault *fault)
{
    struct clr_tx tx;
    struct clr_account account = { .store = store, .tx = &tx, .unmask = unmask, .why = out };
    char text[CLR_RECORD_ID_TEXT_SIZE];

    memset(out, 0, sizeof *out);
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    clr_fields_init(&account.fields, store, &tx, codecs, unmask);
    enum clr_status status = clr_file_get(&tx, clr_record_id_admission(id), &account.file, fault);
    if (status == CLR_OK) status = clr_verdict_read(&tx, id, &account.verdict, fault);
    if (status == CLR_NOT_FOUND)
        status = clr_fault_say(fault, CLR_NOT_FOUND, "there is no record %s", "没有记录 %s", clr_record_id_text(id, text));
    if (status == CLR_OK) status = clr_store_rules_get(store, account.file.rules_version, &account.rules, fault);
    if (status == CLR_OK) {
        account.product = &account.rules->product[account.file.product];
        clr_fields_of(&account.fields, &account.file);
        status = explain(&account, fault);
        if (out->record.file_name != NULL) {
            const enum clr_status owned = own_texts(&out->record);
            if (status == CLR_OK) status = owned;
        }
    }
    clr_fields_free(&account.fields);
    clr_file_free(&account.file);
    clr_tx_abort(&tx);
    return status;
}

void clr_why_free(struct clr_why *why)
{
    free((char *)(uintptr_t)why->record.file_name); /* own_texts() made it */
    free(why->bytes);
    free(why->field);
    free(why->step);
    free(why->event);
    memset(why, 0, sizeof *why);
}
