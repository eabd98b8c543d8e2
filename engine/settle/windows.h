/*
 * windows.h: the states of settlement windows in the store.
 *
 *   table win   product8 day32^2^31 → state u8, settlement number u64, stamp i64 (store's last stamp when it got there)
 *   table setl  number64 → day i32, product i32, done u8, rules version u32, promoted, expired, superseded u64 each,
 *               outputs u32 { SHA-256 32 }, windows u32 { product u8, day i32 }, digest of the TAC keys 32
 *               (not in rows of the first version)
 *   meta        "closed-through.<product>": every window up to this day is closed, whether it ever held anything or not
 *
 * A window is closed when its row says so or its day is not after closed-through. A closed window never changes again.
 * Standard  clearing-rules.md 6.
 * Threads   one.
 */
#ifndef CLR_SETTLE_WINDOWS_H
#define CLR_SETTLE_WINDOWS_H

#include "keys/keyset.h"
#include "settle/position.h"
#include "store/store.h"

struct clr_window_key { uint8_t product; clr_day day; };

struct clr_window_list {
    struct clr_window_key *item;
    size_t count, capacity;
};
void clr_window_list_free(struct clr_window_list *list);
/** Sorted, each once. */
CLR_MUST_USE enum clr_status clr_window_list_add(struct clr_window_list *list, uint8_t product, clr_day day);

/** Windows that hold something (cells or files) or have a state, of a product (CLR_ALL_PRODUCTS: all), up to `through` (CLR_DAY_NONE: all). */
CLR_MUST_USE enum clr_status clr_windows_list(struct clr_tx *tx, int product, clr_day through, struct clr_window_list *out, struct clr_fault *fault);

CLR_MUST_USE enum clr_status clr_window_state_put(struct clr_tx *tx, struct clr_window_key window, enum clr_window_state state, uint64_t settlement, struct clr_fault *fault);

/** CLR_DAY_NONE when nothing of the product was ever closed. */
CLR_MUST_USE enum clr_status clr_closed_through(struct clr_tx *tx, enum clr_product product, clr_day *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_closed_through_put(struct clr_tx *tx, enum clr_product product, clr_day day, struct clr_fault *fault);

/** State and settlement number of a window that has a row; CLR_NOT_FOUND when it has none. */
CLR_MUST_USE enum clr_status clr_window_row_get(struct clr_tx *tx, struct clr_window_key window, enum clr_window_state *state, uint64_t *settlement, struct clr_fault *fault);

#define CLR_SETTLE_OUTPUTS 6

/** What one settle command closed, under which rules it is netted, and what it wrote. */
struct clr_settlement {
    uint64_t number;
    clr_day day;
    int product;
    bool done;
    uint32_t rules_version;               /* members, regions, settlement days; 0 when no rules were loaded */
    uint64_t promoted, expired, superseded;
    uint32_t output_count;                /* 0 until done, then CLR_SETTLE_OUTPUTS */
    uint8_t output[CLR_SETTLE_OUTPUTS][CLR_DIGEST_SIZE];
    struct clr_window_list windows;
    uint8_t keys[CLR_KEYS_DIGEST_SIZE];   /* what pending TACs were examined under when it closed; zeros without keys */
};
CLR_MUST_USE enum clr_status clr_settlement_put(struct clr_tx *tx, const struct clr_settlement *settlement, struct clr_fault *fault);
/** Latest settlement that fits: unfinished (`unfinished`), or of exactly this day and product. CLR_NOT_FOUND when there is none. */
CLR_MUST_USE enum clr_status clr_settlement_find(struct clr_tx *tx, bool unfinished, clr_day day, int product, struct clr_settlement *out, struct clr_fault *fault);

/** A settlement by its number; free windows. CLR_NOT_FOUND when there is none. */
CLR_MUST_USE enum clr_status clr_settlement_get(struct clr_tx *tx, uint64_t number, struct clr_settlement *out, struct clr_fault *fault);

/** Cells of the listed windows (all when `windows` is NULL) out of table pos, in order of their packed keys; free with clr_cell_list_free. */
struct clr_cell_list {
    struct clr_cell *cell;
    const struct clr_cell **pointer;
    size_t count;
};
CLR_MUST_USE enum clr_status clr_cells_of_windows(struct clr_tx *tx, const struct clr_window_list *windows, struct clr_cell_list *out, struct clr_fault *fault);
/** The same from table delta: files up to `admission` and events up to `event` (UINT64_MAX: all). */
CLR_MUST_USE enum clr_status clr_cells_of_deltas(struct clr_tx *tx, const struct clr_window_list *windows, uint32_t admission, uint64_t event, struct clr_cell_list *out, struct clr_fault *fault);
void clr_cell_list_free(struct clr_cell_list *list);

#endif
