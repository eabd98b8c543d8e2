/*
 * bilateral.c: of each pair, what one owes the other when everything between them is set off.
 */
#include "settle/position.h"

#include <stdlib.h>
#include <string.h>

/** A matrix row seen from its pair: low and high by code, `net_fen` what low owes high. */
struct pair {
    const struct clr_matrix_row *row;
    const struct clr_name *low, *high;
    int64_t count;
    clr_fen net_fen;
};

static int compare_days(clr_day a, clr_day b)
{
    return a < b ? -1 : a > b;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order;

    if (a->row->product != b->row->product) return a->row->product < b->row->product ? -1 : 1;
    order = compare_days(a->row->window, b->row->window);
    if (order == 0) order = strcmp(a->low->code, b->low->code);
    if (order == 0) order = strcmp(a->high->code, b->high->code);
    return order;
}

static int compare_rows(const void *left, const void *right)
{
    const struct clr_matrix_row *a = left, *b = right;
    int order;

    if (a->product != b->product) return a->product < b->product ? -1 : 1;
    order = compare_days(a->window, b->window);
    if (order == 0) order = strcmp(a->payer.code, b->payer.code);
    if (order == 0) order = strcmp(a->payee.code, b->payee.code);
    return order;
}

static enum clr_status pair_of(const struct clr_matrix_row *row, struct pair *out)
{
    const bool payer_low = strcmp(row->payer.code, row->payee.code) < 0;

    *out = (struct pair){ .row = row, .low = payer_low ? &row->payer : &row->payee, .high = payer_low ? &row->payee : &row->payer };
    out->count = row->kind == CLR_KIND_FEE ? 0 : row->count;
    if (payer_low) return clr_fen_add(&out->net_fen, row->amount_fen);
    return __builtin_sub_overflow(0, row->amount_fen, &out->net_fen) ? CLR_OVERFLOW : CLR_OK;
}

/** Sorted pairs with equal pairs merged into the first of them. */
static enum clr_status merge_pairs(struct pair *pair, size_t *count)
{
    size_t kept = 0;

    qsort(pair, *count, sizeof *pair, compare_pairs);
    for (size_t i = 0; i < *count; i++) {
        if (kept > 0 && compare_pairs(&pair[kept - 1], &pair[i]) == 0) {
            CLR_TRY(clr_fen_add(&pair[kept - 1].net_fen, pair[i].net_fen));
            if (__builtin_add_overflow(pair[kept - 1].count, pair[i].count, &pair[kept - 1].count)) return CLR_OVERFLOW;
        } else {
            pair[kept++] = pair[i];
        }
    }
    *count = kept;
    return CLR_OK;
}

static enum clr_status fill(const struct pair *pair, size_t count, struct clr_matrix_row *row, size_t *row_count)
{
    for (size_t i = 0; i < count; i++) {
        const bool low_owes = pair[i].net_fen > 0;
        struct clr_matrix_row net = { .product = pair[i].row->product, .window = pair[i].row->window, .kind = CLR_KIND_COUNT };

        if (pair[i].net_fen == 0) continue;
        net.payer = low_owes ? *pair[i].low : *pair[i].high;
        net.payee = low_owes ? *pair[i].high : *pair[i].low;
        net.count = pair[i].count;
        net.amount_fen = pair[i].net_fen;
        if (!low_owes && __builtin_sub_overflow(0, pair[i].net_fen, &net.amount_fen)) return CLR_OVERFLOW;
        row[(*row_count)++] = net;
    }
    qsort(row, *row_count, sizeof *row, compare_rows);
    return CLR_OK;
}

static enum clr_status net_pairs(const struct clr_ledger *ledger, struct pair *pair, struct clr_matrix_row *row, size_t *count)
{
    size_t pair_count = 0;

    for (size_t i = 0; i < ledger->matrix_count; i++) {
        if (strcmp(ledger->matrix[i].payer.code, ledger->matrix[i].payee.code) == 0) continue;
        CLR_TRY(pair_of(&ledger->matrix[i], &pair[pair_count++]));
    }
    CLR_TRY(merge_pairs(pair, &pair_count));
    return fill(pair, pair_count, row, count);
}

enum clr_status clr_bilateral_build(const struct clr_ledger *ledger, struct clr_matrix_row **out, size_t *count)
{
    struct pair *pair = malloc((ledger->matrix_count + 1) * sizeof *pair);
    struct clr_matrix_row *row = malloc((ledger->matrix_count + 1) * sizeof *row);
    enum clr_status status = pair == NULL || row == NULL ? CLR_FULL : CLR_OK;

    *out = NULL;
    *count = 0;
    if (status == CLR_OK) status = net_pairs(ledger, pair, row, count);
    free(pair);
    if (status != CLR_OK) {
        free(row);
        *count = 0;
        return status;
    }
    *out = row;
    return CLR_OK;
}
