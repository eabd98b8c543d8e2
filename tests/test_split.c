/* test_split.c: lists of toll units read, shares to the fen, parts given back, parts of provinces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "clear/split.h"
#include "ledger_rules.h"

static struct clr_bytes text(const char *chars)
{
    return clr_bytes_text(chars);
}

/** "a|b|c" of numbers, for comparing. */
static const char *joined(const clr_fen *fen, size_t count, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) used += (size_t)snprintf(out + used, size - used, "%s%lld", i == 0 ? "" : "|", (long long)fen[i]);
    return out;
}

/* ---- reading ---- */

static void a_number_of_fen(void **state)
{
    static const struct { const char *name, *text; bool good; clr_fen want; } cases[] = {
        { "nothing",          "",              false, 0 },
        { "zero",             "0",             true,  0 },
        { "leading zeros",    "000000000019",  true,  19 },
        { "thirteen digits",  "0000000000019", false, 0 },
        { "the largest",      "100000000000",  true,  CLR_RECORD_FEN_MAX },
        { "beyond",           "100000000001",  false, 0 },
        { "minus",            "-1",            false, 0 },
        { "plus",             "+1",            false, 0 },
        { "blank before",     " 1",            false, 0 },
        { "blank behind",     "1 ",            false, 0 },
        { "decimals",         "1.0",           false, 0 },
        { "a letter",         "1O",            false, 0 },
        { "below the digits", "/",             false, 0 },
        { "above the digits", ":",             false, 0 },
        { "Arabic digits",    "\xd9\xa1",      false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_fen fen = 0;
        const bool good = clr_split_fen(text(cases[i].text), &fen);
        if (good != cases[i].good || (good && fen != cases[i].want)) fail_msg("%s: %d %lld", cases[i].name, good, (long long)fen);
    }
}

static void lists_are_read(void **state)
{
    static const struct { const char *name, *units, *charges, *dues; enum clr_split_gap gap; const char *want_charges, *want_dues; } cases[] = {
        { "charges",                  "u1|u2|u3", "0|200|281", "",        CLR_SPLIT_WHOLE, "0|200|281", "0|0|0" },
        { "charges and dues",         "u1|u2",    "310|0",     "365|0",   CLR_SPLIT_WHOLE, "310|0", "365|0" },
        { "dues alone",               "u1|u2",    "",          "365|5",   CLR_SPLIT_WHOLE, "0|0", "365|5" },
        { "\"0\" says no charges",    "u1|u2",    "0",         "365|5",   CLR_SPLIT_WHOLE, "0|0", "365|5" },
        { "\"0\" is one unit's",      "u1",       "0",         "7",       CLR_SPLIT_WHOLE, "0", "7" },
        { "one unit",                 "u1",       "950",       "",        CLR_SPLIT_WHOLE, "950", "0" },
        { "blanks around a unit",     " u1 | u2", "1|2",       "",        CLR_SPLIT_WHOLE, "1|2", "0|0" },
        { "no units",                 "",         "4500",      "",        CLR_SPLIT_NO_LIST, "", "" },
        { "\"0\" says no units",      "0",        "0",         "0",       CLR_SPLIT_NO_LIST, "", "" },
        { "neither",                  "u1|u2",    "",          "",        CLR_SPLIT_LENGTHS, "", "" },
        { "neither, written 0",       "u1|u2",    "0",         "0",       CLR_SPLIT_LENGTHS, "", "" },
        { "a charge too few",         "u1|u2",    "1",         "",        CLR_SPLIT_LENGTHS, "", "" },
        { "a charge too many",        "u1|u2",    "1|2|3",     "",        CLR_SPLIT_LENGTHS, "", "" },
        { "a due too few",            "u1|u2",    "1|2",       "1",       CLR_SPLIT_LENGTHS, "", "" },
        { "a due too many",           "u1|u2",    "1|2",       "1|2|3",   CLR_SPLIT_LENGTHS, "", "" },
        { "the last charge is empty", "u1|u2",    "1|",        "",        CLR_SPLIT_UNREADABLE, "", "" },
        { "the first is empty",       "u1|u2",    "|1",        "",        CLR_SPLIT_UNREADABLE, "", "" },
        { "a minus",                  "u1|u2",    "1|-2",      "",        CLR_SPLIT_UNREADABLE, "", "" },
        { "a word",                   "u1|u2",    "1|(null)",  "",        CLR_SPLIT_UNREADABLE, "", "" },
        { "a due beyond",             "u1|u2",    "1|2",       "1|100000000001", CLR_SPLIT_UNREADABLE, "", "" },
        { "a unit without a name",    "u1||u3",   "1|2|3",     "",        CLR_SPLIT_UNREADABLE, "", "" },
        { "a unit of blanks",         "u1|  ",    "1|2",       "",        CLR_SPLIT_UNREADABLE, "", "" },
        { "only a bar",               "|",        "1|2",       "",        CLR_SPLIT_UNREADABLE, "", "" },
    };
    char charges[100], dues[100];
    struct clr_split_list *const list = malloc(sizeof *list);
    assert_non_null(list);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const enum clr_split_gap gap = clr_split_read(list, text(cases[i].units), text(cases[i].charges), text(cases[i].dues));
        if (gap != cases[i].gap) fail_msg("%s: gap %d", cases[i].name, (int)gap);
        if (gap != CLR_SPLIT_WHOLE) continue;
        joined(list->charge_fen, list->count, charges, sizeof charges);
        joined(list->due_fen, list->count, dues, sizeof dues);
        if (strcmp(charges, cases[i].want_charges) != 0 || strcmp(dues, cases[i].want_dues) != 0) fail_msg("%s: %s, %s", cases[i].name, charges, dues);
        if (list->unit[0].size != 2 || memcmp(list->unit[0].data, "u1", 2) != 0) fail_msg("%s: first unit", cases[i].name);
    }
    free(list);
}

