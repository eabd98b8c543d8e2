#include "settle/settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "ingest/admission.h"
#include "ingest/digest.h"
#include "ingest/trial.h"
#include "settle/output.h"
#include "settle/package.h"
#include "settle/package_totals.h"
#include "settle/reexamine.h"

struct settling {
    struct clr_store *store;
    const char *directory;
    bool publish;                          /* false: a trial, nothing is written */
    enum clr_window_state last;
    struct clr_settlement settlement;
    struct clr_books books;
    struct clr_settled *out;
    struct clr_fault *fault;
};

static void forget(struct settling *settling)
{
    clr_window_list_free(&settling->settlement.windows);
    clr_books_free(&settling->books);
    memset(&settling->settlement, 0, sizeof settling->settlement);
}

/* ---- (1) close ---- */

/** A day this far after everything the store has seen is a slip of the pen, and closing it would shut every window up to it for good. */
#define SLIP_DAYS 200

static enum clr_status check_slip(struct settling *settling, struct clr_tx *tx)
{
    const clr_day day = settling->settlement.day;
    struct clr_window_list all;
    uint64_t stamp;
    clr_day seen = CLR_DAY_NONE;
    char asked[CLR_DAY_TEXT_SIZE], last[CLR_DAY_TEXT_SIZE];
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &stamp, settling->fault));
    if ((int64_t)stamp != CLR_TIME_NONE) seen = clr_day_of_time((int64_t)stamp);
    enum clr_status status = clr_windows_list(tx, CLR_ALL_PRODUCTS, CLR_DAY_NONE, &all, settling->fault);
    for (size_t i = 0; status == CLR_OK && i < all.count; i++)
        if (seen == CLR_DAY_NONE || all.item[i].day > seen) seen = all.item[i].day;
    clr_window_list_free(&all);
    for (unsigned product = 0; status == CLR_OK && product < CLR_PRODUCT_COUNT; product++) {
        clr_day through;
        status = clr_closed_through(tx, (enum clr_product)product, &through, settling->fault);
        if (status == CLR_OK && through != CLR_DAY_NONE && (seen == CLR_DAY_NONE || through > seen)) seen = through;
    }
    if (status != CLR_OK || seen == CLR_DAY_NONE || (int64_t)day - seen <= SLIP_DAYS) return status;
    return clr_fault_say(settling->fault, CLR_USAGE, "%s lies more than %d days after the last day this store has seen (%s); nothing was closed",
                         "%s 比账库见过的最后一天晚 %d 天以上（%s）；未关闭任何窗口", clr_day_text(day, asked), SLIP_DAYS, clr_day_text(seen, last));
}

/** Windows of the day and before that are open. */
static enum clr_status list_open(struct settling *settling, struct clr_tx *tx)
{
    struct clr_settlement *const settlement = &settling->settlement;
    struct clr_window_list all;
    enum clr_status status = clr_windows_list(tx, settlement->product, settlement->day, &all, settling->fault);
    for (size_t i = 0; i < all.count && status == CLR_OK; i++) {
        enum clr_window_state state;
        status = clr_store_window_state(tx, (enum clr_product)all.item[i].product, all.item[i].day, &state, settling->fault);
        if (status == CLR_OK && state == CLR_WINDOW_OPEN) status = clr_window_list_add(&settlement->windows, all.item[i].product, all.item[i].day);
    }
    clr_window_list_free(&all);
    return status;
}

static enum clr_status put_states(struct settling *settling, struct clr_tx *tx, enum clr_window_state state)
{
    const struct clr_settlement *const settlement = &settling->settlement;
    for (size_t i = 0; i < settlement->windows.count; i++)
        CLR_TRY(clr_window_state_put(tx, settlement->windows.item[i], state, settlement->number, settling->fault));
    return CLR_OK;
}

static enum clr_status put_closed_through(struct settling *settling, struct clr_tx *tx)
{
    const struct clr_settlement *const settlement = &settling->settlement;
    for (unsigned product = 0; product < CLR_PRODUCT_COUNT; product++) {
        clr_day through;
        if (settlement->product != CLR_ALL_PRODUCTS && settlement->product != (int)product) continue;
        CLR_TRY(clr_closed_through(tx, (enum clr_product)product, &through, settling->fault));
        if (through != CLR_DAY_NONE && through >= settlement->day) continue;
        CLR_TRY(clr_closed_through_put(tx, (enum clr_product)product, settlement->day, settling->fault));
    }
    return CLR_OK;
}

