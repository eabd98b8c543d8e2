/* Toll exits in a store: what is booked, given back, waits and comes to count; `verify` after every test works all of it out again. */
#include "toll_desk.h"

#define STAMP "2026-03-04T10:00:00+08:00"
#define WINDOW "2026-03-04"
#define AT "20260304090000"

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    toll_desk_use(scratch_folder);
    return status;
}

static void owes(struct desk *desk, const char *name, const char *payer, const char *payee, enum clr_kind kind, clr_fen want)
{
    const clr_fen seen = desk_owes(desk, WINDOW, payer, payee, kind);
    if (seen != want) fail_msg("%s: %s owes %s %lld, not %lld", name, payer, payee, (long long)seen, (long long)want);
}

static void an_exit_pays_its_owners(void **state)
{
    struct desk desk = toll_desk_open("owners");
    (void)state;
    const uint32_t file = toll_desk_exits(&desk, "road-1", STAMP,
        "x1;purchase;;" JSCARD ";421;495;" AT ";;n1|s1|n2;192|209|20;226|246|23;37;37:421;G1\n"
        "x2;purchase;;" JSCARD ";2753;;" AT ";;s1|n1;310|0;;32|37;32:1900|37:853;G2\n"
        "x3;purchase;;;600;;" AT ";S;n1|s1;400|200;;37;;G2\n"
        "x4;purchase;;" JSCARD ";0;1107;" AT ";;n1;22;;37;37:0;G1\n");
    for (unsigned i = 1; i <= 4; i++) desk_expect(&desk, "all count", file, i, "");
    owes(&desk, "charged", "jscard", "north", CLR_KIND_PURCHASE, 212);
    owes(&desk, "charged and by province", "jscard", "south", CLR_KIND_PURCHASE, 209 + 853);
    owes(&desk, "province", "jscard", "province:32", CLR_KIND_PURCHASE, 1900);
    owes(&desk, "paid at the station", "south", "north", CLR_KIND_PURCHASE, 400);
    owes(&desk, "to itself", "south", "south", CLR_KIND_PURCHASE, 200);
    owes(&desk, "fees of the whole", "north", "hub", CLR_KIND_FEE, 1 + 2);
    const struct clr_figures figures = desk_figures(&desk, file, true);
    assert_int_equal(figures.records, 4);
    desk_close(&desk);
}

static void what_cannot_be_split_waits(void **state)
{
    static const struct { const char *name, *line, *reasons, *later; } cases[] = {
        { "no list",            "y1;purchase;;" JSCARD ";450;;" AT ";;;450;;37;37:450;G1\n", "split-incomplete", "split-incomplete" },
        { "lengths",            "y2;purchase;;" JSCARD ";450;;" AT ";;n1|s1;450;;37;37:450;G1\n", "split-incomplete", "split-incomplete" },
        { "a unit of later",    "y3;purchase;;" JSCARD ";30;;" AT ";;n1|late;10|20;;37;37:30;G1\n", "split-incomplete", "" },
        { "a card of later",    "y4;purchase;;" SDCARD ";30;;" AT ";;n1;30;;37;37:30;G1\n", "unknown-participant", "" },
        { "both",               "y5;purchase;;" SDCARD ";30;;" AT ";;late;30;;37;37:30;G1\n", "unknown-participant", "" },
        { "provinces",          "y6;purchase;;" JSCARD ";30;;" AT ";;n1;30;;32|37;32:3|37:3;G1\n", "split-incomplete", "split-incomplete" },
        { "another province",   "y7;purchase;;" JSCARD ";30;;" AT ";;n1;10;;44|37;44:20|37:10;G1\n", "unknown-participant", "unknown-participant" },
        { "no such station",    "y8;purchase;;;30;;" AT ";S;n1;30;;37;37:30;G9\n", "unknown-participant", "unknown-participant" },
    };
    struct desk desk = toll_desk_open("waits");
    char lines[2000] = "";
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) strcat(lines, cases[i].line);
    const uint32_t file = toll_desk_exits(&desk, "road-1", STAMP, lines);
    for (size_t i = 0; i < DESK_COUNT(cases); i++) desk_expect(&desk, cases[i].name, file, i + 1, cases[i].reasons);
    assert_int_equal(desk_owes(&desk, "", "jscard", "north", CLR_KIND_PURCHASE), 0);
    toll_desk_rules2(&desk);
    desk_reexamine(&desk, "2026-03-05");
    for (size_t i = 0; i < DESK_COUNT(cases); i++) desk_expect(&desk, cases[i].name, file, i + 1, cases[i].later);
    owes(&desk, "by the later rules", "jscard", "south", CLR_KIND_PURCHASE, 20);
    owes(&desk, "by the later rules", "jscard", "north", CLR_KIND_PURCHASE, 10);
    owes(&desk, "its issuer came", "sdcard", "north", CLR_KIND_PURCHASE, 30);
    owes(&desk, "its issuer and owner came", "sdcard", "south", CLR_KIND_PURCHASE, 30);
    desk_close(&desk);
}

