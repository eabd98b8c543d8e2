/* prop_ledger.c: laws of positions, nets, transfers and journal over random worlds (ledger_model.h), 200 seeds each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_model.h"

#define SEEDS 200
#define TRADES 250

static struct model model;
static struct model_table want;
static const enum clr_level levels[] = { CLR_LEVEL_MEMBER, CLR_LEVEL_PARTICIPANT, CLR_LEVEL_REGION };

#define FAIL(seed, ...)                                             \
    do {                                                            \
        print_error("seed %llu\n", (unsigned long long)(seed));     \
        fail_msg(__VA_ARGS__);                                      \
    } while (0)

static struct clr_ledger ledger_of(uint64_t seed, enum clr_level level, uint64_t shuffle)
{
    struct clr_ledger ledger;
    size_t count;
    const struct clr_cell **cell = model_cells(&model, shuffle, &count);
    const enum clr_status status = clr_ledger_build(cell, count, ledger_lookup, model.rules, model.version[VERSIONS - 1].rules, level, &ledger);

    free(cell);
    if (status != CLR_OK) FAIL(seed, "status %d", (int)status);
    return ledger;
}

/* ---- against the reference ---- */

static void check_matrix(uint64_t seed, const struct clr_ledger *ledger)
{
    size_t rows = 0;

    for (size_t i = 0; i < ledger->matrix_count; i++) {
        const struct clr_matrix_row *row = &ledger->matrix[i];
        const int payer = model_name(row->payer.code), payee = model_name(row->payee.code), window = row->window - FIRST_WINDOW;
        if (row->amount_fen != want.at[window][payer][payee][row->kind].amount || row->count != want.at[window][payer][payee][row->kind].count) {
            FAIL(seed, "%s pays %s %s: %lld fen, %lld records", row->payer.code, row->payee.code, clr_kind_term(row->kind).name,
                 (long long)row->amount_fen, (long long)row->count);
        }
    }
    for (int at = 0; at < WINDOWS * NAMES * NAMES * CLR_KIND_COUNT; at++) {
        const int kind = at % CLR_KIND_COUNT, payee = at / CLR_KIND_COUNT % NAMES, payer = at / CLR_KIND_COUNT / NAMES % NAMES;
        const int window = at / CLR_KIND_COUNT / NAMES / NAMES;
        rows += want.at[window][payer][payee][kind].amount != 0 || (kind != CLR_KIND_FEE && want.at[window][payer][payee][kind].count != 0);
    }
    if (rows != ledger->matrix_count) FAIL(seed, "%zu rows, not %zu", ledger->matrix_count, rows);
}

struct sums { clr_wide receivable, payable, fee; int64_t count; };

static struct sums sums_of(int window, int name)
{
    struct sums sums = { 0 };

    for (int other = 0; other < NAMES; other++) {
        for (int kind = 0; kind < CLR_KIND_COUNT; kind++) {
            if (kind == CLR_KIND_FEE) {
                sums.fee += want.at[window][other][name][kind].amount - want.at[window][name][other][kind].amount;
                continue;
            }
            sums.receivable += want.at[window][other][name][kind].amount;
            sums.payable += want.at[window][name][other][kind].amount;
            sums.count += want.at[window][other][name][kind].count;
            if (other != name) sums.count += want.at[window][name][other][kind].count;
        }
    }
    return sums;
}

static void check_positions(uint64_t seed, const struct clr_ledger *ledger)
{
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *position = &ledger->position[i];
        const struct sums sums = sums_of(position->window - FIRST_WINDOW, model_name(position->who.code));
        if (position->receivable_fen != sums.receivable || position->payable_fen != sums.payable || position->fee_fen != sums.fee
            || position->net_fen != sums.receivable - sums.payable + sums.fee || position->count != sums.count) {
            FAIL(seed, "position of %s: net %lld", position->who.code, (long long)position->net_fen);
        }
    }
}

static void check_zero_sums(uint64_t seed, const struct clr_ledger *ledger)
{
    for (clr_day window = FIRST_WINDOW; window < FIRST_WINDOW + WINDOWS; window++) {
        clr_wide net = 0, sides = 0, fee = 0;
        unsigned centres = 0;
        for (size_t i = 0; i < ledger->position_count; i++) {
            const struct clr_position *position = &ledger->position[i];
            if (position->window != window) continue;
            net += position->net_fen;
            sides += (clr_wide)position->receivable_fen - position->payable_fen;
            fee += position->fee_fen;
            centres += strcmp(position->who.code, "hub") == 0;
        }
        if (net != 0 || sides != 0 || fee != 0) FAIL(seed, "window %d does not balance", (int)window);
        if (centres > 1) FAIL(seed, "%u centres in window %d", centres, (int)window);
    }
}

