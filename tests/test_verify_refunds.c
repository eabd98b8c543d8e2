/* What refunds, reversals and adjustments gave back is worked out again: one fen planted with right checksums and right totals is found. */
#include "desk.h"

#include "store/events.h"
#include "store/moves.h"

#define STAMP "2026-03-04T10:00:00+08:00"
#define LATER "2026-03-05T10:00:00+08:00"
#define AT "2026-03-04 09:00:00"

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    return status;
}

/*
 * r1 three taps of 1,000 fen (fee 10: its parts round differently in another order) · r2 moves, three of which wait for X-late ·
 * r3 X-late · r4 moves that decide one of them between two refunds · a re-examination promotes the others · r5 further moves.
 */
static struct desk make_world(const char *name)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 100, .balance_fen = 50000, .amount_fen = 1000, .time = "20260303080000" },
        { .card = CARD1, .merchant = 1, .counter = 101, .balance_fen = 49000, .amount_fen = 1000, .time = "20260303080100" },
        { .card = CARD1, .merchant = 2, .counter = 102, .balance_fen = 48000, .amount_fen = 1000, .time = "20260303080200" },
    };
    static const struct tap late[] = {
        { .card = CARD2, .merchant = 1, .counter = 300, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303090000" },
        { .card = CARD2, .merchant = 1, .counter = 301, .balance_fen = 8000, .amount_fen = 1000, .time = "20260303090100" },
        { .card = CARD2, .merchant = 1, .counter = 302, .balance_fen = 7000, .amount_fen = 1000, .time = "20260303090200" },
    };
    struct desk desk = desk_open(name);
    desk_taps(&desk, "X-one", "2026-03-03T22:00:00+08:00", taps, DESK_COUNT(taps));
    desk_moves(&desk, "moves-a", STAMP,
               "a1,transit,refund,r1-1,,,,," AT ",333,,,\n"
               "a2,transit,refund,X/X-late/1,,,,," AT ",333,,,\n"                  /* decided in r4 */
               "a3,transit,refund,X/X-late/2,,,,," AT ",250,,,\n"                  /* promoted */
               "a4,transit,reversal,X/X-late/3,,,,," AT ",1000,,,\n"               /* promoted */
               "a5,transit,adjust,X/X-late/2,,,,," AT ",-7,,,\n"                   /* promoted */
               "a6,transit,refund,r1-1,,,,," AT ",333,,,\n"
               "a7,transit,reversal,r1-2,,,,," AT ",1000,,,\n"
               "a8,transit,adjust,r1-3,,,,," AT ",50,,,\n"
               "a9,transit,load,,,nobody,bus,load," AT ",70,,,\n");
    desk_taps(&desk, "X-late", STAMP, late, DESK_COUNT(late));
    desk_moves(&desk, "moves-b", STAMP,
               "b1,transit,refund,r3-1,,,,," AT ",334,,,\n"
               "b2,transit,decide,r2-2,,,,,,,,accept,it is there now\n"
               "b3,transit,refund,X/X-late/1,,,,," AT ",333,,,\n"
               "b4,transit,adjust,r1-3,,,,," AT ",-20,,,\n");
    desk_reexamine(&desk, "2026-03-04");
    desk_moves(&desk, "moves-c", LATER, "c1,transit,refund,X/X-late/2,,,,," AT ",333,,,\nc2,transit,refund,r1-1,,,,," AT ",334,,,\n");
    return desk;
}

static void the_world_is_sound(void **state)
{
    static const struct { uint32_t file; uint64_t number; const char *says; } rows[] = {
        { 2, 1, "" }, { 2, 2, "" }, { 2, 3, "" }, { 2, 4, "" }, { 2, 5, "" }, { 2, 9, "unknown-participant" }, { 4, 1, "" }, { 4, 2, "" },
        { 4, 3, "" }, { 5, 1, "" }, { 5, 2, "" },
    };
    struct desk desk = make_world("sound");
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(rows); i++) desk_expect(&desk, "sound", rows[i].file, rows[i].number, rows[i].says);
    assert_int_equal(desk_owes(&desk, "", "bus", "card2", CLR_KIND_REFUND), 333 + 334 + 333 + 250 + 333);
    desk_close(&desk);
}

/* A file of the same name later makes the name ambiguous for whoever asks then; what was promoted by it before stays proven. */
static void a_name_that_is_taken_twice_later(void **state)
{
    struct desk desk = desk_open("twice");
    (void)state;
    desk_moves(&desk, "moves-early", STAMP, "e1,transit,refund,office/moves-later/1,,,,," AT ",30,,,\n");
    desk_expect(&desk, "waits", 1, 1, "refund-without-original");
    desk_moves(&desk, "moves-later", STAMP, "e2,transit,load,,,card1,bus,load," AT ",70,,,\n");
    desk_reexamine(&desk, "2026-03-04");
    desk_expect(&desk, "promoted", 1, 1, "");
    desk_moves(&desk, "moves-later", LATER, "e3,transit,load,,,card1,bus,load," AT ",71,,,\n");
    desk_moves(&desk, "moves-last", LATER, "e4,transit,refund,office/moves-later/1,,,,," AT ",30,,,\n");
    desk_expect(&desk, "not clear which", 4, 1, "refund-without-original");
    desk_close(&desk);
}