/* Past the deadline the own part waits with the owner of the exit station, who can be asked; other provinces' parts are known all the same. */
static void suspense_at_the_deadline(void **state)
{
    static const struct { const char *name, *line, *reasons; } cases[] = {
        { "no list",          "z1;purchase;;" JSCARD ";450;;" AT ";;;450;;37;37:450;G1\n", "" },
        { "with a province",  "z2;purchase;;" JSCARD ";50;;" AT ";;;;;32|37;32:40|37:10;G2\n", "" },
        { "no such station",  "z3;purchase;;" JSCARD ";7;;" AT ";;;;;37;;G9\n", "split-incomplete expired" },
    };
    struct desk desk = toll_desk_open("suspense");
    char lines[1000] = "";
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) strcat(lines, cases[i].line);
    const uint32_t file = toll_desk_exits(&desk, "road-1", STAMP, lines);
    desk_reexamine(&desk, "2026-03-06");
    for (size_t i = 0; i < DESK_COUNT(cases); i++) desk_expect(&desk, cases[i].name, file, i + 1, "split-incomplete");
    desk_reexamine(&desk, "2026-03-07");
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        const char *const says = desk_says(&desk, file, i + 1);
        const bool expired = strstr(says, "expired") != NULL;
        if (expired != (strstr(cases[i].reasons, "expired") != NULL) || (!expired && says[0] != '\0')) fail_msg("%s: %s", cases[i].name, says);
    }
    owes(&desk, "the station's owner", "jscard", "north", CLR_KIND_PURCHASE, 450);
    owes(&desk, "the station's owner", "jscard", "south", CLR_KIND_PURCHASE, 10);
    owes(&desk, "the province", "jscard", "province:32", CLR_KIND_PURCHASE, 40);
    /* What waits there goes back from there. */
    const uint32_t back = desk_moves(&desk, "moves-back", "2026-03-04T11:00:00+08:00", "b1,toll,refund,r1-2,,,,,2026-03-04 10:30:00,25,,,\n");
    desk_expect(&desk, "a refund from suspense", back, 1, "");
    owes(&desk, "half of each", "south", "jscard", CLR_KIND_REFUND, 5);
    owes(&desk, "half of each", "province:32", "jscard", CLR_KIND_REFUND, 20);
    desk_close(&desk);
}

static void refunds_go_back_to_the_fen(void **state)
{
    struct desk desk = toll_desk_open("refunds");
    (void)state;
    toll_desk_exits(&desk, "road-1", STAMP,
        "x1;purchase;;" JSCARD ";422;495;" AT ";;n1|s1|n2;192|209|20;;37;37:422;G1\n"
        "x2;purchase;;" JSCARD ";2753;;" AT ";;s1|n1;310|7;;32|37;32:1900|37:853;G2\n"
        "x3;purchase;;;600;;" AT ";S;n1|s1;400|200;;37;;G2\n");
    const uint32_t moves = desk_moves(&desk, "moves-1", "2026-03-04T11:00:00+08:00",
        "a1,toll,refund,r1-1,,,,,2026-03-04 10:30:00,100,,,\n"
        "a2,toll,refund,r1-1,,,,,2026-03-04 10:30:00,1,,,\n"
        "a3,toll,refund,r1-1,,,,,2026-03-04 10:30:00,0,,,\n"
        "a4,toll,refund,r1-1,,,,,2026-03-04 10:30:00,322,,,\n"
        "a5,toll,refund,r1-1,,,,,2026-03-04 10:30:00,0,,,\n"
        "a6,toll,reversal,r1-2,,,,,2026-03-04 10:30:00,2753,,,\n"
        "a7,toll,refund,r1-3,,,,,2026-03-04 10:30:00,1,,,\n"
        "a8,toll,adjust,r1-3,,,,,2026-03-04 10:30:00,-60,,,\n");
    static const char *const reasons[] = { "", "", "", "refund-exceeds-original", "", "", "", "" };
    for (size_t i = 0; i < DESK_COUNT(reasons); i++) desk_expect(&desk, "move", moves, i + 1, reasons[i]);
    const uint32_t rest = desk_moves(&desk, "moves-2", "2026-03-04T12:00:00+08:00", "a9,toll,refund,r1-1,,,,,2026-03-04 10:30:00,321,,,\n");
    desk_expect(&desk, "the rest", rest, 1, "");
    owes(&desk, "all of it", "north", "jscard", CLR_KIND_REFUND, 213);
    owes(&desk, "all of it", "south", "jscard", CLR_KIND_REFUND, 209);
    owes(&desk, "a mirror", "south", "jscard", CLR_KIND_REVERSAL, desk_owes(&desk, WINDOW, "jscard", "south", CLR_KIND_PURCHASE) - 209);
    owes(&desk, "a mirror", "province:32", "jscard", CLR_KIND_REVERSAL, 1900);
    owes(&desk, "the last unit's fen", "south", "south", CLR_KIND_REFUND, 1);
    owes(&desk, "adjusted by the shares", "north", "south", CLR_KIND_ADJUST, 40);
    assert_int_equal(desk_net(&desk, WINDOW, "jscard"), 0);
    desk_close(&desk);
}

