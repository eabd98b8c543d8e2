/* Files of moves: what each record comes to, what it books, and what a refused or repeated file leaves. */
#include "desk.h"

#include "store/vmap.h"

#define STAMP "2026-03-04T10:00:00+08:00"
#define WINDOW "2026-03-04"
#define AT "2026-03-04 09:00:00"

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    return status;
}

/* ---- verdicts ---- */

/* Twenty purchases of 1,000 fen each, of card1 with the bus: r1-1 … r1-20. */
static uint32_t twenty_taps(struct desk *desk)
{
    struct tap tap[20];
    for (unsigned i = 0; i < 20; i++) tap[i] = (struct tap){ .card = CARD1, .merchant = 1, .counter = 100 + i, .balance_fen = 50000 - 1000 * i, .amount_fen = 1000, .time = "20260303080000" };
    return desk_taps(desk, "X-twenty", "2026-03-03T22:00:00+08:00", tap, 20);
}

struct row_case { const char *name, *row, *reasons; };

/** All rows in one file; each must come to what its case says. */
static void check_rows(struct desk *desk, const char *name, const char *stamp, const struct row_case *cases, size_t count)
{
    char *rows = NULL;
    size_t size;
    FILE *const text = open_memstream(&rows, &size);
    for (size_t i = 0; i < count; i++) fprintf(text, "%s\n", cases[i].row);
    fclose(text);
    const uint32_t admission = desk_moves(desk, name, stamp, rows);
    for (size_t i = 0; i < count; i++) desk_expect(desk, cases[i].name, admission, i + 1, cases[i].reasons);
    free(rows);
}

static void a_record_is_judged_by_its_form_and_parties(void **state)
{
    static const struct row_case cases[] = {
        { "a load", "f1,transit,load,,,card1,bus,load," AT ",5000,,,", "" },
        { "a purchase with a price", "f2,transit,purchase,,,card1,metro,metro," AT ",160,200,,", "" },
        { "an agency takes loads", "f3,transit,load,,,card1,office,load," AT ",100,,,", "" },
        { "0 fen counts", "f4,transit,load,,,card1,bus,load," AT ",0,,,", "" },
        { "issuer by card alone", "f5,transit,load,," CARD2 ",,bus,load," AT ",100,,,", "" },
        { "card and code agree", "f6,transit,load,," CARD2 ",card2,bus,load," AT ",100,,,", "" },
        { "issuer by alias", "f7,transit,load,,,K1,bus,load," AT ",100,,,", "" },
        { "acquirer by alias", "f8,transit,load,,,card1,M2,load," AT ",100,,,", "" },
        { "card and code disagree", "f9,transit,load,," CARD2 ",card1,bus,load," AT ",100,,,", "issuer-mismatch" },
        { "unknown issuer", "f10,transit,load,,,nobody,bus,load," AT ",100,,,", "unknown-participant" },
        { "an unknown code is not made up for by the card", "f11,transit,load,," CARD2 ",nobody,bus,load," AT ",100,,,", "unknown-participant" },
        { "no issuer at all", "f12,transit,load,,,,bus,load," AT ",100,,,", "unknown-participant" },
        { "unknown acquirer", "f13,transit,load,,,card1,nobody,load," AT ",100,,,", "unknown-participant" },
        { "no acquirer at all", "f14,transit,load,,,card1,,load," AT ",100,,,", "no-unit" },
        { "an acquirer does not issue", "f15,transit,load,,,bus,metro,load," AT ",100,,,", "unknown-participant" },
        { "an issuer does not acquire", "f16,transit,load,,,card1,card2,load," AT ",100,,,", "unknown-participant" },
        { "a region is no party", "f17,transit,load,,,card1,east,load," AT ",100,,,", "unknown-participant" },
        { "card on the stop list", "f18,transit,load,," LOST ",card1,bus,load," AT ",100,,,", "card-status" },
        { "above the limit", "f19,transit,load,,,card1,bus,load," AT ",5001,,,", "amount-limit" },
        { "unknown and above the limit", "f20,transit,load,,,nobody,bus,load," AT ",5001,,,", "unknown-participant amount-limit" },
        { "a deduction", "f21,transit,deduct,,,card1,bus,," AT ",100,,,", "unknown-type" },
        { "a product without windows", "f22,vessel,load,,,card1,bus,," AT ",100,,,", "unknown-type unknown-participant" },
        { "a kind nobody knows", "f23,transit,gift,,,card1,bus,," AT ",100,,,", "unknown-type" },
        { "negative amount", "f24,transit,load,,,card1,bus,load," AT ",-5,,,", "sign" },
        { "no number", "f25,transit,load,,,card1,bus,load," AT ",1x,,,", "malformed" },
        { "no id", ",transit,load,,,card1,bus,load," AT ",100,,,", "malformed" },
        { "no such day", "f26,transit,load,,,card1,bus,load,2026-02-30 09:00:00,100,,,", "bad-date" },
        { "ten minutes ahead", "f27,transit,load,,,card1,bus,load,2026-03-04 10:10:00,100,,,", "" },
        { "a second more", "f28,transit,load,,,card1,bus,load,2026-03-04 10:10:01,100,,,", "bad-date" },
        { "sixty days old", "f29,transit,load,,,card1,bus,load,2026-01-03 09:00:00,100,,,", "" },
        { "sixty-one days old", "f30,transit,load,,,card1,bus,load,2026-01-02 09:00:00,100,,,", "too-late" },
    };
    struct desk desk = desk_open("form");
    (void)state;
    check_rows(&desk, "moves-form", STAMP, cases, DESK_COUNT(cases));
    desk_close(&desk);
}

