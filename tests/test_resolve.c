/* A pending or conflict record decided by a person. */
#include "desk.h"

#define STAMP "2026-03-03T22:00:00+08:00"
#define LATER "2026-03-05T10:00:00+08:00"

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    return status;
}

enum { COUNTS = 1, CONFLICT, GRAY, UNKNOWN, STOPPED, REPEAT, OVER_LIMIT, COUNTER, NORMAL_UNKNOWN, ITS_GRAY };

/* One record of each kind: r1-1 … */
static const struct tap taps[] = {
    { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
    { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1100, .time = "20260303080000" },
    { .card = CARD1, .merchant = 2, .counter = 2, .balance_fen = 8000, .amount_fen = 200, .time = "20260303090000", .gray = true },
    { .card = CARD1, .merchant = 3, .counter = 9, .balance_fen = 8000, .amount_fen = 300, .time = "20260303100000" },
    { .card = LOST, .merchant = 1, .counter = 3, .balance_fen = 8000, .amount_fen = 300, .time = "20260303100000" },
    { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
    { .card = CARD1, .merchant = 1, .counter = 20, .balance_fen = 9000, .amount_fen = 5001, .time = "20260303110000" },
    { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 400, .time = "20260303150000", .serial = 77 },
    { .card = CARD1, .merchant = 3, .counter = 30, .balance_fen = 8000, .amount_fen = 500, .time = "20260303120000" },
    { .card = CARD1, .merchant = 2, .counter = 30, .balance_fen = 8000, .amount_fen = 500, .time = "20260303120005", .gray = true, .serial = 78 },
};

static struct desk open_desk(const char *name)
{
    static const char *const before[] = { "", "conflict", "gray", "unknown-participant", "card-status", "duplicate-in-file", "amount-limit", "counter-conflict",
                                          "unknown-participant", "gray" };
    struct desk desk = desk_open(name);
    assert_int_equal(desk_taps(&desk, "X-taps", STAMP, taps, DESK_COUNT(taps)), 1);
    for (size_t i = 0; i < DESK_COUNT(before); i++) desk_expect(&desk, "before", 1, i + 1, before[i]);
    return desk;
}

static enum clr_status resolve(struct desk *desk, uint64_t number, bool accept, const char *stamp, struct clr_resolved *out, struct clr_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    return clr_resolve(desk->store, clr_record_id_of(1, number), accept, "looked at", stamp[0] == '\0' ? CLR_TIME_NONE : DESK_TIME(stamp), false, out, fault);
}

static void must(struct desk *desk, uint64_t number, bool accept, const char *stamp, struct clr_resolved *out)
{
    struct clr_fault fault;
    if (resolve(desk, number, accept, stamp, out, &fault) != CLR_OK) fail_msg("r1-%lu: %s", (unsigned long)number, fault.en);
}

/* ---- what can be decided ---- */

static void only_what_waits_can_be_decided(void **state)
{
    static const struct { const char *name; uint64_t number; bool accept; const char *stamp; enum clr_status status; const char *says, *reasons; } cases[] = {
        { "accept what counts", COUNTS, true, "", CLR_USAGE, "accepted", "" },
        { "reject what counts", COUNTS, false, "", CLR_USAGE, "accepted", "" },
        { "accept what was rejected", STOPPED, true, "", CLR_USAGE, "rejected", "card-status" },
        { "reject what was rejected", STOPPED, false, "", CLR_USAGE, "rejected", "card-status" },
        { "accept a duplicate", REPEAT, true, "", CLR_USAGE, "duplicate", "duplicate-in-file" },
        { "accept without a party", UNKNOWN, true, "", CLR_USAGE, "do not know its issuer or its acquirer", "unknown-participant" },
        { "no such record", 11, true, "", CLR_NOT_FOUND, "no record r1-11", NULL },
        { "a stamp before the last one", GRAY, true, "2026-03-03T21:59:59+08:00", CLR_REFUSED, "before the store's last one", "gray" },
        { "accept a conflict", CONFLICT, true, "", CLR_OK, NULL, "" },
        { "accept a counter conflict", COUNTER, true, "", CLR_OK, NULL, "" },
        { "reject what has no party", UNKNOWN, false, "", CLR_OK, NULL, "decided unknown-participant" },
        { "accept a gray one", GRAY, true, LATER, CLR_OK, NULL, "" },
        { "a stamp before that decision's", OVER_LIMIT, true, STAMP, CLR_REFUSED, "before the store's last one", "amount-limit" },
        { "accept above the limit", OVER_LIMIT, true, "", CLR_OK, NULL, "" },
        { "reject it after all", OVER_LIMIT, false, "", CLR_USAGE, "accepted", "" },
        { "accept what was rejected by hand", UNKNOWN, true, "", CLR_USAGE, "rejected", "decided unknown-participant" },
    };
    struct desk desk = open_desk("decidable");
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        struct clr_resolved resolved;
        struct clr_fault fault;
        const uint64_t events = desk_events(&desk);
        const enum clr_status status = resolve(&desk, cases[i].number, cases[i].accept, cases[i].stamp, &resolved, &fault);
        if (status != cases[i].status) fail_msg("%s: status %d: %s", cases[i].name, status, fault.en);
        if (cases[i].says != NULL && strstr(fault.en, cases[i].says) == NULL) fail_msg("%s: %s", cases[i].name, fault.en);
        if (cases[i].says != NULL && (fault.zh[0] == '\0' || strcmp(fault.zh, fault.en) == 0)) fail_msg("%s: no Chinese text", cases[i].name);
        if (cases[i].reasons != NULL) desk_expect(&desk, cases[i].name, 1, cases[i].number, cases[i].reasons);
        if (desk_events(&desk) != events + (status == CLR_OK)) fail_msg("%s: events", cases[i].name);
    }
    desk_close(&desk);
}

static void a_decision_made_before_changes_nothing(void **state)
{
    struct desk desk = open_desk("already");
    struct clr_resolved first, again;
    (void)state;
    must(&desk, CONFLICT, true, STAMP, &first);
    assert_false(first.already);
    assert_int_equal(first.from & CLR_REASONS_ALL, CLR_REASON_MASK(CONFLICT));
    assert_int_equal(first.to & CLR_REASONS_ALL, 0);
    assert_int_equal(first.window, DESK_DAY("2026-03-03"));
    must(&desk, CONFLICT, true, LATER, &again);
    assert_true(again.already);
    assert_int_equal(again.event, first.event);
    assert_int_equal(again.to, first.to);
    assert_int_equal(again.window, first.window);
    must(&desk, GRAY, false, STAMP, &first);                      /* the later stamp of what was decided before was not kept */
    must(&desk, GRAY, false, "", &again);
    assert_true(again.already);
    assert_int_equal(again.window, CLR_DAY_NONE);
    assert_int_equal(desk_events(&desk), 2);
    desk_close(&desk);
}

static void a_trial_keeps_nothing(void **state)
{
    struct desk desk = open_desk("trial");
    struct clr_resolved resolved;
    struct clr_fault fault = { 0 };
    (void)state;
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(1, CONFLICT), true, "", CLR_TIME_NONE, true, &resolved, &fault), CLR_OK);
    assert_false(resolved.already);
    assert_int_equal(resolved.to & CLR_REASONS_ALL, 0);
    desk_expect(&desk, "after the trial", 1, CONFLICT, "conflict");
    assert_int_equal(desk_events(&desk), 0);
    assert_int_equal(desk_owes(&desk, "", "card1", "bus", CLR_KIND_PURCHASE), 1000);
    desk_close(&desk);
}

