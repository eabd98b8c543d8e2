/* prop_tab.c: tabs (ingest/tab.h) give what clr_obligation_of() gives record by record: cells, figures and first windows, over random records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/tab.h"
#include "ledger_rules.h"

#define SEEDS 40
#define RECORDS 12000
#define FILES 3
#define PARTIES 64

static const char participants[] = "centre,centre,transit,js,,a0,,\n"
                                   "city,issuer,transit,js,,a1,,\n"
                                   "town,issuer,transit,js,,a2,,\n"
                                   "bus,acquirer,transit,js,,a3,,\n"
                                   "metro,acquirer,transit,js,,a4,,\n";
static const char fees[] = "transit,bus,purchase,*,*,acquirer,amount,txn,3000,0,0,,400000,200000,return,,\n"
                           "transit,metro,purchase,*,*,acquirer,amount,total,2500,1,0,,500000,100000,return,,\n"
                           "transit,taxi,purchase,*,*,acquirer,discount,txn,5000,1,2,50,300000,150000,return,,\n"
                           "transit,ferry,*,*,*,acquirer,count,total,0,2,0,,300000,150000,return,,\n"
                           "transit,tram,*,*,*,acquirer,count,txn,0,2,0,,300000,150000,return,,\n";

struct side {
    struct clr_figures figures[FILES];
    struct clr_cells cells[FILES];
    clr_day window[FILES];
};

struct world {
    struct clr_rules *rules;
    int participant_of[PARTIES];
    struct clr_file_share *share[FILES];
    struct clr_tabs tabs;
    struct side want;
};
static struct world world;

static void open_world(void)
{
    memset(&world, 0, sizeof world);
    world.rules = ledger_rules(3, participants, fees);
    for (size_t i = world.rules->participant_count; i-- > 0;) {
        assert_true(world.rules->participant[i].party < PARTIES);
        world.participant_of[world.rules->participant[i].party] = (int)i;
    }
    for (int file = 0; file < FILES; file++) {
        clr_cells_init(&world.want.cells[file]);
        world.want.window[file] = CLR_DAY_NONE;
    }
    clr_tabs_init(&world.tabs, world.rules, world.participant_of, world.share);
}

static void close_world(void)
{
    for (int file = 0; file < FILES; file++) {
        clr_cells_free(&world.want.cells[file]);
        if (world.share[file] != NULL) clr_cells_free(&world.share[file]->cells);
        free(world.share[file]);
    }
    clr_rules_destroy(world.rules);
}

/** Fee rows of every size: some fit a tab's sums, some do not. */
static void change_row(struct clr_fee_row *row, uint64_t *seed)
{
    row->fixed_fen = row->on == CLR_FEE_ON_COUNT || draw_below(seed, 2) ? (clr_fen)draw_below(seed, 30) : 0;
    row->rate_ppm = row->on == CLR_FEE_ON_COUNT ? 0 : (int64_t)draw_below(seed, CLR_PPM + 1);
    if (draw_below(seed, 3) == 0 && row->on != CLR_FEE_ON_COUNT) row->rate_ppm = (int64_t)draw_below(seed, 100) * 50;       /* halves are common */
    row->min_fen = draw_below(seed, 2) ? 0 : (clr_fen)draw_below(seed, 40);
    row->max_fen = draw_below(seed, 2) ? INT64_MAX : row->min_fen + (clr_fen)draw_below(seed, 500);
    if (draw_below(seed, 6) == 0) row->fixed_fen = CLR_TAB_FEN_MAX + (clr_fen)draw_below(seed, 2);
    if (draw_below(seed, 6) == 0) row->min_fen = CLR_TAB_FEN_MAX + (clr_fen)draw_below(seed, 2), row->max_fen = INT64_MAX;
    row->issuer_share_ppm = (uint32_t)draw_below(seed, CLR_PPM + 1);
    row->centre_share_ppm = (uint32_t)draw_below(seed, CLR_PPM + 1 - row->issuer_share_ppm);
}

