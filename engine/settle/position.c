/*
 * position.c: cells → flows (who pays whom in which kind) → matrix rows → positions.
 *
 * Flows are themselves cells: payer and payee stand where issuer and acquirer stand, first as visits (place.h), then as place
 * numbers, whose order is the order of codes; so the sorted set of flows is the matrix.
 */
#include "settle/position.h"

#include <stdlib.h>
#include <string.h>

#include "clear/obligation.h"
#include "settle/place.h"

const char *clr_window_state_name(enum clr_window_state state)
{
    static const char *const names[CLR_WINDOW_STATE_COUNT] = { "open", "closed", "netted", "instructed", "settled" };

    return (unsigned)state < CLR_WINDOW_STATE_COUNT ? names[state] : "?";
}

struct builder {
    struct clr_places places;
    struct clr_cells fees;           /* by (product, window, issuer, acquirer, rules version, fee row) */
    struct clr_cells flows;          /* by (product, window, payer visit, payee visit, kind); in the end by place */
};

/* ---- cells to flows ---- */

static enum clr_status add_flow(struct builder *builder, const struct clr_cell_key *cell, clr_party payer, clr_party payee,
                                enum clr_kind kind, int64_t count, clr_fen amount_fen)
{
    struct clr_cell_key key = { .product = cell->product, .kind = (uint8_t)kind, .window = cell->window };
    const struct clr_cell_sum sum = { .count = count, .amount_fen = amount_fen };

    CLR_TRY(clr_places_find(&builder->places, cell->rules_version, payer, cell->window, &key.issuer));
    CLR_TRY(clr_places_find(&builder->places, cell->rules_version, payee, cell->window, &key.acquirer));
    return clr_cells_add(&builder->flows, &key, &sum, 1);
}

static bool bears_fee(const struct clr_cell_sum *sum)
{
    return sum->fee_count != 0 || sum->fee_fen != 0 || sum->fee_issuer_fen != 0 || sum->fee_centre_fen != 0 || sum->fee_numerator != 0;
}

static enum clr_status take_cell(struct builder *builder, const struct clr_cell *cell)
{
    const struct clr_cell_key *key = &cell->key;
    const bool issuer_pays = key->direction == 0;

    if (cell->sum.count != 0 || cell->sum.amount_fen != 0) {
        CLR_TRY(add_flow(builder, key, issuer_pays ? key->issuer : key->acquirer, issuer_pays ? key->acquirer : key->issuer,
                         (enum clr_kind)key->kind, cell->sum.count, cell->sum.amount_fen));
    }
    if (key->fee_row != CLR_FEE_NONE && bears_fee(&cell->sum)) {
        struct clr_cell_key fee = *key;
        fee.direction = fee.kind = fee.service = 0;
        CLR_TRY(clr_cells_add(&builder->fees, &fee, &cell->sum, 1));
    }
    return CLR_OK;
}

/* ---- fees ---- */

static clr_party party_of(const struct clr_rules *rules, int row)
{
    return row >= 0 ? rules->participant[row].party : CLR_PARTY_NONE;
}

static clr_party payer_of(const struct clr_rules *rules, const struct clr_fee_row *row, const struct clr_cell_key *key)
{
    if (row->payer == CLR_FEE_PAYER_ACQUIRER) return key->acquirer;
    return row->payer == CLR_FEE_PAYER_ISSUER ? key->issuer : party_of(rules, row->payer);
}

/** The centre that a fee of these rules pays on the window's day. */
static int centre_row(const struct clr_rules *rules, const struct clr_cell_key *key)
{
    return rules == NULL ? -1 : clr_rules_centre(rules, (enum clr_product)key->product, key->window);
}

/** One leg of a fee; what falls to the payer itself moves nothing. */
static enum clr_status pay_share(struct builder *builder, const struct clr_cell *fee, clr_party payer, clr_party payee,
                                 bool has_share, clr_fen share_fen)
{
    if (payee == payer || payee == CLR_PARTY_NONE || (!has_share && share_fen == 0)) return CLR_OK;
    return add_flow(builder, &fee->key, payer, payee, CLR_KIND_FEE, fee->sum.fee_count, share_fen);
}

