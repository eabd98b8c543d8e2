#include "ingest/history.h"

#include <stdlib.h>

#include "ingest/check.h"
#include "ingest/nominate.h"
#include "store/files.h"
#include "store/runindex.h"

/** An opened part of a run, remembered while the worker stays in one partition of its batch. */
struct open_part {
    const struct clr_run *run;
    uint32_t part;
    bool has_index;
    struct clr_segment segment;
    struct clr_runindex index;
};

struct clr_history {
    struct clr_store *store;
    struct clr_tx tx;
    bool begun;
    const struct clr_later *later;
    size_t later_count;
    uint64_t events;
    struct open_part *open;
    size_t open_count, open_capacity;
    /* the runs that hold the day asked for last */
    clr_day day;
    bool day_valid;
    const struct clr_run **with_day;
    size_t with_day_count, with_day_capacity;
    struct clr_nominator nominator;
    uint8_t *format;                     /* by admission; 0xFF unknown yet */
    size_t format_count;
};

enum clr_status clr_history_create(struct clr_store *store, struct clr_history **out)
{
    struct clr_history *const history = calloc(1, sizeof *history);
    if (history == NULL) return CLR_FULL;
    history->store = store;
    *out = history;
    return CLR_OK;
}

void clr_history_destroy(struct clr_history *history)
{
    if (history == NULL) return;
    clr_history_end(history);
    free(history->open);
    free(history->with_day);
    clr_nominator_free(&history->nominator);
    free(history->format);
    free(history);
}

enum clr_status clr_history_begin(struct clr_history *history, const struct clr_later *later, size_t later_count, struct clr_fault *fault)
{
    clr_history_end(history);
    CLR_TRY(clr_tx_begin(&history->store->env, false, &history->tx, fault));
    history->begun = true;
    history->later = later;
    history->later_count = later_count;
    history->day_valid = false;
    clr_history_reset(history);
    return clr_meta_get(&history->tx, CLR_META_EVENTS, 0, &history->events, fault);
}

void clr_history_end(struct clr_history *history)
{
    if (history->begun) clr_tx_abort(&history->tx);
    history->begun = false;
}

void clr_history_reset(struct clr_history *history) { history->open_count = 0; }

/* ---- which runs, which parts ---- */

static enum clr_status runs_of_day(struct clr_history *history, clr_day day)
{
    if (history->day_valid && history->day == day) return CLR_OK;
    if (history->with_day_capacity < history->store->run_count) {
        const struct clr_run **const grown = realloc(history->with_day, history->store->run_count * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        history->with_day = grown;
        history->with_day_capacity = history->store->run_count;
    }
    history->with_day_count = 0;
    for (size_t i = 0; i < history->store->run_count; i++)
        if (clr_run_has_day(history->store->run[i], day)) history->with_day[history->with_day_count++] = history->store->run[i];
    history->day = day;
    history->day_valid = true;
    return CLR_OK;
}

static enum clr_status damaged(struct clr_history *history, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "a stored segment cannot be read; run `clear verify`", "存储的数据段无法读取；请运行 `clear verify`");
    clr_fault_at(fault, history->store->env.path, 0, NULL);
    return CLR_DAMAGED;
}

static enum clr_status open_part(struct clr_history *history, const struct clr_run *run, uint32_t part, bool with_index, struct open_part **out, struct clr_fault *fault)
{
    struct open_part *found = NULL;
    for (size_t i = 0; i < history->open_count && found == NULL; i++)
        if (history->open[i].run == run && history->open[i].part == part) found = &history->open[i];
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes value;
    clr_segment_key(run->id, run->part[part].partition, run->part[part].part, key);
    if (found == NULL) {
        if (history->open_count == history->open_capacity) {
            const size_t capacity = history->open_capacity * 2 + 32;
            struct open_part *const grown = realloc(history->open, capacity * sizeof *grown);
            if (grown == NULL) return CLR_FULL;
            history->open = grown;
            history->open_capacity = capacity;
        }
        found = &history->open[history->open_count];
        if (clr_tx_get_raw(&history->tx, CLR_TABLE_row, key, sizeof key, &value, fault) != CLR_OK) return damaged(history, fault);
        if (clr_segment_open(value, &found->segment) != CLR_OK) return damaged(history, fault);
        found->run = run;
        found->part = part;
        found->has_index = false;
        history->open_count++;
    }
    if (with_index && !found->has_index) {
        if (clr_tx_get_raw(&history->tx, CLR_TABLE_idx, key, sizeof key, &value, fault) != CLR_OK) return damaged(history, fault);
        if (clr_runindex_open(value, &found->index) != CLR_OK || found->index.rows != clr_segment_rows(&found->segment)) return damaged(history, fault);
        found->has_index = true;
    }
    *out = found;
    return CLR_OK;
}

enum clr_status clr_history_nominate(struct clr_history *history, const struct clr_entry *entries, size_t count, uint8_t *hit, struct clr_fault *fault)
{
    const enum clr_status status = clr_nominate(&history->nominator, history->store, &history->tx, entries, count, hit);
    return status == CLR_DAMAGED ? damaged(history, fault) : status;
}

