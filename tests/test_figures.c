/* test_figures.c: every record in one bucket, moves between buckets, and figures that do not add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/figures.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static int tally_is(struct clr_tally tally, uint64_t count, clr_fen amount_fen)
{
    return tally.count == count && tally.amount_fen == amount_fen;
}

static void one_record_goes_where_its_reasons_say(void **state)
{
    static const struct { const char *name; uint64_t reasons; enum clr_verdict verdict; int reason, kind; unsigned notes; } cases[] = {
        { "accepted",          0, CLR_VERDICT_ACCEPTED, -1, CLR_KIND_REFUND, 0 },
        { "one note",          CLR_NOTE_MASK_SEEN_BEFORE, CLR_VERDICT_ACCEPTED, -1, CLR_KIND_REFUND, 2 },
        { "both notes",        CLR_NOTES_ALL, CLR_VERDICT_ACCEPTED, -1, CLR_KIND_REFUND, 3 },
        { "pending",           CLR_REASON_MASK(GRAY), CLR_VERDICT_PENDING, CLR_REASON_BIT_GRAY, -1, 0 },
        { "the primary alone", CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(GRAY), CLR_VERDICT_REJECTED, CLR_REASON_BIT_MALFORMED, -1, 0 },
        { "notes of what is not accepted are not counted", CLR_REASON_MASK(CONFLICT) | CLR_NOTES_ALL, CLR_VERDICT_CONFLICT,
          CLR_REASON_BIT_CONFLICT, -1, 0 },
        { "duplicate",         CLR_REASON_MASK(DUPLICATE_IN_FILE), CLR_VERDICT_DUPLICATE, CLR_REASON_BIT_DUPLICATE_IN_FILE, -1, 0 },
        { "the last reason",   CLR_REASON_MASK(TAC_UNVERIFIED), CLR_VERDICT_PENDING, CLR_REASON_BIT_TAC_UNVERIFIED, -1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_figures figures = { 0 };
        assert_int_equal(clr_figures_count(&figures, cases[i].reasons, CLR_KIND_REFUND, 250), CLR_OK);
        int good = figures.records == 1 && figures.received_fen == 250;
        for (int v = 0; v < CLR_VERDICT_COUNT; v++)
            good &= tally_is(figures.verdict[v], (int)cases[i].verdict == v, (int)cases[i].verdict == v ? 250 : 0);
        for (int r = 0; r < CLR_REASON_COUNT; r++) good &= tally_is(figures.reason[r], cases[i].reason == r, cases[i].reason == r ? 250 : 0);
        for (int k = 0; k < CLR_KIND_COUNT; k++) good &= tally_is(figures.kind[k], cases[i].kind == k, cases[i].kind == k ? 250 : 0);
        for (unsigned n = 0; n < CLR_NOTE_COUNT; n++)
            good &= tally_is(figures.note[n], cases[i].notes >> n & 1, cases[i].notes >> n & 1 ? 250 : 0);
        if (!good) fail_msg("%s", cases[i].name);
        assert_int_equal(clr_figures_check(&figures), CLR_OK);
    }
}

static void a_sum_that_leaves_the_range_changes_nothing(void **state)
{
    struct clr_figures figures = { 0 };

    (void)state;
    assert_int_equal(clr_figures_count(&figures, 0, CLR_KIND_PURCHASE, INT64_MAX), CLR_OK);
    const struct clr_figures before = figures;
    assert_int_equal(clr_figures_count(&figures, CLR_REASON_MASK(GRAY), CLR_KIND_PURCHASE, 1), CLR_OVERFLOW);
    assert_memory_equal(&figures, &before, sizeof figures);
    assert_int_equal(clr_figures_add(&figures, &before), CLR_OVERFLOW);
    assert_memory_equal(&figures, &before, sizeof figures);
    assert_int_equal(clr_figures_count(&figures, 0, CLR_KIND_PURCHASE, 0), CLR_OK);      /* 0 fen still fits */
    assert_int_equal(clr_figures_check(&figures), CLR_OK);
}

static void moves_keep_the_totals(void **state)
{
    struct clr_figures figures = { 0 }, want = { 0 };
    const uint64_t gray = CLR_REASON_MASK(GRAY), superseded = CLR_REASON_MASK(SUPERSEDED), note = CLR_NOTE_MASK_SEEN_BEFORE;

    (void)state;
    assert_int_equal(clr_figures_count(&figures, gray, CLR_KIND_PURCHASE, 300), CLR_OK);
    assert_int_equal(clr_figures_count(&figures, note, CLR_KIND_LOAD, 5000), CLR_OK);
    assert_int_equal(clr_figures_move(&figures, gray, superseded, CLR_KIND_PURCHASE, 300), CLR_OK);
    assert_int_equal(clr_figures_count(&want, superseded, CLR_KIND_PURCHASE, 300), CLR_OK);
    assert_int_equal(clr_figures_count(&want, note, CLR_KIND_LOAD, 5000), CLR_OK);
    assert_memory_equal(&figures, &want, sizeof figures);

    /* There and back is nothing. */
    assert_int_equal(clr_figures_move(&figures, note, gray, CLR_KIND_LOAD, 5000), CLR_OK);
    assert_int_equal(clr_figures_check(&figures), CLR_OK);
    assert_int_equal(clr_figures_move(&figures, gray, note, CLR_KIND_LOAD, 5000), CLR_OK);
    assert_memory_equal(&figures, &want, sizeof figures);
}

