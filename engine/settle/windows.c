#include "settle/windows.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/files.h"
#include "store/pack.h"

static void window_key(struct clr_window_key window, uint8_t key[5])
{
    key[0] = window.product;
    clr_put_be32(key + 1, (uint32_t)window.day ^ 0x80000000u);
}

static int compare_windows(const struct clr_window_key *a, uint8_t product, clr_day day)
{
    if (a->product != product) return a->product < product ? -1 : 1;
    return (a->day > day) - (a->day < day);
}

void clr_window_list_free(struct clr_window_list *list)
{
    free(list->item);
    memset(list, 0, sizeof *list);
}

/** Place of a window, or where it belongs. */
static size_t window_place(const struct clr_window_list *list, uint8_t product, clr_day day, bool *there)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (compare_windows(&list->item[middle], product, day) < 0) low = middle + 1;
        else high = middle;
    }
    *there = low < list->count && compare_windows(&list->item[low], product, day) == 0;
    return low;
}

enum clr_status clr_window_list_add(struct clr_window_list *list, uint8_t product, clr_day day)
{
    bool there;
    const size_t at = window_place(list, product, day, &there);
    if (there) return CLR_OK;
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity * 2 + 16;
        struct clr_window_key *const grown = realloc(list->item, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        list->item = grown;
        list->capacity = capacity;
    }
    memmove(list->item + at + 1, list->item + at, (list->count - at) * sizeof *list->item);
    list->item[at] = (struct clr_window_key){ product, day };
    list->count++;
    return CLR_OK;
}

static bool wanted(int product, clr_day through, uint8_t p, clr_day day)
{
    return (product == CLR_ALL_PRODUCTS || product == (int)p) && (through == CLR_DAY_NONE || day <= through);
}

static enum clr_status list_keyed(struct clr_tx *tx, enum clr_table table, int product, clr_day through, struct clr_window_list *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, table, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        const clr_day day = (clr_day)(clr_get_be32(key.data + 1) ^ 0x80000000u);       /* cells and windows begin with (product, day) */
        if (wanted(product, through, key.data[0], day)) status = clr_window_list_add(out, key.data[0], day);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status list_files(struct clr_tx *tx, int product, clr_day through, struct clr_window_list *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        if (file.window != CLR_DAY_NONE && wanted(product, through, file.product, file.window)) status = clr_window_list_add(out, file.product, file.window);
        clr_file_free(&file);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_windows_list(struct clr_tx *tx, int product, clr_day through, struct clr_window_list *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    CLR_TRY(list_keyed(tx, CLR_TABLE_pos, product, through, out, fault));
    CLR_TRY(list_keyed(tx, CLR_TABLE_win, product, through, out, fault));
    return list_files(tx, product, through, out, fault);
}

/* ---- states ---- */

enum clr_status clr_window_state_put(struct clr_tx *tx, struct clr_window_key window, enum clr_window_state state, uint64_t settlement, struct clr_fault *fault)
{
    uint8_t key[5], value[17];
    uint64_t stamp;
    window_key(window, key);
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &stamp, fault));
    value[0] = (uint8_t)state;
    memcpy(value + 1, &settlement, 8);
    memcpy(value + 9, &stamp, 8);
    return clr_tx_put(tx, CLR_TABLE_win, key, sizeof key, value, sizeof value, fault);
}

static void through_name(enum clr_product product, char name[64]) { snprintf(name, 64, "closed-through.%s", clr_product_term(product).name); }

enum clr_status clr_closed_through(struct clr_tx *tx, enum clr_product product, clr_day *out, struct clr_fault *fault)
{
    char name[64];
    uint64_t day;
    through_name(product, name);
    CLR_TRY(clr_meta_get(tx, name, (uint64_t)(int64_t)CLR_DAY_NONE, &day, fault));
    *out = (clr_day)(int64_t)day;
    return CLR_OK;
}

enum clr_status clr_closed_through_put(struct clr_tx *tx, enum clr_product product, clr_day day, struct clr_fault *fault)
{
    char name[64];
    through_name(product, name);
    return clr_meta_put(tx, name, (uint64_t)(int64_t)day, fault);
}