static void check_order(uint64_t seed, const struct clr_ledger *ledger)
{
    for (size_t i = 1; i < ledger->position_count; i++) {
        const struct clr_position *a = &ledger->position[i - 1], *b = a + 1;
        if (a->window > b->window || (a->window == b->window && strcmp(a->who.code, b->who.code) >= 0)) FAIL(seed, "positions out of order");
    }
    for (size_t i = 1; i < ledger->matrix_count; i++) {
        const struct clr_matrix_row *a = &ledger->matrix[i - 1], *b = a + 1;
        const int payer = strcmp(a->payer.code, b->payer.code), payee = strcmp(a->payee.code, b->payee.code);
        if (a->window > b->window) FAIL(seed, "matrix out of order");
        if (a->window == b->window && (payer > 0 || (payer == 0 && (payee > 0 || (payee == 0 && a->kind >= b->kind))))) {
            FAIL(seed, "matrix out of order");
        }
    }
}

static void ledgers_are_what_the_records_say(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        model_create(&model, seed, TRADES);
        for (size_t i = 0; i < COUNT_OF(levels); i++) {
            struct clr_ledger ledger = ledger_of(seed, levels[i], 0);
            model_matrix(&model, levels[i], &want);
            check_matrix(seed, &ledger);
            check_positions(seed, &ledger);
            check_zero_sums(seed, &ledger);
            check_order(seed, &ledger);
            if (levels[i] == CLR_LEVEL_PARTICIPANT) assert_true(ledger.position_count >= PEOPLE);
            clr_ledger_free(&ledger);
        }
        model_destroy(&model);
    }
}

/* ---- order and split ---- */

static void check_same(uint64_t seed, const struct clr_ledger *a, const struct clr_ledger *b)
{
    if (a->position_count != b->position_count || a->matrix_count != b->matrix_count) FAIL(seed, "another number of rows");
    for (size_t i = 0; i < a->position_count; i++) {
        const struct clr_position *p = &a->position[i], *q = &b->position[i];
        if (p->window != q->window || strcmp(p->who.code, q->who.code) != 0 || strcmp(p->who.en, q->who.en) != 0 || p->who.role != q->who.role
            || p->receivable_fen != q->receivable_fen || p->payable_fen != q->payable_fen || p->fee_fen != q->fee_fen || p->net_fen != q->net_fen
            || p->count != q->count) {
            FAIL(seed, "position %zu differs", i);
        }
    }
    for (size_t i = 0; i < a->matrix_count; i++) {
        const struct clr_matrix_row *p = &a->matrix[i], *q = &b->matrix[i];
        if (p->window != q->window || strcmp(p->payer.code, q->payer.code) != 0 || strcmp(p->payee.code, q->payee.code) != 0 || p->kind != q->kind
            || p->count != q->count || p->amount_fen != q->amount_fen) {
            FAIL(seed, "matrix row %zu differs", i);
        }
    }
}

/** Both sets of cells added up into one, through their stored bytes. */
static void merge_sets(uint64_t seed, struct clr_cells *out)
{
    for (int set = 0; set < 2; set++) {
        size_t count;
        const struct clr_cell **cell = clr_cells_sorted(&model.cells[set], &count);
        for (size_t i = 0; i < count; i++) {
            uint8_t key[CLR_CELL_KEY_SIZE], sum[CLR_CELL_SUM_SIZE];
            struct clr_cell back;
            clr_cell_key_pack(&cell[i]->key, key);
            clr_cell_sum_pack(&cell[i]->sum, sum);
            clr_cell_key_unpack(key, &back.key);
            clr_cell_sum_unpack(sum, &back.sum);
            if (clr_cells_add(out, &back.key, &back.sum, 1) != CLR_OK) FAIL(seed, "cells do not add up");
        }
        free(cell);
    }
}

static void neither_order_nor_split_matters(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        model_create(&model, seed, TRADES);
        for (size_t i = 0; i < COUNT_OF(levels); i++) {
            struct clr_ledger split = ledger_of(seed, levels[i], 0), shuffled = ledger_of(seed, levels[i], seed), one;
            struct clr_cells cells;
            const struct clr_cell **cell;
            size_t count;
            clr_cells_init(&cells);
            merge_sets(seed, &cells);
            cell = clr_cells_sorted(&cells, &count);
            assert_int_equal(clr_ledger_build(cell, count, ledger_lookup, model.rules, model.version[VERSIONS - 1].rules, levels[i], &one), CLR_OK);
            free(cell);
            clr_cells_free(&cells);
            check_same(seed, &split, &shuffled);
            check_same(seed, &split, &one);
            clr_ledger_free(&split);
            clr_ledger_free(&shuffled);
            clr_ledger_free(&one);
        }
        model_destroy(&model);
    }
}

/* ---- nets, transfers, journal ---- */

