#include "store/events.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/files.h"
#include "store/pack.h"
#include "store/store.h"

struct clr_term clr_cause_term(unsigned cause)
{
    switch (cause) {
#define X(name, number, text, zh, en) case number: return (struct clr_term){ text, zh, en };
    CLR_CAUSE_LIST(X)
#undef X
    default: return (struct clr_term){ "?", "?", "?" };
    }
}

static enum clr_status put_event(struct clr_tx *tx, const struct clr_event *event, struct clr_fault *fault)
{
    struct clr_pack pack = { 0 };
    uint8_t key[8];
    clr_put_be64(key, event->number);
    clr_pack_u64(&pack, event->record);
    clr_pack_u64(&pack, event->from);
    clr_pack_u64(&pack, event->to);
    clr_pack_u64(&pack, event->link);
    clr_pack_u64(&pack, (uint64_t)event->stamp);
    clr_pack_u32(&pack, (uint32_t)event->window);
    clr_pack_u8(&pack, event->cause);
    clr_pack_text(&pack, event->text != NULL ? event->text : "");
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_event, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_event_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_event *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size != 8) return CLR_DAMAGED;
    out->number = clr_get_be64(key.data);
    out->record = clr_unpack_u64(&unpack);
    out->from = clr_unpack_u64(&unpack);
    out->to = clr_unpack_u64(&unpack);
    out->link = clr_unpack_u64(&unpack);
    out->stamp = (int64_t)clr_unpack_u64(&unpack);
    out->window = (clr_day)clr_unpack_u32(&unpack);
    out->cause = clr_unpack_u8(&unpack);
    out->text = clr_unpack_text(&unpack);
    if (!unpack.bad && unpack.at == value.size) return CLR_OK;
    free(out->text);
    out->text = NULL;
    return CLR_DAMAGED;
}

static enum clr_status put_latest(struct clr_tx *tx, const struct clr_event *event, struct clr_fault *fault)
{
    uint8_t key[8], value[20];
    clr_put_be64(key, event->record);
    memcpy(value, &event->number, 8);
    memcpy(value + 8, &event->to, 8);
    memcpy(value + 16, &event->window, 4);
    return clr_tx_put(tx, CLR_TABLE_evof, key, sizeof key, value, sizeof value, fault);
}

enum clr_status clr_event_latest(struct clr_tx *tx, clr_record_id record, uint64_t *reasons, uint64_t *event, clr_day *window, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    clr_put_be64(key, record);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_evof, key, sizeof key, &value, fault));
    if (value.size != 20) return CLR_DAMAGED;
    memcpy(event, value.data, 8);
    memcpy(reasons, value.data + 8, 8);
    memcpy(window, value.data + 16, 4);
    return CLR_OK;
}

static enum clr_status move_figures(struct clr_tx *tx, const struct clr_event *event, enum clr_kind kind, clr_fen amount_fen, uint32_t command, struct clr_fault *fault)
{
    struct clr_file file;
    CLR_TRY(clr_file_get(tx, clr_record_id_admission(event->record), &file, fault));
    enum clr_status status = clr_figures_move(&file.current, event->from, event->to, kind, amount_fen);
    if (status == CLR_OK && command != 0 && file.command == command) status = clr_figures_move(&file.first, event->from, event->to, kind, amount_fen);
    if (status == CLR_OK) status = clr_file_put(tx, &file, fault);
    clr_file_free(&file);
    return status;
}

enum clr_status clr_event_put(struct clr_tx *tx, struct clr_event *event, enum clr_kind kind, clr_fen amount_fen,
                              const struct clr_cells *cells, uint32_t command, struct clr_fault *fault)
{
    uint64_t last;
    CLR_TRY(clr_meta_get(tx, CLR_META_EVENTS, 0, &last, fault));
    event->number = last + 1;
    CLR_TRY(clr_meta_put(tx, CLR_META_EVENTS, event->number, fault));
    CLR_TRY(put_event(tx, event, fault));
    CLR_TRY(put_latest(tx, event, fault));
    CLR_TRY(move_figures(tx, event, kind, amount_fen, command, fault));
    return cells != NULL ? clr_positions_add(tx, 'e', event->number, cells, fault) : CLR_OK;
}

/* ---- as of ---- */

#define SEEN "events-seen."
#define SEEN_KEY_SIZE (sizeof SEEN - 1 + 8)

static void seen_key(uint32_t admission, char key[SEEN_KEY_SIZE + 1]) { snprintf(key, SEEN_KEY_SIZE + 1, SEEN "%08x", admission); }

enum clr_status clr_events_note(struct clr_tx *tx, uint32_t admission, uint64_t event, struct clr_fault *fault)
{
    char key[SEEN_KEY_SIZE + 1];
    seen_key(admission, key);
    return clr_meta_put(tx, key, event, fault);
}

enum clr_status clr_events_seen(struct clr_tx *tx, uint32_t admission, uint64_t *event, struct clr_fault *fault)
{
    char from[SEEN_KEY_SIZE + 1];
    struct clr_scan scan;
    struct clr_bytes key, value;
    seen_key(admission, from);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_meta, SEEN, sizeof SEEN - 1, &scan, fault));
    const enum clr_status status = clr_scan_seek(&scan, from, SEEN_KEY_SIZE, &key, &value, fault);
    *event = UINT64_MAX;
    if (status == CLR_OK && value.size == sizeof *event) memcpy(event, value.data, sizeof *event);
    clr_scan_close(&scan);
    if (status == CLR_OK && value.size != sizeof *event) return CLR_DAMAGED;
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- cells ---- */

static enum clr_status add_cell(struct clr_tx *tx, enum clr_table table, const uint8_t *key, size_t key_size, const struct clr_cell_sum *sum, struct clr_fault *fault)
{
    struct clr_cell_sum total = { 0 };
    struct clr_bytes value;
    uint8_t packed[CLR_CELL_SUM_SIZE];
    const enum clr_status status = clr_tx_get(tx, table, key, key_size, &value, fault);
    if (status == CLR_OK && value.size != CLR_CELL_SUM_SIZE) return CLR_DAMAGED;
    if (status == CLR_OK) clr_cell_sum_unpack(value.data, &total);
    else if (status != CLR_NOT_FOUND) return status;
    CLR_TRY(clr_cell_sum_add(&total, sum, 1));
    clr_cell_sum_pack(&total, packed);
    return clr_tx_put(tx, table, key, key_size, packed, sizeof packed, fault);
}

enum clr_status clr_positions_add(struct clr_tx *tx, char source, uint64_t number, const struct clr_cells *cells, struct clr_fault *fault)
{
    size_t count;
    uint8_t key[9 + CLR_CELL_KEY_SIZE] = { (uint8_t)source };
    enum clr_status status = CLR_OK;

    if (cells->count == 0) return CLR_OK;
    const struct clr_cell **const sorted = clr_cells_sorted(cells, &count);
    if (sorted == NULL) return CLR_FULL;
    clr_put_be64(key + 1, number);
    for (size_t i = 0; i < count && status == CLR_OK; i++) {
        clr_cell_key_pack(&sorted[i]->key, key + 9);
        status = add_cell(tx, CLR_TABLE_delta, key, sizeof key, &sorted[i]->sum, fault);
        if (status == CLR_OK) status = add_cell(tx, CLR_TABLE_pos, key + 9, CLR_CELL_KEY_SIZE, &sorted[i]->sum, fault);
    }
    free(sorted);
    return status;
}
