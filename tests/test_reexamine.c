/* Everything pending judged again: by later rules, by what the card did, by originals that came, by deadlines. */
#include "desk.h"

#define STAMP "2026-03-03T22:00:00+08:00"
#define LATER "2026-03-05T10:00:00+08:00"
#define SETTLED "2026-03-05"

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    return status;
}

static void expect_counts(const struct clr_reexamined *have, uint64_t promoted, uint64_t expired, uint64_t superseded, uint64_t rejected)
{
    if (have->promoted != promoted || have->expired != expired || have->superseded != superseded || have->rejected != rejected)
        fail_msg("promoted %lu, expired %lu, superseded %lu, rejected %lu", (unsigned long)have->promoted, (unsigned long)have->expired, (unsigned long)have->superseded,
                 (unsigned long)have->rejected);
}

/** Once more changes nothing. */
static void expect_settled(struct desk *desk, const char *day)
{
    const struct clr_reexamined again = desk_reexamine(desk, day);
    expect_counts(&again, 0, 0, 0, 0);
}

/* ---- rules ---- */

static void later_rules_promote(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 3, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },       /* acquirer unknown */
        { .card = CARD3, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 500, .time = "20260303080000" },        /* issuer unknown */
        { .card = CARD3, .merchant = 4, .counter = 2, .balance_fen = 9000, .amount_fen = 500, .time = "20260303080000" },        /* both; one stays unknown */
        { .card = CARD1, .merchant = 1, .counter = 2, .balance_fen = 90000, .amount_fen = 9000, .time = "20260303080000" },      /* at the new limit */
        { .card = CARD1, .merchant = 1, .counter = 3, .balance_fen = 90000, .amount_fen = 9001, .time = "20260303080000" },      /* above it */
        { .card = CARD1, .merchant = 3, .counter = 4, .balance_fen = 90000, .amount_fen = 9001, .time = "20260303080000" },      /* known now, above it */
        { .card = CARD2, .merchant = 3, .counter = 1, .balance_fen = 90000, .amount_fen = 300, .time = "20260303080000", .monthly = 1 },   /* a pass, away from home */
    };
    struct desk desk = desk_open("rules");
    (void)state;
    assert_int_equal(desk_taps(&desk, "X-taps", STAMP, taps, DESK_COUNT(taps)), 1);
    const uint32_t moves = desk_moves(&desk, "moves-load", LATER, "l1,transit,load,,,card3,taxi,load,2026-03-04 09:00:00,700,,,\n"
                                                                  "l2,transit,load,," CARD3 ",,office,load,2026-03-04 09:00:00,80,,,\n");
    expect_settled(&desk, "2026-03-04");                            /* under the same rules nothing changes */
    desk_rules2(&desk);
    desk_close_windows(&desk, "2026-03-03");
    const struct clr_reexamined done = desk_reexamine(&desk, SETTLED);
    expect_counts(&done, 5, 0, 0, 1);
    static const char *const want[] = { "", "", "unknown-participant", "", "amount-limit", "unknown-participant amount-limit", "wrong-purse unknown-participant" };
    for (size_t i = 0; i < DESK_COUNT(want); i++) desk_expect(&desk, "tap", 1, i + 1, want[i]);
    desk_expect(&desk, "load by code", moves, 1, "");
    desk_expect(&desk, "load by card", moves, 2, "");
    /* The window is that of the store's last stamp, the fees are those of the rules of now. */
    assert_int_equal(desk_owes(&desk, SETTLED, "card1", "taxi", CLR_KIND_PURCHASE), 1000);
    assert_int_equal(desk_owes(&desk, SETTLED, "card3", "bus", CLR_KIND_PURCHASE), 500);
    assert_int_equal(desk_owes(&desk, SETTLED, "card1", "bus", CLR_KIND_PURCHASE), 9000);
    assert_int_equal(desk_owes(&desk, SETTLED, "taxi", "card3", CLR_KIND_LOAD), 700);
    assert_int_equal(desk_owes(&desk, SETTLED, "office", "card3", CLR_KIND_LOAD), 80);
    assert_int_equal(desk_net(&desk, SETTLED, "hub"), 2 + 1 + 18);
    assert_int_equal(desk_figures(&desk, 1, true).verdict[CLR_VERDICT_PENDING].count, 7);
    assert_int_equal(desk_figures(&desk, 1, false).verdict[CLR_VERDICT_PENDING].count, 3);
    assert_int_equal(desk_notes(&desk, 1, 1), CLR_NOTE_MASK_TAC_UNVERIFIED);
    expect_settled(&desk, SETTLED);
    desk_close(&desk);
}

