/*
 * numbers.h: numbers of ordinary records, read without a branch: what is wrong goes into a word that must be zero at the end.
 *
 * A number is read eight bytes at a time from its first digit; what stands behind the last is shifted out, and zeros come in before the
 * first, which are leading digits once each digit has lost its upper bits. Part of quick_plain.c and quick_avx2.c.
 *
 * Reads     16 bytes from the start of a text, 8 from the start of a time.
 * Threads   pure.
 */
#ifndef CLR_CODECS_NUMBERS_H
#define CLR_CODECS_NUMBERS_H

#include "digits.h"

/** What is no digit among eight bytes that have lost the upper bits of a digit. */
CLR_INLINE uint64_t number_not_digits(uint64_t bare)
{
    return (bare | (bare + CLR_EACH_BYTE(6))) & CLR_EACH_BYTE(0xf0);
}

/** Decimal number of 1 to 8 digits. */
CLR_INLINE uint64_t number_short(struct clr_bytes text, uint64_t *wrong)
{
    const uint64_t bare = (clr_load8(text.data) ^ CLR_EACH_BYTE('0')) << (-8 * text.size & 63);

    *wrong |= number_not_digits(bare) | (text.size - 1) >> 3;
    return clr_digits8(bare);
}

/** Decimal number of 9 to 16 digits: the first ones, then the last eight. */
CLR_INLINE uint64_t number_long(struct clr_bytes text, uint64_t *wrong)
{
    const uint64_t front = (clr_load8(text.data) ^ CLR_EACH_BYTE('0')) << (-8 * text.size & 63);
    const uint64_t back = clr_load8(text.data + ((text.size - 8) & 15)) ^ CLR_EACH_BYTE('0');

    *wrong |= number_not_digits(front) | number_not_digits(back) | (text.size - 9) >> 3;
    return (uint64_t)clr_digits8(front) * 100000000 + clr_digits8(back);
}

/**
 * "hh:mm:ss" as seconds of the day. XOR with "00:00:00" leaves digits 0 to 9, and 0 for a colon: adding 6 or 15 leaves the low nibble otherwise.
 * Ten times each digit and its right neighbour are the pairs, at bytes 0, 3 and 6; what must be less than 24 or 60 is seen in the high bit.
 */
CLR_INLINE int64_t number_clock(const uint8_t *text, uint64_t *wrong)
{
    const uint64_t bare = clr_load8(text) ^ UINT64_C(0x30303a30303a3030);
    const uint64_t pairs = bare * 10 + (bare >> 8);

    *wrong = ((bare | (bare + UINT64_C(0x06060f06060f0606))) & CLR_EACH_BYTE(0xf0)) |
             ((pairs + UINT64_C(0x0044000044000068)) & UINT64_C(0x0080000080000080));
    return (int64_t)((pairs & 0xff) * 3600 + (pairs >> 24 & 0xff) * 60 + (pairs >> 48 & 0xff));
}

#endif
