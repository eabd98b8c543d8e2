/* look_avx2.h: look.h with AVX2, 32 bytes at a time. */
#ifndef CLR_CODECS_LOOK_AVX2_H
#define CLR_CODECS_LOOK_AVX2_H

#include <immintrin.h>

#include "look.h"
#include "lookconst.h"

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

CLR_INLINE bool look_printable(const uint8_t *at, size_t size)
{
    __m256i other = look_other(look_load(at + size - 32));

    for (size_t i = 0; i + 32 < size; i += 32) other = _mm256_or_si256(other, look_other(look_load(at + i)));
    return _mm256_testz_si256(other, other) != 0;
}

#endif