static void the_limit_is_a_gap(void **state)
{
    static char units[2 * CLR_SPLIT_UNITS_MAX + 2], charges[2 * CLR_SPLIT_UNITS_MAX + 2];
    struct clr_split_list *const list = malloc(sizeof *list);
    assert_non_null(list);
    (void)state;
    for (size_t i = 0; i <= CLR_SPLIT_UNITS_MAX; i++) {
        memcpy(units + 2 * i, "u|", 2);
        memcpy(charges + 2 * i, "1|", 2);
    }
    const struct clr_bytes all = clr_bytes_of(units, 2 * CLR_SPLIT_UNITS_MAX - 1), ones = clr_bytes_of(charges, 2 * CLR_SPLIT_UNITS_MAX - 1);
    assert_int_equal(clr_split_read(list, all, ones, text("")), CLR_SPLIT_WHOLE);
    assert_int_equal(list->count, CLR_SPLIT_UNITS_MAX);
    assert_int_equal(clr_split_append(list, text("v"), text("1"), text("")), CLR_SPLIT_TOO_MANY);
    const struct clr_bytes more = clr_bytes_of(units, all.size + 2);
    assert_int_equal(clr_split_read(list, more, clr_bytes_of(charges, all.size + 2), text("")), CLR_SPLIT_TOO_MANY);
    free(list);
}

/* Rows of gantries, one after the other: a journey's list. */
static void lists_are_appended(void **state)
{
    struct clr_split_list *const list = malloc(sizeof *list);
    char charges[100];
    clr_fen share[CLR_SPLIT_UNITS_MAX];
    assert_non_null(list);
    (void)state;
    clr_split_begin(list);
    assert_int_equal(clr_split_append(list, text("a|b"), text("10|20"), text("11|22")), CLR_SPLIT_WHOLE);
    assert_int_equal(clr_split_append(list, text("c"), text("30"), text("33")), CLR_SPLIT_WHOLE);
    assert_string_equal(joined(list->charge_fen, list->count, charges, sizeof charges), "10|20|30");
    assert_true(list->has_charges && list->has_dues);
    /* One row without charges: the journey is weighed by dues, all of it. */
    assert_int_equal(clr_split_append(list, text("d|e"), text(""), text("34|0")), CLR_SPLIT_WHOLE);
    assert_true(!list->has_charges && list->has_dues);
    assert_int_equal(clr_split_share(list, 50, share), CLR_SPLIT_BY_DUES);
    assert_string_equal(joined(share, list->count, charges, sizeof charges), "5|11|17|17|0");
    free(list);
}

/* ---- shares ---- */

