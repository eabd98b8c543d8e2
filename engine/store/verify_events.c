/* Moves against their verdicts; events in order against what they changed: verdicts, look-ups, figures of files. */
#include <stdlib.h>

#include "ingest/check.h"
#include "store/verify.h"
#include "store/vmap.h"

/* ---- records that have events ---- */

static int by_id(const void *a, const void *b)
{
    const struct clr_verified_record *const x = a, *const y = b;
    return (x->id > y->id) - (x->id < y->id);
}

struct clr_verified_record *clr_verify_record_of(struct clr_verify *verify, clr_record_id id)
{
    const struct clr_verified_record wanted = { .id = id };
    return verify->record_count == 0 ? NULL : bsearch(&wanted, verify->record, verify->record_count, sizeof wanted, by_id);
}

/** From table evof: one entry a record, in order of their ids. */
enum clr_status clr_verify_list_events(struct clr_verify *verify)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_evof, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_exception first;
        const clr_record_id id = clr_get_be64(key.data);
        if (verify->record_count == capacity) {
            capacity = capacity * 2 + 256;
            struct clr_verified_record *const grown = realloc(verify->record, capacity * sizeof *grown);
            if (grown == NULL) {
                status = CLR_FULL;
                break;
            }
            verify->record = grown;
        }
        verify->record[verify->record_count] = (struct clr_verified_record){ .id = id, .window = CLR_DAY_NONE };
        if (clr_vmap_get(&verify->tx, id, &first, NULL) == CLR_OK) verify->record[verify->record_count].now = first.reasons;
        else clr_verify_say(verify, "table evof: record %llu of r%u does not exist", "数据表 evof：第 %llu 条记录（文件 r%u）不存在",
                            (unsigned long long)clr_record_id_number(id), clr_record_id_admission(id));
        verify->record_count++;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- moves ---- */

static enum clr_status verify_move(struct clr_verify *verify, const struct clr_move *move)
{
    const uint64_t number = clr_record_id_number(move->record);
    struct clr_verified_file *const file = clr_verify_file_of(verify, move->txn.file);
    struct clr_bytes value;
    uint8_t key[24];
    if (file == NULL || !file->is_moves || number == 0 || number > file->file.first.records || move->txn.amount_fen < 0) return CLR_DAMAGED;
    if (move->format != file->file.format) return CLR_DAMAGED;
    if (clr_verdict_of(move->txn.reasons) == CLR_VERDICT_DUPLICATE || !clr_txn_has_identity(&move->txn)) return CLR_DAMAGED;
    if (!clr_verify_party(verify, move->txn.issuer) || !clr_verify_party(verify, move->txn.acquirer)) return CLR_DAMAGED;
    clr_move_identity(verify->store.key, file->file.sender, move, key);
    clr_put_be64(key + 16, move->record);
    if (clr_tx_get(&verify->tx, CLR_TABLE_mvid, key, sizeof key, &value, NULL) != CLR_OK) return CLR_DAMAGED;
    file->rows++;
    file->row_mix += clr_verify_mix(number, move->txn.reasons);
    struct clr_verified_record *const record = clr_verify_record_of(verify, move->record);
    if (record != NULL) {
        record->found = true;
        record->txn = move->txn;
    }
    return clr_verdict_of(move->txn.reasons) == CLR_VERDICT_ACCEPTED ? clr_verify_count_move(verify, file, move) : CLR_OK;
}

/** Rows and moves found are those that the verdict maps ask for, each once, with the same reasons. */
static void compare_rows(struct clr_verify *verify)
{
    for (uint32_t i = 0; i < verify->file_count; i++) {
        const struct clr_verified_file *const file = &verify->file[i];
        if (file->file.admission == 0 || file->unsure || (file->rows == file->map_rows && file->row_mix == file->map_mix)) continue;
        if (file->rows != file->map_rows)
            clr_verify_say(verify, "file r%u: %llu records must have a row, %llu rows are there", "文件 r%u：应有 %llu 行，实有 %llu 行", i,
                           (unsigned long long)file->map_rows, (unsigned long long)file->rows);
        else clr_verify_say(verify, "file r%u: its rows are not those of its verdict map, or their reasons differ", "文件 r%u：各行与判定表不是同一批记录，或原因不同", i);
    }
}

