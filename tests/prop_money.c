/*
 * prop_money.c: laws of fees and refunds, 200 seeds each, against a reference that works with fractions.
 *
 * The reference never rounds on the way: a fee is the fraction numerator / 10^6, and a rounded value is right when it lies
 * nearest to it (a half away from zero), a share when it is the largest whole that does not pass it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "clear/obligation.h"
#include "ledger_rules.h"

#define SEEDS 200
#define ROUNDS 200

static struct clr_fee_row row_of(uint64_t *seed)
{
    struct clr_fee_row row = {
        .on = (int)draw_below(seed, 3), .total = draw_below(seed, 2) == 1,
        .rate_ppm = (int64_t)draw_below(seed, CLR_PPM + 1), .fixed_fen = (clr_fen)draw_below(seed, 30),
        .min_fen = draw_below(seed, 2) ? 0 : (clr_fen)draw_below(seed, 40), .max_fen = INT64_MAX,
        .issuer_share_ppm = (uint32_t)draw_below(seed, CLR_PPM + 1),
    };

    if (draw_below(seed, 3) == 0) row.rate_ppm = (int64_t)draw_below(seed, 100) * 50;    /* halves are common */
    if (draw_below(seed, 2) == 0) row.max_fen = row.min_fen + (clr_fen)draw_below(seed, 1000);
    row.centre_share_ppm = (uint32_t)draw_below(seed, CLR_PPM + 1 - row.issuer_share_ppm);
    return row;
}

static clr_fen amount_of(uint64_t *seed)
{
    static const clr_fen limits[] = { 1, 3, 200, 20000, 1000000, CLR_RECORD_FEN_MAX };

    return (clr_fen)draw_below(seed, (uint64_t)limits[draw_below(seed, COUNT_OF(limits))] + 1);
}

static clr_wide absolute(clr_wide value)
{
    return value < 0 ? -value : value;
}

/** Is `fen` the nearest whole to numerator / 10^6, and of two equally near the one further from zero? */
static bool is_nearest(clr_fen fen, clr_wide numerator)
{
    const clr_wide off = absolute((clr_wide)fen * CLR_PPM - numerator) * 2;

    return off < CLR_PPM || (off == CLR_PPM && absolute((clr_wide)fen * CLR_PPM) > absolute(numerator));
}

/** Is `fen` the largest part of `whole` (>= 0) that is not more than ppm of it? */
static bool is_share(clr_fen fen, clr_fen whole, uint32_t ppm)
{
    const clr_wide over = (clr_wide)whole * ppm - (clr_wide)fen * CLR_PPM;

    return over >= 0 && over < CLR_PPM;
}

static clr_wide exact_fee(const struct clr_fee_row *row, clr_fen amount, clr_fen discount)
{
    const clr_fen base = row->on == CLR_FEE_ON_COUNT ? 1 : row->on == CLR_FEE_ON_AMOUNT ? amount : discount;

    if (row->on != CLR_FEE_ON_COUNT && (amount == 0 || base == 0)) return 0;
    return (clr_wide)row->rate_ppm * base + (clr_wide)row->fixed_fen * CLR_PPM;
}

static void fees_are_the_nearest_fen(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= SEEDS; start++) {
        uint64_t seed = start;
        for (int round = 0; round < ROUNDS; round++) {
            const struct clr_fee_row row = row_of(&seed);
            const clr_fen amount = amount_of(&seed), discount = amount_of(&seed);
            const clr_wide exact = exact_fee(&row, amount, discount);
            const bool bears = row.on == CLR_FEE_ON_COUNT || (amount != 0 && (row.on == CLR_FEE_ON_AMOUNT || discount != 0));
            struct clr_cell_sum sum = { 0 };
            bool right;
            assert_int_equal(clr_fee_of(&row, amount, discount, &sum), CLR_OK);
            if (row.total) right = sum.fee_numerator == exact && sum.fee_fen == 0;
            else if (!bears) right = sum.fee_fen == 0;
            else if (sum.fee_fen == row.min_fen && exact < (clr_wide)row.min_fen * CLR_PPM) right = true;
            else if (sum.fee_fen == row.max_fen && exact > (clr_wide)row.max_fen * CLR_PPM) right = true;
            else right = is_nearest(sum.fee_fen, exact) && sum.fee_fen >= row.min_fen && sum.fee_fen <= row.max_fen;
            right = right && sum.fee_count == bears;
            right = right && is_share(sum.fee_issuer_fen, sum.fee_fen, row.issuer_share_ppm);
            right = right && is_share(sum.fee_centre_fen, sum.fee_fen, row.centre_share_ppm);
            if (!right) fail_msg("seed %llu round %d: fee %lld", (unsigned long long)start, round, (long long)sum.fee_fen);
        }
    }
}