/** The centre's share, whose payee may be known to the current rules only. */
static enum clr_status pay_centre(struct builder *builder, const struct clr_cell *fee, const struct clr_rules *rules, clr_party payer,
                                  bool has_share, clr_fen share_fen)
{
    const struct clr_rules *current = builder->places.current;
    int centre = centre_row(rules, &fee->key);
    struct clr_cell_key key = { .product = fee->key.product, .kind = CLR_KIND_FEE, .window = fee->key.window };
    const struct clr_cell_sum sum = { .count = fee->sum.fee_count, .amount_fen = share_fen };

    if (centre >= 0) return pay_share(builder, fee, payer, party_of(rules, centre), has_share, share_fen);
    centre = centre_row(current, &fee->key);
    if (centre < 0 || party_of(current, centre) == payer || (!has_share && share_fen == 0)) return CLR_OK;
    CLR_TRY(clr_places_find(&builder->places, fee->key.rules_version, payer, key.window, &key.issuer));
    CLR_TRY(clr_places_find(&builder->places, CLR_PLACES_CURRENT, party_of(current, centre), key.window, &key.acquirer));
    return clr_cells_add(&builder->flows, &key, &sum, 1);
}

static enum clr_status close_fee(struct builder *builder, const struct clr_cell *fee)
{
    enum clr_status status;
    const struct clr_rules *rules = clr_places_rules(&builder->places, fee->key.rules_version, &status);
    const struct clr_fee_row *row;
    struct clr_fee closed;
    clr_party payer;

    if (rules == NULL) return status;
    if (fee->key.fee_row >= rules->fee_count) return CLR_DAMAGED;
    row = &rules->fee[fee->key.fee_row];
    payer = payer_of(rules, row, &fee->key);
    CLR_TRY(clr_fee_close(row, &fee->sum, &closed));
    CLR_TRY(pay_share(builder, fee, payer, fee->key.issuer, row->issuer_share_ppm != 0, closed.issuer_fen));
    CLR_TRY(pay_centre(builder, fee, rules, payer, row->centre_share_ppm != 0, closed.centre_fen));
    return pay_share(builder, fee, payer, fee->key.acquirer, row->issuer_share_ppm + row->centre_share_ppm < CLR_PPM, closed.acquirer_fen);
}

/* ---- flows to rows ---- */

static enum clr_status gather(struct builder *builder, const struct clr_cell *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) CLR_TRY(take_cell(builder, cells[i]));
    for (size_t i = 0; i < builder->fees.capacity; i++) {
        if (builder->fees.used[i]) CLR_TRY(close_fee(builder, &builder->fees.slot[i]));
    }
    return clr_places_settle(&builder->places);
}

/** From visits to places, where they stand: the slots are not looked up by key any more, only walked. */
static void place_flows(struct builder *builder)
{
    for (size_t i = 0; i < builder->flows.capacity; i++) {
        struct clr_cell_key *key = &builder->flows.slot[i].key;
        if (!builder->flows.used[i]) continue;
        key->issuer = builder->places.visit[key->issuer].place;
        key->acquirer = builder->places.visit[key->acquirer].place;
    }
}

static bool same_row(const struct clr_cell_key *a, const struct clr_cell_key *b)
{
    return a->issuer == b->issuer && a->acquirer == b->acquirer && a->kind == b->kind && a->window == b->window && a->product == b->product;
}

/** Add up sorted flows that became the same row, and leave out what moves nothing. */
static enum clr_status merge_flows(struct builder *builder, const struct clr_cell **row, size_t *count)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; ) {
        struct clr_cell *first = &builder->flows.slot[row[i] - builder->flows.slot];
        for (i++; i < *count && same_row(&first->key, &row[i]->key); i++) CLR_TRY(clr_cell_sum_add(&first->sum, &row[i]->sum, 1));
        if (first->sum.amount_fen != 0 || (first->sum.count != 0 && first->key.kind != CLR_KIND_FEE)) row[kept++] = first;
    }
    *count = kept;
    return CLR_OK;
}

