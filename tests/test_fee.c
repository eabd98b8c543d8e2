/* test_fee.c: fees of one record and of a total; obligations, refunds, reversals and adjustments of single trades. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "clear/obligation.h"
#include "ledger_rules.h"

#define NO_MAX INT64_MAX
#define AMOUNT CLR_FEE_ON_AMOUNT
#define DISCOUNT CLR_FEE_ON_DISCOUNT
#define COUNT CLR_FEE_ON_COUNT

/* ---- one record ---- */

static void a_record_pays_its_fee(void **state)
{
    static const struct {
        const char *name; int on; int64_t rate_ppm; clr_fen fixed, min, max; uint32_t issuer_ppm, centre_ppm; clr_fen amount, discount;
        clr_fen fee, issuer, centre; int64_t count; enum clr_status status;
    } cases[] = {
        { "3 per mille of 200 fen",       AMOUNT, 3000, 0, 0, NO_MAX, 0, 0,             200, 0,     1, 0, 0,   1, CLR_OK },
        { "half a fen goes away from 0",  AMOUNT, 2500, 0, 0, NO_MAX, 0, 0,             200, 0,     1, 0, 0,   1, CLR_OK },
        { "just under half a fen",        AMOUNT, 2499, 0, 0, NO_MAX, 0, 0,             200, 0,     0, 0, 0,   1, CLR_OK },
        { "negative half away from 0",    AMOUNT, -2500, 0, INT64_MIN, NO_MAX, 0, 0,    200, 0,    -1, 0, 0,   1, CLR_OK },
        { "rate and fixed round once",    AMOUNT, 2500, 2, 0, NO_MAX, 0, 0,             200, 0,     3, 0, 0,   1, CLR_OK },
        { "fixed alone",                  AMOUNT, 0, 7, 0, NO_MAX, 0, 0,                1, 0,       7, 0, 0,   1, CLR_OK },
        { "raised to the minimum",        AMOUNT, 1000, 0, 5, NO_MAX, 0, 0,             100, 0,     5, 0, 0,   1, CLR_OK },
        { "cut to the maximum",           AMOUNT, 100000, 0, 0, 9, 0, 0,                100, 0,     9, 0, 0,   1, CLR_OK },
        { "0 fen pay no minimum",         AMOUNT, 1000, 3, 5, NO_MAX, 0, 0,             0, 0,       0, 0, 0,   0, CLR_OK },
        { "0 fen pay by the count",       COUNT,  0, 3, 0, NO_MAX, 0, 0,                0, 0,       3, 0, 0,   1, CLR_OK },
        { "count: the rate is fen·ppm",   COUNT,  2500000, 0, 0, NO_MAX, 0, 0,          900, 50,    3, 0, 0,   1, CLR_OK },
        { "count: under half",            COUNT,  499999, 0, 0, NO_MAX, 0, 0,           900, 50,    0, 0, 0,   1, CLR_OK },
        { "the largest 64-bit numerator", COUNT,  INT64_MAX, 0, 0, NO_MAX, 0, 0,        1, 0,
          9223372036855, 0, 0, 1, CLR_OK },
        { "subsidy",                      DISCOUNT, 100000, 0, 0, NO_MAX, 0, 0,         160, 40,    4, 0, 0,   1, CLR_OK },
        { "no subsidy, no minimum",       DISCOUNT, 100000, 2, 5, NO_MAX, 0, 0,         200, 0,     0, 0, 0,   0, CLR_OK },
        { "all subsidy, 0 fen charged",   DISCOUNT, 100000, 0, 0, NO_MAX, 0, 0,         0, 200,     0, 0, 0,   0, CLR_OK },
        { "shares are floors",            AMOUNT, 10000, 0, 0, NO_MAX, 500000, 333333,  700, 0,     7, 3, 2,   1, CLR_OK },
        { "all to the issuer",            AMOUNT, 10000, 0, 0, NO_MAX, 1000000, 0,      700, 0,     7, 7, 0,   1, CLR_OK },
        { "mirrored shares",              AMOUNT, -10000, 0, -100, NO_MAX, 500000, 333333, 700, 0, -7, -3, -2, 1, CLR_OK },
        { "the largest record",           AMOUNT, 1000000, 0, 0, NO_MAX, 1000000, 0,    CLR_RECORD_FEN_MAX, 0,
          CLR_RECORD_FEN_MAX, CLR_RECORD_FEN_MAX, 0, 1, CLR_OK },
        { "large fee, exact share",       COUNT,  0, INT64_MAX, 0, NO_MAX, 1, 999999,   1, 0,
          INT64_MAX, 9223372036854, 9223362813482738952, 1, CLR_OK },
        { "beyond int64 fen",             AMOUNT, INT64_MAX, 0, 0, NO_MAX, 0, 0,        CLR_RECORD_FEN_MAX, 0, 0, 0, 0, 0, CLR_OVERFLOW },
        { "fixed beyond int64 fen",       AMOUNT, 1000000, INT64_MAX, 0, NO_MAX, 0, 0,  1, 0,       0, 0, 0,   0, CLR_OVERFLOW },
        { "beyond, though capped",        AMOUNT, INT64_MAX, 0, 0, 5, 0, 0,             CLR_RECORD_FEN_MAX, 0, 0, 0, 0, 0, CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct clr_fee_row row = {
            .on = cases[i].on, .rate_ppm = cases[i].rate_ppm, .fixed_fen = cases[i].fixed, .min_fen = cases[i].min, .max_fen = cases[i].max,
            .issuer_share_ppm = cases[i].issuer_ppm, .centre_share_ppm = cases[i].centre_ppm,
        };
        struct clr_cell_sum sum = { .amount_fen = 77 };
        const enum clr_status status = clr_fee_of(&row, cases[i].amount, cases[i].discount, &sum);
        if (status != cases[i].status) fail_msg("%s: status %d", cases[i].name, (int)status);
        if (sum.amount_fen != 77) fail_msg("%s: more than the fee was written", cases[i].name);
        if (sum.fee_fen != cases[i].fee || sum.fee_issuer_fen != cases[i].issuer || sum.fee_centre_fen != cases[i].centre
            || sum.fee_count != cases[i].count || sum.fee_numerator != 0) {
            fail_msg("%s: fee %lld = %lld + %lld + rest, count %lld", cases[i].name, (long long)sum.fee_fen, (long long)sum.fee_issuer_fen,
                     (long long)sum.fee_centre_fen, (long long)sum.fee_count);
        }
    }
}

static void a_total_keeps_the_numerator(void **state)
{
    static const struct { const char *name; int on; int64_t rate_ppm; clr_fen fixed, amount, discount; int64_t numerator; int64_t count; } cases[] = {
        { "amount",                  AMOUNT,   3000, 0, 201, 0,   603000,  1 },
        { "amount and fixed",        AMOUNT,   3000, 2, 201, 0,   2603000, 1 },
        { "0 fen",                   AMOUNT,   3000, 2, 0, 9,     0,       0 },
        { "subsidy",                 DISCOUNT, 1, 0, 160, 40,     40,      1 },
        { "no subsidy",              DISCOUNT, 1, 1, 160, 0,      0,       0 },
        { "count on 0 fen",          COUNT,    1, 0, 0, 0,        1,       1 },
        { "minimum is not of one",   AMOUNT,   1, 0, 1, 0,        1,       1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct clr_fee_row row = {
            .on = cases[i].on, .total = true, .rate_ppm = cases[i].rate_ppm, .fixed_fen = cases[i].fixed, .min_fen = 10, .max_fen = 20,
            .issuer_share_ppm = 500000,
        };
        struct clr_cell_sum sum = { 0 };
        assert_int_equal(clr_fee_of(&row, cases[i].amount, cases[i].discount, &sum), CLR_OK);
        if (sum.fee_numerator != cases[i].numerator || sum.fee_count != cases[i].count || sum.fee_fen != 0 || sum.fee_issuer_fen != 0) {
            fail_msg("%s: numerator %lld", cases[i].name, (long long)sum.fee_numerator);
        }
    }
}

static void a_total_is_rounded_once(void **state)
{
    const clr_wide beyond = ((clr_wide)INT64_MAX + 1) * CLR_PPM;
    const struct {
        const char *name; clr_wide numerator; clr_fen min, max; uint32_t issuer_ppm, centre_ppm;
        clr_fen fee, issuer, centre, acquirer; enum clr_status status;
    } cases[] = {
        { "half away from 0",            2500000,  0, NO_MAX, 0, 0,             3, 0, 0, 3,     CLR_OK },
        { "under half",                  2499999,  0, NO_MAX, 0, 0,             2, 0, 0, 2,     CLR_OK },
        { "negative half away from 0",  -2500000,  0, NO_MAX, 0, 0,            -3, 0, 0, -3,    CLR_OK },
        { "minimum",                     2500000, 10, NO_MAX, 0, 0,            10, 0, 0, 10,    CLR_OK },
        { "maximum",                    99000000,  0, 50, 0, 0,                50, 0, 0, 50,    CLR_OK },
        { "no minimum on nothing",             0, 10, NO_MAX, 0, 0,             0, 0, 0, 0,     CLR_OK },
        { "no minimum on less than half", 400000, 10, NO_MAX, 0, 0,             0, 0, 0, 0,     CLR_OK },
        { "no minimum on a return",     -2500000, 10, NO_MAX, 0, 0,            -3, 0, 0, -3,    CLR_OK },
        { "no maximum on a return",    -99000000,  0, 50, 0, 0,               -99, 0, 0, -99,   CLR_OK },
        { "shares of the total",         7000000,  0, NO_MAX, 500000, 333333,   7, 3, 2, 2,     CLR_OK },
        { "mirrored",                   -7000000,  0, NO_MAX, 500000, 333333,  -7, -3, -2, -2,  CLR_OK },
        { "beyond int64 fen",             beyond,  0, NO_MAX, 0, 0,             1, 1, 1, 1,     CLR_OVERFLOW },
        { "beyond the other way",        -beyond - CLR_PPM, 0, NO_MAX, 0, 0,    1, 1, 1, 1,     CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct clr_fee_row row = {
            .total = true, .min_fen = cases[i].min, .max_fen = cases[i].max, .issuer_share_ppm = cases[i].issuer_ppm,
            .centre_share_ppm = cases[i].centre_ppm,
        };
        const struct clr_cell_sum sum = { .fee_numerator = cases[i].numerator };
        struct clr_fee fee = { 1, 1, 1, 1 };
        const enum clr_status status = clr_fee_close(&row, &sum, &fee);
        if (status != cases[i].status || fee.fee_fen != cases[i].fee || fee.issuer_fen != cases[i].issuer || fee.centre_fen != cases[i].centre
            || fee.acquirer_fen != cases[i].acquirer) {
            fail_msg("%s: status %d, fee %lld", cases[i].name, (int)status, (long long)fee.fee_fen);
        }
    }
}

static void a_txn_basis_is_closed_as_summed(void **state)
{
    const struct clr_fee_row row = { .min_fen = 1000, .max_fen = 1000, .issuer_share_ppm = 1 };
    const struct clr_cell_sum sum = { .fee_fen = 70, .fee_issuer_fen = 30, .fee_centre_fen = 20, .fee_numerator = 5 };
    const struct clr_cell_sum wide = { .fee_fen = INT64_MIN, .fee_issuer_fen = 1 };
    struct clr_fee fee;

    (void)state;
    assert_int_equal(clr_fee_close(&row, &sum, &fee), CLR_OK);
    assert_int_equal(fee.fee_fen, 70);
    assert_int_equal(fee.issuer_fen, 30);
    assert_int_equal(fee.centre_fen, 20);
    assert_int_equal(fee.acquirer_fen, 20);
    assert_int_equal(clr_fee_close(&row, &wide, &fee), CLR_OVERFLOW);
}

/* ---- single trades ---- */

static const char participants[] =
    "city,issuer,*,,,a1,,\n" "town,issuer,*,,,a2,,\n" "bus,acquirer,*,,,a3,,\n" "metro,acquirer,*,,,a4,,\n" "centre,centre,*,,,a5,,\n";
/* Rows 0 … 4: 5 % of the amount by transaction; 1 fen a count on taxis; keep on parking; subsidy; total. */
static const char fees[] =
    "transit,*,*,*,bus,acquirer,amount,txn,50000,0,,,300000,200000,return,,\n"
    "transit,taxi,*,*,bus,acquirer,count,txn,0,1,,,0,1000000,return,,\n"
    "transit,parking,*,*,bus,acquirer,amount,txn,50000,0,,,300000,0,keep,,\n"
    "transit,tram,*,*,bus,issuer,discount,txn,100000,3,,,0,0,return,,\n"
    "transit,ferry,*,*,bus,acquirer,amount,total,2500,4,,,0,0,return,,\n";

static struct clr_trade trade_of(const struct clr_rules *rules, enum clr_service service, clr_fen amount_fen)
{
    const int issuer = ledger_row(rules, "city"), acquirer = ledger_row(rules, "bus");

    return (struct clr_trade){
        .product = CLR_PRODUCT_TRANSIT, .kind = CLR_KIND_PURCHASE, .service = service, .flags = CLR_FLAG_HAS_PRICE,
        .issuer = rules->participant[issuer].party, .acquirer = rules->participant[acquirer].party, .issuer_index = issuer, .acquirer_index = acquirer,
        .amount_fen = amount_fen, .price_fen = amount_fen, .trade_day = 17775, .window = 17776,
    };
}

static void a_trade_is_booked(void **state)
{
    static const struct {
        const char *name; enum clr_kind kind; enum clr_service service; unsigned flags; clr_fen amount, price;
        bool booked; int direction; int64_t count; clr_fen discount, fee; int64_t fee_count; int fee_row;
    } cases[] = {
        { "purchase",                 CLR_KIND_PURCHASE, CLR_SERVICE_BUS,  CLR_FLAG_HAS_PRICE, 190, 200, true, 0, 1, 10, 10, 1, 0 },
        { "price that is not there",  CLR_KIND_PURCHASE, CLR_SERVICE_BUS,  0, 190, 200,                  true, 0, 1, 0, 10, 1, 0 },
        { "price below the amount",   CLR_KIND_PURCHASE, CLR_SERVICE_BUS,  CLR_FLAG_HAS_PRICE, 200, 190, true, 0, 1, 0, 10, 1, 0 },
        { "load",                     CLR_KIND_LOAD,     CLR_SERVICE_LOAD, 0, 5000, 5000,                true, 1, 1, 0, 250, 1, 0 },
        { "0 fen",                    CLR_KIND_PURCHASE, CLR_SERVICE_BUS,  CLR_FLAG_HAS_PRICE, 0, 200,   false, 0, 0, 0, 0, 0, 0 },
        { "0 fen, counted",           CLR_KIND_PURCHASE, CLR_SERVICE_TAXI, CLR_FLAG_HAS_PRICE, 0, 200,   true, 0, 0, 200, 1, 1, 1 },
        { "bonus purse",              CLR_KIND_PURCHASE, CLR_SERVICE_TAXI, CLR_FLAG_BONUS, 200, 200,     false, 0, 0, 0, 0, 0, 0 },
        { "monthly pass",             CLR_KIND_PURCHASE, CLR_SERVICE_BUS,  CLR_FLAG_MONTHLY, 200, 200,   false, 0, 0, 0, 0, 0, 0 },
        { "entry",                    CLR_KIND_ENTRY,    CLR_SERVICE_METRO, 0, 0, 0,                     false, 0, 0, 0, 0, 0, 0 },
        { "entry with an amount",     CLR_KIND_ENTRY,    CLR_SERVICE_TAXI, 0, 200, 200,                  false, 0, 0, 0, 0, 0, 0 },
        { "lock",                     CLR_KIND_LOCK,     CLR_SERVICE_BUS,  0, 200, 200,                  false, 0, 0, 0, 0, 0, 0 },
        { "refund has no own trade",  CLR_KIND_REFUND,   CLR_SERVICE_BUS,  0, 200, 200,                  false, 0, 0, 0, 0, 0, 0 },
        { "subsidy with no subsidy",  CLR_KIND_PURCHASE, CLR_SERVICE_TRAM, CLR_FLAG_HAS_PRICE, 200, 200, true, 0, 1, 0, 0, 0, 3 },
        { "subsidy",                  CLR_KIND_PURCHASE, CLR_SERVICE_TRAM, CLR_FLAG_HAS_PRICE, 160, 200, true, 0, 1, 40, 7, 1, 3 },
    };
    struct clr_rules *rules = ledger_rules(7, participants, fees);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_trade trade = trade_of(rules, cases[i].service, cases[i].amount);
        struct clr_cell_key key = { .issuer = 99 };
        struct clr_cell_sum sum = { .count = 99 };
        bool booked;
        trade.kind = cases[i].kind;
        trade.flags = (uint16_t)cases[i].flags;
        trade.price_fen = cases[i].price;
        assert_int_equal(clr_obligation_of(rules, &trade, &key, &sum, &booked), CLR_OK);
        if (booked != cases[i].booked) fail_msg("%s: booked %d", cases[i].name, booked);
        if (!booked && (key.issuer != 99 || sum.count != 99)) fail_msg("%s: touched", cases[i].name);
        if (!booked) continue;
        if (key.direction != cases[i].direction || key.kind != cases[i].kind || key.service != cases[i].service || key.window != 17776
            || key.issuer != trade.issuer || key.acquirer != trade.acquirer || key.rules_version != 7 || key.fee_row != cases[i].fee_row) {
            fail_msg("%s: key", cases[i].name);
        }
        if (sum.count != cases[i].count || sum.amount_fen != cases[i].amount || sum.discount_fen != cases[i].discount
            || sum.fee_fen != cases[i].fee || sum.fee_count != cases[i].fee_count) {
            fail_msg("%s: sum: fee %lld", cases[i].name, (long long)sum.fee_fen);
        }
    }
    clr_rules_destroy(rules);
}

static void a_trade_without_fee_row(void **state)
{
    struct clr_rules *rules = ledger_rules(7, participants, fees);
    struct clr_trade trade = trade_of(rules, CLR_SERVICE_BUS, 200);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;

    (void)state;
    trade.acquirer_index = ledger_row(rules, "metro");
    trade.acquirer = rules->participant[trade.acquirer_index].party;
    assert_int_equal(clr_obligation_of(rules, &trade, &key, &sum, &booked), CLR_OK);
    assert_true(booked);
    assert_int_equal(key.fee_row, CLR_FEE_NONE);
    assert_int_equal(sum.fee_count, 0);
    trade.amount_fen = 0;
    assert_int_equal(clr_obligation_of(rules, &trade, &key, &sum, &booked), CLR_OK);
    assert_false(booked);
    clr_rules_destroy(rules);
}

static void a_refund_is_a_difference(void **state)
{
    static const struct {
        const char *name; enum clr_service service; clr_fen amount, price; enum clr_kind kind; clr_fen refunded, refund; enum clr_status status;
        bool booked; int64_t count; clr_fen discount, fee, issuer, centre; int64_t fee_count, numerator;
    } cases[] = {
        /* 5 % of 110 = 5.5 → 6 fen: issuer 1, centre 1 */
        { "whole",                     CLR_SERVICE_BUS, 110, 120, CLR_KIND_REFUND, 0, 110, CLR_OK,     true, 1, -10, -6, -1, -1, -1, 0 },
        { "reversal",                  CLR_SERVICE_BUS, 110, 120, CLR_KIND_REVERSAL, 0, 110, CLR_OK,   true, 1, -10, -6, -1, -1, -1, 0 },
        { "first part: 90 keep 5",     CLR_SERVICE_BUS, 110, 120, CLR_KIND_REFUND, 0, 20, CLR_OK,      true, 1, 0, -1, 0, 0, 0, 0 },
        { "second part: 50 keep 3",    CLR_SERVICE_BUS, 110, 120, CLR_KIND_REFUND, 20, 40, CLR_OK,     true, 1, 0, -2, -1, -1, 0, 0 },
        { "last part",                 CLR_SERVICE_BUS, 110, 120, CLR_KIND_REFUND, 60, 50, CLR_OK,     true, 1, -10, -3, 0, 0, -1, 0 },
        { "count fee stays",           CLR_SERVICE_TAXI, 110, 110, CLR_KIND_REFUND, 0, 109, CLR_OK,    true, 1, 0, 0, 0, 0, 0, 0 },
        { "count fee, last part",      CLR_SERVICE_TAXI, 110, 110, CLR_KIND_REFUND, 109, 1, CLR_OK,    true, 1, 0, -1, 0, -1, -1, 0 },
        { "counted 0 fen, reversed",   CLR_SERVICE_TAXI, 0, 110, CLR_KIND_REVERSAL, 0, 0, CLR_OK,      true, 0, -110, -1, 0, -1, -1, 0 },
        { "counted 0 fen, refund",     CLR_SERVICE_TAXI, 0, 110, CLR_KIND_REFUND, 0, 0, CLR_OK,        false, 0, 0, 0, 0, 0, 0, 0 },
        { "0 fen reversed",            CLR_SERVICE_BUS, 0, 0, CLR_KIND_REVERSAL, 0, 0, CLR_OK,         false, 0, 0, 0, 0, 0, 0, 0 },
        { "kept on a refund",          CLR_SERVICE_PARKING, 110, 110, CLR_KIND_REFUND, 0, 110, CLR_OK, true, 1, 0, 0, 0, 0, 0, 0 },
        { "not kept on a reversal",    CLR_SERVICE_PARKING, 110, 110, CLR_KIND_REVERSAL, 0, 110, CLR_OK, true, 1, 0, -6, -1, 0, -1, 0 },
        { "subsidy fee stays",         CLR_SERVICE_TRAM, 160, 200, CLR_KIND_REFUND, 0, 100, CLR_OK,    true, 1, 0, 0, 0, 0, 0, 0 },
        { "subsidy fee, last part",    CLR_SERVICE_TRAM, 160, 200, CLR_KIND_REFUND, 100, 60, CLR_OK,   true, 1, -40, -7, 0, 0, -1, 0 },
        { "total: numerator of a part", CLR_SERVICE_FERRY, 100, 100, CLR_KIND_REFUND, 0, 40, CLR_OK,   true, 1, 0, 0, 0, 0, 0, -100000 },
        { "total: last with fixed",    CLR_SERVICE_FERRY, 100, 100, CLR_KIND_REFUND, 40, 60, CLR_OK,   true, 1, 0, 0, 0, 0, -1, -4150000 },
        { "nothing",                   CLR_SERVICE_BUS, 110, 110, CLR_KIND_REFUND, 20, 0, CLR_OK,      false, 0, 0, 0, 0, 0, 0, 0 },
        { "more than is left",         CLR_SERVICE_BUS, 110, 110, CLR_KIND_REFUND, 60, 51, CLR_INTERNAL, false, 0, 0, 0, 0, 0, 0, 0 },
        { "more was refunded",         CLR_SERVICE_BUS, 110, 110, CLR_KIND_REFUND, 111, 0, CLR_INTERNAL, false, 0, 0, 0, 0, 0, 0, 0 },
        { "negative",                  CLR_SERVICE_BUS, 110, 110, CLR_KIND_REFUND, 0, -1, CLR_INTERNAL, false, 0, 0, 0, 0, 0, 0, 0 },
        { "negative before",           CLR_SERVICE_BUS, 110, 110, CLR_KIND_REFUND, -1, 1, CLR_INTERNAL, false, 0, 0, 0, 0, 0, 0, 0 },
        { "not a refund",              CLR_SERVICE_BUS, 110, 110, CLR_KIND_ADJUST, 0, 1, CLR_INTERNAL, false, 0, 0, 0, 0, 0, 0, 0 },
    };
    struct clr_rules *rules = ledger_rules(7, participants, fees);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_trade trade = trade_of(rules, cases[i].service, cases[i].amount);
        struct clr_cell_key key = { .issuer = 99 };
        struct clr_cell_sum sum = { .count = 99 };
        bool booked = true;
        enum clr_status status;
        trade.price_fen = cases[i].price;
        status = clr_refund_of(rules, &trade, cases[i].kind, cases[i].refunded, cases[i].refund, 17800, &key, &sum, &booked);
        if (status != cases[i].status || booked != cases[i].booked) fail_msg("%s: status %d booked %d", cases[i].name, (int)status, booked);
        if (!booked && (key.issuer != 99 || sum.count != 99)) fail_msg("%s: touched", cases[i].name);
        if (!booked) continue;
        if (key.direction != 1 || key.kind != cases[i].kind || key.window != 17800 || key.rules_version != 7 || key.issuer != trade.issuer
            || key.service != trade.service) {
            fail_msg("%s: key", cases[i].name);
        }
        if (sum.count != cases[i].count || sum.amount_fen != cases[i].refund || sum.discount_fen != cases[i].discount || sum.fee_fen != cases[i].fee
            || sum.fee_issuer_fen != cases[i].issuer || sum.fee_centre_fen != cases[i].centre || sum.fee_count != cases[i].fee_count
            || sum.fee_numerator != cases[i].numerator) {
            fail_msg("%s: fee %lld = %lld + %lld + rest of %lld, discount %lld", cases[i].name, (long long)sum.fee_fen, (long long)sum.fee_issuer_fen,
                     (long long)sum.fee_centre_fen, (long long)sum.fee_count, (long long)sum.discount_fen);
        }
    }
    clr_rules_destroy(rules);
}

static void a_refund_of_what_never_owed(void **state)
{
    struct clr_rules *rules = ledger_rules(7, participants, fees);
    struct clr_trade trade = trade_of(rules, CLR_SERVICE_BUS, 100);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked = true;

    (void)state;
    trade.flags |= CLR_FLAG_BONUS;
    assert_int_equal(clr_refund_of(rules, &trade, CLR_KIND_REFUND, 0, 50, 17800, &key, &sum, &booked), CLR_OK);
    assert_false(booked);
    trade.flags = 0;
    trade.kind = CLR_KIND_LOAD;
    assert_int_equal(clr_refund_of(rules, &trade, CLR_KIND_REFUND, 0, 50, 17800, &key, &sum, &booked), CLR_OK);
    assert_true(booked);
    assert_int_equal(key.direction, 0);              /* a load ran from acquirer to issuer */
    clr_rules_destroy(rules);
}

static void an_adjustment_turns_with_its_sign(void **state)
{
    static const struct {
        const char *name; enum clr_kind kind; unsigned flags; clr_fen adjust; enum clr_status status; bool booked; int direction; clr_fen amount;
    } cases[] = {
        { "the issuer owes more",   CLR_KIND_PURCHASE, 0, 30,  CLR_OK, true, 0, 30 },
        { "the issuer owes less",   CLR_KIND_PURCHASE, 0, -30, CLR_OK, true, 1, 30 },
        { "the agent owes more",    CLR_KIND_LOAD, 0, 30,      CLR_OK, true, 1, 30 },
        { "the agent owes less",    CLR_KIND_LOAD, 0, -30,     CLR_OK, true, 0, 30 },
        { "nothing",                CLR_KIND_PURCHASE, 0, 0,   CLR_OK, false, 0, 0 },
        { "of a bonus purse",       CLR_KIND_PURCHASE, CLR_FLAG_BONUS, 30, CLR_OK, false, 0, 0 },
        { "of an entry",            CLR_KIND_ENTRY, 0, 30,     CLR_INTERNAL, false, 0, 0 },
        { "more than a record may", CLR_KIND_PURCHASE, 0, CLR_RECORD_FEN_MAX + 1, CLR_INTERNAL, false, 0, 0 },
        { "INT64_MIN",              CLR_KIND_PURCHASE, 0, INT64_MIN, CLR_INTERNAL, false, 0, 0 },
    };
    struct clr_rules *rules = ledger_rules(7, participants, fees);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_trade trade = trade_of(rules, CLR_SERVICE_BUS, 200);
        struct clr_cell_key key;
        struct clr_cell_sum sum;
        bool booked = true;
        enum clr_status status;
        trade.kind = cases[i].kind;
        trade.flags = (uint16_t)cases[i].flags;
        status = clr_adjust_of(rules, &trade, cases[i].adjust, 17800, &key, &sum, &booked);
        if (status != cases[i].status || booked != cases[i].booked) fail_msg("%s: status %d booked %d", cases[i].name, (int)status, booked);
        if (!booked) continue;
        if (key.direction != cases[i].direction || key.kind != CLR_KIND_ADJUST || key.fee_row != CLR_FEE_NONE || key.window != 17800
            || sum.amount_fen != cases[i].amount || sum.count != 1 || sum.fee_count != 0) {
            fail_msg("%s", cases[i].name);
        }
    }
    clr_rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_pays_its_fee),
        cmocka_unit_test(a_total_keeps_the_numerator),
        cmocka_unit_test(a_total_is_rounded_once),
        cmocka_unit_test(a_txn_basis_is_closed_as_summed),
        cmocka_unit_test(a_trade_is_booked),
        cmocka_unit_test(a_trade_without_fee_row),
        cmocka_unit_test(a_refund_is_a_difference),
        cmocka_unit_test(a_refund_of_what_never_owed),
        cmocka_unit_test(an_adjustment_turns_with_its_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