static void totals_round_once(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= SEEDS; start++) {
        uint64_t seed = start;
        struct clr_fee_row row = row_of(&seed);
        struct clr_cell_sum sum = { 0 }, mirrored = { 0 };
        struct clr_fee fee, back;
        clr_wide exact = 0;
        row.total = true;
        row.min_fen = 0;
        row.max_fen = INT64_MAX;
        for (int round = 0; round < ROUNDS; round++) {
            const clr_fen amount = amount_of(&seed), discount = amount_of(&seed);
            struct clr_cell_sum one = { 0 };
            exact += exact_fee(&row, amount, discount);
            assert_int_equal(clr_fee_of(&row, amount, discount, &one), CLR_OK);
            assert_int_equal(clr_cell_sum_add(&sum, &one, 1), CLR_OK);
        }
        assert_int_equal(clr_cell_sum_add(&mirrored, &sum, -1), CLR_OK);
        assert_int_equal(clr_fee_close(&row, &sum, &fee), CLR_OK);
        assert_int_equal(clr_fee_close(&row, &mirrored, &back), CLR_OK);
        if (!is_nearest(fee.fee_fen, exact) || !is_share(fee.issuer_fen, fee.fee_fen, row.issuer_share_ppm)
            || !is_share(fee.centre_fen, fee.fee_fen, row.centre_share_ppm)
            || fee.issuer_fen + fee.centre_fen + fee.acquirer_fen != fee.fee_fen || fee.acquirer_fen < 0) {
            fail_msg("seed %llu: total %lld", (unsigned long long)start, (long long)fee.fee_fen);
        }
        if (back.fee_fen != -fee.fee_fen || back.issuer_fen != -fee.issuer_fen || back.centre_fen != -fee.centre_fen
            || back.acquirer_fen != -fee.acquirer_fen) {
            fail_msg("seed %llu: the mirror of a total", (unsigned long long)start);
        }
    }
}

/* ---- whole trades ---- */

static const char participants[] = "city,issuer,*,,,a,,\n" "town,issuer,*,,,a,,\n" "bus,acquirer,*,,,a,,\n" "metro,acquirer,*,,,a,,\n" "hub,centre,*,,,a,,\n";

/* One row a service, whose terms the laws draw anew; and rows of different reach, for the cache. */
static const char fees[] =
    "transit,bus,*,*,*,acquirer,amount,txn,,,,,,,return,,\n"
    "transit,taxi,*,city,*,acquirer,amount,txn,1,,,,,,return,2018-01-01,2018-12-31\n"
    "transit,taxi,load,*,bus,issuer,amount,txn,2,,,,,,return,,\n"
    "transit,*,*,town,bus,acquirer,amount,txn,3,,,,,,return,2018-09-01,2018-09-01\n"
    "transit,*,load,*,*,acquirer,count,txn,,4,,,,,return,,\n";

static struct clr_trade trade_of(const struct clr_rules *rules, uint64_t *seed)
{
    struct clr_trade trade = {
        .product = CLR_PRODUCT_TRANSIT, .kind = draw_below(seed, 4) == 0 ? CLR_KIND_LOAD : CLR_KIND_PURCHASE, .service = CLR_SERVICE_BUS,
        .flags = draw_below(seed, 2) ? CLR_FLAG_HAS_PRICE : 0, .amount_fen = amount_of(seed), .trade_day = 17775, .window = 17776,
    };

    trade.price_fen = trade.amount_fen + (draw_below(seed, 2) ? (clr_fen)draw_below(seed, 500) : -1);
    trade.issuer_index = ledger_row(rules, draw_below(seed, 2) ? "city" : "town");
    trade.acquirer_index = ledger_row(rules, draw_below(seed, 2) ? "bus" : "metro");
    trade.issuer = rules->participant[trade.issuer_index].party;
    trade.acquirer = rules->participant[trade.acquirer_index].party;
    return trade;
}

