/* report_facts.c: the windows of a report: which they are, their books and hours. */
#include "publish/report_facts.h"

#include <stdlib.h>
#include <string.h>

#include "clr.h"
#include "ingest/digest.h"
#include "settle/read.h"

/* ---- which windows ---- */

static bool of_product(int wanted, uint8_t product) { return wanted == CLR_ALL_PRODUCTS || wanted == (int)product; }

/** Windows that the settlement of the date closed: of this product, else of all of them. CLR_NOT_FOUND when there was none. */
static enum clr_status add_settled(struct clr_tx *tx, clr_day date, int wanted, int settled_product, struct clr_window_list *windows,
                                   struct clr_fault *fault)
{
    struct clr_settlement settlement;
    enum clr_status status;
    CLR_TRY(clr_settlement_find(tx, false, date, settled_product, &settlement, fault));
    status = CLR_OK;
    for (size_t i = 0; i < settlement.windows.count && status == CLR_OK; i++) {
        const struct clr_window_key *const window = &settlement.windows.item[i];
        if (of_product(wanted, window->product)) status = clr_window_list_add(windows, window->product, window->day);
    }
    clr_window_list_free(&settlement.windows);
    return status == CLR_OK ? CLR_OK : clr_memory_short(fault);
}

/** Windows of the date itself. */
static enum clr_status add_of_date(struct clr_tx *tx, clr_day date, int wanted, struct clr_window_list *windows, struct clr_fault *fault)
{
    struct clr_window_list all;
    CLR_TRY(clr_windows_list(tx, wanted, date, &all, fault));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < all.count && status == CLR_OK; i++)
        if (all.item[i].day == date) status = clr_window_list_add(windows, all.item[i].product, all.item[i].day);
    clr_window_list_free(&all);
    return status == CLR_OK ? CLR_OK : clr_memory_short(fault);
}

static enum clr_status say_none(clr_day date, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];
    return clr_fault_say(fault, CLR_NOT_FOUND, "there is no window and no settlement of %s; `status` lists the windows",
                         "没有 %s 的窗口或结算；可用 `status` 查看窗口清单", clr_day_text(date, day));
}

/** Settlements of one product, of every product and of all at once may all be of this date. */
static enum clr_status find_windows(struct clr_tx *tx, clr_day date, int wanted, struct clr_window_list *windows, struct clr_fault *fault)
{
    bool settled = false;
    memset(windows, 0, sizeof *windows);
    for (int product = CLR_ALL_PRODUCTS; product < (int)CLR_PRODUCT_COUNT; product++) {
        if (product != CLR_ALL_PRODUCTS && !of_product(wanted, (uint8_t)product)) continue;
        const enum clr_status status = add_settled(tx, date, wanted, product, windows, fault);
        settled |= status == CLR_OK;
        if (status != CLR_OK && status != CLR_NOT_FOUND) return status;
    }
    CLR_TRY(add_of_date(tx, date, wanted, windows, fault));
    return settled || windows->count > 0 ? CLR_OK : say_none(date, fault);
}

/* ---- one window ---- */

static enum clr_status read_window(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_window_key key,
                                   struct clr_report_window *out, struct clr_fault *fault)
{
    struct clr_settlement *const alone = &out->alone;
    const enum clr_status status = clr_window_row_get(tx, key, &out->state, &out->settlement_number, fault);
    if (status == CLR_NOT_FOUND) out->state = CLR_WINDOW_OPEN;
    else if (status != CLR_OK) return status;
    CLR_TRY(clr_window_rules(facts->store, tx, key, &out->rules_version, fault));
    if (out->rules_version != 0) CLR_TRY(clr_store_rules_get(facts->store, out->rules_version, &out->rules, fault));
    alone->number = out->settlement_number;
    alone->day = key.day;
    alone->product = (int)key.product;
    alone->rules_version = out->rules_version;
    if (clr_window_list_add(&alone->windows, key.product, key.day) != CLR_OK) return clr_memory_short(fault);
    CLR_TRY(clr_books_make(facts->store, tx, alone, &out->books, fault));
    out->state = out->books.window[0].state;
    for (size_t i = 0; i < out->books.cells.count; i++) {
        const uint32_t version = out->books.cells.cell[i].key.rules_version;
        if (version <= facts->store->rules_count) facts->rules_used[version] = true;
    }
    facts->rules_used[out->rules_version] = true;
    return clr_profile_read(facts->store, (int)key.product, key.day, &out->profile, fault);
}

