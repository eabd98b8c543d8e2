/* test_position.c: cells in, matrix and positions out; and what is noticed when they do not balance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_world.h"

/* ---- matrix and positions ---- */

static const struct {
    const char *name; enum clr_level level; struct given given[CELLS_MAX]; const char *matrix, *positions;
} ledgers[] = {
    { "purchase: the issuer owes", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 3, 600) },
      "city>bus purchase 3 600; ",
      "bus +600 -0 0 =600 #3; city +0 -600 0 =-600 #3; hub +0 -0 0 =0 #0; " },
    { "load: the agent owes", CLR_LEVEL_PARTICIPANT,
      { GETS("city", "bus", LOAD, 1, 5000) },
      "bus>city load 1 5000; ",
      "bus +0 -5000 0 =-5000 #1; city +5000 -0 0 =5000 #1; hub +0 -0 0 =0 #0; " },
    { "rows by kind, in the order of kinds", CLR_LEVEL_PARTICIPANT,
      { GETS("city", "bus", REFUND, 1, 100), GETS("city", "bus", LOAD, 1, 10), PAYS("city", "bus", PURCHASE, 1, 200) },
      "bus>city load 1 10; bus>city refund 1 100; city>bus purchase 1 200; ",
      "bus +200 -110 0 =90 #3; city +110 -200 0 =-90 #3; hub +0 -0 0 =0 #0; " },
    { "fee of the acquirer", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 2, 1000, FEE(0, 2, 3, 2, 5)) },
      "bus>city fee 2 3; bus>hub fee 2 2; city>bus purchase 2 1000; ",
      "bus +1000 -0 -5 =995 #2; city +0 -1000 3 =-997 #2; hub +0 -0 2 =2 #0; " },
    { "fee of the issuer", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 2, 1000, FEE(1, 2, 3, 2, 5)) },
      "city>bus purchase 2 1000; city>bus fee 2 5; city>hub fee 2 2; ",
      "bus +1000 -0 5 =1005 #2; city +0 -1000 -7 =-1007 #2; hub +0 -0 2 =2 #0; " },
    { "fee of a third party", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 2, 1000, FEE(2, 2, 3, 2, 5)) },
      "city>bus purchase 2 1000; tramco>bus fee 2 5; tramco>city fee 2 3; tramco>hub fee 2 2; ",
      "bus +1000 -0 5 =1005 #2; city +0 -1000 3 =-997 #2; hub +0 -0 2 =2 #0; tramco +0 -0 -10 =-10 #0; " },
    { "the centre pays: its own share stays", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 2, 1000, FEE(3, 2, 3, 2, 5)) },
      "city>bus purchase 2 1000; hub>bus fee 2 5; hub>city fee 2 3; ",
      "bus +1000 -0 5 =1005 #2; city +0 -1000 3 =-997 #2; hub +0 -0 -8 =-8 #0; " },
    { "the payer is the third party's own acquirer", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "tramco", PURCHASE, 2, 1000, FEE(2, 2, 3, 2, 5)) },
      "city>tramco purchase 2 1000; tramco>city fee 2 3; tramco>hub fee 2 2; ",
      "city +0 -1000 3 =-997 #2; hub +0 -0 2 =2 #0; tramco +1000 -0 -5 =995 #2; " },
    { "fee on 0 fen is no obligation", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 0, 0, FEE(0, 1, 0, 0, 1)) }, "", "" },
    { "fee on 0 fen with shares", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 0, 0, FEE(0, 1, 1, 0, 1)) },
      "bus>city fee 1 1; ", "bus +0 -0 -1 =-1 #0; city +0 -0 1 =1 #0; hub +0 -0 0 =0 #0; " },
    { "total: summed over services and kinds, then rounded", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 1, 9999, TOTAL(4, 1, 99990000)), GETS("city", "bus", REFUND, 1, 51, TOTAL(4, 0, -490000)) },
      "bus>city refund 1 51; bus>city fee 1 30; bus>hub fee 1 20; city>bus purchase 1 9999; ",
      "bus +9999 -51 -50 =9898 #2; city +51 -9999 30 =-9918 #2; hub +0 -0 20 =20 #0; " },
    { "total: the minimum once", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 1, 100, TOTAL(4, 1, 1000000)), PAYS("city", "bus", LOAD, 1, 100, TOTAL(4, 1, 1000000)) },
      "bus>city fee 2 15; bus>hub fee 2 10; city>bus purchase 1 100; city>bus load 1 100; ",
      "bus +200 -0 -25 =175 #2; city +0 -200 15 =-185 #2; hub +0 -0 10 =10 #0; " },
    { "total: turned round by refunds, without minimum", CLR_LEVEL_PARTICIPANT,
      { GETS("city", "bus", REFUND, 1, 1000, TOTAL(4, -1, -10500000)) },
      "bus>city refund 1 1000; bus>city fee -1 -3; bus>hub fee -1 -2; ",
      "bus +0 -1000 5 =-995 #1; city +1000 -0 -3 =997 #1; hub +0 -0 -2 =-2 #0; " },
    { "fees of two versions are totals of their own", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 1, 1, TOTAL(4, 1, 60000000)), PAYS("city", "bus", PURCHASE, 1, 1, TOTAL(4, 1, 600000), .version = 2) },
      "bus>city fee 2 33; bus>hub fee 2 22; city>bus purchase 2 2; ",
      "bus +2 -0 -55 =-53 #2; city +0 -2 33 =31 #2; hub +0 -0 22 =22 #0; " },
    { "undone in a later window", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, -3, -600, FEE(0, -3, -3, -2, -5)) },
      "bus>city fee -3 -3; bus>hub fee -3 -2; city>bus purchase -3 -600; ",
      "bus +-600 -0 5 =-595 #-3; city +0 --600 -3 =597 #-3; hub +0 -0 -2 =-2 #0; " },
    { "taken back to nothing", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 1, 600), PAYS("city", "bus", PURCHASE, -1, -600, .version = 2) }, "", "" },
    { "no cells", CLR_LEVEL_PARTICIPANT, { END }, "", "" },
    { "members: on us stays on the diagonal", CLR_LEVEL_MEMBER,
      { PAYS("city", "bus", PURCHASE, 2, 1000, FEE(0, 2, 3, 2, 5)), PAYS("city", "tramco", PURCHASE, 1, 70) },
      "bank>bank purchase 2 1000; bank>bank fee 2 3; bank>hub fee 2 2; bank>tramco purchase 1 70; ",
      "bank +1000 -1070 -2 =-72 #3; hub +0 -0 2 =2 #0; tramco +70 -0 0 =70 #1; " },
    { "members: on us at the level of participants", CLR_LEVEL_PARTICIPANT,
      { PAYS("bus", "bus", PURCHASE, 2, 1000, FEE(0, 2, 3, 2, 5)) },
      "bus>bus purchase 2 1000; bus>hub fee 2 2; ",
      "bus +1000 -1000 -2 =-2 #2; hub +0 -0 2 =2 #0; " },
    { "members: chain as of the window's day", CLR_LEVEL_MEMBER,
      { PAYS("city", "metro", PURCHASE, 1, 10, .window = DAY - 1), PAYS("city", "metro", PURCHASE, 1, 20, .window = DAY) },
      "bank>metro purchase 1 10; bank>bank purchase 1 20; ",
      "bank +0 -10 0 =-10 #1; hub +0 -0 0 =0 #0; metro +10 -0 0 =10 #1; bank +20 -20 0 =0 #1; hub +0 -0 0 =0 #0; " },
    { "members: who is gone settles by itself", CLR_LEVEL_MEMBER,
      { PAYS("town", "bus", PURCHASE, 1, 10) },
      "town>bank purchase 1 10; ",
      "bank +10 -0 0 =10 #1; hub +0 -0 0 =0 #0; town +0 -10 0 =-10 #1; " },
    { "regions", CLR_LEVEL_REGION,
      { PAYS("city", "bus", PURCHASE, 1, 10), PAYS("city", "metro", PURCHASE, 1, 5), PAYS("town", "tramco", PURCHASE, 1, 3) },
      "east>east purchase 1 10; east>west purchase 1 5; west>tramco purchase 1 3; ",
      "east +10 -15 0 =-5 #2; hub +0 -0 0 =0 #0; tramco +3 -0 0 =3 #1; west +5 -3 0 =2 #2; " },
    { "windows and products apart", CLR_LEVEL_PARTICIPANT,
      { PAYS("city", "bus", PURCHASE, 1, 1, .window = DAY, .product = 2), PAYS("city", "bus", PURCHASE, 1, 2, .window = DAY),
        PAYS("city", "bus", PURCHASE, 1, 4, .window = -1) },
      "city>bus purchase 1 4; city>bus purchase 1 2; city>bus purchase 1 1; ",
      "bus +4 -0 0 =4 #1; city +0 -4 0 =-4 #1; hub +0 -0 0 =0 #0; bus +2 -0 0 =2 #1; city +0 -2 0 =-2 #1; hub +0 -0 0 =0 #0; "
      "bus +1 -0 0 =1 #1; city +0 -1 0 =-1 #1; hub +0 -0 0 =0 #0; " },
};