static enum clr_status reexamine(struct settling *settling, struct clr_tx *tx)
{
    struct clr_settlement *const settlement = &settling->settlement;
    struct clr_reexamined done = { 0 };
    if (settling->store->rules_count == 0) return CLR_OK;            /* nothing was ever taken in */
    CLR_TRY(clr_reexamine(settling->store, tx, settlement->day, settlement->product, &done, settling->fault));
    settlement->promoted = done.promoted;
    settlement->expired = done.expired;
    settlement->superseded = done.superseded;
    return CLR_OK;
}

/** Clearing totals of packages, with their identities: before anything is closed. */
static enum clr_status total_packages(struct settling *settling, struct clr_tx *tx)
{
    const struct clr_settlement *const settlement = &settling->settlement;
    uint64_t stamp;
    if (settlement->product != CLR_ALL_PRODUCTS && settlement->product != (int)CLR_PRODUCT_TOLL) return CLR_OK;
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &stamp, settling->fault));
    return clr_package_totals_close(tx, settlement->day, settlement->number, (int64_t)stamp, settling->fault);
}

static enum clr_status close_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct settling *const settling = context;
    struct clr_settlement *const settlement = &settling->settlement;
    uint64_t number;
    CLR_TRY(clr_meta_get(tx, CLR_META_SETTLEMENTS, 0, &number, fault));
    settlement->number = number + 1;
    settlement->rules_version = store->rules_count;
    CLR_TRY(clr_keyset_digest(store->keys, settlement->keys));
    CLR_TRY(check_slip(settling, tx));
    CLR_TRY(reexamine(settling, tx));
    CLR_TRY(list_open(settling, tx));
    CLR_TRY(total_packages(settling, tx));
    CLR_TRY(clr_meta_put(tx, CLR_META_SETTLEMENTS, settlement->number, fault));
    CLR_TRY(clr_settlement_put(tx, settlement, fault));
    CLR_TRY(put_states(settling, tx, CLR_WINDOW_CLOSED));
    CLR_TRY(put_closed_through(settling, tx));
    return clr_books_make(store, tx, settlement, &settling->books, fault);       /* every invariant, before anything of this is committed */
}

/* ---- (2), (3), (4) ---- */

static enum clr_status net_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct settling *const settling = context;
    (void)store;
    CLR_TRY(clr_ledger_check(&settling->books.members, fault));
    return put_states(settling, tx, CLR_WINDOW_NETTED);
}

static enum clr_status instruct_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct settling *const settling = context;
    (void)store;
    CLR_TRY(clr_journal_put(tx, settling->books.line, settling->books.line_count, fault));
    return put_states(settling, tx, CLR_WINDOW_INSTRUCTED);
}

static enum clr_status list_outputs(struct settling *settling, const struct clr_output_set *set)
{
    struct clr_settled *const out = settling->out;
    out->output = calloc(CLR_SETTLE_OUTPUTS, sizeof *out->output);
    if (out->output == NULL) return clr_memory_short(settling->fault);
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS; i++) {
        snprintf(out->output[i].path, sizeof out->output[i].path, "%s/%s", set->path, set->file[i].name);
        memcpy(out->output[i].digest, set->file[i].digest, CLR_DIGEST_SIZE);
    }
    out->output_count = CLR_SETTLE_OUTPUTS;
    return CLR_OK;
}

/** Outputs of a settlement that is done are what they were, or something is damaged. */
static enum clr_status compare_outputs(struct settling *settling, const struct clr_output_set *set)
{
    const struct clr_settlement *const settlement = &settling->settlement;
    bool same = settlement->output_count == CLR_SETTLE_OUTPUTS;
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS && same; i++) same = memcmp(settlement->output[i], set->file[i].digest, CLR_DIGEST_SIZE) == 0;
    if (same) return CLR_OK;
    return clr_fault_say(settling->fault, CLR_DAMAGED, "the store no longer gives the outputs of this settlement; restore a backup",
                         "存储已无法再现本次结算的输出；请恢复备份");
}

/** Render, compare the journal with what is stored, put the set in place. */
static enum clr_status publish(struct settling *settling, struct clr_tx *tx)
{
    struct clr_settlement *const settlement = &settling->settlement;
    struct clr_output_set set = { 0 };
    enum clr_status status = clr_journal_compare(tx, &settlement->windows, settling->books.line, settling->books.line_count, settling->fault);
    if (status == CLR_OK) status = clr_output_set_make(settling->store, tx, settlement, &settling->books, settling->directory, &set, settling->fault);
    if (status == CLR_OK && settlement->done) status = compare_outputs(settling, &set);
    if (status == CLR_OK && settling->publish) status = clr_output_set_write(&set, settling->fault);
    if (status == CLR_OK) status = list_outputs(settling, &set);
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS; i++) memcpy(settlement->output[i], set.file[i].digest, CLR_DIGEST_SIZE);
    settlement->output_count = CLR_SETTLE_OUTPUTS;
    clr_output_set_free(&set);
    return status;
}