static enum clr_status fill_matrix(const struct builder *builder, const struct clr_cell *const *row, size_t kept, struct clr_ledger *out)
{
    out->matrix = malloc((kept + 1) * sizeof *out->matrix);
    if (out->matrix == NULL) return CLR_FULL;
    for (size_t i = 0; i < kept; i++) {
        out->matrix[i] = (struct clr_matrix_row){
            .product = row[i]->key.product,
            .window = row[i]->key.window,
            .payer = builder->places.place[row[i]->key.issuer],
            .payee = builder->places.place[row[i]->key.acquirer],
            .kind = row[i]->key.kind,
            .count = row[i]->sum.count,
            .amount_fen = row[i]->sum.amount_fen,
        };
    }
    out->matrix_count = kept;
    return CLR_OK;
}

/* ---- rows to positions ---- */

struct gatherer {
    struct clr_ledger *out;
    size_t capacity;
    size_t first;                    /* first position of the (product, window) being gathered */
    size_t *at;                      /* place → index of its position; valid when >= first and that position is the place's */
};

static enum clr_status new_position(struct gatherer *gatherer, uint8_t product, clr_day window, const struct clr_name *who)
{
    struct clr_ledger *out = gatherer->out;

    if (out->position_count == gatherer->capacity) {
        const size_t capacity = gatherer->capacity == 0 ? 64 : gatherer->capacity * 2;
        struct clr_position *position = realloc(out->position, capacity * sizeof *position);
        if (position == NULL) return CLR_FULL;
        out->position = position;
        gatherer->capacity = capacity;
    }
    out->position[out->position_count++] = (struct clr_position){ .product = product, .window = window, .who = *who };
    return CLR_OK;
}

/** Position of a place in the window being gathered. at[] is never reset: an index before `first` belongs to an earlier window. */
static enum clr_status position_of(struct gatherer *gatherer, const struct clr_cell *row, uint32_t place, const struct clr_name *who,
                                   size_t *index)
{
    if (gatherer->at[place] == SIZE_MAX || gatherer->at[place] < gatherer->first) {
        gatherer->at[place] = gatherer->out->position_count;
        CLR_TRY(new_position(gatherer, row->key.product, row->key.window, who));
    }
    *index = gatherer->at[place];
    return CLR_OK;
}

static enum clr_status gather_row(struct gatherer *gatherer, const struct clr_cell *row, const struct clr_matrix_row *matrix)
{
    struct clr_position *position;
    size_t payer, payee;

    CLR_TRY(position_of(gatherer, row, row->key.issuer, &matrix->payer, &payer));
    CLR_TRY(position_of(gatherer, row, row->key.acquirer, &matrix->payee, &payee));
    position = gatherer->out->position;
    if (row->key.kind == CLR_KIND_FEE) {
        if (__builtin_sub_overflow(position[payer].fee_fen, matrix->amount_fen, &position[payer].fee_fen)) return CLR_OVERFLOW;
        return clr_fen_add(&position[payee].fee_fen, matrix->amount_fen);
    }
    if (__builtin_add_overflow(position[payer].count, matrix->count, &position[payer].count)) return CLR_OVERFLOW;
    if (payee != payer && __builtin_add_overflow(position[payee].count, matrix->count, &position[payee].count)) return CLR_OVERFLOW;
    CLR_TRY(clr_fen_add(&position[payer].payable_fen, matrix->amount_fen));
    return clr_fen_add(&position[payee].receivable_fen, matrix->amount_fen);
}

static int compare_positions(const void *left, const void *right)
{
    return strcmp(((const struct clr_position *)left)->who.code, ((const struct clr_position *)right)->who.code);
}

/** The centre has a position in every window, if only one of zeros. */
static enum clr_status add_centre(struct gatherer *gatherer, const struct clr_places *places, uint8_t product, clr_day window)
{
    const int row = places->current == NULL ? -1 : clr_rules_centre(places->current, (enum clr_product)product, window);
    struct clr_name centre;

