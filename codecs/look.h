/*
 * look.h: 64 bytes at once, as masks: bit i says something about byte i. Part of quick_plain.c and quick_avx2.c.
 *
 * Two versions of every function: AVX2 compares 32 bytes in one instruction and gathers the answers in another; the other one does the same
 * with the eight bytes of a word. Each promises the same masks.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_LOOK_H
#define CLR_CODECS_LOOK_H

#include "digits.h"
#include "fields.h"

#ifdef CLR_WIDE
#include <immintrin.h>

#include "lookconst.h"
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

#ifdef CLR_WIDE

#define LOOK(name) _mm256_load_si256((const __m256i *)(const void *)clr_look_constant[LOOK_##name])

CLR_INLINE uint64_t look_gather(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

CLR_INLINE __m256i look_load(const uint8_t *at)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

/* One more makes DEL the smallest signed byte, and 0xff zero: what is then below 0x21 was below 0x20, DEL, or not ASCII. */
CLR_INLINE __m256i look_other(__m256i bytes)
{
    return _mm256_cmpgt_epi8(LOOK(CONTROL_END), _mm256_add_epi8(bytes, LOOK(ONE)));
}

/* A byte of ASCII chooses by its low nibble the one separator that it could be; other bytes choose 0, which they are not. */
CLR_INLINE __m256i look_separators(__m256i bytes)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(LOOK(SEPARATORS), bytes));
}

CLR_INLINE struct look_csv look_csv(const uint8_t *at)
{
    const __m256i low = look_load(at), high = look_load(at + 32);

    return (struct look_csv){ .separators = look_gather(look_separators(low), look_separators(high)),
                              .quotes = look_gather(_mm256_cmpeq_epi8(low, LOOK(QUOTE)), _mm256_cmpeq_epi8(high, LOOK(QUOTE))),
                              .other = look_gather(look_other(low), look_other(high)) };
}

CLR_INLINE uint64_t look_equal(const uint8_t *at, uint8_t byte)
{
    const __m256i one = _mm256_set1_epi8((char)byte);

    return look_gather(_mm256_cmpeq_epi8(look_load(at), one), _mm256_cmpeq_epi8(look_load(at + 32), one));
}

CLR_INLINE uint64_t look_high(const uint8_t *at)
{
    return look_gather(look_load(at), look_load(at + 32));
}

/* XOR with E0 leaves E0 to EF as 0 to 15; adding 70 with saturation sets the high bit of all others, and the shuffle gives 0 for those. */
CLR_INLINE __m256i look_heads(__m256i bytes)
{
    return _mm256_shuffle_epi8(LOOK(GOOD_HEADS), _mm256_adds_epu8(_mm256_xor_si256(bytes, LOOK(HEAD)), LOOK(NO_HEAD)));
}

CLR_INLINE struct look_text look_text(const uint8_t *at)
{
    const __m256i low = look_load(at), high = look_load(at + 32);

    return (struct look_text){ .heads = look_gather(look_heads(low), look_heads(high)),
                               .tails = look_gather(_mm256_cmpgt_epi8(LOOK(FIRST_HEAD), low), _mm256_cmpgt_epi8(LOOK(FIRST_HEAD), high)) };
}

CLR_INLINE __m256i look_digits_of(__m256i bytes)
{
    const __m256i bare = _mm256_sub_epi8(bytes, LOOK(ZERO));

    return _mm256_cmpeq_epi8(bare, _mm256_min_epu8(bare, LOOK(NINE)));
}

/** Of 16 bytes, which are no letters A to J? */
CLR_INLINE uint64_t look_not_a_to_j(const uint8_t *at)
{
    const __m128i nine = _mm256_castsi256_si128(LOOK(NINE));
    const __m128i bare = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), _mm256_castsi256_si128(LOOK(UPPER)));

    return (uint32_t)~_mm_movemask_epi8(_mm_cmpeq_epi8(bare, _mm_min_epu8(bare, nine)));
}

CLR_INLINE uint64_t look_digits(const uint8_t *at)
{
    return look_gather(look_digits_of(look_load(at)), look_digits_of(look_load(at + 32)));
}

CLR_INLINE struct look_number look_number(const uint8_t *at)
{
    const __m256i low = look_load(at), high = look_load(at + 32);

    return (struct look_number){ .digits = look_gather(look_digits_of(low), look_digits_of(high)),
                                 .blanks = look_gather(_mm256_cmpeq_epi8(low, LOOK(BLANK)), _mm256_cmpeq_epi8(high, LOOK(BLANK))) };
}