static void a_refund_is_judged_by_its_original(void **state)
{
    static const struct row_case cases[] = {
        { "in part", "a1,transit,refund,r1-1,,,,," AT ",300,,,", "" },
        { "the rest", "a2,transit,refund,r1-1,,,,," AT ",700,,,", "" },
        { "one fen more", "a3,transit,refund,r1-1,,,,," AT ",1,,,", "refund-exceeds-original" },
        { "reversal after refunds", "a4,transit,reversal,r1-1,,,,," AT ",1000,,,", "refund-exceeds-original already-refunded" },
        { "reversal", "b1,transit,reversal,r1-2,,,,," AT ",1000,,,", "" },
        { "reversal twice", "b2,transit,reversal,r1-2,,,,," AT ",1000,,,", "refund-exceeds-original already-refunded" },
        { "refund after a reversal", "b3,transit,refund,r1-2,,,,," AT ",1,,,", "refund-exceeds-original" },
        { "reversal of less", "c1,transit,reversal,r1-3,,,,," AT ",999,,,", "field-mismatch" },
        { "reversal of nothing", "c2,transit,reversal,r1-3,,,,," AT ",0,,,", "field-mismatch" },
        { "reversal of more", "c3,transit,reversal,r1-3,,,,," AT ",1001,,,", "refund-exceeds-original" },
        { "the bad ones hold nothing", "c4,transit,reversal,r1-3,,,,," AT ",1000,,,", "" },
        { "too much at once", "d1,transit,refund,r1-4,,,,," AT ",1001,,,", "refund-exceeds-original" },
        { "all at once", "d2,transit,refund,r1-4,,,,," AT ",1000,,,", "" },
        { "0 fen of nothing left", "d3,transit,refund,r1-4,,,,," AT ",0,,,", "" },
        { "parties as the original's", "e1,transit,refund,r1-5,,card1,bus,," AT ",1,,,", "" },
        { "issuer by alias", "e2,transit,refund,r1-5,,K1,,," AT ",1,,,", "" },
        { "another issuer", "e3,transit,refund,r1-5,,card2,,," AT ",1,,,", "field-mismatch" },
        { "another acquirer", "e4,transit,refund,r1-5,,,metro,," AT ",1,,,", "field-mismatch" },
        { "a party nobody knows", "e5,transit,refund,r1-5,,nobody,,," AT ",1,,,", "field-mismatch" },
        { "original not there", "g1,transit,refund,r1-21,,,,," AT ",1,,,", "refund-without-original" },
        { "file not there", "g2,transit,refund,r9-1,,,,," AT ",1,,,", "refund-without-original" },
        { "no reference at all", "g3,transit,refund,elsewhere,,,,," AT ",1,,,", "refund-without-original" },
        { "itself", "g4,transit,refund,r2-23,,,,," AT ",1,,,", "refund-without-original" },
        { "without an original and above the limit", "g5,transit,refund,r9-1,,,,," AT ",5001,,,", "amount-limit refund-without-original" },
        { "a record behind it", "g6,transit,refund,r2-26,,,,," AT ",1,,,", "refund-without-original" },
        { "a load of this file", "h1,transit,load,,,card1,bus,load," AT ",500,,,", "" },
        { "refund of it", "h2,transit,refund,r2-26,,,,," AT ",200,,,", "" },
        { "reversal of a part-refunded load", "h3,transit,reversal,r2-26,,,,," AT ",500,,,", "refund-exceeds-original already-refunded" },
        { "refund of a refund", "h4,transit,refund,r2-27,,,,," AT ",1,,,", "refund-exceeds-original" },
        { "a pending load", "h5,transit,load,,,nobody,bus,load," AT ",500,,,", "unknown-participant" },
        { "refund of what is pending", "h6,transit,refund,r2-30,,,,," AT ",1,,,", "refund-without-original" },
        { "refund of what was rejected", "h7,transit,refund,r2-3,,,,," AT ",1,,,", "refund-exceeds-original" },
        { "the load again", "h1,transit,load,,,card1,bus,load," AT ",500,,,", "duplicate-in-file" },
        { "a repeat stands for what it repeats", "h8,transit,refund,r2-33,,,,," AT ",300,,,", "" },
        { "and no more", "h9,transit,refund,r2-33,,,,," AT ",1,,,", "refund-exceeds-original" },
        { "adjusted up", "i1,transit,adjust,r1-6,,,,," AT ",40,,,", "" },
        { "adjusted down", "i2,transit,adjust,r1-6,,,,," AT ",-90,,,", "" },
        { "adjusted without an original", "i3,transit,adjust,r9-9,,,,," AT ",5,,,", "refund-without-original" },
        { "adjusted under another name", "i4,transit,adjust,r1-6,,card2,,," AT ",5,,,", "field-mismatch" },
    };
    struct desk desk = desk_open("refunds");
    (void)state;
    assert_int_equal(twenty_taps(&desk), 1);
    check_rows(&desk, "moves-refunds", STAMP, cases, DESK_COUNT(cases));
    desk_close(&desk);
}