    if (row < 0) return CLR_OK;
    centre = clr_places_current_name(places, row, window);
    for (size_t i = gatherer->first; i < gatherer->out->position_count; i++) {
        if (strcmp(gatherer->out->position[i].who.code, centre.code) == 0) return CLR_OK;
    }
    return new_position(gatherer, product, window, &centre);
}

static enum clr_status net_window(struct gatherer *gatherer)
{
    struct clr_ledger *out = gatherer->out;

    for (size_t i = gatherer->first; i < out->position_count; i++) {
        struct clr_position *position = &out->position[i];
        if (__builtin_sub_overflow(position->receivable_fen, position->payable_fen, &position->net_fen)) return CLR_OVERFLOW;
        CLR_TRY(clr_fen_add(&position->net_fen, position->fee_fen));
    }
    qsort(out->position + gatherer->first, out->position_count - gatherer->first, sizeof *out->position, compare_positions);
    return CLR_OK;
}

static bool same_window(const struct clr_matrix_row *a, const struct clr_matrix_row *b)
{
    return a->product == b->product && a->window == b->window;
}

static enum clr_status gather_positions(struct gatherer *gatherer, const struct clr_places *places, const struct clr_cell *const *row)
{
    struct clr_ledger *out = gatherer->out;

    for (size_t i = 0; i < out->matrix_count; ) {
        const struct clr_matrix_row *first = &out->matrix[i];
        gatherer->first = out->position_count;
        for (; i < out->matrix_count && same_window(first, &out->matrix[i]); i++) CLR_TRY(gather_row(gatherer, row[i], &out->matrix[i]));
        CLR_TRY(add_centre(gatherer, places, first->product, first->window));
        CLR_TRY(net_window(gatherer));
    }
    return CLR_OK;
}

static enum clr_status fill_positions(const struct builder *builder, const struct clr_cell *const *row, struct clr_ledger *out)
{
    struct gatherer gatherer = { .out = out };
    enum clr_status status;

    gatherer.at = malloc((builder->places.place_count + 1) * sizeof *gatherer.at);
    if (gatherer.at == NULL) return CLR_FULL;
    memset(gatherer.at, 0xff, (builder->places.place_count + 1) * sizeof *gatherer.at);
    status = gather_positions(&gatherer, &builder->places, row);
    free(gatherer.at);
    return status;
}

static enum clr_status build(struct builder *builder, const struct clr_cell *const *cells, size_t count, struct clr_ledger *out)
{
    enum clr_status status;
    const struct clr_cell **row;
    size_t row_count;

    CLR_TRY(gather(builder, cells, count));
    place_flows(builder);
    row = clr_cells_sorted(&builder->flows, &row_count);
    if (row == NULL) return CLR_FULL;
    status = merge_flows(builder, row, &row_count);
    if (status == CLR_OK) status = fill_matrix(builder, row, row_count, out);
    if (status == CLR_OK) status = fill_positions(builder, row, out);
    free(row);
    return status == CLR_OK ? clr_ledger_check(out, NULL) : status;
}

enum clr_status clr_ledger_build(const struct clr_cell *const *cells, size_t count, clr_rules_lookup *lookup, void *context,
                                 const struct clr_rules *current, enum clr_level level, struct clr_ledger *out)
{
    struct builder builder;
    enum clr_status status;

    *out = (struct clr_ledger){ 0 };
    clr_places_init(&builder.places, lookup, context, current, level);
    clr_cells_init(&builder.fees);
    clr_cells_init(&builder.flows);
    status = build(&builder, cells, count, out);
    clr_cells_free(&builder.flows);
    clr_cells_free(&builder.fees);
    clr_places_free(&builder.places);
    if (status != CLR_OK) clr_ledger_free(out);
    return status;
}

void clr_ledger_free(struct clr_ledger *ledger)
{
    free(ledger->position);
    free(ledger->matrix);
    *ledger = (struct clr_ledger){ 0 };
}