static enum clr_status settle_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct settling *const settling = context;
    (void)store;
    CLR_TRY(publish(settling, tx));
    settling->settlement.done = true;
    CLR_TRY(clr_settlement_put(tx, &settling->settlement, fault));
    return put_states(settling, tx, CLR_WINDOW_SETTLED);
}

/** From the state the windows have to the end. A settlement without windows goes through the same commits. */
static enum clr_status advance(struct settling *settling, enum clr_window_state from)
{
    static enum clr_status (*const steps[])(struct clr_store *, struct clr_tx *, void *, struct clr_fault *) = {
        [CLR_WINDOW_NETTED] = net_step, [CLR_WINDOW_INSTRUCTED] = instruct_step, [CLR_WINDOW_SETTLED] = settle_step,
    };
    for (unsigned state = from; state <= CLR_WINDOW_SETTLED; state++) {
        if (state > (unsigned)from) CLR_TRY(clr_store_write(settling->store, steps[state], settling, settling->fault));
        if (state == CLR_WINDOW_SETTLED) break;
        if (state == (unsigned)settling->last || clr_stop_requested())
            return clr_fault_say(settling->fault, CLR_STOPPED, "stopped; run the same command again to go on", "已停止；再次运行同一命令即可继续");
    }
    return CLR_OK;
}

/* ---- the result ---- */

static enum clr_status fill_invariants(struct settling *settling)
{
    struct clr_settled *const out = settling->out;
    free(out->invariant);
    out->invariant_count = 0;
    out->invariant = calloc(CLR_INVARIANTS, sizeof *out->invariant);
    if (out->invariant == NULL) return clr_memory_short(settling->fault);
    memcpy(out->invariant, settling->books.invariant, sizeof settling->books.invariant);
    out->invariant_count = settling->books.invariant_count;
    return CLR_OK;
}

/** Hands the books' arrays over. */
static enum clr_status fill_result(struct settling *settling)
{
    struct clr_settled *const out = settling->out;
    struct clr_books *const books = &settling->books;
    const struct clr_settlement *const settlement = &settling->settlement;
    out->window = calloc(settlement->windows.count + 1, sizeof *out->window);
    if (out->window == NULL) return clr_memory_short(settling->fault);
    for (size_t i = 0; i < settlement->windows.count; i++)
        out->window[i] = (struct clr_window_move){ settlement->windows.item[i].product, settlement->windows.item[i].day, CLR_WINDOW_OPEN, CLR_WINDOW_SETTLED };
    out->window_count = settlement->windows.count;
    out->promoted = settlement->promoted;
    out->expired = settlement->expired;
    out->superseded = settlement->superseded;
    out->transfer = books->transfer;
    out->transfer_count = books->transfer_count;
    out->bilateral = books->bilateral;
    out->bilateral_count = books->bilateral_count;
    out->members = books->members;
    books->transfer = NULL;
    books->bilateral = NULL;
    memset(&books->members, 0, sizeof books->members);
    return CLR_OK;
}

void clr_settled_free(struct clr_settled *settled)
{
    free(settled->window);
    free(settled->transfer);
    free(settled->bilateral);
    clr_ledger_free(&settled->members);
    free(settled->invariant);
    free(settled->output);
    free(settled->texts);
    memset(settled, 0, sizeof *settled);
}

/* ---- texts of a trial, whose rules are gone when it ends ---- */

struct keeper {
    char *text;                            /* NULL while sizes are added up */
    size_t size;
};

static void keep_text(struct keeper *keeper, const char **text)
{
    if (*text == NULL) return;
    const size_t size = strlen(*text) + 1;
    if (keeper->text != NULL) *text = memcpy(keeper->text + keeper->size, *text, size);
    keeper->size += size;
}

static void keep_name(struct keeper *keeper, struct clr_name *name)
{
    keep_text(keeper, &name->code);
    keep_text(keeper, &name->zh);
    keep_text(keeper, &name->en);
}

static void keep_rows(struct keeper *keeper, struct clr_matrix_row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keep_name(keeper, &row[i].payer);
        keep_name(keeper, &row[i].payee);
    }
}