static void shares_of_a_total(void **state)
{
    static const struct { const char *name; clr_fen total; const char *units, *charges, *dues, *want; enum clr_split_way way; } cases[] = {
        { "as charged",            421,  "a|b|c", "192|209|20", "226|246|23", "192|209|20", CLR_SPLIT_AS_CHARGED },
        { "one fen more",          422,  "a|b|c", "192|209|20", "226|246|23", "192|209|21", CLR_SPLIT_BY_CHARGES },
        { "one fen less",          420,  "a|b|c", "192|209|20", "226|246|23", "191|209|20", CLR_SPLIT_BY_CHARGES },
        { "one fen of three",      1,    "a|b|c", "1|1|1",      "",           "0|0|1", CLR_SPLIT_BY_CHARGES },
        { "two fen of three",      2,    "a|b|c", "1|1|1",      "",           "0|1|1", CLR_SPLIT_BY_CHARGES },
        { "a free unit gets none", 853,  "a|b",   "310|0",      "365|0",      "853|0", CLR_SPLIT_BY_CHARGES },
        { "free units between",    100,  "a|b|c", "1|0|2",      "",           "33|0|67", CLR_SPLIT_BY_CHARGES },
        { "all waived: dues",      100,  "a|b|c", "0|0|0",      "1|1|2",      "25|25|50", CLR_SPLIT_BY_DUES },
        { "no charges: dues",      101,  "a|b|c", "",           "1|1|2",      "25|25|51", CLR_SPLIT_BY_DUES },
        { "no weights: the exit",  7,    "a|b|c", "0|0|0",      "",           "0|0|7", CLR_SPLIT_TO_EXIT },
        { "no weights at all",     7,    "a|b|c", "0|0|0",      "0|0|0",      "0|0|7", CLR_SPLIT_TO_EXIT },
        { "0 fen as charged",      0,    "a|b",   "0|0",        "5|5",        "0|0", CLR_SPLIT_AS_CHARGED },
        { "0 fen of lists",        0,    "a|b",   "20|2",       "",           "0|0", CLR_SPLIT_BY_CHARGES },
        { "dues do not sum it",    30,   "a|b",   "",           "10|20",      "10|20", CLR_SPLIT_BY_DUES },
        { "one unit",              3610, "a",     "3840",       "",           "3610", CLR_SPLIT_BY_CHARGES },
        { "the largest, 128 bits", CLR_RECORD_FEN_MAX, "a|b|c", "100000000000|100000000000|100000000000", "",
          "33333333333|33333333333|33333333334", CLR_SPLIT_BY_CHARGES },
    };
    struct clr_split_list *const list = malloc(sizeof *list);
    clr_fen share[CLR_SPLIT_UNITS_MAX];
    char seen[200];
    assert_non_null(list);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(clr_split_read(list, text(cases[i].units), text(cases[i].charges), text(cases[i].dues)), CLR_SPLIT_WHOLE);
        const enum clr_split_way way = clr_split_share(list, cases[i].total, share);
        if (way != cases[i].way || strcmp(joined(share, list->count, seen, sizeof seen), cases[i].want) != 0) fail_msg("%s: %d %s", cases[i].name, (int)way, seen);
    }
    free(list);
}

/* ---- refunds ---- */

static void parts_are_given_back(void **state)
{
    static const struct { const char *name; clr_fen shares[3], refund[4]; const char *want[4]; } cases[] = {
        { "in full",              { 192, 209, 20 }, { 421 },        { "192|209|20" } },
        { "fen by fen",           { 1, 1, 1 },      { 1, 1, 1 },    { "0|0|1", "0|1|0", "1|0|0" } },
        { "two and three",        { 2, 1, 2 },      { 2, 3 },       { "0|1|1", "2|0|1" } },
        { "nothing, then all",    { 5, 0, 6 },      { 0, 11 },      { "0|0|0", "5|0|6" } },
        { "a unit of 0",          { 0, 7, 0 },      { 3, 4 },       { "0|3|0", "0|4|0" } },
        { "more than is left",    { 1, 1, 1 },      { 2, 2 },       { "0|1|1", "" } },
        { "more than there was",  { 1, 1, 1 },      { 4 },          { "" } },
        { "negative",             { 1, 1, 1 },      { -1 },         { "" } },
        { "after everything",     { 1, 1, 1 },      { 3, 0, 1 },    { "1|1|1", "0|0|0", "" } },
    };
    char seen[100];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_fen remaining[3], part[3] = { -7, -7, -7 };
        memcpy(remaining, cases[i].shares, sizeof remaining);
        for (size_t n = 0; n < 4 && cases[i].want[n] != NULL; n++) {
            clr_fen before[3];
            memcpy(before, remaining, sizeof before);
            const bool good = clr_split_refund(remaining, 3, cases[i].refund[n], part);
            if (good != (cases[i].want[n][0] != '\0')) fail_msg("%s, part %zu: %d", cases[i].name, n, good);
            if (good && strcmp(joined(part, 3, seen, sizeof seen), cases[i].want[n]) != 0) fail_msg("%s, part %zu: %s", cases[i].name, n, seen);
            if (!good && memcmp(before, remaining, sizeof before) != 0) fail_msg("%s, part %zu: something was taken", cases[i].name, n);
        }
    }
}