/** Are all of at least 32 bytes printable ASCII? */
CLR_INLINE bool look_printable(const uint8_t *at, size_t size)
{
    __m256i other = look_other(look_load(at + size - 32));

    for (size_t i = 0; i + 32 < size; i += 32) other = _mm256_or_si256(other, look_other(look_load(at + i)));
    return _mm256_testz_si256(other, other) != 0;
}

#else

/* The high bits of eight bytes, as eight bits. */
CLR_INLINE uint64_t look_gather(uint64_t high_bits)
{
    return ((high_bits >> 7 & CLR_EACH_BYTE(1)) * UINT64_C(0x0102040810204080)) >> 56;
}

/* The high bit of each byte that is zero, and of no other: adding 7f carries into it from all other values of the lower bits. */
CLR_INLINE uint64_t look_zeros(uint64_t eight)
{
    const uint64_t lower = CLR_EACH_BYTE(0x7f);

    return ~(((eight & lower) + lower) | eight | lower);
}

/* The high bit of each byte whose lower seven bits are at least `least` (1 to 128). */
CLR_INLINE uint64_t look_least(uint64_t eight, unsigned least)
{
    return (eight & CLR_EACH_BYTE(0x7f)) + CLR_EACH_BYTE(0x80 - least);
}

CLR_INLINE uint64_t look_zeros_of(uint64_t eight, uint8_t byte)
{
    return look_zeros(eight ^ CLR_EACH_BYTE(byte));
}

/* The high bit of each byte that is no printable ASCII. */
CLR_INLINE uint64_t look_other8(uint64_t eight)
{
    return eight | ~look_least(eight, 0x20) | look_least(eight, 0x7f);
}

CLR_INLINE struct look_csv look_csv(const uint8_t *at)
{
    struct look_csv seen = { 0, 0, 0 };

    for (unsigned i = 0; i < 64; i += 8) {
        const uint64_t eight = clr_load8(at + i);
        seen.separators |= look_gather(look_zeros_of(eight, ',') | look_zeros_of(eight, '\n')) << i;
        seen.quotes |= look_gather(look_zeros_of(eight, '"')) << i;
        seen.other |= look_gather(look_other8(eight)) << i;
    }
    return seen;
}

CLR_INLINE uint64_t look_equal(const uint8_t *at, uint8_t byte)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i += 8) mask |= look_gather(look_zeros_of(clr_load8(at + i), byte)) << i;
    return mask;
}

CLR_INLINE uint64_t look_high(const uint8_t *at)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i += 8) mask |= look_gather(clr_load8(at + i)) << i;
    return mask;
}

CLR_INLINE uint64_t look_not_a_to_j(const uint8_t *at)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 16; i += 8) {
        const uint64_t eight = clr_load8(at + i);
        mask |= look_gather(~look_least(eight, 'A') | look_least(eight, 'J' + 1) | eight) << i;
    }
    return mask;
}

CLR_INLINE uint64_t look_digits(const uint8_t *at)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i += 8) {
        const uint64_t eight = clr_load8(at + i);
        mask |= look_gather(look_least(eight, '0') & ~look_least(eight, '9' + 1) & ~eight) << i;
    }
    return mask;
}

CLR_INLINE struct look_number look_number(const uint8_t *at)
{
    return (struct look_number){ look_digits(at), look_equal(at, ' ') };
}

CLR_INLINE bool look_printable(const uint8_t *at, size_t size)
{
    uint64_t other = look_other8(clr_load8(at + size - 8));

    for (size_t i = 0; i + 8 < size; i += 8) other |= look_other8(clr_load8(at + i));
    return (other & CLR_EACH_BYTE(0x80)) == 0;
}

CLR_INLINE struct look_text look_text(const uint8_t *at)
{
    struct look_text seen = { 0, 0 };

    for (unsigned i = 0; i < 64; i += 8) {
        const uint64_t eight = clr_load8(at + i);
        const uint64_t heads = look_least(eight, 0x61) & ~look_least(eight, 0x70) & ~look_zeros_of(eight, 0xed);
        seen.heads |= look_gather(eight & heads) << i;
        seen.tails |= look_gather(eight & ~look_least(eight, 0x40)) << i;
    }
    return seen;
}

#endif
#endif