/* ---- rows ---- */

static uint64_t later_reasons(const struct clr_history *history, clr_record_id id, uint64_t first)
{
    size_t low = 0, high = history->later_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (history->later[middle].record < id) low = middle + 1;
        else high = middle;
    }
    return low < history->later_count && history->later[low].record == id ? history->later[low].reasons : first;
}

static enum clr_status current_reasons(struct clr_history *history, clr_record_id id, uint64_t first, uint64_t *out, struct clr_fault *fault)
{
    *out = first;
    if (history->events > 0) {
        uint8_t key[8];
        struct clr_bytes value;
        clr_put_be64(key, id);
        const enum clr_status status = clr_tx_get(&history->tx, CLR_TABLE_evof, key, sizeof key, &value, fault);
        if (status == CLR_OK && value.size >= 16) memcpy(out, value.data + 8, 8);      /* event number, then current reasons */
        else if (status != CLR_NOT_FOUND) return status == CLR_OK ? damaged(history, fault) : status;
    }
    *out = later_reasons(history, id, *out);
    return CLR_OK;
}

static enum clr_status reserve_formats(struct clr_history *history, uint32_t admission)
{
    if (admission < history->format_count) return CLR_OK;
    const size_t count = (size_t)admission * 2 + 64;
    uint8_t *const grown = realloc(history->format, count);
    if (grown == NULL) return CLR_FULL;
    memset(grown + history->format_count, 0xFF, count - history->format_count);
    history->format = grown;
    history->format_count = count;
    return CLR_OK;
}

enum clr_status clr_history_set_format(struct clr_history *history, uint32_t admission, uint8_t format)
{
    CLR_TRY(reserve_formats(history, admission));
    history->format[admission] = format;
    return CLR_OK;
}

static enum clr_status format_of(struct clr_history *history, uint32_t admission, uint8_t *out, struct clr_fault *fault)
{
    CLR_TRY(reserve_formats(history, admission));
    if (history->format[admission] == 0xFF) {
        struct clr_file file;
        const enum clr_status status = clr_file_get(&history->tx, admission, &file, fault);
        if (status == CLR_NOT_FOUND) return damaged(history, fault);      /* rows without a file */
        CLR_TRY(status);
        history->format[admission] = file.format;
        clr_file_free(&file);
    }
    *out = history->format[admission];
    return CLR_OK;
}