/* ---- expected charges ---- */

static void charges_are_rounded_half_up(void **state)
{
    static const struct { const char *name; clr_fen due; uint32_t keep_ppm; clr_fen want; } cases[] = {
        { "nothing",            0,    950000, 0 },
        { "under half",         9,    950000, 9 },        /* 8.55 */
        { "half goes up",       10,   950000, 10 },       /* 9.5 */
        { "a half and more",    30,   950000, 29 },       /* 28.5 */
        { "just under",         226,  850000, 192 },      /* 192.1 */
        { "15 %, half",         10,   850000, 9 },        /* 8.5 */
        { "15 %, under half",   23,   850000, 20 },       /* 19.55 */
        { "everything kept",    1234, 1000000, 1234 },
        { "nothing kept",       1234, 0, 0 },
        { "the largest",        CLR_RECORD_FEN_MAX, 950000, INT64_C(95000000000) },
        { "beyond 64 bits",     CLR_RECORD_FEN_MAX, 1999999999, INT64_C(199999999900000) },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const clr_fen seen = clr_split_charged(cases[i].due, cases[i].keep_ppm);
        if (seen != cases[i].want) fail_msg("%s: %lld", cases[i].name, (long long)seen);
        if (clr_split_discount(cases[i].due, seen) + seen != cases[i].due) fail_msg("%s: discount", cases[i].name);
    }
}

/* ---- provinces ---- */

