/* look_words.h: look.h for any processor, eight bytes of a word at a time. */
#ifndef CLR_CODECS_LOOK_WORDS_H
#define CLR_CODECS_LOOK_WORDS_H

#include "look.h"

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