/* A record that was never counted there cannot leave. */
static void impossible_moves_are_refused_whole(void **state)
{
    static const struct { const char *name; uint64_t from; enum clr_kind kind; clr_fen amount_fen; } cases[] = {
        { "verdict that is empty",        CLR_REASON_MASK(CONFLICT), CLR_KIND_PURCHASE, 100 },
        { "reason that is empty",         CLR_REASON_MASK(NO_UNIT),  CLR_KIND_PURCHASE, 100 },
        { "kind that is empty",           0,                         CLR_KIND_LOAD,     100 },
        { "note that is empty",           CLR_NOTE_MASK_SEEN_BEFORE, CLR_KIND_PURCHASE, 100 },
        { "more than is there",           CLR_REASON_MASK(GRAY),     CLR_KIND_PURCHASE, 101 },
        { "more accepted than is there",  0,                         CLR_KIND_PURCHASE, 101 },
    };
    struct clr_figures figures = { 0 };

    (void)state;
    assert_int_equal(clr_figures_count(&figures, 0, CLR_KIND_PURCHASE, 100), CLR_OK);
    assert_int_equal(clr_figures_count(&figures, CLR_REASON_MASK(GRAY), CLR_KIND_PURCHASE, 100), CLR_OK);
    const struct clr_figures before = figures;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const enum clr_status status = clr_figures_move(&figures, cases[i].from, CLR_REASON_MASK(DECIDED), cases[i].kind, cases[i].amount_fen);
        if (status != CLR_UNBALANCED || memcmp(&figures, &before, sizeof figures) != 0) fail_msg("%s", cases[i].name);
    }
}

static void sums_of_figures_are_figures_of_all(void **state)
{
    struct clr_figures first = { 0 }, second = { 0 }, all = { 0 };

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        const uint64_t reasons = i % 3 == 0 ? 0 : i % 7 == 0 ? CLR_NOTES_ALL : UINT64_C(1) << (i % CLR_REASON_COUNT);
        const enum clr_kind kind = (enum clr_kind)(i % CLR_KIND_COUNT);
        assert_int_equal(clr_figures_count(i % 2 ? &first : &second, reasons, kind, i * 10), CLR_OK);
        assert_int_equal(clr_figures_count(&all, reasons, kind, i * 10), CLR_OK);
    }
    assert_int_equal(clr_figures_add(&first, &second), CLR_OK);
    assert_memory_equal(&first, &all, sizeof all);
    assert_int_equal(clr_figures_check(&first), CLR_OK);

    second.records = UINT64_MAX;
    const struct clr_figures before = first;
    assert_int_equal(clr_figures_add(&first, &second), CLR_OVERFLOW);
    assert_memory_equal(&first, &before, sizeof before);
}

/* Every number of a consistent set, off by one: the check must see each. */
static void figures_that_do_not_add_up_are_found(void **state)
{
    struct clr_figures good = { 0 };

    (void)state;
    assert_int_equal(clr_figures_check(&good), CLR_OK);
    assert_int_equal(clr_figures_count(&good, 0, CLR_KIND_PURCHASE, 100), CLR_OK);
    assert_int_equal(clr_figures_count(&good, CLR_REASON_MASK(GRAY), CLR_KIND_PURCHASE, 200), CLR_OK);

#define MUST_FAIL(change)                                                                    \
    do {                                                                                     \
        struct clr_figures bad = good;                                                       \
        change;                                                                              \
        if (clr_figures_check(&bad) != CLR_UNBALANCED) fail_msg("not seen: %s", #change);    \
    } while (0)
    MUST_FAIL(bad.records++);
    MUST_FAIL(bad.records--);
    MUST_FAIL(bad.received_fen++);
    MUST_FAIL(bad.received_fen = -bad.received_fen);
    for (int v = 0; v < CLR_VERDICT_COUNT; v++) {
        MUST_FAIL(bad.verdict[v].count++);
        MUST_FAIL(bad.verdict[v].amount_fen++);
        MUST_FAIL(bad.verdict[v].amount_fen = INT64_MAX);
        MUST_FAIL(bad.verdict[v].count += UINT64_MAX);
    }
    for (int k = 0; k < CLR_KIND_COUNT; k++) {
        MUST_FAIL(bad.kind[k].count++);
        MUST_FAIL(bad.kind[k].amount_fen++);
    }
    for (int r = 0; r < CLR_REASON_COUNT; r++) {
        MUST_FAIL(bad.reason[r].count++);
        MUST_FAIL(bad.reason[r].amount_fen++);
    }
    MUST_FAIL((bad.kind[CLR_KIND_LOAD].amount_fen = -1, bad.kind[CLR_KIND_PURCHASE].amount_fen++));
#undef MUST_FAIL
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_record_goes_where_its_reasons_say),
        cmocka_unit_test(a_sum_that_leaves_the_range_changes_nothing),
        cmocka_unit_test(moves_keep_the_totals),
        cmocka_unit_test(impossible_moves_are_refused_whole),
        cmocka_unit_test(sums_of_figures_are_figures_of_all),
        cmocka_unit_test(figures_that_do_not_add_up_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
