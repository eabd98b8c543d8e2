/* test_day.c: days and times against a calendar walked day by day, and the strict readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/day.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void dates_that_exist_and_do_not(void **state)
{
    static const struct { const char *name; int year, month, day; clr_day want; } cases[] = {
        { "the epoch",                1970, 1, 1,    0 },
        { "the day before",           1969, 12, 31, -1 },
        { "a leap day",               2024, 2, 29,  19782 },
        { "the day after it",         2024, 3, 1,   19783 },
        { "leap day of a 400th year", 2000, 2, 29,  11016 },
        { "the first",                1, 1, 1,      -719162 },
        { "the last",                 9999, 12, 31, 2932896 },
        { "open data's day",          2018, 9, 1,   17775 },
        { "no leap day",              2023, 2, 29,  CLR_DAY_NONE },
        { "no leap day in 1900",      1900, 2, 29,  CLR_DAY_NONE },
        { "30 February",              2024, 2, 30,  CLR_DAY_NONE },
        { "31 April",                 2024, 4, 31,  CLR_DAY_NONE },
        { "day 0",                    2024, 4, 0,   CLR_DAY_NONE },
        { "day 32",                   2024, 1, 32,  CLR_DAY_NONE },
        { "month 0",                  2024, 0, 1,   CLR_DAY_NONE },
        { "month 13",                 2024, 13, 1,  CLR_DAY_NONE },
        { "negative month",           2024, -1, 1,  CLR_DAY_NONE },
        { "year 0",                   0, 1, 1,      CLR_DAY_NONE },
        { "year 10000",               10000, 1, 1,  CLR_DAY_NONE },
        { "smallest ints",            INT32_MIN, INT32_MIN, INT32_MIN, CLR_DAY_NONE },
        { "largest ints",             INT32_MAX, INT32_MAX, INT32_MAX, CLR_DAY_NONE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_day_of_date(cases[i].year, cases[i].month, cases[i].day) != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

/* Walk every day of 9,999 years with the calendar's own rules; the arithmetic must agree on each, both ways. */
static void every_day_agrees_with_a_walked_calendar(void **state)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    clr_day day = -719162;
    int weekday = 0;                                 /* 0001-01-01 was a Monday */

    (void)state;
    for (int year = 1; year <= 9999; year++) {
        const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            for (int date = 1; date <= length[month - 1] + (leap && month == 2); date++, day++) {
                int y, m, d;
                clr_day_to_date(day, &y, &m, &d);
                if (clr_day_of_date(year, month, date) != day || y != year || m != month || d != date || clr_day_weekday(day) != weekday)
                    fail_msg("%04d-%02d-%02d", year, month, date);
                weekday = (weekday + 1) % 7;
            }
        }
    }
    assert_int_equal(day, 2932897);
}

static void days_outside_the_calendar_have_no_date(void **state)
{
    static const clr_day days[] = { CLR_DAY_NONE, CLR_DAY_NONE + 1, -719163, 2932897, INT32_MAX };
    char text[CLR_DAY_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        int y = 9, m = 9, d = 9;
        clr_day_to_date(days[i], &y, &m, &d);
        assert_int_equal(y, 0);
        assert_int_equal(m, 0);
        assert_int_equal(d, 0);
        assert_string_equal(clr_day_text(days[i], text), "");
        assert_in_range(clr_day_weekday(days[i]), 0, 6);
    }
}