static struct clr_txn record_of(uint64_t *seed)
{
    static const uint8_t kinds[] = { CLR_KIND_PURCHASE, CLR_KIND_PURCHASE, CLR_KIND_LOAD, CLR_KIND_ENTRY };
    static const clr_fen limits[] = { 0, 3, 200, 20000, CLR_TAB_FEN_MAX, CLR_TAB_FEN_MAX + (clr_fen)2, CLR_RECORD_FEN_MAX };
    const clr_fen limit = limits[draw_below(seed, COUNT_OF(limits))];
    struct clr_txn txn = {
        .file = (uint32_t)draw_below(seed, FILES), .product = CLR_PRODUCT_TRANSIT, .kind = kinds[draw_below(seed, COUNT_OF(kinds))],
        .service = (uint8_t)draw_below(seed, CLR_SERVICE_COUNT), .trade_day = 17770 + (clr_day)draw_below(seed, 6),
        .amount_fen = draw_below(seed, 8) == 0 ? limit : (clr_fen)draw_below(seed, (uint64_t)limit + 1),
        .reasons = draw_below(seed, 4) << 62,
    };
    txn.window = txn.trade_day + 1 + (clr_day)draw_below(seed, 3);
    txn.price_fen = txn.amount_fen + (draw_below(seed, 2) ? (clr_fen)draw_below(seed, 500) : 0);
    if (draw_below(seed, 10) == 0) txn.price_fen = txn.amount_fen / 2;
    if (draw_below(seed, 50) == 0) txn.price_fen += CLR_TAB_FEN_MAX;
    if (draw_below(seed, 4)) txn.flags |= CLR_FLAG_HAS_PRICE;
    if (draw_below(seed, 20) == 0) txn.flags |= draw_below(seed, 2) ? CLR_FLAG_BONUS : CLR_FLAG_MONTHLY;
    txn.issuer = ledger_party(draw_below(seed, 2) ? "city" : "town");
    txn.acquirer = ledger_party(draw_below(seed, 2) ? "bus" : "metro");
    return txn;
}

/** The same, one by one. */
static void count_plainly(const struct clr_txn *txn)
{
    struct side *const want = &world.want;
    const struct clr_trade trade = {
        .product = (enum clr_product)txn->product, .kind = (enum clr_kind)txn->kind, .service = (enum clr_service)txn->service, .flags = txn->flags,
        .issuer = txn->issuer, .acquirer = txn->acquirer, .issuer_index = world.participant_of[txn->issuer],
        .acquirer_index = world.participant_of[txn->acquirer], .amount_fen = txn->amount_fen, .price_fen = txn->price_fen,
        .trade_day = txn->trade_day, .window = txn->window,
    };
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;

    assert_int_equal(clr_figures_count(&want->figures[txn->file], txn->reasons, (enum clr_kind)txn->kind, txn->amount_fen), CLR_OK);
    if (want->window[txn->file] == CLR_DAY_NONE || txn->window < want->window[txn->file]) want->window[txn->file] = txn->window;
    assert_int_equal(clr_obligation_of(world.rules, &trade, &key, &sum, &booked), CLR_OK);
    if (booked) assert_int_equal(clr_cells_add(&want->cells[txn->file], &key, &sum, 1), CLR_OK);
}

static void compare_cells(const struct clr_cells *got, const struct clr_cells *want, uint64_t seed)
{
    size_t got_count, want_count;
    const struct clr_cell **g = clr_cells_sorted(got, &got_count), **w = clr_cells_sorted(want, &want_count);

    if (got_count != want_count || got_count == 0) fail_msg("seed %llu: %zu cells, not %zu", (unsigned long long)seed, got_count, want_count);
    for (size_t i = 0; i < got_count; i++) {
        uint8_t a[CLR_CELL_KEY_SIZE + CLR_CELL_SUM_SIZE], b[sizeof a];
        clr_cell_key_pack(&g[i]->key, a);
        clr_cell_key_pack(&w[i]->key, b);
        clr_cell_sum_pack(&g[i]->sum, a + CLR_CELL_KEY_SIZE);
        clr_cell_sum_pack(&w[i]->sum, b + CLR_CELL_KEY_SIZE);
        if (memcmp(a, b, sizeof a) != 0) fail_msg("seed %llu: cell %zu differs, service %u, fee row %u", (unsigned long long)seed, i, w[i]->key.service, w[i]->key.fee_row);
    }
    free(g);
    free(w);
}

