/*
 * times.h: the dates and times that formats write, to days and seconds.
 *
 * Three answers: the digits are not digits (a rule number: malformed), the date does not exist (`impossible` is set, the value is
 * CLR_DAY_NONE or CLR_TIME_NONE: bad-date), or the value. A date exists when the calendar has it and its year is 1970 to 2105.
 *
 * Threads   pure; the reader remembers the last date it turned into a day.
 */
#ifndef CLR_CODECS_TIMES_H
#define CLR_CODECS_TIMES_H

#include "fields.h"

#define CLR_YEAR_FIRST 1970
#define CLR_YEAR_LAST 2105

/** "YYYYMMDD". */
enum clr_rule clr_times_date(struct clr_bytes text, struct clr_reader *reader, clr_day *day, bool *impossible);

/** "YYYYMMDD" that bounds a card's life: any year; all zeros is CLR_DAY_NONE and not impossible. */
enum clr_rule clr_times_valid(struct clr_bytes text, clr_day *day, bool *impossible);

/** "hhmmss" → seconds of the day, −1 when impossible. */
enum clr_rule clr_times_time(struct clr_bytes text, int32_t *time_s, bool *impossible);

/** "YYYYMMDDhhmmss", business zone. */
enum clr_rule clr_times_stamp(struct clr_bytes text, struct clr_reader *reader, clr_day *day, int64_t *time_s, bool *impossible);

/**
 * "YYYY-MM-DD hh:mm:ss" (business zone), or RFC 3339: a T for the blank, a fraction (dropped), Z or an offset behind. `day` is the date as written.
 * @param date_alone  "YYYY-MM-DD" without a time is enough; then time_s is the start of that day.
 */
enum clr_rule clr_times_iso(struct clr_bytes text, bool date_alone, struct clr_reader *reader, clr_day *day, int64_t *time_s, bool *impossible);

/** Instant of a business-zone day and second of the day; CLR_TIME_NONE when either is none. */
static inline int64_t clr_times_join(clr_day day, int32_t time_s)
{
    if (day == CLR_DAY_NONE || time_s < 0) return CLR_TIME_NONE;
    return (int64_t)day * CLR_DAY_S + time_s - CLR_ZONE_OFFSET_S;
}

#endif
