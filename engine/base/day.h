/*
 * day.h: calendar days and the one fixed zone of the products (Asia/Shanghai, UTC+8, no summer time in range).
 *
 * Units     clr_day = days since 1970-01-01 (proleptic Gregorian), of the business zone; seconds since 1970 UTC.
 * Promise   no clock, no TZ, no locale: pure arithmetic. clr_clock_now() in base/clock.h is the only reader of a clock.
 */
#ifndef CLR_BASE_DAY_H
#define CLR_BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

typedef int32_t clr_day;

#define CLR_DAY_NONE INT32_MIN             /* "no such day" */
#define CLR_TIME_NONE INT64_MIN            /* "no such time" */
#define CLR_ZONE_OFFSET_S (8 * 3600)
#define CLR_DAY_S 86400

/** Days of a date that exists, else CLR_DAY_NONE. Years 1..9999. */
clr_day clr_day_of_date(int year, int month, int day);
void clr_day_to_date(clr_day day, int *year, int *month, int *day_of_month);

/** Seconds since 1970 UTC of a wall time in the business zone, CLR_TIME_NONE if impossible (24:00:00 is). */
int64_t clr_time_of(int year, int month, int day, int hour, int minute, int second);

/** Business-zone day of an instant. */
clr_day clr_day_of_time(int64_t time_s);

/** "YYYY-MM-DD", exactly; anything else CLR_DAY_NONE. */
clr_day clr_day_parse(struct clr_bytes text);

/** RFC 3339 with offset or Z ("2026-03-03T02:00:00+08:00"), also a blank for T; no offset = business zone. */
int64_t clr_time_parse(struct clr_bytes text);

/** "2026-03-03" / "2026-03-03T02:00:00+08:00". CLR_DAY_NONE and CLR_TIME_NONE give "". @return `text`. */
#define CLR_DAY_TEXT_SIZE 16
#define CLR_TIME_TEXT_SIZE 32
const char *clr_day_text(clr_day day, char text[CLR_DAY_TEXT_SIZE]);
const char *clr_time_text(int64_t time_s, char text[CLR_TIME_TEXT_SIZE]);

/** 0 = Monday … 6 = Sunday. */
int clr_day_weekday(clr_day day);

#endif
