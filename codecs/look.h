/*
 * look.h: 64 bytes at once, as masks: bit i says something about byte i. Part of quick_plain.c and quick_avx2.c.
 *
 * Three versions give the same masks: look_avx2.h compares 32 bytes in one instruction and gathers the answers in another, look_sse2.h does it
 * with 16, look_words.h with the eight bytes of a word. Each has
 *
 *     look_csv          what CSV is made of
 *     look_text         characters of three bytes
 *     look_equal        one byte
 *     look_high         bytes of 0x80 and more
 *     look_digits       '0' to '9'
 *     look_number       digits, and blanks
 *     look_not_a_to_j   of 16 bytes only: all but letters A to J
 *     look_printable    are all bytes, 32 at least, printable ASCII?
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_LOOK_H
#define CLR_CODECS_LOOK_H

#include "digits.h"
#include "fields.h"

#ifdef CLR_WIDE
#include <immintrin.h>
#endif

/** What CSV is made of. */
struct look_csv {
    uint64_t separators;                    /* commas and LFs */
    uint64_t quotes;
    uint64_t other;                         /* control characters (LF is one), DEL, and bytes of 0x80 and more */
};

/** Characters of three bytes. */
struct look_text {
    uint64_t heads;                         /* bytes E1 to EF, without ED */
    uint64_t tails;                         /* bytes 80 to BF */
};

/** What numbers of fixed length are made of. */
struct look_number {
    uint64_t digits, blanks;
};

CLR_INLINE unsigned look_lowest(uint64_t mask)
{
#ifdef __BMI__
    return (unsigned)__builtin_ia32_tzcnt_u64(mask);
#else
    return (unsigned)__builtin_ctzll(mask | UINT64_C(1) << 63);          /* of no bits: something, which nobody reads */
#endif
}

CLR_INLINE unsigned look_count(uint64_t mask)
{
#ifdef __POPCNT__
    return (unsigned)__builtin_popcountll(mask);
#else
    mask -= mask >> 1 & CLR_EACH_BYTE(0x55);
    mask = (mask & CLR_EACH_BYTE(0x33)) + (mask >> 2 & CLR_EACH_BYTE(0x33));
    return (unsigned)(((mask + (mask >> 4)) & CLR_EACH_BYTE(0x0f)) * CLR_EACH_BYTE(1) >> 56);
#endif
}

/** a + b + carry (0 or 1) into `sum`. @return the carry */
CLR_INLINE uint64_t look_add(uint64_t a, uint64_t b, uint64_t carry, uint64_t *sum)
{
#ifdef CLR_WIDE
    unsigned long long result;
    const unsigned char out = _addcarry_u64((unsigned char)carry, a, b, &result);

    *sum = result;
    return out;
#else
    const bool first = __builtin_add_overflow(a, b, sum), second = __builtin_add_overflow(*sum, carry, sum);

    return first | second;
#endif
}

/* CLR_WORDS is for the tests: the version for other processors on this one. */
#ifdef CLR_WIDE
#include "look_avx2.h"
#elif defined(__SSE2__) && !defined(CLR_WORDS)
#include "look_sse2.h"
#else
#include "look_words.h"
#endif

#endif