static void a_move_is_itself_by_sender_and_id(void **state)
{
    struct desk desk = desk_open("identity");
    (void)state;
    const uint32_t first = desk_moves(&desk, "moves-1", STAMP,
                                      "k1,transit,load,,,card1,bus,load," AT ",100,,,\n"
                                      "k1,transit,load,,,card1,bus,load," AT ",100,,,another note\n"
                                      "k1,transit,load,,,card1,bus,load," AT ",101,,,\n"
                                      "k1,transit,load,,,card1,bus,load," AT ",101,,,\n"
                                      "k1,transit,load,,,card1,bus,load," AT ",100,100,,\n"
                                      "k2,transit,load,," LOST ",card1,bus,load," AT ",100,,,\n"
                                      "k2,transit,load,,,card1,bus,load," AT ",100,,,\n"
                                      "k3,transit,load,,,nobody,bus,load," AT ",100,,,\n"
                                      "k3,transit,load,,,nobody,bus,load," AT ",100,,,\n"
                                      "k3,transit,load,,,card1,bus,load," AT ",100,,,\n");
    static const struct row_case cases[] = {
        { "the first", "", "" }, { "the same but for its note", "r1-1", "duplicate-in-file" }, { "another amount", "r1-1", "conflict" },
        { "a repeat of the conflict", "r1-3", "duplicate-in-file" }, { "a price is content", "r1-1", "conflict" }, { "rejected", "", "card-status" },
        { "a rejected one does not hold", "", "" }, { "pending holds", "", "unknown-participant" }, { "repeats what is pending", "r1-8", "duplicate-in-file unknown-participant" },
        { "conflicts with what is pending", "r1-8", "conflict" },
    };
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        desk_expect(&desk, cases[i].name, first, i + 1, cases[i].reasons);
        assert_string_equal(desk_link(&desk, first, i + 1), cases[i].row);
    }
    assert_int_equal(desk_notes(&desk, first, 7), CLR_NOTE_MASK_SEEN_BEFORE);
    const uint32_t later = desk_moves(&desk, "moves-2", STAMP,
                                      "k1,transit,load,,,card1,bus,load," AT ",100,,,\n"
                                      "k1,transit,load,,,card1,bus,load," AT ",102,,,\n"
                                      "k4,transit,load,,,card1,bus,load," AT ",100,,,\n");
    desk_expect(&desk, "repeats history", later, 1, "duplicate-in-history");
    desk_expect(&desk, "conflicts with history", later, 2, "conflict");
    desk_expect(&desk, "another id", later, 3, "");
    assert_int_equal(desk_owes(&desk, WINDOW, "bus", "card1", CLR_KIND_LOAD), 300);
    desk_close(&desk);
}

