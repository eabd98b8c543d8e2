/*
 * read_profile.c: the hours of a window: current accepted records by the hour of their trade, from columns of the segments alone.
 *
 * Later     an event says what a record counts as now, and in which window: it is asked before the row.
 * Moves     are few: their table is walked. A move without a time has no hour and is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "clr.h"
#include "ingest/digest.h"
#include "store/events.h"
#include "store/moves.h"
#include "store/segment.h"
#include "store/store.h"

struct later { clr_record_id record; uint64_t reasons; clr_day window; };

struct profiler {
    struct clr_store *store;
    struct clr_tx *tx;
    int product;
    clr_day window;
    struct later *later;             /* sorted by record: the table's own order */
    size_t later_count;
    struct clr_profile *out;
    struct clr_fault *fault;
};

static enum clr_status load_later(struct profiler *profiler)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(profiler->tx, CLR_TABLE_evof, NULL, 0, &scan, profiler->fault));
    while ((status = clr_scan_next(&scan, &key, &value, profiler->fault)) == CLR_OK) {
        if (key.size != 8 || value.size != 20) {
            status = CLR_DAMAGED;
            break;
        }
        if (profiler->later_count == capacity) {
            capacity = capacity * 2 + 64;
            struct later *const grown = realloc(profiler->later, capacity * sizeof *grown);
            if (grown == NULL) {
                status = clr_memory_short(profiler->fault);
                break;
            }
            profiler->later = grown;
        }
        struct later *const later = &profiler->later[profiler->later_count++];
        later->record = clr_get_be64(key.data);
        memcpy(&later->reasons, value.data + 8, 8);
        memcpy(&later->window, value.data + 16, 4);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static int by_record(const void *key, const void *item)
{
    const clr_record_id a = *(const clr_record_id *)key, b = ((const struct later *)item)->record;
    return (a > b) - (a < b);
}

static bool counts(const struct profiler *profiler, clr_record_id record, uint64_t reasons, clr_day window)
{
    const struct later *const later = profiler->later_count == 0 ? NULL
        : bsearch(&record, profiler->later, profiler->later_count, sizeof *profiler->later, by_record);
    if (later != NULL) {
        reasons = later->reasons;
        if (later->window != CLR_DAY_NONE) window = later->window;
    }
    return window == profiler->window && clr_verdict_of(reasons) == CLR_VERDICT_ACCEPTED;
}

static enum clr_status add(struct profiler *profiler, int64_t traded_at_s, clr_fen amount_fen)
{
    if (traded_at_s == CLR_TIME_NONE) return CLR_OK;
    const int64_t second = ((traded_at_s + CLR_ZONE_OFFSET_S) % CLR_DAY_S + CLR_DAY_S) % CLR_DAY_S;
    profiler->out->count[second / 3600]++;
    if (clr_fen_add(&profiler->out->amount_fen[second / 3600], amount_fen) == CLR_OK) return CLR_OK;
    return clr_fault_say(profiler->fault, CLR_OVERFLOW, "the turnover of an hour left the range of amounts", "某小时交易额超出金额范围");
}

static enum clr_status profile_segment(struct profiler *profiler, const struct clr_run *run, const struct clr_segment *segment)
{
    const size_t rows = clr_segment_rows(segment);
    for (size_t row = 0; row < rows; row++) {
        const clr_day window = (clr_day)(uint32_t)clr_segment_get(segment, row, CLR_SEG_WINDOW);
        if (profiler->later_count == 0 && window != profiler->window) continue;
        if (profiler->product != CLR_ALL_PRODUCTS && (int)clr_segment_get(segment, row, CLR_SEG_PRODUCT) != profiler->product) continue;
        const uint64_t file = clr_segment_get(segment, row, CLR_SEG_FILE);
        if (file >= run->file_count)
            return clr_fault_say(profiler->fault, CLR_DAMAGED, "a row names a file that its run does not have; run `clear verify`",
                                 "记录引用了批次中没有的文件；请运行 `clear verify`");
        const clr_record_id record = clr_record_id_of(run->admission[file], clr_segment_get(segment, row, CLR_SEG_NUMBER));
        if (!counts(profiler, record, clr_segment_reasons(segment, row), window)) continue;
        CLR_TRY(add(profiler, (int64_t)clr_segment_get(segment, row, CLR_SEG_TIME), (clr_fen)clr_segment_get(segment, row, CLR_SEG_AMOUNT)));
    }
    return CLR_OK;
}

static enum clr_status profile_run(struct profiler *profiler, const struct clr_run *run)
{
    for (uint32_t i = 0; i < run->part_count; i++) {
        struct clr_segment segment;
        struct clr_bytes value;
        uint8_t key[CLR_SEGMENT_KEY_SIZE];
        clr_segment_key(run->id, run->part[i].partition, run->part[i].part, key);
        enum clr_status status = clr_tx_get_raw(profiler->tx, CLR_TABLE_row, key, sizeof key, &value, profiler->fault);
        if (status == CLR_OK) status = clr_segment_open(value, &segment);
        if (status == CLR_NOT_FOUND || status == CLR_DAMAGED)
            return clr_fault_say(profiler->fault, CLR_DAMAGED, "stored records are damaged or missing; run `clear verify`",
                                 "存储的记录已损坏或缺失；请运行 `clear verify`");
        CLR_TRY(status);
        CLR_TRY(profile_segment(profiler, run, &segment));
    }
    return CLR_OK;
}

static enum clr_status profile_moves(struct profiler *profiler)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(profiler->tx, CLR_TABLE_move, NULL, 0, &scan, profiler->fault));
    while ((status = clr_scan_next(&scan, &key, &value, profiler->fault)) == CLR_OK) {
        struct clr_move move;
        status = clr_move_unpack(key, value, &move);
        if (status != CLR_OK) break;
        const bool trade = move.txn.kind == CLR_KIND_PURCHASE || move.txn.kind == CLR_KIND_LOAD;
        const bool of_product = profiler->product == CLR_ALL_PRODUCTS || profiler->product == (int)move.txn.product;
        if (trade && of_product && counts(profiler, move.record, move.txn.reasons, move.txn.window))
            status = add(profiler, move.txn.traded_at_s, move.txn.amount_fen);
        clr_move_free(&move);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_profile_read(struct clr_store *store, int product, clr_day window, struct clr_profile *out, struct clr_fault *fault)
{
    struct clr_tx tx;
    struct profiler profiler = { .store = store, .tx = &tx, .product = product, .window = window, .out = out, .fault = fault };
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = load_later(&profiler);
    for (size_t i = 0; status == CLR_OK && i < store->run_count; i++)
        if (store->run[i]->state == CLR_RUN_READY) status = profile_run(&profiler, store->run[i]);
    if (status == CLR_OK) status = profile_moves(&profiler);
    clr_tx_abort(&tx);
    free(profiler.later);
    return status;
}