/* ---- what it moves ---- */

static void money_falls_into_the_window_of_the_stamp(void **state)
{
    struct desk desk = open_desk("windows");
    struct clr_resolved resolved;
    (void)state;
    desk_close_windows(&desk, "2026-03-03");
    must(&desk, CONFLICT, true, "", &resolved);                   /* the store's last stamp: its window is closed, the next one is open */
    assert_int_equal(resolved.window, DESK_DAY("2026-03-04"));
    must(&desk, OVER_LIMIT, true, LATER, &resolved);
    assert_int_equal(resolved.window, DESK_DAY("2026-03-05"));
    assert_int_equal(desk_owes(&desk, "2026-03-03", "card1", "bus", CLR_KIND_PURCHASE), 1000);
    assert_int_equal(desk_owes(&desk, "2026-03-04", "card1", "bus", CLR_KIND_PURCHASE), 1100);
    assert_int_equal(desk_owes(&desk, "2026-03-05", "card1", "bus", CLR_KIND_PURCHASE), 5001);
    assert_int_equal(desk_net(&desk, "2026-03-04", "hub"), 2);     /* 1 % of 1,100 is 11, a fifth of it floored */
    const struct clr_figures first = desk_figures(&desk, 1, true), current = desk_figures(&desk, 1, false);
    assert_int_equal(first.verdict[CLR_VERDICT_ACCEPTED].count, 1);
    assert_int_equal(current.verdict[CLR_VERDICT_ACCEPTED].count, 3);
    assert_int_equal(current.verdict[CLR_VERDICT_ACCEPTED].amount_fen, 1000 + 1100 + 5001);
    assert_int_equal(desk_notes(&desk, 1, CONFLICT), CLR_NOTE_MASK_TAC_UNVERIFIED);
    desk_close(&desk);
}