static void keep_all(struct keeper *keeper, struct clr_settled *out)
{
    for (size_t i = 0; i < out->members.position_count; i++) keep_name(keeper, &out->members.position[i].who);
    keep_rows(keeper, out->members.matrix, out->members.matrix_count);
    keep_rows(keeper, out->bilateral, out->bilateral_count);
    for (size_t i = 0; i < out->transfer_count; i++) {
        keep_name(keeper, &out->transfer[i].payer);
        keep_name(keeper, &out->transfer[i].payee);
        keep_text(keeper, &out->transfer[i].account);
        keep_text(keeper, &out->transfer[i].bank);
    }
}

static enum clr_status keep_texts(struct clr_settled *out, struct clr_fault *fault)
{
    struct keeper keeper = { NULL, 0 };
    keep_all(&keeper, out);
    out->texts = malloc(keeper.size + 1);
    if (out->texts == NULL) return clr_memory_short(fault);
    keeper = (struct keeper){ out->texts, 0 };
    keep_all(&keeper, out);
    return CLR_OK;
}

/* ---- the command ---- */

static enum clr_status settle_new(struct settling *settling, clr_day day, int product)
{
    settling->settlement = (struct clr_settlement){ .day = day, .product = product };
    enum clr_status status = clr_store_write(settling->store, close_step, settling, settling->fault);
    if (status == CLR_OK || status == CLR_UNBALANCED) {
        const enum clr_status filled = fill_invariants(settling);
        if (status == CLR_OK) status = filled;
    }
    if (status == CLR_OK) status = advance(settling, CLR_WINDOW_CLOSED);
    return status == CLR_OK ? fill_result(settling) : status;
}

/** State that all windows of an unfinished settlement have: each transition moves them together. */
static enum clr_status state_of(struct settling *settling, struct clr_tx *tx, enum clr_window_state *state)
{
    *state = CLR_WINDOW_CLOSED;
    if (settling->settlement.windows.count == 0) return CLR_OK;
    const struct clr_window_key window = settling->settlement.windows.item[0];
    return clr_store_window_state(tx, (enum clr_product)window.product, window.day, state, settling->fault);
}

/** Books of a settlement of the store, gated again. */
static enum clr_status remake(struct settling *settling, struct clr_tx *tx, enum clr_window_state *state)
{
    CLR_TRY(state_of(settling, tx, state));
    const enum clr_status status = clr_books_make(settling->store, tx, &settling->settlement, &settling->books, settling->fault);
    if (status != CLR_OK && status != CLR_UNBALANCED) return status;
    const enum clr_status filled = fill_invariants(settling);
    return status != CLR_OK ? status : filled;
}

/** Finish what was cut off. CLR_NOT_FOUND when nothing was. */
static enum clr_status finish_unfinished(struct settling *settling)
{
    struct clr_tx tx;
    enum clr_window_state state = CLR_WINDOW_CLOSED;
    CLR_TRY(clr_tx_begin(&settling->store->env, false, &tx, settling->fault));
    enum clr_status status = clr_settlement_find(&tx, true, CLR_DAY_NONE, CLR_ALL_PRODUCTS, &settling->settlement, settling->fault);
    if (status == CLR_OK) status = remake(settling, &tx, &state);
    clr_tx_abort(&tx);
    if (status == CLR_OK && settling->publish) status = clr_output_directory(settling->directory, settling->fault);
    if (status == CLR_OK) status = advance(settling, state);
    return status == CLR_OK ? fill_result(settling) : status;
}

/** Show a settlement that is done; its outputs are put back where they are missing. CLR_NOT_FOUND when there is none. */
static enum clr_status show_done(struct settling *settling, clr_day day, int product)
{
    struct clr_tx tx;
    enum clr_window_state state;
    CLR_TRY(clr_tx_begin(&settling->store->env, false, &tx, settling->fault));
    enum clr_status status = clr_settlement_find(&tx, false, day, product, &settling->settlement, settling->fault);
    if (status == CLR_OK) status = remake(settling, &tx, &state);
    if (status == CLR_OK && settling->publish) status = clr_output_directory(settling->directory, settling->fault);
    if (status == CLR_OK) status = publish(settling, &tx);
    clr_tx_abort(&tx);
    if (status == CLR_OK) status = fill_result(settling);
    if (status == CLR_OK) settling->out->already = true;
    return status;
}