static void parts_of_provinces(void **state)
{
    static const struct { const char *name; clr_fen total; const char *provinces, *parts; int own; enum clr_split_gap gap; clr_fen want_own; const char *want; } cases[] = {
        { "two provinces",            2753, "32|37", "32:1900|37:853", 37, CLR_SPLIT_WHOLE, 853, "32:1900" },
        { "seen from the other",      2753, "32|37", "32:1900|37:853", 32, CLR_SPLIT_WHOLE, 1900, "37:853" },
        { "own part missing",         1900, "32|37", "32:1900",        37, CLR_SPLIT_WHOLE, 0, "32:1900" },
        { "own alone",                8810, "37",    "37:8810",        37, CLR_SPLIT_WHOLE, 8810, "" },
        { "provider's number",        950,  "370201","370201:950",     37, CLR_SPLIT_WHOLE, 950, "" },
        { "a province twice",         30,   "11|37|11", "11:10|37:5|11:15", 37, CLR_SPLIT_WHOLE, 5, "11:25" },
        { "own twice",                30,   "37|37", "37:10|37:20",    37, CLR_SPLIT_WHOLE, 30, "" },
        { "order is kept",            30,   "34|32|37", "34:10|32:15|37:5", 37, CLR_SPLIT_WHOLE, 5, "34:10 32:15" },
        { "a part of 0",              5,    "11|37", "11:0|37:5",      37, CLR_SPLIT_WHOLE, 5, "" },
        { "no parts, own alone",      8100, "37",    "0",              37, CLR_SPLIT_WHOLE, 8100, "" },
        { "no parts, own many times", 8100, "37|370201", "",           37, CLR_SPLIT_WHOLE, 8100, "" },
        { "no provinces",             831,  "0",     "0",              37, CLR_SPLIT_WHOLE, 831, "" },
        { "nothing at all",           831,  "",      "",               37, CLR_SPLIT_WHOLE, 831, "" },
        { "wrong sum, own alone",     8100, "37",    "37:8000",        37, CLR_SPLIT_WHOLE, 8100, "" },
        { "minus, own alone",         8100, "37",    "37:-8100",       37, CLR_SPLIT_WHOLE, 8100, "" },
        { "none own, none known",     831,  "0",     "",               -1, CLR_SPLIT_WHOLE, 831, "" },
        { "wrong sum",                2753, "32|37", "32:1900|37:852", 37, CLR_SPLIT_PROVINCES, 0, "" },
        { "no parts",                 2753, "32|37", "",               37, CLR_SPLIT_PROVINCES, 0, "" },
        { "another alone, no parts",  2753, "32",    "0",              37, CLR_SPLIT_PROVINCES, 0, "" },
        { "a minus",                  2753, "32|37", "32:2754|37:-1",  37, CLR_SPLIT_PROVINCES, 0, "" },
        { "no colon",                 2753, "32|37", "32:1900|853",    37, CLR_SPLIT_PROVINCES, 0, "" },
        { "an empty part",            2753, "32|37", "32:1900|37:853|",37, CLR_SPLIT_PROVINCES, 0, "" },
        { "no amount",                2753, "32|37", "32:1900|37:",    37, CLR_SPLIT_PROVINCES, 0, "" },
        { "three digits",             2753, "32|37", "320:1900|37:853",37, CLR_SPLIT_PROVINCES, 0, "" },
        { "no digits",                2753, "32|37", "ab:1900|37:853", 37, CLR_SPLIT_PROVINCES, 0, "" },
        { "a zero before",            2753, "03|37", "03:1900|37:853", 37, CLR_SPLIT_PROVINCES, 0, "" },
        { "provinces of letters",     2753, "sd",    "",               37, CLR_SPLIT_PROVINCES, 0, "" },
        { "own is not known",         2753, "37",    "37:2753",        -1, CLR_SPLIT_PROVINCES, 0, "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_split_provinces out;
        char seen[200] = "";
        size_t used = 0;
        const enum clr_split_gap gap = clr_split_by_province(cases[i].total, text(cases[i].provinces), text(cases[i].parts), cases[i].own, &out);
        if (gap != cases[i].gap) fail_msg("%s: gap %d", cases[i].name, (int)gap);
        if (gap != CLR_SPLIT_WHOLE) continue;
        for (size_t n = 0; n < out.count; n++)
            used += (size_t)snprintf(seen + used, sizeof seen - used, "%s%d:%lld", n == 0 ? "" : " ", out.other[n].province, (long long)out.other[n].part_fen);
        if (out.own_fen != cases[i].want_own || strcmp(seen, cases[i].want) != 0) fail_msg("%s: own %lld, %s", cases[i].name, (long long)out.own_fen, seen);
    }
}

static void too_many_provinces(void **state)
{
    char parts[8 * (CLR_SPLIT_PROVINCES_MAX + 1) + 1];
    struct clr_split_provinces out;
    (void)state;
    for (int i = 0; i <= CLR_SPLIT_PROVINCES_MAX; i++) snprintf(parts + (size_t)i * 5, 6, "%02d:1|", 10 + i);
    const size_t size = (size_t)CLR_SPLIT_PROVINCES_MAX * 5 - 1;
    assert_int_equal(clr_split_by_province(CLR_SPLIT_PROVINCES_MAX, text("10|11"), clr_bytes_of(parts, size), 99, &out), CLR_SPLIT_WHOLE);
    assert_int_equal(out.count, CLR_SPLIT_PROVINCES_MAX);
    assert_int_equal(clr_split_by_province(CLR_SPLIT_PROVINCES_MAX + 1, text("10|11"), clr_bytes_of(parts, size + 5), 99, &out), CLR_SPLIT_PROVINCES);
}

static void every_gap_has_two_texts(void **state)
{
    (void)state;
    for (int gap = CLR_SPLIT_WHOLE + 1; gap < CLR_SPLIT_GAP_COUNT; gap++) {
        assert_true(clr_split_gap_en((enum clr_split_gap)gap)[0] != '\0');
        assert_true((uint8_t)clr_split_gap_zh((enum clr_split_gap)gap)[0] != 0);
    }
    assert_string_equal(clr_split_gap_en(CLR_SPLIT_WHOLE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_of_fen),       cmocka_unit_test(lists_are_read),       cmocka_unit_test(the_limit_is_a_gap),
        cmocka_unit_test(lists_are_appended),    cmocka_unit_test(shares_of_a_total),    cmocka_unit_test(parts_are_given_back),
        cmocka_unit_test(charges_are_rounded_half_up), cmocka_unit_test(parts_of_provinces), cmocka_unit_test(too_many_provinces),
        cmocka_unit_test(every_gap_has_two_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
