/*
 * value.h: numbers and sizes as people type and read them. No locale, no floating point.
 *
 * Threads   pure.
 */
#ifndef CLEAR_VALUE_H
#define CLEAR_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decimal digits only, no sign, no blank; false when it does not fit. `*out` is unchanged on false. */
bool value_count(const char *text, uint64_t *out);

/**
 * Digits and a unit: none or B = bytes; K M G T and KiB MiB GiB TiB = powers of 1024 (as memory is counted);
 * KB MB GB TB = powers of 1000. Case does not matter. False for anything else, for 0 digits and for overflow.
 */
bool value_size(const char *text, uint64_t *out);

/** "1,234,567" */
#define VALUE_TEXT_SIZE 32
const char *value_count_text(uint64_t count, char text[VALUE_TEXT_SIZE]);

/** "512 B", "1.5 GiB": one decimal, rounded down. */
const char *value_size_text(uint64_t bytes, char text[VALUE_TEXT_SIZE]);

/** "0:07", "12:40", "3:05:00" */
const char *value_duration_text(uint64_t seconds, char text[VALUE_TEXT_SIZE]);

/** Microseconds as "1.250000": seconds with six decimals. */
const char *value_micros_text(uint64_t microseconds, char text[VALUE_TEXT_SIZE]);

/** Tenths as "12.5". */
const char *value_tenths_text(uint64_t tenths, char text[VALUE_TEXT_SIZE]);

/** Lower-case hex of `size` bytes; `text` has 2 × size + 1 bytes. */
const char *value_hex(const uint8_t *bytes, size_t size, char *text);

/** `done` out of `total` in 0..100, by 128-bit arithmetic; 0 when `total` is 0. */
unsigned value_percent(uint64_t done, uint64_t total);

/** `count` per second over `microseconds`, rounded down; 0 when no time passed. Saturates. */
uint64_t value_rate(uint64_t count, uint64_t microseconds);

#endif