/** Is everything that is asked for closed by other settlements? */
static enum clr_status all_closed(struct settling *settling, clr_day day, int product, bool *closed)
{
    struct clr_tx tx;
    enum clr_status status = clr_tx_begin(&settling->store->env, false, &tx, settling->fault);
    if (status != CLR_OK) return status;
    *closed = true;
    for (unsigned p = 0; p < CLR_PRODUCT_COUNT && status == CLR_OK; p++) {
        clr_day through = CLR_DAY_NONE;
        if (product != CLR_ALL_PRODUCTS && product != (int)p) continue;
        status = clr_closed_through(&tx, (enum clr_product)p, &through, settling->fault);
        *closed &= through != CLR_DAY_NONE && through >= day;
    }
    clr_tx_abort(&tx);
    return status;
}

static enum clr_status settle(struct settling *settling, clr_day day, int product)
{
    bool closed;
    CLR_TRY(clr_admission_drop(settling->store, settling->fault));
    enum clr_status status = finish_unfinished(settling);
    const bool this_one = settling->settlement.day == day && settling->settlement.product == product;
    if (status != CLR_NOT_FOUND && (status != CLR_OK || this_one)) return status;
    forget(settling);
    clr_settled_free(settling->out);
    status = show_done(settling, day, product);
    if (status != CLR_NOT_FOUND) return status;
    CLR_TRY(all_closed(settling, day, product, &closed));
    settling->out->already = closed;
    if (closed) return CLR_OK;
    if (settling->publish) CLR_TRY(clr_output_directory(settling->directory, settling->fault));
    return settle_new(settling, day, product);
}

/** Shown whatever was settled, and never decided: the alarm of packages. */
static enum clr_status count_overdue(struct settling *settling, clr_day day)
{
    struct clr_store *const store = settling->store;
    struct clr_package_overview overview;
    const struct clr_rules *rules;
    struct clr_tx tx;
    if (store->rules_count == 0) return CLR_OK;
    CLR_TRY(clr_store_rules_get(store, store->rules_count, &rules, settling->fault));
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, settling->fault));
    const enum clr_status status = clr_package_overview_read(&tx, rules, day, &overview, settling->fault);
    clr_tx_abort(&tx);
    if (status == CLR_OK) settling->out->packages_overdue = overview.overdue;
    return status;
}

static enum clr_status run(struct settling *settling, clr_day day, int product)
{
    memset(settling->out, 0, sizeof *settling->out);
    enum clr_status status = settle(settling, day, product);
    if (status == CLR_OK) status = count_overdue(settling, day);
    forget(settling);
    return status;
}

static enum clr_status check_arguments(clr_day day, int product, struct clr_fault *fault)
{
    if (day == CLR_DAY_NONE) return clr_fault_say(fault, CLR_USAGE, "which day is settled? give --date", "结算哪一天？请用 --date 指定");
    if (product == CLR_ALL_PRODUCTS || (product >= 0 && product < CLR_PRODUCT_COUNT)) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, "there is no such product", "没有此产品");
}

static const char *directory_of(const struct clr_store *store, const char *given, char path[600])
{
    if (given != NULL) return given;
    snprintf(path, 600, "%s/settlement", store->env.path);
    return path;
}

enum clr_status clr_settle_until(struct clr_store *store, clr_day day, int product, const char *directory, enum clr_window_state last,
                                 struct clr_settled *out, struct clr_fault *fault)
{
    char path[600];
    struct settling settling = { .store = store, .directory = directory_of(store, directory, path), .publish = true, .last = last, .out = out, .fault = fault };
    memset(out, 0, sizeof *out);
    CLR_TRY(check_arguments(day, product, fault));
    return run(&settling, day, product);
}

static enum clr_status settle_on_trial(struct clr_store *store, clr_day day, int product, const char *directory, struct clr_settled *out, struct clr_fault *fault)
{
    char path[600];
    struct clr_trial trial;
    struct settling settling = { .store = store, .directory = directory_of(store, directory, path), .last = CLR_WINDOW_SETTLED, .out = out, .fault = fault };
    CLR_TRY(clr_trial_begin(store, &trial, fault));
    enum clr_status status = run(&settling, day, product);
    if (status == CLR_OK) status = keep_texts(out, fault);
    const enum clr_status ended = clr_trial_end(store, &trial, status == CLR_OK ? fault : NULL);
    return status != CLR_OK ? status : ended;
}

enum clr_status clr_settle(struct clr_store *store, clr_day day, int product, const char *directory, bool dry_run, struct clr_settled *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    CLR_TRY(check_arguments(day, product, fault));
    if (dry_run) return settle_on_trial(store, day, product, directory, out, fault);
    return clr_settle_until(store, day, product, directory, CLR_WINDOW_SETTLED, out, fault);
}