/* ---- references ---- */

static void an_original_is_named_in_many_ways(void **state)
{
    static const struct tap one = { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" };
    static const struct tap two = { .card = CARD1, .merchant = 1, .counter = 2, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303090000" };
    struct desk desk = desk_open("references");
    struct clr_ingest_result result;
    char rows[2048], received[65] = "";
    (void)state;
    const char *const paths[] = { desk_write_taps("X-one", &one, 1) };
    assert_int_equal(desk_ingest(&desk, paths, 1, "2026-03-03T22:00:00+08:00", false, &result), CLR_OK);
    for (size_t i = 0; i < 32; i++) snprintf(received + 2 * i, 3, "%02x", result.file[0].digest[i]);
    clr_ingest_result_free(&result);
    desk_moves(&desk, "moves-load", "2026-03-03T22:00:00+08:00", "l1,transit,load,,,card1,bus,load,2026-03-03 09:00:00,800,,,\n");
    assert_int_equal(mkdir(scratch_path("again"), 0700), 0);
    desk_moves(&desk, "again/moves-load", "2026-03-03T22:00:00+08:00", "l2,transit,load,,,card1,bus,load,2026-03-03 09:00:00,800,,,\n");
    desk_taps(&desk, "X-two", "2026-03-03T23:00:00+08:00", &two, 1);
    snprintf(rows, sizeof rows,
             "n1,transit,refund,X/X-one/1,,,,," AT ",1,,,\n" "n2,transit,refund,X/%.8s/1,,,,," AT ",1,,,\n" "n3,transit,refund,X/%s/1,,,,," AT ",1,,,\n"
             "n4,transit,refund,X/%.7s/1,,,,," AT ",1,,,\n" "n5,transit,refund,W/X-one/1,,,,," AT ",1,,,\n" "n6,transit,refund,X/X-one/2,,,,," AT ",1,,,\n"
             "n7,transit,refund,X/X-one/0,,,,," AT ",1,,,\n" "n8,transit,refund,X/X-one,,,,," AT ",1,,,\n" "n9,transit,refund,office/moves-load/1,,,,," AT ",1,,,\n"
             "n10,transit,refund,office/moves-names/11,,,,," AT ",1,,,\n" "n11,transit,load,,,card1,bus,load," AT ",5,,,\n"
             "n12,transit,refund,office/moves-names/11,,,,," AT ",1,,,\n" "n13,transit,refund,X/X-two/1,,,,," AT ",1,,,\n" "n14,transit,refund,X/X-one/1x,,,,," AT ",1,,,\n",
             received, received, received);
    const uint32_t names = desk_moves(&desk, "moves-names", STAMP, rows);
    static const char *const want[] = { "", "", "", "refund-without-original", "refund-without-original", "refund-without-original", "refund-without-original",
                                        "refund-without-original", "refund-without-original", "refund-without-original", "", "", "", "refund-without-original" };
    static const char *const names_of[] = { "by file id", "by eight digits of the digest", "by the whole digest", "seven digits are too few", "of another sender", "no such record",
                                            "records count from one", "no number", "two files of that name", "a record of this file not yet there", "a load",
                                            "a record of this file", "another file", "no digit" };
    for (size_t i = 0; i < DESK_COUNT(want); i++) desk_expect(&desk, names_of[i], names, i + 1, want[i]);
    desk_close(&desk);
}

/* ---- money ---- */

static void money_goes_where_it_should(void **state)
{
    struct desk desk = desk_open("money");
    (void)state;
    twenty_taps(&desk);
    desk_close_windows(&desk, "2026-03-03");
    /* Each tap: card1 owes the bus 1,000; the bus pays 10 of fee, 5 to card1, 2 to the hub. */
    assert_int_equal(desk_net(&desk, "2026-03-03", "bus"), 20 * (1000 - 7));
    const uint32_t moves = desk_moves(&desk, "moves-money", STAMP,
                                      "p1,transit,purchase,,,card1,metro,metro," AT ",400,,,\n"      /* fee 4: 2 and 0 */
                                      "p2,transit,load,,,card2,bus,load," AT ",5000,,,\n"
                                      "p3,transit,reversal,r1-1,,,,," AT ",1000,,,\n"
                                      "p4,transit,refund,r1-2,,,,," AT ",150,,,\n"                    /* 1,000 − 150: fee 10 → 9 */
                                      "p5,transit,refund,r1-2,,,,," AT ",850,,,\n"
                                      "p6,transit,adjust,r1-3,,,,," AT ",30,,,\n"
                                      "p7,transit,adjust,r2-2,,,,," AT ",-20,,,\n"
                                      "p8,transit,refund,r2-2,,,,," AT ",1000,,,\n");
    for (uint64_t i = 1; i <= 8; i++) desk_expect(&desk, "money", moves, i, "");
    assert_int_equal(desk_owes(&desk, WINDOW, "card1", "metro", CLR_KIND_PURCHASE), 400);
    assert_int_equal(desk_owes(&desk, WINDOW, "bus", "card2", CLR_KIND_LOAD), 5000);
    assert_int_equal(desk_owes(&desk, WINDOW, "bus", "card1", CLR_KIND_REVERSAL), 1000);
    assert_int_equal(desk_owes(&desk, WINDOW, "bus", "card1", CLR_KIND_REFUND), 1000);
    assert_int_equal(desk_owes(&desk, WINDOW, "card1", "bus", CLR_KIND_ADJUST), 30);
    assert_int_equal(desk_owes(&desk, WINDOW, "card2", "bus", CLR_KIND_ADJUST), 20);       /* the bus owes 20 less of its load */
    assert_int_equal(desk_owes(&desk, WINDOW, "card2", "bus", CLR_KIND_REFUND), 1000);
    /* Both originals are given back whole, fees too: what is left of them over all windows is nothing. */
    assert_int_equal(desk_net(&desk, WINDOW, "bus"), -2 * (1000 - 7) - 5000 + 30 + 20 + 1000);
    assert_int_equal(desk_net(&desk, WINDOW, "hub"), -4);
    assert_int_equal(desk_net(&desk, "2026-03-03", "bus"), 20 * (1000 - 7));               /* a closed window stays as it is */
    desk_close(&desk);
}

static void a_repeated_file_books_nothing(void **state)
{
    struct desk desk = desk_open("repeated");
    struct clr_ingest_result result;
    const char *const path = desk_write_moves("moves-once", "q1,transit,load,,,card1,bus,load," AT ",100,,,\n");
    (void)state;
    assert_int_equal(desk_ingest(&desk, &path, 1, STAMP, true, &result), CLR_OK);           /* a trial keeps nothing */
    assert_int_equal(result.file[0].status, CLR_FILE_OK);
    assert_int_equal(result.totals.verdict[CLR_VERDICT_ACCEPTED].count, 1);
    clr_ingest_result_free(&result);
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_LOAD), 0);
    assert_int_equal(desk_ingest(&desk, &path, 1, STAMP, false, &result), CLR_OK);
    clr_ingest_result_free(&result);
    assert_int_equal(desk_ingest(&desk, &path, 1, STAMP, false, &result), CLR_OK);
    assert_int_equal(result.file[0].status, CLR_FILE_ALREADY_DONE);
    assert_int_equal(result.file[0].window, DESK_DAY(WINDOW));
    clr_ingest_result_free(&result);
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_LOAD), 100);
    desk_close(&desk);
}

