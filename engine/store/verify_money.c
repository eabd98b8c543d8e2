/* Deltas against files and events, running positions against deltas, the journal against positions. */
#include <stdio.h>
#include <stdlib.h>

#include "settle/read.h"
#include "store/verify.h"

static void say_cell(struct clr_verify *verify, const struct clr_cell_key *key, const char *en, const char *zh)
{
    char day[CLR_DAY_TEXT_SIZE];
    const char *const product = clr_product_term(key->product).name;
    const char *const issuer = clr_party_text(&verify->store.parties, key->issuer), *const acquirer = clr_party_text(&verify->store.parties, key->acquirer);
    clr_day_text(key->window, day);
    clr_verify_say(verify, "%s window %s, %s and %s, %s%.0s: %s%.0s", "产品 %s 窗口 %s，%s 与 %s，%.0s%s：%.0s%s", product, day, issuer, acquirer,
                   clr_kind_term(key->kind).name, clr_kind_term(key->kind).zh, en, zh);
}

/** Are the cells all zero? Says the first that is not. */
static enum clr_status expect_zero(struct clr_verify *verify, const struct clr_cells *cells, const char *en, const char *zh)
{
    size_t count;
    if (cells->count == 0) return CLR_OK;
    const struct clr_cell **const sorted = clr_cells_sorted(cells, &count);
    if (sorted == NULL) return CLR_FULL;
    if (count > 0) say_cell(verify, &sorted[0]->key, en, zh);
    free(sorted);
    return CLR_OK;
}

/* ---- deltas ---- */

/** Obligations of a file are counted again from its accepted records; those of refunds and the like by the rules of their originals. */
static enum clr_status verify_file_delta(struct clr_verify *verify, uint64_t number, const struct clr_cell_key *key, const struct clr_cell_sum *sum)
{
    struct clr_verified_file *const file = number <= CLR_ADMISSION_MAX ? clr_verify_file_of(verify, (uint32_t)number) : NULL;
    const bool of_original = file != NULL && file->is_moves && key->kind != CLR_KIND_PURCHASE && key->kind != CLR_KIND_LOAD;
    if (file == NULL || (key->rules_version != file->file.rules_version && !of_original)) {
        say_cell(verify, key, "table delta has an obligation of a file that is not there, or of other rules", "数据表 delta 中有不存在的文件或其他规则版本的债务");
        return CLR_OK;
    }
    return clr_cells_add(&file->cells, key, sum, -1);
}

static bool same_cell(const struct clr_cell_key *key, const struct clr_cell_sum *sum, const struct clr_cell_key *other, const struct clr_cell_sum *other_sum)
{
    uint8_t packed[2][CLR_CELL_KEY_SIZE], packed_sum[2][CLR_CELL_SUM_SIZE];
    clr_cell_key_pack(key, packed[0]);
    clr_cell_key_pack(other, packed[1]);
    clr_cell_sum_pack(sum, packed_sum[0]);
    clr_cell_sum_pack(other_sum, packed_sum[1]);
    return memcmp(packed[0], packed[1], sizeof packed[0]) == 0 && memcmp(packed_sum[0], packed_sum[1], sizeof packed_sum[0]) == 0;
}

static enum clr_status verify_trade_event(struct clr_verify *verify, const struct clr_verified_record *record, const struct clr_event *event,
                                          const struct clr_cell_key *key, const struct clr_cell_sum *sum)
{
    const struct clr_rules *rules;
    struct clr_cell_key again;
    struct clr_cell_sum again_sum;
    bool booked;
    if (clr_store_rules_get(&verify->store, key->rules_version, &rules, NULL) != CLR_OK) return CLR_DAMAGED;
    CLR_TRY(clr_verify_obligation(verify, rules, &record->txn, key->issuer, key->acquirer, event->window, &again, &again_sum, &booked));
    return booked && same_cell(key, sum, &again, &again_sum) ? CLR_OK : CLR_DAMAGED;
}

/** Obligations that the event has in the table. */
static enum clr_status count_deltas(struct clr_verify *verify, uint64_t number, size_t *out)
{
    uint8_t prefix[9] = { 'e' };
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    *out = 0;
    clr_put_be64(prefix + 1, number);
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) ++*out;
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** A move may owe several: each must be one of those that it makes, and there must be as many. Parties that no format asked for are not named. */
static enum clr_status verify_move_event(struct clr_verify *verify, const struct clr_verified_record *record, const struct clr_event *event,
                                         const struct clr_cell_key *key, const struct clr_cell_sum *sum)
{
    const struct clr_rules *rules;
    struct clr_move move;
    struct clr_cells cells;
    size_t count = 0, stored;
    bool found = false;
    if (clr_store_rules_get(&verify->store, key->rules_version, &rules, NULL) != CLR_OK) return CLR_DAMAGED;
    CLR_TRY(count_deltas(verify, event->number, &stored));
    CLR_TRY(clr_move_get(&verify->tx, record->id, &move, NULL));
    clr_cells_init(&cells);
    const bool plain = clr_move_is_plain(&move);
    enum clr_status status = clr_verify_booking(verify, rules, &move, plain || move.txn.issuer != CLR_PARTY_NONE ? key->issuer : CLR_PARTY_NONE,
                                                plain || move.txn.acquirer != CLR_PARTY_NONE ? key->acquirer : CLR_PARTY_NONE, event->window, &cells);
    clr_move_free(&move);
    const struct clr_cell **const sorted = status == CLR_OK ? clr_cells_sorted(&cells, &count) : NULL;
    if (status == CLR_OK && sorted == NULL) status = CLR_FULL;
    for (size_t i = 0; i < count; i++) found |= same_cell(key, sum, &sorted[i]->key, &sorted[i]->sum);
    free(sorted);
    clr_cells_free(&cells);
    return status != CLR_OK || (found && count == stored) ? status : CLR_DAMAGED;
}