static enum clr_status append_row(struct clr_history *history, const struct open_part *part, size_t row, struct clr_past_list *out, struct clr_fault *fault)
{
    if (out->count == out->capacity) {
        const size_t capacity = out->capacity * 2 + 32;
        struct clr_past *const grown = realloc(out->item, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        out->item = grown;
        out->capacity = capacity;
    }
    struct clr_past *const past = &out->item[out->count];
    uint64_t number;
    clr_segment_row(&part->segment, row, &past->txn, &number);
    if (past->txn.file >= part->run->file_count) return damaged(history, fault);
    past->txn.file = part->run->admission[past->txn.file];
    past->id = clr_record_id_of(past->txn.file, number);
    CLR_TRY(current_reasons(history, past->id, past->txn.reasons, &past->reasons, fault));
    CLR_TRY(format_of(history, past->txn.file, &past->format, fault));
    out->count++;
    return CLR_OK;
}

/** Row against lookup key, cheapest columns first. */
static bool row_has_key(const struct clr_segment *segment, size_t row, const struct clr_txn *like, clr_day day)
{
    const bool open = (clr_segment_get(segment, row, CLR_SEG_FLAGS) & CLR_FLAG_OPEN) != 0;
    const int64_t time = (int64_t)clr_segment_get(segment, row, CLR_SEG_TIME);
    if (open != ((like->flags & CLR_FLAG_OPEN) != 0)) return false;
    if (open) {
        if (time != like->traded_at_s || clr_segment_get(segment, row, CLR_SEG_SAM) != like->sam) return false;
        if (clr_segment_get(segment, row, CLR_SEG_TYPE) != like->type) return false;
    } else if (clr_segment_get(segment, row, CLR_SEG_COUNTER) != like->counter || clr_day_of_time(time) != day) {
        return false;
    }
    return clr_token_equal(clr_segment_card(segment, row), &like->card);
}

static enum clr_status rows_in_part(struct clr_history *history, const struct clr_run *run, uint32_t part_number, const struct clr_txn *like, uint64_t key_hash,
                                    clr_day day, struct clr_past_list *out, struct clr_fault *fault)
{
    struct open_part *part;
    uint32_t first, end;
    CLR_TRY(open_part(history, run, part_number, true, &part, fault));
    if (!clr_runindex_find(&part->index, key_hash, &first, &end)) return CLR_OK;
    for (uint32_t row = first; row < end; row++)
        if (row_has_key(&part->segment, row, like, day)) CLR_TRY(append_row(history, part, row, out, fault));
    return CLR_OK;
}

enum clr_status clr_history_by_key(struct clr_history *history, const struct clr_txn *like, uint64_t hash, clr_day day, struct clr_past_list *out, struct clr_fault *fault)
{
    const uint64_t key_hash = clr_key_hash(hash);
    CLR_TRY(runs_of_day(history, day));
    for (size_t i = 0; i < history->with_day_count; i++) {
        const struct clr_run *const run = history->with_day[i];
        const uint32_t partition = clr_partition_of(hash, run->bits);
        const uint32_t first = run->first_part[partition], end = run->first_part[partition + 1];
        if (first == end) continue;
        /* Rows of one key hash may lie across a cut: from the last part that begins below it, on while parts begin at or below it. */
        uint32_t at = first;
        while (at + 1 < end && run->part[at + 1].first_key_hash < key_hash) at++;
        for (; at < end && (at == first || run->part[at].first_key_hash <= key_hash); at++)
            CLR_TRY(rows_in_part(history, run, at, like, key_hash, day, out, fault));
    }
    return CLR_OK;
}

/* ---- by card ---- */

/** Call `visit` for every row of the card in the runs that hold a day; visit returns true to stop. */
typedef enum clr_status visit_row(struct clr_history *history, const struct open_part *part, size_t row, void *context, bool *stop, struct clr_fault *fault);

static enum clr_status visit_part(struct clr_history *history, const struct clr_run *run, uint32_t number, const struct clr_token *card,
                                  visit_row *visit, void *context, bool *stop, struct clr_fault *fault)
{
    struct open_part *part;
    CLR_TRY(open_part(history, run, number, false, &part, fault));
    uint64_t ordinal = 0;
    while (ordinal < part->segment.card_count && !clr_token_equal(&part->segment.card[ordinal], card)) ordinal++;
    if (ordinal == part->segment.card_count) return CLR_OK;
    for (size_t row = 0; row < clr_segment_rows(&part->segment) && !*stop; row++) {
        if (clr_segment_get(&part->segment, row, CLR_SEG_CARD) != ordinal) continue;
        CLR_TRY(visit(history, part, row, context, stop, fault));
    }
    return CLR_OK;
}

static enum clr_status visit_card(struct clr_history *history, const struct clr_run *run, const struct clr_token *card, visit_row *visit, void *context, bool *stop,
                                  struct clr_fault *fault)
{
    uint64_t prefix;
    memcpy(&prefix, card->byte, 8);                   /* the top 12 bits of every placement hash of the card */
    const uint32_t partition = clr_partition_of(prefix & UINT64_C(0xFFF0000000000000), run->bits);
    for (uint32_t at = run->first_part[partition]; at < run->first_part[partition + 1] && !*stop; at++)
        CLR_TRY(visit_part(history, run, at, card, visit, context, stop, fault));
    return CLR_OK;
}

struct tapped { int64_t after_s, before_s; };

static enum clr_status visit_tapped(struct clr_history *history, const struct open_part *part, size_t row, void *context, bool *stop, struct clr_fault *fault)
{
    const struct tapped *const tapped = context;
    const int64_t time = (int64_t)clr_segment_get(&part->segment, row, CLR_SEG_TIME);
    (void)history;
    (void)fault;
    *stop = time > tapped->after_s && time < tapped->before_s;
    return CLR_OK;
}

enum clr_status clr_history_tapped(struct clr_history *history, const struct clr_txn *like, clr_day day, int64_t after_s, int64_t before_s, bool *out, struct clr_fault *fault)
{
    struct tapped tapped = { after_s, before_s };
    *out = false;
    CLR_TRY(runs_of_day(history, day));
    for (size_t i = 0; i < history->with_day_count && !*out; i++)
        CLR_TRY(visit_card(history, history->with_day[i], &like->card, visit_tapped, &tapped, out, fault));
    return CLR_OK;
}

struct collect { clr_day from, to; struct clr_past_list *out; };

static enum clr_status visit_collect(struct clr_history *history, const struct open_part *part, size_t row, void *context, bool *stop, struct clr_fault *fault)
{
    const struct collect *const collect = context;
    const clr_day day = clr_day_of_time((int64_t)clr_segment_get(&part->segment, row, CLR_SEG_TIME));
    (void)stop;
    if (day < collect->from || day > collect->to) return CLR_OK;
    return append_row(history, part, row, collect->out, fault);
}

enum clr_status clr_history_by_card(struct clr_history *history, const struct clr_token *card, clr_day from, clr_day to, struct clr_past_list *out, struct clr_fault *fault)
{
    struct collect collect = { from, to, out };
    for (size_t i = 0; i < history->store->run_count; i++) {
        const struct clr_run *const run = history->store->run[i];
        bool wanted = false, stop = false;
        for (uint32_t d = 0; d < run->day_count && !wanted; d++) wanted = run->day[d].day >= from && run->day[d].day <= to;
        if (wanted) CLR_TRY(visit_card(history, run, card, visit_collect, &collect, &stop, fault));
    }
    return CLR_OK;
}