static void a_refused_file_leaves_nothing(void **state)
{
    struct desk desk = desk_open("refused");
    struct clr_ingest_result result;
    char *const text = malloc(200000);
    (void)state;
    assert_non_null(text);
    /* A good load, an unknown party, then a record that is longer than any may be. */
    int size = snprintf(text, 1000, "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n"
                                    "v1,transit,load,,,card1,bus,load," AT ",100,,,\nv2,transit,load,,,nobody,bus,load," AT ",100,,,\nv3,transit,load,");
    memset(text + size, 'x', 180000);
    size += 180000;
    const char *const path = scratch_write("moves-long", text, (size_t)size);
    free(text);
    assert_int_equal(desk_ingest(&desk, &path, 1, STAMP, false, &result), CLR_OK);
    assert_int_equal(result.file[0].status, CLR_FILE_REFUSED);
    assert_int_equal(result.worst, CLR_REFUSED);
    clr_ingest_result_free(&result);
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_LOAD), 0);
    /* Its ids are free, and so is its number. */
    const uint32_t again = desk_moves(&desk, "moves-good", STAMP, "v1,transit,load,,,card1,bus,load," AT ",70,,,\nv2,transit,load,,,nobody,bus,load," AT ",100,,,\n");
    assert_int_equal(again, 1);
    desk_expect(&desk, "v1", again, 1, "");
    desk_expect(&desk, "v2", again, 2, "unknown-participant");
    desk_close(&desk);
}