/* A party that came with later rules: booked by those, and the gray twin of the tap is superseded. */
static void later_rules_name_the_parties(void **state)
{
    struct desk desk = open_desk("later");
    struct clr_resolved resolved;
    (void)state;
    desk_rules2(&desk);
    must(&desk, NORMAL_UNKNOWN, true, "", &resolved);
    desk_expect(&desk, "the normal one counts", 1, NORMAL_UNKNOWN, "");
    desk_expect(&desk, "its gray twin does not", 1, ITS_GRAY, "superseded gray");
    assert_string_equal(desk_link(&desk, 1, ITS_GRAY), "r1-9");
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 500);
    /* What was booked late is given back as it was booked. */
    const uint32_t moves = desk_moves(&desk, "moves-back", LATER, "x1,transit,reversal,r1-9,,card1,taxi,,2026-03-05 09:00:00,500,,,\n"
                                                                  "x2,transit,refund,r1-9,,,bus,,2026-03-05 09:00:00,1,,,\n");
    desk_expect(&desk, "reversal", moves, 1, "");
    desk_expect(&desk, "another acquirer", moves, 2, "field-mismatch refund-exceeds-original");
    assert_int_equal(desk_net(&desk, "", "taxi"), 0);
    desk_close(&desk);
}

static void a_rejected_conflict_keeps_what_it_conflicts_with(void **state)
{
    struct desk desk = open_desk("rejected");
    struct clr_resolved resolved;
    (void)state;
    must(&desk, CONFLICT, false, "", &resolved);
    desk_expect(&desk, "rejected", 1, CONFLICT, "decided");
    assert_string_equal(desk_link(&desk, 1, CONFLICT), "r1-1");
    assert_int_equal(resolved.window, CLR_DAY_NONE);
    assert_int_equal(desk_owes(&desk, "", "card1", "bus", CLR_KIND_PURCHASE), 1000);
    /* It holds nothing any more: sent again it is judged anew. */
    const struct tap again = taps[CONFLICT - 1];
    const uint32_t later = desk_taps(&desk, "X-again", LATER, &again, 1);
    desk_expect(&desk, "sent again", later, 1, "conflict");
    desk_close(&desk);
}

/* An hour apart, gray and normal are one tap only when the card tapped nowhere between: a tap that was rejected is a tap, too. */
static void a_rejected_tap_between_parts_twins(void **state)
{
    static const struct { const char *name; unsigned between_merchant, monthly; const char *between, *gray; } rows[] = {
        { "nothing between", 0, 0, NULL, "superseded unknown-participant gray" },
        { "a tap that counts", 1, 0, "", "unknown-participant gray" },
        { "a tap that was rejected", 2, 1, "wrong-purse", "unknown-participant gray" },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(rows); i++) {
        char name[32];
        const struct tap early[] = {
            { .card = CARD1, .merchant = 3, .counter = 77, .balance_fen = 5000, .amount_fen = 100, .time = "20260303080000", .gray = true, .serial = 1 },
            { .card = CARD1, .merchant = rows[i].between_merchant, .counter = 90, .balance_fen = 4000, .amount_fen = 50, .time = "20260303083000",
              .serial = 2, .monthly = rows[i].monthly },
        };
        const struct tap normal = { .card = CARD1, .merchant = 3, .counter = 77, .balance_fen = 5000, .amount_fen = 100,
                                    .time = "20260303090000", .serial = 3 };
        struct clr_resolved resolved;
        snprintf(name, sizeof name, "between%zu", i);
        struct desk desk = desk_open(name);
        desk_taps(&desk, "X-early", "2026-03-03T22:00:00+08:00", early, rows[i].between == NULL ? 1 : 2);
        if (rows[i].between != NULL) desk_expect(&desk, rows[i].name, 1, 2, rows[i].between);
        desk_taps(&desk, "X-normal", "2026-03-03T22:30:00+08:00", &normal, 1);
        desk_rules2(&desk);
        if (clr_resolve(desk.store, clr_record_id_of(2, 1), true, "", CLR_TIME_NONE, false, &resolved, NULL) != CLR_OK) fail_msg("%s: not accepted", rows[i].name);
        desk_expect(&desk, rows[i].name, 2, 1, "");
        desk_expect(&desk, rows[i].name, 1, 1, rows[i].gray);
        desk_close(&desk);
    }
}

/* ---- refunds that wait ---- */