static void a_sender_that_no_longer_waits_for_codes(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
        { .card = CARD1, .merchant = 3, .counter = 2, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
        { .card = CARD1, .merchant = 4, .counter = 3, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
    };
    struct desk desk = desk_open("tac");
    (void)state;
    assert_int_equal(desk_taps(&desk, "W-taps", STAMP, taps, DESK_COUNT(taps)), 1);
    desk_expect(&desk, "waits", 1, 1, "tac-unverified");
    desk_expect(&desk, "waits for two things", 1, 2, "unknown-participant tac-unverified");
    desk_rules2(&desk);
    const struct clr_reexamined done = desk_reexamine(&desk, "2026-03-03");
    expect_counts(&done, 2, 0, 0, 0);
    desk_expect(&desk, "accepted with a note", 1, 1, "");
    desk_expect(&desk, "accepted with a note", 1, 2, "");
    desk_expect(&desk, "reasons change only with the verdict", 1, 3, "unknown-participant tac-unverified");
    assert_int_equal(desk_notes(&desk, 1, 1), CLR_NOTE_MASK_TAC_UNVERIFIED);
    desk_close(&desk);
}

/* What counts by now for the identity of a record stands against it when its turn comes. */
static void the_identity_check_is_repeated(void **state)
{
    static const struct tap waits = { .card = CARD1, .merchant = 3, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" };
    static const struct tap other = { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1100, .time = "20260303080000" };
    struct clr_resolved resolved;
    struct clr_fault fault = { 0 };
    struct desk desk = desk_open("repeated");
    (void)state;
    assert_int_equal(desk_taps(&desk, "X-waits", STAMP, &waits, 1), 1);
    assert_int_equal(desk_taps(&desk, "X-other", STAMP, &other, 1), 2);
    desk_expect(&desk, "conflicts with what waits", 2, 1, "conflict");
    const uint32_t moves = desk_moves(&desk, "moves-load", STAMP, "l1,transit,load,,,card3,bus,load,2026-03-03 09:00:00,700,,,\n"
                                                                  "l1,transit,load,,,card1,bus,load,2026-03-03 09:00:00,700,,,\n");
    desk_expect(&desk, "a load that conflicts", moves, 2, "conflict");
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(2, 1), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(moves, 2), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    desk_rules2(&desk);
    const struct clr_reexamined done = desk_reexamine(&desk, "2026-03-03");
    expect_counts(&done, 2, 0, 0, 0);
    desk_expect(&desk, "now it is the conflict", 1, 1, "conflict unknown-participant");
    assert_string_equal(desk_link(&desk, 1, 1), "r2-1");
    desk_expect(&desk, "the load, too", moves, 1, "conflict unknown-participant");
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 0);
    expect_settled(&desk, "2026-03-03");
    /* A person may still accept both. */
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(1, 1), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 1000);
    desk_close(&desk);
}

/* ---- gray records ---- */

struct gray_case {
    const char *name;
    unsigned counter, balance_fen, amount_fen;            /* of the gray record, on 2026-03-03 at 08:00 */
    struct tap next[2];                                   /* what else the card did */
    const char *reasons, *link;
};

