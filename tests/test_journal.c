/* test_journal.c: balanced, numbered entries over matrix and transfers, and what the check notices. */
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

#define DAY 17776
#define TEXT_SIZE 4096

static const struct clr_name city = { "city", "城", "city", CLR_ROLE_ISSUER }, bus = { "bus", "公交", "bus", CLR_ROLE_ACQUIRER },
                             hub = { "hub", "中心", "hub", CLR_ROLE_CENTRE };

/* Two windows as a ledger and transfers would have them: 1000 − 100 with a fee of 7, of which 2 to the hub; and 5 on us. */
struct world {
    struct clr_position position[5];
    struct clr_matrix_row matrix[6];
    struct clr_transfer transfer[3];
    struct clr_ledger ledger;
};

static struct world *world_of(void)
{
    static struct world world;

    world = (struct world){
        .position = {
            { .product = 0, .window = DAY, .who = bus, .receivable_fen = 1000, .payable_fen = 100, .fee_fen = -7, .net_fen = 893 },
            { .product = 0, .window = DAY, .who = city, .receivable_fen = 100, .payable_fen = 1000, .fee_fen = 5, .net_fen = -895 },
            { .product = 0, .window = DAY, .who = hub, .fee_fen = 2, .net_fen = 2 },
            { .product = 0, .window = DAY + 1, .who = bus, .receivable_fen = 5, .payable_fen = 5 },
            { .product = 0, .window = DAY + 1, .who = hub },
        },
        .matrix = {
            { .product = 0, .window = DAY, .payer = bus, .payee = city, .kind = CLR_KIND_REFUND, .count = 1, .amount_fen = 100 },
            { .product = 0, .window = DAY, .payer = bus, .payee = city, .kind = CLR_KIND_FEE, .count = 3, .amount_fen = 5 },
            { .product = 0, .window = DAY, .payer = bus, .payee = hub, .kind = CLR_KIND_FEE, .count = 3, .amount_fen = 2 },
            { .product = 0, .window = DAY, .payer = city, .payee = bus, .kind = CLR_KIND_PURCHASE, .count = 3, .amount_fen = 1000 },
            { .product = 0, .window = DAY, .payer = city, .payee = bus, .kind = CLR_KIND_LOAD, .count = 0, .amount_fen = 0 },
            { .product = 0, .window = DAY + 1, .payer = bus, .payee = bus, .kind = CLR_KIND_PURCHASE, .count = 1, .amount_fen = 5 },
        },
        .transfer = {
            { .product = 0, .window = DAY, .payer = city, .payee = hub, .amount_fen = 895 },
            { .product = 0, .window = DAY, .payer = hub, .payee = bus, .amount_fen = 893 },
            { .product = 1, .window = DAY, .payer = city, .payee = hub, .amount_fen = 1 },
        },
    };
    world.ledger = (struct clr_ledger){ world.position, COUNT_OF(world.position), world.matrix, COUNT_OF(world.matrix) };
    return &world;
}

static const char *line_text(const struct clr_journal_line *line, size_t count, char text[TEXT_SIZE])
{
    int size = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "%u/%d/%llu %s %s %lld\n", line[i].product, (int)line[i].window - DAY,
                         (unsigned long long)line[i].entry, line[i].account, line[i].kind == CLR_KIND_COUNT ? "-" : clr_kind_term(line[i].kind).name,
                         (long long)line[i].debit_fen);
    }
    return text;
}

static void entries_are_written(void **state)
{
    static const char want[] =
        "0/0/1 obligation:bus refund 100\n"     "0/0/1 obligation:city refund -100\n"
        "0/0/2 obligation:bus fee 5\n"          "0/0/2 obligation:city fee -5\n"
        "0/0/3 obligation:bus fee 2\n"          "0/0/3 obligation:hub fee -2\n"
        "0/0/4 obligation:city purchase 1000\n" "0/0/4 obligation:bus purchase -1000\n"
        "0/0/5 settlement:city - 895\n"         "0/0/5 settlement:hub - -895\n"
        "0/0/6 settlement:hub - 893\n"          "0/0/6 settlement:bus - -893\n"
        "0/1/1 obligation:bus purchase 5\n"     "0/1/1 obligation:bus purchase -5\n"
        "1/0/1 settlement:city - 1\n"           "1/0/1 settlement:hub - -1\n";
    const struct world *world = world_of();
    struct clr_journal_line *line;
    size_t count;
    char text[TEXT_SIZE];

    (void)state;
    assert_int_equal(clr_journal_build(&world->ledger, world->transfer, 3, &line, &count), CLR_OK);
    assert_string_equal(line_text(line, count, text), want);
    assert_int_equal(clr_journal_check(line, count, &world->ledger, NULL), CLR_OK);
    free(line);
    assert_int_equal(clr_journal_build(&(struct clr_ledger){ 0 }, NULL, 0, &line, &count), CLR_OK);
    assert_int_equal(count, 0);
    assert_int_equal(clr_journal_check(line, count, &(struct clr_ledger){ 0 }, NULL), CLR_OK);
    free(line);
}