static void texts_of_dates(void **state)
{
    static const struct { const char *text; clr_day want; } cases[] = {
        { "1970-01-01", 0 }, { "2018-09-01", 17775 }, { "2024-02-29", 19782 }, { "0001-01-01", -719162 }, { "9999-12-31", 2932896 },
        { "", CLR_DAY_NONE }, { "2018-09-1", CLR_DAY_NONE }, { "2018-9-01", CLR_DAY_NONE }, { "2018-09-011", CLR_DAY_NONE },
        { "2018/09/01", CLR_DAY_NONE }, { "20180901", CLR_DAY_NONE }, { " 2018-09-01", CLR_DAY_NONE }, { "2018-09-01 ", CLR_DAY_NONE },
        { "2018-09-31", CLR_DAY_NONE }, { "2018-02-29", CLR_DAY_NONE }, { "0000-01-01", CLR_DAY_NONE }, { "2018-00-01", CLR_DAY_NONE },
        { "+018-09-01", CLR_DAY_NONE }, { "2018--9-01", CLR_DAY_NONE }, { "2018-0a-01", CLR_DAY_NONE }, { "2018-09-0:", CLR_DAY_NONE },
        { "201x-09-01", CLR_DAY_NONE },
    };
    char text[CLR_DAY_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_day_parse(clr_bytes_text(cases[i].text)) != cases[i].want) fail_msg("\"%s\"", cases[i].text);
        if (cases[i].want != CLR_DAY_NONE) assert_string_equal(clr_day_text(cases[i].want, text), cases[i].text);
    }
    assert_int_equal(clr_day_parse(clr_bytes_of("2018-09-\0" "1", 10)), CLR_DAY_NONE);
}

