/*
 * digits.h: decimal and hexadecimal text to numbers, eight characters at a time.
 *
 * A plain version of each stands in tests/test_codec_fields.c, and the two are compared there. C's strtoul is not used: it skips blanks,
 * takes signs, knows a locale and needs a NUL.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_DIGITS_H
#define CLR_CODECS_DIGITS_H

#include "base/bytes.h"

#define CLR_EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/** Eight bytes, the first one lowest, on any processor. */
static inline uint64_t clr_load8(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

/** Are all eight bytes '0' to '9'? Adding 6 carries everything above '9' out of the low nibble. */
static inline bool clr_digits8_ok(uint64_t eight)
{
    return ((eight & CLR_EACH_BYTE(0xf0)) | ((eight + CLR_EACH_BYTE(6)) & CLR_EACH_BYTE(0xf0)) >> 4) == CLR_EACH_BYTE(0x33);
}

/** Value of eight digits: pairs, then fours, then the whole. */
static inline uint32_t clr_digits8(uint64_t eight)
{
    eight = (eight & CLR_EACH_BYTE(0x0f)) * 2561 >> 8;
    eight = (eight & UINT64_C(0x00ff00ff00ff00ff)) * 6553601 >> 16;
    return (uint32_t)((eight & UINT64_C(0x0000ffff0000ffff)) * UINT64_C(42949672960001) >> 32);
}

/** Decimal number of 1 to 18 digits. @return false when a character is no digit. */
static inline bool clr_digits_read(const uint8_t *text, size_t size, uint64_t *value)
{
    uint64_t sum = 0;
    size_t at = 0;

    for (; size - at >= 8; at += 8) {
        const uint64_t eight = clr_load8(text + at);
        if (!clr_digits8_ok(eight)) return false;
        sum = sum * 100000000 + clr_digits8(eight);
    }
    for (; at < size; at++) {
        const unsigned digit = (unsigned)text[at] - '0';
        if (digit > 9) return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/** 0 to 15, or 0xff for a character that is no hexadecimal digit. */
extern const uint8_t clr_hex_value[256];

/** Hexadecimal number of 1 to 8 digits, either case. */
static inline bool clr_hex_read(const uint8_t *text, size_t size, uint32_t *value)
{
    uint32_t sum = 0;
    unsigned bad = 0;

    for (size_t i = 0; i < size; i++) {
        const uint8_t digit = clr_hex_value[text[i]];
        bad |= digit;
        sum = sum << 4 | (digit & 15u);
    }
    *value = sum;
    return bad < 16;
}

#endif