/* ---- planted errors ---- */

enum what { AMOUNT, FEE, GONE, WINDOW };

static void change_cell(struct clr_tx *tx, enum clr_table table, const uint8_t *key, size_t size, const struct clr_cell_sum *by, int sign)
{
    struct clr_bytes value;
    struct clr_cell_sum sum = { 0 };
    uint8_t packed[CLR_CELL_SUM_SIZE];
    const enum clr_status status = clr_tx_get(tx, table, key, size, &value, NULL);
    if (status == CLR_OK) clr_cell_sum_unpack(value.data, &sum);
    assert_int_equal(clr_cell_sum_add(&sum, by, sign), CLR_OK);
    clr_cell_sum_pack(&sum, packed);
    if (clr_cell_sum_is_zero(&sum)) assert_int_equal(clr_tx_delete(tx, table, key, size, NULL), CLR_OK);
    else assert_int_equal(clr_tx_put(tx, table, key, size, packed, sizeof packed, NULL), CLR_OK);
}

/** Change the first delta of a source and kind, and the running position with it: every sum still holds. */
static void plant(struct clr_store *store, char source, uint64_t number, enum clr_kind kind, enum what what)
{
    struct clr_tx tx;
    struct clr_scan scan;
    struct clr_bytes key, value;
    struct clr_cell_key cell;
    struct clr_cell_sum sum, by = { 0 };
    uint8_t prefix[9] = { (uint8_t)source }, bytes[9 + CLR_CELL_KEY_SIZE];
    clr_put_be64(prefix + 1, number);
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_scan_open(&tx, CLR_TABLE_delta, prefix, number == 0 ? 1 : sizeof prefix, &scan, NULL), CLR_OK);
    do {
        if (clr_scan_next(&scan, &key, &value, NULL) != CLR_OK) fail_msg("no delta of source %c, kind %d", source, (int)kind);
        clr_cell_key_unpack(key.data + 9, &cell);
    } while (cell.kind != kind);
    memcpy(bytes, key.data, sizeof bytes);
    clr_cell_sum_unpack(value.data, &sum);
    clr_scan_close(&scan);
    if (what == AMOUNT) by.amount_fen = 1;
    if (what == FEE) by.fee_fen = 1;
    if (what == GONE || what == WINDOW) by = sum;
    const int sign = what == GONE || what == WINDOW ? -1 : 1;
    change_cell(&tx, CLR_TABLE_delta, bytes, sizeof bytes, &by, sign);
    change_cell(&tx, CLR_TABLE_pos, bytes + 9, CLR_CELL_KEY_SIZE, &by, sign);
    if (what == WINDOW) {
        cell.window++;
        clr_cell_key_pack(&cell, bytes + 9);
        change_cell(&tx, CLR_TABLE_delta, bytes, sizeof bytes, &by, 1);
        change_cell(&tx, CLR_TABLE_pos, bytes + 9, CLR_CELL_KEY_SIZE, &by, 1);
    }
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
}

static void expect_found(struct desk *desk, const char *name, const char *says)
{
    struct clr_verify_report report;
    struct clr_fault fault = { 0 };
    if (clr_verify(desk->store, &report, &fault) != CLR_DAMAGED) fail_msg("%s: not found", name);
    bool said = false;
    for (size_t i = 0; i < report.problem_count && i < DESK_COUNT(report.problem); i++) {
        said |= strstr(report.problem[i].en, says) != NULL;
        assert_true(report.problem[i].zh[0] != '\0');
    }
    if (!said) fail_msg("%s: no problem says \"%s\"; the first: %s", name, says, report.problem[0].en);
    clr_store_close(desk->store);
}