/** Refund the whole trade in `parts` random parts (0: by one reversal) and add everything to *sum. */
static void give_back(const struct clr_rules *rules, const struct clr_trade *trade, int parts, uint64_t *seed, struct clr_cell_sum *sum, int64_t *records)
{
    clr_fen refunded = 0;

    *records = 0;
    for (int part = parts; part >= 0 && (refunded < trade->amount_fen || part == 0); part--) {
        const clr_fen left = trade->amount_fen - refunded;
        const clr_fen refund = part <= 1 ? left : (clr_fen)draw_below(seed, (uint64_t)left + 1);
        struct clr_cell_key key;
        struct clr_cell_sum one;
        bool booked;
        const enum clr_status status = clr_refund_of(rules, trade, parts == 0 ? CLR_KIND_REVERSAL : CLR_KIND_REFUND, refunded, refund, 17800,
                                                     &key, &one, &booked);
        assert_int_equal(status, CLR_OK);
        refunded += refund;
        if (booked) {
            assert_int_equal(key.direction, trade->kind == CLR_KIND_LOAD ? 0 : 1);
            assert_int_equal(clr_cell_sum_add(sum, &one, 1), CLR_OK);
            *records += one.count;
        }
        if (part == 0) break;
    }
}

static void a_refund_in_parts_returns_exactly_the_fee(void **state)
{
    struct clr_rules *rules = ledger_rules(1, participants, fees);

    (void)state;
    for (uint64_t start = 1; start <= SEEDS; start++) {
        uint64_t seed = start;
        for (int round = 0; round < ROUNDS; round++) {
            const int parts = (int)draw_below(&seed, 7);          /* 0: a reversal */
            struct clr_trade trade = trade_of(rules, &seed);
            struct clr_cell_sum original = { 0 }, back = { 0 }, rest;
            struct clr_cell_key key;
            int64_t records;
            bool booked;
            rules->fee[0] = row_of(&seed);
            rules->fee[0].service = CLR_SERVICE_BUS;
            rules->fee[0].kind = rules->fee[0].issuer = rules->fee[0].acquirer = -1;
            rules->fee[0].valid_from = CLR_DAY_NONE;
            rules->fee[0].valid_to = INT32_MAX;
            rules->fee[0].keep_on_refund = draw_below(&seed, 4) == 0;
            if (parts > 0 && trade.amount_fen == 0) trade.amount_fen = 1;
            assert_int_equal(clr_obligation_of(rules, &trade, &key, &original, &booked), CLR_OK);
            give_back(rules, &trade, parts, &seed, &back, &records);

            rest = original;
            assert_int_equal(clr_cell_sum_add(&rest, &back, 1), CLR_OK);
            if (rest.amount_fen != 2 * original.amount_fen || rest.count != original.count + records || rest.discount_fen != 0) {
                fail_msg("seed %llu round %d: amount", (unsigned long long)start, round);
            }
            if (parts > 0 && key.fee_row == 0 && rules->fee[0].keep_on_refund) {
                if (rest.fee_fen != original.fee_fen || rest.fee_numerator != original.fee_numerator || rest.fee_count != original.fee_count) {
                    fail_msg("seed %llu round %d: the fee was not kept", (unsigned long long)start, round);
                }
            } else if (rest.fee_fen != 0 || rest.fee_issuer_fen != 0 || rest.fee_centre_fen != 0 || rest.fee_numerator != 0 || rest.fee_count != 0) {
                fail_msg("seed %llu round %d: %lld fen of the fee are left", (unsigned long long)start, round, (long long)rest.fee_fen);
            }
        }
    }
    clr_rules_destroy(rules);
}

/** Every field of a trade that decides a fee, from few values, so that slots of the cache are taken again and again. */
static void vary(struct clr_trade *trade, uint64_t *seed)
{
    static const enum clr_kind kinds[] = { CLR_KIND_PURCHASE, CLR_KIND_LOAD, CLR_KIND_ENTRY };

    trade->kind = kinds[draw_below(seed, COUNT_OF(kinds))];
    trade->service = (enum clr_service)draw_below(seed, CLR_SERVICE_COUNT);
    trade->product = draw_below(seed, 8) ? CLR_PRODUCT_TRANSIT : CLR_PRODUCT_VESSEL;
    trade->trade_day = 17770 + (clr_day)draw_below(seed, 10);
    if (draw_below(seed, 10) == 0) trade->flags |= CLR_FLAG_BONUS;
    trade->window = trade->trade_day + 1;
}

