/* look_sse2.h: look.h with SSE2, which every x86-64 has, 16 bytes at a time. */
#ifndef CLR_CODECS_LOOK_SSE2_H
#define CLR_CODECS_LOOK_SSE2_H

#include <emmintrin.h>

#include "look.h"

CLR_INLINE __m128i look_load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

CLR_INLINE uint64_t look_mask(__m128i bytes)
{
    return (unsigned)_mm_movemask_epi8(bytes);
}

CLR_INLINE __m128i look_equal_to(__m128i bytes, uint8_t byte)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)byte));
}

/* Bytes of a range: without its first one they are at most its length. */
CLR_INLINE __m128i look_range(__m128i bytes, uint8_t first, uint8_t last)
{
    const __m128i bare = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));

    return _mm_cmpeq_epi8(bare, _mm_min_epu8(bare, _mm_set1_epi8((char)(last - first))));
}

/* One more makes DEL the smallest signed byte, and 0xff zero: what is then below 0x21 was below 0x20, DEL, or not ASCII. */
CLR_INLINE __m128i look_other(__m128i bytes)
{
    return _mm_cmpgt_epi8(_mm_set1_epi8(0x21), _mm_add_epi8(bytes, _mm_set1_epi8(1)));
}

CLR_INLINE struct look_csv look_csv(const uint8_t *at)
{
    struct look_csv seen = { 0, 0, 0 };

    for (unsigned i = 0; i < 64; i += 16) {
        const __m128i bytes = look_load(at + i);
        seen.separators |= look_mask(_mm_or_si128(look_equal_to(bytes, ','), look_equal_to(bytes, '\n'))) << i;
        seen.quotes |= look_mask(look_equal_to(bytes, '"')) << i;
        seen.other |= look_mask(look_other(bytes)) << i;
    }
    return seen;
}

CLR_INLINE uint64_t look_equal(const uint8_t *at, uint8_t byte)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i += 16) mask |= look_mask(look_equal_to(look_load(at + i), byte)) << i;
    return mask;
}

CLR_INLINE uint64_t look_high(const uint8_t *at)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i += 16) mask |= look_mask(look_load(at + i)) << i;
    return mask;
}

CLR_INLINE struct look_text look_text(const uint8_t *at)
{
    struct look_text seen = { 0, 0 };

    for (unsigned i = 0; i < 64; i += 16) {
        const __m128i bytes = look_load(at + i);
        seen.heads |= look_mask(_mm_andnot_si128(look_equal_to(bytes, 0xed), look_range(bytes, 0xe1, 0xef))) << i;
        seen.tails |= look_mask(_mm_cmpgt_epi8(_mm_set1_epi8((char)0xc0), bytes)) << i;
    }
    return seen;
}

CLR_INLINE uint64_t look_not_a_to_j(const uint8_t *at)
{
    return look_mask(look_range(look_load(at), 'A', 'J')) ^ 0xffff;
}

CLR_INLINE uint64_t look_digits(const uint8_t *at)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i += 16) mask |= look_mask(look_range(look_load(at + i), '0', '9')) << i;
    return mask;
}

CLR_INLINE struct look_number look_number(const uint8_t *at)
{
    return (struct look_number){ look_digits(at), look_equal(at, ' ') };
}

CLR_INLINE bool look_printable(const uint8_t *at, size_t size)
{
    __m128i other = look_other(look_load(at + size - 16));

    for (size_t i = 0; i + 16 < size; i += 16) other = _mm_or_si128(other, look_other(look_load(at + i)));
    return look_mask(other) == 0;
}

#endif