static void files_of_one_command_stand_in_order(void **state)
{
    static const struct tap tap = { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" };
    struct desk desk = desk_open("order");
    struct clr_ingest_result result;
    (void)state;
    /* "X" sorts before "office": the moves are judged with the tap in the store. */
    const char *const paths[] = { desk_write_moves("moves-order", "o1,transit,refund,X/X-order/1,,,,," AT ",1000,,,\n"), desk_write_taps("X-order", &tap, 1) };
    assert_int_equal(desk_ingest(&desk, paths, 2, STAMP, false, &result), CLR_OK);
    assert_int_equal(result.totals.verdict[CLR_VERDICT_ACCEPTED].count, 2);
    clr_ingest_result_free(&result);
    assert_int_equal(desk_net(&desk, "", "bus"), 0);
    desk_close(&desk);
}

/* ---- decisions ---- */

static void a_decision_is_carried_out_once(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1000, .time = "20260303080000" },
        { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 1100, .time = "20260303080000" },              /* conflict */
        { .card = CARD1, .merchant = 2, .counter = 2, .balance_fen = 8000, .amount_fen = 200, .time = "20260303090000", .gray = true }, /* gray */
        { .card = CARD1, .merchant = 3, .counter = 9, .balance_fen = 8000, .amount_fen = 300, .time = "20260303100000" },               /* unknown */
        { .card = LOST, .merchant = 1, .counter = 3, .balance_fen = 8000, .amount_fen = 300, .time = "20260303100000" },                /* rejected */
    };
    static const struct row_case cases[] = {
        { "accept a conflict", "d1,transit,decide,r1-2,,,,,,,,accept,slip seen", "" },
        { "the same again", "d2,transit,decide,r1-2,,,,,,,,accept,", "" },
        { "the other way", "d3,transit,decide,r1-2,,,,,,,,reject,", "field-mismatch" },
        { "reject a gray one", "d4,transit,decide,X/X-taps/3,,,,,,,,reject,", "" },
        { "the same again", "d5,transit,decide,r1-3,,,,,,,,reject,", "" },
        { "accept it after all", "d6,transit,decide,r1-3,,,,,,,,accept,", "field-mismatch" },
        { "accept without a party", "d7,transit,decide,r1-4,,,,,,,,accept,", "field-mismatch" },
        { "what counts", "d8,transit,decide,r1-1,,,,,,,,reject,", "field-mismatch" },
        { "what was rejected", "d9,transit,decide,r1-5,,,,,,,,accept,", "field-mismatch" },
        { "what is not there, then dropped", "d10,transit,decide,r1-6,,,,,,,,accept,", "decided refund-without-original" },
        { "neither accept nor reject", "d11,transit,decide,r1-4,,,,,,,,maybe,", "malformed" },
        { "a load of this file that waits", "d12,transit,load,,,card1,bus,load," AT ",5001,,,", "" },
        { "and is decided by it", "d13,transit,decide,r2-12,,,,,,,,accept,", "" },
        { "and then given back", "d14,transit,refund,r2-12,,,,," AT ",1,,,", "" },
        { "reject what has no party", "d15,transit,decide,r1-4,,,,,,,,reject,", "" },
        { "a decision that waits", "d16,transit,decide,r2-10,,,,,,,,accept,", "field-mismatch" },
        { "which is dropped", "d17,transit,decide,r2-10,,,,,,,,reject,", "" },
    };
    struct desk desk = desk_open("decisions");
    (void)state;
    assert_int_equal(desk_taps(&desk, "X-taps", "2026-03-03T22:00:00+08:00", taps, DESK_COUNT(taps)), 1);
    static const char *const before[] = { "", "conflict", "gray", "unknown-participant", "card-status" };
    for (size_t i = 0; i < DESK_COUNT(before); i++) desk_expect(&desk, "before", 1, i + 1, before[i]);
    check_rows(&desk, "moves-decisions", STAMP, cases, DESK_COUNT(cases));
    desk_expect(&desk, "accepted conflict", 1, 2, "");
    desk_expect(&desk, "rejected gray", 1, 3, "decided gray");
    desk_expect(&desk, "rejected unknown", 1, 4, "decided unknown-participant");
    assert_string_equal(desk_link(&desk, 1, 2), "");                                               /* what counts is a conflict no more */
    assert_int_equal(desk_owes(&desk, WINDOW, "card1", "bus", CLR_KIND_PURCHASE), 1100);           /* the window of the moves file */
    assert_int_equal(desk_figures(&desk, 1, false).verdict[CLR_VERDICT_ACCEPTED].count, 2);
    assert_int_equal(desk_figures(&desk, 1, true).verdict[CLR_VERDICT_ACCEPTED].count, 1);         /* the first figures never change */
    assert_int_equal(desk_events(&desk), 5);
    desk_close(&desk);
}

