/* Runs against their manifests; segments and fingerprints; every row against its place, its file and its verdict. */
#include <stdlib.h>

#include "base/stop.h"
#include "ingest/check.h"
#include "settle/book.h"
#include "store/runindex.h"
#include "store/segment.h"
#include "store/verify.h"

/* ---- obligations ---- */

/** Party → participant by a rules version, as ingest numbers them: the first row of a code. */
static enum clr_status use_rules(struct clr_verify *verify, const struct clr_rules *rules)
{
    if (verify->participant_of != NULL && verify->fees.rules == rules) return CLR_OK;
    const uint32_t count = verify->store.parties.code_count + 1;
    if (verify->participant_of == NULL) verify->participant_of = malloc(count * sizeof *verify->participant_of);
    if (verify->participant_of == NULL) return CLR_FULL;
    verify->party_count = count;
    for (uint32_t i = 0; i < count; i++) verify->participant_of[i] = -1;
    for (size_t i = rules->participant_count; i-- > 0;)
        if (rules->participant[i].party < count) verify->participant_of[rules->participant[i].party] = (int)i;
    clr_fee_cache_init(&verify->fees, rules);
    return CLR_OK;
}

int clr_verify_participant(struct clr_verify *verify, const struct clr_rules *rules, clr_party party)
{
    if (use_rules(verify, rules) != CLR_OK || !clr_party_is_known(party) || party >= verify->party_count) return -1;
    return verify->participant_of[party];
}

enum clr_status clr_verify_obligation(struct clr_verify *verify, const struct clr_rules *rules, const struct clr_txn *txn, clr_party issuer, clr_party acquirer,
                                      clr_day window, struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked)
{
    *booked = false;
    CLR_TRY(use_rules(verify, rules));
    if (!clr_party_is_known(issuer) || !clr_party_is_known(acquirer) || issuer >= verify->party_count || acquirer >= verify->party_count) return CLR_NOT_FOUND;
    const struct clr_trade trade = {
        .product = (enum clr_product)txn->product, .kind = (enum clr_kind)txn->kind, .service = (enum clr_service)txn->service, .flags = txn->flags,
        .issuer = issuer, .acquirer = acquirer, .issuer_index = verify->participant_of[issuer], .acquirer_index = verify->participant_of[acquirer],
        .amount_fen = txn->amount_fen, .price_fen = txn->price_fen, .trade_day = txn->trade_day, .window = window,
    };
    if (trade.issuer_index < 0 || trade.acquirer_index < 0) return CLR_NOT_FOUND;
    return clr_obligation_cached(&verify->fees, &trade, key, sum, booked);
}

enum clr_status clr_verify_booking(struct clr_verify *verify, const struct clr_rules *rules, const struct clr_move *move, clr_party issuer, clr_party acquirer,
                                   clr_day window, struct clr_cells *cells)
{
    const struct clr_booking booking = {
        .rules = rules, .txn = &move->txn, .move = move, .issuer = issuer, .acquirer = acquirer, .window = window,
        .issuer_index = clr_verify_participant(verify, rules, issuer), .acquirer_index = clr_verify_participant(verify, rules, acquirer),
    };
    const bool lacks = (booking.issuer_index < 0 && issuer != CLR_PARTY_NONE) || (booking.acquirer_index < 0 && acquirer != CLR_PARTY_NONE);
    return lacks || clr_book_refusal(&booking) != 0 ? CLR_NOT_FOUND : clr_book(&booking, cells);
}

/** Figures and window of a file with one more accepted record. */
static enum clr_status count_figures(struct clr_verified_file *file, const struct clr_txn *txn)
{
    CLR_TRY(clr_figures_count(&file->figures, txn->reasons, (enum clr_kind)txn->kind, txn->amount_fen));
    if (file->window == CLR_DAY_NONE || (txn->window != CLR_DAY_NONE && txn->window < file->window)) file->window = txn->window;
    return CLR_OK;
}