static void compare(uint64_t seed)
{
    assert_int_equal(clr_tabs_settle(&world.tabs), CLR_OK);
    for (int file = 0; file < FILES; file++) {
        assert_non_null(world.share[file]);
        assert_memory_equal(&world.share[file]->figures, &world.want.figures[file], sizeof world.want.figures[file]);
        assert_int_equal(world.share[file]->window, world.want.window[file]);
        compare_cells(&world.share[file]->cells, &world.want.cells[file], seed);
    }
}

static void sums_are_those_of_the_records(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= SEEDS; start++) {
        uint64_t seed = start;
        open_world();
        for (size_t row = 0; start > 1 && row < world.rules->fee_count; row++) change_row(&world.rules->fee[row], &seed);
        for (int i = 0; i < RECORDS; i++) {
            const struct clr_txn txn = record_of(&seed);
            assert_int_equal(clr_tabs_add(&world.tabs, &txn), CLR_OK);
            count_plainly(&txn);
        }
        compare(start);
        close_world();
    }
}

/** More records than a tab holds, of the largest amount and the largest fee that it takes. */
static void a_full_tab_is_settled(void **state)
{
    uint64_t seed = 7;

    (void)state;
    open_world();
    world.rules->fee[0].rate_ppm = CLR_PPM;
    world.rules->fee[0].fixed_fen = world.rules->fee[0].min_fen = CLR_TAB_FEN_MAX;
    for (int file = 0; file < FILES; file++) {
        struct clr_txn txn = record_of(&seed);
        txn.file = (uint32_t)file;
        txn.kind = CLR_KIND_PURCHASE;
        txn.service = CLR_SERVICE_BUS;
        txn.flags = 0;
        txn.amount_fen = txn.price_fen = CLR_TAB_FEN_MAX;
        for (uint32_t i = 0; i < CLR_TAB_RECORDS_MAX + 3; i++) assert_int_equal(clr_tabs_add(&world.tabs, &txn), CLR_OK);
        for (uint32_t i = 0; i < CLR_TAB_RECORDS_MAX + 3; i++) count_plainly(&txn);
    }
    compare(0);
    close_world();
}

static void what_is_forgotten_is_not_counted(void **state)
{
    uint64_t seed = 9;

    (void)state;
    open_world();
    for (int i = 0; i < 1000; i++) {
        struct clr_txn txn = record_of(&seed);
        txn.amount_fen = 1;                                       /* nothing that is booked alone */
        txn.price_fen = 2;
        assert_int_equal(clr_tabs_add(&world.tabs, &txn), CLR_OK);
    }
    clr_tabs_forget(&world.tabs);
    assert_int_equal(clr_tabs_settle(&world.tabs), CLR_OK);
    for (int file = 0; file < FILES; file++) assert_null(world.share[file]);
    close_world();
}

static void what_leaves_int64_is_an_overflow(void **state)
{
    uint64_t seed = 11;
    enum clr_status status = CLR_OK;

    (void)state;
    open_world();
    struct clr_txn txn = record_of(&seed);
    txn.kind = CLR_KIND_ENTRY;
    txn.amount_fen = txn.price_fen = CLR_RECORD_FEN_MAX;
    for (uint64_t i = 0; i <= (uint64_t)(INT64_MAX / CLR_RECORD_FEN_MAX) && status == CLR_OK; i++) status = clr_tabs_add(&world.tabs, &txn);
    assert_int_equal(status, CLR_OVERFLOW);
    close_world();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_the_records),
        cmocka_unit_test(a_full_tab_is_settled),
        cmocka_unit_test(what_is_forgotten_is_not_counted),
        cmocka_unit_test(what_leaves_int64_is_an_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