enum clr_status clr_store_window_state(struct clr_tx *tx, enum clr_product product, clr_day day, enum clr_window_state *out, struct clr_fault *fault)
{
    uint8_t key[5];
    struct clr_bytes value;
    clr_day through;
    window_key((struct clr_window_key){ (uint8_t)product, day }, key);
    CLR_TRY(clr_closed_through(tx, product, &through, fault));
    *out = through != CLR_DAY_NONE && day <= through ? CLR_WINDOW_SETTLED : CLR_WINDOW_OPEN;
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_win, key, sizeof key, &value, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    if (status == CLR_OK) *out = value.size > 0 && value.data[0] < CLR_WINDOW_STATE_COUNT ? (enum clr_window_state)value.data[0] : CLR_WINDOW_OPEN;
    return status;
}

enum clr_status clr_window_row_get(struct clr_tx *tx, struct clr_window_key window, enum clr_window_state *state, uint64_t *settlement, struct clr_fault *fault)
{
    uint8_t key[5];
    struct clr_bytes value;
    window_key(window, key);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_win, key, sizeof key, &value, fault));
    if (value.size != 17 || value.data[0] >= CLR_WINDOW_STATE_COUNT) return CLR_DAMAGED;
    *state = (enum clr_window_state)value.data[0];
    memcpy(settlement, value.data + 1, 8);
    return CLR_OK;
}

/* ---- settlements ---- */

enum clr_status clr_settlement_put(struct clr_tx *tx, const struct clr_settlement *settlement, struct clr_fault *fault)
{
    struct clr_pack pack = { 0 };
    uint8_t key[8];
    clr_put_be64(key, settlement->number);
    clr_pack_u32(&pack, (uint32_t)settlement->day);
    clr_pack_u32(&pack, (uint32_t)settlement->product);
    clr_pack_u8(&pack, settlement->done);
    clr_pack_u32(&pack, settlement->rules_version);
    clr_pack_u64(&pack, settlement->promoted);
    clr_pack_u64(&pack, settlement->expired);
    clr_pack_u64(&pack, settlement->superseded);
    clr_pack_u32(&pack, settlement->output_count);
    clr_pack_bytes(&pack, settlement->output, settlement->output_count * (size_t)CLR_DIGEST_SIZE);
    clr_pack_u32(&pack, (uint32_t)settlement->windows.count);
    for (size_t i = 0; i < settlement->windows.count; i++) {
        clr_pack_u8(&pack, settlement->windows.item[i].product);
        clr_pack_u32(&pack, (uint32_t)settlement->windows.item[i].day);
    }
    clr_pack_bytes(&pack, settlement->keys, CLR_KEYS_DIGEST_SIZE);
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_setl, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

static enum clr_status settlement_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_settlement *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    out->number = clr_get_be64(key.data);
    out->day = (clr_day)clr_unpack_u32(&unpack);
    out->product = (int)clr_unpack_u32(&unpack);
    out->done = clr_unpack_u8(&unpack) != 0;
    out->rules_version = clr_unpack_u32(&unpack);
    out->promoted = clr_unpack_u64(&unpack);
    out->expired = clr_unpack_u64(&unpack);
    out->superseded = clr_unpack_u64(&unpack);
    out->output_count = clr_unpack_u32(&unpack);
    if (unpack.bad || out->output_count > CLR_SETTLE_OUTPUTS) return CLR_DAMAGED;
    clr_unpack_bytes(&unpack, out->output, out->output_count * (size_t)CLR_DIGEST_SIZE);
    const uint32_t count = clr_unpack_u32(&unpack);
    for (uint32_t i = 0; i < count && !unpack.bad; i++) {
        const uint8_t product = clr_unpack_u8(&unpack);
        const enum clr_status status = clr_window_list_add(&out->windows, product, (clr_day)clr_unpack_u32(&unpack));
        if (status != CLR_OK) {
            clr_window_list_free(&out->windows);
            return status;
        }
    }
    if (!unpack.bad && unpack.at < value.size) clr_unpack_bytes(&unpack, out->keys, CLR_KEYS_DIGEST_SIZE);
    if (!unpack.bad) return CLR_OK;
    clr_window_list_free(&out->windows);
    return CLR_DAMAGED;
}

enum clr_status clr_settlement_get(struct clr_tx *tx, uint64_t number, struct clr_settlement *out, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    clr_put_be64(key, number);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_setl, key, sizeof key, &value, fault));
    return settlement_unpack(clr_bytes_of(key, sizeof key), value, out);
}