static void the_cache_changes_nothing(void **state)
{
    struct clr_rules *rules = ledger_rules(1, participants, fees);
    static struct clr_fee_cache cache;
    uint64_t fee_rows = 0;

    (void)state;
    for (uint64_t start = 1; start <= SEEDS; start++) {
        uint64_t seed = start;
        clr_fee_cache_init(&cache, rules);
        for (int round = 0; round < ROUNDS * 5; round++) {
            struct clr_trade trade = trade_of(rules, &seed);
            struct clr_cell_key key = { 0 }, cached_key = { 0 };
            struct clr_cell_sum sum = { 0 }, cached = { 0 };
            uint8_t packed[2][CLR_CELL_KEY_SIZE + CLR_CELL_SUM_SIZE];
            bool booked, cached_booked;
            vary(&trade, &seed);
            assert_int_equal(clr_obligation_of(rules, &trade, &key, &sum, &booked), CLR_OK);
            assert_int_equal(clr_obligation_cached(&cache, &trade, &cached_key, &cached, &cached_booked), CLR_OK);
            clr_cell_key_pack(&key, packed[0]);
            clr_cell_key_pack(&cached_key, packed[1]);
            clr_cell_sum_pack(&sum, packed[0] + CLR_CELL_KEY_SIZE);
            clr_cell_sum_pack(&cached, packed[1] + CLR_CELL_KEY_SIZE);
            if (booked != cached_booked || memcmp(packed[0], packed[1], sizeof packed[0]) != 0) {
                fail_msg("seed %llu round %d: row %u, cached %u", (unsigned long long)start, round, key.fee_row, cached_key.fee_row);
            }
            if (booked && key.fee_row != CLR_FEE_NONE) fee_rows |= UINT64_C(1) << key.fee_row;
        }
    }
    assert_int_equal(fee_rows, 0x1F);                             /* every row was met */
    clr_rules_destroy(rules);
}

/** Whatever field of a slot differs from the trade, its row is another trade's and is not taken. */
static void a_slot_of_another_trade_is_looked_up_again(void **state)
{
    static const char *const fields[] = { "nothing", "issuer", "acquirer", "trade_day", "product", "service", "kind", "used" };
    struct clr_rules *rules = ledger_rules(1, participants, fees);
    static struct clr_fee_cache cache;
    uint64_t seed = 1;

    (void)state;
    for (unsigned field = 0; field < COUNT_OF(fields); field++) {
        struct clr_trade trade = trade_of(rules, &seed);
        struct clr_cell_key key;
        struct clr_cell_sum sum;
        bool booked;
        trade.kind = CLR_KIND_PURCHASE;                           /* row 0, whoever the parties are */
        trade.trade_day = 17700;
        trade.amount_fen = 100;
        clr_fee_cache_init(&cache, rules);
        assert_int_equal(clr_obligation_cached(&cache, &trade, &key, &sum, &booked), CLR_OK);
        for (size_t i = 0; i < CLR_FEE_CACHE_SIZE; i++) {
            struct clr_fee_cached *slot = &cache.slot[i];
            if (!slot->used) continue;
            slot->row = 4;
            slot->issuer += field == 1;
            slot->acquirer += field == 2;
            slot->trade_day += field == 3;
            slot->product ^= field == 4;
            slot->service ^= field == 5;
            slot->kind ^= field == 6;
            slot->used ^= field == 7;
        }
        assert_int_equal(clr_obligation_cached(&cache, &trade, &key, &sum, &booked), CLR_OK);
        if (key.fee_row != (field == 0 ? 4 : 0)) fail_msg("%s: row %u", fields[field], key.fee_row);
    }
    clr_rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fees_are_the_nearest_fen),
        cmocka_unit_test(totals_round_once),
        cmocka_unit_test(a_refund_in_parts_returns_exactly_the_fee),
        cmocka_unit_test(the_cache_changes_nothing),
        cmocka_unit_test(a_slot_of_another_trade_is_looked_up_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