static clr_fen net_of(const struct clr_ledger *ledger, clr_day window, const char *code)
{
    for (size_t i = 0; i < ledger->position_count; i++) {
        if (ledger->position[i].window == window && strcmp(ledger->position[i].who.code, code) == 0) return ledger->position[i].net_fen;
    }
    fail_msg("no position of %s", code);
    return 0;
}

static void check_bilateral(uint64_t seed, const struct clr_ledger *ledger)
{
    clr_wide net[WINDOWS][NAMES] = { 0 };
    bool met[WINDOWS][NAMES][NAMES] = { 0 };
    struct clr_matrix_row *row;
    size_t count;

    assert_int_equal(clr_bilateral_build(ledger, &row, &count), CLR_OK);
    for (size_t i = 0; i < count; i++) {
        const int payer = model_name(row[i].payer.code), payee = model_name(row[i].payee.code), window = row[i].window - FIRST_WINDOW;
        if (row[i].amount_fen <= 0 || payer == payee || met[window][payer][payee] || met[window][payee][payer]) FAIL(seed, "pair %zu", i);
        met[window][payer][payee] = true;
        net[window][payer] -= row[i].amount_fen;
        net[window][payee] += row[i].amount_fen;
    }
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *position = &ledger->position[i];
        if (net[position->window - FIRST_WINDOW][model_name(position->who.code)] != position->net_fen) {
            FAIL(seed, "pairs of %s are not its net %lld", position->who.code, (long long)position->net_fen);
        }
    }
    free(row);
}

/** Transfers of each member sum to its net; the centre's own stays with it, so its books are square. */
static void check_transfers(uint64_t seed, const struct clr_ledger *members, const struct clr_transfer *transfer, size_t count)
{
    clr_wide paid[WINDOWS][NAMES] = { 0 };

    for (size_t i = 0; i < count; i++) {
        const int payer = model_name(transfer[i].payer.code), payee = model_name(transfer[i].payee.code), window = transfer[i].window - FIRST_WINDOW;
        if (transfer[i].amount_fen <= 0 || (payer == HUB) == (payee == HUB)) FAIL(seed, "transfer %s", transfer[i].id);
        if (i > 0 && strcmp(transfer[i - 1].id, transfer[i].id) >= 0) FAIL(seed, "%s after %s", transfer[i].id, transfer[i - 1].id);
        paid[window][payer] -= transfer[i].amount_fen;
        paid[window][payee] += transfer[i].amount_fen;
    }
    for (int window = 0; window < WINDOWS; window++) {
        if (paid[window][HUB] != net_of(members, FIRST_WINDOW + window, "hub")) FAIL(seed, "the centre's books");
    }
    for (size_t i = 0; i < members->position_count; i++) {
        const struct clr_position *position = &members->position[i];
        if (paid[position->window - FIRST_WINDOW][model_name(position->who.code)] != position->net_fen) {
            FAIL(seed, "%s is not paid its net %lld", position->who.code, (long long)position->net_fen);
        }
    }
}

static void check_settlement(uint64_t seed, const struct clr_ledger *members, const struct clr_ledger *participants, const char *netting)
{
    struct clr_rules *current = model.version[VERSIONS - 1].rules;
    struct clr_transfer *transfer;
    struct clr_journal_line *line;
    size_t transfers, lines;
    struct clr_fault fault = { 0 };

    current->product[CLR_PRODUCT_TRANSIT].netting = netting;
    assert_int_equal(clr_transfers_build(members, current, &transfer, &transfers, NULL), CLR_OK);
    check_transfers(seed, members, transfer, transfers);
    assert_int_equal(clr_journal_build(participants, transfer, transfers, &line, &lines), CLR_OK);
    if (clr_journal_check(line, lines, participants, &fault) != CLR_OK) FAIL(seed, "%s", fault.en);
    if (lines > 0) {
        line[seed % lines].debit_fen ^= 1;
        if (clr_journal_check(line, lines, participants, NULL) != CLR_UNBALANCED) FAIL(seed, "a changed line was not noticed");
    }
    free(line);
    free(transfer);
}

static void nets_transfers_and_journal_agree(void **state)
{
    static const char *const nettings[] = { NULL, "full", "gross-by-kind", "fee-gross" };

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct clr_ledger members, participants;
        model_create(&model, seed, TRADES);
        members = ledger_of(seed, CLR_LEVEL_MEMBER, seed);
        participants = ledger_of(seed, CLR_LEVEL_PARTICIPANT, seed);
        check_bilateral(seed, &members);
        check_bilateral(seed, &participants);
        for (size_t i = 0; i < COUNT_OF(nettings); i++) check_settlement(seed, &members, &participants, nettings[i]);
        clr_ledger_free(&members);
        clr_ledger_free(&participants);
        model_destroy(&model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ledgers_are_what_the_records_say),
        cmocka_unit_test(neither_order_nor_split_matters),
        cmocka_unit_test(nets_transfers_and_journal_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