enum clr_status clr_settlement_find(struct clr_tx *tx, bool unfinished, clr_day day, int product, struct clr_settlement *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    bool found = false;
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_setl, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_settlement one;
        status = settlement_unpack(key, value, &one);
        if (status != CLR_OK) break;
        if (unfinished ? !one.done : (one.day == day && one.product == product)) {
            clr_window_list_free(&out->windows);
            *out = one;
            found = true;
        } else {
            clr_window_list_free(&one.windows);
        }
    }
    clr_scan_close(&scan);
    if (status == CLR_NOT_FOUND) return found ? CLR_OK : CLR_NOT_FOUND;
    clr_window_list_free(&out->windows);
    return status;
}

/* ---- cells ---- */

static enum clr_status add_cell(struct clr_cell_list *list, size_t *capacity, const uint8_t *key, struct clr_bytes value)
{
    if (value.size != CLR_CELL_SUM_SIZE) return CLR_DAMAGED;
    if (list->count == *capacity) {
        *capacity = *capacity * 2 + 64;
        struct clr_cell *const grown = realloc(list->cell, *capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        list->cell = grown;
    }
    clr_cell_key_unpack(key, &list->cell[list->count].key);
    clr_cell_sum_unpack(value.data, &list->cell[list->count].sum);
    list->count++;
    return CLR_OK;
}

static enum clr_status point(struct clr_cell_list *list)
{
    list->pointer = malloc((list->count + 1) * sizeof *list->pointer);
    if (list->pointer == NULL) return CLR_FULL;
    for (size_t i = 0; i < list->count; i++) list->pointer[i] = &list->cell[i];
    return CLR_OK;
}

static bool in_list(const struct clr_window_list *windows, const uint8_t *cell_key)
{
    bool there = true;
    if (windows != NULL) window_place(windows, cell_key[0], (clr_day)(clr_get_be32(cell_key + 1) ^ 0x80000000u), &there);
    return there;
}

enum clr_status clr_cells_of_windows(struct clr_tx *tx, const struct clr_window_list *windows, struct clr_cell_list *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pos, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        if (key.size != CLR_CELL_KEY_SIZE) status = CLR_DAMAGED;
        else if (in_list(windows, key.data)) status = add_cell(out, &capacity, key.data, value);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? point(out) : status;
}

static enum clr_status sum_deltas(struct clr_tx *tx, const struct clr_window_list *windows, uint32_t admission, uint64_t event, struct clr_cells *sums, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_delta, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_cell_key cell;
        struct clr_cell_sum sum;
        if (key.size != 9 + CLR_CELL_KEY_SIZE || value.size != CLR_CELL_SUM_SIZE) {
            status = CLR_DAMAGED;
            break;
        }
        const uint64_t number = clr_get_be64(key.data + 1);
        if (number > (key.data[0] == 'f' ? (uint64_t)admission : event) || !in_list(windows, key.data + 9)) continue;
        clr_cell_key_unpack(key.data + 9, &cell);
        clr_cell_sum_unpack(value.data, &sum);
        status = clr_cells_add(sums, &cell, &sum, 1);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_cells_of_deltas(struct clr_tx *tx, const struct clr_window_list *windows, uint32_t admission, uint64_t event, struct clr_cell_list *out, struct clr_fault *fault)
{
    struct clr_cells sums;
    size_t count = 0;
    memset(out, 0, sizeof *out);
    clr_cells_init(&sums);
    enum clr_status status = sum_deltas(tx, windows, admission, event, &sums, fault);
    const struct clr_cell **const sorted = status == CLR_OK ? clr_cells_sorted(&sums, &count) : NULL;
    if (status == CLR_OK && sorted == NULL) status = CLR_FULL;
    if (status == CLR_OK) out->cell = malloc((count + 1) * sizeof *out->cell);
    if (status == CLR_OK && out->cell == NULL) status = CLR_FULL;
    for (size_t i = 0; status == CLR_OK && i < count; i++) out->cell[out->count++] = *sorted[i];
    free(sorted);
    clr_cells_free(&sums);
    return status == CLR_OK ? point(out) : status;
}

void clr_cell_list_free(struct clr_cell_list *list)
{
    free(list->cell);
    free(list->pointer);
    memset(list, 0, sizeof *list);
}
