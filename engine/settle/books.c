#include "settle/books.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/digest.h"
#include "settle/read.h"
#include "store/files.h"

enum { NET_ZERO, TWO_SIDES, DELTAS, JOURNAL_BALANCED, JOURNAL_POSITIONS, FILES };

static const char *const names[CLR_INVARIANTS] = {
    "net-sum-zero", "receivable-equals-payable", "positions-equal-deltas", "journal-balanced", "journal-equals-positions", "files-add-up",
};

__attribute__((format(printf, 4, 5)))
static void judge(struct clr_books *books, unsigned which, bool held, const char *format, ...)
{
    struct clr_invariant *const invariant = &books->invariant[which];
    va_list arguments;
    invariant->name = names[which];
    invariant->held = held;
    va_start(arguments, format);
    vsnprintf(invariant->detail, sizeof invariant->detail, format, arguments);
    va_end(arguments);
    if (books->invariant_count <= which) books->invariant_count = which + 1;
}

/* ---- positions against themselves ---- */

/** A sum that does not fit 64 bits is shown as its sign: it is wrong in any case. */
static long long shown(clr_wide value)
{
    if (value > INT64_MAX) return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (long long)value;
}

static void check_sums(struct clr_books *books)
{
    const struct clr_ledger *const ledger = &books->participants;
    clr_wide net = 0, receivable = 0, payable = 0;
    bool zero = true, equal = true;
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *const position = &ledger->position[i];
        net += position->net_fen;
        receivable += position->receivable_fen;
        payable += position->payable_fen;
        const bool last = i + 1 == ledger->position_count || position[1].product != position->product || position[1].window != position->window;
        if (!last) continue;
        zero &= net == 0;                                     /* sums run on: each window must leave them where it found them */
        equal &= receivable == payable;
    }
    judge(books, NET_ZERO, zero, "net %lld fen, positions %zu", shown(net), ledger->position_count);
    judge(books, TWO_SIDES, equal, "receivable %lld fen, payable %lld fen", shown(receivable), shown(payable));
}

/* ---- positions against deltas ---- */

static bool is_zero(const struct clr_cell_list *list, size_t at) { return clr_cell_sum_is_zero(&list->cell[at].sum); }

static int compare_cells(const struct clr_cell_list *a, size_t i, const struct clr_cell_list *b, size_t k)
{
    uint8_t of_a[CLR_CELL_KEY_SIZE], of_b[CLR_CELL_KEY_SIZE];
    if (i == a->count || k == b->count) return i == a->count ? 1 : -1;
    clr_cell_key_pack(&a->cell[i].key, of_a);
    clr_cell_key_pack(&b->cell[k].key, of_b);
    return memcmp(of_a, of_b, sizeof of_a);
}

static bool same_sum(const struct clr_cell_sum *a, const struct clr_cell_sum *b)
{
    uint8_t of_a[CLR_CELL_SUM_SIZE], of_b[CLR_CELL_SUM_SIZE];
    clr_cell_sum_pack(a, of_a);
    clr_cell_sum_pack(b, of_b);
    return memcmp(of_a, of_b, sizeof of_a) == 0;
}

/** Cells that stand in one list only, or with another sum; zero sums are as good as none. */
static size_t count_differences(const struct clr_cell_list *a, const struct clr_cell_list *b)
{
    size_t i = 0, k = 0, different = 0;
    for (;;) {
        while (i < a->count && is_zero(a, i)) i++;
        while (k < b->count && is_zero(b, k)) k++;
        if (i == a->count && k == b->count) return different;
        const int order = compare_cells(a, i, b, k);
        different += order != 0 || !same_sum(&a->cell[i].sum, &b->cell[k].sum);
        i += order <= 0;
        k += order >= 0;
    }
}

static enum clr_status check_deltas(struct clr_books *books, struct clr_tx *tx, const struct clr_window_list *windows, struct clr_fault *fault)
{
    struct clr_cell_list deltas;
    const enum clr_status status = clr_cells_of_deltas(tx, windows, UINT32_MAX, UINT64_MAX, &deltas, fault);
    if (status == CLR_OK) {
        const size_t different = count_differences(&books->cells, &deltas);
        judge(books, DELTAS, different == 0, "cells %zu, different %zu", books->cells.count, different);
    }
    clr_cell_list_free(&deltas);
    return status;
}

/* ---- the journal ---- */