static void cells_become_positions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ledgers); i++) {
        struct clr_ledger ledger;
        char matrix[TEXT_SIZE], positions[TEXT_SIZE];
        const enum clr_status status = build(ledgers[i].given, second, ledgers[i].level, &ledger);
        if (status != CLR_OK) fail_msg("%s: status %d", ledgers[i].name, (int)status);
        row_text(ledger.matrix, ledger.matrix_count, matrix);
        position_text(&ledger, positions);
        if (strcmp(matrix, ledgers[i].matrix) != 0) fail_msg("%s: matrix\n%s\nnot\n%s", ledgers[i].name, matrix, ledgers[i].matrix);
        if (strcmp(positions, ledgers[i].positions) != 0) fail_msg("%s: positions\n%s\nnot\n%s", ledgers[i].name, positions, ledgers[i].positions);
        assert_int_equal(clr_ledger_check(&ledger, NULL), CLR_OK);
        clr_ledger_free(&ledger);
    }
}

static void names_come_from_the_current_rules(void **state)
{
    static const struct given given[] = {
        PAYS("city", "metro", PURCHASE, 1, 10), PAYS("town", "metro", PURCHASE, 1, 10), END,
    };
    static const struct { const char *name; enum clr_level level; const char *code, *en; int role; } cases[] = {
        { "current name",        CLR_LEVEL_PARTICIPANT, "city", "city en2", CLR_ROLE_ISSUER },
        { "old name",            CLR_LEVEL_PARTICIPANT, "town", "town en1", CLR_ROLE_ISSUER },
        { "member",              CLR_LEVEL_MEMBER, "bank", "bank en2", CLR_ROLE_AGENCY },
        { "centre",              CLR_LEVEL_MEMBER, "hub", "hub en2", CLR_ROLE_CENTRE },
        { "region without row",  CLR_LEVEL_REGION, "west", "west", CLR_ROLE_REGION },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_ledger ledger;
        bool found = false;
        assert_int_equal(build(given, second, cases[i].level, &ledger), CLR_OK);
        for (size_t at = 0; at < ledger.position_count; at++) {
            const struct clr_name *who = &ledger.position[at].who;
            if (strcmp(who->code, cases[i].code) != 0) continue;
            found = true;
            if (strcmp(who->en, cases[i].en) != 0 || who->role != cases[i].role) fail_msg("%s: %s, role %d", cases[i].name, who->en, who->role);
        }
        if (!found) fail_msg("%s: not there", cases[i].name);
        clr_ledger_free(&ledger);
    }
}