static void wall_times_of_the_business_zone(void **state)
{
    static const struct { const char *name; int year, month, day, hour, minute, second; int64_t want; } cases[] = {
        { "the epoch is 08:00 there",  1970, 1, 1, 8, 0, 0,      0 },
        { "midnight there",            1970, 1, 1, 0, 0, 0,      -28800 },
        { "last second of a day",      2018, 9, 1, 23, 59, 59,   1535817599 },
        { "first second of the next",  2018, 9, 2, 0, 0, 0,      1535817600 },
        { "24:00:00",                  2018, 9, 1, 24, 0, 0,     CLR_TIME_NONE },
        { "a leap second",             2016, 12, 31, 23, 59, 60, CLR_TIME_NONE },
        { "minute 60",                 2018, 9, 1, 1, 60, 0,     CLR_TIME_NONE },
        { "negative hour",             2018, 9, 1, -1, 0, 0,     CLR_TIME_NONE },
        { "negative minute",           2018, 9, 1, 0, -1, 0,     CLR_TIME_NONE },
        { "negative second",           2018, 9, 1, 0, 0, -1,     CLR_TIME_NONE },
        { "no such date",              2018, 2, 29, 1, 0, 0,     CLR_TIME_NONE },
        { "all zero",                  0, 0, 0, 0, 0, 0,         CLR_TIME_NONE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const int64_t time_s = clr_time_of(cases[i].year, cases[i].month, cases[i].day, cases[i].hour, cases[i].minute, cases[i].second);
        if (time_s != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

static void day_of_an_instant(void **state)
{
    static const struct { const char *name; int64_t time_s; clr_day want; } cases[] = {
        { "the epoch",                        0, 0 },
        { "15:59:59 UTC is still the day",    57599, 0 },
        { "16:00:00 UTC is the next day",     57600, 1 },
        { "just before midnight there, 1970", -28801, -1 },
        { "midnight there, 1970",             -28800, 0 },
        { "a day before that",                -28800 - 86400, -1 },
        { "a second more",                    -28800 - 86401, -2 },
        { "first second of year 1",           INT64_C(-719162) * 86400 - 28800, -719162 },
        { "last second of year 9999",         INT64_C(2932897) * 86400 - 28801, 2932896 },
        { "before year 1",                    INT64_C(-719162) * 86400 - 28801, CLR_DAY_NONE },
        { "after year 9999",                  INT64_C(2932897) * 86400 - 28800, CLR_DAY_NONE },
        { "no time",                          CLR_TIME_NONE, CLR_DAY_NONE },
        { "the largest",                      INT64_MAX, CLR_DAY_NONE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_day_of_time(cases[i].time_s) != cases[i].want) fail_msg("%s", cases[i].name);
    }
}

static void texts_of_times(void **state)
{
    static const struct { const char *text; int64_t want; } cases[] = {
        { "2026-03-03T02:00:00+08:00", 1772474400 },
        { "2026-03-03 02:00:00+08:00", 1772474400 },
        { "2026-03-03T02:00:00",       1772474400 },
        { "2026-03-03 02:00:00",       1772474400 },
        { "2026-03-02T18:00:00Z",      1772474400 },
        { "2026-03-02T18:00:00+00:00", 1772474400 },
        { "2026-03-02T12:30:00-05:30", 1772474400 },
        { "1970-01-01T00:00:00Z",      0 },
        { "9999-12-31T23:59:59+08:00", INT64_C(253402271999) },
        { "",                          CLR_TIME_NONE },
        { "now",                       CLR_TIME_NONE },
        { "2026-03-03",                CLR_TIME_NONE },
        { "2026-03-03T02:00",          CLR_TIME_NONE },
        { "2026-03-03T02:00:0",        CLR_TIME_NONE },
        { "2026-03-03T24:00:00",       CLR_TIME_NONE },
        { "2026-03-03T23:60:00",       CLR_TIME_NONE },
        { "2026-03-03T23:59:60",       CLR_TIME_NONE },
        { "2026-02-29T02:00:00",       CLR_TIME_NONE },
        { "2026-03-03t02:00:00",       CLR_TIME_NONE },
        { "2026-03-03T02:00:00z",      CLR_TIME_NONE },
        { "2026-03-03T02:00:00 ",      CLR_TIME_NONE },
        { "2026-03-03T02:00:00.5",     CLR_TIME_NONE },
        { "2026-03-03T02:00:00+8:00",  CLR_TIME_NONE },
        { "2026-03-03T02:00:00+0800",  CLR_TIME_NONE },
        { "2026-03-03T02:00:00+24:00", CLR_TIME_NONE },
        { "2026-03-03T02:00:00+08:60", CLR_TIME_NONE },
        { "2026-03-03T02:00:00*08:00", CLR_TIME_NONE },
        { "2026-03-03T02:00:00+0a:00", CLR_TIME_NONE },
        { "2026-03-03T02.00.00",       CLR_TIME_NONE },
        { "2026-03-03T0a:00:00",       CLR_TIME_NONE },
        { "2026-03-03T-1:00:00",       CLR_TIME_NONE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_time_parse(clr_bytes_text(cases[i].text)) != cases[i].want) fail_msg("\"%s\"", cases[i].text);
    }
}

static void time_texts_read_back(void **state)
{
    static const int64_t times[] = { 0, -1, 57599, 57600, 1772474400, 951782399, INT64_C(-719162) * 86400 - 28800,
                                     INT64_C(253402271999) };
    char text[CLR_TIME_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++)
        assert_true(clr_time_parse(clr_bytes_text(clr_time_text(times[i], text))) == times[i]);
    assert_string_equal(clr_time_text(1772474400, text), "2026-03-03T02:00:00+08:00");
    assert_string_equal(clr_time_text(CLR_TIME_NONE, text), "");
    assert_string_equal(clr_time_text(INT64_MAX, text), "");
}

/* The zone of the machine must not be able to reach a result. */
static void time_zone_of_the_machine_does_not_matter(void **state)
{
    char text[CLR_TIME_TEXT_SIZE];

    (void)state;
    setenv("TZ", "America/New_York", 1);
    assert_string_equal(clr_time_text(1772474400, text), "2026-03-03T02:00:00+08:00");
    assert_true(clr_time_parse(clr_bytes_text("2026-03-03 02:00:00")) == 1772474400);
    unsetenv("TZ");
}

static void clocks_run_forward(void **state)
{
    const uint64_t before = clr_clock_monotonic_ns();

    (void)state;
    assert_true(clr_clock_now() > clr_time_of(2020, 1, 1, 0, 0, 0));
    assert_true(clr_clock_monotonic_ns() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_that_exist_and_do_not),
        cmocka_unit_test(every_day_agrees_with_a_walked_calendar),
        cmocka_unit_test(days_outside_the_calendar_have_no_date),
        cmocka_unit_test(texts_of_dates),
        cmocka_unit_test(wall_times_of_the_business_zone),
        cmocka_unit_test(day_of_an_instant),
        cmocka_unit_test(texts_of_times),
        cmocka_unit_test(time_texts_read_back),
        cmocka_unit_test(time_zone_of_the_machine_does_not_matter),
        cmocka_unit_test(clocks_run_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
