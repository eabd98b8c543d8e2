/*
 * read_positions.c: positions of windows, now or as they stood when an admission was in.
 *
 * As of      the deltas of files up to that admission, and of events up to the last one recorded when it was in (clr_events_seen).
 */
#include <stdlib.h>
#include <string.h>

#include "clr.h"
#include "settle/read.h"
#include "store/events.h"
#include "store/files.h"

static bool wanted(const struct clr_positions_filter *filter, uint8_t product, clr_day day)
{
    return (filter->product == CLR_ALL_PRODUCTS || filter->product == (int)product) && (filter->date == CLR_DAY_NONE || filter->date == day);
}

/** Windows that the filter asks for, out of a list. */
static enum clr_status pick(const struct clr_window_list *all, const struct clr_positions_filter *filter, struct clr_window_list *out)
{
    for (size_t i = 0; i < all->count; i++)
        if (wanted(filter, all->item[i].product, all->item[i].day)) CLR_TRY(clr_window_list_add(out, all->item[i].product, all->item[i].day));
    return CLR_OK;
}

static enum clr_status list_windows(struct clr_tx *tx, const struct clr_positions_filter *filter, struct clr_window_list *out, struct clr_fault *fault)
{
    struct clr_window_list all;
    enum clr_status status = clr_windows_list(tx, filter->product, filter->date, &all, fault);
    if (status == CLR_OK) status = pick(&all, filter, out);
    clr_window_list_free(&all);
    return status;
}

/** Windows that held something then: those of the cells, and those of the files that were in. */
static enum clr_status list_windows_then(struct clr_tx *tx, const struct clr_positions_filter *filter, const struct clr_cell_list *cells, struct clr_window_list *out,
                                         struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    for (size_t i = 0; i < cells->count; i++) CLR_TRY(clr_window_list_add(out, cells->cell[i].key.product, cells->cell[i].key.window));
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        if (file.admission <= filter->as_of_admission && file.window != CLR_DAY_NONE && wanted(filter, file.product, file.window))
            status = clr_window_list_add(out, file.product, file.window);
        clr_file_free(&file);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** Cells of then, of all windows; those not asked for are left out. */
static enum clr_status read_then(struct clr_tx *tx, const struct clr_positions_filter *filter, struct clr_window_list *windows, struct clr_cell_list *cells,
                                 struct clr_fault *fault)
{
    struct clr_file file;
    uint64_t event;
    const enum clr_status status = clr_file_get(tx, filter->as_of_admission, &file, fault);
    if (status == CLR_NOT_FOUND) return clr_fault_say(fault, status, "there is no admission %u", "没有编号为 %u 的接收批次", filter->as_of_admission);
    if (status != CLR_OK) return status;
    clr_file_free(&file);
    CLR_TRY(clr_events_seen(tx, filter->as_of_admission, &event, fault));
    CLR_TRY(clr_cells_of_deltas(tx, NULL, filter->as_of_admission, event, cells, fault));
    size_t kept = 0;
    for (size_t i = 0; i < cells->count; i++)
        if (wanted(filter, cells->cell[i].key.product, cells->cell[i].key.window)) cells->cell[kept++] = cells->cell[i];
    cells->count = kept;
    return list_windows_then(tx, filter, cells, windows, fault);
}

static enum clr_status read_all(struct clr_store *store, struct clr_tx *tx, const struct clr_positions_filter *filter, struct clr_window_list *windows,
                                struct clr_cell_list *cells, struct clr_positions *out, struct clr_fault *fault)
{
    const bool then = filter->as_of_admission != 0;
    if (then) {
        CLR_TRY(read_then(tx, filter, windows, cells, fault));
    } else {
        CLR_TRY(list_windows(tx, filter, windows, fault));
        CLR_TRY(clr_cells_of_windows(tx, windows, cells, fault));
    }
    CLR_TRY(clr_ledger_of_cells(store, tx, cells, filter->level, &out->ledger, fault));
    CLR_TRY(clr_windows_describe(store, tx, windows, cells, then ? filter->as_of_admission : UINT32_MAX, &out->window, fault));
    out->window_count = windows->count;
    return CLR_OK;
}

enum clr_status clr_positions_read(struct clr_store *store, const struct clr_positions_filter *filter, struct clr_positions *out, struct clr_fault *fault)
{
    struct clr_window_list windows = { 0 };
    struct clr_cell_list cells = { 0 };
    struct clr_tx tx;
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    const enum clr_status status = read_all(store, &tx, filter, &windows, &cells, out, fault);
    clr_tx_abort(&tx);
    clr_cell_list_free(&cells);
    clr_window_list_free(&windows);
    if (status != CLR_OK) clr_positions_free(out);
    return status;
}

void clr_positions_free(struct clr_positions *positions)
{
    clr_ledger_free(&positions->ledger);
    free(positions->window);
    memset(positions, 0, sizeof *positions);
}