static void gray_records_go_by_what_the_card_did(void **state)
{
#define NEXT(number, balance, at) { .merchant = 1, .counter = number, .balance_fen = balance, .amount_fen = 10, .time = at }
    static const struct gray_case cases[] = {
        { "debited", 10, 9000, 300, { NEXT(11, 8700, "20260303090000") }, "", "" },
        { "not debited", 10, 9000, 300, { NEXT(11, 9000, "20260303090000") }, "trade-failed gray", "r1-3" },
        { "neither: a load between", 10, 9000, 300, { NEXT(11, 9700, "20260303090000") }, "gray", "" },
        { "nothing yet", 10, 9000, 300, { NEXT(13, 8700, "20260303090000") }, "gray", "" },
        { "days later", 10, 9000, 300, { NEXT(11, 8700, "20260305070000") }, "", "" },
        { "a record n+1 before it is of another round", 10, 9000, 300, { NEXT(11, 8700, "20260302090000") }, "gray", "" },
        { "the earliest n+1 tells", 10, 9000, 300, { NEXT(11, 9000, "20260305070000"), NEXT(11, 8700, "20260304070000") }, "", "" },
        { "the counter wraps", 999999, 9000, 300, { NEXT(0, 8700, "20260303090000") }, "", "" },
        { "16 bits are no wrap here", 65535, 9000, 300, { NEXT(0, 8700, "20260303090000") }, "gray", "" },
        { "another record n counts", 10, 9000, 300, { { .merchant = 2, .counter = 10, .balance_fen = 9000, .amount_fen = 200, .time = "20260304090000" }, NEXT(11, 8700, "20260304100000") },
          "superseded gray", "r1-3" },
        { "a record n after n+1 is of another round", 10, 9000, 300, { NEXT(11, 8700, "20260303090000"), { .merchant = 2, .counter = 10, .balance_fen = 9000, .amount_fen = 200, .time = "20260304090000" } }, "", "" },
        { "0 fen", 10, 9000, 0, { NEXT(11, 9000, "20260303090000") }, "", "" },
    };
#undef NEXT
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        char name[32];
        struct tap taps[4] = { { .card = CARD2, .merchant = 1, .counter = 5, .balance_fen = 1, .amount_fen = 1, .time = "20260303070000" },
                               { .card = CARD1, .merchant = 1, .counter = cases[i].counter, .balance_fen = cases[i].balance_fen, .amount_fen = cases[i].amount_fen,
                                 .time = "20260303080000", .gray = true, .tac = "        " } };
        size_t count = 2;
        for (; count < 4 && cases[i].next[count - 2].time != NULL; count++) {
            taps[count] = cases[i].next[count - 2];
            taps[count].card = CARD1;
            taps[count].serial = 500 + (unsigned)count;
        }
        snprintf(name, sizeof name, "gray-%zu", i);
        struct desk desk = desk_open(name);
        desk_taps(&desk, "X-gray", "2026-03-05T22:00:00+08:00", taps, count);
        desk_expect(&desk, cases[i].name, 1, 2, "gray");
        const struct clr_reexamined done = desk_reexamine(&desk, SETTLED);
        desk_expect(&desk, cases[i].name, 1, 2, cases[i].reasons);
        if (strcmp(desk_link(&desk, 1, 2), cases[i].link) != 0) fail_msg("%s: link %s", cases[i].name, desk_link(&desk, 1, 2));
        const bool counts = cases[i].reasons[0] == '\0', superseded = strncmp(cases[i].reasons, "superseded", 10) == 0, failed = strncmp(cases[i].reasons, "trade", 5) == 0;
        expect_counts(&done, counts, 0, superseded, failed);
        expect_settled(&desk, SETTLED);
        desk_close(&desk);
    }
}

/* A chain: each gray record is proved by the next one, which is gray itself; the last waits. */
static void gray_records_prove_each_other(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 10, .balance_fen = 9000, .amount_fen = 300, .time = "20260303080000", .gray = true },
        { .card = CARD1, .merchant = 1, .counter = 11, .balance_fen = 8700, .amount_fen = 200, .time = "20260303090000", .gray = true },
        { .card = CARD1, .merchant = 3, .counter = 12, .balance_fen = 8500, .amount_fen = 100, .time = "20260303100000", .gray = true },
        { .card = CARD1, .merchant = 1, .counter = 13, .balance_fen = 8400, .amount_fen = 50, .time = "20260303110000", .gray = true },
    };
    struct desk desk = desk_open("chain");
    (void)state;
    desk_taps(&desk, "X-chain", STAMP, taps, DESK_COUNT(taps));
    struct clr_reexamined done = desk_reexamine(&desk, "2026-03-03");
    expect_counts(&done, 2, 0, 0, 0);
    desk_expect(&desk, "proved, but its party is unknown", 1, 3, "unknown-participant gray");
    desk_expect(&desk, "the last one", 1, 4, "gray");
    desk_rules2(&desk);
    done = desk_reexamine(&desk, "2026-03-03");
    expect_counts(&done, 1, 0, 0, 0);
    desk_expect(&desk, "both now", 1, 3, "");
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 100);
    desk_close(&desk);
}