static bool books(const struct clr_verified_file *file, const struct clr_txn *txn)
{
    return file->rules != NULL && (txn->kind == CLR_KIND_PURCHASE || txn->kind == CLR_KIND_LOAD);
}

enum clr_status clr_verify_count(struct clr_verify *verify, struct clr_verified_file *file, const struct clr_txn *txn)
{
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    CLR_TRY(count_figures(file, txn));
    if (!books(file, txn)) return CLR_OK;
    CLR_TRY(clr_verify_obligation(verify, file->rules, txn, txn->issuer, txn->acquirer, txn->window, &key, &sum, &booked));
    return booked ? clr_cells_add(&file->cells, &key, &sum, 1) : CLR_OK;
}

enum clr_status clr_verify_count_move(struct clr_verify *verify, struct clr_verified_file *file, const struct clr_move *move)
{
    const struct clr_txn *const txn = &move->txn;
    CLR_TRY(count_figures(file, txn));
    return books(file, txn) ? clr_verify_booking(verify, file->rules, move, txn->issuer, txn->acquirer, txn->window, &file->cells) : CLR_OK;
}

/* ---- one part ---- */

struct run_state {
    const struct clr_run *run;
    struct clr_run_day *day;  uint32_t day_count, day_capacity, day_last;     /* counted again */
    uint64_t *key_hash;                  /* of one part */
    uint8_t *index;                      /* fingerprints built again */
    uint64_t before;                     /* key hash of the row before, in the same partition */
};

static enum clr_status count_day(struct run_state *state, clr_day day)
{
    if (state->day_last >= state->day_count || state->day[state->day_last].day != day)
        for (state->day_last = 0; state->day_last < state->day_count && state->day[state->day_last].day != day;) state->day_last++;
    if (state->day_last == state->day_count) {
        if (state->day_count == state->day_capacity) {
            const uint32_t capacity = state->day_capacity * 2 + 16;
            struct clr_run_day *const grown = realloc(state->day, capacity * sizeof *grown);
            if (grown == NULL) return CLR_FULL;
            state->day = grown;
            state->day_capacity = capacity;
        }
        state->day[state->day_count++] = (struct clr_run_day){ day, 0 };
    }
    state->day[state->day_last].rows++;
    return CLR_OK;
}

/** @return CLR_DAMAGED when the row cannot be what was stored */
static enum clr_status verify_row(struct clr_verify *verify, struct run_state *state, struct clr_txn *txn, uint64_t number, uint32_t *pending)
{
    if (txn->file >= state->run->file_count) return CLR_DAMAGED;
    txn->file = state->run->admission[txn->file];
    struct clr_verified_file *const file = clr_verify_file_of(verify, txn->file);
    if (file == NULL || number == 0 || number > file->file.first.records) return CLR_DAMAGED;
    if (txn->kind >= CLR_KIND_COUNT || txn->product >= CLR_PRODUCT_COUNT || txn->service >= CLR_SERVICE_COUNT || txn->amount_fen < 0) return CLR_DAMAGED;
    if (!clr_verify_party(verify, txn->issuer) || !clr_verify_party(verify, txn->acquirer)) return CLR_DAMAGED;
    const enum clr_verdict verdict = clr_verdict_of(txn->reasons);
    if (verdict == CLR_VERDICT_DUPLICATE || !clr_txn_has_identity(txn)) return CLR_DAMAGED;
    file->rows++;
    file->row_mix += clr_verify_mix(number, txn->reasons);
    *pending += verdict == CLR_VERDICT_PENDING || verdict == CLR_VERDICT_CONFLICT;
    CLR_TRY(count_day(state, txn->trade_day));
    struct clr_verified_record *const record = verify->record_count == 0 ? NULL : clr_verify_record_of(verify, clr_record_id_of(txn->file, number));
    if (record != NULL) {
        record->found = true;
        record->txn = *txn;
    }
    return verdict == CLR_VERDICT_ACCEPTED ? clr_verify_count(verify, file, txn) : CLR_OK;
}