/** An event books one accepted record: its obligations under the rules and parties that the cell names. */
static enum clr_status verify_event_delta(struct clr_verify *verify, uint64_t number, const struct clr_cell_key *key, const struct clr_cell_sum *sum)
{
    struct clr_bytes value, event_key;
    struct clr_event event;
    uint8_t be[8];
    clr_put_be64(be, number);
    event_key = clr_bytes_of(be, sizeof be);
    if (clr_tx_get(&verify->tx, CLR_TABLE_event, be, sizeof be, &value, NULL) != CLR_OK || clr_event_unpack(event_key, value, &event) != CLR_OK) return CLR_DAMAGED;
    free(event.text);
    struct clr_verified_record *const record = clr_verify_record_of(verify, event.record);
    if (record != NULL) record->booked = true;
    if (record == NULL || !record->found || clr_verdict_of(event.to) != CLR_VERDICT_ACCEPTED || clr_verdict_of(event.from) == CLR_VERDICT_ACCEPTED) return CLR_DAMAGED;
    if (key->window != event.window || key->product != record->txn.product || key->kind != record->txn.kind) return CLR_DAMAGED;
    if (key->kind != CLR_KIND_PURCHASE && key->kind != CLR_KIND_LOAD) return CLR_OK;         /* clr_verify_refunds has compared it */

    const struct clr_verified_file *const file = clr_verify_file_of(verify, clr_record_id_admission(event.record));
    return file != NULL && file->is_moves ? verify_move_event(verify, record, &event, key, sum) : verify_trade_event(verify, record, &event, key, sum);
}

static enum clr_status verify_delta(struct clr_verify *verify, struct clr_bytes delta_key, struct clr_bytes value, struct clr_cells *total)
{
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    if (value.size != CLR_CELL_SUM_SIZE) {
        clr_verify_say(verify, "table delta: a sum has %zu bytes", "数据表 delta：有合计为 %zu 字节", value.size);
        return CLR_OK;
    }
    clr_cell_key_unpack(delta_key.data + 9, &key);
    clr_cell_sum_unpack(value.data, &sum);
    const uint64_t number = clr_get_be64(delta_key.data + 1);
    enum clr_status status = CLR_DAMAGED;
    if (delta_key.data[0] == 'f') status = verify_file_delta(verify, number, &key, &sum);
    else if (delta_key.data[0] == 'e') status = verify_event_delta(verify, number, &key, &sum);
    if (status == CLR_FULL) return status;
    if (status != CLR_OK) say_cell(verify, &key, "table delta: the obligation is not that of its event or file", "数据表 delta：债务与其事件或文件不符");
    return clr_cells_add(total, &key, &sum, 1);
}

static enum clr_status walk_deltas(struct clr_verify *verify, struct clr_cells *total)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_delta, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        status = verify_delta(verify, key, value, total);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status take_positions(struct clr_verify *verify, struct clr_cells *total)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_pos, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_cell_key cell;
        struct clr_cell_sum sum;
        if (value.size != CLR_CELL_SUM_SIZE) {
            clr_verify_say(verify, "table pos: a sum has %zu bytes", "数据表 pos：有合计为 %zu 字节", value.size);
            continue;
        }
        clr_cell_key_unpack(key.data, &cell);
        clr_cell_sum_unpack(value.data, &sum);
        status = clr_cells_add(total, &cell, &sum, -1);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status compare_files(struct clr_verify *verify)
{
    char en[80], zh[80];
    for (uint32_t i = 0; i < verify->file_count; i++) {
        const struct clr_verified_file *const file = &verify->file[i];
        if (file->file.admission == 0 || file->rules == NULL) continue;
        snprintf(en, sizeof en, "table delta differs from the records of file r%u", i);
        snprintf(zh, sizeof zh, "数据表 delta 与文件 r%u 的记录不符", i);
        CLR_TRY(expect_zero(verify, &file->cells, en, zh));
    }
    return CLR_OK;
}