/* A normal record that comes to count by later rules supersedes the gray one of its tap, in the same pass. */
static void a_promoted_record_supersedes_its_gray_twin(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 10, .balance_fen = 9000, .amount_fen = 300, .time = "20260303235955", .gray = true, .serial = 1 },
        { .card = CARD1, .merchant = 3, .counter = 10, .balance_fen = 9000, .amount_fen = 300, .time = "20260304000005", .serial = 2 },
        { .card = CARD1, .merchant = 1, .counter = 11, .balance_fen = 8700, .amount_fen = 300, .time = "20260304080000" },
    };
    struct desk desk = desk_open("twin");
    (void)state;
    desk_taps(&desk, "X-twin", LATER, taps, 2);
    desk_expect(&desk, "waits for a party", 1, 2, "unknown-participant");
    desk_rules2(&desk);
    const struct clr_reexamined done = desk_reexamine(&desk, SETTLED);
    expect_counts(&done, 1, 0, 1, 0);
    desk_expect(&desk, "the normal one", 1, 2, "");
    desk_expect(&desk, "the gray one", 1, 1, "superseded gray");
    assert_string_equal(desk_link(&desk, 1, 1), "r1-2");
    desk_taps(&desk, "X-next", LATER, taps + 2, 1);
    expect_settled(&desk, SETTLED);
    desk_close(&desk);
}

/* The gray one counted first; the normal one, when its party is known at last, repeats it. */
static void a_record_whose_gray_twin_counts_is_a_repeat(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 10, .balance_fen = 9000, .amount_fen = 300, .time = "20260303080000", .gray = true, .serial = 1 },
        { .card = CARD1, .merchant = 1, .counter = 11, .balance_fen = 8700, .amount_fen = 300, .time = "20260303090000" },
        { .card = CARD1, .merchant = 3, .counter = 10, .balance_fen = 9000, .amount_fen = 300, .time = "20260303080020", .serial = 2 },
    };
    struct desk desk = desk_open("twin-first");
    (void)state;
    desk_taps(&desk, "X-gray", STAMP, taps, 2);
    struct clr_reexamined done = desk_reexamine(&desk, "2026-03-03");
    expect_counts(&done, 1, 0, 0, 0);
    const uint32_t normal = desk_taps(&desk, "X-normal", STAMP, taps + 2, 1);
    desk_expect(&desk, "at once", normal, 1, "duplicate-in-history unknown-participant");
    desk_close(&desk);
}

/* ---- refunds and decisions that came too early ---- */

static void originals_that_came_later(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
        { .card = CARD1, .merchant = 3, .counter = 2, .balance_fen = 9000, .amount_fen = 400, .time = "20260303080000" },
        { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1100, .time = "20260303080000" },
        { .card = LOST, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 900, .time = "20260303080000" },
    };
    struct desk desk = desk_open("originals");
    (void)state;
    const uint32_t moves = desk_moves(&desk, "moves-early", STAMP,
                                      "e1,transit,refund,r2-1,,,,,2026-03-03 09:00:00,600,,,\n"
                                      "e2,transit,refund,r2-1,,,,,2026-03-03 09:00:00,500,,,\n"
                                      "e3,transit,reversal,X/X-late/2,,,,,2026-03-03 09:00:00,400,,,\n"
                                      "e4,transit,refund,r2-9,,,,,2026-03-03 09:00:00,1,,,\n"
                                      "e5,transit,decide,r2-3,,,,,,,,accept,\n"
                                      "e6,transit,adjust,r2-1,,,,,2026-03-03 09:00:00,-5,,,\n"
                                      "e7,transit,refund,r2-4,,,,,2026-03-03 09:00:00,1,,,\n"
                                      "e8,transit,refund,r2-3,,,,,2026-03-03 09:00:00,1100,,,\n"
                                      "e9,transit,decide,r2-1,,,,,,,,reject,\n");
    for (uint64_t i = 1; i <= 9; i++) desk_expect(&desk, "too early", moves, i, "refund-without-original");
    expect_settled(&desk, "2026-03-03");
    assert_int_equal(desk_taps(&desk, "X-late", STAMP, taps, DESK_COUNT(taps)), 2);
    struct clr_reexamined done = desk_reexamine(&desk, "2026-03-03");
    static const char *const want[] = { "", "refund-exceeds-original", "refund-without-original", "refund-without-original", "", "", "refund-exceeds-original", "", "field-mismatch" };
    for (size_t i = 0; i < DESK_COUNT(want); i++) desk_expect(&desk, "in canonical order", moves, i + 1, want[i]);
    desk_expect(&desk, "decided", 2, 3, "");
    expect_counts(&done, 4, 0, 0, 3);
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_REFUND), 600 + 1100);
    desk_rules2(&desk);
    done = desk_reexamine(&desk, "2026-03-03");                     /* the purchase by its party, and in the next pass what reverses it */
    expect_counts(&done, 2, 0, 0, 0);
    desk_expect(&desk, "reversal", moves, 3, "");
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 400);
    assert_int_equal(desk_net(&desk, "", "taxi"), 0);
    expect_settled(&desk, "2026-03-03");
    desk_close(&desk);
}