/* The exit's own reversal: it refers to the identity of the exit that it takes back. */
static void an_exit_is_taken_back(void **state)
{
    struct desk desk = toll_desk_open("reversal");
    (void)state;
    const uint32_t file = toll_desk_exits(&desk, "road-1", STAMP,
        "x1;purchase;;" JSCARD ";8100;;" AT ";;n1|s1;6000|2100;;37;;G1\n"
        "x1-2;reversal;=x1;" JSCARD ";8100;;" AT ";;n1|s1;6000|2100;;37;;G1\n"
        "x1-3;purchase;;" JSCARD ";600;;" AT ";;n1|s1;6000|2100;;37;;G1\n");
    for (unsigned i = 1; i <= 3; i++) desk_expect(&desk, "all count", file, i, "");
    assert_int_equal(desk_net(&desk, WINDOW, "jscard"), -600);
    owes(&desk, "taken back", "north", "jscard", CLR_KIND_REVERSAL, 6000);
    owes(&desk, "taken back", "south", "jscard", CLR_KIND_REVERSAL, 2100);
    owes(&desk, "replaced, in proportion", "jscard", "north", CLR_KIND_PURCHASE, 6000 + 444);
    owes(&desk, "replaced, in proportion", "jscard", "south", CLR_KIND_PURCHASE, 2100 + 156);
    desk_close(&desk);
}

/* A refund of what waits, waits; when the original comes to count by an event, the refund follows, with the shares of that event's rules. */
static void a_refund_waits_with_its_exit(void **state)
{
    struct desk desk = toll_desk_open("waiting-refund");
    (void)state;
    toll_desk_exits(&desk, "road-1", STAMP, "x1;purchase;;" JSCARD ";30;;" AT ";;n1|late;10|20;;37;37:30;G1\n");
    const uint32_t moves = desk_moves(&desk, "moves-1", "2026-03-04T11:00:00+08:00", "a1,toll,refund,r1-1,,,,,2026-03-04 10:30:00,15,,,\n"
                                                                                       "a2,toll,refund,r1-1,,,,,2026-03-04 10:30:00,15,,,\n");
    desk_expect(&desk, "its original waits", moves, 1, "refund-without-original");
    toll_desk_rules2(&desk);
    desk_reexamine(&desk, "2026-03-05");
    desk_expect(&desk, "the first half", moves, 1, "");
    desk_expect(&desk, "the second half", moves, 2, "");
    owes(&desk, "both halves", "south", "jscard", CLR_KIND_REFUND, 20);
    owes(&desk, "both halves", "north", "jscard", CLR_KIND_REFUND, 10);
    desk_close(&desk);
}

static void why_shows_the_split(void **state)
{
    static const struct { const char *name, *line, *rule, *says; } cases[] = {
        { "as charged", "x1;purchase;;" JSCARD ";421;495;" AT ";;n1|s1;212|209;;37;37:421;G1\n", "split",
          "the units' charges sum to the own part and are taken as they are" },
        { "its shares", "x2;purchase;;" JSCARD ";100;;" AT ";;n1|s1;1|2;3|4;32|37;32:40|37:60;G1\n", "split-share",
          "unit n1, section N, owner north: charged 1, due 3, share 20 fen; unit s1, section S, owner south: charged 2, due 4, share 40 fen; province:32: 40 fen" },
        { "an unknown unit", "x3;purchase;;" JSCARD ";5;;" AT ";;zz;5;;37;37:5;G1\n", "split", "a toll unit is not in splits.csv on that day zz" },
        { "no list", "x4;purchase;;" JSCARD ";5;;" AT ";;;;;37;37:5;G1\n", "split", "no toll units are listed" },
        { "another province", "x5;purchase;;" JSCARD ";30;;" AT ";;n1;10;;44|37;44:20|37:10;G1\n", "split",
          "no participant on that day for 44:20|37:10" },
        { "0 fen", "x6;purchase;;" JSCARD ";0;;" AT ";;n1;22;;37;37:0;G1\n", "split", "" },
    };
    struct desk desk = toll_desk_open("why");
    char lines[2000] = "";
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) strcat(lines, cases[i].line);
    const uint32_t file = toll_desk_exits(&desk, "road-1", STAMP, lines);
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        const char *const says = toll_desk_why(&desk, file, i + 1, cases[i].rule);
        if (strcmp(says, cases[i].says) != 0) fail_msg("%s: %s", cases[i].name, says);
    }
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exit_pays_its_owners), cmocka_unit_test(what_cannot_be_split_waits), cmocka_unit_test(suspense_at_the_deadline),
        cmocka_unit_test(refunds_go_back_to_the_fen), cmocka_unit_test(an_exit_is_taken_back), cmocka_unit_test(a_refund_waits_with_its_exit),
        cmocka_unit_test(why_shows_the_split),
    };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
