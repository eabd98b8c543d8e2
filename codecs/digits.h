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

/** Are `size` bytes equal? Without a call for the sizes of words and names: 8 to 16 bytes are two loads each that may overlap. */
static inline bool clr_same(const void *a, const void *b, size_t size)
{
    const uint8_t *const left = a, *const right = b;

    if (size < 8 || size > 16) return memcmp(a, b, size) == 0;
    return ((clr_load8(left) ^ clr_load8(right)) | (clr_load8(left + size - 8) ^ clr_load8(right + size - 8))) == 0;
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

/**
 * Eight hexadecimal digits, either case. Letters are the bytes with bit 6; their low nibble is 1 to 6, and 9 more makes it 10 to 15. A byte is
 * a digit when its upper bits are 0x30, a letter when they are 0x40 or 0x60, and adding 6 to its value carries for letters only.
 */
static inline bool clr_hex8_read(uint64_t eight, uint32_t *value)
{
    const uint64_t letter = (eight >> 6) & CLR_EACH_BYTE(1);
    const uint64_t nibble = (eight & CLR_EACH_BYTE(0x0f)) + letter * 9;
    const uint64_t upper = eight & CLR_EACH_BYTE(0xf0) & ~(letter << 5);

    if (upper != CLR_EACH_BYTE(0x30) + (letter << 4)) return false;
    if (((nibble & CLR_EACH_BYTE(0xf0)) | (((nibble + CLR_EACH_BYTE(6)) & CLR_EACH_BYTE(0x10)) ^ (letter << 4))) != 0) return false;
    uint64_t pairs = (nibble << 4 | nibble >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    pairs = (pairs | pairs >> 8) & UINT64_C(0x0000ffff0000ffff);
    *value = __builtin_bswap32((uint32_t)(pairs | pairs >> 16));
    return true;
}

/** 0 to 15, or 0xff for a character that is no hexadecimal digit. */
extern const uint8_t clr_hex_value[256];

/** Hexadecimal number of 1 to 8 digits, either case. */
static inline bool clr_hex_read(const uint8_t *text, size_t size, uint32_t *value)
{
    uint32_t sum = 0;
    unsigned bad = 0;

    if (size == 8) return clr_hex8_read(clr_load8(text), value);
    for (size_t i = 0; i < size; i++) {
        const uint8_t digit = clr_hex_value[text[i]];
        bad |= digit;
        sum = sum << 4 | (digit & 15u);
    }
    *value = sum;
    return bad < 16;
}

#endif
