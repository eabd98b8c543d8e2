/* test_position.c: cells in, matrix, positions, bilateral nets and transfers out; and what is noticed when they do not balance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_rules.h"
#include "settle/position.h"

#define DAY 17776                            /* 2018-09-02 */
#define PURCHASE CLR_KIND_PURCHASE
#define LOAD CLR_KIND_LOAD
#define REFUND CLR_KIND_REFUND

/* The linker sends every allocation of the engine here (tests/CMakeLists.txt); see allocations_left. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static long allocations_left = -1;           /* -1: no limit */

static bool refuse(void)
{
    return allocations_left >= 0 && (allocations_left == 0 || --allocations_left < 0);
}

void *__wrap_malloc(size_t size) { return refuse() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return refuse() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *block, size_t size) { return refuse() ? NULL : __real_realloc(block, size); }

/* ---- the world of these tests ---- */

static const char first_participants[] =
    "city,issuer,*,east,bank,acc-city,,\n"
    "town,issuer,*,west,bank,acc-town,,\n"
    "bus,acquirer,*,east,bank,acc-bus,,\n"
    "metro,acquirer,*,west,,acc-metro,,\n"
    "tramco,owner,*,,,acc-tramco,,\n"
    "bank,agency,*,east,,acc-bank,,\n"
    "hub,centre,*,,,acc-hub,,\n"
    "east,region,*,,,,,\n"
    "west,region,*,,,,,\n";
/* In version 2 the town is gone, the metro settles through the bank from 2018-09-02 on, and regions are bare text. */
static const char second_participants[] =
    "city,issuer,*,east,bank,acc-city,,\n"
    "bus,acquirer,*,east,bank,acc-bus,,\n"
    "metro,acquirer,*,west,,acc-metro,,2018-09-01\n"
    "metro,acquirer,*,west,bank,acc-metro2,2018-09-02,\n"
    "tramco,owner,*,,,acc-tramco,,\n"
    "bank,agency,*,east,,acc-bank,,\n"
    "hub,centre,*,,,acc-hub,,\n";
/* Issuer 30 %, centre 20 % of each fee. Rows 0, 1, 2, 3: payer acquirer, issuer, a third party, the centre. 4: total, at least 50 fen. */
static const char fees[] =
    "transit,bus,*,*,*,acquirer,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,taxi,*,*,*,issuer,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,metro,*,*,*,tramco,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,tram,*,*,*,hub,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,bike,*,*,*,acquirer,amount,total,10000,,50,,300000,200000,return,,\n";

static struct clr_rules *first, *second;
static const struct clr_rules *versions[3];

static int set_up(void **state)
{
    (void)state;
    first = ledger_rules(1, first_participants, fees);
    second = ledger_rules(2, second_participants, fees);
    versions[0] = first;
    versions[1] = second;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clr_rules_destroy(first);
    clr_rules_destroy(second);
    return 0;
}

/* A cell as the tests write it: fee = { issuer's, centre's, rest }. */
struct given {
    const char *issuer, *acquirer;
    int direction, kind;
    int64_t count;
    clr_fen amount_fen;
    bool has_fee;
    int fee_row;
    int64_t fee_count;
    clr_fen fee[3];
    int64_t numerator;
    int version, window, product;
};

/* The issuer pays or gets; .fee_row, .version, .window or .product may follow. */
#define OWED(issuer_, acquirer_, direction_, kind_, count_, amount_, ...) \
    { .issuer = (issuer_), .acquirer = (acquirer_), .direction = (direction_), .kind = (kind_), .count = (count_), .amount_fen = (amount_), \
      __VA_ARGS__ }
