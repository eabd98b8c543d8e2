#include "value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/** Leading decimal digits of `text`; `*rest` is what follows. */
static bool read_digits(const char *text, uint64_t *out, const char **rest)
{
    uint64_t number = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(number, 10, &number)) return false;
        if (__builtin_add_overflow(number, (uint64_t)(*at - '0'), &number)) return false;
    }
    if (at == text) return false;
    *out = number;
    *rest = at;
    return true;
}

bool value_count(const char *text, uint64_t *out)
{
    uint64_t number;
    const char *rest;

    if (!read_digits(text, &number, &rest) || *rest != '\0') return false;
    *out = number;
    return true;
}

bool value_size(const char *text, uint64_t *out)
{
    static const struct { const char *unit; uint64_t factor; } units[] = {
        { "", 1 },                          { "B", 1 },
        { "K", UINT64_C(1) << 10 },         { "KiB", UINT64_C(1) << 10 },   { "KB", UINT64_C(1000) },
        { "M", UINT64_C(1) << 20 },         { "MiB", UINT64_C(1) << 20 },   { "MB", UINT64_C(1000000) },
        { "G", UINT64_C(1) << 30 },         { "GiB", UINT64_C(1) << 30 },   { "GB", UINT64_C(1000000000) },
        { "T", UINT64_C(1) << 40 },         { "TiB", UINT64_C(1) << 40 },   { "TB", UINT64_C(1000000000000) },
    };
    uint64_t number;
    const char *rest;

    if (!read_digits(text, &number, &rest)) return false;
    if (*rest == ' ') rest++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(rest, units[i].unit) != 0) continue;
        if (__builtin_mul_overflow(number, units[i].factor, &number)) return false;
        *out = number;
        return true;
    }
    return false;
}

const char *value_count_text(uint64_t count, char text[VALUE_TEXT_SIZE])
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    size_t to = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) text[to++] = ',';
        text[to++] = digits[i];
    }
    text[to] = '\0';
    return text;
}

const char *value_size_text(uint64_t bytes, char text[VALUE_TEXT_SIZE])
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    unsigned unit = 0;

    while (unit + 1 < sizeof units / sizeof *units && bytes >> (10 * (unit + 1)) != 0) unit++;
    if (unit == 0) {
        snprintf(text, VALUE_TEXT_SIZE, "%llu B", (unsigned long long)bytes);
        return text;
    }
    const uint64_t whole = bytes >> (10 * unit);
    const uint64_t tenth = ((bytes >> (10 * (unit - 1))) & 1023) * 10 / 1024;
    snprintf(text, VALUE_TEXT_SIZE, "%llu.%llu %s", (unsigned long long)whole, (unsigned long long)tenth, units[unit]);
    return text;
}

const char *value_duration_text(uint64_t seconds, char text[VALUE_TEXT_SIZE])
{
    const unsigned long long hours = seconds / 3600;
    const unsigned minutes = (unsigned)(seconds / 60 % 60), rest = (unsigned)(seconds % 60);

    if (hours > 0) snprintf(text, VALUE_TEXT_SIZE, "%llu:%02u:%02u", hours, minutes, rest);
    else snprintf(text, VALUE_TEXT_SIZE, "%u:%02u", minutes, rest);
    return text;
}

const char *value_micros_text(uint64_t microseconds, char text[VALUE_TEXT_SIZE])
{
    snprintf(text, VALUE_TEXT_SIZE, "%llu.%06u", (unsigned long long)(microseconds / 1000000), (unsigned)(microseconds % 1000000));
    return text;
}

const char *value_tenths_text(uint64_t tenths, char text[VALUE_TEXT_SIZE])
{
    snprintf(text, VALUE_TEXT_SIZE, "%llu.%u", (unsigned long long)(tenths / 10), (unsigned)(tenths % 10));
    return text;
}

const char *value_hex(const uint8_t *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

unsigned value_percent(uint64_t done, uint64_t total)
{
    if (total == 0) return 0;
    if (done >= total) return 100;
    return (unsigned)((unsigned __int128)done * 100 / total);
}

uint64_t value_rate(uint64_t count, uint64_t microseconds)
{
    if (microseconds == 0) return 0;
    const unsigned __int128 rate = (unsigned __int128)count * 1000000 / microseconds;
    return rate > UINT64_MAX ? UINT64_MAX : (uint64_t)rate;
}