/* A file decides records of its own: its first figures are those at its end. */
static void a_file_decides_its_own_records(void **state)
{
    struct desk desk = desk_open("own");
    (void)state;
    const uint32_t own = desk_moves(&desk, "moves-own", STAMP,
                                    "w1,transit,load,,,card1,bus,load," AT ",5001,,,\n"
                                    "w2,transit,refund,r1-1,,,,," AT ",1,,,\n"
                                    "w3,transit,decide,r1-1,,,,,,,,accept,\n"
                                    "w4,transit,refund,office/moves-own/1,,,,," AT ",1,,,\n"
                                    "w5,transit,decide,r1-2,,,,,,,,accept,\n"
                                    "w6,transit,refund,r1-1,,,,," AT ",5000,,,\n"
                                    "w7,transit,load,,,nobody,bus,load," AT ",7,,,\n"
                                    "w8,transit,decide,r1-7,,,,,,,,reject,no such company\n");
    static const char *const want[] = { "", "", "", "", "", "refund-exceeds-original", "decided unknown-participant", "" };
    for (size_t i = 0; i < DESK_COUNT(want); i++) desk_expect(&desk, "own", own, i + 1, want[i]);
    const struct clr_figures first = desk_figures(&desk, own, true), current = desk_figures(&desk, own, false);
    assert_memory_equal(&first, &current, sizeof first);
    assert_int_equal(first.records, 8);
    assert_int_equal(first.verdict[CLR_VERDICT_ACCEPTED].count, 6);
    assert_int_equal(first.verdict[CLR_VERDICT_REJECTED].count, 2);
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_LOAD), 5001);
    assert_int_equal(desk_owes(&desk, "", "card1", "bus", CLR_KIND_REFUND), 2);
    desk_close(&desk);
}

