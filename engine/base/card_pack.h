/*
 * card_pack.h: the usual card number as its canonical block (token.h), without a loop over its digits. It is asked once a record.
 *
 * Usual is: 16 to 23 digits behind any zeros, and at most CLR_CARD_PACK_MAX bytes with them. token.c packs everything else, and says what a
 * block is; here is the same block quicker, to the bit (tests/test_card_pack.c). With SSE2, which every x86-64 has, and in words for other
 * processors.
 *
 * Reads     never outside the number.
 * Threads   pure.
 */
#ifndef CLR_BASE_CARD_PACK_H
#define CLR_BASE_CARD_PACK_H

#include "base/bytes.h"

#if defined(__SSE2__) && !defined(CLR_CARD_PACK_WORDS)
#define CLR_CARD_PACK_SSE2 1
#include <emmintrin.h>
#else
#define CLR_CARD_PACK_SSE2 0
#endif

#define CLR_CARD_PACK_MAX 64
#define CLR_CARD_DECIMAL 0x40                     /* kind of a block of digits; the low bits are their number */

static inline uint64_t clr_card_load64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

#if CLR_CARD_PACK_SSE2

/** `size` digits, 16..23, none of the first zero. False, and the block unwritten, when a byte is no digit. */
static inline bool clr_card_pack_digits(const uint8_t *digits, size_t size, uint8_t block[16])
{
    const __m128i zeros = _mm_set1_epi8('0');
    const uint64_t last = clr_card_load64(digits + size - 8) ^ UINT64_C(0x3030303030303030);
    const __m128i first = _mm_xor_si128(_mm_loadu_si128((const __m128i *)(const void *)digits), zeros);
    /* Both at once: the larger of two bytes is below 10 when both are, and only then does adding 0x76 leave the high bit clear. */
    const __m128i larger = _mm_max_epu8(first, _mm_cvtsi64_si128((long long)last));
    if (_mm_movemask_epi8(_mm_adds_epu8(larger, _mm_set1_epi8(0x76))) != 0) return false;
    /* What the last load repeats of the first 16 is shifted out: all eight of them when there are no more. */
    const __m128i rest = _mm_cvtsi64_si128((long long)(last >> 8 * (23 - size) >> 8));
    /* Of a pair of digits the first is the low byte: times 0x1001 the high byte is sixteen of it and the second. */
    const __m128i pair = _mm_set1_epi16(0x1001);
    const __m128i pairs = _mm_srli_epi16(_mm_mullo_epi16(first, pair), 8), pairs_rest = _mm_srli_epi16(_mm_mullo_epi16(rest, pair), 8);
    const __m128i packed = _mm_slli_si128(_mm_packus_epi16(pairs, pairs_rest), 1);
    const __m128i kind = _mm_cvtsi32_si128(CLR_CARD_DECIMAL | (int)size);
    _mm_storeu_si128((__m128i *)(void *)block, _mm_or_si128(packed, kind));
    return true;
}

#else

/* Every byte '0'..'9': the high nibble is 3, and adding 6 does not carry into it. */
static inline bool clr_card_are_digits(uint64_t bytes)
{
    return ((bytes & UINT64_C(0xF0F0F0F0F0F0F0F0)) | ((bytes + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0)) >> 4)
        == UINT64_C(0x3333333333333333);
}

/* Eight digits, first in the low byte, to four bytes of two digits, first in the low byte. */
static inline void clr_card_put_nibbles(uint8_t *to, uint64_t digits)
{
    digits &= UINT64_C(0x0F0F0F0F0F0F0F0F);
    digits = (digits << 4 | digits >> 8) & UINT64_C(0x00FF00FF00FF00FF);      /* pairs: the first digit is the high nibble */
    digits = (digits | digits >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    const uint32_t nibbles = (uint32_t)(digits | digits >> 16);
    memcpy(to, &nibbles, 4);
}

static inline bool clr_card_pack_digits(const uint8_t *digits, size_t size, uint8_t block[16])
{
    const uint64_t first = clr_card_load64(digits), second = clr_card_load64(digits + 8), last = clr_card_load64(digits + size - 8);
    if (!clr_card_are_digits(first) || !clr_card_are_digits(second) || !clr_card_are_digits(last)) return false;
    block[0] = (uint8_t)(CLR_CARD_DECIMAL | size);
    clr_card_put_nibbles(block + 1, first);
    clr_card_put_nibbles(block + 5, second);
    /* What the last load repeats of the second is shifted out; zeros behind the last digit. */
    clr_card_put_nibbles(block + 9, (last & UINT64_C(0x0F0F0F0F0F0F0F0F)) >> 8 * (23 - size) >> 8);
    memset(block + 13, 0, 3);
    return true;
}

#endif

/** The block of a usual number, written without blanks around it. @return false: it is none; the block may be written or not */
static inline bool clr_card_pack(struct clr_bytes number, uint8_t block[16])
{
    if (number.size < 16 || number.size > CLR_CARD_PACK_MAX) return false;
    while (number.data[0] == '0') {
        if (number.size == 16) return false;
        number.data++;
        number.size--;
    }
    if (number.size > 23) return false;
    return clr_card_pack_digits(number.data, number.size, block);
}

#endif