static void a_refund_needs_its_original(void **state)
{
    struct desk desk = open_desk("refunds");
    struct clr_resolved resolved;
    struct clr_fault fault = { 0 };
    (void)state;
    const uint32_t moves = desk_moves(&desk, "moves-early", LATER, "y1,transit,refund,r3-1,,,,,2026-03-05 09:00:00,400,,,\n"
                                                                   "y2,transit,refund,r1-3,,,,,2026-03-05 09:00:00,150,,,\n"
                                                                   "y3,transit,decide,r3-1,,,,,,,,reject,\n");
    desk_expect(&desk, "nothing there", moves, 1, "refund-without-original");
    desk_expect(&desk, "a gray original", moves, 2, "refund-without-original");
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(moves, 1), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "refers to is not here"));
    must(&desk, GRAY, true, "", &resolved);
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(moves, 2), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    desk_expect(&desk, "refund of the gray one", moves, 2, "");
    assert_int_equal(desk_owes(&desk, "", "metro", "card1", CLR_KIND_REFUND), 150);
    static const struct tap late = { .card = CARD2, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 300, .time = "20260303080000" };
    assert_int_equal(desk_taps(&desk, "X-late", LATER, &late, 1), 3);
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(moves, 1), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_USAGE);   /* 400 of 300 */
    assert_non_null(strstr(fault.en, "does not allow it"));
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(moves, 1), false, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    desk_expect(&desk, "rejected by hand", moves, 1, "decided refund-without-original");
    desk_close(&desk);
}

/* A decision that came before its record: accepted by hand, it is carried out. */
static void a_waiting_decision_can_be_accepted(void **state)
{
    struct desk desk = desk_open("waiting");
    struct clr_resolved resolved;
    struct clr_fault fault = { 0 };
    (void)state;
    const uint32_t moves = desk_moves(&desk, "moves-early", STAMP, "z1,transit,decide,r2-2,,,,,,,,accept,it will come\n");
    desk_expect(&desk, "nothing there", moves, 1, "refund-without-original");
    assert_int_equal(desk_taps(&desk, "X-two", STAMP, taps, 2), 2);
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(moves, 1), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    desk_expect(&desk, "the decision", moves, 1, "");
    desk_expect(&desk, "what it decided", 2, 2, "");
    assert_int_equal(desk_events(&desk), 2);
    desk_close(&desk);
}

/* What counts later for 0 fen books nothing; it can still be adjusted, by the parties it has. */
static void a_free_ride_can_be_adjusted(void **state)
{
    static const struct tap rides[] = {
        { .card = CARD1, .merchant = 3, .counter = 1, .balance_fen = 9000, .amount_fen = 0, .time = "20260303080000" },
        { .card = CARD1, .merchant = 1, .counter = 2, .balance_fen = 9000, .amount_fen = 0, .time = "20260303090000" },
    };
    struct desk desk = desk_open("free");
    struct clr_resolved resolved;
    (void)state;
    assert_int_equal(desk_taps(&desk, "X-free", STAMP, rides, 2), 1);
    desk_rules2(&desk);
    must(&desk, 1, true, "", &resolved);
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 0);
    const uint32_t moves = desk_moves(&desk, "moves-free", LATER, "a1,transit,adjust,r1-1,,,,,2026-03-05 09:00:00,30,,,\n"
                                                                  "a2,transit,adjust,r1-2,,,,,2026-03-05 09:00:00,-20,,,\n"
                                                                  "a3,transit,reversal,r1-1,,,,,2026-03-05 09:00:00,0,,,\n"
                                                                  "a4,transit,refund,r1-1,,,,,2026-03-05 09:00:00,1,,,\n");
    static const char *const want[] = { "", "", "", "refund-exceeds-original" };
    for (size_t i = 0; i < DESK_COUNT(want); i++) desk_expect(&desk, "free", moves, i + 1, want[i]);
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_ADJUST), 30);
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_ADJUST), 20);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_waits_can_be_decided),
        cmocka_unit_test(a_decision_made_before_changes_nothing),
        cmocka_unit_test(a_trial_keeps_nothing),
        cmocka_unit_test(money_falls_into_the_window_of_the_stamp),
        cmocka_unit_test(later_rules_name_the_parties),
        cmocka_unit_test(a_rejected_tap_between_parts_twins),
        cmocka_unit_test(a_free_ride_can_be_adjusted),
        cmocka_unit_test(a_rejected_conflict_keeps_what_it_conflicts_with),
        cmocka_unit_test(a_refund_needs_its_original),
        cmocka_unit_test(a_waiting_decision_can_be_accepted),
    };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
