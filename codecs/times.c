/* times.c: see times.h. The calendar itself is base/day.h; this file reads digits. */
#include "times.h"

/* The day of a date whose digits were fine. */
static clr_day day_of(unsigned year, unsigned month, unsigned day, bool *impossible)
{
    const clr_day result = year < CLR_YEAR_FIRST || year > CLR_YEAR_LAST ? CLR_DAY_NONE : clr_day_of_date((int)year, (int)month, (int)day);

    if (result == CLR_DAY_NONE) *impossible = true;
    return result;
}

enum clr_rule clr_times_date(struct clr_bytes text, struct clr_reader *reader, clr_day *day, bool *impossible)
{
    if (text.size != 8) return CLR_RULE_LENGTH;

    const uint64_t eight = clr_load8(text.data);
    if (reader->date_day != CLR_DAY_NONE && eight == reader->date_text && reader->date_rest == 0) {
        *day = reader->date_day;
        return CLR_RULE_NONE;
    }
    if (!clr_digits8_ok(eight)) return CLR_RULE_DIGITS;
    const uint32_t number = clr_digits8(eight);
    *day = day_of(number / 10000, number / 100 % 100, number % 100, impossible);
    if (*day != CLR_DAY_NONE) {
        reader->date_text = eight;
        reader->date_rest = 0;
        reader->date_day = *day;
    }
    return CLR_RULE_NONE;
}

enum clr_rule clr_times_valid(struct clr_bytes text, bool end, struct clr_reader *reader, clr_day *day, bool *impossible)
{
    *day = CLR_DAY_NONE;
    if (text.size != 8) return CLR_RULE_LENGTH;

    const uint64_t eight = clr_load8(text.data);
    if (reader->valid_day[end] != CLR_DAY_NONE && eight == reader->valid_text[end]) {
        *day = reader->valid_day[end];
        return CLR_RULE_NONE;
    }
    if (!clr_digits8_ok(eight)) return CLR_RULE_DIGITS;
    const uint32_t number = clr_digits8(eight);
    if (number == 0) return CLR_RULE_NONE;
    *day = clr_day_of_date((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100));
    if (*day == CLR_DAY_NONE) *impossible = true;
    reader->valid_text[end] = eight;
    reader->valid_day[end] = *day;
    return CLR_RULE_NONE;
}

/* Seconds of the day, −1 when there is no such time. */
static int32_t seconds_of(unsigned hour, unsigned minute, unsigned second, bool *impossible)
{
    if (hour < 24 && minute < 60 && second < 60) return (int32_t)(hour * 3600 + minute * 60 + second);
    *impossible = true;
    return -1;
}

enum clr_rule clr_times_time(struct clr_bytes text, int32_t *time_s, bool *impossible)
{
    uint64_t number;

    *time_s = -1;
    if (text.size != 6) return CLR_RULE_LENGTH;
    if (!clr_digits_read(text.data, 6, &number)) return CLR_RULE_DIGITS;
    const uint32_t time = (uint32_t)number;
    *time_s = seconds_of(time / 10000, time / 100 % 100, time % 100, impossible);
    return CLR_RULE_NONE;
}

enum clr_rule clr_times_stamp(struct clr_bytes text, struct clr_reader *reader, clr_day *day, int64_t *time_s, bool *impossible)
{
    int32_t of_day;

    *time_s = CLR_TIME_NONE;
    if (text.size != 14) return CLR_RULE_LENGTH;
    enum clr_rule rule = clr_times_date(clr_bytes_of(text.data, 8), reader, day, impossible);
    if (rule == CLR_RULE_NONE) rule = clr_times_time(clr_bytes_of(text.data + 8, 6), &of_day, impossible);
    if (rule == CLR_RULE_NONE) *time_s = clr_times_join(*day, of_day);
    return rule;
}

static unsigned two(const uint8_t *digits)
{
    return (digits[0] - '0') * 10u + (digits[1] - '0');
}

/* "YYYY-MM-DD" at `text`. */
static enum clr_rule iso_date(const uint8_t *text, struct clr_reader *reader, clr_day *day, bool *impossible)
{
    const uint64_t eight = clr_load8(text);
    uint16_t rest;

    memcpy(&rest, text + 8, 2);
    if (reader->date_day != CLR_DAY_NONE && eight == reader->date_text && rest == reader->date_rest) {
        *day = reader->date_day;
        return CLR_RULE_NONE;
    }
    const uint8_t digits[8] = { text[0], text[1], text[2], text[3], text[5], text[6], text[8], text[9] };
    if (text[4] != '-' || text[7] != '-') return CLR_RULE_CHARSET;
    if (!clr_digits8_ok(clr_load8(digits))) return CLR_RULE_DIGITS;
    *day = day_of(two(digits) * 100 + two(digits + 2), two(digits + 4), two(digits + 6), impossible);
    if (*day != CLR_DAY_NONE) {
        reader->date_text = eight;
        reader->date_rest = rest;
        reader->date_day = *day;
    }
    return CLR_RULE_NONE;
}

