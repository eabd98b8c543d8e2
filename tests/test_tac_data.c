/* test_tac_data.c: the bytes that a card makes its code over, what does not fit into them, and the constants that are no codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/day.h"
#include "tac/tac.h"
#include "tac_reference.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void data_is_laid_out_as_drawn(void **state)
{
    static const struct { const char *name; uint64_t amount, terminal; uint8_t type; uint32_t serial; const char *time, *want22, *want18; } cases[] = {
        { "a real card's purchase", 1, 0x360486600002, 0x09, 5, "2017-02-14T15:40:00+08:00",
          "00000001 09 360486600002 00000005 20170214154000", "00000001 09 360486600002 20170214154000" },
        { "city card", 200, 0x112345678901, 0x09, 1, "2024-01-15T08:30:15+08:00", "000000C8 09 112345678901 00000001 20240115083015", "000000C8 09 112345678901 20240115083015" },
        { "toll card", 1800, 0x01320002D9FD, 0x09, 0x10BC0, "2020-04-15T11:25:27+08:00",
          "00000708 09 01320002D9FD 00010BC0 20200415112527", "00000708 09 01320002D9FD 20200415112527" },
        { "day of the zone, not of UTC", 0, 0, 0x06, 0, "2024-02-28T16:00:00Z",
          "00000000 06 000000000000 00000000 20240229000000", "00000000 06 000000000000 20240229000000" },
        { "everything at its largest", UINT32_MAX, 0xFFFFFFFFFFFF, 0xFF, UINT32_MAX, "9999-12-31T23:59:59+08:00",
          "FFFFFFFF FF FFFFFFFFFFFF FFFFFFFF 99991231235959", "FFFFFFFF FF FFFFFFFFFFFF 99991231235959" },
        { "before 1970", 1, 1, 0x06, 1, "0001-01-01T00:00:00+08:00",
          "00000001 06 000000000001 00000001 00010101000000", "00000001 06 000000000001 00010101000000" },
    };
    uint8_t made[22], want[22];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const int64_t time_s = clr_time_parse(clr_bytes_text(cases[i].time));
        assert_true(time_s != CLR_TIME_NONE);
        assert_int_equal(tac_hex(cases[i].want22, want), 22);
        if (!clr_tac_data22(cases[i].amount, cases[i].type, cases[i].terminal, cases[i].serial, time_s, made) || memcmp(made, want, 22) != 0) {
            fail_msg("%s: 22", cases[i].name);
        }
        assert_int_equal(tac_hex(cases[i].want18, want), 18);
        if (!clr_tac_data18(cases[i].amount, cases[i].type, cases[i].terminal, time_s, made) || memcmp(made, want, 18) != 0) {
            fail_msg("%s: 18", cases[i].name);
        }
    }
}

static void data_that_does_not_fit_is_refused(void **state)
{
    static const struct { const char *name; uint64_t amount, terminal; int64_t time_s; } cases[] = {
        { "amount",        UINT64_C(1) << 32, 1, 0 },            { "amount, negative fen", (uint64_t)-1, 1, 0 },
        { "terminal",      1, UINT64_C(1) << 48, 0 },            { "no time",              1, 1, CLR_TIME_NONE },
        { "after 9999",    1, 1, INT64_C(253402271999) + 1 },    { "largest time",         1, 1, INT64_MAX },
        { "before year 1", 1, 1, INT64_C(-62135625600) - 1 },
    };
    uint8_t made[22], untouched[22];

    (void)state;
    memset(untouched, 0x77, sizeof untouched);
    memcpy(made, untouched, sizeof made);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_tac_data22(cases[i].amount, 9, cases[i].terminal, 1, cases[i].time_s, made)) fail_msg("%s: 22", cases[i].name);
        if (clr_tac_data18(cases[i].amount, 9, cases[i].terminal, cases[i].time_s, made)) fail_msg("%s: 18", cases[i].name);
        assert_memory_equal(made, untouched, sizeof made);
    }
    assert_true(clr_tac_data22(1, 9, 1, 1, INT64_C(253402271999), made));
    assert_true(clr_tac_data22(1, 9, 1, 1, INT64_C(-62135625600), made));
}

static void decimal_terminals_become_bcd(void **state)
{
    static const struct { uint64_t decimal, want; } cases[] = {
        { 0, 0 }, { 9, 9 }, { 10, 0x10 }, { 112345678901, 0x112345678901 }, { 999999999999, 0x999999999999 },
        { 1000000000000, 0 }, { 7123456789012, 0x123456789012 }, { UINT64_MAX, 0x073709551615 & UINT64_C(0xFFFFFFFFFFFF) },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) assert_true(clr_tac_bcd12(cases[i].decimal) == cases[i].want);
}

static void constants_are_no_codes(void **state)
{
    static const uint32_t absent[] = { 0x30303030, 0, 0xFFFFFFFF };
    static const uint32_t present[] = { 0x30303031, 0x30303130, 0x03030303, 1, 0x80000000, 0xFFFFFFFE, 0x7FFFFFFF, 0xA5717B4F };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(absent); i++) assert_true(clr_tac_is_absent(absent[i]));
    for (size_t i = 0; i < COUNT_OF(present); i++) assert_false(clr_tac_is_absent(present[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_is_laid_out_as_drawn),
        cmocka_unit_test(data_that_does_not_fit_is_refused),
        cmocka_unit_test(decimal_terminals_become_bcd),
        cmocka_unit_test(constants_are_no_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