/* More records than one chunk of the verdict map: earlier ones are found in it while the file goes on. */
static void a_long_file_knows_its_first_records(void **state)
{
    enum { LOADS = CLR_VMAP_CHUNK + 5 };
    struct desk desk = desk_open("long");
    char *rows = NULL;
    size_t size;
    FILE *const text = open_memstream(&rows, &size);
    (void)state;
    fputs("z1,transit,load,,,card1,bus,load," AT ",5001,,,\n", text);
    for (unsigned i = 2; i <= LOADS; i++) fprintf(text, "z%u,transit,load,,,card1,bus,load," AT ",1,,,\n", i);
    fputs("z2,transit,load,,,card1,bus,load," AT ",1,,,\n"
          "y1,transit,refund,r1-3,,,,," AT ",1,,,\n"
          "y2,transit,decide,office/moves-long/1,,,,,,,,accept,\n"
          "y3,transit,refund,r1-1,,,,," AT ",5000,,,\n", text);
    fclose(text);
    const uint32_t admission = desk_moves(&desk, "moves-long", STAMP, rows);
    free(rows);
    desk_expect(&desk, "repeats its second record", admission, LOADS + 1, "duplicate-in-file");
    assert_string_equal(desk_link(&desk, admission, LOADS + 1), "r1-2");
    desk_expect(&desk, "refund of its third", admission, LOADS + 2, "");
    desk_expect(&desk, "decides its first", admission, LOADS + 3, "");
    desk_expect(&desk, "refund of that", admission, LOADS + 4, "");
    desk_expect(&desk, "the first", admission, 1, "");
    assert_int_equal(desk_owes(&desk, "", "bus", "card1", CLR_KIND_LOAD), 5001 + LOADS - 1);
    assert_int_equal(desk_owes(&desk, "", "card1", "bus", CLR_KIND_REFUND), 5001);
    assert_int_equal(desk_figures(&desk, admission, true).records, LOADS + 4);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_judged_by_its_form_and_parties),
        cmocka_unit_test(a_refund_is_judged_by_its_original),
        cmocka_unit_test(a_move_is_itself_by_sender_and_id),
        cmocka_unit_test(an_original_is_named_in_many_ways),
        cmocka_unit_test(money_goes_where_it_should),
        cmocka_unit_test(a_repeated_file_books_nothing),
        cmocka_unit_test(a_refused_file_leaves_nothing),
        cmocka_unit_test(files_of_one_command_stand_in_order),
        cmocka_unit_test(a_decision_is_carried_out_once),
        cmocka_unit_test(a_file_decides_its_own_records),
        cmocka_unit_test(a_long_file_knows_its_first_records),
    };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