#define PAYS(issuer_, acquirer_, kind_, count_, ...) OWED(issuer_, acquirer_, 0, kind_, count_, __VA_ARGS__, )
#define GETS(issuer_, acquirer_, kind_, count_, ...) OWED(issuer_, acquirer_, 1, kind_, count_, __VA_ARGS__, )
#define FEE(row_, count_, issuer_, centre_, rest_) .has_fee = true, .fee_row = (row_), .fee_count = (count_), .fee = { issuer_, centre_, rest_ }
#define TOTAL(row_, count_, numerator_) .has_fee = true, .fee_row = (row_), .fee_count = (count_), .numerator = (numerator_)
#define END { .issuer = NULL }

static struct clr_cell cell_of(const struct given *given)
{
    return (struct clr_cell){
        .key = {
            .product = (uint8_t)given->product, .direction = (uint8_t)given->direction, .kind = (uint8_t)given->kind, .service = CLR_SERVICE_BUS,
            .window = given->window != 0 ? given->window : DAY, .issuer = ledger_party(given->issuer), .acquirer = ledger_party(given->acquirer),
            .rules_version = given->version != 0 ? (uint32_t)given->version : 1, .fee_row = given->has_fee ? (uint16_t)given->fee_row : CLR_FEE_NONE,
        },
        .sum = {
            .count = given->count, .amount_fen = given->amount_fen, .fee_fen = given->fee[0] + given->fee[1] + given->fee[2],
            .fee_issuer_fen = given->fee[0], .fee_centre_fen = given->fee[1], .fee_count = given->fee_count, .fee_numerator = given->numerator,
        },
    };
}

#define CELLS_MAX 6

static enum clr_status build(const struct given *given, const struct clr_rules *current, enum clr_level level, struct clr_ledger *out)
{
    struct clr_cell cell[CELLS_MAX];
    const struct clr_cell *pointer[CELLS_MAX];
    size_t count = 0;

    for (; count < CELLS_MAX && given[count].issuer != NULL; count++) {
        cell[count] = cell_of(&given[count]);
        pointer[count] = &cell[count];
    }
    return clr_ledger_build(pointer, count, ledger_lookup, versions, current, level, out);
}

/* "payer>payee kind count amount; …" and "participant +receivable -payable fee =net #count; …" */
#define TEXT_SIZE 4096

static const char *row_text(const struct clr_matrix_row *row, size_t count, char text[TEXT_SIZE])
{
    int size = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "%s>%s %s %lld %lld; ", row[i].payer.code, row[i].payee.code,
                         row[i].kind == CLR_KIND_COUNT ? "net" : clr_kind_term(row[i].kind).name, (long long)row[i].count,
                         (long long)row[i].amount_fen);
    }
    return text;
}

static const char *position_text(const struct clr_ledger *ledger, char text[TEXT_SIZE])
{
    int size = 0;

    text[0] = '\0';
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *position = &ledger->position[i];
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "%s +%lld -%lld %lld =%lld #%lld; ", position->who.code,
                         (long long)position->receivable_fen, (long long)position->payable_fen, (long long)position->fee_fen, (long long)position->net_fen, (long long)position->count);
    }
    return text;
}

/* ---- matrix and positions ---- */

