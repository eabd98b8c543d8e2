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

#include "digits.h"
#include "fields.h"

#define CLR_YEAR_FIRST 1970
#define CLR_YEAR_LAST 2105

/** "YYYYMMDD". */
enum clr_rule clr_times_date(struct clr_bytes text, struct clr_reader *reader, clr_day *day, bool *impossible);

/** "YYYYMMDD" that bounds a card's life (`end`: is its last day): any year; all zeros is CLR_DAY_NONE and not impossible. */
enum clr_rule clr_times_valid(struct clr_bytes text, bool end, struct clr_reader *reader, clr_day *day, bool *impossible);

/** "hhmmss" → seconds of the day, −1 when impossible. */
enum clr_rule clr_times_time(struct clr_bytes text, int32_t *time_s, bool *impossible);

/** "YYYYMMDDhhmmss", business zone. */
enum clr_rule clr_times_stamp(struct clr_bytes text, struct clr_reader *reader, clr_day *day, int64_t *time_s, bool *impossible);

enum clr_rule clr_times_iso_any(struct clr_bytes text, bool date_alone, struct clr_reader *reader, clr_day *day, int64_t *time_s,
                                bool *impossible);

/**
 * "YYYY-MM-DD hh:mm:ss" (business zone), or RFC 3339: a T for the blank, a fraction (dropped), Z or an offset behind. `day` is the date as written.
 * Inline: the first form, with the date that was read last.
 *
 * @param date_alone  "YYYY-MM-DD" without a time is enough; then time_s is the start of that day.
 */
static inline enum clr_rule clr_times_iso(struct clr_bytes text, bool date_alone, struct clr_reader *reader, clr_day *day, int64_t *time_s,
                                          bool *impossible)
{
    uint16_t rest;

    if (text.size != 19 || reader->date_day == CLR_DAY_NONE) return clr_times_iso_any(text, date_alone, reader, day, time_s, impossible);
    memcpy(&rest, text.data + 8, 2);
    /* XOR with "00:00:00" leaves 0 to 9 where digits stand and 0 where colons stand. */
    const uint64_t bare = clr_load8(text.data + 11) ^ UINT64_C(0x30303a30303a3030);
    const uint64_t wrong = (clr_load8(text.data) ^ reader->date_text) | (uint64_t)(rest ^ reader->date_rest) | (uint64_t)(text.data[10] ^ ' ') |
                           (bare & UINT64_C(0x0000ff0000ff0000)) | ((bare | (bare + CLR_EACH_BYTE(6))) & CLR_EACH_BYTE(0xf0));
    const unsigned hour = (unsigned)(bare & 15) * 10 + (unsigned)(bare >> 8 & 15);
    const unsigned minute = (unsigned)(bare >> 24 & 15) * 10 + (unsigned)(bare >> 32 & 15);
    const unsigned second = (unsigned)(bare >> 48 & 15) * 10 + (unsigned)(bare >> 56 & 15);
    if (wrong != 0 || hour > 23 || minute > 59 || second > 59) return clr_times_iso_any(text, date_alone, reader, day, time_s, impossible);
    *day = reader->date_day;
    *time_s = (int64_t)reader->date_day * CLR_DAY_S + (int64_t)(hour * 3600 + minute * 60 + second) - CLR_ZONE_OFFSET_S;
    return CLR_RULE_NONE;
}

/**
 * For the quick readers: the date of a text "YYYY-MM-DD hh:mm:ss" with what stands behind it (a T is as good as a blank), and a whole declared day of 8 to 24 bytes, into the reader's memory.
 * @return false, and nothing is remembered, when it is no such text, or the date does not exist
 */
bool clr_times_learn_trade(struct clr_bytes text, struct clr_reader *reader);
bool clr_times_learn_declared(struct clr_bytes text, struct clr_reader *reader);

/** Instant of a business-zone day and second of the day; CLR_TIME_NONE when either is none. */
static inline int64_t clr_times_join(clr_day day, int32_t time_s)
{
    if (day == CLR_DAY_NONE || time_s < 0) return CLR_TIME_NONE;
    return (int64_t)day * CLR_DAY_S + time_s - CLR_ZONE_OFFSET_S;
}

#endif