static enum clr_status verify_rows_of(struct clr_verify *verify, struct run_state *state, const struct clr_part *part, const struct clr_segment *segment, uint32_t *pending)
{
    if (part->part == 0) state->before = 0;
    for (size_t row = 0; row < clr_segment_rows(segment); row++) {
        struct clr_txn txn;
        uint64_t number;
        if (clr_segment_get(segment, row, CLR_SEG_CARD) >= segment->card_count || clr_segment_get(segment, row, CLR_SEG_REASONS) >= segment->word_count) return CLR_DAMAGED;
        clr_segment_row(segment, row, &txn, &number);
        const uint64_t hash = clr_placement_hash(verify->seed, &txn);
        state->key_hash[row] = clr_key_hash(hash);
        if (clr_partition_of(hash, state->run->bits) != part->partition || state->key_hash[row] < state->before) return CLR_DAMAGED;
        state->before = state->key_hash[row];
        CLR_TRY(verify_row(verify, state, &txn, number, pending));
    }
    return CLR_OK;
}

static bool index_fits(struct run_state *state, const struct clr_part *part, struct clr_bytes idx)
{
    if (idx.size != clr_runindex_size(part->rows)) return false;
    clr_runindex_build(state->key_hash, part->rows, state->index);
    return memcmp(state->index, idx.data, idx.size) == 0;
}

static enum clr_status verify_part(struct clr_verify *verify, struct run_state *state, const struct clr_part *part)
{
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes row, idx;
    struct clr_segment segment;
    uint32_t pending = 0;
    clr_segment_key(state->run->id, part->partition, part->part, key);
    if (part->rows == 0 || part->rows > CLR_PART_ROWS) return CLR_DAMAGED;
    if (clr_tx_get_raw(&verify->tx, CLR_TABLE_row, key, sizeof key, &row, NULL) != CLR_OK) return CLR_NOT_FOUND;
    if (clr_tx_get_raw(&verify->tx, CLR_TABLE_idx, key, sizeof key, &idx, NULL) != CLR_OK) return CLR_NOT_FOUND;
    if (clr_segment_open(row, &segment) != CLR_OK || clr_segment_rows(&segment) != part->rows) return CLR_DAMAGED;
    CLR_TRY(verify_rows_of(verify, state, part, &segment, &pending));
    return pending == part->pending && state->key_hash[0] == part->first_key_hash && index_fits(state, part, idx) ? CLR_OK : CLR_DAMAGED;
}

/* ---- one run ---- */

static int by_day(const void *a, const void *b)
{
    const struct clr_run_day *const x = a, *const y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static bool days_fit(struct run_state *state)
{
    if (state->day_count != state->run->day_count) return false;
    if (state->day_count > 1) qsort(state->day, state->day_count, sizeof *state->day, by_day);
    for (uint32_t i = 0; i < state->day_count; i++)
        if (state->day[i].day != state->run->day[i].day || state->day[i].rows != state->run->day[i].rows) return false;
    return true;
}

/** Values of a run in `row` or `idx`: as many as the manifest lists, and they are looked up by key: so none is too many. */
static enum clr_status count_values(struct clr_verify *verify, enum clr_table table, uint64_t run, uint64_t *count)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t prefix[8];
    enum clr_status status;
    *count = 0;
    clr_put_be64(prefix, run);
    CLR_TRY(clr_scan_open(&verify->tx, table, prefix, sizeof prefix, &scan, NULL));
    scan.raw = true;
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) ++*count;
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status verify_parts(struct clr_verify *verify, struct run_state *state)
{
    const struct clr_run *const run = state->run;
    for (uint32_t i = 0; i < run->part_count && !clr_stop_requested(); i++) {
        const enum clr_status status = verify_part(verify, state, &run->part[i]);
        if (status == CLR_OK) continue;
        if (status == CLR_FULL) return status;
        clr_verify_say(verify, status == CLR_NOT_FOUND ? "run %llu: partition %u part %u is listed but lacks its rows or obligations' parties"
                                                       : "run %llu: partition %u part %u does not hold what its manifest, file or index say (%s)",
                       status == CLR_NOT_FOUND ? "批次 %llu：分区 %u 第 %u 段已登记，但缺少行或参与方" : "批次 %llu：分区 %u 第 %u 段与清单、文件或索引不符（%s）",
                       (unsigned long long)run->id, run->part[i].partition, run->part[i].part, clr_status_text(status));
    }
    return CLR_OK;
}