static void obligations_one_fen_off(void **state)
{
    static const struct { const char *name; char source; enum clr_kind kind; enum what what; const char *says; } rows[] = {
        { "refund of a file, amount", 'f', CLR_KIND_REFUND, AMOUNT, "differs from the records of file" },
        { "refund of a file, fee", 'f', CLR_KIND_REFUND, FEE, "differs from the records of file" },
        { "refund of a file gone", 'f', CLR_KIND_REFUND, GONE, "differs from the records of file" },
        { "refund of a file in another window", 'f', CLR_KIND_REFUND, WINDOW, "differs from the records of file" },
        { "reversal of a file, amount", 'f', CLR_KIND_REVERSAL, AMOUNT, "differs from the records of file" },
        { "reversal of a file, fee", 'f', CLR_KIND_REVERSAL, FEE, "differs from the records of file" },
        { "adjustment of a file", 'f', CLR_KIND_ADJUST, AMOUNT, "differs from the records of file" },
        { "adjustment of a file gone", 'f', CLR_KIND_ADJUST, GONE, "differs from the records of file" },
        { "refund of an event, amount", 'e', CLR_KIND_REFUND, AMOUNT, "not what its original allows" },
        { "refund of an event, fee", 'e', CLR_KIND_REFUND, FEE, "not what its original allows" },
        { "refund of an event gone", 'e', CLR_KIND_REFUND, GONE, "not what its original allows" },
        { "refund of an event in another window", 'e', CLR_KIND_REFUND, WINDOW, "not what its original allows" },
        { "reversal of an event", 'e', CLR_KIND_REVERSAL, AMOUNT, "not what its original allows" },
        { "reversal of an event, fee", 'e', CLR_KIND_REVERSAL, FEE, "not what its original allows" },
        { "adjustment of an event", 'e', CLR_KIND_ADJUST, AMOUNT, "not what its original allows" },
        { "adjustment of an event gone", 'e', CLR_KIND_ADJUST, GONE, "not what its original allows" },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(rows); i++) {
        char name[32];
        snprintf(name, sizeof name, "fen%zu", i);
        struct desk desk = make_world(name);
        plant(desk.store, rows[i].source, 0, rows[i].kind, rows[i].what);
        expect_found(&desk, rows[i].name, rows[i].says);
    }
}

/* A load that a person accepted must owe. */
static void an_obligation_by_event_is_missing(void **state)
{
    struct clr_resolved resolved;
    struct clr_fault fault = { 0 };
    (void)state;
    struct desk desk = desk_open("missing");
    desk_moves(&desk, "moves-limit", STAMP, "l1,transit,load,,,card1,bus,load," AT ",5001,,,\n");
    if (clr_resolve(desk.store, clr_record_id_of(1, 1), true, "yes", CLR_TIME_NONE, false, &resolved, &fault) != CLR_OK) fail_msg("%s", fault.en);
    plant(desk.store, 'e', 0, CLR_KIND_LOAD, GONE);
    expect_found(&desk, "load of an event gone", "came to count, but table delta has no obligation");
}

static void given_back_one_fen_off(void **state)
{
    enum { FEN, COUNT, REVERSED, VANISHED, ADDED };
    static const struct { const char *name; clr_record_id original; int what; const char *says; } rows[] = {
        { "of a tap, one fen", UINT64_C(1) << 36 | 1, FEN, "not the sum of its refunds" },
        { "of a tap, one refund", UINT64_C(1) << 36 | 1, COUNT, "not the sum of its refunds" },
        { "of a tap, reversed", UINT64_C(1) << 36 | 1, REVERSED, "not the sum of its refunds" },
        { "of a reversed tap", UINT64_C(1) << 36 | 2, REVERSED, "not the sum of its refunds" },
        { "by event, one fen", UINT64_C(3) << 36 | 3, FEN, "not the sum of its refunds" },
        { "lost", UINT64_C(3) << 36 | 1, VANISHED, "not the sum of its refunds" },
        { "nothing was given back of it", UINT64_C(1) << 36 | 3, ADDED, "entries" },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(rows); i++) {
        char name[32];
        uint8_t key[8];
        struct clr_tx tx;
        struct clr_refunded refunded;
        snprintf(name, sizeof name, "given%zu", i);
        struct desk desk = make_world(name);
        assert_int_equal(clr_tx_begin(&desk.store->env, true, &tx, NULL), CLR_OK);
        assert_int_equal(clr_refunded_get(&tx, rows[i].original, &refunded, NULL), CLR_OK);
        assert_int_equal(refunded.count > 0, rows[i].what != ADDED);
        refunded.refunded_fen += rows[i].what == FEN || rows[i].what == ADDED;
        refunded.count += rows[i].what == COUNT || rows[i].what == ADDED;
        refunded.reversed ^= rows[i].what == REVERSED;
        clr_put_be64(key, rows[i].original);
        if (rows[i].what == VANISHED) assert_int_equal(clr_tx_delete(&tx, CLR_TABLE_mvref, key, sizeof key, NULL), CLR_OK);
        else assert_int_equal(clr_refunded_put(&tx, rows[i].original, &refunded, NULL), CLR_OK);
        assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
        expect_found(&desk, rows[i].name, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_world_is_sound),      cmocka_unit_test(a_name_that_is_taken_twice_later), cmocka_unit_test(obligations_one_fen_off),
        cmocka_unit_test(an_obligation_by_event_is_missing), cmocka_unit_test(given_back_one_fen_off),
    };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