static void check_journal(struct clr_books *books)
{
    clr_wide debit = 0, credit = 0, entry = 0;
    uint64_t entries = 0;
    bool balanced = true;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct clr_journal_line *const line = &books->line[i];
        const bool first = i == 0 || line->entry != line[-1].entry || line->window != line[-1].window || line->product != line[-1].product;
        if (first) {
            balanced &= entry == 0;
            entry = 0;
            entries++;
        }
        entry += line->debit_fen;
        if (line->debit_fen >= 0) debit += line->debit_fen;
        else credit -= line->debit_fen;
    }
    balanced &= entry == 0 && debit == credit;
    judge(books, JOURNAL_BALANCED, balanced, "entries %llu, debit %lld fen, credit %lld fen", (unsigned long long)entries, shown(debit), shown(credit));
    judge(books, JOURNAL_POSITIONS, clr_journal_check(books->line, books->line_count, &books->participants, NULL) == CLR_OK,
          "positions %zu, journal lines %zu", books->participants.position_count, books->line_count);
}

/* ---- files ---- */

static enum clr_status check_files(struct clr_books *books, struct clr_tx *tx, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    uint64_t files = 0, wrong = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        files++;
        const bool same_total = file.first.records == file.current.records && file.first.received_fen == file.current.received_fen;
        wrong += !same_total || clr_figures_check(&file.first) != CLR_OK || clr_figures_check(&file.current) != CLR_OK;
        clr_file_free(&file);
    }
    clr_scan_close(&scan);
    judge(books, FILES, wrong == 0, "files %llu, not adding up %llu", (unsigned long long)files, (unsigned long long)wrong);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- making ---- */

static enum clr_status say_short(enum clr_status status, struct clr_fault *fault)
{
    if (status == CLR_FULL) return clr_memory_short(fault);
    if (status == CLR_OVERFLOW) return clr_fault_say(fault, status, "a sum of this settlement left the range of amounts; nothing is published",
                                                     "本次结算的合计超出金额范围；未发布任何结果");
    if (status == CLR_USAGE) return clr_fault_say(fault, status, "a participant's code is too long for the journal", "参与方代码过长，无法记入分录");
    return status;
}

static enum clr_status make_payments(struct clr_store *store, const struct clr_settlement *settlement, struct clr_books *out, struct clr_fault *fault)
{
    const struct clr_rules *rules = NULL;
    CLR_TRY(say_short(clr_bilateral_build(&out->members, &out->bilateral, &out->bilateral_count), fault));
    if (settlement->rules_version != 0) {
        CLR_TRY(clr_store_rules_get(store, settlement->rules_version, &rules, fault));
        const enum clr_status status = clr_transfers_build(&out->members, rules, &out->transfer, &out->transfer_count, fault);
        if (status != CLR_OK) return status == CLR_USAGE ? status : say_short(status, fault);
    }
    return say_short(clr_journal_build(&out->participants, out->transfer, out->transfer_count, &out->line, &out->line_count), fault);
}

/** Positions that do not even sum to zero give no ledger: the invariant says so, and there is nothing else to check. */
static enum clr_status make_ledgers(struct clr_store *store, struct clr_tx *tx, struct clr_books *out, struct clr_fault *fault)
{
    enum clr_status status = clr_ledger_of_cells(store, tx, &out->cells, CLR_LEVEL_PARTICIPANT, &out->participants, fault);
    if (status == CLR_OK) status = clr_ledger_of_cells(store, tx, &out->cells, CLR_LEVEL_MEMBER, &out->members, fault);
    if (status == CLR_UNBALANCED) judge(out, NET_ZERO, false, "cells %zu", out->cells.count);
    return status;
}

static enum clr_status say_broken(const struct clr_books *books, struct clr_fault *fault)
{
    for (size_t i = 0; i < books->invariant_count; i++) {
        const struct clr_invariant *const invariant = &books->invariant[i];
        if (invariant->held) continue;
        return clr_fault_say(fault, CLR_UNBALANCED, "the invariant %s broke (%s); nothing was published, call a person",
                             "恒等式 %s 不成立（%s）；未发布任何结果，请人工处理", invariant->name, invariant->detail);
    }
    return CLR_OK;
}

enum clr_status clr_books_make(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, struct clr_books *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_cells_of_windows(tx, &settlement->windows, &out->cells, fault));
    CLR_TRY(clr_windows_describe(store, tx, &settlement->windows, &out->cells, UINT32_MAX, &out->window, fault));
    CLR_TRY(make_ledgers(store, tx, out, fault));
    CLR_TRY(make_payments(store, settlement, out, fault));
    check_sums(out);
    CLR_TRY(check_deltas(out, tx, &settlement->windows, fault));
    check_journal(out);
    CLR_TRY(check_files(out, tx, fault));
    return say_broken(out, fault);
}

void clr_books_free(struct clr_books *books)
{
    clr_cell_list_free(&books->cells);
    clr_ledger_free(&books->members);
    clr_ledger_free(&books->participants);
    free(books->window);
    free(books->bilateral);
    free(books->transfer);
    free(books->line);
    memset(books, 0, sizeof *books);
}