/* ---- deadlines ---- */

static void what_waits_too_long_ends(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 2, .counter = 2, .balance_fen = 8000, .amount_fen = 200, .time = "20260303090000", .gray = true },        /* 5 days, reject */
        { .card = CARD1, .merchant = 1, .counter = 20, .balance_fen = 9000, .amount_fen = 5001, .time = "20260303110000" },                    /* 3 days, accept */
        { .card = CARD1, .merchant = 3, .counter = 9, .balance_fen = 8000, .amount_fen = 300, .time = "20260303100000" },                      /* 30 days, reject */
        { .card = CARD1, .merchant = 3, .counter = 30, .balance_fen = 9000, .amount_fen = 5001, .time = "20260303110000" },                    /* cannot be accepted */
        { .card = CARD2, .merchant = 2, .counter = 2, .balance_fen = 8000, .amount_fen = 5001, .time = "20260303090000", .gray = true },       /* one passes first */
        { .card = CARD1, .merchant = 4, .counter = 40, .balance_fen = 9000, .amount_fen = 1, .time = "20260303110000" },
    };
    static const struct { const char *day; uint64_t expired; const char *reasons[8]; } cases[] = {
        { "2026-03-06", 0, { "gray", "amount-limit", "unknown-participant", "unknown-participant amount-limit", "amount-limit gray", "unknown-participant", "refund-without-original", "amount-limit" } },
        { "2026-03-07", 3, { "gray", "", "unknown-participant", "expired unknown-participant amount-limit", "amount-limit gray", "unknown-participant", "refund-without-original", "" } },
        { "2026-03-08", 0, { "gray", "", "unknown-participant", "expired unknown-participant amount-limit", "amount-limit gray", "unknown-participant", "refund-without-original", "" } },
        { "2026-03-09", 2, { "expired gray", "", "unknown-participant", "expired unknown-participant amount-limit", "expired amount-limit gray", "unknown-participant", "refund-without-original", "" } },
        { "2026-03-10", 0, { "expired gray", "", "unknown-participant", "expired unknown-participant amount-limit", "expired amount-limit gray", "unknown-participant", "refund-without-original", "" } },
        { "2026-03-11", 1, { "expired gray", "", "unknown-participant", "expired unknown-participant amount-limit", "expired amount-limit gray", "unknown-participant", "expired refund-without-original", "" } },
        { "2026-04-02", 0, { "expired gray", "", "unknown-participant", "expired unknown-participant amount-limit", "expired amount-limit gray", "unknown-participant", "expired refund-without-original", "" } },
        { "2026-04-03", 2, { "expired gray", "", "expired unknown-participant", "expired unknown-participant amount-limit", "expired amount-limit gray", "expired unknown-participant", "expired refund-without-original", "" } },
    };
    struct desk desk = desk_open("deadlines");
    (void)state;
    assert_int_equal(desk_taps(&desk, "X-taps", STAMP, taps, DESK_COUNT(taps)), 1);
    const uint32_t moves = desk_moves(&desk, "moves-wait", STAMP, "w1,transit,refund,r9-1,,,,,2026-03-03 09:00:00,600,,,\n"
                                                                  "w2,transit,load,,,card1,bus,load,2026-03-03 09:00:00,5002,,,\n");
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        const struct clr_reexamined done = desk_reexamine(&desk, cases[i].day);
        for (size_t r = 0; r < 6; r++) desk_expect(&desk, cases[i].day, 1, r + 1, cases[i].reasons[r]);
        for (size_t r = 6; r < 8; r++) desk_expect(&desk, cases[i].day, moves, r - 5, cases[i].reasons[r]);
        if (done.expired != cases[i].expired) fail_msg("%s: %lu expired", cases[i].day, (unsigned long)done.expired);
    }
    assert_int_equal(desk_owes(&desk, "2026-03-03", "card1", "bus", CLR_KIND_PURCHASE), 5001);
    assert_int_equal(desk_owes(&desk, "2026-03-03", "bus", "card1", CLR_KIND_LOAD), 5002);
    desk_close(&desk);
}

