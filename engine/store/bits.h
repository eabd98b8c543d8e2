/*
 * bits.h: a stream of bits, least significant first, written in whole 64-bit words.
 *
 * Threads   plain data.
 */
#ifndef CLR_STORE_BITS_H
#define CLR_STORE_BITS_H

#include <stdint.h>
#include <string.h>

struct clr_bit_writer {
    uint8_t *to, *end;                    /* next word; end of the room */
    uint64_t word;                        /* not yet written */
    unsigned filled;                      /* bits of it, < 64 */
};

static inline unsigned clr_bits_for(uint64_t range) { return range == 0 ? 0 : 64 - (unsigned)__builtin_clzll(range); }

/** `value` must fit into `width` bits, 0..64. */
static inline void clr_bits_write(struct clr_bit_writer *writer, uint64_t value, unsigned width)
{
    writer->word |= value << writer->filled;
    if (writer->filled + width < 64) {
        writer->filled += width;
        return;
    }
    memcpy(writer->to, &writer->word, 8);
    writer->to += 8;
    const unsigned taken = 64 - writer->filled;
    writer->word = taken < 64 ? value >> taken : 0;
    writer->filled = width - taken;
}

/** The last bits, and zeros up to the end of the room. */
static inline void clr_bits_end(struct clr_bit_writer *writer)
{
    size_t left = (size_t)(writer->end - writer->to);
    const size_t last = left < 8 ? left : 8;
    memcpy(writer->to, &writer->word, last);
    left -= last;
    if (left > 0) memset(writer->to + last, 0, left);
}

#endif