static void a_changed_journal_is_noticed(void **state)
{
    /* Line `at` of the journal above (or of the positions, when `net` is set) is changed. */
    static const struct { const char *name; size_t at; int64_t entry; clr_fen debit; const char *account; clr_fen net; const char *said; } cases[] = {
        { "untouched",                 0, 0, 0, NULL, 0, NULL },
        { "one side of an entry",      0, 0, 1, NULL, 0, "entry 1 does not balance" },
        { "the last line",            15, 0, -1, NULL, 0, "entry 1 does not balance" },
        { "a number is left out",      8, 1, 0, NULL, 0, "entry 6 stands out of its numbering" },
        { "a window starts with 2",   12, 1, 0, NULL, 0, "entry 2 stands out of its numbering" },
        { "a line of another entry",   1, 1, 0, NULL, 0, "entry 1 does not balance" },
        { "another's account",         0, 0, 0, "obligation:city", 0, "journal of bus does not give its net position 893" },
        { "nobody's account",          0, 0, 0, "obligation:nobody", 0, "journal of bus does not give" },
        { "an account at the end",    12, 0, 0, "obligation:zoo", 0, "2018-09-03: the journal of bus does not give" },
        { "a settlement account",      7, 0, 0, "settlement:bus", 0, "journal of bus does not give its net position 893" },
        { "a position",                2, 0, 0, NULL, 1, "journal of hub does not give its net position 3" },
        { "a position of zeros",       4, 0, 0, NULL, 1, "2018-09-03: the journal of hub does not give its net position 1" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct world *world = world_of();
        struct clr_fault fault = { 0 };
        struct clr_journal_line *line;
        enum clr_status status;
        size_t count;
        assert_int_equal(clr_journal_build(&world->ledger, world->transfer, 3, &line, &count), CLR_OK);
        line[cases[i].at].entry += (uint64_t)cases[i].entry;
        line[cases[i].at].debit_fen += cases[i].debit;
        if (cases[i].account != NULL) strcpy(line[cases[i].at].account, cases[i].account);
        if (cases[i].net != 0) world->position[cases[i].at].net_fen += cases[i].net;
        status = clr_journal_check(line, count, &world->ledger, &fault);
        if (status != (cases[i].said == NULL ? CLR_OK : CLR_UNBALANCED)) fail_msg("%s: status %d", cases[i].name, (int)status);
        if (cases[i].said != NULL && strstr(fault.en, cases[i].said) == NULL) fail_msg("%s: %s", cases[i].name, fault.en);
        if (cases[i].said != NULL && strstr(fault.zh, "窗口") == NULL) fail_msg("%s: %s", cases[i].name, fault.zh);
        free(line);
    }
}

static void an_account_beside_the_positions_is_noticed(void **state)
{
    struct world *world = world_of();
    struct clr_fault fault = { 0 };
    struct clr_journal_line *line;
    size_t count;

    (void)state;
    assert_int_equal(clr_journal_build(&world->ledger, NULL, 0, &line, &count), CLR_OK);
    world->ledger.position_count = 3;            /* the second window's bus nets to zero, and still has entries */
    assert_int_equal(clr_journal_check(line, count, &world->ledger, &fault), CLR_UNBALANCED);
    assert_non_null(strstr(fault.en, "2018-09-03: the journal of bus"));
    free(line);
}

static void what_cannot_be_written(void **state)
{
    static const char long_code[] = "0123456789012345678901234567890123456789012345678901234567890123";   /* 64 bytes: the longest a code may be */
    static const char longer_code[] = "01234567890123456789012345678901234567890123456789012345678901234567890";
    struct world *world = world_of();
    struct clr_journal_line *line = (void *)1;
    size_t count = 1;

    (void)state;
    world->matrix[0].payer.code = long_code;
    assert_int_equal(clr_journal_build(&world->ledger, NULL, 0, &line, &count), CLR_OK);
    assert_string_equal(line[0].account + strlen("obligation:"), long_code);
    free(line);
    world->matrix[0].payer.code = longer_code;
    assert_int_equal(clr_journal_build(&world->ledger, NULL, 0, &line, &count), CLR_USAGE);
    assert_null(line);
    assert_int_equal(count, 0);
    world->matrix[0].payer.code = "bus";
    world->matrix[0].amount_fen = INT64_MIN;
    assert_int_equal(clr_journal_build(&world->ledger, NULL, 0, &line, &count), CLR_OVERFLOW);
    assert_null(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_written),
        cmocka_unit_test(a_changed_journal_is_noticed),
        cmocka_unit_test(an_account_beside_the_positions_is_noticed),
        cmocka_unit_test(what_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