static void cells_become_positions(void **state)
{
    static const struct {
        const char *name; enum clr_level level; struct given given[CELLS_MAX]; const char *matrix, *positions;
    } cases[] = {
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
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_ledger ledger;
        char matrix[TEXT_SIZE], positions[TEXT_SIZE];
        const enum clr_status status = build(cases[i].given, second, cases[i].level, &ledger);
        if (status != CLR_OK) fail_msg("%s: status %d", cases[i].name, (int)status);
        row_text(ledger.matrix, ledger.matrix_count, matrix);
        position_text(&ledger, positions);
        if (strcmp(matrix, cases[i].matrix) != 0) fail_msg("%s: matrix\n%s\nnot\n%s", cases[i].name, matrix, cases[i].matrix);
        if (strcmp(positions, cases[i].positions) != 0) fail_msg("%s: positions\n%s\nnot\n%s", cases[i].name, positions, cases[i].positions);
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
    struct clr_rules *third = ledger_rules(3, first_participants, fees);

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

/* ---- bilateral nets ---- */

static void pairs_are_set_off(void **state)
{
    static const struct { const char *name; struct given given[CELLS_MAX]; const char *nets; } cases[] = {
        { "the greater side pays", { PAYS("city", "bus", PURCHASE, 1, 100), GETS("city", "bus", LOAD, 2, 170) }, "bus>city net 3 70; " },
        { "fees are set off, not counted", { PAYS("city", "bus", PURCHASE, 1, 100, FEE(0, 1, 3, 2, 5)) }, "bus>hub net 0 2; city>bus net 1 97; " },
        { "nothing left", { PAYS("city", "bus", PURCHASE, 1, 100), GETS("city", "bus", LOAD, 2, 100) }, "" },
        { "on us", { PAYS("bus", "bus", PURCHASE, 1, 100) }, "" },
        { "sorted by payer", { PAYS("city", "metro", PURCHASE, 1, 1), GETS("city", "bus", LOAD, 1, 2), GETS("city", "tramco", LOAD, 1, 3) },
          "bus>city net 1 2; city>metro net 1 1; tramco>city net 1 3; " },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_ledger ledger;
        struct clr_matrix_row *row;
        size_t count;
        char text[TEXT_SIZE];
        assert_int_equal(build(cases[i].given, second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
        assert_int_equal(clr_bilateral_build(&ledger, &row, &count), CLR_OK);
        row_text(row, count, text);
        if (strcmp(text, cases[i].nets) != 0) fail_msg("%s: %s", cases[i].name, text);
        free(row);
        clr_ledger_free(&ledger);
    }
}

/* ---- transfers ---- */

static const char *transfer_text(const struct clr_transfer *transfer, size_t count, char text[TEXT_SIZE])
{
    int size = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "%s %s>%s %lld %s; ", transfer[i].id, transfer[i].payer.code, transfer[i].payee.code,
                         (long long)transfer[i].amount_fen, transfer[i].account);
    }
    return text;
}

static void nets_are_paid_through_the_centre(void **state)
{
    static const struct { const char *name, *netting; struct given given[CELLS_MAX]; const char *transfers; } cases[] = {
        { "one net a member", "full",
          { PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5)), GETS("city", "tramco", REFUND, 1, 100) },
          "transit-20180902-0001 bank>hub 897 acc-bank; transit-20180902-0002 hub>tramco 895 acc-tramco; " },
        { "full is the default", NULL,
          { PAYS("city", "tramco", PURCHASE, 1, 1000) },
          "transit-20180902-0001 bank>hub 1000 acc-bank; transit-20180902-0002 hub>tramco 1000 acc-tramco; " },
        { "each kind apart", "gross-by-kind",
          { PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5)), GETS("city", "tramco", REFUND, 1, 100) },
          "transit-20180902-0001 bank>hub 1000 acc-bank; transit-20180902-0002 hub>bank 100 acc-bank; transit-20180902-0003 hub>bank 3 acc-bank; "
          "transit-20180902-0004 hub>tramco 1000 acc-tramco; transit-20180902-0005 tramco>hub 100 acc-tramco; transit-20180902-0006 tramco>hub 5 acc-tramco; " },
        { "fees paid and fees received", "fee-gross",
          { PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5)), GETS("city", "tramco", REFUND, 1, 100, FEE(1, 1, 4, 4, 4)) },
          "transit-20180902-0001 bank>hub 900 acc-bank; transit-20180902-0002 bank>hub 8 acc-bank; transit-20180902-0003 hub>bank 3 acc-bank; "
          "transit-20180902-0004 hub>tramco 900 acc-tramco; transit-20180902-0005 hub>tramco 4 acc-tramco; transit-20180902-0006 tramco>hub 5 acc-tramco; " },
        { "fees that came back", "fee-gross",
          { GETS("city", "tramco", REFUND, 1, 100, FEE(0, -1, -3, -2, -5)) },
          "transit-20180902-0001 bank>hub 3 acc-bank; transit-20180902-0002 hub>bank 100 acc-bank; transit-20180902-0003 hub>tramco 5 acc-tramco; "
          "transit-20180902-0004 tramco>hub 100 acc-tramco; " },
        { "on us is not instructed", "full", { PAYS("city", "bus", PURCHASE, 1, 1000) }, "" },
        { "set off to nothing", "full",
          { PAYS("city", "tramco", PURCHASE, 1, 1000), GETS("city", "tramco", LOAD, 1, 1000) }, "" },
        { "who is gone has no account", "full",
          { PAYS("town", "tramco", PURCHASE, 1, 1000) },
          "transit-20180902-0001 hub>tramco 1000 acc-tramco; transit-20180902-0002 town>hub 1000 ; " },
        { "numbers start anew with a window", "full",
          { PAYS("city", "tramco", PURCHASE, 1, 5, .window = DAY + 1), PAYS("city", "tramco", PURCHASE, 1, 7) },
          "transit-20180902-0001 bank>hub 7 acc-bank; transit-20180902-0002 hub>tramco 7 acc-tramco; "
          "transit-20180903-0001 bank>hub 5 acc-bank; transit-20180903-0002 hub>tramco 5 acc-tramco; " },
        { "the account of the window's day", "full",
          { PAYS("tramco", "metro", PURCHASE, 1, 5, .window = DAY - 1) },
          "transit-20180901-0001 hub>metro 5 acc-metro; transit-20180901-0002 tramco>hub 5 acc-tramco; " },
        { "nothing to settle", "full", { END }, "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_ledger ledger;
        struct clr_transfer *transfer;
        size_t count;
        char text[TEXT_SIZE];
        second->product[CLR_PRODUCT_TRANSIT].netting = cases[i].netting;
        assert_int_equal(build(cases[i].given, second, CLR_LEVEL_MEMBER, &ledger), CLR_OK);
        assert_int_equal(clr_transfers_build(&ledger, second, &transfer, &count, NULL), CLR_OK);
        transfer_text(transfer, count, text);
        if (strcmp(text, cases[i].transfers) != 0) fail_msg("%s:\n%s\nnot\n%s", cases[i].name, text, cases[i].transfers);
        for (size_t at = 0; at < count; at++) {
            assert_int_equal(transfer[at].settlement_day, clr_rules_settlement_day(second, CLR_PRODUCT_TRANSIT, transfer[at].window));
        }
        free(transfer);
        clr_ledger_free(&ledger);
    }
    second->product[CLR_PRODUCT_TRANSIT].netting = NULL;
}