/* A refund above the limit whose original has been given back meanwhile is not accepted by its deadline. */
static void a_deadline_does_not_override_the_original(void **state)
{
    static const struct tap taps[] = { { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 90000, .amount_fen = 9000, .time = "20260303080000" } };
    struct desk desk = desk_open("deadline-refund");
    struct clr_resolved resolved;
    struct clr_fault fault = { 0 };
    (void)state;
    desk_taps(&desk, "X-one", STAMP, taps, 1);
    assert_int_equal(clr_resolve(desk.store, clr_record_id_of(1, 1), true, "", CLR_TIME_NONE, false, &resolved, &fault), CLR_OK);
    const uint32_t moves = desk_moves(&desk, "moves-large", STAMP, "g1,transit,refund,r1-1,,,,,2026-03-03 09:00:00,6000,,,\n"
                                                                   "g2,transit,refund,r1-1,,,,,2026-03-03 09:00:00,5500,,,\n"
                                                                   "g3,transit,refund,r1-1,,,,,2026-03-03 09:00:00,2000,,,\n");
    desk_expect(&desk, "six thousand", moves, 1, "amount-limit");
    desk_expect(&desk, "two thousand", moves, 3, "");
    const struct clr_reexamined done = desk_reexamine(&desk, "2026-03-20");
    expect_counts(&done, 0, 2, 0, 0);
    desk_expect(&desk, "accepted at its deadline", moves, 1, "");
    desk_expect(&desk, "no longer possible", moves, 2, "expired amount-limit");
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_REFUND), 8000);
    desk_close(&desk);
}

/* ---- the transaction ---- */

static void an_aborted_transaction_leaves_nothing(void **state)
{
    static const struct tap taps[] = { { .card = CARD1, .merchant = 3, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" } };
    struct desk desk = desk_open("aborted");
    struct clr_tx tx;
    struct clr_reexamined out;
    struct clr_fault fault = { 0 };
    (void)state;
    desk_taps(&desk, "X-one", STAMP, taps, 1);
    desk_rules2(&desk);
    assert_int_equal(clr_tx_begin(&desk.store->env, true, &tx, &fault), CLR_OK);
    assert_int_equal(clr_reexamine(desk.store, &tx, DESK_DAY(SETTLED), CLR_PRODUCT_VESSEL, &out, &fault), CLR_OK);
    expect_counts(&out, 0, 0, 0, 0);                                /* another product's settlement leaves it alone */
    assert_int_equal(clr_reexamine(desk.store, &tx, DESK_DAY(SETTLED), CLR_PRODUCT_TRANSIT, &out, &fault), CLR_OK);
    expect_counts(&out, 1, 0, 0, 0);
    assert_int_equal(clr_reexamine(desk.store, &tx, DESK_DAY(SETTLED), CLR_PRODUCT_TRANSIT, &out, &fault), CLR_OK);
    expect_counts(&out, 0, 0, 0, 0);                                /* it sees its own events */
    clr_tx_abort(&tx);
    desk_expect(&desk, "after the abort", 1, 1, "unknown-participant");
    assert_int_equal(desk_events(&desk), 0);
    assert_int_equal(desk_owes(&desk, "", "card1", "taxi", CLR_KIND_PURCHASE), 0);
    const struct clr_reexamined done = desk_reexamine(&desk, SETTLED);
    expect_counts(&done, 1, 0, 0, 0);
    desk_close(&desk);
}

static void an_empty_store_has_nothing_to_examine(void **state)
{
    struct desk desk = desk_open("empty");
    (void)state;
    expect_settled(&desk, SETTLED);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_rules_promote),
        cmocka_unit_test(a_sender_that_no_longer_waits_for_codes),
        cmocka_unit_test(the_identity_check_is_repeated),
        cmocka_unit_test(gray_records_go_by_what_the_card_did),
        cmocka_unit_test(gray_records_prove_each_other),
        cmocka_unit_test(a_promoted_record_supersedes_its_gray_twin),
        cmocka_unit_test(a_record_whose_gray_twin_counts_is_a_repeat),
        cmocka_unit_test(originals_that_came_later),
        cmocka_unit_test(what_waits_too_long_ends),
        cmocka_unit_test(a_deadline_does_not_override_the_original),
        cmocka_unit_test(an_aborted_transaction_leaves_nothing),
        cmocka_unit_test(an_empty_store_has_nothing_to_examine),
    };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
