/* day.c: civil dates as day numbers, by arithmetic alone; the strict readers of dates and times. See day.h. */
#include "base/day.h"

#include <stddef.h>
#include <stdio.h>

/* The days that have a text: 0001-01-01 to 9999-12-31. */
#define DAY_FIRST (-719162)
#define DAY_LAST 2932896

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/*
 * Years are counted from March, so that the leap day is the last of its year and the days before a month
 * follow one line: (153 m + 2) / 5 with m = 0 for March. 146,097 days are 400 years.
 */
clr_day clr_day_of_date(int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return CLR_DAY_NONE;

    const int shifted = month <= 2 ? year - 1 : year;
    const int era = shifted / 400;
    const int year_of_era = shifted % 400;
    const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void clr_day_to_date(clr_day day, int *year, int *month, int *day_of_month)
{
    if (day < DAY_FIRST || day > DAY_LAST) {
        *year = *month = *day_of_month = 0;
        return;
    }
    const int shifted = day + 719468;                /* days since 0000-03-01; positive for every day with a text */
    const int era = shifted / 146097;
    const int day_of_era = shifted % 146097;
    const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int march_month = (5 * day_of_year + 2) / 153;

    *day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
    *month = march_month < 10 ? march_month + 3 : march_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

int64_t clr_time_of(int year, int month, int day, int hour, int minute, int second)
{
    const clr_day date = clr_day_of_date(year, month, day);

    if (date == CLR_DAY_NONE) return CLR_TIME_NONE;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return CLR_TIME_NONE;
    return (int64_t)date * CLR_DAY_S + hour * 3600 + minute * 60 + second - CLR_ZONE_OFFSET_S;
}

clr_day clr_day_of_time(int64_t time_s)
{
    /* The bounds come first, so that the sum below cannot wrap; CLR_TIME_NONE falls out here, too. */
    if (time_s < (int64_t)DAY_FIRST * CLR_DAY_S - CLR_ZONE_OFFSET_S) return CLR_DAY_NONE;
    if (time_s >= ((int64_t)DAY_LAST + 1) * CLR_DAY_S - CLR_ZONE_OFFSET_S) return CLR_DAY_NONE;

    const int64_t local_s = time_s + CLR_ZONE_OFFSET_S;
    const int64_t day = local_s / CLR_DAY_S - (local_s % CLR_DAY_S < 0 ? 1 : 0);
    return (clr_day)day;
}

/* `count` digits at `at`, or −1. */
static int digits(struct clr_bytes text, size_t at, size_t count)
{
    int value = 0;

    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

clr_day clr_day_parse(struct clr_bytes text)
{
    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-') return CLR_DAY_NONE;
    return clr_day_of_date(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
}

/* "" = business zone, "Z", "+hh:mm", "-hh:mm" as seconds east of Greenwich. */
static bool parse_offset(struct clr_bytes text, int *offset_s)
{
    *offset_s = CLR_ZONE_OFFSET_S;
    if (text.size == 0) return true;
    *offset_s = 0;
    if (text.size == 1) return text.data[0] == 'Z';
    if (text.size != 6 || text.data[3] != ':' || (text.data[0] != '+' && text.data[0] != '-')) return false;

    const int hour = digits(text, 1, 2), minute = digits(text, 4, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    *offset_s = (hour * 3600 + minute * 60) * (text.data[0] == '-' ? -1 : 1);
    return true;
}

int64_t clr_time_parse(struct clr_bytes text)
{
    int offset_s;

    if (text.size < 19) return CLR_TIME_NONE;
    const clr_day day = clr_day_parse(clr_bytes_of(text.data, 10));
    if (day == CLR_DAY_NONE || (text.data[10] != 'T' && text.data[10] != ' ')) return CLR_TIME_NONE;
    if (text.data[13] != ':' || text.data[16] != ':') return CLR_TIME_NONE;

    const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return CLR_TIME_NONE;
    if (!parse_offset(clr_bytes_of(text.data + 19, text.size - 19), &offset_s)) return CLR_TIME_NONE;
    return (int64_t)day * CLR_DAY_S + hour * 3600 + minute * 60 + second - offset_s;
}

const char *clr_day_text(clr_day day, char text[CLR_DAY_TEXT_SIZE])
{
    int year, month, day_of_month;

    clr_day_to_date(day, &year, &month, &day_of_month);
    text[0] = '\0';
    /* The remainders say to the compiler what clr_day_to_date promises: four, two and two digits. */
    if (year != 0) snprintf(text, CLR_DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
                            (unsigned)day_of_month % 100);
    return text;
}

const char *clr_time_text(int64_t time_s, char text[CLR_TIME_TEXT_SIZE])
{
    char date[CLR_DAY_TEXT_SIZE];
    const clr_day day = clr_day_of_time(time_s);

    text[0] = '\0';
    if (day == CLR_DAY_NONE) return text;
    const unsigned second = (unsigned)(time_s + CLR_ZONE_OFFSET_S - (int64_t)day * CLR_DAY_S) % CLR_DAY_S;
    snprintf(text, CLR_TIME_TEXT_SIZE, "%.10sT%02u:%02u:%02u+08:00", clr_day_text(day, date), second / 3600, second / 60 % 60, second % 60);
    return text;
}

int clr_day_weekday(clr_day day)
{
    /* 1970-01-01 was a Thursday. Widened, because the day after the last int32 must not wrap. */
    return (int)((((int64_t)day + 3) % 7 + 7) % 7);
}