static void the_newest_old_name_wins(void **state)
{
    static const struct given given[2][3] = {
        { PAYS("town", "bus", PURCHASE, 1, 10), PAYS("town", "bus", PURCHASE, 1, 10, .version = 3), END },
        { PAYS("town", "bus", PURCHASE, 1, 10, .version = 3), PAYS("town", "bus", PURCHASE, 1, 10), END },
    };
    struct clr_rules *third = ledger_rules(3, first_participants, world_fees);

    (void)state;
    versions[1] = third;
    for (unsigned order = 0; order < 2; order++) {
        struct clr_ledger ledger;
        assert_int_equal(build(given[order], second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
        assert_int_equal(ledger.matrix_count, 1);
        assert_string_equal(ledger.matrix[0].payer.en, "town en3");
        clr_ledger_free(&ledger);
        assert_int_equal(build(given[order], NULL, CLR_LEVEL_REGION, &ledger), CLR_OK);       /* no current rules at all */
        assert_string_equal(ledger.matrix[0].payer.code, "west");
        clr_ledger_free(&ledger);
    }
    versions[1] = second;
    clr_rules_destroy(third);
}

static void bad_cells_are_statuses(void **state)
{
    static const struct { const char *name; struct given given[CELLS_MAX]; enum clr_status status; } cases[] = {
        { "unknown version",       { PAYS("city", "bus", PURCHASE, 1, 10, .version = 9) }, CLR_DAMAGED },
        { "unknown version, fees", { PAYS("city", "bus", PURCHASE, 0, 0, FEE(0, 1, 1, 1, 1), .version = 9) }, CLR_DAMAGED },
        { "unknown fee row",       { PAYS("city", "bus", PURCHASE, 1, 10, FEE(5, 1, 1, 1, 1)) }, CLR_DAMAGED },
        { "party not in version",  { PAYS("town", "bus", PURCHASE, 1, 10, .version = 2) }, CLR_DAMAGED },
        { "unknown party",         { PAYS("city", "nobody", PURCHASE, 1, 10) }, CLR_DAMAGED },
        { "receivable overflows",  { PAYS("city", "bus", PURCHASE, 1, INT64_MAX), PAYS("town", "bus", PURCHASE, 1, 1) }, CLR_OVERFLOW },
        { "row overflows",         { PAYS("city", "bus", PURCHASE, 1, INT64_MAX), PAYS("city", "bus", PURCHASE, 1, 1, TOTAL(0, 0, 0)) }, CLR_OVERFLOW },
        { "net overflows",         { PAYS("city", "bus", PURCHASE, 1, INT64_MAX), PAYS("city", "bus", REFUND, 1, 0, FEE(1, 1, 0, 0, 9)) }, CLR_OVERFLOW },
        { "count overflows",       { PAYS("city", "bus", PURCHASE, INT64_MAX, 1), GETS("city", "bus", LOAD, 1, 1) }, CLR_OVERFLOW },
        { "numerators overflow",   { PAYS("city", "bus", PURCHASE, 0, 0, FEE(0, 1, INT64_MAX, 0, 0)), GETS("city", "bus", LOAD, 0, 0, FEE(0, 1, 1, 0, 0)) }, CLR_OVERFLOW },
        { "no positive INT64_MIN", { PAYS("city", "bus", PURCHASE, 1, INT64_MIN) }, CLR_OVERFLOW },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_ledger ledger = { (void *)1, 1, (void *)1, 1 };
        const enum clr_status status = build(cases[i].given, second, CLR_LEVEL_PARTICIPANT, &ledger);
        if (status != cases[i].status) fail_msg("%s: status %d", cases[i].name, (int)status);
        assert_null(ledger.position);
        assert_null(ledger.matrix);
    }
}

/* ---- the invariants ---- */

static void a_broken_sum_is_noticed(void **state)
{
    static const struct given given[] = {
        PAYS("city", "bus", PURCHASE, 2, 1000, FEE(0, 2, 3, 2, 5)), PAYS("city", "bus", PURCHASE, 2, 1000, .window = DAY + 1), END,
    };
    static const struct { const char *name; size_t position; int receivable, payable, fee, net, matrix; const char *said; } cases[] = {
        { "untouched",                 0, 0, 0, 0, 0, 0, NULL },
        { "net alone",                 0, 0, 0, 0, 1, 0, "2018-09-02: the net of bus is 996 fen" },
        { "receivable and net",        1, 1, 0, 0, 1, 0, "2018-09-02 does not balance: net 1, receivable 1001, payable 1000, fees 0, matrix 1000" },
        { "payable and net",           1, 0, 1, 0, -1, 0, "2018-09-02 does not balance: net -1, receivable 1000, payable 1001, fees 0" },
        { "fee and net",               2, 0, 0, 7, 7, 0, "2018-09-02 does not balance: net 7, receivable 1000, payable 1000, fees 7" },
        { "fee against receivable",    0, -7, 0, 7, 0, 0, "2018-09-02 does not balance: net 0, receivable 993, payable 1000, fees 7" },
        { "receivable and payable",    0, 5, 5, 0, 0, 0, "2018-09-02 does not balance: net 0, receivable 1005, payable 1005, fees 0, matrix 1000" },
        { "matrix alone",              0, 0, 0, 0, 0, 9, "2018-09-02 does not balance: net 0, receivable 1000, payable 1000, fees 0, matrix 1009" },
        { "in the second window",      3, 1, 0, 0, 1, 0, "2018-09-03 does not balance: net 1" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_ledger ledger;
        struct clr_fault fault = { 0 };
        struct clr_position *position;
        enum clr_status status;
        assert_int_equal(build(given, second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
        position = &ledger.position[cases[i].position];
        position->receivable_fen += cases[i].receivable;
        position->payable_fen += cases[i].payable;
        position->fee_fen += cases[i].fee;
        position->net_fen += cases[i].net;
        ledger.matrix[2].amount_fen += cases[i].matrix;
        status = clr_ledger_check(&ledger, &fault);
        if (status != (cases[i].said == NULL ? CLR_OK : CLR_UNBALANCED)) fail_msg("%s: status %d", cases[i].name, (int)status);
        if (cases[i].said != NULL && strstr(fault.en, cases[i].said) == NULL) fail_msg("%s: %s", cases[i].name, fault.en);
        if (cases[i].said != NULL && (strstr(fault.zh, "2018-09-0") == NULL || fault.status != CLR_UNBALANCED)) fail_msg("%s: %s", cases[i].name, fault.zh);
        clr_ledger_free(&ledger);
    }
}

static void a_lost_position_is_noticed(void **state)
{
    static const struct given given[] = { PAYS("city", "bus", PURCHASE, 2, 1000), END };
    struct clr_ledger ledger;
    struct clr_fault fault = { 0 };

    (void)state;
    assert_int_equal(build(given, second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
    ledger.position_count = 1;
    assert_int_equal(clr_ledger_check(&ledger, &fault), CLR_UNBALANCED);
    ledger.position_count = 0;
    assert_int_equal(clr_ledger_check(&ledger, &fault), CLR_UNBALANCED);
    assert_non_null(strstr(fault.en, "matrix 1000"));
    clr_ledger_free(&ledger);
}

static void a_centre_that_came_later_takes_its_share(void **state)
{
    static const struct given given[] = { PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5), .version = 4), END };
    static const struct given of_hub[] = { PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(1, 1, 3, 2, 5), .version = 4), END };
    struct clr_rules *old = ledger_rules(4, "city,issuer,*,,,a,,\ntramco,owner,*,,,a,,\nhub,centre,*,,,a,,2018-09-01\n",
                                         "transit,bus,*,*,*,acquirer,amount,txn,10000,,,,300000,200000,return,,\n"
                                         "transit,taxi,*,*,*,hub,amount,txn,10000,,,,300000,200000,return,,\n");
    struct clr_rules *none = ledger_rules(5, "city,issuer,*,,,a,,\ntramco,owner,*,,,a,,\n", "");
    struct clr_ledger ledger;
    char text[TEXT_SIZE];

    (void)state;
    versions[0] = old;
    assert_int_equal(build(given, second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
    assert_string_equal(row_text(ledger.matrix, ledger.matrix_count, text), "city>tramco purchase 1 1000; tramco>city fee 1 3; tramco>hub fee 1 2; ");
    clr_ledger_free(&ledger);
    assert_int_equal(build(of_hub, second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);      /* its own share stays with it */
    assert_string_equal(row_text(ledger.matrix, ledger.matrix_count, text), "city>tramco purchase 1 1000; hub>city fee 1 3; hub>tramco fee 1 5; ");
    clr_ledger_free(&ledger);
    assert_int_equal(build(given, none, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
    assert_string_equal(row_text(ledger.matrix, ledger.matrix_count, text), "city>tramco purchase 1 1000; tramco>city fee 1 3; ");
    clr_ledger_free(&ledger);
    versions[0] = first;
    clr_rules_destroy(old);
    clr_rules_destroy(none);
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(clr_window_state_name(CLR_WINDOW_OPEN), "open");
    assert_string_equal(clr_window_state_name(CLR_WINDOW_CLOSED), "closed");
    assert_string_equal(clr_window_state_name(CLR_WINDOW_NETTED), "netted");
    assert_string_equal(clr_window_state_name(CLR_WINDOW_INSTRUCTED), "instructed");
    assert_string_equal(clr_window_state_name(CLR_WINDOW_SETTLED), "settled");
    assert_string_equal(clr_window_state_name((enum clr_window_state)9), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_become_positions),
        cmocka_unit_test(names_come_from_the_current_rules),
        cmocka_unit_test(the_newest_old_name_wins),
        cmocka_unit_test(bad_cells_are_statuses),
        cmocka_unit_test(a_centre_that_came_later_takes_its_share),
        cmocka_unit_test(a_broken_sum_is_noticed),
        cmocka_unit_test(a_lost_position_is_noticed),
        cmocka_unit_test(states_have_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
