/* gen_ledger.c: cells to matrix rows and positions by member; total fees are closed here. See gen_book.h. */
#include <stdlib.h>
#include <string.h>

#include "gen_book.h"

struct maker {
    const struct gen_book *book;
    struct gen_ledger *out;
    size_t row_size, position_size;
    bool failed;
    struct gen_position nowhere;              /* written instead of what could not be allocated */
};

static const char *code_of(const struct maker *maker, int party)
{
    return maker->book->rules->party[party].code;
}

/** Code of the centre on a day, NULL if none. */
static const char *centre_of(const struct maker *maker, clr_day day)
{
    for (size_t i = 0; i < maker->book->rules->party_count; i++) {
        const struct gen_party *party = &maker->book->rules->party[i];
        if (party->role == CLR_ROLE_CENTRE && party->from <= day && day <= party->to) return party->code;
    }
    return NULL;
}

static void *grow(void *array, size_t count, size_t *size, size_t each)
{
    if (count < *size) return array;
    *size = *size == 0 ? 256 : *size * 2;
    return realloc(array, *size * each);
}

static void add_row(struct maker *maker, clr_day window, const char *payer, const char *payee, enum clr_kind kind, int64_t count, int64_t amount_fen)
{
    struct gen_ledger *out = maker->out;
    struct gen_row *rows = grow(out->row, out->row_count, &maker->row_size, sizeof *rows);

    if (rows == NULL) {
        maker->failed = true;
        return;
    }
    out->row = rows;
    out->row[out->row_count++] = (struct gen_row){ window, gen_rules_member(maker->book->rules, payer, window),
                                                   gen_rules_member(maker->book->rules, payee, window), (uint8_t)kind, count, amount_fen };
}

/* ---- fees ---- */

static void pay_share(struct maker *maker, clr_day window, const char *payer, const char *payee, bool has_share, int64_t count, int64_t fen)
{
    if (payee == NULL || !has_share || strcmp(payer, payee) == 0) return;
    add_row(maker, window, payer, payee, CLR_KIND_FEE, count, fen);
}

/** All cells of one (row, acquirer, issuer, window), summed in `sum`. */
static void close_fee(struct maker *maker, const struct gen_cell *sum)
{
    const struct gen_fee *fee = &maker->book->rules->fee[sum->fee_row];
    const char *issuer = code_of(maker, sum->issuer), *acquirer = code_of(maker, sum->acquirer);
    const char *payer = fee->payer == GEN_FEE_ACQUIRER ? acquirer : fee->payer == GEN_FEE_ISSUER ? issuer : fee->third;
    int64_t fen = sum->fee_fen, issuer_fen = sum->fee_issuer_fen, centre_fen = sum->fee_centre_fen;

    if (fee->total) {
        fen = gen_fee_close(fee, sum->numerator);
        issuer_fen = gen_share(fen, fee->issuer_share_ppm);
        centre_fen = gen_share(fen, fee->centre_share_ppm);
    }
    pay_share(maker, sum->window, payer, issuer, fee->issuer_share_ppm != 0, sum->fee_count, issuer_fen);
    pay_share(maker, sum->window, payer, centre_of(maker, sum->window), fee->centre_share_ppm != 0, sum->fee_count, centre_fen);
    pay_share(maker, sum->window, payer, acquirer, fee->issuer_share_ppm + fee->centre_share_ppm < 1000000, sum->fee_count, fen - issuer_fen - centre_fen);
}

static int compare_fee_cells(const void *left, const void *right)
{
    const struct gen_cell *a = left, *b = right;

    if (a->window != b->window) return a->window < b->window ? -1 : 1;
    if (a->fee_row != b->fee_row) return a->fee_row < b->fee_row ? -1 : 1;
    if (a->issuer != b->issuer) return a->issuer < b->issuer ? -1 : 1;
    return a->acquirer < b->acquirer ? -1 : a->acquirer > b->acquirer;
}

static void close_fees(struct maker *maker, struct gen_cell *cells, size_t count)
{
    qsort(cells, count, sizeof *cells, compare_fee_cells);
    for (size_t i = 0; i < count; ) {
        struct gen_cell sum = cells[i];
        for (i++; i < count && compare_fee_cells(&sum, &cells[i]) == 0; i++) {
            sum.fee_count += cells[i].fee_count;
            sum.fee_fen += cells[i].fee_fen;
            sum.fee_issuer_fen += cells[i].fee_issuer_fen;
            sum.fee_centre_fen += cells[i].fee_centre_fen;
            sum.numerator += cells[i].numerator;
        }
        if (sum.fee_row != GEN_FEE_NONE) close_fee(maker, &sum);
    }
}

/* ---- the matrix ---- */

static int compare_rows(const void *left, const void *right)
{
    const struct gen_row *a = left, *b = right;
    int order;

    if (a->window != b->window) return a->window < b->window ? -1 : 1;
    if ((order = strcmp(a->payer, b->payer)) != 0) return order;
    if ((order = strcmp(a->payee, b->payee)) != 0) return order;
    return a->kind - b->kind;
}

