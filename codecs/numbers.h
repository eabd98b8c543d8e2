/*
 * numbers.h: numbers of ordinary records, read without a branch: what is wrong goes into a word that must be zero at the end.
 *
 * A number is read eight bytes at a time from its first digit; what stands behind the last is shifted out, and zeros come in before the
 * first, which are leading digits once each digit has lost its upper bits. Part of quick_plain.c and quick_avx2.c.
 *
 * Reads     up to 24 bytes from the start of a text, whatever its size.
 * Threads   pure.
 */
#ifndef CLR_CODECS_NUMBERS_H
#define CLR_CODECS_NUMBERS_H

#include "look.h"

/* Seconds of the day, of hour, minute and second at these bits. */
#define NUMBER_CLOCK(pairs, hour, minute, second)                                                                                       \
    ((int64_t)(((pairs) >> (hour) & 0xff) * 3600 + ((pairs) >> (minute) & 0xff) * 60 + ((pairs) >> (second) & 0xff)))

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
    return NUMBER_CLOCK(pairs, 0, 24, 48);
}

/** "hhmmss", all of them digits, as seconds of the day. */
CLR_INLINE int64_t number_time(const uint8_t *text, uint64_t *wrong)
{
    const uint64_t bare = (clr_load8(text) & UINT64_C(0x0f0f0f0f0f0f)) << 16;
    const uint64_t pairs = bare * 10 + (bare >> 8);

    *wrong |= (pairs + UINT64_C(0x0044004400680000)) & UINT64_C(0x0080008000800000);
    return NUMBER_CLOCK(pairs, 16, 32, 48);
}

/** Number of 1 to 8 characters, all of them digits. */
CLR_INLINE uint64_t number_digits(const uint8_t *text, unsigned size)
{
    return clr_digits8((clr_load8(text) & CLR_EACH_BYTE(0x0f)) << (-8 * size & 63));
}

/** Three decimal numbers; the first two have 1 to 8 digits, the third one 1 to 16. */
struct number_three {
    uint32_t first, second;
    uint64_t third;
};

/* What is wrong with the sizes of three such numbers. */
CLR_INLINE uint64_t number_sizes_wrong(size_t first, size_t second, size_t third)
{
    return ((first - 1) | (second - 1)) >> 3 | (third - 1) >> 4;
}

/** Four numbers. */
struct number_four {
    uint32_t of[4];
};

/*
 * Two versions of these:
 *
 *     number_three           the numbers above
 *     number_hex             one of eight hexadecimal digits
 *     number_hex_four        three of them that follow each other, and one that stands elsewhere
 *     number_digits_four     four of eight characters each, all of them digits
 *     number_digits_twelve   one of twelve characters, all of them digits; four bytes before them are read, too
 */
#ifdef CLR_WIDE

/* Eight digits each, without their upper bits, to four numbers: pairs, then fours, then the whole. */
CLR_INLINE __m256i number_eights(__m256i digits)
{
    const __m256i fours = _mm256_madd_epi16(_mm256_maddubs_epi16(digits, LOOK(TENS)), LOOK(HUNDREDS));

    return _mm256_madd_epi16(_mm256_packus_epi32(fours, fours), LOOK(TEN_THOUSANDS));
}

/* Two in the lower half of each half. */
CLR_INLINE struct number_four number_four_of(__m256i lanes)
{
    const uint64_t front = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(lanes));
    const uint64_t back = (uint64_t)_mm_cvtsi128_si64(_mm256_extracti128_si256(lanes, 1));

    return (struct number_four){ { (uint32_t)front, (uint32_t)(front >> 32), (uint32_t)back, (uint32_t)(back >> 32) } };
}

CLR_INLINE __m256i number_lanes(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    const __m128i low = _mm_insert_epi64(_mm_cvtsi64_si128((int64_t)a), (int64_t)b, 1);

    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), _mm_insert_epi64(_mm_cvtsi64_si128((int64_t)c), (int64_t)d, 1), 1);
}

/* The third one is two: its last eight digits, and those before them, of which there may be none. */
CLR_INLINE struct number_three number_three(struct clr_bytes first, struct clr_bytes second, struct clr_bytes third, uint64_t *wrong)
{
    const size_t front = third.size > 8 ? third.size - 8 : 0;
    const __m256i text = number_lanes(clr_load8(first.data), clr_load8(second.data), clr_load8(third.data),
                                      clr_load8(third.data + (front & 15)));
    const __m256i sizes = number_lanes(first.size, second.size, front, third.size - front);
    /* A shift by 64 and more leaves nothing. */
    const __m256i shifts = _mm256_slli_epi64(_mm256_sub_epi64(LOOK(EIGHT), sizes), 3);
    const __m256i bare = _mm256_sllv_epi64(_mm256_xor_si256(text, LOOK(ZERO)), shifts);
    const __m256i numbers = number_eights(bare);

    *wrong |= (uint32_t)_mm256_movemask_epi8(_mm256_adds_epu8(bare, LOOK(TO_HIGH))) | number_sizes_wrong(first.size, second.size, third.size);
    const struct number_four four = number_four_of(numbers);
    return (struct number_three){ four.of[0], four.of[1], (uint64_t)four.of[2] * 100000000 + four.of[3] };
}