static void what_cannot_be_settled_is_said(void **state)
{
    static const struct given purchase[] = { PAYS("city", "tramco", PURCHASE, 1, 1000), END };
    static const struct given on_us[] = { PAYS("city", "bus", PURCHASE, 1, 1000), END };
    static const char no_centre[] =
        "city,issuer,*,,bank,acc,,\n" "bus,acquirer,*,,bank,acc,,\n" "tramco,owner,*,,,acc,,\n" "bank,agency,*,,,acc,,\n"
        "hub,centre,*,,,acc,2018-09-03,\n";
    struct clr_rules *late = ledger_rules(2, no_centre, "");
    struct clr_ledger ledger;
    struct clr_transfer *transfer = (void *)1;
    struct clr_fault fault = { 0 };
    size_t count = 1;

    (void)state;
    assert_int_equal(build(purchase, late, CLR_LEVEL_MEMBER, &ledger), CLR_OK);
    assert_int_equal(clr_transfers_build(&ledger, late, &transfer, &count, &fault), CLR_USAGE);
    assert_null(transfer);
    assert_int_equal(count, 0);
    assert_non_null(strstr(fault.en, "no centre for transit"));
    assert_non_null(strstr(fault.zh, "2018-09-02"));
    late->product[CLR_PRODUCT_TRANSIT].netting = "sometimes";
    assert_int_equal(clr_transfers_build(&ledger, late, &transfer, &count, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "sometimes"));
    late->product[CLR_PRODUCT_TRANSIT].netting = NULL;
    clr_ledger_free(&ledger);

    assert_int_equal(build(on_us, late, CLR_LEVEL_MEMBER, &ledger), CLR_OK);       /* nothing to pay: no centre is needed */
    assert_int_equal(clr_transfers_build(&ledger, late, &transfer, &count, &fault), CLR_OK);
    assert_int_equal(count, 0);
    free(transfer);
    clr_ledger_free(&ledger);
    clr_rules_destroy(late);
}