static enum clr_status read_windows(struct clr_report_facts *facts, struct clr_tx *tx, const struct clr_window_list *windows,
                                    struct clr_fault *fault)
{
    facts->window = calloc(windows->count + 1, sizeof *facts->window);
    facts->rules_used = calloc((size_t)facts->store->rules_count + 1, sizeof *facts->rules_used);
    if (facts->window == NULL || facts->rules_used == NULL) return clr_memory_short(fault);
    for (size_t i = 0; i < windows->count; i++) {
        facts->window_count++;
        CLR_TRY(read_window(facts, tx, windows->item[i], &facts->window[i], fault));
    }
    return CLR_OK;
}

/* ---- settlements ---- */

static bool is_known(const struct clr_report_facts *facts, uint64_t number)
{
    for (size_t i = 0; i < facts->settlement_count; i++)
        if (facts->settlement[i].number == number) return true;
    return false;
}

static int by_number(const void *a, const void *b)
{
    const struct clr_settlement *const first = a, *const second = b;
    return (first->number > second->number) - (first->number < second->number);
}

static enum clr_status read_settlements(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_fault *fault)
{
    facts->settlement = calloc(facts->window_count + 1, sizeof *facts->settlement);
    if (facts->settlement == NULL) return clr_memory_short(fault);
    for (size_t i = 0; i < facts->window_count; i++) {
        const uint64_t number = facts->window[i].settlement_number;
        if (number == 0 || is_known(facts, number)) continue;
        CLR_TRY(clr_settlement_get(tx, number, &facts->settlement[facts->settlement_count], fault));
        facts->settlement_count++;
    }
    if (facts->settlement_count > 1) qsort(facts->settlement, facts->settlement_count, sizeof *facts->settlement, by_number);
    return CLR_OK;
}

/* ---- all ---- */

static enum clr_status read_all(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_fault *fault)
{
    struct clr_window_list windows;
    enum clr_status status = find_windows(tx, facts->date, facts->product, &windows, fault);
    if (status == CLR_OK) status = read_windows(facts, tx, &windows, fault);
    if (status == CLR_OK) status = read_settlements(facts, tx, fault);
    if (status == CLR_OK) status = clr_report_inputs_read(facts, tx, fault);
    clr_window_list_free(&windows);
    return status;
}

enum clr_status clr_report_facts_read(struct clr_store *store, clr_day date, int product, struct clr_report_facts *out,
                                      struct clr_fault *fault)
{
    struct clr_tx tx;
    *out = (struct clr_report_facts){ .store = store, .date = date, .product = product };
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    const enum clr_status status = read_all(out, &tx, fault);
    clr_tx_abort(&tx);
    return status;
}

void clr_report_facts_free(struct clr_report_facts *facts)
{
    for (size_t i = 0; i < facts->window_count; i++) {
        clr_window_list_free(&facts->window[i].alone.windows);
        clr_books_free(&facts->window[i].books);
    }
    for (size_t i = 0; i < facts->settlement_count; i++) clr_window_list_free(&facts->settlement[i].windows);
    for (size_t i = 0; i < facts->file_count; i++) clr_file_free(&facts->file[i]);
    free(facts->window);
    free(facts->settlement);
    free(facts->part);
    free(facts->file);
    free(facts->rules_used);
    memset(facts, 0, sizeof *facts);
}