enum clr_status clr_verify_moves(struct clr_verify *verify)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint64_t moves = 0, holders = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_move, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_move move;
        const clr_record_id id = clr_get_be64(key.data);
        status = clr_move_unpack(key, value, &move);
        if (status == CLR_OK) {
            status = verify_move(verify, &move);
            clr_move_free(&move);
        }
        moves++;
        if (status == CLR_FULL) break;
        if (status != CLR_OK) clr_verify_say(verify, "table move: record %llu of r%u is broken, or not found by its identity", "数据表 move：第 %llu 条记录（文件 r%u）损坏，或无法按标识找到",
                                             (unsigned long long)clr_record_id_number(id), clr_record_id_admission(id));
    }
    clr_scan_close(&scan);
    if (status != CLR_NOT_FOUND) return status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_mvid, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) holders++;
    clr_scan_close(&scan);
    if (holders != moves)
        clr_verify_say(verify, "table mvid has %llu entries for %llu moves", "数据表 mvid 有 %llu 条，资金变动有 %llu 条", (unsigned long long)holders, (unsigned long long)moves);
    compare_rows(verify);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- events ---- */

static bool first_figures_reached(struct clr_verified_file *file)
{
    return memcmp(&file->figures, &file->file.first, sizeof file->figures) == 0;
}

/** Apply an event. The first figures of a file hold its own command's events: they must show up on the way from first verdicts to now. */
static enum clr_status apply_event(struct clr_verify *verify, const struct clr_event *event, uint64_t number)
{
    struct clr_verified_record *const record = clr_verify_record_of(verify, event->record);
    struct clr_verified_file *const file = clr_verify_file_of(verify, clr_record_id_admission(event->record));
    if (event->number != number || record == NULL || file == NULL || record->now != event->from) return CLR_DAMAGED;
    record->now = event->to;
    record->event = number;
    record->window = event->window;
    if (!record->found || file->unsure) {
        file->unsure = true;
        return record->found ? CLR_OK : CLR_DAMAGED;
    }
    if (clr_figures_move(&file->figures, event->from, event->to, (enum clr_kind)record->txn.kind, record->txn.amount_fen) != CLR_OK) {
        file->unsure = true;
        return CLR_DAMAGED;
    }
    file->first_met |= first_figures_reached(file);
    return CLR_OK;
}

static enum clr_status walk_events(struct clr_verify *verify, uint64_t *events)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_event, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_event event;
        ++*events;
        status = clr_event_unpack(key, value, &event);
        if (status == CLR_FULL) break;
        if (status == CLR_OK) {
            status = apply_event(verify, &event, *events);
            free(event.text);
        }
        if (status != CLR_OK)
            clr_verify_say(verify, "event %llu is out of order, or does not begin where the record stood", "事件 %llu 次序错误，或与记录此前的判定不接续", (unsigned long long)*events);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static void compare_latest(struct clr_verify *verify)
{
    for (size_t i = 0; i < verify->record_count; i++) {
        const struct clr_verified_record *const record = &verify->record[i];
        uint64_t reasons, event;
        clr_day window;
        if (clr_event_latest(&verify->tx, record->id, &reasons, &event, &window, NULL) == CLR_OK && event == record->event && reasons == record->now &&
            window == record->window) continue;
        clr_verify_say(verify, "table evof: record %llu of r%u does not stand as its latest event says", "数据表 evof：第 %llu 条记录（文件 r%u）与其最后事件不符",
                       (unsigned long long)clr_record_id_number(record->id), clr_record_id_admission(record->id));
    }
}

static void compare_figures(struct clr_verify *verify)
{
    for (uint32_t i = 0; i < verify->file_count; i++) {
        const struct clr_verified_file *const file = &verify->file[i];
        if (file->file.admission == 0 || file->unsure) continue;
        if (!file->first_met)
            clr_verify_say(verify, "file r%u: its first figures are not those of its records", "文件 r%u：首次合计与各记录不符", i);
        if (memcmp(&file->figures, &file->file.current, sizeof file->figures) != 0)
            clr_verify_say(verify, "file r%u: its current figures are not its first ones and the events since", "文件 r%u：当前合计与首次判定加后续事件不符", i);
        if (file->window != file->file.window)
            clr_verify_say(verify, "file r%u: its window is not the earliest of its records", "文件 r%u：清算窗口不是其记录中最早的", i);
    }
}

enum clr_status clr_verify_events(struct clr_verify *verify)
{
    uint64_t events = 0, stored;
    for (uint32_t i = 0; i < verify->file_count; i++)
        if (verify->file[i].file.admission != 0) verify->file[i].first_met = first_figures_reached(&verify->file[i]);
    CLR_TRY(walk_events(verify, &events));
    CLR_TRY(clr_meta_get(&verify->tx, CLR_META_EVENTS, 0, &stored, NULL));
    if (stored != events)
        clr_verify_say(verify, "%llu events are there, the store counts %llu", "实有事件 %llu 个，登记 %llu 个", (unsigned long long)events, (unsigned long long)stored);
    compare_latest(verify);
    compare_figures(verify);
    return CLR_OK;
}