/* "hh:mm:ss" at `text`. XOR with "00:00:00" leaves 0 to 9 where digits stand and 0 where colons stand. */
static enum clr_rule iso_time(const uint8_t *text, int32_t *of_day, bool *impossible)
{
    const uint64_t bare = clr_load8(text) ^ UINT64_C(0x30303a30303a3030);

    if ((bare & UINT64_C(0x0000ff0000ff0000)) != 0) return CLR_RULE_CHARSET;
    if (((bare | (bare + CLR_EACH_BYTE(6))) & CLR_EACH_BYTE(0xf0)) != 0) return CLR_RULE_DIGITS;
    *of_day = seconds_of(two(text), two(text + 3), two(text + 6), impossible);
    return CLR_RULE_NONE;
}

/* What may follow hh:mm:ss: ".fraction", then "Z" or "+hh:mm". */
static enum clr_rule iso_zone(struct clr_bytes text, int32_t *east_s, bool *impossible)
{
    uint64_t ignored;

    if (text.size > 0 && text.data[0] == '.') {
        size_t end = 1;
        while (end < text.size && text.data[end] >= '0' && text.data[end] <= '9') end++;
        if (end == 1) return CLR_RULE_DIGITS;
        text = clr_bytes_of(text.data + end, text.size - end);
    }
    if (text.size == 0) return CLR_RULE_NONE;
    *east_s = 0;
    if (text.size == 1) return text.data[0] == 'Z' || text.data[0] == 'z' ? CLR_RULE_NONE : CLR_RULE_CHARSET;
    if (text.size != 6) return CLR_RULE_LENGTH;
    if ((text.data[0] != '+' && text.data[0] != '-') || text.data[3] != ':') return CLR_RULE_CHARSET;
    if (!clr_digits_read(text.data + 1, 2, &ignored) || !clr_digits_read(text.data + 4, 2, &ignored)) return CLR_RULE_DIGITS;
    *east_s = seconds_of(two(text.data + 1), two(text.data + 4), 0, impossible);
    if (text.data[0] == '-') *east_s = -*east_s;
    return CLR_RULE_NONE;
}

enum clr_rule clr_times_iso_any(struct clr_bytes text, bool date_alone, struct clr_reader *reader, clr_day *day, int64_t *time_s,
                                bool *impossible)
{
    int32_t of_day = 0, east_s = CLR_ZONE_OFFSET_S;

    *day = CLR_DAY_NONE;
    *time_s = CLR_TIME_NONE;
    if (text.size < 19 && !(date_alone && text.size == 10)) return CLR_RULE_LENGTH;
    enum clr_rule rule = iso_date(text.data, reader, day, impossible);
    if (rule != CLR_RULE_NONE) return rule;
    if (text.size > 10) {
        if (text.data[10] != ' ' && text.data[10] != 'T' && text.data[10] != 't') return CLR_RULE_CHARSET;
        rule = iso_time(text.data + 11, &of_day, impossible);
        if (rule == CLR_RULE_NONE && text.size > 19) rule = iso_zone(clr_bytes_of(text.data + 19, text.size - 19), &east_s, impossible);
        if (rule != CLR_RULE_NONE) return rule;
    }
    if (!*impossible) *time_s = (int64_t)*day * CLR_DAY_S + of_day - east_s;
    return CLR_RULE_NONE;
}

/* ---- for the quick readers ---- */

bool clr_times_learn_trade(struct clr_bytes text, struct clr_reader *reader)
{
    bool impossible = false;
    int64_t time_s;
    clr_day day;

    if (text.size != 19 || (text.data[10] != ' ' && text.data[10] != 'T')) return false;
    if (clr_times_iso_any(text, false, reader, &day, &time_s, &impossible) != CLR_RULE_NONE || impossible) return false;
    reader->quick_trade.first = clr_load8(text.data);
    reader->quick_trade.second = clr_load8(text.data + 3);
    reader->quick_trade.start_s = (int64_t)day * CLR_DAY_S - CLR_ZONE_OFFSET_S;
    return true;
}

bool clr_times_learn_declared(struct clr_bytes text, struct clr_reader *reader)
{
    bool impossible = false;
    int64_t time_s;
    clr_day day;

    if (text.size < 8 || text.size > 24) return false;
    if (clr_times_iso_any(text, true, reader, &day, &time_s, &impossible) != CLR_RULE_NONE || impossible) return false;
    reader->quick_declared.first = clr_load8(text.data);
    reader->quick_declared.middle = clr_load8(text.data + (text.size - 8) / 2);
    reader->quick_declared.last = clr_load8(text.data + text.size - 8);
    reader->quick_declared.size = text.size;
    reader->quick_declared.day = day;
    return true;
}