static enum clr_status verify_run(struct clr_verify *verify, struct run_state *state)
{
    const struct clr_run *const run = state->run;
    uint64_t rows, indexes;
    CLR_TRY(verify_parts(verify, state));
    CLR_TRY(count_values(verify, CLR_TABLE_row, run->id, &rows));
    CLR_TRY(count_values(verify, CLR_TABLE_idx, run->id, &indexes));
    if (rows != run->part_count || indexes != run->part_count)
        clr_verify_say(verify, "run %llu lists %u parts; table row has %llu, table idx %llu", "批次 %llu 登记 %u 段；数据表 row 有 %llu 段，idx 有 %llu 段",
                       (unsigned long long)run->id, run->part_count, (unsigned long long)rows, (unsigned long long)indexes);
    if (!days_fit(state)) clr_verify_say(verify, "run %llu: its days are not those of its rows", "批次 %llu：登记的日期与各行不符", (unsigned long long)run->id);
    return CLR_OK;
}

static enum clr_status verify_manifest(struct clr_verify *verify, const struct clr_run *run, uint64_t *parts)
{
    struct run_state state = { .run = run };
    verify->counts.runs++;
    *parts += run->part_count;
    state.key_hash = malloc(CLR_PART_ROWS * sizeof *state.key_hash);
    state.index = malloc(clr_runindex_size(CLR_PART_ROWS));
    const enum clr_status status = state.key_hash != NULL && state.index != NULL ? verify_run(verify, &state) : CLR_FULL;
    free(state.key_hash);
    free(state.index);
    free(state.day);
    return status;
}

/** Segments of runs that no manifest names. */
static enum clr_status verify_strays(struct clr_verify *verify, enum clr_table table, uint64_t listed)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint64_t count = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, table, NULL, 0, &scan, NULL));
    scan.raw = true;
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) count++;
    clr_scan_close(&scan);
    if (count != listed)
        clr_verify_say(verify, "table %s has %llu parts, the manifests list %llu", "数据表 %s 有 %llu 段，清单共登记 %llu 段", clr_table_name(table),
                       (unsigned long long)count, (unsigned long long)listed);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status verify_runs(struct clr_verify *verify, uint64_t *parts, bool *building)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_run, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK && !clr_stop_requested()) {
        struct clr_run run;
        status = clr_run_unpack(key, value, &run);
        if (status == CLR_FULL) break;
        if (status != CLR_OK) {
            clr_verify_say(verify, "run %llu: its manifest cannot be understood", "批次 %llu：清单无法解读", (unsigned long long)clr_get_be64(key.data));
            continue;
        }
        verify->run_last = run.id;
        *building |= run.state != CLR_RUN_READY;
        if (run.state == CLR_RUN_READY) status = verify_manifest(verify, &run, parts);
        clr_run_free(&run);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_verify_rows(struct clr_verify *verify)
{
    uint64_t parts = 0, next;
    bool building = false;
    CLR_TRY(verify_runs(verify, &parts, &building));
    CLR_TRY(clr_meta_get(&verify->tx, CLR_META_NEXT_RUN, 0, &next, NULL));
    if (next <= verify->run_last) clr_verify_say(verify, "the next run's number is taken already", "下一批次号已被占用");
    if (building || clr_stop_requested()) return CLR_OK;      /* what a killed command left is swept by the next one that writes */
    CLR_TRY(verify_strays(verify, CLR_TABLE_row, parts));
    return verify_strays(verify, CLR_TABLE_idx, parts);
}