/** Rows of one payer, payee and kind become one; what moves nothing is left out. */
static void merge_rows(struct gen_ledger *out)
{
    size_t kept = 0;

    qsort(out->row, out->row_count, sizeof *out->row, compare_rows);
    for (size_t i = 0; i < out->row_count; ) {
        struct gen_row sum = out->row[i];
        for (i++; i < out->row_count && compare_rows(&sum, &out->row[i]) == 0; i++) {
            sum.count += out->row[i].count;
            sum.amount_fen += out->row[i].amount_fen;
        }
        if (sum.amount_fen != 0 || (sum.kind != CLR_KIND_FEE && sum.count != 0)) out->row[kept++] = sum;
    }
    out->row_count = kept;
}

/* ---- positions ---- */

static struct gen_position *position_of(struct maker *maker, size_t first, clr_day window, const char *code)
{
    struct gen_ledger *out = maker->out;
    struct gen_position *more;

    for (size_t i = first; i < out->position_count; i++) {
        if (strcmp(out->position[i].code, code) == 0) return &out->position[i];
    }
    more = grow(out->position, out->position_count, &maker->position_size, sizeof *more);
    if (more == NULL) {
        maker->failed = true;
        return &maker->nowhere;
    }
    out->position = more;
    out->position[out->position_count] = (struct gen_position){ .window = window, .code = code };
    return &out->position[out->position_count++];
}

static void gather_row(struct maker *maker, size_t first, const struct gen_row *row)
{
    struct gen_position *payer = position_of(maker, first, row->window, row->payer);

    if (row->kind == CLR_KIND_FEE) payer->fee_fen -= row->amount_fen;
    else {
        payer->payable_fen += row->amount_fen;
        payer->count += row->count;
    }
    struct gen_position *payee = position_of(maker, first, row->window, row->payee);     /* may move the array: looked up after the payer's use */
    if (row->kind == CLR_KIND_FEE) payee->fee_fen += row->amount_fen;
    else {
        payee->receivable_fen += row->amount_fen;
        if (strcmp(row->payer, row->payee) != 0) payee->count += row->count;
    }
}

static int compare_positions(const void *left, const void *right)
{
    return strcmp(((const struct gen_position *)left)->code, ((const struct gen_position *)right)->code);
}

static bool gather_positions(struct maker *maker)
{
    struct gen_ledger *out = maker->out;
    bool balanced = true;

    for (size_t i = 0; i < out->row_count; ) {
        const clr_day window = out->row[i].window;
        const size_t first = out->position_count;
        const char *centre = centre_of(maker, window);
        int64_t sum = 0;
        for (; i < out->row_count && out->row[i].window == window; i++) gather_row(maker, first, &out->row[i]);
        if (centre != NULL) position_of(maker, first, window, gen_rules_member(maker->book->rules, centre, window));
        if (maker->failed) return true;
        for (size_t p = first; p < out->position_count; p++) {
            struct gen_position *position = &out->position[p];
            position->net_fen = position->receivable_fen - position->payable_fen + position->fee_fen;
            sum += position->net_fen;
        }
        balanced &= sum == 0;
        qsort(out->position + first, out->position_count - first, sizeof *out->position, compare_positions);
    }
    return balanced;
}

static bool make(struct maker *maker)
{
    const struct gen_book *book = maker->book;
    struct gen_cell *cells = malloc((book->cell_count + 1) * sizeof *cells);
    size_t count = 0;

    if (cells == NULL) {
        maker->failed = true;
        return true;
    }
    for (size_t i = 0; i < book->cell_size; i++) {
        const struct gen_cell *cell = &book->cell[i];
        if (!cell->used) continue;
        cells[count++] = *cell;
        if (cell->count == 0 && cell->amount_fen == 0) continue;
        add_row(maker, cell->window, code_of(maker, cell->acquirer_pays ? cell->acquirer : cell->issuer),
                code_of(maker, cell->acquirer_pays ? cell->issuer : cell->acquirer), (enum clr_kind)cell->kind, cell->count, cell->amount_fen);
    }
    close_fees(maker, cells, count);
    free(cells);
    if (maker->failed) return true;
    merge_rows(maker->out);
    return gather_positions(maker);
}

enum clr_status gen_ledger_make(const struct gen_book *book, struct gen_ledger *out, struct clr_fault *fault)
{
    struct maker maker = { .book = book, .out = out, .failed = book->failed };
    bool balanced = true;

    *out = (struct gen_ledger){ 0 };
    if (!maker.failed) balanced = make(&maker);
    if (maker.failed) {
        gen_ledger_free(out);
        return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
    }
    return balanced ? CLR_OK : clr_fault_say(fault, CLR_INTERNAL, "the expected positions do not sum to zero", "预期头寸之和不为零");
}

void gen_ledger_free(struct gen_ledger *ledger)
{
    free(ledger->row);
    free(ledger->position);
    *ledger = (struct gen_ledger){ 0 };
}