/** A purchase or load that came to count by an event owes, unless it is of 0 fen or of a purse that never does. */
static void expect_booked(struct clr_verify *verify)
{
    for (size_t i = 0; i < verify->record_count; i++) {
        const struct clr_verified_record *const record = &verify->record[i];
        const struct clr_trade trade = { .kind = (enum clr_kind)record->txn.kind, .flags = record->txn.flags };
        char text[CLR_RECORD_ID_TEXT_SIZE];
        if (!record->found || record->booked || clr_verdict_of(record->now) != CLR_VERDICT_ACCEPTED) continue;
        if (record->txn.amount_fen == 0 || !clr_trade_owes(&trade)) continue;
        clr_verify_say(verify, "record %s came to count, but table delta has no obligation of it", "记录 %s 后来被接受，但数据表 delta 中没有其债务", clr_record_id_text(record->id, text));
    }
}

enum clr_status clr_verify_money(struct clr_verify *verify)
{
    struct clr_cells total;
    clr_cells_init(&total);
    enum clr_status status = walk_deltas(verify, &total);
    if (status == CLR_OK) status = compare_files(verify);
    if (status == CLR_OK) expect_booked(verify);
    if (status == CLR_OK) status = take_positions(verify, &total);
    if (status == CLR_OK) status = expect_zero(verify, &total, "the running position is not the sum of its deltas", "累计头寸不等于各项变动之和");
    clr_cells_free(&total);
    if (status == CLR_OVERFLOW) {
        clr_verify_say(verify, "sums of obligations leave the range of amounts", "债务合计超出金额范围");
        return CLR_OK;
    }
    return status;
}

/* ---- journal ---- */

/** Windows whose journal is written. */
static enum clr_status list_booked(struct clr_verify *verify, struct clr_window_list *out)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_win, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        if (value.size == 0 || value.data[0] >= CLR_WINDOW_STATE_COUNT || key.data[0] >= CLR_PRODUCT_COUNT) {
            clr_verify_say(verify, "table win: a window has no such state or product", "数据表 win：窗口的状态或产品无效");
            continue;
        }
        if (value.data[0] < CLR_WINDOW_INSTRUCTED) continue;
        status = clr_window_list_add(out, key.data[0], (clr_day)(clr_get_be32(key.data + 1) ^ 0x80000000u));
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static bool unpack_line(struct clr_bytes key, struct clr_bytes value, struct clr_journal_line *out)
{
    uint64_t debit;
    uint32_t size;
    memset(out, 0, sizeof *out);
    if (key.size != 17 || value.size < 13) return false;
    out->product = key.data[0];
    out->window = (clr_day)(clr_get_be32(key.data + 1) ^ 0x80000000u);
    out->entry = clr_get_be64(key.data + 5);
    out->kind = value.data[0];
    memcpy(&debit, value.data + 1, 8);
    memcpy(&size, value.data + 9, 4);
    out->debit_fen = (clr_fen)debit;
    if (size >= sizeof out->account || value.size != 13 + (size_t)size) return false;
    memcpy(out->account, value.data + 13, size);
    return true;
}

static enum clr_status read_journal(struct clr_verify *verify, struct clr_journal_line **out, size_t *count)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_jrnl, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        if (*count == capacity) {
            capacity = capacity * 2 + 256;
            struct clr_journal_line *const grown = realloc(*out, capacity * sizeof *grown);
            if (grown == NULL) {
                status = CLR_FULL;
                break;
            }
            *out = grown;
        }
        if (unpack_line(key, value, &(*out)[*count])) ++*count;
        else clr_verify_say(verify, "table jrnl: a line cannot be understood", "数据表 jrnl：有无法解读的分录行");
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status compare_journal(struct clr_verify *verify, const struct clr_window_list *windows, const struct clr_journal_line *line, size_t count)
{
    struct clr_cell_list cells = { 0 };
    struct clr_ledger ledger = { 0 };
    struct clr_fault fault = { 0 };
    enum clr_status status = clr_cells_of_windows(&verify->tx, windows, &cells, &fault);
    if (status == CLR_OK) status = clr_ledger_of_cells(&verify->store, &verify->tx, &cells, CLR_LEVEL_PARTICIPANT, &ledger, &fault);
    if (status == CLR_OK) status = clr_ledger_check(&ledger, &fault);
    if (status == CLR_OK) status = clr_journal_check(line, count, &ledger, &fault);
    clr_ledger_free(&ledger);
    clr_cell_list_free(&cells);
    if (status == CLR_OK || status == CLR_FULL) return status;
    if (fault.en[0] == '\0') clr_fault_say(&fault, status, "%s%.0s", "%.0s%s", clr_status_text(status), "无法核对");
    clr_verify_say(verify, "journal of the closed windows: %.180s%.0s", "已关闭窗口的分录：%.0s%.180s", fault.en, fault.zh);
    return CLR_OK;
}

enum clr_status clr_verify_journal(struct clr_verify *verify)
{
    struct clr_window_list windows = { 0 };
    struct clr_journal_line *line = NULL;
    size_t count = 0;
    enum clr_status status = list_booked(verify, &windows);
    if (status == CLR_OK) status = read_journal(verify, &line, &count);
    if (status == CLR_OK && (windows.count > 0 || count > 0)) status = compare_journal(verify, &windows, line, count);
    clr_window_list_free(&windows);
    free(line);
    return status;
}