static void a_centre_that_came_later_takes_its_share(void **state)
{
    static const struct given given[] = { PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5), .version = 4), END };
    struct clr_rules *old = ledger_rules(4, "city,issuer,*,,,a,,\ntramco,owner,*,,,a,,\nhub,centre,*,,,a,,2018-09-01\n",
                                         "transit,bus,*,*,*,acquirer,amount,txn,10000,,,,300000,200000,return,,\n");
    struct clr_rules *none = ledger_rules(5, "city,issuer,*,,,a,,\ntramco,owner,*,,,a,,\n", "");
    struct clr_ledger ledger;
    char text[TEXT_SIZE];

    (void)state;
    versions[0] = old;
    assert_int_equal(build(given, second, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
    assert_string_equal(row_text(ledger.matrix, ledger.matrix_count, text), "city>tramco purchase 1 1000; tramco>city fee 1 3; tramco>hub fee 1 2; ");
    clr_ledger_free(&ledger);
    assert_int_equal(build(given, none, CLR_LEVEL_PARTICIPANT, &ledger), CLR_OK);
    assert_string_equal(row_text(ledger.matrix, ledger.matrix_count, text), "city>tramco purchase 1 1000; tramco>city fee 1 3; ");
    clr_ledger_free(&ledger);
    versions[0] = first;
    clr_rules_destroy(old);
    clr_rules_destroy(none);
}

/* ---- memory ---- */

static enum clr_status settle_all(const struct given *given)
{
    struct clr_ledger ledger = { 0 };
    struct clr_matrix_row *pair = NULL;
    struct clr_transfer *transfer = NULL;
    struct clr_journal_line *line = NULL;
    size_t pairs = 0, transfers = 0, lines = 0;
    enum clr_status status = build(given, second, CLR_LEVEL_MEMBER, &ledger);

    if (status == CLR_OK) status = clr_bilateral_build(&ledger, &pair, &pairs);
    if (status == CLR_OK) status = clr_transfers_build(&ledger, second, &transfer, &transfers, NULL);
    if (status == CLR_OK) status = clr_journal_build(&ledger, transfer, transfers, &line, &lines);
    if (status == CLR_OK) status = clr_journal_check(line, lines, &ledger, NULL);
    free(line);
    free(transfer);
    free(pair);
    clr_ledger_free(&ledger);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    static const struct given given[] = {
        PAYS("city", "tramco", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5)), PAYS("town", "bus", PURCHASE, 1, 1000, TOTAL(4, 1, 3000000)),
        PAYS("city", "metro", PURCHASE, 1, 1000, FEE(0, 1, 3, 2, 5), .version = 2), END,
    };
    long limit = 0;

    (void)state;
    for (;; limit++) {
        enum clr_status status;
        allocations_left = limit;
        status = settle_all(given);
        allocations_left = -1;
        if (status == CLR_OK) break;
        if (status != CLR_FULL) fail_msg("allocation %ld: status %d", limit, (int)status);
    }
    assert_true(limit > 15);
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
        cmocka_unit_test(a_broken_sum_is_noticed),
        cmocka_unit_test(a_lost_position_is_noticed),
        cmocka_unit_test(pairs_are_set_off),
        cmocka_unit_test(nets_are_paid_through_the_centre),
        cmocka_unit_test(what_cannot_be_settled_is_said),
        cmocka_unit_test(a_centre_that_came_later_takes_its_share),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(states_have_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
