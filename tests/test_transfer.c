/* test_transfer.c: bilateral nets, transfers by netting mode, and settlement with every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_world.h"

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

static const struct { const char *name, *netting; struct given given[CELLS_MAX]; const char *transfers; } payments[] = {
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
    { "fees that came back are set off against none paid", "fee-gross",
      { GETS("city", "tramco", REFUND, 0, 0, FEE(0, -1, -3, -2, -5), .window = DAY - 1),
        PAYS("town", "metro", PURCHASE, 0, 0, FEE(2, 1, 3, 0, 5), .window = DAY - 1) },
      "transit-20180901-0001 bank>hub 3 acc-bank; transit-20180901-0002 hub>metro 5 acc-metro; transit-20180901-0003 hub>town 3 ; "
      "transit-20180901-0004 hub>tramco 5 acc-tramco; transit-20180901-0005 tramco>hub 8 acc-tramco; " },
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

static void nets_are_paid_through_the_centre(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(payments); i++) {
        struct clr_ledger ledger;
        struct clr_transfer *transfer;
        size_t count;
        char text[TEXT_SIZE];
        second->product[CLR_PRODUCT_TRANSIT].netting = payments[i].netting;
        assert_int_equal(build(payments[i].given, second, CLR_LEVEL_MEMBER, &ledger), CLR_OK);
        assert_int_equal(clr_transfers_build(&ledger, second, &transfer, &count, NULL), CLR_OK);
        transfer_text(transfer, count, text);
        if (strcmp(text, payments[i].transfers) != 0) fail_msg("%s:\n%s\nnot\n%s", payments[i].name, text, payments[i].transfers);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_set_off),
        cmocka_unit_test(nets_are_paid_through_the_centre),
        cmocka_unit_test(what_cannot_be_settled_is_said),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