/*
 * Four numbers of eight hexadecimal digits. A character is a digit where it is 0 to 9 without '0', and a letter where it is 0 to 5 without 'a', in lower
 * case. Two neighbours are 16 times the first and the second; the shuffle puts the last pair of a number first.
 */
CLR_INLINE __m256i number_hex_lanes(__m256i text, uint64_t *wrong)
{
    const __m256i digit = _mm256_sub_epi8(text, LOOK(ZERO));
    const __m256i letter = _mm256_sub_epi8(_mm256_or_si256(text, LOOK(BLANK)), LOOK(LETTER));
    const __m256i is_digit = _mm256_cmpeq_epi8(digit, _mm256_min_epu8(digit, LOOK(NINE)));
    const __m256i is_letter = _mm256_cmpeq_epi8(letter, _mm256_min_epu8(letter, LOOK(FIVE)));
    const __m256i value = _mm256_blendv_epi8(_mm256_add_epi8(letter, LOOK(TEN)), digit, is_digit);

    *wrong |= (uint32_t)~_mm256_movemask_epi8(_mm256_or_si256(is_digit, is_letter));
    return _mm256_shuffle_epi8(_mm256_maddubs_epi16(value, LOOK(HEX_PAIR)), LOOK(HEX_ORDER));
}

CLR_INLINE uint32_t number_hex(const uint8_t *text, uint64_t *wrong)
{
    return (uint32_t)_mm256_cvtsi256_si32(number_hex_lanes(_mm256_set1_epi64x((int64_t)clr_load8(text)), wrong));
}

CLR_INLINE struct number_four number_hex_four(const uint8_t *three, const uint8_t *one, uint64_t *wrong)
{
    const __m256i last = _mm256_set1_epi64x((int64_t)clr_load8(one));

    return number_four_of(number_hex_lanes(_mm256_blend_epi32(look_load(three), last, 0xc0), wrong));
}

CLR_INLINE struct number_four number_digits_four(const uint8_t *text)
{
    return number_four_of(number_eights(_mm256_and_si256(look_load(text), LOOK(NIBBLE))));
}

CLR_INLINE uint64_t number_digits_twelve(const uint8_t *text)
{
    const __m128i bare = _mm_and_si128(_mm_loadu_si128((const __m128i *)(const void *)(text - 4)), _mm256_castsi256_si128(LOOK(TWELVE)));
    const __m128i fours = _mm_madd_epi16(_mm_maddubs_epi16(bare, _mm256_castsi256_si128(LOOK(TENS))), _mm256_castsi256_si128(LOOK(HUNDREDS)));
    const uint64_t two = (uint64_t)_mm_cvtsi128_si64(_mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm256_castsi256_si128(LOOK(TEN_THOUSANDS))));

    return (two & UINT32_MAX) * 100000000 + (two >> 32);
}

#else

/* 1 to 8 digits; none when `size` is 0. */
CLR_INLINE uint64_t number_short(const uint8_t *text, size_t size, uint64_t *wrong)
{
    const uint64_t bare = size == 0 ? 0 : (clr_load8(text) ^ CLR_EACH_BYTE('0')) << (-8 * size & 63);

    *wrong |= (bare | (bare + CLR_EACH_BYTE(6))) & CLR_EACH_BYTE(0xf0);
    return clr_digits8(bare);
}

CLR_INLINE struct number_three number_three(struct clr_bytes first, struct clr_bytes second, struct clr_bytes third, uint64_t *wrong)
{
    const size_t front = third.size > 8 ? third.size - 8 : 0;
    struct number_three numbers;

    *wrong |= number_sizes_wrong(first.size, second.size, third.size);
    numbers.first = (uint32_t)number_short(first.data, first.size, wrong);
    numbers.second = (uint32_t)number_short(second.data, second.size, wrong);
    numbers.third = number_short(third.data, front, wrong) * 100000000 + number_short(third.data + (front & 15), third.size - front, wrong);
    return numbers;
}

CLR_INLINE uint32_t number_hex(const uint8_t *text, uint64_t *wrong)
{
    uint32_t value = 0;

    *wrong |= !clr_hex8_read(clr_load8(text), &value);
    return value;
}

CLR_INLINE struct number_four number_hex_four(const uint8_t *three, const uint8_t *one, uint64_t *wrong)
{
    return (struct number_four){ { number_hex(three, wrong), number_hex(three + 8, wrong), number_hex(three + 16, wrong), number_hex(one, wrong) } };
}

CLR_INLINE struct number_four number_digits_four(const uint8_t *text)
{
    return (struct number_four){ { (uint32_t)number_digits(text, 8), (uint32_t)number_digits(text + 8, 8), (uint32_t)number_digits(text + 16, 8),
                                   (uint32_t)number_digits(text + 24, 8) } };
}

CLR_INLINE uint64_t number_digits_twelve(const uint8_t *text)
{
    return number_digits(text, 4) * 100000000 + number_digits(text + 4, 8);
}

#endif
#endif
